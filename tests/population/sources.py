"""What each source says of an invented person: cards, zones, letters of the hospital, what hands type."""

from dataclasses import replace
from random import Random

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, Mark, Matricule, key_of
from kiosk.core.identity.names import normalise
from kiosk.core.identity.traits import NameForm, Source, Traits
from kiosk.core.sources.insi import BY_CARD, Exchange, InsFound
from tests.population.people import Somebody

LETTERS = "AEIOURSTLNMCDP"
BESIDE = {"A": "Q", "E": "R", "I": "O", "O": "P", "S": "D", "N": "B", "T": "R", "M": "L", "L": "K", "C": "V"}
BY_TRAITS = "rechercherInsAvecTraitsIdentite"
DOMAIN = "1.2.3.4.ipp"


def mark(number: str, oid: str = OID_NIR) -> Mark:
    """An opaque mark of a number, as a keyed fingerprint is one."""
    return Mark(f"mark of {number}", oid)


def card_of(one: Somebody, random: Random) -> Traits:
    """As a carte Vitale bears them: the name in use, one first name, at times a part of it; no sex, no place."""
    given = normalise(one.given_names[0])
    if "-" in given and random.random() < 0.1:
        given = random.choice((given.partition("-")[0], given.replace("-", " ")))
    return Traits(
        Source.CARD,
        normalise(one.name_in_use or one.birth_name),
        given_names=(given,),
        birth_date=BirthDate(one.on_papers),
        given_names_may_be_cut=True,
    )


def answer_of(one: Somebody, operation: str = BY_CARD, flags: tuple[str, ...] = ()) -> InsFound:
    """INSi's answer about this person, and by which question."""
    matricule = Matricule(one.number, key_of(one.number), OID_NIR)
    exchange = Exchange(operation, "uuid:0", "2026-11-29T08:00:00Z", 300, "00", b"", b"")
    return InsFound(matricule, one.as_insi_says(), flags=flags, exchanges=(exchange,))


def zone_of(one: Somebody, random: Random) -> Traits:
    """As a machine reads the zone of their document: no apostrophe, no hyphen, cut where the field is full."""
    form = NameForm.MRZ_FRENCH_ID if random.random() < 0.25 else NameForm.MRZ
    kept = "" if form is NameForm.MRZ else " "
    words = [normalise(name).replace("'", kept).replace("-", " ") for name in (one.birth_name, *one.given_names)]
    names, given = words[0], words[1:]
    if form is NameForm.MRZ_FRENCH_ID:
        field = "<<".join(given).replace(" ", "<")  # a composite stays one name there
        is_name_cut, is_given_cut = len(names) >= 25, len(field) >= 12
        names, given = names[:25].strip(), [one.strip("<").replace("<", " ") for one in field[:14].split("<<")]
        given = [one for one in given if one]
    else:
        room = (30 if random.random() < 0.6 else 39) - len(names) - 2
        is_name_cut = room < 2
        single = [word for name in given for word in name.split()]
        given = cut(single, room)
        is_given_cut = given != single
    return Traits(
        Source.DOCUMENT,
        names,
        given_names=tuple(given),
        birth_date=BirthDate(one.on_papers),
        other_birth_dates=(BirthDate(f"{int(one.on_papers[:4]) - 100}{one.on_papers[4:]}"),),
        sex=one.sex,
        name_form=form,
        birth_name_may_be_cut=is_name_cut,
        given_names_may_be_cut=is_given_cut,
    )


def cut(names: list[str], room: int) -> list[str]:
    """As much of a list as a field of this length holds; one letter at least."""
    return " ".join(names)[: max(room, 1)].split()


def typed(one: Somebody, random: Random, *, is_careful: bool = False) -> Traits:
    """As a hand wrote them down: a letter off, fewer first names, the name in use for the birth name, no place."""
    name, used = one.birth_name, one.name_in_use if random.random() < 0.6 else ""
    if one.name_in_use and random.random() < 0.08:
        name, used = one.name_in_use, ""
    given = one.given_names if random.random() < 0.4 else one.given_names[:1]
    if len(given) > 1 and random.random() < 0.02:
        given = (given[1], given[0], *given[2:])
    wrong = 0.4 if is_careful else 1.0
    if random.random() < 0.08 * wrong:
        name = misspelt(name, random)
    if random.random() < 0.07 * wrong:
        given = (misspelt(given[0], random), *given[1:])
    if random.random() < 0.004 * wrong:
        name, given = given[0], (name,)
    if "-" in name and random.random() < 0.1:
        name = name.partition("-")[0]
    born = one.on_papers if random.random() < 0.5 else one.birth_date
    return Traits(
        Source.STAFF,
        name if random.random() < 0.5 else normalise(name),
        name_in_use=used,
        given_names=tuple(given),
        birth_date=BirthDate(_slipped(born, random) if random.random() < 0.025 * wrong else born),
        sex=one.sex if random.random() < 0.998 else None,
        birth_place_code=one.place if random.random() < 0.65 else "",
    )


def misspelt(name: str, random: Random) -> str:
    """One slip of the hand: a letter left out, doubled, swapped, the key beside, another that sounds alike."""
    text = normalise(name)
    at = random.randrange(1, len(text)) if len(text) > 2 and random.random() < 0.9 else 0
    match random.randrange(5):
        case 0:
            return text[:at] + text[at + 1 :] if len(text) > 2 else text + "E"
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2 if at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case 3:
            return text[:at] + BESIDE.get(text[at], random.choice(LETTERS)) + text[at + 1 :]
    for heard, written in (
        ("PH", "F"),
        ("EAU", "AUD"),
        ("AULT", "AUD"),
        ("Y", "I"),
        ("NT", "ND"),
        ("CK", "C"),
        ("TH", "T"),
    ):
        if heard in text:
            return text.replace(heard, written, 1)
    return text + random.choice("ESTX")


def _slipped(text: str, random: Random) -> str:
    """Day and month turned, or one digit another."""
    if random.random() < 0.3 and "01" <= text[8:] <= "12":
        return f"{text[:5]}{text[8:]}-{text[5:7]}"
    at = random.choice((3, 6, 9, 8))
    digit = random.choice([each for each in "0123456789" if each != text[at]])
    slipped = f"{text[:at]}{digit}{text[at + 1 :]}"
    return slipped if slipped[8:] <= "31" and slipped[5:7] <= "12" else f"{text[:3]}{(int(text[3]) + 1) % 10}{text[4:]}"


def misread(zone: Traits, random: Random) -> Traits:
    """A zone read without certainty: one letter is another."""
    at = random.randrange(len(zone.birth_name))
    name = zone.birth_name[:at] + random.choice("ABDEHIKMNOQRU") + zone.birth_name[at + 1 :]
    return replace(zone, birth_name=name.strip() or "X")
