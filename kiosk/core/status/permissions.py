"""The status of an identity and all it permits: two facts, three attributes, twelve transitions (ins-rules 2).

Nothing else decides what a status permits: who sends, prints or calls INSi asks here.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.coherence.compare import compare
from kiosk.core.coherence.reasons import Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.identity.names import NameRefused, is_valid_birth_name, is_valid_given_name, normalise
from kiosk.core.identity.places import NO_TABLE, PlaceTable, is_well_formed_place
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.insi import InsAnswer, InsFound
from kiosk.core.status.acceptance import acceptance_of


class IdentityStatus(StrEnum):
    """The four exclusive statuses (RNIV1 EXI SI 07; GI3 EXI ID 23)."""

    PROVISIONAL = "PROVISIONAL"  # identité provisoire
    RETRIEVED = "RETRIEVED"  # identité récupérée
    VALIDATED = "VALIDATED"  # identité validée
    QUALIFIED = "QUALIFIED"  # identité qualifiée


class Attribute(StrEnum):
    """The three attributes (GI3 EXI ID 24, RNIV1 EXI SI 09): a warning, or a bar to everything."""

    HOMONYM = "homonym"  # homonyme: a look-alike exists; any status
    DOUBTFUL = "doubtful"  # douteux: the declared identity is doubted
    FICTITIOUS = "fictitious"  # fictif: test, training, protected or anonymous care


BARRING = frozenset({Attribute.DOUBTFUL, Attribute.FICTITIOUS})
MAY_STAND_TOGETHER = frozenset({Attribute.DOUBTFUL, Attribute.HOMONYM})


class IdentityRefused(ValueError):
    """A state of an identity that the rules exclude; the message never holds a trait."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity(Confidential):
    """What is established about one identity: I, obtained from INSi, and C, checked against evidence (ins-rules 2.1).

    I is the matricule: it is kept exactly as long as INSi's return is accepted. C is the evidence's code.
    """

    matricule: Matricule | Mark | None = None  # I; a mark where facts are folded
    evidence: str = ""  # C: code of the high-confidence evidence staff checked, "" when none
    attributes: frozenset[Attribute] = frozenset()

    def __post_init__(self) -> None:
        if len(self.attributes) > 1 and self.attributes != MAY_STAND_TOGETHER:
            raise IdentityRefused("only doubtful and homonym may stand together (GI3 EXI ID 24)")
        if self.matricule is not None and not self.matricule.is_complete:
            raise IdentityRefused("a matricule is never kept without its OID (ins-rules 1.1)")
        if self.is_barred and (self.matricule is not None or self.evidence):
            raise IdentityRefused("a doubtful or fictitious identity is provisional, without matricule (GI3 EXI ID 26)")

    @property
    def is_barred(self) -> bool:
        """Doubtful or fictitious: provisional only, no INSi, no matricule (GI3 EXI ID 26)."""
        return bool(self.attributes & BARRING)

    @property
    def is_obtained(self) -> bool:
        """I: the traits came from INSi and were accepted as this person's."""
        return self.matricule is not None

    @property
    def is_checked(self) -> bool:
        """C: staff checked them against high-confidence evidence."""
        return bool(self.evidence)

    @property
    def status(self) -> IdentityStatus:
        """Derive the status from the two facts (RNIV1 EXI SI 07-08)."""
        return _STATUS[self.is_obtained, self.is_checked]


_STATUS = {
    (False, False): IdentityStatus.PROVISIONAL,
    (True, False): IdentityStatus.RETRIEVED,
    (False, True): IdentityStatus.VALIDATED,
    (True, True): IdentityStatus.QUALIFIED,
}


class InsiBar(StrEnum):
    """Why INSi may not be asked about an identity (ins-rules 3.4); staff reads it, the patient never does."""

    BARRED = "barred"  # doubtful or fictitious (GI3 EXI ID 26)
    TRAIT_MISSING = "trait-missing"  # name, given name, sex and date are mandatory
    CHARACTER = "character"  # a name INSi cannot take (SEL EF_INS01_03, EF_INS10_01/02)
    SEX = "sex"  # only M and F are known there (SEL EF_INS25_04)
    DATE = "date"  # not a day of the calendar: interpret it first (GI3 EXI ID 11-12)
    QUALIFIED = "qualified"  # verify instead; a new retrieval is an act of staff


def insi_bar(identity: Identity, traits: Traits, *, staff_asks_again: bool = False) -> InsiBar | None:
    """Say why INSi may not be searched by traits for this identity; None when it may (ins-rules 3.4)."""
    if identity.is_barred:
        return InsiBar.BARRED
    if identity.status is IdentityStatus.QUALIFIED and not staff_asks_again:
        return InsiBar.QUALIFIED
    if not traits.birth_name or not traits.given_names or traits.birth_date is None or traits.sex is None:
        return InsiBar.TRAIT_MISSING
    if traits.sex is Sex.UNDETERMINED:
        return InsiBar.SEX
    if not traits.birth_date.is_calendar:
        return InsiBar.DATE
    try:
        name, given = normalise(traits.birth_name), [normalise(name) for name in traits.given_names]
    except NameRefused:
        return InsiBar.CHARACTER
    if not is_valid_birth_name(name) or not all(is_valid_given_name(each) for each in given):
        return InsiBar.CHARACTER
    return None


