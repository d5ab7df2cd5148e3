"""Card, INSi and document side by side: what staff sees of one person, and what the rules permit.

Nothing is decided here; verdicts come from ``coherence.compare``, permissions from ``status.permissions`` of the core.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from kiosk.console.models import Need
from kiosk.console.templatetags.console_tags import day, number
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.compare import Comparison, compare
from kiosk.core.coherence.reasons import STAFF_SENTENCES, Outcome, Reason, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, OID_NIR_DEMO, OID_NIR_TEST, Matricule
from kiosk.core.identity.names import NameRefused, propose_first_given_name
from kiosk.core.identity.places import PlaceTable
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.document import DocumentKind, SealVerdict, Side
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.core.status.evidence import EvidenceTable, EvidenceType, Nationality, nationality_of
from kiosk.core.status.permissions import kiosk_status
from kiosk.documents.places import read_places

EVIDENCE = EvidenceTable()
COMMUNES = Path(__file__).parents[3] / "assets" / "cog" / "communes.tsv"
LOOK = "look"  # the eye compares: no machine could


@dataclass(frozen=True, slots=True, repr=False)
class Row(Confidential):
    """One trait across the three sources."""

    label: str
    card: str
    insi: str
    document: str
    verdict: str  # an Outcome's value, LOOK, or "" when there is nothing to compare
    note: str = ""
    trait: str = ""
    is_wide: bool = False  # one value across the table


@dataclass(frozen=True, slots=True, repr=False)
class Compared(Confidential):
    """What the sources come to when laid side by side."""

    card: Comparison | None  # the card with INSi, or with the document when INSi found nobody
    document: Comparison | None  # the document with INSi
    by_hand: bool  # a document was shown that no machine read with certainty

    @property
    def blocks(self) -> bool:
        return any(comparison is not None and comparison.is_blocking for comparison in (self.card, self.document))

    @property
    def asks_confirmation(self) -> bool:
        return self.document is not None and self.document.needs_confirmation


def is_found(answer: InsAnswer) -> bool:
    return isinstance(answer, InsFound)


def is_pending(answer: InsAnswer) -> bool:
    """INSi has not answered: the worker asks again."""
    return isinstance(answer, InsUnreachable)


def may_be_asked_again(check_in: CheckIn) -> bool:
    """The worker has something to ask with: a card's number, or a document read with certainty, one birth date only."""
    read = read_by_machine(check_in)
    has_number = bool(check_in.card_nir or check_in.insured_nir)
    has_card = check_in.card is not None and check_in.card.birth_date is not None and has_number
    return is_pending(check_in.insi) and (has_card or (read is not None and not read.other_birth_dates))


@cache
def places() -> PlaceTable:
    """The communes, of today and of before; read once."""
    return read_places(COMMUNES.read_text(encoding="utf-8"))


def compared(check_in: CheckIn) -> Compared:
    """Lay the sources side by side."""
    insi = check_in.insi.traits if isinstance(check_in.insi, InsFound) else None
    read = read_by_machine(check_in)
    document = compare(read, insi, places=places(), document=check_in.document_kind) if read and insi else None
    reference = insi or read
    card = None
    if check_in.card is not None and reference is not None:
        card = compare(check_in.card, reference, places=places(), document=None if insi else check_in.document_kind)
    return Compared(card, document, by_hand=bool(check_in.pictures) and read is None)


def automatic_status(check_in: CheckIn) -> str:
    """The most an identity reaches before staff has seen the person (ins-rules 6)."""
    return kiosk_status(check_in.card, check_in.insi, read_by_machine(check_in), places=places()).value


def read_by_machine(check_in: CheckIn) -> Traits | None:
    """What the document says, when it was read with certainty."""
    return check_in.mrz.traits if check_in.mrz is not None and check_in.mrz.accepted else None


def is_compared_by_hand(check_in: CheckIn) -> bool:
    """No machine read the document with certainty, or its seal speaks against it: staff compares with the original."""
    return check_in.mrz is None or not check_in.mrz.accepted or is_sealed_otherwise(check_in)


def is_sealed_otherwise(check_in: CheckIn) -> bool:
    """The document's seal (cachet électronique visible) is false, or says otherwise than its printed zone."""
    seal = check_in.seal
    return seal is not None and (seal.verdict is SealVerdict.FALSE or bool(seal.contradictions))


