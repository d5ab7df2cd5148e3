"""Erasing a visit is destroying its key: what is kept of it, and every copy of that, opens no more."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival, Sealed
from kiosk.console.records import erasing, notes, store_keys, structure, subject_keys, vault
from kiosk.console.upkeep import keys, resealing, retention
from kiosk.sealing import CannotOpen, generate_recipient, is_sealed
from tests.console.arrivals import arrive, deliver, enrol
from tests.console.staff import at_desk, get
from tests.people import DOMINIQUE, ZOE

PARTS = [part for part, _ in keys.PARTS]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _arrival(key: str) -> Arrival:
    return Arrival.objects.select_related("sealed").get(pk=key)


def _in_all_its_parts() -> Arrival:
    """A visit of which every part is kept."""
    check_in = arrive(ZOE)
    arrival = _arrival(check_in.key)
    arrival.sealed.answer = vault.seal_answer(check_in, check_in.insi)
    arrival.sealed.save()
    for part in ("accepted", "criteria"):
        notes.seal(arrival, part, {"first_given_name": "ZOÉ"})
    return _arrival(check_in.key)


def _as_before(arrival: Arrival) -> None:
    """As a console of before kept it: sealed for the structure, no key of its own."""
    for part, name in keys.PARTS:
        body, context = bytes(getattr(arrival.sealed, part)), vault.context_of(name, arrival.pk)
        inner = subject_keys.unlock(arrival.pk, body, context)
        setattr(arrival.sealed, part, inner if is_sealed(inner) else vault.seal_body(inner, context))
    arrival.sealed.save()
    subject_keys.destroy([arrival.pk])


def _opens(arrival: Arrival) -> bool:
    assert vault.open_arrival(arrival).key == str(arrival.pk)
    return notes.opened(arrival, "accepted") == notes.opened(arrival, "criteria") == {"first_given_name": "ZOÉ"}


def test_every_part_of_a_visit_is_locked_with_its_own_key() -> None:
    arrival = _in_all_its_parts()
    for part in PARTS:
        assert subject_keys.is_locked(bytes(getattr(arrival.sealed, part))), part
    assert _opens(arrival)


def test_after_the_purge_no_copy_of_any_part_opens_and_the_chain_verifies() -> None:
    from kiosk.console import audit

    arrival = _in_all_its_parts()
    other = _arrival(arrive(DOMINIQUE).key)
    copy = {part: bytes(getattr(arrival.sealed, part)) for part in PARTS}
    everything = [*subject_keys.of([other.pk]).values(), *subject_keys.create([UUID(int=1)]).values()]
    assert retention.purge(timezone.now() + timedelta(hours=13)) == 2
    assert not subject_keys.exists(arrival.pk)
    everything += subject_keys.create([arrival.pk]).values()  # another key under the old name
    for part, name in keys.PARTS:
        context = vault.context_of(name, arrival.pk)
        for own in everything:
            with pytest.raises(CannotOpen):
                own.unlock(copy[part], context)
        with pytest.raises(CannotOpen):
            vault.open_body(copy[part], context)
    assert audit.verify()[1] == ()


def test_a_row_put_back_from_a_copy_stays_closed_and_the_page_says_so() -> None:
    arrival = _in_all_its_parts()
    client = at_desk("marc", "officer")
    subject_keys.destroy([arrival.pk])
    assert get(client, f"/arrivees/{arrival.pk}/").status_code == 503
    with pytest.raises(subject_keys.KeyGone):
        vault.open_arrival(arrival)


def test_another_visits_part_put_in_place_does_not_open() -> None:
    zoe, dominique = arrive(ZOE), arrive(DOMINIQUE)
    Sealed.objects.filter(pk=zoe.key).update(check_in=_arrival(dominique.key).sealed.check_in)
    with pytest.raises(CannotOpen):
        vault.open_arrival(_arrival(zoe.key))


def test_what_is_older_than_the_keys_opens_and_is_written_to_and_is_locked_by_the_worker() -> None:
    arrival = _in_all_its_parts()
    other = arrive(DOMINIQUE)
    _as_before(arrival)
    arrival = _arrival(str(arrival.pk))
    assert _opens(arrival)
    notes.seal(arrival, "accepted", {"first_given_name": "ZOÉ"})
    assert not any(subject_keys.is_locked(bytes(getattr(arrival.sealed, part))) for part in PARTS)
    now = timezone.now()
    _begin_again()
    while keys.once(now):
        continue
    arrival = _arrival(str(arrival.pk))
    assert all(subject_keys.is_locked(bytes(getattr(arrival.sealed, part))) for part in PARTS)
    assert _opens(arrival)
    assert vault.open_arrival(_arrival(other.key)).key == other.key
    before = bytes(arrival.sealed.check_in)
    _begin_again()
    while keys.once(now):
        continue
    assert bytes(_arrival(str(arrival.pk)).sealed.check_in) == before  # once is enough


def _begin_again() -> None:
    from kiosk.console.keystore.models import KnownStore

    KnownStore.objects.update(locked_at=None, locked_up_to=None)


@pytest.mark.parametrize("is_older", [False, True])
def test_a_new_key_of_the_structure_opens_everything_alone(monkeypatch: pytest.MonkeyPatch, is_older: bool) -> None:
    arrival = _in_all_its_parts()
    gone = arrive(DOMINIQUE)
    subject_keys.destroy([UUID(gone.key)])  # a record without a key holds nobody up
    if is_older:
        _as_before(arrival)
    former, fresh = structure.keys().current, generate_recipient()
    by_id = {one.public_key.key_id: one for one in (former, fresh)}
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, by_id))
    assert resealing.reseal() == 1
    assert resealing.reseal() == 0
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, {fresh.public_key.key_id: fresh}))
    store_keys.forget_opened()
    assert _opens(_arrival(str(arrival.pk)))


def test_a_check_in_that_was_cut_off_after_its_key_comes_again_under_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.intake import check_ins
    from tests.console.arrivals import check_in_of

    def dies() -> None:
        raise RuntimeError("killed")

    check_in = check_in_of(ZOE)
    with monkeypatch.context() as patched:
        patched.setattr(check_ins, "transaction_in_turn", dies)
        with pytest.raises(RuntimeError):
            deliver(check_in)
    subject = UUID(check_in.key)
    note = subject_keys.lock(subject, b"same", b"note")
    assert not Arrival.objects.exists()
    assert deliver(check_in).status_code == 201
    assert subject_keys.unlock(subject, note, b"note") == b"same"
    assert vault.open_arrival(_arrival(check_in.key)).key == check_in.key


def test_a_key_whose_check_in_never_came_goes_after_a_day_and_the_others_stay() -> None:
    came, never = UUID(arrive(ZOE).key), UUID(int=7)
    subject_keys.create([never], pending=True)
    person = UUID(int=8)
    subject_keys.create([person])  # nobody asks whether it is used
    now = timezone.now()
    for hours, left in ((1, True), (23, True), (25, False), (1000, False)):
        keys.settle(now + timedelta(hours=hours))
        assert (subject_keys.exists(came), subject_keys.exists(never)) == (True, left)
    assert subject_keys.exists(person)


def test_keys_put_back_from_an_older_copy_are_destroyed_again() -> None:
    from kiosk.console.keystore.models import Erasure, SubjectKey

    key = UUID(arrive(ZOE).key)
    row = SubjectKey.objects.get(pk=key)
    retention.purge(timezone.now() + timedelta(hours=13))
    row.save(force_insert=True)
    assert subject_keys.exists(key)
    erasing.again()
    erasing.carry_out()
    assert not subject_keys.exists(key)
    Erasure.objects.update(done_at=timezone.now())
    erasing.forget(timezone.now() + timedelta(days=31))
    assert Erasure.objects.exists()
    erasing.forget(timezone.now() + timedelta(days=61))
    assert not Erasure.objects.exists()


def test_an_erasure_that_is_undone_destroys_nothing() -> None:
    from django.db import transaction

    key = UUID(arrive(ZOE).key)
    with pytest.raises(RuntimeError), transaction.atomic():
        erasing.ask([key])
        raise RuntimeError("undone")
    erasing.carry_out()
    assert subject_keys.exists(key)
