"""Card, INSi and document side by side: what staff sees of one person, and what the rules permit.

Nothing is decided here; verdicts come from ``coherence.compare``, permissions from ``status.permissions`` of the core.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.conf import settings

from kiosk.console.identities import pieces, reasking
from kiosk.console.identities.accepting import acceptance
from kiosk.console.models import Need
from kiosk.console.register import visits
from kiosk.core.checkin.stated import LOOKED_FOR, OFFICIAL, Witness, best, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.compare import Comparison, compare
from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.coherence.reasons import Outcome, Trait
from kiosk.core.coherence.seen import PLACE_READ, Beside, ToSee, to_see
from kiosk.core.confidential import Confidential
from kiosk.core.identity.names import FirstNames, NameRefused, first_given_names
from kiosk.core.identity.places import PlaceTable
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.document import DocumentKind, SealVerdict
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.core.status.attestation import code_of
from kiosk.core.status.evidence import EvidenceType, Nationality, nationality_of
from kiosk.core.status.permissions import IdentityStatus, InsiBar, kiosk_status
from kiosk.documents.places import read_places

_NO_QUESTION = {f"kiosk_{bar}" for bar in InsiBar}  # the client's own word for it
COG = files("assets") / "cog"  # communes, départements, countries


@dataclass(frozen=True, slots=True, repr=False)
class Compared(Confidential):
    """What the sources come to when laid side by side."""

    card: Comparison | None  # the card with INSi, or with the document when INSi found nobody
    document: Comparison | None  # the document with INSi
    by_hand: bool  # a document was shown that no machine read with certainty, or not all of what was read is here
    answer: Traits | None = None  # what INSi found, or an appli carte Vitale says
    is_attested: bool = False  # the appli carte Vitale says it: it is evidence too, and no original is asked for

    @property
    def blocks(self) -> bool:
        """The document says otherwise than INSi: with the original in hand too, nobody may accept the answer."""
        return self.document is not None and self.document.is_blocking

    @property
    def is_left_to_staff(self) -> bool:
        """The original may say otherwise than INSi where no machine saw it: who reads that may do without the INS."""
        return self.document is None or any(one.beside is Beside.DOCUMENT for one in self.to_see)

    @property
    def card_blocks(self) -> bool:
        """The card says otherwise: it forbids where no original was seen, and only warns where one is in hand."""
        return self.card is not None and self.card.is_blocking

    @property
    def card_counts(self) -> bool:
        """No machine found document and INSi to agree: what the card says otherwise is all that is known so far."""
        return self.document is None or not self.document.may_be_accepted

    @property
    def to_see(self) -> tuple[ToSee, ...]:
        """What staff must say to have seen, by its name, before the answer is accepted."""
        asked = to_see(self.answer, self.document, self.card) if self.answer is not None else ()
        return tuple(one for one in asked if not (self.is_attested and one == PLACE_READ))

    @property
    def asks_confirmation(self) -> bool:
        return self.document is not None and self.document.needs_confirmation


def is_found(answer: InsAnswer) -> bool:
    return isinstance(answer, InsFound)


def is_attested(check_in: CheckIn) -> bool:
    """What counts is an appli carte Vitale's word, verified; staff say whether it is this person's (T6)."""
    return isinstance(check_in.insi, InsFound) and check_in.insi.is_attested


def is_pending(answer: InsAnswer) -> bool:
    """INSi has not answered: the worker asks again."""
    return isinstance(answer, InsUnreachable)


def is_unasked(answer: InsAnswer) -> bool:
    """INSi was not even called: what card and document say is no question that it takes."""
    return isinstance(answer, InsRefused) and answer.code in _NO_QUESTION


def may_be_asked_again(check_in: CheckIn) -> bool:
    """INSi has not answered, and there is something to ask with: a card's number, or a document read with certainty."""
    return is_pending(check_in.insi) and reasking.question_of(check_in) is not None


@cache
def places() -> PlaceTable:
    """The communes, of today and of before, and the countries; read once."""
    files_of = ("communes.tsv", "departements.tsv", "countries.tsv")
    return read_places(*((COG / name).read_text(encoding="utf-8") for name in files_of))


def compared(check_in: CheckIn) -> Compared:
    """Lay the sources side by side."""
    insi, read = best(check_in, (Witness.INSI,)), read_by_machine(check_in)
    document = None
    if read and insi:
        document = compare(read, insi, places=places(), document=check_in.document_kind, issuer=issuer_of(check_in))
    reference = best(check_in, OFFICIAL)
    card = None
    shown = best(check_in, (Witness.CARD,))
    if shown is not None and reference is not None:
        card = compare(shown, reference, places=places(), document=None if insi else check_in.document_kind)
    by_hand = bool(check_in.pictures) and (read is None or is_partly_read(check_in))
    return Compared(card, document, by_hand, insi, is_attested(check_in))


def differs(one: Traits, other: Traits) -> bool:
    """Two answers of INSi say something of the person that cannot both be."""
    return compare(one, other, places=places()).is_blocking


def issuer_of(check_in: CheckIn) -> str:
    """The state that issued the document, as its zone writes it; it writes foreign letters its own way."""
    return check_in.mrz.issuing_state if check_in.mrz is not None else ""


def automatic_status(check_in: CheckIn) -> str:
    """The most an identity reaches before staff has seen the person (ins-rules 6)."""
    if is_partly_read(check_in):
        return IdentityStatus.PROVISIONAL.value  # what is not read here may speak against it
    read, is_production = read_by_machine(check_in), settings.KIOSK.is_production
    return kiosk_status(
        check_in.card,
        check_in.insi,
        read,
        places=places(),
        in_production=is_production,
        issuer=issuer_of(check_in),
    ).value


