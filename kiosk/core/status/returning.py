"""Whether a visit is filed under a person already known with nobody there to look: the one rule (identity-register).

What is automatic is of the visit alone. Filed by itself means: these sources name that person, and nobody else. It is
never a word about who stands at the desk: a card proves nothing of its bearer, so nothing is established, permitted
or sent by it until staff see the face and record the presence. Twins in each other's place, a borrowed card, a
namesake of the same day, an answer found in another way: where sources disagree or could be somebody else's too, staff
choose (``coherence.candidates``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.coherence.compare import Comparison, compare
from kiosk.core.coherence.duplicates import likeness_key
from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.coherence.reasons import Outcome, Reason, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark
from kiosk.core.identity.names import NameRefused, normalise
from kiosk.core.identity.places import NO_TABLE, PlaceTable
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.sources.insi import BY_CARD, InsFound
from kiosk.core.status.acceptance import acceptance_of


class Ground(StrEnum):
    """What a visit is filed by: how much of it a machine saw."""

    CARD = "card"  # INSi's answer to the card's question; no document named the person: a claim, whoever bears the card
    CARD_AND_DOCUMENT = "card-and-document"  # and a document read with certainty names the same person
    APPLI = "appli"  # an appli carte Vitale, verified: a claim too, whoever bears the phone
    IPP_AND_DOCUMENT = "ipp-and-document"  # the local identifier (IPP), and a document read with certainty


class Obstacle(StrEnum):
    """Why a visit is not filed by itself: codes, for staff's page and the trail."""

    BARRED = "barred"  # doubtful or fictitious (douteux, fictif): staff see every visit
    OPEN_PAIR = "open-pair"  # perhaps the same person as another: the unit has not said
    HOMONYM = "homonym"
    NO_ANSWER = "no-answer"
    NOT_BY_CARD = "not-by-card"  # INSi was asked with traits, which two people may share
    ODD_ANSWER = "odd-answer"  # something forbids it, or is to be confirmed by its name
    OTHER_MATRICULE = "other-matricule"
    OTHER_TRAITS = "other-traits"  # INSi says of this matricule what the person known is not
    OTHER_NUMBER = "other-number"  # the card bears a number of its own, and INSi answered with none of that person's
    NO_OWN_NUMBER = "no-own-number"  # asked for with the insured's, rank and date: twins differ by a first name at most
    ODD_CARD = "odd-card"  # read with an anomaly; of twins without ranks any may be meant
    CARD_DIFFERS = "card-differs"
    NO_DOCUMENT = "no-document"
    DOCUMENT_DIFFERS = "document-differs"  # somebody else's, or the card is
    DOCUMENT_UNSURE = "document-unsure"  # read without certainty, and it would be somebody else's
    FALSE_SEAL = "false-seal"
    PARTLY_READ = "partly-read"  # a newer kiosk said something that is not understood here
    OTHER_IPP = "other-ipp"
    SEVERAL = "several"  # more than one person known is named


@dataclass(frozen=True, slots=True, repr=False)
class Said(Confidential):
    """What one visit's sources say of who it is. ``checkin.claims.said_by`` makes it of a check-in."""

    answer: InsFound | None = None
    mark: Mark | None = None  # of the answer's matricule
    card: Traits | None = None  # of the person chosen on it
    card_number: str = ""  # 13 characters: that person's own; "" for a child asked for with the insured's
    is_insured: bool = True  # the card's first person (ouvrant droit), whom no guessed rank concerns
    card_anomalies: tuple[CardAnomaly, ...] = ()
    document: Traits | None = None  # read with certainty
    unsure_document: Traits | None = None  # read without certainty
    issuer: str = ""  # of the document, as its zone writes it
    has_false_seal: bool = False  # false, or it contradicts the zone
    is_partly_read: bool = False
    ipp: tuple[str, str] | None = None  # domain, and the identifier as an opaque mark


@dataclass(frozen=True, slots=True, repr=False)
class Known(Confidential):
    """One person known who survives (nobody absorbed), as far as the rule asks."""

    traits: Traits
    mark: Mark | None = None  # of the matricule held
    ipps: frozenset[tuple[str, str]] = frozenset()  # domain and opaque mark
    is_barred: bool = False
    has_open_pair: bool = False
    is_homonym: bool = False  # the attribute


@dataclass(frozen=True, slots=True)
class Filing:
    """What the rule comes to for one person."""

    ground: Ground | None = None  # None: staff choose
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def is_automatic(self) -> bool:
        return self.ground is not None


def filed_under(
    said: Said, found: Sequence[Known], *, in_production: bool, places: PlaceTable = NO_TABLE
) -> tuple[int | None, Filing]:
    """Say which of those found the visit is filed under by itself, and by what; None: staff choose, and why.

    ``found`` is everybody who holds the answer's matricule or the visit's IPP. When that is more than one, sources
    name two people, and nobody is chosen.
    """
    named = [(index, known) for index, known in enumerate(found) if _is_named(said, known)]
    if len(named) > 1:
        return None, Filing(obstacles=(Obstacle.SEVERAL,))
    for index, known in named:
        filing = filing_of(said, known, in_production=in_production, places=places)
        return (index if filing.is_automatic else None), filing
    return None, Filing(obstacles=(Obstacle.OTHER_MATRICULE if said.answer is not None else Obstacle.NO_ANSWER,))


