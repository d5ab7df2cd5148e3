"""A key of one's own: what it locked opens with it alone, and nothing opens once it is destroyed."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk.sealing import CannotOpen, generate_recipient

pytestmark = pytest.mark.usefixtures("console")
ZOE, DOMINIQUE = UUID(int=1), UUID(int=2)


def test_what_was_locked_opens_for_its_subject_in_its_context_and_not_otherwise() -> None:
    from kiosk.console.records import subject_keys

    subject_keys.create([ZOE, DOMINIQUE])
    body = subject_keys.lock(ZOE, b"born in Mazoires", b"traits:1")
    assert b"Mazoires" not in body
    assert subject_keys.is_locked(body)
    assert subject_keys.unlock(ZOE, body, b"traits:1") == b"born in Mazoires"
    altered = bytes((*body[:-1], body[-1] ^ 1))
    for subject, tried, context in (
        (DOMINIQUE, body, b"traits:1"),
        (ZOE, body, b"traits:2"),
        (ZOE, altered, b"traits:1"),
        (ZOE, body[:20], b"traits:1"),
        (ZOE, b"", b"traits:1"),
        (ZOE, b"KIOSK-OWN-1\n", b"traits:1"),
    ):
        with pytest.raises(CannotOpen):
            subject_keys.unlock(subject, tried, context)


def test_what_is_locked_alike_is_as_long_as_others_and_opens_as_it_was() -> None:
    from kiosk.console.records import subject_keys

    own = subject_keys.create([ZOE])[ZOE]
    for some, length in ((0, 4096), (1, 4096), (4092, 4096), (4093, 16384), (16380, 16384), (16381, 32768)):
        body = subject_keys.lock_alike(ZOE, b"\0" * some, b"answer:1")
        assert (subject_keys.is_locked(body), len(body)) == (True, 12 + 28 + length)
        assert own.unlock(body, b"answer:1") == b"\0" * some
        for other in (b"KIOSK-OWN-1\n" + body[12:], body[:-1]):
            with pytest.raises(CannotOpen):
                own.unlock(other, b"answer:1")


def test_a_destroyed_key_is_gone_and_another_of_that_name_opens_nothing_of_before() -> None:
    from kiosk.console.records import subject_keys

    subject_keys.create([ZOE, DOMINIQUE])
    body = subject_keys.lock(ZOE, b"born in Mazoires", b"traits")
    subject_keys.destroy([ZOE])
    subject_keys.destroy([ZOE])  # again: harmless
    assert (subject_keys.exists(ZOE), subject_keys.exists(DOMINIQUE)) == (False, True)
    for use in (lambda: subject_keys.unlock(ZOE, body, b"traits"), lambda: subject_keys.lock(ZOE, b"", b"traits")):
        with pytest.raises(subject_keys.KeyGone):
            use()
    subject_keys.create([ZOE])
    with pytest.raises(CannotOpen):
        subject_keys.unlock(ZOE, body, b"traits")


def test_a_key_that_is_there_is_never_replaced() -> None:
    from kiosk.console.records import subject_keys

    first = subject_keys.create([ZOE])[ZOE].lock(b"kept", b"note")
    again = subject_keys.create([DOMINIQUE, ZOE, ZOE])
    assert set(again) == {ZOE, DOMINIQUE}
    assert again[ZOE].unlock(first, b"note") == b"kept"


def test_thousands_at_once() -> None:
    from kiosk.console.records import subject_keys

    many = [uuid4() for _ in range(1203)]
    keys = subject_keys.create(many)
    assert set(keys) == set(many)
    subject_keys.destroy(many[:1100])
    assert set(subject_keys.of(many)) == set(many[1100:])


@pytest.mark.parametrize("what", ["another's row", "altered", "cut", "another store key"])
def test_a_row_that_was_touched_opens_nothing(what: str) -> None:
    from kiosk.console.keystore.models import SubjectKey
    from kiosk.console.records import store_keys, subject_keys

    subject_keys.create([ZOE])
    body = subject_keys.lock(ZOE, b"born in Mazoires", b"traits")
    if what == "another store key":
        store_keys.renew(timezone.now())
    subject_keys.create([DOMINIQUE])
    row, other = SubjectKey.objects.get(pk=ZOE), SubjectKey.objects.get(pk=DOMINIQUE)
    wrapped = bytes(row.wrapped)
    match what:
        case "another's row":
            SubjectKey.objects.filter(pk=ZOE).update(wrapped=other.wrapped)
        case "altered":
            SubjectKey.objects.filter(pk=ZOE).update(wrapped=bytes((wrapped[0] ^ 1, *wrapped[1:])))
        case "cut":
            SubjectKey.objects.filter(pk=ZOE).update(wrapped=wrapped[:10])
        case _:
            SubjectKey.objects.filter(pk=ZOE).update(store_key=other.store_key_id)
    with pytest.raises(CannotOpen):
        subject_keys.unlock(ZOE, body, b"traits")


def test_renewing_the_store_key_brings_every_key_over_and_revives_none() -> None:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import store_keys, subject_keys

    many = [uuid4() for _ in range(25)]
    keys = subject_keys.create(many)
    bodies = {subject: keys[subject].lock(subject.bytes, b"note") for subject in many}
    before = StoreKey.objects.get()
    stray = {row.subject: bytes(row.wrapped) for row in SubjectKey.objects.all()}
    now = timezone.now()
    assert not store_keys.is_due(now)
    later = now + timedelta(days=settings.KIOSK.keys_renewed_days)
    assert store_keys.is_due(later)
    store_keys.renew(later)
    late = uuid4()
    subject_keys.create([late])
    assert store_keys.rewrap_some(10) == 10
    subject_keys.destroy(many[:5])  # in the middle of it
    rounds = 0
    while store_keys.rewrap_some(10):
        rounds += 1
    assert rounds in (1, 2)
    (after,) = StoreKey.objects.all()
    assert (after.store, after.generation) == (before.store, before.generation + 1)
    assert set(subject_keys.of([*many, late])) == {*many[5:], late}
    for subject in many[5:]:
        assert subject_keys.unlock(subject, bodies[subject], b"note") == subject.bytes
    SubjectKey.objects.create(subject=many[0], store_key_id=after.pk, wrapped=stray[many[0]])  # from an older copy
    with pytest.raises(CannotOpen):
        subject_keys.unlock(many[0], bodies[many[0]], b"note")


def test_a_touched_row_does_not_hold_up_the_renewal() -> None:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import store_keys, subject_keys

    body = subject_keys.create([ZOE, DOMINIQUE])[DOMINIQUE].lock(b"kept", b"note")
    SubjectKey.objects.filter(pk=ZOE).update(wrapped=b"touched")
    store_keys.renew(timezone.now())
    while store_keys.rewrap_some(1):
        continue
    assert StoreKey.objects.count() == 1
    assert subject_keys.unlock(DOMINIQUE, body, b"note") == b"kept"
    with pytest.raises(CannotOpen):
        subject_keys.lock(ZOE, b"", b"note")


def test_a_new_key_of_the_structure_reseals_one_row_and_the_subjects_keys_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kiosk.console.keystore.models import StoreKey, SubjectKey
    from kiosk.console.records import store_keys, structure, subject_keys

    body = subject_keys.create([ZOE])[ZOE].lock(b"kept", b"note")
    row = bytes(SubjectKey.objects.get(pk=ZOE).wrapped)
    assert store_keys.reseal() == 0
    former, fresh = structure.keys().current, generate_recipient()
    by_id = {one.public_key.key_id: one for one in (former, fresh)}
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, by_id))
    assert store_keys.reseal() == 1
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, {fresh.public_key.key_id: fresh}))
    store_keys.forget_opened()
    assert subject_keys.unlock(ZOE, body, b"note") == b"kept"
    assert bytes(SubjectKey.objects.get(pk=ZOE).wrapped) == row
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(former, {former.public_key.key_id: former}))
    store_keys.forget_opened()
    with pytest.raises(CannotOpen):  # who holds the retired key and the store opens nothing
        subject_keys.unlock(ZOE, body, b"note")
    assert StoreKey.objects.count() == 1


def test_an_empty_store_says_so_and_is_founded_once() -> None:
    from kiosk.console.keystore.models import StoreKey
    from kiosk.console.records import store_keys, subject_keys

    now = timezone.now()
    which = store_keys.found(now)
    assert store_keys.found(now) == which == store_keys.identity()
    StoreKey.objects.all().delete()
    with pytest.raises(store_keys.NoStore):
        subject_keys.create([ZOE])
    assert store_keys.found(now) != which


def test_a_key_never_prints_itself() -> None:
    from kiosk.console.records import store_keys, subject_keys

    (own,) = subject_keys.create([ZOE]).values()
    for one in (own, store_keys.current()):
        secret = one._key
        assert secret.hex() not in repr(one)
        assert repr(secret) not in repr(one)
