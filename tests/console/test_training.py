"""Invented people stay among themselves: no production takes them in, nor serves a database that holds them."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings

from kiosk.app.back_office import Place
from kiosk.console import audit
from kiosk.console.config import ServerSettings, read_server_settings
from kiosk.console.models import Arrival
from kiosk.console.models.proven import Unproven
from kiosk.console.records import origin, world
from kiosk.console.records.world import OtherWorld
from kiosk.core.checkin.value import CheckIn
from kiosk.settings import BadSettings
from kiosk.training.case import Case
from kiosk.training.cases import CASES, cast
from kiosk.training.visits import visit_of
from tests.console.arrivals import enrol, put, sealed
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, words_of

NAMED = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def _in(mode: str, console: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": mode}))


def _check_in(case: Case) -> CheckIn:
    from django.utils import timezone

    now = timezone.localtime()
    visit = visit_of(cast(case), now)
    place = Place("borne-1", "3", "A", "demo")
    return visit.check_in(str(uuid4()), "A12", place, now, visit.answer)


def _sent(check_in: CheckIn):
    return put(f"/intake/invented/{check_in.key}", sealed(check_in))


@ON_SQLITE
@NAMED
def test_the_page_of_a_case_says_what_the_case_says(
    console: ServerSettings, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    enrol()
    _in("training", console, monkeypatch)
    check_in = _check_in(case)
    assert _sent(check_in).status_code == 201
    arrival = Arrival.objects.get(pk=check_in.key)
    assert arrival.need == case.need
    page = get(at_desk(role="officer"), f"/arrivees/{check_in.key}/")
    assert page.status_code == 200
    text = words_of(page.content.decode())
    assert "Formation : personnes inventées" in text
    assert (cast(case).person.birth_name in text) is (case.name != "nothing")


def test_what_comes_as_invented_marks_the_database_for_good(
    console: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol()
    assert not world.holds_invented()
    check_in = _check_in(CASES[0])
    assert put("/intake/invented", b"{}", method="POST").content == b"demo"
    assert not world.holds_invented()
    assert [_sent(check_in).status_code for _ in range(2)] == [201, 200]
    assert world.holds_invented()
    arrival = Arrival.objects.select_related("sealed").get(pk=check_in.key)
    assert origin.is_signed(arrival) and origin.opened(arrival)
    world.check("demo")
    with pytest.raises(OtherWorld, match="jamais servie en production"):
        world.check("production")
    _in("production", console, monkeypatch)
    with pytest.raises(Unproven):  # nor does such a visit count where its row was copied to
        origin.opened(arrival)


def test_production_takes_nobody_who_comes_as_invented(in_production: None) -> None:
    answers = [_sent(_check_in(CASES[0])), put("/intake/invented", b"{}", method="POST")]
    assert [one.status_code for one in answers] == [403, 403]
    assert [one.json()["outcome"] for one in answers] == ["not-in-production"] * 2
    assert not Arrival.objects.exists() and not world.holds_invented()


def test_a_stranger_sends_no_invented_people_and_marks_nothing(console: ServerSettings) -> None:
    enrol()
    check_in = _check_in(CASES[0])
    assert put(f"/intake/invented/{check_in.key}", sealed(check_in), kiosk="borne-9").status_code == 401
    assert put("/intake/invented", b"{}", method="POST", kiosk="borne-9").status_code == 401
    broken = put(f"/intake/invented/{check_in.key}", b"not sealed")
    assert broken.status_code == 422 and not world.holds_invented()
    silent = replace(check_in, mode="")  # of a kiosk of before
    real = put(f"/intake/check-ins/{check_in.key}", sealed(silent))
    assert real.status_code == 201 and not world.holds_invented()


def test_a_training_is_founded_on_an_empty_database(console: ServerSettings) -> None:
    world.check("training")
    world.check("training")
    assert audit.last_number() == 1 and world.holds_invented()
    with pytest.raises(OtherWorld, match="jamais servie en production"):
        world.check("production")


@pytest.mark.parametrize("mode", ["production", "demo", "test"])
def test_a_database_that_has_served_is_no_training_s(console: ServerSettings, mode: str) -> None:
    world.check(mode)
    enrol()
    with pytest.raises(OtherWorld, match="base neuve"):
        world.check("training")
    world.check("production")


@pytest.mark.parametrize(
    ("mode", "endpoint", "refused"),
    [
        ("training", "https://insi.example.fr/lps", True),
        ("training", "https://localhost:8444/lps", False),
        ("demo", "https://insi.example.fr/lps", False),
    ],
)
def test_in_training_insi_is_the_simulator_of_this_machine(
    tmp_path: Path, mode: str, endpoint: str, *, refused: bool
) -> None:
    file = tmp_path / "console.toml"
    names = ("certificate", "key", "recipient_key", "passphrase_file", "secret_key_file")
    file.write_text(
        f'mode = "{mode}"\n[insi]\nendpoint = "{endpoint}"\ncertificate = "a"\nca = "a"\nidam = "X"\n'
        '[server]\ndata_dir = "."\n' + "\n".join(f'{name} = "{name}"' for name in names)
    )
    if refused:
        with pytest.raises(BadSettings, match="en formation, INSi est le simulateur"):
            read_server_settings(file)
    else:
        assert read_server_settings(file).mode == mode