def need_of(check_in: CheckIn, side_by_side: Compared | None = None) -> Need:
    """What this arrival asks of staff, the most pressing first."""
    match check_in.insi:
        case InsCertificateTrouble() | InsRefused():
            return Need.CONFIGURATION
        case InsUnreachable():
            return Need.INSI_PENDING
        case InsNotFound():
            return Need.NOT_FOUND
        case InsSeveral():
            return Need.SEVERAL
    if (side_by_side or compared(check_in)).blocks:
        return Need.DIFFERENCES
    if is_sealed_otherwise(check_in):
        return Need.DOUBTFUL_DOCUMENT
    if not check_in.pictures:
        return Need.NO_DOCUMENT
    if check_in.mrz is None or not check_in.mrz.accepted:
        return Need.DOUBTFUL_READING
    return Need.READY


def difference_codes(check_in: CheckIn, side_by_side: Compared | None = None) -> str:
    """Which traits block and why, as codes for the indicators: no trait's value among them."""
    laid = side_by_side or compared(check_in)
    codes = [
        f"{trait.value}:{verdict.reason.value}"
        for comparison in (laid.document, laid.card)
        if comparison is not None
        for trait in Trait
        if (verdict := comparison.of(trait)).outcome.value == Outcome.BLOCKING.value and verdict.reason is not None
    ]
    return " ".join(dict.fromkeys(codes))[:200]


def rows(check_in: CheckIn, side_by_side: Compared) -> tuple[Row, ...]:
    """The table: trait by trait, each difference named."""
    insi = check_in.insi.traits if isinstance(check_in.insi, InsFound) else None
    read = check_in.mrz.traits if check_in.mrz is not None else None
    sources = (check_in.card, insi, read)
    lines = [
        _row(Trait.BIRTH_NAME, _("Nom de naissance"), [t.birth_name if t else "" for t in sources], side_by_side),
        _row(Trait.GIVEN_NAMES, _("Prénoms de naissance"), [_given(t) for t in sources], side_by_side),
        _row(Trait.BIRTH_DATE, _("Date de naissance"), [_birth(t) for t in sources], side_by_side),
        _row(Trait.SEX, _("Sexe"), [_sex(t) for t in sources], side_by_side),
        _row(Trait.BIRTH_PLACE, _("Lieu de naissance"), [_place(t) for t in sources], side_by_side),
    ]
    names_in_use = [t.name_in_use if t else "" for t in sources]
    if any(names_in_use):
        lines.insert(1, Row(_("Nom utilisé"), *names_in_use, verdict=""))
    if isinstance(check_in.insi, InsFound):
        lines.append(Row(_("Matricule INS"), "", _matricule(check_in.insi.matricule), "", verdict="", is_wide=True))
    return tuple(lines)


def rows_of_one(check_in: CheckIn) -> tuple[tuple[str, str], ...]:
    """One person's traits from the best source there is, to lay beside another's."""
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    traits = found.traits if found else read_by_machine(check_in) or check_in.card
    return (
        (_("Nom de naissance"), traits.birth_name if traits else ""),
        (_("Prénoms de naissance"), _given(traits)),
        (_("Date de naissance"), _birth(traits)),
        (_("Sexe"), _sex(traits)),
        (_("Lieu de naissance"), _place(traits)),
        (_("Matricule INS"), _matricule(found.matricule) if found else ""),
    )


def _row(trait: Trait, label: str, cells: list[str], side_by_side: Compared) -> Row:
    worst, notes = "", []
    for who, comparison in ((_("Pièce"), side_by_side.document), (_("Carte"), side_by_side.card)):
        if comparison is None:
            continue
        verdict = comparison.of(trait)  # type: ignore[arg-type]
        outcome = verdict.outcome.value
        if outcome == Outcome.NOT_STATED:
            continue
        if verdict.reason is not None:
            notes.append((outcome, f"{who} : {_lower(_(STAFF_SENTENCES[Reason(verdict.reason.value)]))}"))
        if _WEIGHT[outcome] > _WEIGHT.get(worst, -1):
            worst = outcome
    if side_by_side.by_hand and worst in {"", Outcome.SAME.value}:
        worst = LOOK
    note = " · ".join(text for outcome, text in notes if outcome == worst)
    return Row(label, *cells, verdict=worst, note=note, trait=trait.value)


_WEIGHT = {Outcome.SAME.value: 0, Outcome.TOLERATED.value: 1, Outcome.BLOCKING.value: 2}


