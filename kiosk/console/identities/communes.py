"""Places of birth as staff read and write them: by name, with the département and its dates, never by a bare code.

"Mazoires, Puy-de-Dôme (63)" is what is shown, and what is understood when somebody types it, or part of it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from kiosk.console.identities.comparing import places
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.words import day, one_line
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import UNKNOWN_PLACE, Place, is_abroad, is_well_formed_place

LONGEST = 200  # characters that somebody may write
LEAST = 2  # letters before anything is looked for
MOST = 12  # shown while somebody types
MOST_ASKED = 20  # shown when they have typed a name that several places bear
_UNKNOWN = {"INCONNU", "INCONNUE", "LIEU INCONNU"}
_SHORT = {"ST": "SAINT", "STE": "SAINTE"}
_ARTICLE = re.compile(r"(?:LE|LA|LES|L) ")
_DIGITS = re.compile(r"[0-9]+")
_CODE = re.compile(r"\((?:code )?([0-9][0-9A-Za-z]{4})\)", re.ASCII)
_NUMBERED = re.compile(r"(.{1,150}?) ?\( ?([0-9]{2,3}|2[AaBb]) ?\)", re.ASCII)


class Several(NotAllowed):
    """Several places bear the name that was written: which one is staff's to say."""

    def __init__(self, said: str, choices: tuple[str, ...]) -> None:
        super().__init__(said)
        self.choices = choices


@dataclass(frozen=True, slots=True)
class _Named:
    code: str
    key: str  # its name as people type it
    number: str  # of the département
    is_former: bool


def in_words(code: str, born: BirthDate | None = None) -> str:
    """A place for whoever reads no codes; empty where nothing is stated."""
    if not code:
        return ""
    if code == UNKNOWN_PLACE:
        return _("Lieu inconnu")
    place = places().described(code, born)
    if not place.name:
        return _unnamed(place)
    named = _with_departement(place)
    if place.until:
        named = _("{place}, jusqu’au {date}").format(place=named, date=day(place.until))
    if not place.today or (place.until and places().name(place.today) == place.name):
        return named
    today = _with_departement(places().described(place.today))
    if place.until:
        return _("{place} ; aujourd’hui {today}").format(place=named, today=today)
    return _("{place}, ancienne commune ; aujourd’hui {today}").format(place=named, today=today)


def written(text: str) -> str:
    """A code by its name; what somebody typed instead as it is."""
    return in_words(text) if is_well_formed_place(text) and text[0].isdigit() else text


def _unnamed(place: Place) -> str:
    if is_abroad(place.code):
        return _("Pays sans nom ici (code {code})").format(code=place.code)
    if not place.today:
        return _("Lieu qui n’est pas au code officiel ({code})").format(code=place.code)
    today = _with_departement(places().described(place.today))
    if is_abroad(place.today):
        return _("{country}, avant l’indépendance (code {code})").format(country=today, code=place.code)
    return _("Ancienne commune (code {code}) ; aujourd’hui {today}").format(code=place.code, today=today)


def _with_departement(place: Place) -> str:
    if not place.departement:
        return place.name
    if place.name.startswith(place.departement):  # Paris, Paris 5e Arrondissement, Saint-Barthélemy
        return f"{place.name} ({place.number})"
    return f"{place.name}, {place.departement} ({place.number})"


def matching(text: str) -> tuple[str, ...]:
    """The places that somebody may mean while they type: the whole name first, then its beginning, then any word's."""
    wanted, number = _parts(one_line(text, LONGEST))
    if len(wanted) < LEAST:
        return ()
    found = [one for one in _lines(f" {wanted}") if number in ("", one.number)]
    found.sort(key=lambda one: _rank(one, wanted))
    return tuple(in_words(one.code) for one in found[:MOST])