def read_by_machine(check_in: CheckIn) -> Traits | None:
    """What the document says, when it was read with certainty."""
    return best(check_in, (Witness.DOCUMENT,))


def is_partly_read(check_in: CheckIn) -> bool:
    """The kiosk is newer than this console: it said more than what is shown, and that may be a warning."""
    return bool(check_in.not_understood)


def is_compared_by_hand(check_in: CheckIn) -> bool:
    """No machine read the document with certainty, or its seal speaks against it: staff compares with the original."""
    if is_attested(check_in) and not check_in.pictures:
        return is_partly_read(check_in)  # there is nothing to compare with
    is_certain = check_in.mrz is not None and check_in.mrz.accepted and not is_partly_read(check_in)
    return not is_certain or is_sealed_otherwise(check_in)


def is_sealed_otherwise(check_in: CheckIn) -> bool:
    """The document's seal (cachet électronique visible) is false, or says otherwise than its printed zone."""
    seal = check_in.seal
    return seal is not None and (seal.verdict is SealVerdict.FALSE or bool(seal.contradictions))


def need_of(check_in: CheckIn, side_by_side: Compared | None = None) -> Need:
    """What this arrival asks of staff, the most pressing first."""
    match check_in.insi:
        case InsRefused() if is_unasked(check_in.insi):
            return Need.ASK_AGAIN
        case InsCertificateTrouble() | InsRefused():
            return Need.CONFIGURATION
        case InsUnreachable(reason) if reason == visits.VOID or code_of(reason) is not None:
            return Need.ASK_AGAIN
        case InsUnreachable():
            return Need.INSI_PENDING
        case InsNotFound():
            return Need.NOT_FOUND
        case InsSeveral():
            return Need.SEVERAL
    judged = acceptance(check_in)
    if judged.forbids:
        return Need.ODD_ANSWER  # what an answer that nobody may accept differs in matters little
    laid = side_by_side or compared(check_in)
    if laid.blocks or (laid.card_blocks and laid.card_counts):
        return Need.DIFFERENCES
    if judged.to_confirm:
        return Need.ODD_ANSWER
    if is_sealed_otherwise(check_in):
        return Need.DOUBTFUL_DOCUMENT
    if not check_in.pictures:
        return Need.READY if is_attested(check_in) and not is_partly_read(check_in) else Need.NO_DOCUMENT
    if check_in.mrz is None or not check_in.mrz.accepted:
        return Need.DOUBTFUL_READING
    return Need.PARTLY_READ if is_partly_read(check_in) else Need.READY


def difference_codes(check_in: CheckIn, side_by_side: Compared | None = None) -> str:
    """Which traits block and why, as codes for the indicators: no trait's value among them."""
    laid = side_by_side or compared(check_in)
    codes = [
        f"{trait.value}:{verdict.reason.value}"
        for comparison in (laid.document, laid.card if laid.card_counts else None)
        if comparison is not None
        for trait in Trait
        if (verdict := comparison.of(trait)).outcome is Outcome.BLOCKING and verdict.reason is not None
    ]
    return " ".join(dict.fromkeys(codes))[:200]


def evidence_offered(check_in: CheckIn, today: date) -> tuple[EvidenceType, ...]:
    """The kinds of evidence staff may choose from for this person; none is pre-selected (GI3 EXI ID 19)."""
    age = _age(check_in, today)
    known = _nationality(check_in)
    possible = (known,) if known is not None else tuple(Nationality)
    table = pieces.table()
    suiting = [kind for nationality in possible for kind in table.offered(nationality, age)]
    return tuple(kind for kind in table.types if kind in suiting)


def first_given_name(check_in: CheckIn, *, with_ins: bool) -> tuple[FirstNames, bool]:
    """The first given name to propose or to ask for, and whether staff has a choice (GI3 EXI ID 10)."""
    names = listed_given_names(check_in, with_ins=with_ins)
    if not names and check_in.card is not None:
        names = listed(check_in.card)
    firsts = [stated_first(traits) for traits in stated(check_in, OFFICIAL)]
    firsts += [stated_first(traits).partition(" ")[0] for traits in stated(check_in, (Witness.CARD,))]  # may be a list
    try:
        return first_given_names(names, firsts), " " in names.strip() or not names
    except NameRefused:
        return FirstNames(""), True


def listed_given_names(check_in: CheckIn, *, with_ins: bool) -> str:
    """The list the first given name must open: INSi's when it is accepted, else the document's."""
    traits = best(check_in, OFFICIAL if with_ins else (Witness.DOCUMENT,))
    return listed(traits) if traits else ""


def _nationality(check_in: CheckIn) -> Nationality | None:
    """The group the document tells with certainty; the French card before 2021 states no nationality but is French."""
    if check_in.mrz is None or not check_in.mrz.accepted:
        return None
    if check_in.document_kind is DocumentKind.FRENCH_ID_1988:
        return Nationality.FRENCH
    return nationality_of(check_in.mrz.nationality) if check_in.mrz.nationality else None


def _age(check_in: CheckIn, today: date) -> int:
    for traits in stated(check_in, LOOKED_FOR):
        born = traits.birth_date
        if born is not None and born.year.isdigit() and born.year != "0000":
            birthday = born.as_date()
            had = birthday is None or (today.month, today.day) >= (birthday.month, birthday.day)
            return today.year - int(born.year) - (0 if had else 1)
    return 0  # unknown: every kind is offered
