"""A kiosk's key is stolen, and its thief sends pictures: what decodes them is nobody's, and no page opens them."""

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import psutil
import pytest
from PIL import Image

from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import DocumentPicture, Side
from tests.attacks import fuzzed, pictures
from tests.attacks.desk import Desk
from tests.attacks.test_hostile_kiosk import alarms, rows
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.demo.processes import ROOT
from tests.people import ZOE

INSTEAD = (900, 560)  # of the words that stand where no picture is shown


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("pictures") / "console")
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def marc(served: ServedConsole) -> Desk:
    return Desk(served, "marc", "officer")


def shown(desk: Desk, check_in: CheckIn, index: int = 0) -> bytes:
    """What staff see of one picture, as soon as the machine has time to make it."""
    until = time.monotonic() + 90
    while (answer := desk.get(f"arrivees/{check_in.key}/pieces/{index}/")).status_code == 503:
        assert time.monotonic() < until
    assert answer.status_code == 200
    return answer.content


def size_of(jpeg: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(jpeg)).size


def with_pictures(*jpegs: bytes) -> CheckIn:
    return check_in_of(ZOE, pictures=tuple(DocumentPicture(Side.FIRST, jpeg) for jpeg in jpegs))


def remarked() -> bytes:
    """A progressive picture in four colours, with where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "48.85 N"
    out = io.BytesIO()
    Image.new("CMYK", (900, 600), (10, 40, 80, 5)).save(out, "JPEG", progressive=True, exif=exif.tobytes())
    return out.getvalue()


def test_what_staff_see_is_a_plain_copy_and_what_cannot_be_one_is_opened_nowhere(
    served: ServedConsole, marc: Desk
) -> None:
    """The bomb of scans held every thread of the console for 24 seconds."""
    hostile = with_pictures(pictures.many_scans(), remarked())
    assert served.deliver(hostile) == 201
    bomb, odd = shown(marc, hostile, 0), shown(marc, hostile, 1)
    assert fuzzed.is_plain(odd) and size_of(odd) == (900, 600)
    assert fuzzed.is_plain(bomb) and size_of(bomb) == INSTEAD
    page = marc.read(f"arrivees/{hostile.key}/")
    assert f"{hostile.key}/pieces/0/" not in page and "image illisible" in page
    assert f"{hostile.key}/pieces/1/" in page
    assert "images illisibles" in alarms(marc, "borne-1")
    assert size_of(shown(marc, hostile, 0)) == INSTEAD  # known by now: nobody tries again


def test_a_decoder_that_is_killed_says_nothing_of_the_picture(served: ServedConsole, marc: Desk) -> None:
    """The machine has no memory left, or is being updated: an honest document is shown the next time."""
    assert served.child is not None
    mine, console, killed = with_pictures(remarked()), psutil.Process(served.child.pid), threading.Event()
    assert served.deliver(mine) == 201

    def kill() -> None:
        while not killed.is_set():
            for one in console.children(recursive=True):
                with suppress(psutil.Error):
                    if "kiosk.console.pictures.child" in one.cmdline():
                        one.kill()
                        killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert marc.get(f"arrivees/{mine.key}/pieces/0/").status_code == 503
    finally:
        killed.set()
        killer.join()
    assert size_of(shown(marc, mine)) == (900, 600)


def test_a_copy_that_does_not_prove_itself_is_made_again(served: ServedConsole, marc: Desk) -> None:
    """Who writes to the database puts another's document in its place."""
    mine, other = with_pictures(remarked()), replace(with_pictures(remarked()), ticket="A13")
    for one in (mine, other):
        assert served.deliver(one) == 201
        assert size_of(shown(marc, one)) == (900, 600)
    kept = "SELECT arrival_id, body FROM console_copy WHERE arrival_id IN (?, ?)"
    keys = [one.key.replace("-", "") for one in (mine, other)]
    before = dict(rows(served, kept, *keys))
    rows(served, "UPDATE console_copy SET body = ? WHERE arrival_id = ?", before[keys[1]], keys[0])
    rows(served, "UPDATE console_copy SET body = x'' WHERE arrival_id = ?", keys[1])
    for one in (mine, other):
        assert size_of(shown(marc, one)) == (900, 600)
    after = dict(rows(served, kept, *keys))
    assert after.keys() == before.keys() and after[keys[0]] != before[keys[1]] and after[keys[1]] != b""


SHUT_IN = """
import os, socket, subprocess, sys, json, ctypes
from kiosk.console.pictures import child
child.shut_in()
libc = ctypes.CDLL(None, use_errno=True)
def tried(what):
    try:
        what()
    except BaseException as refused:
        return type(refused).__name__
    return "done"
said = {
    "file": tried(lambda: open("/etc/hostname")),
    "own file": tried(lambda: open(child.__file__)),
    "socket": tried(lambda: socket.socket()),
    "fork": tried(os.fork),
    "signal": tried(lambda: os.kill(os.getppid(), 0)),
    "memory": tried(lambda: bytearray(300 * 1024 * 1024)),
}
os.write(1, json.dumps(said).encode())
os._exit(0)
"""


def test_who_takes_over_the_decoder_reaches_nothing() -> None:
    """No file, no network, no other process, no more memory: also not for code that a picture brought."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", SHUT_IN], check=True, capture_output=True, env={}, cwd="/", timeout=60
    )
    said = json.loads(done.stdout)
    assert said.pop("memory") == "MemoryError"
    assert {*said.values()} <= {"PermissionError", "OSError", "BlockingIOError"}, said


def fuzz(*ranges: tuple[int, int]) -> tuple[int, int]:
    """How many of these pictures broke a promise, and of how many; besides them the two bombs, in each range."""
    command = [sys.executable, "-m", "tests.attacks.fuzzed"]
    begun = [
        subprocess.Popen([*command, str(first), str(last)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for first, last in ranges
    ]
    told = [json.loads(line) for one in begun for line in one.communicate(timeout=3500)[0].splitlines()]
    broken = [line for line in told if "broke" in line]
    print(told)
    return len(broken), sum(sum(line["codes"].values()) for line in told if "codes" in line)


def test_no_picture_takes_more_than_its_measure() -> None:
    assert fuzz((0, 40)) == (0, 42)


@pytest.mark.long_attack
@pytest.mark.timeout(3600)
def test_ten_thousand_pictures_take_no_more_than_their_measure() -> None:
    """JPEG and PNG, progressive, CMYK, with remarks, cut short, altered: a plain copy or none, within its measure."""
    assert fuzz((0, 5000), (5000, 10_000)) == (0, 10_004)
