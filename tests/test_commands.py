"""The command line: every command is there, mistakes are clear, keys are never overwritten."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import sealing
from kiosk.storage.outbox import Outbox

ROOT = Path(__file__).resolve().parents[1]


MANY = 40  # pages of an outbox


def kiosk(*arguments: str, largest_file: int = resource.RLIM_INFINITY) -> "subprocess.CompletedProcess[str]":
    bound = [] if largest_file == resource.RLIM_INFINITY else ["prlimit", f"--fsize={largest_file}"]
    return subprocess.run(
        [*bound, sys.executable, "-m", "kiosk.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    "command",
    [
        "run", "console", "worker", "doctor", "keys structure", "keys terminal", "card read", "card watch",
        "document read", "document watch", "insi search", "insi check", "insi verify",
        "insi approval run", "insi approval verify", "simulate card", "simulate insi",
        "simulate document", "console user add", "console kiosk add", "console audit verify",
        "console register check", "outbox list",
        "outbox retry",
    ],
)  # fmt: skip
def test_every_command_explains_itself(command: str) -> None:
    done = kiosk(*command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_the_whole_list_is_shown_without_a_command() -> None:
    listed = kiosk("--help").stdout
    for command in (
        "run",
        "console",
        "worker",
        "doctor",
        "card",
        "document",
        "insi",
        "keys",
        "outbox",
        "simulate",
        "version",
    ):
        assert f" {command} " in listed


def test_a_mistake_in_the_configuration_names_its_key_and_keeps_its_value_to_itself(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('mode = "demo"\n[kiosk]\nname = "hall 1 secret"\ndesc = "3"\ndata_dir = "data"\n')
    done = kiosk("run", "--config", str(config))
    assert done.returncode == 2
    for key in ("kiosk.name", "kiosk.desc", "sealing", "console"):
        assert key in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_configuration_says_how_to_name_one(tmp_path: Path) -> None:
    done = kiosk("doctor", "--config", str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "--config" in done.stderr


def test_keys_are_made_for_their_owner_only_and_never_replaced(tmp_path: Path) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("a long enough passphrase\n")
    assert kiosk("keys", "structure", str(tmp_path / "s.pem"), "--passphrase-file", str(phrase)).returncode == 0
    assert kiosk("keys", "terminal", str(tmp_path / "t.pem")).returncode == 0
    assert (tmp_path / "s.pem").stat().st_mode & 0o077 == (tmp_path / "t.pem").stat().st_mode & 0o077 == 0
    private = sealing.load_recipient(tmp_path / "s.pem", b"a long enough passphrase")
    sealed = sealing.seal(b"x", sealing.load_recipient_public(tmp_path / "s.pub"), b"c")
    assert sealing.open_sealed(sealed, private, b"c") == b"x"
    before = (tmp_path / "t.pem").read_bytes()
    assert kiosk("keys", "terminal", str(tmp_path / "t.pem")).returncode == 3
    assert (tmp_path / "t.pem").read_bytes() == before


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("short")
    done = kiosk("keys", "structure", str(tmp_path / "s.pem"), "--passphrase-file", str(tmp_path / "phrase"))
    assert done.returncode == 2
    assert not (tmp_path / "s.pem").exists()


def test_the_doctor_says_for_each_part_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    """On a machine where nothing is there yet: every line that is bad says what to do, and the exit code tells."""
    (tmp_path / "kiosk.toml").write_text(
        """mode = "production"
[kiosk]
data_dir = "data"
[camera]
source = "99"
[insi]
via = "direct"
endpoint = "https://127.0.0.1:9/lps"
certificate = "none.p12"
ca = "none.pem"
idam = "X"
[sealing]
structure_key = "none.pub"
kiosk_key = "none.key"
[console]
url = "https://127.0.0.1:9"
ca = "none.pem"
"""
    )
    done = kiosk("doctor", "--json", "--config", str(tmp_path / "kiosk.toml"))
    assert done.returncode == 3
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    bad = {verdict["part"]: verdict for verdict in verdicts if verdict["level"] == "bad"}
    assert {"camera", "keys", "insi", "console"} <= bad.keys()
    assert all(verdict["todo"] for verdict in bad.values())
    assert {"clock", "disk", "outbox"} <= {verdict["part"] for verdict in verdicts}


def test_in_production_nothing_is_simulated(tmp_path: Path) -> None:
    text = (
        'mode = "production"\n[kiosk]\ndata_dir = "d"\ncontrol = "c"\n[camera]\ndriver = "film"\nfilm = "f"\n'
        '[sealing]\nstructure_key = "s"\nkiosk_key = "k"\n[console]\nurl = "https://x"\nca = "c"\n'
    )
    (tmp_path / "kiosk.toml").write_text(text)
    done = kiosk("run", "--config", str(tmp_path / "kiosk.toml"))
    assert done.returncode == 2
    assert "camera.driver" in done.stderr
    assert "kiosk.control" in done.stderr


def _terminal(tmp_path: Path) -> Path:
    """A terminal's configuration, with its outbox in this folder."""
    text = (
        'mode = "demo"\n[kiosk]\ndata_dir = "."\n'
        '[sealing]\nstructure_key = "s"\nkiosk_key = "k"\n[console]\nurl = "https://x"\nca = "c"\n'
    )
    (tmp_path / "kiosk.toml").write_text(text)
    return tmp_path / "kiosk.toml"


def test_an_outbox_that_is_not_there_yet_is_empty_and_is_not_made(tmp_path: Path) -> None:
    config = str(_terminal(tmp_path))
    assert kiosk("outbox", "list", "--config", config).stdout == "En attente : 0, refusées par la console : 0.\n"
    assert json.loads(kiosk("outbox", "retry", "--json", "--config", config).stdout) == {"retried": 0}
    assert not (tmp_path / "outbox.db").exists()


def test_an_outbox_that_is_broken_is_said_and_not_replaced(tmp_path: Path) -> None:
    config = str(_terminal(tmp_path))
    (tmp_path / "outbox.db").write_bytes(b"not a database at all" * 100)
    done = kiosk("outbox", "list", "--config", config)
    assert done.returncode == 1
    assert "ne supprimez pas ce fichier" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "outbox.db").read_bytes() == b"not a database at all" * 100


def test_an_outbox_that_is_read_and_cannot_be_written_is_said(tmp_path: Path) -> None:
    """As on a full disk: no file grows beyond what is there."""
    config, outbox = str(_terminal(tmp_path)), Outbox(tmp_path / "outbox.db")
    for number in range(MANY):
        outbox.put(str(number), bytes(3000), "t")
        outbox.park(str(number), "http-422", "0.1.0")
    outbox.close()
    done = kiosk("outbox", "retry", "--config", config, largest_file=2**16)
    assert (done.returncode, done.stdout) == (1, "")
    assert "vérifiez le disque" in done.stderr and "Traceback" not in done.stderr
    assert f"refusées par la console : {MANY}." in kiosk("outbox", "list", "--config", config).stdout
