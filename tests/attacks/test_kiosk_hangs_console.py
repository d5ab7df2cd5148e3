"""The console in trouble over one thing, or answering a byte at a time, keeps the kiosk from nothing else.

Seen before: one delivery answered 500 silenced heartbeats, and calls for help with them; a console that dripped hung
the one thread for ever, with the watch over the disk on it; asked to end, the kiosk took eight seconds.
"""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import typer

from kiosk.commands import doctor
from kiosk.insi.simulated.testpki import make_pki
from kiosk.storage import delivery
from kiosk.storage.delivery import ConsoleLink, Delivered, Reply, deliver_waiting
from kiosk.storage.outbox import Outbox
from tests.attacks.terminal import PlayedConsole, Terminal
from tests.demo.processes import wait_until

pytestmark = [pytest.mark.starts, pytest.mark.timeout(120)]
ERRANDS = ("check-ins", "calls", "heartbeat")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path / "hall") as kiosk:
        kiosk.data.mkdir()
        outbox = Outbox(kiosk.data / "outbox.db")
        outbox.put(str(uuid4()), b"sealed", "2026-11-30T10:00:00+01:00")
        outbox.close()
        yield kiosk


@pytest.mark.parametrize(("sick", "how"), [("check-ins", 500), ("check-ins", "drip"), ("heartbeat", "silent")])
def test_one_errand_in_trouble_keeps_no_other_waiting(kiosk: Terminal, sick: str, how: int | str) -> None:
    kiosk.console.answers[sick] = how
    kiosk.start()
    wait_until(lambda: kiosk.console.bodies(sick), 30, "the errand that hangs")
    kiosk.press(("welcome", "start"), ("information", "help"))
    others = set(ERRANDS) - {sick}
    wait_until(lambda: others <= {errand for _, errand, _ in kiosk.console.heard}, 10, f"{others}")


@pytest.mark.parametrize("how", ["silent", "drip", 400, 403, 504])
def test_one_check_in_that_never_gets_through_keeps_nobody_else_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: int | str
) -> None:
    """It is longer than a slow line lets through in its time, or a proxy stumbles over it."""
    with Terminal(tmp_path / "hall") as hall:
        monkeypatch.setattr(delivery, "_EXCHANGE_SECONDS", 0.5)
        link = ConsoleLink(f"https://localhost:{hall.console.port}", hall.pki.ca, "hall-1", lambda *_: "", lambda: "")
        outbox, keys, last = Outbox(tmp_path / "outbox.db"), [str(uuid4()) for _ in range(4)], set[str]()
        for key in keys[:3]:
            outbox.put(key, b"sealed", "2026-11-30T10:00:00+01:00")
        hall.console.answers[f"/intake/check-ins/{keys[0]}"] = how
        happened, _trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False, last)
        assert [one.key for one in happened] == keys[1:3]
        outbox.put(keys[3], b"sealed", "2026-11-30T10:05:00+01:00")
        hall.console.paths.clear()
        happened, _trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False, last)
        assert hall.console.paths == [f"/intake/check-ins/{key}" for key in (keys[3], keys[0])]  # behind who is through
        hall.console.answers["check-ins"] = how
        outbox.put(str(uuid4()), b"sealed", "2026-11-30T10:06:00+01:00")
        outbox.put(str(uuid4()), b"sealed", "2026-11-30T10:06:00+01:00")
        hall.console.paths.clear()
        assert not deliver_waiting(outbox, link, time.monotonic, lambda: False, last)[0]
        assert len(hall.console.paths) == 2  # nobody is there: the others wait
        hall.console.answers.clear()
        assert (
            sum(
                isinstance(one, Delivered)
                for one in deliver_waiting(outbox, link, time.monotonic, lambda: False, last)[0]
            )
            == 3
        )
        assert last == set()
        outbox.close()


@pytest.mark.parametrize("how", [403, 413, 500, 502])
def test_several_that_never_get_through_keep_nobody_else_s(tmp_path: Path, how: int) -> None:
    with Terminal(tmp_path / "hall") as hall:
        link = ConsoleLink(f"https://localhost:{hall.console.port}", hall.pki.ca, "hall-1", lambda *_: "", lambda: "")
        outbox, keys, last = Outbox(tmp_path / "outbox.db"), [str(uuid4()) for _ in range(8)], set[str]()
        for key in keys:
            outbox.put(key, b"sealed", "2026-11-30T10:00:00+01:00")
        hall.console.answers |= {f"/intake/check-ins/{key}": how for key in keys[:5]}
        through: set[str] = set()
        for _ in range(4):
            happened, _trouble = deliver_waiting(outbox, link, time.monotonic, lambda: False, last)
            through |= {one.key for one in happened if isinstance(one, Delivered)}
        assert through == set(keys[5:])
        outbox.close()


