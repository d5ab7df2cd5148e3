"""``python -m tests.console.forensics CONFIG WORD …``: what somebody finds who holds all the files of a console.

``take KEY``: all that is kept of one visit, its key in clear; JSON. ``person``: the same of a person, made known here.
``age KEY``: the visit came long ago. ``erase KEY``: a person is to be erased. ``try FILE``:
how much of what ``take`` wrote opens with anything that console still has, and whether the copied row of the key does.
``create COUNT``: keys for the same visits as whoever else does so at once, after a line is read. ``renew``: the store
key renewed, all keys brought over.
"""

import json
import os
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from kiosk.console.config import read_server_settings
from kiosk.sealing import CannotOpen, unlock


def take(key: str) -> dict[str, Any]:
    from kiosk.console.models import Sealed
    from kiosk.console.records import vault

    body = bytes(Sealed.objects.get(pk=key).check_in)
    return _all_of(uuid.UUID(key), body, vault.context_of("check-in", key))


def person() -> dict[str, Any]:
    from kiosk.console import audit
    from kiosk.console.models import FactBody
    from kiosk.console.records import vault
    from kiosk.console.register import writer
    from kiosk.core.status.person_events import TraitsStated
    from kiosk.core.status.transitions import Actor, ActorKind

    stated = writer.Told(TraitsStated(), audit.Act.TRAITS_STATED, body=os.urandom(2000))
    key = writer.open_person().pk
    row = writer.record(key, [stated], Actor(ActorKind.STAFF, "lea"))
    body = bytes(FactBody.objects.get(pk=row.at_fact).body)
    return _all_of(key, body, vault.context_of("fact 1", key))


def erase(key: str) -> str:
    from kiosk.console.records import erasing

    erasing.ask([uuid.UUID(key)])
    return ""


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

    Arrival.objects.filter(pk=key).update(received_at=timezone.now() - timedelta(hours=13))
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
    "erase": erase,
    "try": attempt,
    "create": create,
    "renew": renew,
}

if __name__ == "__main__":
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(Path(sys.argv[1])))
    print(json.dumps(WORDS[sys.argv[2]](*sys.argv[3:])))
