"""What proves an identity (dispositifs d'identification): a table a structure may change (ins-rules 2.4).

Nothing in it is ever chosen by the software: staff picks what it holds in its hands, and nothing is pre-selected.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Confidence(StrEnum):
    """How far a piece of evidence may be trusted (niveau de confiance)."""

    HIGH = "high"  # may give VALIDATED or QUALIFIED (RNIV1 §3.3.2, GI3 EXI ID 19)
    LOW = "low"  # recorded, gives nothing


class Nationality(StrEnum):
    """The three groups that RNIV1 §3.3.2 tells apart."""

    FRENCH = "french"
    EUROPEAN = "european"  # EU, EEA, Switzerland and the listed neighbours
    OTHER = "other"


# States whose national identity card counts, as machine-readable zones write them (NA's list; D is Germany's own code).
_EUROPEAN_STATES = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN D DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE "
    "ISL LIE NOR CHE VAT MCO SMR AND"
)
_EUROPEAN = frozenset(_EUROPEAN_STATES.split())


def nationality_of(state: str) -> Nationality:
    """Tell the group of a nationality as a document writes it (three letters); what is unknown is OTHER."""
    code = state.strip(" <").upper()
    if code == "FRA":
        return Nationality.FRENCH
    return Nationality.EUROPEAN if code in _EUROPEAN else Nationality.OTHER


_EVERYONE = frozenset(Nationality)
_FOREIGN = frozenset({Nationality.EUROPEAN, Nationality.OTHER})
ADULT_AT = 18  # years


@dataclass(frozen=True, slots=True)
class Companion:
    """What is seen beside a piece of evidence that does not stand alone (RNIV1 §3.3.3)."""

    code: str  # ours: no flow carries it, the trail does
    label: str  # French, shown to staff: a gettext msgid


@dataclass(frozen=True, slots=True)
class EvidenceType:
    """One kind of evidence, what it is worth and for whom.

    ``companions`` are what may be seen with it, one of them at least (RNIV1 §3.3.3); empty when it stands alone.
    """

    code: str  # what a decision is written down with
    label: str  # French, shown to staff: a gettext msgid
    confidence: Confidence
    nationalities: frozenset[Nationality] = _EVERYONE
    minors_only: bool = False
    companions: tuple[Companion, ...] = ()
    note: str = ""  # a sentence for staff: when it counts
    needs_presence: bool = True  # a face was compared; False for electronic means
    only_if_named: bool = False  # the RNIV leaves it to the structure: offered where its own list names it
    flow: str = ""  # ZFD-7 / FR Core "mode de validation de l'identité"; empty: the code is that one

    @property
    def flow_code(self) -> str:
        return self.flow or self.code

    @property
    def may_validate(self) -> bool:
        """It may carry the second fact, C (RNIV1 EXI SI 07, §3.3.2)."""
        return self.confidence is Confidence.HIGH

    def suits(self, nationality: Nationality, age: int) -> bool:
        """Say whether it counts for a person of this nationality and age, in whole years."""
        return nationality in self.nationalities and (not self.minors_only or age < ADULT_AT)

    def is_complete_with(self, companion: str) -> bool:
        """Say whether what must be seen with it was: the code of one of its companions, none when it has none."""
        return companion in {one.code for one in self.companions} if self.companions else not companion


_LAMINATED_15_YEARS_FROM = date(2004, 1, 2)  # still valid on 1 January 2014 (décret 2013-1188)
LAMINATED_UNTIL = date(2031, 8, 3)  # the last day of cards outside the European format (EU 2019/1157)


def laminated_card_valid_until(issued: date, born: date) -> date:
    """Give the last day of a French identity card of before 2021, whatever date it prints (décret 2013-1188).

    15 years for who was an adult when it was issued, from 2 January 2004 on; 10 years otherwise.
    """
    years = 15 if issued >= _LAMINATED_15_YEARS_FROM and _years_after(born, ADULT_AT) <= issued else 10
    return min(_years_after(issued, years), LAMINATED_UNTIL)


def _years_after(day: date, years: int) -> date:
    """Give the same day years later; 1 March where 29 February does not exist."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _(text: str) -> str:
    """Mark a French sentence for gettext; the translation happens where it is shown."""
    return text


_HIGH, _LOW = Confidence.HIGH, Confidence.LOW
OF_A_PARENT_OR_GUARDIAN: tuple[Companion, ...] = (  # of high confidence itself (RNIV1 §3.3.3)
    Companion("PCN", _("Carte nationale d’identité d’un parent")),
    Companion("PPA", _("Passeport d’un parent")),
    Companion("PCS", _("Titre de séjour d’un parent")),
    Companion("PIE", _("Identité électronique d’un parent")),
    Companion("TDJ", _("Pièce du tuteur ou du délégataire, et décision de justice")),
)

