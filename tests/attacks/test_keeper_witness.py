"""The machine that is asked drips one byte at a time: who waits for it has other things to do."""

import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.insi.simulated.testpki import TestPki, make_pki
from tests.attacks.terminal import PlayedConsole
from tests.console.arrivals import enrol

shared = import_module("tests.console.conftest")  # sets Django up


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture()
def dripping(pki: TestPki) -> Iterator[str]:
    machine = PlayedConsole(pki)
    machine.answers = {"heads": "drip", "discovery": "drip"}
    yield f"https://127.0.0.1:{machine.port}/far"
    machine.close()


def test_a_witness_that_drips_keeps_no_worker(dripping: str, pki: TestPki, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.witness import afar

    made = shared.make_sqlite()
    known = made.model_copy(update={"witness_url": f"{dripping}/heads", "witness_ca": pki.ca})
    with shared.empty(made):
        enrol()
        monkeypatch.setattr(shared.django_settings, "KIOSK", known)
        monkeypatch.setattr(afar, "SECONDS", 0.5)
        began = time.monotonic()
        assert afar.tell() == 0
        assert time.monotonic() - began < 3


def test_a_sign_in_service_that_drips_keeps_no_thread(dripping: str, pki: TestPki, tmp_path: Path) -> None:
    from kiosk.console.staff import psc

    (tmp_path / "secret").write_text("for tests only")
    section = SimpleNamespace(seconds=0.5, ca=pki.ca, proxy="", client_id="us", client_secret_file=tmp_path / "secret")
    began = time.monotonic()
    with pytest.raises(psc.Trouble):
        psc._fetch(section, f"{dripping}/discovery", {"grant_type": "x"})
    assert time.monotonic() - began < 3
