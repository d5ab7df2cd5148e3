"""The console's own clock is wrong and is put right, or somebody sets it: what was counted by it ends nobody's turn."""

import json
import re
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.core.checkin.value import CheckIn
from tests.attacks.desk import Desk
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.demo.enrolling import Visitor
from tests.demo.processes import wait_until
from tests.demo.staff import totp
from tests.people import ZOE

pytestmark = pytest.mark.starts

DAY = 86_400
_AS_THE_FILE_SAYS = """
import time
from datetime import timedelta
from django.utils import timezone
right, now = time.time, timezone.now
def off():
    with open({file!r}) as file:
        return float(file.read() or 0)
time.time = lambda: right() + off()
timezone.now = lambda: now() + timedelta(seconds=off())
from kiosk.cli import main
main()
"""


class Wrong:
    """A console whose clock says what the test likes."""

    def __init__(self, folder: Path) -> None:
        self.console = ServedConsole(folder / "console")
        text = self.console.config.read_text().replace("trust_kiosk_answers = true\n", "")
        more = "".join(f'\nborne-{number} = "borne-1.pem"' for number in range(2, 5))
        self.console.config.write_text(text + more)
        self._file = folder / "ahead"
        self.off = 0.0
        self.set(0)
        self.console.command = [sys.executable, "-c", _AS_THE_FILE_SAYS.format(file=str(self._file))]
        self.console.start()

    def set(self, seconds: float) -> None:
        self.off = seconds
        ahead = self._file.with_suffix(".new")
        ahead.write_text(str(seconds))
        ahead.replace(self._file)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.off)

    def rows(self, question: str, *said: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.console.folder / "data" / "console.sqlite3", timeout=30)) as database:
            return database.execute(question, said).fetchall()

    def stage(self, check_in: CheckIn) -> object:
        return self.rows("SELECT stage FROM console_arrival WHERE key = ?", uuid.UUID(check_in.key).hex)[0][0]

    def work(self) -> None:
        done = self.console.run("worker", "--once", command=self.console.command)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wrong]:
    wrong = Wrong(tmp_path_factory.mktemp("clock"))
    yield wrong
    wrong.console.stop()


@pytest.fixture(autouse=True)
def _right_again(wrong: Wrong) -> Iterator[None]:
    yield
    wrong.set(0)


def test_whom_a_clock_that_was_behind_received_is_not_erased_when_it_is_put_right(wrong: Wrong) -> None:
    """As after a start without a battery: the kiosks' clocks are right, and the network sets the console's."""
    ines = Desk(wrong.console, "ines", "officer")
    wrong.set(-36 * 3600)
    check_in = check_in_of(ZOE)
    assert wrong.console.deliver(check_in) == 201
    wrong.set(0)
    wrong.work()
    assert wrong.stage(check_in) == "waiting"
    page = ines.read("alertes/")
    assert "L’horloge du serveur semble avoir avancé" in page
    [told] = re.findall(r'name="name" value="(clock:[^"]+)"', page)
    assert ines.post("alertes/vu/", at="alertes/", name=told).status_code == 200
    assert told not in ines.read("alertes/")
    wrong.work()
    assert wrong.stage(check_in) == "waiting"  # that the clock is right says nothing of how long they have waited


def test_a_clock_set_to_tomorrow_or_to_2100_erases_nobody(wrong: Wrong) -> None:
    check_in = check_in_of(ZOE)
    assert wrong.console.deliver(check_in) == 201
    for ahead in (DAY, 3 * DAY, 74 * 365 * DAY):
        wrong.set(ahead)
        wrong.work()
        assert wrong.stage(check_in) == "waiting"


def test_what_a_clock_that_was_ahead_counted_keeps_no_kiosk_away(wrong: Wrong) -> None:
    wrong.set(3600)
    at, beat, help_ = wrong.now, b'{"devices": {}}', json.dumps({"reason": "help", "desk": "3"}).encode()
    answers = [wrong.console.deliver(check_in_of(ZOE, kiosk="borne-2"), "borne-2", at=at) for _ in range(61)]
    assert answers[-1] == 429
    assert wrong.console.put("/intake/heartbeat", beat, "borne-2", at=at) == 200
    for _ in range(20):
        assert wrong.console.put(f"/intake/calls/{uuid.uuid4()}", help_, "borne-2", at=at) == 201
    wrong.set(0)
    assert wrong.console.deliver(check_in_of(ZOE, kiosk="borne-2"), "borne-2") == 201
    assert wrong.console.put("/intake/heartbeat", beat, "borne-2") == 200
    assert wrong.console.put(f"/intake/calls/{uuid.uuid4()}", help_, "borne-2") == 201


def test_a_session_locks_and_ends_though_its_clock_was_put_back(wrong: Wrong) -> None:
    lea = Desk(wrong.console, "lea")
    wrong.set(-600)
    assert lea.get("file/").url.endswith("/verrou/")
    wrong.set(0)
    max_ = Desk(wrong.console, "max")
    wrong.set(-DAY)
    assert max_.get("file/").url.endswith("/connexion/")


def test_guesses_of_a_time_that_is_not_yet_close_no_door(wrong: Wrong) -> None:
    account = wrong.console.add_staff("nora")
    wrong.set(DAY)
    for _ in range(6):
        tried = _sign_in(wrong, {**account, "password": "not that one at all"})
    assert tried.status == 429
    wrong.set(0)
    assert _sign_in(wrong, account).at.endswith("/file/")


def test_a_worker_goes_on_reading_everything_though_its_clock_was_put_back(wrong: Wrong) -> None:
    wrong.set(DAY)
    worker = wrong.console.worker()
    asked = "SELECT MIN(ran_at) FROM console_inspection WHERE name IN ('trail', 'rows', 'visits')"
    try:
        wait_until(lambda: str(wrong.rows(asked)[0][0]) > str(wrong.now)[:16], 60, "the worker's first look")
        wrong.set(0)
        wait_until(lambda: str(wrong.rows(asked)[0][0]) <= str(wrong.now), 60, "its next ones")
    finally:
        worker.end()


def _sign_in(wrong: Wrong, account: dict[str, str]) -> Visitor:
    window = wrong.console.visitor()
    code = totp(account["totp_secret"], time.time() + wrong.off)
    window.get("/connexion/")
    window.post("/connexion/", username=account["user"], password=account["password"], code=code)
    return window
