"""What one search says on the wire, made of a card or of traits; and what an earlier one asked, read back from it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import is_well_formed
from kiosk.core.identity.names import MAX_NAME, NameRefused, is_valid_birth_name, normalise
from kiosk.core.identity.traits import NameForm, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import Exchange, InsAnswer, InsFound, InsNotFound, InsRefused, InsSeveral, InsUnreachable
from kiosk.core.status.permissions import Identity, InsiBar, insi_bar
from kiosk.insi import lexical
from kiosk.insi.envelope import Cover
from kiosk.insi.names import BODIES, BY_CARD, BY_TRAITS, SOAP
from kiosk.insi.search import Answered, Asked, Search, Wanted, is_for

_OURS = frozenset(f"kiosk_{bar}" for bar in InsiBar)  # refused before it was sent: of this person's data alone
_ANSWERS = {"01": Answered.NONE, "02": Answered.SEVERAL}


@dataclass(frozen=True, slots=True, repr=False)
class CardQuestion(Confidential):
    """What a search with a carte Vitale says: the elements of RECVITALE, and its part of ContexteBAM."""

    elements: dict[str, object]
    cover: Cover


def of_card(beneficiary: Beneficiary, insured: Beneficiary | None) -> CardQuestion | InsRefused:
    """Write a card's data as INSi takes them; a number that is none, or no number at all, is refused here.

    The name goes only when it is known to be the birth name: a printed name in use finds nobody (insi-interface 6).
    """
    owner = insured or beneficiary
    if not (beneficiary.nir or owner.nir) or not lexical.is_date(beneficiary.birth_date):
        return InsRefused(f"kiosk_{InsiBar.TRAIT_MISSING}", "", "")
    if not all(is_well_formed(number) for number in (beneficiary.nir, owner.nir) if number):
        return InsRefused(f"kiosk_{InsiBar.CHARACTER}", "", "")
    elements: dict[str, object] = {}
    if beneficiary.nir:
        elements["MatriculeIndividu"] = _number(beneficiary)
    if owner.nir:
        elements["MatriculeOD"] = _number(owner)
    if name := _birth_name(beneficiary):
        elements["NomNaissance"] = name
    elements["DateNaissance"] = beneficiary.birth_date
    rank = beneficiary.birth_rank if re.fullmatch(r"[1-9]", beneficiary.birth_rank, re.ASCII) else "1"
    elements["RangNaissance"] = rank
    return CardQuestion(elements, Cover(owner.nir, beneficiary.nir, beneficiary.birth_date, rank))


def _birth_name(beneficiary: Beneficiary) -> str:
    try:
        name = normalise(beneficiary.birth_name)
    except NameRefused:
        return ""
    return name if is_valid_birth_name(name) else ""


def _number(person: Beneficiary) -> dict[str, str]:
    number = {"NumIdentifiant": person.nir}
    return number | {"Cle": person.nir_key} if re.fullmatch(r"[0-9]{2}", person.nir_key, re.ASCII) else number


def of_search(search: Search) -> dict[str, object]:
    """Write one search by traits as the elements of RECSANSVITALE."""
    wire: dict[str, object] = {
        "NomNaissance": search.birth_name,
        "Prenom": [search.given_name],
        "Sexe": search.sex,
        "DateNaissance": search.birth_date,
    }
    return wire | {"LieuNaissance": search.place} if search.place else wire


def wanted(traits: Traits) -> Wanted | InsRefused:
    """Write traits in INSi's letters; what it would not take is refused here (missing trait, character, sex, date).

    Whether this identity may be asked about at all (douteux, fictif, qualified) is ``core.status.insi_bar``'s question
    too, put by the caller, who knows the identity. What INSi itself spelled is asked as it spelled it.
    """
    bar = insi_bar(Identity(), traits)
    if bar is not None or traits.birth_date is None or traits.sex is None:
        return InsRefused(f"kiosk_{bar or InsiBar.TRAIT_MISSING}", "", "")
    given_names = tuple(dict.fromkeys(normalise(each) for each in traits.given_names))
    while len(" ".join(given_names)) > MAX_NAME:
        given_names = given_names[:-1]
    birth_name = normalise(traits.birth_name)
    return Wanted(
        *(birth_name, given_names, traits.sex.value, traits.birth_date.text),
        place=lexical.place_to_send(traits.birth_place_code),
        hyphens_are_lost=traits.name_form is not NameForm.CIVIL,
        spellings=() if traits.source is Source.INSI else lexical.spellings(birth_name, traits.name_form),
    )


def answered(answer: InsAnswer) -> Answered:
    """Say what an answer is to the order of the searches."""
    match answer:
        case InsFound():
            return Answered.FOUND
        case InsNotFound():
            return Answered.NONE
        case InsSeveral():
            return Answered.SEVERAL
        case InsRefused(code) if is_of_this_person(code):
            return Answered.REFUSED
    return Answered.STOP


def is_of_this_person(code: str) -> bool:
    """Say whether a refusal is about what was asked: not about who asks (``desir_…``), the address or the bundle."""
    return code in _OURS or not code.startswith(("desir_", "http_", "kiosk_"))


def is_unsent(answer: InsAnswer) -> bool:
    """Say whether a question never left: refused here, or one more than may be asked."""
    if isinstance(answer, InsUnreachable):
        return answer.reason == "not-asked"
    return isinstance(answer, InsRefused) and answer.code in _OURS


def asked_before(of_whom: Wanted, exchanges: Iterable[Exchange]) -> list[Asked]:
    """Read back the searches for this person that found nobody or several: they are not made again."""
    read = (
        (search, _ANSWERS[exchange.code])
        for exchange in exchanges
        if exchange.operation == BY_TRAITS and exchange.code in _ANSWERS
        for search in _search_of(exchange.request)
    )
    return list(dict(each for each in read if is_for(of_whom, each[0])).items())


def card_asked_before(question: CardQuestion, exchanges: Iterable[Exchange]) -> InsAnswer | None:
    """Give what the same card question answered before, when that was nobody or several."""
    for exchange in exchanges:
        if exchange.operation == BY_CARD and exchange.code in _ANSWERS and _says(exchange.request, question.elements):
            return InsNotFound() if exchange.code == "01" else InsSeveral()
    return None


def _search_of(request: bytes) -> Iterator[Search]:
    said = dict(said_in(request, BY_TRAITS))
    if {"NomNaissance", "Prenom", "Sexe", "DateNaissance"} <= said.keys():
        names = said["NomNaissance"], said["Prenom"], said["Sexe"], said["DateNaissance"]
        yield Search(*names, said.get("LieuNaissance", ""))


def _says(request: bytes, elements: dict[str, object]) -> bool:
    wanted_of = {
        name: str(value.get("NumIdentifiant")) if isinstance(value, dict) else str(value)
        for name, value in elements.items()
    }
    return dict(said_in(request, BY_CARD)) == wanted_of


def said_in(request: bytes, operation: str) -> Iterator[tuple[str, str]]:
    """Read the elements of one of our own requests; of a number, without its key."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(request, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    body = root.find(f"{{{SOAP}}}Body/{BODIES[operation]}")
    for child in body if body is not None else ():
        number = child[0].text if len(child) else child.text
        yield etree.QName(child).localname, number or ""