def _rank(one: _Named, wanted: str) -> tuple[bool, bool, bool, str]:
    bare = _ARTICLE.sub("", one.key, count=1)
    in_order = _DIGITS.sub(lambda digits: digits[0].zfill(2), bare)
    return wanted not in (one.key, bare), one.is_former, not bare.startswith(_ARTICLE.sub("", wanted)), in_order


def code_of(text: str) -> str:
    """The code of what staff wrote. Several names the choices where it is not one place; NotAllowed when it is none."""
    text = one_line(text, LONGEST)
    if not text or (is_well_formed_place(text) and text[0].isdigit()):
        return text.upper()
    if _key(text) in _UNKNOWN:
        return UNKNOWN_PLACE
    if shown := _as_shown(text):
        return shown
    wanted, number = _parts(text)
    found = [one for one in _of_name(wanted) if number in ("", one.number)]
    in_force = [one.code for one in found if not one.is_former]
    if len(in_force) == 1 and all(places().today(one.code) == in_force[0] for one in found):
        return in_force[0]
    if len(found) == 1:
        return found[0].code
    if not found:
        raise NotAllowed(_("Ce lieu de naissance est inconnu ici : écrivez la commune ou le pays, ou « inconnu »."))
    choices = tuple(in_words(one.code) for one in found[:MOST_ASKED])
    said = _("Plusieurs lieux portent ce nom : choisissez, ou écrivez aussi le département : « {place} ».").format(
        place=choices[0]
    )
    raise Several(said, choices)


def _as_shown(text: str) -> str:
    """The code of a place written as it is shown here: no two are shown alike; empty where it is not."""
    if (written := _CODE.search(text)) is not None:
        return written[1].upper() if is_well_formed_place(written[1]) else ""
    heads = [text[: mark.start()] for mark in re.finditer(r"[,(;]|$", text)][:8]
    codes = [one.code for head in heads for one in _of_name(_key(head))]
    return next((code for code in codes if _key(in_words(code)) == _key(text)), "")


def _parts(text: str) -> tuple[str, str]:
    """The name as people type it, and the département's number where it is written after it, or its name is."""
    found = _NUMBERED.fullmatch(text)
    named, number = (found.group(1), found.group(2).upper()) if found is not None else (text, "")
    name, _comma, departement = named.rpartition(",")
    if name and (of_name := _numbers().get(_key(departement))) and number in ("", of_name):
        return _key(name), of_name
    return _key(named), number


@cache
def _named() -> str:
    """A line for every place with a name, of today and of before: as one text it takes a tenth of the memory.

    Each word of the name stands after a space, and nothing else does.
    """
    table = places()
    told = (table.described(code) for code in dict.fromkeys([*table.names, *table.successors]))
    named = (
        (_key(one.name), one.code, one.number, "former" * bool(one.today or one.until)) for one in told if one.name
    )
    return "".join(f"\n {key}\t{code}\t{number}\t{former}" for key, code, number, former in named) + "\n"


def _lines(sought: str) -> Iterator[_Named]:
    """The places in whose line this stands."""
    text = _named()
    at = text.find(sought)
    while at >= 0:
        begin, end = text.rfind("\n", 0, at + 1) + 1, text.find("\n", at + 1)
        key, code, number, former = text[begin:end].split("\t")
        yield _Named(code, key[1:], number, bool(former))
        at = text.find(sought, end)


def _of_name(key: str) -> list[_Named]:
    """The places of this name, those of today first."""
    return sorted(_lines(f"\n {key}\t"), key=lambda one: one.is_former)


@cache
def _numbers() -> dict[str, str]:
    return {_key(name): number for number, name in places().departements.items()}


def _key(text: str) -> str:
    """A name as people type it: letters and digits without accents, whatever stands between; "St" is "Saint"."""
    opened = unicodedata.normalize("NFD", text.upper().replace("Œ", "OE").replace("Æ", "AE"))
    letters = (one for one in opened if unicodedata.category(one) != "Mn")
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in letters).split()
    return " ".join(_SHORT.get(word, word) for word in words)
