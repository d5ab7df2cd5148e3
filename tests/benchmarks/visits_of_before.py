"""Visits of fictitious people as 0.1.0 left them, very many: rows in batches, each sealed for itself, no pictures."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.records import search, vault
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Matricule
from kiosk.core.sources.insi import InsFound, InsNotFound
from tests.benchmarks.copied import BIRTHDAYS, GIVEN, NAMES, OLDEST
from tests.console.arrivals import check_in_of
from tests.console.before import ACTS, SINCE, Before
from tests.people import ZOE, Person

BATCH = 1000
KINDS = (  # of a hundred visits: status, evidence, attributes, stage
    *(("QUALIFIED", "CN", "", "done"),) * 72,
    *(("VALIDATED", "PA", "", "done"),) * 10,
    *(("RETRIEVED", "", "", "done"),) * 6,
    *(("PROVISIONAL", "", "doubtful", "set-aside"),) * 2,
    *(("QUALIFIED", "CN", "homonym", "done"),) * 2,
    *(("PROVISIONAL", "", "", "set-aside"),) * 3,
    *(("RETRIEVED", "", "", "waiting"),) * 5,
)


def fill(server: ServerSettings, visits: int) -> None:
    before = Before(server)
    made: list[tuple[uuid.UUID, str]] = []
    for start in range(0, visits, BATCH):
        made += _batch(before, range(start, min(start + BATCH, visits)))
    _link(before, made)


def _batch(before: Before, numbers: range) -> list[tuple[uuid.UUID, str]]:
    arrivals, sealed, indexes, acts = [], [], [], []
    for number in numbers:
        status, evidence, attributes, stage = KINDS[number * 37 % 100]
        check_in = _check_in(number, has_answer=status != "VALIDATED")
        key, at = uuid.UUID(check_in.key), SINCE + timedelta(seconds=number)
        is_decided = stage != "waiting"
        body = vault.seal_body(codec.to_bytes(check_in), vault.context_of("check-in", key))
        arrivals.append(
            before.of("Arrival").model(
                key=key,
                terminal=before.terminal,
                digest=sha256(body).digest(),
                sent_at=at.isoformat(),
                signature=bytes(64),
                received_at=at,
                arrived_at=at,
                ticket=f"A{number % 1000}",
                need="ready",
                stage=stage,
                status=status,
                evidence=evidence,
                evidence_on=date(2026, 11, 20) if evidence else None,
                attributes=attributes,
                decided_by=before.staff if is_decided else None,
                decided_at=at if is_decided else None,
            )
        )
        sealed.append(before.of("Sealed").model(arrival_id=key, check_in=body))
        indexes += [before.of("BlindIndex").model(arrival_id=key, value=one) for one in search.indexes_of(check_in)]
        acts.append(audit.Done(audit.Act.TAKEN_IN, "borne-1", "", str(key)))
        word = ("doubted" if "doubtful" in attributes else ACTS.get(status, "ins-refused")) if is_decided else ""
        if word:
            acts.append(audit.Done(audit.Act(word), "lea", "", str(key), {"before": "PROVISIONAL", "after": status}))
    before.of("Arrival").bulk_create(arrivals)
    before.of("Sealed").bulk_create(sealed)
    before.of("BlindIndex").bulk_create(indexes, batch_size=5000)
    audit.record_all(acts)
    return [(row.key, row.status) for row in arrivals]


def _check_in(number: int, *, has_answer: bool) -> CheckIn:
    """Every fifth is somebody who came before; of these every fiftieth bears another's number."""
    whose = number - 1 if number % 5 == 4 else number
    person = _person(whose)
    matricule = Matricule(person.number, person.key, person.oid)
    if number % 250 == 249:
        person = replace(person, birth_name="AUTRE")
    answer = InsFound(matricule, person.traits()) if has_answer else InsNotFound()
    return check_in_of(person, answer, pictures=(), arrived_at=(SINCE + timedelta(seconds=number)).isoformat())


def _person(number: int) -> Person:
    born = OLDEST + timedelta(days=number * 7 % BIRTHDAYS)
    return replace(
        ZOE,
        birth_name=NAMES[number % len(NAMES)],
        given_names=(GIVEN[number // 7 % len(GIVEN)],),
        birth_date=born.isoformat(),
        number=f"2{born:%y%m}99{number:06d}",
    )


def _link(before: Before, made: list[tuple[uuid.UUID, str]]) -> None:
    """Of a hundred visits one leads to another, two are proposed as a pair, one is set apart, three were verified."""
    pairs: list[Any] = []
    campaign = before.of("Campaign").create(
        started_by=before.staff, started_at=SINCE, before=date(2026, 11, 1), total=9
    )
    verified = [key for place, (key, status) in enumerate(made) if place % 33 == 0 and status == "QUALIFIED"]
    for place in range(0, len(made) - 10, 100):
        states = (("merged", 55), ("possible", 2), ("possible", 5), ("apart", 7))
        for state, at in states:
            (first, _), (second, status) = made[place + at], made[place + at + 1]
            if state == "merged" and status == "VALIDATED":
                before.of("Arrival").filter(pk=second).update(merged_into=first)
            elif state == "merged":
                continue
            pairs.append(
                before.of("Pair").model(first_id=first, second_id=second, likeness=90, state=state, found_at=SINCE)
            )
    before.of("Pair").bulk_create(pairs, batch_size=1000)
    rows = (
        before.of("Verification").model(campaign=campaign, arrival_id=key, verdict="confirmed", done_at=SINCE)
        for key in verified
    )
    before.of("Verification").bulk_create(rows, batch_size=1000)
