"""One fictional person as each source would state her, for the tests of coherence and status."""

from datetime import UTC, datetime

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.evidence import EvidenceTable, EvidenceType
from kiosk.core.status.transitions import Actor, ActorKind

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
STAFF = Actor(ActorKind.STAFF, "agent-7")
KIOSK = Actor(ActorKind.KIOSK, "hall")
WORKER = Actor(ActorKind.WORKER, "worker")

NUMBER = Matricule("2751263220749", "74", OID_NIR)
OTHER_NUMBER = Matricule("180032B020401", "23", OID_NIR)

INSI = Traits(
    Source.INSI,
    birth_name="ADRUN",
    given_names=("ZOE", "MARIE"),
    given_names_text="ZOE MARIE",
    birth_date=BirthDate("1975-12-31"),
    sex=Sex.FEMALE,
    birth_place_code="63220",
)
CARD = Traits(Source.CARD, birth_name="ADRUN", given_names=("ZOE",), birth_date=BirthDate("1975-12-31"))
MRZ = Traits(
    Source.DOCUMENT,
    birth_name="ADRUN",
    given_names=("ZOE", "MARIE"),
    birth_date=BirthDate("1975-12-31"),
    other_birth_dates=(BirthDate("1875-12-31"),),
    sex=Sex.FEMALE,
    name_form=NameForm.MRZ,
)
FOUND = InsFound(NUMBER, INSI)


def evidence(code: str) -> EvidenceType:
    """Give the kind of evidence with this code."""
    kind = EvidenceTable().find(code)
    assert kind is not None
    return kind


PASSPORT = evidence("PA")
LICENCE = evidence("PC")
