"""A stolen key that was replaced or revoked stays so, whatever the settings' file still names at the next start."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from kiosk.sealing import SigningKey, generate_signer, signer_public_pem
from tests.console.arrivals import put

shared = import_module("tests.console.conftest")  # sets Django up
enrolment = import_module("kiosk.console.terminals.enrolment")
database = import_module("kiosk.console.upkeep.database")

NAME = "borne-1"


@pytest.fixture(scope="module")
def made() -> object:
    return shared.make_sqlite()


@pytest.fixture(autouse=True)
def here(made: object) -> Iterator[None]:
    with shared.empty(made):
        yield


@pytest.fixture()
def settings(made: object, tmp_path: Path) -> object:
    return made.model_copy(update={"kiosks": {NAME: tmp_path / "borne-1.pem"}})


def _starts(settings: object, named: SigningKey) -> None:
    settings.kiosks[NAME].write_bytes(signer_public_pem(named))
    database.enrol_named(settings)


def _hears(signer: SigningKey) -> bool:
    return put("/intake/heartbeat", b"{}", kiosk=NAME, signer=signer).status_code == 200


def test_a_stolen_key_that_the_settings_still_name_is_not_put_back_at_a_start(settings: object) -> None:
    stolen, own = generate_signer(), generate_signer()
    _starts(settings, stolen)
    assert _hears(stolen)
    enrolment.revoke(NAME, who="command:root")
    code = enrolment.invite(NAME, who="command:root")
    assert enrolment.accept_invitation(NAME, code, signer_public_pem(own).decode())
    _starts(settings, stolen)
    assert _hears(own) and not _hears(stolen)
    enrolment.revoke(NAME, who="command:root")
    _starts(settings, stolen)
    assert not _hears(own) and not _hears(stolen)


def test_settings_that_name_another_key_are_followed_while_nobody_said_otherwise(settings: object) -> None:
    before, now = generate_signer(), generate_signer()
    _starts(settings, before)
    _starts(settings, now)
    assert _hears(now) and not _hears(before)


def test_a_stolen_key_whose_clock_ran_ahead_does_not_silence_the_kiosk_that_takes_its_name(settings: object) -> None:
    stolen, own = generate_signer(), generate_signer()
    _starts(settings, stolen)
    ahead = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    assert put("/intake/heartbeat", b"{}", kiosk=NAME, signer=stolen, sent_at=ahead).status_code == 200
    enrolment.enrol(NAME, signer_public_pem(own).decode(), who="command:root")
    assert _hears(own) and not _hears(stolen)


@pytest.mark.parametrize("odd", ["\ud800", "a\0b", "é"])
@pytest.mark.parametrize("where", ["kiosk", "code", "public_key"])
def test_who_has_no_key_yet_says_nothing_that_breaks_the_door(where: str, odd: str) -> None:
    said = {"kiosk": "hall-9", "code": "AAAA-AAAA-AAAA", "public_key": signer_public_pem(generate_signer()).decode()}
    answer = put("/intake/enrolment", json.dumps({**said, where: odd}).encode())
    assert answer.status_code == (401 if odd == "é" and where != "public_key" else 422)