DEFAULT_EVIDENCE: tuple[EvidenceType, ...] = (
    EvidenceType("CN", _("Carte nationale d'identité"), _HIGH, frozenset({Nationality.FRENCH, Nationality.EUROPEAN})),
    EvidenceType("PA", _("Passeport"), _HIGH),
    EvidenceType("CS", _("Titre de séjour"), _HIGH, _FOREIGN),
    EvidenceType("IE", _("France Identité, L’Identité Numérique"), _HIGH, needs_presence=False),
    EvidenceType("AV", _("Application carte Vitale"), _HIGH, needs_presence=False),
    EvidenceType("AN", _("Extrait d'acte de naissance"), _HIGH, minors_only=True, companions=OF_A_PARENT_OR_GUARDIAN),
    EvidenceType("LE", _("Livret de famille"), _HIGH, minors_only=True, companions=OF_A_PARENT_OR_GUARDIAN),
    EvidenceType(
        "DC", _("Document de circulation pour étranger mineur, avec photo"), _HIGH, _FOREIGN, minors_only=True
    ),
    EvidenceType(
        *("TC", _("Tiers de confiance"), _HIGH),
        note=_("Selon la convention signée avec ce tiers."),
        needs_presence=False,
        only_if_named=True,
    ),
    EvidenceType(
        *("AC", _("Extrait d'acte de naissance et carte Vitale avec photo"), _LOW),
        note=_("Seulement pour une entrée directe en établissement pour personnes âgées."),
        only_if_named=True,
    ),
    EvidenceType("CE", _("Carte européenne"), _LOW),
    EvidenceType("CC", _("Carnet de circulation"), _LOW),
    EvidenceType("CM", _("Carte militaire"), _LOW),
    EvidenceType("PC", _("Permis de conduire"), _LOW),
    EvidenceType("", _("Carte Vitale, attestation, copie ou déclaration"), _LOW),
)


class EvidenceTableRefused(ValueError):
    """A structure's own table of evidence cannot be used; the message names the code."""


class Fixed(StrEnum):
    """What the rules fix of a piece of evidence, whatever a structure writes; stricter it may be."""

    FLOW = "flow"  # a code that the flows know
    CONFIDENCE = "confidence"
    NATIONALITIES = "nationalities"
    AGE = "age"
    COMPANIONS = "companions"
    PRESENCE = "presence"


def rniv(flow_code: str) -> EvidenceType | None:
    """Give the kind as the RNIV has it; None when it knows no such code."""
    return next((kind for kind in DEFAULT_EVIDENCE if kind.code == flow_code), None)


def loosened(own: EvidenceType) -> frozenset[Fixed]:
    """Name what a structure's kind takes more lightly than the RNIV (§3.3.2, §3.3.3); empty when nothing."""
    base = rniv(own.flow_code)
    if base is None or not base.code:
        return frozenset({Fixed.FLOW})
    may_be_high = base.may_validate or base.only_if_named
    seen_with = set(own.companions) <= set(base.companions) and own.companions
    found = {
        Fixed.CONFIDENCE: own.may_validate and not may_be_high,
        Fixed.NATIONALITIES: not own.nationalities <= base.nationalities,
        Fixed.AGE: base.minors_only and not own.minors_only,
        Fixed.COMPANIONS: base.companions and not seen_with,
        Fixed.PRESENCE: base.needs_presence and not own.needs_presence,
    }
    return frozenset(fixed for fixed, is_looser in found.items() if is_looser)


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """The kinds of evidence this structure accepts (GI3 EXI ID 19, RNIV1 EXI SI 10 and 23)."""

    types: tuple[EvidenceType, ...] = DEFAULT_EVIDENCE

    def __post_init__(self) -> None:
        codes = [kind.code for kind in self.types]
        for code in codes:
            if codes.count(code) > 1:
                raise EvidenceTableRefused(f"evidence {code!r} is there twice")
        for kind in self.types:
            if kind.may_validate and (looser := loosened(kind)):
                raise EvidenceTableRefused(
                    f"evidence {kind.code!r} is looser than the RNIV: {', '.join(sorted(looser))}"
                )
        if not any(kind.may_validate for kind in self.types):
            raise EvidenceTableRefused("no evidence could ever validate an identity")

    def find(self, code: str) -> EvidenceType | None:
        """Give the kind with this code; None when the structure does not know it."""
        return next((kind for kind in self.types if kind.code == code), None)

    def offered(self, nationality: Nationality, age: int) -> tuple[EvidenceType, ...]:
        """List what staff may choose from for this person, in the table's order; none is pre-selected."""
        return tuple(
            kind for kind in self.types if kind.may_validate and not kind.only_if_named and kind.suits(nationality, age)
        )