DOCUMENTS = {
    DocumentKind.FRENCH_ID_2021: "Carte nationale d’identité (2021)",
    DocumentKind.FRENCH_ID_1988: "Carte nationale d’identité (1988)",
    DocumentKind.PASSPORT: "Passeport",
    DocumentKind.RESIDENCE_PERMIT: "Titre de séjour",
    DocumentKind.EUROPEAN_ID: "Carte d’identité européenne",
    DocumentKind.UNKNOWN: "Pièce non reconnue",
}
SIDES = {Side.FIRST: "recto", Side.SECOND: "verso"}


def questions() -> tuple[str, ...]:
    """What the person is asked, openly: the answer is never in the question (RNIV: l'identité est énoncée)."""
    return (
        _("Quel est votre nom de naissance ?"),
        _("Quels sont vos prénoms, dans l’ordre ?"),
        _("Quelle est votre date de naissance ?"),
        _("Quel est votre lieu de naissance ?"),
    )


def evidence_offered(check_in: CheckIn, today: date) -> tuple[EvidenceType, ...]:
    """The kinds of evidence staff may choose from for this person; none is pre-selected (GI3 EXI ID 19)."""
    age = _age(check_in, today)
    known = _nationality(check_in)
    possible = (known,) if known is not None else tuple(Nationality)
    chosen = [kind for nationality in possible for kind in EVIDENCE.offered(nationality, age)]
    return tuple(kind for kind in EVIDENCE.types if kind in chosen and kind.needs_presence)


def first_given_name(check_in: CheckIn, *, with_ins: bool) -> tuple[str, bool]:
    """The first given name to propose, and whether staff has a choice (GI3 EXI ID 10)."""
    listed = listed_given_names(check_in, with_ins=with_ins)
    if not listed and check_in.card is not None:
        listed = " ".join(check_in.card.given_names)
    read = read_by_machine(check_in)
    try:
        return propose_first_given_name(listed, read.given_names if read else ()), " " in listed.strip() or not listed
    except NameRefused:
        return "", True


def listed_given_names(check_in: CheckIn, *, with_ins: bool) -> str:
    """The list the first given name must open: INSi's when it is accepted, else the document's."""
    if with_ins and isinstance(check_in.insi, InsFound):
        return check_in.insi.traits.given_names_text or " ".join(check_in.insi.traits.given_names)
    read = read_by_machine(check_in)
    return " ".join(read.given_names) if read else ""


def _nationality(check_in: CheckIn) -> Nationality | None:
    """The group the document tells with certainty; the French card before 2021 states no nationality but is French."""
    if check_in.mrz is None or not check_in.mrz.accepted:
        return None
    if check_in.document_kind is DocumentKind.FRENCH_ID_1988:
        return Nationality.FRENCH
    return nationality_of(check_in.mrz.nationality) if check_in.mrz.nationality else None


def _age(check_in: CheckIn, today: date) -> int:
    for traits in (
        check_in.insi.traits if isinstance(check_in.insi, InsFound) else None,
        check_in.mrz.traits if check_in.mrz is not None else None,
        check_in.card,
    ):
        born = traits.birth_date if traits is not None else None
        if born is not None and born.year.isdigit() and born.year != "0000":
            birthday = born.as_date()
            had = birthday is None or (today.month, today.day) >= (birthday.month, birthday.day)
            return today.year - int(born.year) - (0 if had else 1)
    return 0  # unknown: every kind is offered


def _given(traits: Traits | None) -> str:
    return (traits.given_names_text or " ".join(traits.given_names)) if traits else ""


def _birth(traits: Traits | None) -> str:
    if traits is None or traits.birth_date is None:
        return ""
    return " / ".join(day(one) for one in (traits.birth_date, *traits.other_birth_dates[:2]))


def _sex(traits: Traits | None) -> str:
    words = {Sex.FEMALE: _("Féminin"), Sex.MALE: _("Masculin"), Sex.UNDETERMINED: _("Indéterminé")}
    return words[traits.sex] if traits and traits.sex else ""


def _place(traits: Traits | None) -> str:
    if traits is None or not traits.birth_place_code:
        return ""
    name = places().name(traits.birth_place_code)
    return f"{name} ({traits.birth_place_code})" if name else traits.birth_place_code


def _matricule(matricule: Matricule) -> str:
    kinds = {OID_NIR: "NIR", OID_NIA: _("NIA, en attente"), OID_NIR_TEST: _("test"), OID_NIR_DEMO: _("démonstration")}
    kind = kinds.get(matricule.oid, _("autorité inconnue"))
    return f"{number(matricule.number + matricule.key)} ({kind})"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
