"""What somebody with an enrolled kiosk's key may claim that INSi answered: every kind of answer, drawn at random."""

import random
from dataclasses import replace

from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, OID_NIR_TEST, Matricule, key_of
from kiosk.core.identity.traits import Source
from kiosk.core.sources.insi import (
    BY_CARD,
    Exchange,
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
    PastMatricule,
)
from kiosk.core.status.permissions import IdentityStatus
from tests.console.arrivals import check_in_of
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person, somebody_like

WORD = "FORGERIE"  # stands in every answer here, and nowhere else
REASONS = (
    "timeout",
    "connection",
    "service",
    "nonsense",
    "not-asked",
    "void",
    "asked",
    "reported",
    "card-too-old",
    WORD,
)


def call(operation: str = BY_CARD) -> Exchange:
    return Exchange(operation, f"uuid:{WORD}", "2026-11-29T08:00:00Z", 300, "00", WORD.encode(), WORD.encode())


def about(person: Person, chance: random.Random, victim: Person) -> InsFound:
    """One identity, with as much as a forger knows of INSi's words; sometimes the very number of who is known here."""
    number = chance.choice((person.number, victim.number))
    traits = chance.choice((person, victim)).traits(Source.INSI)
    traits = replace(traits, birth_name=WORD) if chance.random() < 0.5 else traits
    oid = chance.choice((OID_NIR, OID_NIR, OID_NIA, OID_NIR_TEST))
    past = (PastMatricule(victim.matricule),) if chance.random() < 0.3 else ()
    flags = tuple(chance.sample(("bad-key", "found-by-secondary-name", "simulator", WORD), chance.randrange(3)))
    return InsFound(Matricule(number, key_of(number), oid), traits, past, flags, _calls(chance))


def answer(person: Person, chance: random.Random, victim: Person) -> InsAnswer:
    kinds = (
        lambda: about(person, chance, victim),
        lambda: InsNotFound(_calls(chance)),
        lambda: InsSeveral(_calls(chance)),
        lambda: InsRefused(WORD, WORD, WORD, _calls(chance)),
        lambda: InsUnreachable(chance.choice(REASONS), _calls(chance)),
        lambda: InsCertificateTrouble(WORD, _calls(chance)),
    )
    return chance.choices(kinds, (6, 1, 1, 1, 2, 1))[0]()


def check_in(chance: random.Random, victim: Person) -> CheckIn:
    """A check-in of somebody nobody knows, or with the victim's card or document beside the answer."""
    nobody = somebody_like(chance.choice((ZOE, DOMINIQUE, TOUSSAINT)))
    shown = check_in_of(nobody, answer(nobody, chance, victim), status=chance.choice(tuple(IdentityStatus)))
    changes: dict[str, object] = {}
    if chance.random() < 0.3:
        changes |= {"card": None, "card_nir": "", "birth_rank": ""}
    elif chance.random() < 0.4:
        changes |= {"card_nir": "", "insured_nir": chance.choice(("", victim.number + victim.key))}
    if chance.random() < 0.4:
        changes |= {"mrz": None, "document_kind": None, "pictures": ()}
    if chance.random() < 0.2:
        changes["way"] = Way.SHORT
    return replace(shown, **changes)


def _calls(chance: random.Random) -> tuple[Exchange, ...]:
    operations = (BY_CARD, "rechercherInsAvecTraitsIdentite", WORD)
    return tuple(call(chance.choice(operations)) for _ in range(chance.randrange(3)))
