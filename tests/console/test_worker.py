"""The worker asks INSi again until it answers, and what must go is gone."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival, AuditEntry, Sealed, VisitIndex
from kiosk.console.records import structure, vault
from kiosk.console.upkeep import insi_again, retention, worker
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from tests.console.arrivals import arrive, deliver, enrol, found, original_of
from tests.console.rewritten import rewrite
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
SILENT = InsUnreachable("timeout")


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _due() -> None:
    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now() - timedelta(seconds=1))


def test_a_late_answer_completes_the_arrival() -> None:
    check_in = arrive(ZOE, SILENT)
    assert not insi_again.insi_once(lambda _: found(ZOE))  # not due yet
    _due()
    assert insi_again.insi_once(lambda _: found(ZOE))
    arrival = Arrival.objects.get()
    assert (arrival.need, arrival.status, arrival.insi_next_at) == ("ready", "RETRIEVED", None)
    assert vault.open_arrival(arrival).insi.matricule == ZOE.matricule
    assert vault.open_arrival(arrival).pictures == check_in.pictures
    assert not insi_again.insi_once(lambda _: found(ZOE))


def test_silence_is_asked_again_later_and_later_then_left_to_staff() -> None:
    arrive(ZOE, SILENT)
    pauses = []
    for _ in range(insi_again.TRIES):
        _due()
        assert insi_again.insi_once(lambda _: SILENT)
        next_at = Arrival.objects.get().insi_next_at
        pauses.append(next_at - timezone.now() if next_at else None)
    assert pauses[-1] is None
    assert all(before < after for before, after in pairwise(pauses[:6]))
    assert Arrival.objects.get().status == "PROVISIONAL"


def test_an_answer_that_names_nobody_ends_the_asking() -> None:
    arrive(ZOE, SILENT)
    _due()
    insi_again.insi_once(lambda _: InsNotFound())
    assert (Arrival.objects.get().need, Arrival.objects.get().insi_next_at) == ("not-found", None)


@pytest.mark.parametrize(("decision", "is_asked"), [("doubt", False), ("clear", True)])
def test_about_somebody_doubtful_insi_is_not_asked_at_another_visit_either(decision: str, is_asked: bool) -> None:
    """GI3 EXI ID 26: the doubt is the person's; the question was the visit's, from before they were known."""
    first, again = arrive(ZOE), arrive(ZOE, SILENT, ticket="A13")
    client = at_desk("marc", "officer")
    for check_in, whose in ((first, "new"), (again, "")):
        post(client, f"/arrivees/{check_in.key}/prendre/")
        person = Arrival.objects.get(pk=first.key).person_id
        post(client, f"/arrivees/{check_in.key}/personne/", whose=whose or str(person))
        if check_in is first:
            post(client, f"/arrivees/{check_in.key}/decision/doubt/")
            if decision == "clear":
                post(client, f"/arrivees/{check_in.key}/prendre/")
                post(client, f"/arrivees/{check_in.key}/decision/clear/")
    assert Arrival.objects.get(pk=again.key).person_id == Arrival.objects.get(pk=first.key).person_id is not None
    asked: list[object] = []
    _due()
    insi_again.insi_once(lambda check_in: asked.append(check_in) or found(ZOE))
    assert bool(asked) is is_asked
    assert Arrival.objects.get(pk=again.key).insi_next_at is None


def test_a_late_answer_to_a_validated_identity_is_a_task_for_the_unit_which_may_qualify_it() -> None:
    check_in = arrive(ZOE, SILENT)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "decision/validate/", evidence="CN", said="1", **original_of(ZOE))
    assert Arrival.objects.get().status == "VALIDATED"
    _due()
    assert insi_again.insi_once(lambda _: found(ZOE))
    arrival = Arrival.objects.get()
    assert (arrival.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "late-answer")
    post(client, path + "prendre/")
    assert Arrival.objects.get().stage == "set-aside"  # not the host's any more
    officer = at_desk("marc", "officer")
    assert "A12" in get(officer, "/vigilance/").content.decode()
    post(officer, path + "prendre/")
    post(officer, path + "decision/accept-ins/")
    assert (Arrival.objects.get().status, Arrival.objects.get().stage) == ("QUALIFIED", "done")


def test_a_late_answer_that_differs_can_be_accepted_by_nobody() -> None:
    check_in = arrive(ZOE, SILENT)
    client = at_desk("marc", "officer")
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "decision/validate/", evidence="CN", said="1", **original_of(ZOE))
    _due()
    assert insi_again.insi_once(lambda _: found(DOMINIQUE))
    post(client, path + "prendre/")
    post(client, path + "decision/accept-ins/")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE", tolerated="1")
    assert Arrival.objects.get().status == "VALIDATED"


def test_two_workers_never_ask_about_the_same_arrival_at_once() -> None:
    arrive(ZOE, SILENT)
    _due()
    asked = []

    def slow(_check_in: object) -> InsUnreachable:
        asked.append(insi_again.insi_once(lambda _: SILENT))  # another worker looks meanwhile
        return SILENT

    assert insi_again.insi_once(slow)
    assert asked == [False]


def test_a_worker_that_died_leaves_its_work_to_the_next() -> None:
    arrive(ZOE, SILENT)
    _due()

    def dies(_check_in: object) -> InsUnreachable:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        insi_again.insi_once(dies)
    assert not insi_again.insi_once(lambda _: found(ZOE))
    Arrival.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert insi_again.insi_once(lambda _: found(ZOE))


def test_the_worker_ends_when_it_is_told() -> None:
    stop = threading.Event()
    stop.set()
    worker.work(None, stop)
    worker.work(None, threading.Event(), once=True)


def test_a_database_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    arrive(ZOE, SILENT)
    _due()
    stop, troubles = threading.Event(), [OperationalError(), OperationalError()]
    monkeypatch.setattr(worker, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "connections", type("Lost", (), {"close_all": staticmethod(lambda: None)}))
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    one_thing = worker._one_thing

    def looked(*told: object) -> bool:
        if troubles:
            raise troubles.pop()
        stop.set()
        return one_thing(*told)

    monkeypatch.setattr(worker, "_one_thing", looked)
    worker.work(lambda _: found(ZOE), stop)
    assert (troubles, Arrival.objects.get().need) == ([], "ready")
    troubles.append(OperationalError())
    with pytest.raises(OperationalError):
        worker.work(None, threading.Event(), once=True)


def test_a_check_in_nobody_dealt_with_is_removed_after_hours_and_leaves_nothing() -> None:
    check_in = arrive(ZOE)
    now = timezone.now()
    assert retention.purge(now + timedelta(hours=11)) == 0
    assert retention.purge(now + timedelta(hours=13)) == 1
    assert not Sealed.objects.exists()
    assert not VisitIndex.objects.exists()
    arrival = Arrival.objects.get()
    assert (arrival.stage, bytes(arrival.signature), bytes(arrival.digest)) == ("removed", b"", b"")
    assert AuditEntry.objects.get(act="removed").about == check_in.key


def test_what_was_removed_does_not_come_back_with_a_repetition() -> None:
    check_in = arrive(ZOE)
    retention.purge(timezone.now() + timedelta(hours=13))
    assert deliver(check_in).status_code == 200
    assert not Sealed.objects.exists()


def test_a_removed_identity_is_nowhere() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    retention.purge(timezone.now() + timedelta(hours=13))
    for page in ("", "fiche/", "pieces/0/"):
        assert get(client, f"/arrivees/{check_in.key}/{page}").status_code == 404


def test_what_somebody_takes_up_again_is_not_swept_away_meanwhile() -> None:
    check_in = arrive(ZOE)
    client = at_desk("marc", "officer")
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    days_ago = timezone.now() - timedelta(days=3)
    rewrite(Arrival.objects.all(), received_at=days_ago, arrived_at=days_ago, assigned_at=days_ago, decided_at=days_ago)
    post(client, path + "prendre/")  # the unit opens it again
    assert (Arrival.objects.get().stage, retention.purge(timezone.now())) == ("called", 0)
    rewrite(Arrival.objects.all(), decided_at=None, before={})  # the first decision was taken back
    assert retention.purge(timezone.now()) == 0
    assert retention.purge(timezone.now() + timedelta(hours=13)) == 1


def test_a_record_no_key_opens_stops_neither_worker_nor_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.sealing import generate_recipient

    check_in = arrive(ZOE, SILENT)
    client = at_desk("ines", "officer")
    other = generate_recipient()
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(other, {other.public_key.key_id: other}))
    answer = get(client, f"/arrivees/{check_in.key}/")
    assert (answer.status_code, "ne s’ouvre pas ici" in answer.content.decode()) == (503, True)
    _due()
    assert insi_again.insi_once(lambda _: found(ZOE))
    assert not insi_again.insi_once(lambda _: found(ZOE))


def test_copies_of_a_decided_identity_go_after_three_years() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    post(client, f"/arrivees/{check_in.key}/prendre/")
    post(client, f"/arrivees/{check_in.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    now = timezone.now()
    assert retention.purge(now + timedelta(days=3 * 365 - 1)) == 0
    assert retention.purge(now + timedelta(days=3 * 365 + 1)) == 1
    assert (Arrival.objects.get().stage, Arrival.objects.get().status) == ("removed", "QUALIFIED")