def filing_of(said: Said, known: Known, *, in_production: bool, places: PlaceTable = NO_TABLE) -> Filing:
    """Say whether this visit is filed under this person by itself; the obstacles are those of the way it came."""
    of_person = tuple(_of_person(said, known))
    if said.ipp is not None and said.ipp in known.ipps:
        obstacles = (*of_person, *_by_ipp(said, known, places))
        return Filing(None if obstacles else Ground.IPP_AND_DOCUMENT, obstacles)
    if said.answer is not None and said.answer.is_attested:
        obstacles = (*of_person, *_by_appli(said, said.answer, known, places, in_production=in_production))
        return Filing(None if obstacles else Ground.APPLI, obstacles)
    obstacles = (*of_person, *_by_card(said, known, places, in_production=in_production))
    if obstacles:
        return Filing(obstacles=obstacles)
    document = said.document
    beside = compare(document, known.traits, places=places, issuer=said.issuer) if document is not None else None
    if document is not None and beside is not None and _names_wholly(document, known.traits, beside):
        return Filing(Ground.CARD_AND_DOCUMENT)
    return Filing(Ground.CARD) if said.card_number else Filing(obstacles=(Obstacle.NO_OWN_NUMBER,))


def _is_named(said: Said, known: Known) -> bool:
    return _holds_answer(said, known) or (said.ipp is not None and said.ipp in known.ipps)


def _holds_answer(said: Said, known: Known) -> bool:
    return said.answer is not None and said.mark is not None and said.mark.is_complete and said.mark == known.mark


def _of_person(said: Said, known: Known) -> Iterator[Obstacle]:
    """What forbids it whichever way the visit came."""
    if known.is_barred:
        yield Obstacle.BARRED
    if known.has_open_pair:
        yield Obstacle.OPEN_PAIR
    if known.is_homonym:
        yield Obstacle.HOMONYM
    if said.has_false_seal:
        yield Obstacle.FALSE_SEAL
    if said.is_partly_read:
        yield Obstacle.PARTLY_READ


def _by_card(said: Said, known: Known, places: PlaceTable, *, in_production: bool) -> Iterator[Obstacle]:
    """INSi's answer to the card's question: the matricule held, all five traits equal, no source that disagrees."""
    answer = said.answer
    if answer is None or said.card is None:
        yield Obstacle.NO_ANSWER
        return
    if not is_by_card(answer):
        yield Obstacle.NOT_BY_CARD
    yield from _of_answer(said, answer, known, in_production=in_production)
    yield from _of_card(said, said.card, answer, places)
    yield from _of_documents(said, answer, places)


def _by_appli(
    said: Said, answer: InsFound, known: Known, places: PlaceTable, *, in_production: bool
) -> Iterator[Obstacle]:
    """An appli carte Vitale's own number and five traits; it says of each who they are, twins too."""
    yield from _of_answer(said, answer, known, in_production=in_production)
    if said.card is not None:  # no kiosk of ours sends both
        yield from _of_card(said, said.card, answer, places)
    yield from _of_documents(said, answer, places)


def _of_answer(said: Said, answer: InsFound, known: Known, *, in_production: bool) -> Iterator[Obstacle]:
    if not acceptance_of(answer, in_production=in_production).is_plain:
        yield Obstacle.ODD_ANSWER
    if not _holds_answer(said, known):
        yield Obstacle.OTHER_MATRICULE
    if not are_equal(answer.traits, known.traits):
        yield Obstacle.OTHER_TRAITS
    if said.ipp is not None and said.ipp[0] in {domain for domain, _ in known.ipps}:
        yield Obstacle.OTHER_IPP


def _of_documents(said: Said, answer: InsFound, places: PlaceTable) -> Iterator[Obstacle]:
    if said.document is not None and not _is_of(said.document, answer.traits, places, said.issuer):
        yield Obstacle.DOCUMENT_DIFFERS
    yield from _of_unsure_document(said, answer.traits, places)


def is_by_card(answer: InsFound) -> bool:
    """INSi was asked with a card, and with nothing else: its number, the birth date, the rank."""
    return {exchange.operation for exchange in answer.exchanges} == {BY_CARD}


def are_equal(left: Traits, right: Traits) -> bool:
    """All five traits are stated by both and are the same: not alike, the same, but for accents and case."""
    ours = _five(left)
    return None not in ours and ours == _five(right)


def _five(traits: Traits) -> tuple[str | None, ...]:
    return (
        _written(traits.birth_name),
        _written(listed(traits)),
        traits.birth_date.text if traits.birth_date is not None else None,
        traits.sex.value if traits.sex is not None else None,
        traits.birth_place_code.upper() or None,
    )


