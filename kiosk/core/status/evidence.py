"""What proves an identity (dispositifs d'identification): a table a structure may change (ins-rules 2.4).

Nothing in it is ever chosen by the software: staff picks what it holds in its hands, and nothing is pre-selected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
class EvidenceType:
    """One kind of evidence, what it is worth and for whom.

    ``companion`` says what must be seen with it (RNIV1 §3.3.3): a sentence for staff, empty when it stands alone.
    """

    code: str  # ZFD-7 / FR Core "mode de validation de l'identité"
    label: str  # French, shown to staff: a gettext msgid
    confidence: Confidence
    nationalities: frozenset[Nationality] = _EVERYONE
    minors_only: bool = False
    companion: str = ""
    needs_presence: bool = True  # a face was compared; False for electronic means

    @property
    def may_validate(self) -> bool:
        """It may carry the second fact, C (RNIV1 EXI SI 07, §3.3.2)."""
        return self.confidence is Confidence.HIGH

    def suits(self, nationality: Nationality, age: int) -> bool:
        """Say whether it counts for a person of this nationality and age, in whole years."""
        return nationality in self.nationalities and (not self.minors_only or age < ADULT_AT)


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
_PARENT = _("Avec une pièce d'identité à haut niveau de confiance d'un parent, ou du tuteur et la décision de justice.")

DEFAULT_EVIDENCE: tuple[EvidenceType, ...] = (
    EvidenceType("CN", _("Carte nationale d'identité"), _HIGH, frozenset({Nationality.FRENCH, Nationality.EUROPEAN})),
    EvidenceType("PA", _("Passeport"), _HIGH),
    EvidenceType("CS", _("Titre de séjour"), _HIGH, _FOREIGN),
    EvidenceType("IE", _("Identité électronique (France Identité, L'Identité Numérique)"), _HIGH, needs_presence=False),
    EvidenceType("AV", _("Application carte Vitale"), _HIGH, needs_presence=False),
    EvidenceType("TC", _("Tiers de confiance"), _HIGH, needs_presence=False),
    EvidenceType("AN", _("Extrait d'acte de naissance"), _HIGH, minors_only=True, companion=_PARENT),
    EvidenceType("LE", _("Livret de famille"), _HIGH, minors_only=True, companion=_PARENT),
    EvidenceType(
        "DC", _("Document de circulation pour étranger mineur, avec photo"), _HIGH, _FOREIGN, minors_only=True
    ),
    EvidenceType(
        "AC",
        _("Extrait d'acte de naissance et carte Vitale avec photo"),
        _LOW,
        companion=_("Seulement pour une entrée directe en établissement pour personnes âgées."),
    ),
    EvidenceType("CE", _("Carte européenne"), _LOW),
    EvidenceType("CC", _("Carnet de circulation"), _LOW),
    EvidenceType("CM", _("Carte militaire"), _LOW),
    EvidenceType("PC", _("Permis de conduire"), _LOW),
    EvidenceType("", _("Carte Vitale, attestation, copie ou déclaration"), _LOW),
)


class EvidenceTableRefused(ValueError):
    """A structure's own table of evidence cannot be used; the message names the code."""


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """The kinds of evidence this structure accepts (GI3 EXI ID 19, RNIV1 EXI SI 10 and 23)."""

    types: tuple[EvidenceType, ...] = DEFAULT_EVIDENCE

    def __post_init__(self) -> None:
        codes = [kind.code for kind in self.types]
        for code in codes:
            if codes.count(code) > 1:
                raise EvidenceTableRefused(f"evidence {code!r} is there twice")
        if any(kind.may_validate and not kind.code for kind in self.types):
            raise EvidenceTableRefused("evidence without a code cannot validate an identity: no flow could say it")

    def find(self, code: str) -> EvidenceType | None:
        """Give the kind with this code; None when the structure does not know it."""
        return next((kind for kind in self.types if kind.code == code), None)

    def offered(self, nationality: Nationality, age: int) -> tuple[EvidenceType, ...]:
        """List what staff may choose from for this person, in the table's order; none is pre-selected."""
        return tuple(kind for kind in self.types if kind.may_validate and kind.suits(nationality, age))

    def changed(self, confidence: Mapping[str, Confidence]) -> "EvidenceTable":
        """Give the table with the confidence the structure decided, by code; EvidenceTableRefused if one is unknown."""
        for code in confidence:
            if self.find(code) is None:
                raise EvidenceTableRefused(f"evidence {code!r} is not in the table")
        return EvidenceTable(
            tuple(replace(kind, confidence=confidence.get(kind.code, kind.confidence)) for kind in self.types)
        )
