"""Phones of fictitious people, signed by an issuer of the stage's own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hardware.appli.base import AppliRecord, AppliRecords
from kiosk.appli.simulated import attestation
from kiosk.core.identity.traits import Source
from kiosk.core.sources.appli import AppliPerson
from kiosk.sealing import SigningKey
from tests.people import Person

STRUCTURE = "750000001"


def on_phone(person: Person) -> AppliPerson:
    return AppliPerson(replace(person.traits(Source.APPLI), given_names_text=""), person.matricule, person.birth_rank)


def record_of(person: Person) -> AppliRecord:
    """As a phone's reader gives them."""
    return AppliRecord(
        *(person.birth_name, person.given_names, person.birth_date, person.sex.value, person.birth_place_code),
        *(person.birth_rank, person.number, person.key, person.oid),
    )


def shown_by(people: Sequence[Person], issuer: SigningKey) -> AppliRecords:
    """What a phone of these people shows now, the holder first."""
    signed = attestation(tuple(map(on_phone, people)), datetime.now(UTC), STRUCTURE, issuer)
    return AppliRecords(tuple(map(record_of, people)), signed)
