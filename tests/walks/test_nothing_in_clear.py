"""After a walk, nothing of the patient is in clear in any file the kiosk or the console wrote."""

import base64
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.processes import wait_until
from tests.demo.stage import Stage
from tests.walks.walker import Walker, arrivals

pytestmark = pytest.mark.timeout(180)

# What Zoé's card, document and INSi say of her.
SECRETS = ("ADRUN", "2751263220749", "275126322074974", "1975-12-31", "19751231", "31/12/1975", "31.12.1975", "751231")
JPEG = b"\xff\xd8\xff"
SOAP = b"NumIdentifiant"  # an element of every question and answer of INSi


def encodings(secret: str) -> Iterator[tuple[str, bytes]]:
    """The ways a text may lie in a file."""
    plain = secret.encode()
    yield "utf-8", plain
    yield "lower case", secret.lower().encode()
    yield "title case", secret.title().encode()
    yield "utf-16-le", secret.encode("utf-16-le")
    yield "utf-16-be", secret.encode("utf-16-be")
    yield "utf-32-le", secret.encode("utf-32-le")
    yield "hexadecimal", plain.hex().encode()
    yield "spaced", " ".join(secret).encode()
    for shift in range(3):  # base64 looks different at each of three positions; its sure middle is searched
        coded = base64.b64encode(b"\0" * shift + plain + b"\0" * 3)
        sure = coded[(shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6]
        if len(sure) >= 8:
            yield f"base64 at {shift}", sure


def traces(folders: list[Path]) -> list[str]:
    """Where something of the patient is found, and how it was written."""
    wanted = [(secret, name, data) for secret in SECRETS for name, data in encodings(secret)]
    wanted += [("a picture", "JPEG", JPEG), ("a SOAP call", "XML", SOAP)]
    found = []
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file() and not file.is_symlink()):
        data = file.read_bytes()
        found += [f"{file.name}: {what} ({how})" for what, how, needle in wanted if needle in data]
    return found


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    """A check that cannot fail proves nothing: each way of writing is found."""
    for number, (name, data) in enumerate(encodings("2751263220749")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(b"\x80\x81" + data + b"\x82")
        assert traces([folder]), name
    (tmp_path / "picture").write_bytes(b"--" + JPEG + b"--")
    assert any("JPEG" in trace for trace in traces([tmp_path]))
    (tmp_path / "coded").write_bytes(base64.b64encode(b"ab" + b"2751263220749" + b"cd"))
    assert any("base64" in trace for trace in traces([tmp_path]))


def test_nothing_of_the_patient_is_in_clear_in_any_file(stage: Stage) -> None:
    stage.start_kiosk(window=False)
    walker = Walker(stage)
    walker.go_to("take_card")
    walker.leave()
    wait_until(lambda: [one for one in arrivals(stage) if one[0] == walker.ticket], 60, "the check-in")
    folders = [stage.data, stage.console_data, stage.directory / "tmp"]
    logs = list(stage.directory.glob("*.log"))
    assert any(folder.rglob("*") for folder in folders)
    assert sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file()) > 100_000
    for log in logs:
        (stage.directory / "tmp" / f"seen-{log.name}").write_bytes(log.read_bytes())
    assert traces(folders) == []


def test_also_not_while_it_waits_in_the_outbox_and_after_a_crash(stage: Stage) -> None:
    assert stage.console is not None
    stage.console.kill()
    kiosk = stage.start_kiosk(window=False)
    walker = Walker(stage)
    walker.go_to("ticket")
    assert (stage.data / "outbox.db").stat().st_size + (stage.data / "outbox.db-wal").stat().st_size > 50_000
    assert traces([stage.data, stage.directory / "tmp"]) == []
    kiosk.kill()
    walker.leave()
    assert traces([stage.data, stage.directory / "tmp"]) == []
    stage.start_console()


def test_a_crash_leaves_no_core_behind(stage: Stage) -> None:
    kiosk = stage.start_kiosk(window=False)
    soft, hard = resource.prlimit(kiosk.pid, resource.RLIMIT_CORE)
    assert (soft, hard) == (0, 0)