def test_while_the_console_drips_a_full_disk_is_seen_and_told(kiosk: Terminal) -> None:
    kiosk.console.answers["check-ins"] = "drip"
    kiosk.start(frail="disk")
    wait_until(lambda: kiosk.console.devices().get("storage") == "ok", 30, "a heartbeat")
    kiosk.running.send(signal.SIGUSR1)
    kiosk.eyes.wait_for("out_of_order", seconds=12)
    wait_until(lambda: kiosk.console.devices()["storage"] == "lost", 12, "staff to see it")
    kiosk.running.send(signal.SIGUSR2)
    kiosk.eyes.wait_for("welcome", seconds=12)


def test_an_exchange_that_drips_is_over_in_its_time(kiosk: Terminal) -> None:
    kiosk.console.answers = dict.fromkeys(("heartbeat", "recognition"), "drip")
    link = ConsoleLink(f"https://localhost:{kiosk.console.port}", kiosk.pki.ca, "hall-1", lambda *_: "", lambda: "now")
    started = time.monotonic()
    assert link.put("/intake/heartbeat", b"{}", "application/json", 0.5) == (Reply.LATER, "late")
    assert link.ask("/intake/recognition", b"sealed", 0.5) == (b"", "late")
    assert time.monotonic() - started < 3
    assert link.put("/intake/calls/k", b"{}", "application/json", 10) == (Reply.TAKEN, "http-200")


class Silent:
    """A server that accepts, and says nothing."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.asked = threading.Event()
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for one in (self._listening, *self._held):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            self._held.append(peer)
            self.asked.set()


def test_asked_to_end_while_insi_and_the_console_are_silent_it_ends_within_two_seconds(tmp_path: Path) -> None:
    insi = Silent()
    section = f"""
[insi]
via = "direct"
endpoint = "https://127.0.0.1:{insi.port}/"
certificate = "pki/insi-client.p12"
password_file = "pki/insi-client.password"
ca = "pki/ca.pem"
idam = "X"
"""
    with Terminal(tmp_path / "hall", insi=section) as kiosk:
        kiosk.console.answers = dict.fromkeys(ERRANDS, "silent")
        kiosk.start()
        kiosk.settle()
        kiosk.slot("insert zoe-alone")
        kiosk.press(("information", "understood"), ("confirm", "yes"))
        assert insi.asked.wait(20), "INSi is asked"
        assert kiosk.end() < 2.0
        assert kiosk.journal("stopped")
    insi.close()


def test_the_played_console_plays_what_it_is_told(kiosk: Terminal) -> None:
    """A console that hung nobody would prove nothing."""
    console: PlayedConsole = kiosk.console
    console.answers["heartbeat"] = "silent"
    link = ConsoleLink(f"https://localhost:{console.port}", kiosk.pki.ca, "hall-1", lambda *_: "", lambda: "now")
    assert link.put("/intake/heartbeat", b"{}", "application/json", 0.3) == (Reply.LATER, "late")
    assert console.bodies("heartbeat") == [b"{}"]


def test_what_the_console_does_not_know_is_told_in_french_with_its_key_once(
    kiosk: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    kiosk.console.answers["desk"] = b"unknown"
    kiosk.start()
    wait_until(lambda: "kiosk.desk : la console ne connaît pas ce guichet" in _log(kiosk), 30, "the sentence")
    wait_until(lambda: len(kiosk.console.bodies("heartbeat")) > 1, 30, "one more heartbeat")
    assert _log(kiosk).count("kiosk.desk") == 1 and len(kiosk.journal("desk-unknown")) == 1
    with pytest.raises(typer.Exit):
        doctor.doctor(kiosk.config, as_json=False)
    assert "Ajoutez-le à server.desks" in capsys.readouterr().out


def test_an_authority_that_is_another_s_is_told_with_its_key(kiosk: Terminal, tmp_path: Path) -> None:
    make_pki(tmp_path / "other")
    kiosk.config.write_text(kiosk.config.read_text().replace('"pki/ca.pem"', f'"{tmp_path / "other" / "ca.pem"}"'))
    kiosk.start()
    wait_until(lambda: "console.ca : la console qui répond n'est pas de cette autorité" in _log(kiosk), 30, "it")
    wait_until(lambda: bool(kiosk.journal("console-lost")), 10, "its line in the journal, which comes after")
    assert [one["reason"] for one in kiosk.journal("console-lost")] == ["tls-authority"]


def _log(kiosk: Terminal) -> str:
    return (kiosk.folder / "kiosk.log").read_text()
