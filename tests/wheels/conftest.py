"""An empty environment for each role, and what ``make wheels`` gathered installed into it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.package.declared import ROLES, ROOT, plain

WHEELS = ROOT / "build" / "wheels"
# Whoever reads the folder it happens to be in trips over these.
TRAPS = ("assets", "hardware", "kiosk", "typing_extensions")


@dataclass(frozen=True)
class Installed:
    """One role, installed."""

    role: str
    command: Path
    elsewhere: Path  # a folder that is not ours, to run in

    def run(self, *arguments: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run ``kiosk`` as a technician would, with nothing in the environment that leads to this tree."""
        return subprocess.run(
            [self.command, *arguments],
            cwd=self.elsewhere, env=_bare(), capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def libraries(self) -> set[str]:
        listed = _pip(self.command.parent, "list", "--format=freeze")
        return {plain(line) for line in listed.splitlines()}

    def files(self) -> dict[Path, int]:
        """Everything installed, with when it was written."""
        place = self.command.parents[1]
        return {
            path: path.stat().st_mtime_ns
            for path in place.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Installed]:
    return {role: _install(role, tmp_path_factory.mktemp(role)) for role in ROLES}


def _install(role: str, place: Path) -> Installed:
    """Two commands, as the technician's guide has them: the lock's files by their hashes, then the wheel."""
    wheels = WHEELS / role
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True, timeout=120)
    programs = place / "venv" / "bin"
    offline = ("--no-index", "--find-links", str(wheels))
    _pip(programs, "install", *offline, "--require-hashes", "-r", str(wheels / "lock.txt"))
    _pip(programs, "install", *offline, f"kiosk[{role}]")
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    for trap in TRAPS:
        (elsewhere / f"{trap}.py").write_text("raise SystemExit('read from the folder it was started in')\n")
    return Installed(role, programs / "kiosk", elsewhere)


def _pip(programs: Path, *arguments: str) -> str:
    done = subprocess.run(
        [programs / "pip", "--no-cache-dir", *arguments],
        cwd="/", env=_bare(), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _bare() -> dict[str, str]:
    """No index, no cache, no settings of this machine's pip, no way to this tree."""
    return {"PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "LANG": "C.UTF-8"}