def missing_to_create(traits: Traits, first_given_name: str) -> tuple[Trait, ...]:
    """List what a local identity still lacks: its five traits are mandatory (ins-rules 1.2).

    The first given name is a field of its own, beside the list; an unknown place is written 99999, never left out; a
    date that is not a day of the calendar is interpreted first (GI3 EXI ID 12).
    """
    stated = {
        Trait.BIRTH_NAME: bool(traits.birth_name),
        Trait.GIVEN_NAMES: bool(first_given_name) and bool(traits.given_names),
        Trait.BIRTH_DATE: traits.birth_date is not None and traits.birth_date.is_calendar,
        Trait.SEX: traits.sex is not None,
        Trait.BIRTH_PLACE: is_well_formed_place(traits.birth_place_code),
    }
    return tuple(trait for trait, is_there in stated.items() if not is_there)


def may_call_insi_by_card(identity: Identity, *, staff_asks_again: bool = False) -> bool:
    """INSi may be searched with a carte Vitale for this identity: the card brings the traits (RNIV1 §4.3.2)."""
    return not identity.is_barred and (identity.status is not IdentityStatus.QUALIFIED or staff_asks_again)


def may_verify(identity: Identity) -> bool:
    """INSi may be asked whether the matricule still is this person's (vérification): there must be one."""
    return identity.is_obtained


def may_send_matricule(identity: Identity) -> bool:
    """The matricule and its OID may leave: only for a qualified identity (RNIV1 EXI SI 08, GI3 EXI ID 29)."""
    return identity.status is IdentityStatus.QUALIFIED


def may_print_datamatrix(identity: Identity) -> bool:
    """The INS data matrix may be printed: only for a qualified identity (GI3 EXI ID 29, EXI DIF 02)."""
    return may_send_matricule(identity)


def may_feed_shared_record(identity: Identity) -> bool:
    """Documents may go to the national record (DMP): only for a qualified identity (ins-rules 2.1)."""
    return may_send_matricule(identity)


class FlowStatus(StrEnum):
    """What HL7 flows say of the status (PID-32): qualified is VALI with the matricule present (GI3 §2.2.2)."""

    PROV = "PROV"
    VALI = "VALI"


def flow_status(identity: Identity) -> FlowStatus:
    """Give the status a flow may state; a retrieved identity is provisional to everybody else."""
    return FlowStatus.VALI if identity.is_checked else FlowStatus.PROV


_ATTRIBUTE_CODES = {Attribute.HOMONYM: "HOMA", Attribute.DOUBTFUL: "DOUT", Attribute.FICTITIOUS: "FICT"}


def flow_codes(identity: Identity) -> tuple[str, ...]:
    """List what PID-32 repeats: the status, then each attribute (GI3 EXI ID 24, FR Core)."""
    return (flow_status(identity).value, *(_ATTRIBUTE_CODES[each] for each in Attribute if each in identity.attributes))


class ManagementState(StrEnum):
    """What happens to a record, in a field of its own: neither a status nor an attribute (ins-rules 2.3)."""

    POSSIBLE_DUPLICATE = "DPOT"  # doublon potentiel
    DUPLICATE = "DOUA"  # doublon avéré
    POSSIBLE_COLLISION = "COLP"  # collision potentielle
    COLLISION = "COLV"  # collision validée
    DISABLED = "DESA"  # désactivé
    HIDDEN = "CACH"  # caché


def kiosk_status(
    card: Traits | None,
    insi: InsAnswer,
    document: Traits | None,
    *,
    places: PlaceTable = NO_TABLE,
    in_production: bool = True,
    issuer: str = "",
) -> IdentityStatus:
    """Give the most a kiosk may reach (ins-rules 6): RETRIEVED, never more, since nobody compared a face.

    RETRIEVED when INSi found one identity, its answer is plain (what is odd a person confirms), and it may be accepted
    as the person's: nothing it states blocks against the card or the document shown or waits to be named by staff, and
    one of them states names and birth date. ``issuer`` is the state that issued the document, as its zone writes it.
    """
    if isinstance(insi, InsFound) and insi.is_attested:
        return IdentityStatus.PROVISIONAL  # T6 is for staff: whether it holds unattended is an open question
    if not isinstance(insi, InsFound) or not acceptance_of(insi, in_production=in_production).is_plain:
        return IdentityStatus.PROVISIONAL
    comparisons = [compare(card, insi.traits, places=places)] if card is not None else []
    if document is not None:
        comparisons.append(compare(document, insi.traits, places=places, issuer=issuer))
    if any(comparison.is_blocking or comparison.to_be_named for comparison in comparisons):
        return IdentityStatus.PROVISIONAL
    if any(comparison.may_be_accepted for comparison in comparisons):
        return IdentityStatus.RETRIEVED
    return IdentityStatus.PROVISIONAL
