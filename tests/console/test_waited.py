"""Two at one visit, on PostgreSQL: whoever waited for the other decides about what that one wrote, not about before."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections, transaction

from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsSeveral
from tests.console.arrivals import arrive, enrol
from tests.console.conftest import _with_tables
from tests.console.postgres import KEY_TABLES, WITHOUT_DISK, running
from tests.console.staff import at_desk, get, post, shown_on
from tests.console.taken_up import TICKED, taken_up, visit_of
from tests.demo.processes import wait_until
from tests.people import ZOE

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
