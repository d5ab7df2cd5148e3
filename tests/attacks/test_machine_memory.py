"""Who has an account on the machine, even the kiosk's or the console's own, reads the keys out of no running process.

Seen before: the console's memory could be read by any process of its account, and a crash left it, with the
structure's private key, on the disk.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import sealing
from kiosk.insi.simulated.testpki import make_pki
from tests.console.served import ServedConsole
from tests.demo.processes import Child, wait_until

# Root reads everything: attacker and attacked are root without that one right, as two processes of one account are.
AS_AN_ACCOUNT = [str(shutil.which("setpriv")), "--bounding-set=-sys_ptrace"] if os.geteuid() == 0 else []
_READ = """
import sys
with open(f"/proc/{sys.argv[1]}/maps") as maps:
    place = next(int(line.split("-")[0], 16) for line in maps if "rw-p" in line)
with open(f"/proc/{sys.argv[1]}/mem", "rb") as memory:
    memory.seek(place)
    print(len(memory.read(64)))
"""


def reads_memory_of(pid: int) -> bool:
    """Try what a debugger does, from another process of the same account."""
    done = subprocess.run(
        [*AS_AN_ACCOUNT, sys.executable, "-c", _READ, str(pid)], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0 or "PermissionError" in done.stderr, done.stderr
    return done.returncode == 0


def children_of(pid: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


def _kiosk(*words: str) -> list[str]:
    return [*AS_AN_ACCOUNT, sys.executable, "-m", "kiosk.cli", *words]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("closed"))
    console.command = _kiosk()
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def worker(console: ServedConsole) -> Iterator[Child]:
    worker = console.worker()
    yield worker
    worker.end()


def test_the_attack_itself_works_on_a_process_that_is_not_closed() -> None:
    open_one = subprocess.Popen([*AS_AN_ACCOUNT, sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert any(reads_memory_of(open_one.pid) for _ in range(3))  # it may still be starting at the first
    finally:
        open_one.communicate(b"\n", timeout=20)


def test_nobody_of_the_account_reads_the_consoles_memory_nor_that_of_what_serves(console: ServedConsole) -> None:
    assert console.child is not None
    serving = children_of(console.child.pid)
    assert serving
    for pid in (console.child.pid, *serving):
        assert not reads_memory_of(pid)
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


def test_nobody_of_the_account_reads_the_workers_memory(worker: Child) -> None:
    assert not reads_memory_of(worker.pid)
    assert resource.prlimit(worker.pid, resource.RLIMIT_CORE) == (0, 0)


def test_nobody_of_the_account_reads_a_kiosks_memory(tmp_path: Path) -> None:
    """Its key, and whoever stands before it: a kiosk whose console does not answer, which is enough to be closed."""
    kiosk = Child("kiosk", _kiosk("run", "--no-window", "--config", str(kiosk_in(tmp_path))), tmp_path / "kiosk.log")
    try:
        wait_until((tmp_path / "control.sock").exists, 30, "the kiosk's first screen")
        assert not reads_memory_of(kiosk.pid)
        assert resource.prlimit(kiosk.pid, resource.RLIMIT_CORE) == (0, 0)
    finally:
        kiosk.end()


def kiosk_in(folder: Path) -> Path:
    """The file of a kiosk that has its keys and nobody to talk to."""
    sealing.save_signer(sealing.generate_signer(), folder / "kiosk.pem")
    (folder / "structure.pub").write_bytes(sealing.generate_recipient().public_key.to_pem())
    (folder / "ca.pem").write_bytes(make_pki(folder / "pki").ca.read_bytes())
    file = folder / "kiosk.toml"
    file.write_text(
        """mode = "demo"
[kiosk]
data_dir = "data"
control = "control.sock"
[camera]
driver = "film"
film = "none.avi"
[sealing]
structure_key = "structure.pub"
kiosk_key = "kiosk.pem"
[console]
url = "https://127.0.0.1:1"
ca = "ca.pem"
"""
    )
    return file