def _written(name: str) -> str | None:
    try:
        return normalise(name) or None
    except NameRefused:
        return None


# What a card may say otherwise than INSi. The person's own number tells them from a brother or a twin: with it the card
# may bear the name in use, and a date as the health fund writes it. Without it, the name and the date are all there is.
_OF_ANY_CARD = frozenset({None, Reason.ACCENT_OR_CASE, Reason.HYPHEN})
_OF_OWN_NUMBER = _OF_ANY_CARD | {Reason.MAY_BE_NAME_IN_USE, Reason.INTERPRETED_DATE}


def _of_card(said: Said, card: Traits, answer: InsFound, places: PlaceTable) -> Iterator[Obstacle]:
    """The card's own words, its number and how it was read, beside the answer that it brought."""
    numbers = {answer.matricule.number, *(past.matricule.number for past in answer.history)}
    if said.card_number and said.card_number not in numbers:
        yield Obstacle.OTHER_NUMBER
    guessed = {CardAnomaly.BIRTH_RANK_GUESSED} if said.is_insured else set()
    if not guessed.issuperset(said.card_anomalies):
        yield Obstacle.ODD_CARD
    beside = compare(card, answer.traits, places=places)
    tolerated = _OF_OWN_NUMBER if said.card_number else _OF_ANY_CARD
    reasons = {beside.of(trait).reason for trait in (Trait.BIRTH_NAME, Trait.BIRTH_DATE)}
    if not (_agree(beside) and reasons <= tolerated and _says_first_name(card, answer.traits)):
        yield Obstacle.CARD_DIFFERS


def _says_first_name(source: Traits, person: Traits) -> bool:
    """A source's given names begin with the whole of the first: MARIE is not said for MARIE-ANNE, who may be a twin."""
    first = likeness_key(stated_first(person))
    return bool(first) and _opens(first, likeness_key(listed(source)))


def _opens(short: str, long: str) -> bool:
    return f"{long} ".startswith(f"{short} ")


def _is_of(document: Traits, person: Traits, places: PlaceTable, issuer: str) -> bool:
    """What this source says is said of this person."""
    return _agree(compare(document, person, places=places, issuer=issuer))


def _agree(beside: Comparison) -> bool:
    """The two may be one person's, and nothing is left for an eye to name."""
    return beside.may_be_accepted and not beside.to_be_named


def _names_wholly(document: Traits, person: Traits, beside: Comparison) -> bool:
    """Its given names are the first of the person's own, the very first whole, and no field was too short for them.

    A zone writes CEDRIC-PIERRE as CEDRIC PIERRE: beside CEDRIC ANDRE PIERRE, who may be his twin, that is not enough.
    """
    is_cut = beside.of(Trait.GIVEN_NAMES).reason is Reason.TRUNCATED
    is_in_order = _opens(likeness_key(listed(document)), likeness_key(listed(person)))
    return not is_cut and is_in_order and _says_first_name(document, person)


def _of_unsure_document(said: Said, person: Traits, places: PlaceTable) -> Iterator[Obstacle]:
    """A document read without certainty proves nothing; that it would be somebody else's is reason enough to look."""
    unsure = said.unsure_document
    if unsure is not None and compare(unsure, person, places=places, issuer=said.issuer).is_blocking:
        yield Obstacle.DOCUMENT_UNSURE


# What a zone may write otherwise than the record, and still be read by a machine as the same name.
_OF_ZONE = frozenset({Reason.ACCENT_OR_CASE, Reason.HYPHEN, Reason.MRZ_WRITING})
_BY_ZONE = {
    Trait.BIRTH_NAME: _OF_ZONE,
    Trait.GIVEN_NAMES: _OF_ZONE | {Reason.LIST_SHORTENED},
    Trait.BIRTH_DATE: frozenset(),
    Trait.SEX: frozenset(),
}


def _by_ipp(said: Said, known: Known, places: PlaceTable) -> Iterator[Obstacle]:
    """The IPP in its domain, and name, first name, date and sex read by a machine; no other source disagrees."""
    if said.document is None:
        yield Obstacle.NO_DOCUMENT
    elif not _is_read_as(said.document, known.traits, places, said.issuer):
        yield Obstacle.DOCUMENT_DIFFERS
    if said.answer is not None:
        if not _holds_answer(said, known):  # held by nobody yet: whose it is, staff say
            yield Obstacle.OTHER_MATRICULE
        if not _is_of(said.answer.traits, known.traits, places, ""):
            yield Obstacle.OTHER_TRAITS
    if said.card is not None and not _is_of(said.card, known.traits, places, ""):
        yield Obstacle.CARD_DIFFERS


def _is_read_as(document: Traits, person: Traits, places: PlaceTable, issuer: str) -> bool:
    beside = compare(document, person, places=places, issuer=issuer)
    if beside.is_blocking or not _names_wholly(document, person, beside):
        return False
    return all(
        beside.of(trait).outcome is Outcome.SAME or beside.of(trait).reason in tolerated
        for trait, tolerated in _BY_ZONE.items()
    )
