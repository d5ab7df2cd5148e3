"""``python -m tests.console.forensics CONFIG WORD …``: what somebody finds who holds all the files of a console.

``take KEY``: all that is kept of one visit, its key in clear; JSON. ``person KEY``: the same of whose visit it is, who
is qualified with it here, and every fingerprint they are found by. ``age KEY``: the visit came long ago. ``age-all``:
everybody came years ago. ``end KEY``: it is over. ``has KEY``: whether the subject has a key. ``try FILE``: how much of
what ``take`` wrote opens with anything that console still has, and whether the copied row of the key does.
``create COUNT``: keys for the same visits as whoever else does so at once, after a line is read. ``renew``: the store
key renewed, all keys brought over.
"""

import json
import os
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from kiosk.console.config import read_server_settings
from kiosk.sealing import CannotOpen, unlock
from tests.console.rewritten import rewrite


def take(key: str) -> dict[str, Any]:
    from kiosk.console.models import Sealed
    from kiosk.console.records import vault

    body = bytes(Sealed.objects.get(pk=key).check_in)
    return _all_of(uuid.UUID(key), body, vault.context_of("check-in", key))


def person(visit: str) -> dict[str, Any]:
    from kiosk.console import audit
    from kiosk.console.models import Arrival, FactBody, Holding, PersonIndex
    from kiosk.console.records import vault
    from kiosk.console.register import bodies, prior, writer
    from kiosk.console.register.writer import Told
    from kiosk.core.status import person_events as pe
    from kiosk.core.status import transitions as change
    from kiosk.core.status.evidence import EvidenceTable

    arrival = Arrival.objects.select_related("sealed").get(pk=visit)
    check_in, somebody = vault.open_arrival(arrival), writer.newcomer()
    row = somebody.row
    number: Any = check_in.insi
    mark, card = (
        bodies.mark_of(row.pk, number.matricule),
        next(one for one in EvidenceTable().types if one.code == "CN"),
    )
    told = (
        Told(change.Created(), audit.Act.PERSON_OPENED),
        Told(pe.VisitAttached(), audit.Act.VISIT_ATTACHED),
        Told(pe.TraitsStated(), audit.Act.TRAITS_STATED, body=os.urandom(2000)),
        Told(pe.InsiAnswered(mark), audit.Act.INSI_ANSWERED, body=os.urandom(800), matricule=number.matricule),
        Told(change.InsiAccepted(mark, True, True), audit.Act.ANSWER_TAKEN, cites=-1, matricule=number.matricule),
        Told(change.EvidenceChecked(card, True, "2026-11-29"), audit.Act.QUALIFIED),
    )
    by = change.Actor(change.ActorKind.STAFF, "lea")
    indexes = prior.indexes_of(check_in)
    arrival.person = writer.open_person(
        writer.write_down(somebody, told, by, visit=arrival.pk, indexes=indexes, is_decision=True)
    )
    arrival.save()
    end(visit)
    body = bytes(FactBody.objects.filter(subject=row.pk).order_by("pk")[0].body)
    values = [*PersonIndex.objects.filter(person=row).values_list("value", flat=True)]
    values += Holding.objects.filter(person=row).values_list("value", flat=True)
    told_of = _all_of(row.pk, body, vault.context_of("fact 3", row.pk))
    return told_of | {"found_by": sorted({bytes(value).hex() for value in values})}


def end(visit: str) -> str:
    from kiosk.console.models import Arrival

    rewrite(Arrival.objects.filter(pk=visit), stage="done")
    return ""


def has(key: str) -> bool:
    from kiosk.console.records import subject_keys

    return subject_keys.exists(uuid.UUID(key))


def _all_of(subject: uuid.UUID, body: bytes, context: bytes) -> dict[str, Any]:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import subject_keys

    row = SubjectKey.objects.get(pk=subject)
    own = subject_keys.of([subject])[subject]
    return {
        "subject": str(subject),
        "context": context.hex(),
        "body": body.hex(),
        "inside": own.unlock(body, context).hex(),
        "key": own._key.hex(),
        "wrapped": bytes(row.wrapped).hex(),
        "store_key": bytes(StoreKey.objects.get(pk=row.store_key_id).sealed).hex(),
    }


def age(key: str) -> str:
    from django.utils import timezone

    from kiosk.console.models import Arrival

    rewrite(Arrival.objects.filter(pk=key), received_at=timezone.now() - timedelta(hours=13))
    return ""


def age_all() -> str:
    from kiosk.console.models import Arrival

    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    rewrite(Arrival.objects.all(), received_at=long_ago, arrived_at=long_ago)
    return ""


def attempt(file: str) -> dict[str, Any]:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import store_keys, structure, subject_keys

    taken = json.loads(Path(file).read_text())
    subject = uuid.UUID(taken["subject"])
    body, context, wrapped = (bytes.fromhex(taken[name]) for name in ("body", "context", "wrapped"))
    held = subject_keys.of(SubjectKey.objects.values_list("pk", flat=True))
    keys = [own._key for own in held.values()]
    tries: list[Any] = [lambda: subject_keys.unlock(subject, body, context)]
    tries += [lambda own=own: own.unlock(body, context) for own in held.values()]
    tries += [lambda key=key: subject_keys.OwnKey(subject, key).unlock(body, context) for key in keys]
    tries += [lambda: structure.open_body(body, context), lambda: structure.open_body(body[12:], context)]
    tries += [lambda key=key: unlock(body[12:], key, context) for key in keys]
    numbers = list(StoreKey.objects.values_list("pk", flat=True))
    copies = [lambda one=one: store_keys.of(one).unwrap(subject, wrapped) for one in numbers]
    return {"tried": len(tries), "opened": sum(map(_opens, tries)), "copied_key_opens": any(map(_opens, copies))}


def _opens(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except CannotOpen:
        return False
    return True


def create(count: str) -> dict[str, str]:
    from kiosk.console.records import subject_keys

    subjects = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(int(count))]
    print("ready", flush=True)
    sys.stdin.readline()
    made: dict[str, str] = {}
    for start in range(0, len(subjects), 7):
        for subject, own in subject_keys.create(subjects[start : start + 7]).items():
            made[str(subject)] = sha256(own._key).hexdigest()
    return made


def renew() -> int:
    from django.utils import timezone

    from kiosk.console.records import store_keys

    count = 0
    store_keys.renew(timezone.now())
    while some := store_keys.rewrap_some(10):
        count += some
    return count


WORDS: dict[str, Any] = {
    "take": take,
    "person": person,
    "age": age,
    "age-all": age_all,
    "end": end,
    "has": has,
    "try": attempt,
    "create": create,
    "renew": renew,
}

if __name__ == "__main__":
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(Path(sys.argv[1])))
    print(json.dumps(WORDS[sys.argv[2]](*sys.argv[3:])))
