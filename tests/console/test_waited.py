"""Two at one visit, on PostgreSQL: whoever waited for the other decides about what that one wrote, not about before."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections, transaction

from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsNotFound, InsSeveral
from tests.console.arrivals import arrive, enrol
from tests.console.conftest import _with_tables
from tests.console.postgres import KEY_TABLES, WITHOUT_DISK, running
from tests.console.staff import at_desk, get, post, shown_on
from tests.console.taken_up import TICKED, taken_up, visit_of
from tests.demo.processes import wait_until
from tests.people import LEO, ZOE

pytestmark = [pytest.mark.starts, pytest.mark.long]


@pytest.fixture(scope="module")
def site() -> Iterator[None]:
    """A console whose transactions are kept: two connections see what the other has written."""
    with running(*WITHOUT_DISK) as server:
        _with_tables(server.with_tables(), server.with_tables(KEY_TABLES))
        enrol()
        yield
        connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees who waited when it first looked
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return int(cursor.fetchone()[0]) > 0


def _answered_under_lock(check_in: CheckIn, begun: threading.Event) -> None:
    """What the worker does with a late answer, as slowly as it takes for staff to press a key."""
    from kiosk.console.models import Arrival
    from kiosk.console.records import vault

    try:
        with transaction.atomic():
            arrival = Arrival.objects.select_for_update().get(pk=check_in.key)
            begun.set()
            wait_until(_somebody_waits, 30, "staff at this visit")
            arrival.sealed.answer = vault.seal_answer(check_in, InsSeveral(exchanges=()))
            arrival.sealed.save(update_fields=["answer"])
            arrival.save()
    finally:
        connections.close_all()


@pytest.mark.usefixtures("site")
def test_who_waited_for_the_worker_does_not_qualify_on_the_answer_of_before() -> None:
    client, check_in = at_desk(), arrive(ZOE)
    path = taken_up(client, check_in)
    shown = shown_on(get(client, path).content.decode())
    begun = threading.Event()
    worker = threading.Thread(target=_answered_under_lock, args=(check_in, begun))
    worker.start()
    assert begun.wait(30)
    post(client, path + "qualifier/", **TICKED, **shown)
    worker.join(30)
    assert visit_of(check_in).status != "QUALIFIED"


@pytest.mark.usefixtures("site")
def test_of_two_visits_decided_at_the_same_moment_the_second_meets_whom_the_first_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kiosk.console.identities import deciding
    from kiosk.console.models import Person

    clients = [at_desk(name, "officer") for name in ("ines", "paul")]
    paths = [taken_up(client, arrive(LEO, InsNotFound())) for client in clients]
    known, carried_out = Person.objects.count(), deciding._carried_out

    def other() -> None:
        try:
            post(clients[1], paths[1] + "decision/doubt/")
        finally:
            connections.close_all()

    second = threading.Thread(target=other)

    def slowly(*said: object) -> object:
        if second.ident is None:
            second.start()
            wait_until(_somebody_waits, 30, "the other decision")
        return carried_out(*said)

    monkeypatch.setattr(deciding, "_carried_out", slowly)
    post(clients[0], paths[0] + "decision/doubt/")
    second.join(30)
    assert Person.objects.count() == known + 1
    assert "déjà" in get(clients[1], paths[1]).content.decode()
