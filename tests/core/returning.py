"""Zoe, whom the register knows, and what is said of who has come."""

from dataclasses import replace

from kiosk.core.identity.matricule import OID_NIR, Mark
from kiosk.core.sources.insi import BY_CARD, Exchange, InsFound
from kiosk.core.status.returning import (
    Filing,
    Known,
    Obstacle,
    Said,
    filing_of,
)
from tests.core.examples import CARD, INSI, MRZ, NUMBER


def call(operation: str) -> Exchange:
    return Exchange(operation, "uuid:1", "2026-11-29T08:00:00Z", 300, "00", b"", b"")


ASKED = call(BY_CARD)
BY_TRAITS = call("rechercherInsAvecTraitsIdentite")
ANSWER = InsFound(NUMBER, INSI, exchanges=(ASKED,))
HERS, IPP = Mark("mark of Zoe's", OID_NIR), ("1.2.3", "ipp of Zoe")
ZOE = Known(INSI, HERS, frozenset({IPP}))
OTHERS = Mark("mark of another", OID_NIR)
CHILD = Said(ANSWER, HERS, card=CARD, is_insured=False)  # asked for with the insured's number
BORNE = Said(ANSWER, HERS, card=CARD, card_number=NUMBER.number)
SHOWN = replace(BORNE, document=MRZ)
LETTER = Said(document=MRZ, ipp=IPP)


def given(*names: str) -> dict[str, object]:
    return {"given_names": names, "given_names_text": " ".join(names)}


def of(said: Said, known: Known = ZOE, *, in_production: bool = True) -> Filing:
    return filing_of(said, known, in_production=in_production)


def obstacles(said: Said, known: Known = ZOE) -> list[Obstacle]:
    filing = of(said, known)
    assert filing.is_automatic is not bool(filing.obstacles)
    return list(filing.obstacles)
