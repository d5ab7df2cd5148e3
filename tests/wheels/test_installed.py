"""Each role from its wheel: its commands work in a folder that is not ours, the other's say what they need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import __version__
from tests.package.declared import ROLES, ROOT, locked
from tests.wheels.conftest import WHEELS, Installed

pytestmark = pytest.mark.timeout(1200)  # the first test installs

COMMANDS = {
    "terminal": ("run", "doctor", "card read", "card watch", "document read", "document watch", "outbox list"),
    "console": ("console", "console user add", "console audit verify", "worker"),
}


def test_what_was_gathered_is_exactly_what_the_lock_names() -> None:
    for role in ROLES:
        files = {path.name for path in (WHEELS / role).iterdir()} - {"lock.txt"}
        found = {name.split("-")[0].replace("_", "-").replace(".", "-").lower() for name in files}
        assert found - {"kiosk"} <= locked(role).keys()
        assert len(files) == len(found)  # one file each
        assert all(name.endswith(".whl") for name in files)  # nothing is compiled where it is installed


@pytest.mark.parametrize("role", ROLES)
def test_a_role_holds_its_lock_and_nothing_else(installed: dict[str, Installed], role: str) -> None:
    found = installed[role].libraries() - {"pip", "setuptools", "kiosk"}
    assert found <= locked(role).keys()
    assert installed[role].run("version").stdout.strip() == __version__


@pytest.mark.parametrize("role", ROLES)
def test_every_command_of_a_role_explains_itself(installed: dict[str, Installed], role: str) -> None:
    for command in ("", *COMMANDS[role], "insi search", "keys structure", "simulate insi", "simulate card"):
        explained = installed[role].run(*command.split(), "--help")
        assert explained.returncode == 0, explained.stderr
        assert "Usage: kiosk" in explained.stdout


@pytest.mark.parametrize(("role", "other"), [ROLES, ROLES[::-1]])
def test_the_other_roles_commands_say_what_they_need(installed: dict[str, Installed], role: str, other: str) -> None:
    for command in COMMANDS[other]:
        refused = installed[role].run(*command.split(), "--help")
        assert refused.returncode == 2
        assert f"pip install 'kiosk[{other}]'" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_demonstration_runs_on_what_is_installed(installed: dict[str, Installed], tmp_path: Path) -> None:
    """A patient and a member of staff, start to end: the terminal from one wheel, the console from the other."""
    before = {role: installed[role].files() for role in ROLES}
    commands = {f"KIOSK_{role.upper()}": str(installed[role].command) for role in ROLES}
    played = subprocess.run(
        [sys.executable, "-m", "tests.demo", "--out", str(tmp_path / "demo")],
        cwd=ROOT, env={**os.environ, **commands}, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    for role in ROLES:
        assert installed[role].files() == before[role], "an installed kiosk writes nothing into its own folder"


def test_the_doctor_examines_a_terminal(installed: dict[str, Installed], tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(
        """mode = "demo"
[kiosk]
data_dir = "data"
[camera]
driver = "film"
film = "none.avi"
[sealing]
structure_key = "none.pub"
kiosk_key = "none.key"
[console]
url = "https://127.0.0.1:9"
ca = "none.pem"
"""
    )
    examined = installed["terminal"].run("doctor", "--config", str(tmp_path / "kiosk.toml"))
    assert examined.returncode == 3, examined.stderr
    for part in ("card-service", "camera", "display", "clock", "disk", "outbox", "keys", "insi", "console"):
        assert f" {part} " in examined.stdout
    assert "Traceback" not in examined.stderr
