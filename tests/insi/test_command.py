"""The commands, as a technician or a script types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hardware.cards.base import VitaleRecord, VitaleRecords
from kiosk.commands.insi import app
from kiosk.insi.config import Environment, InsiConfig, config_from
from kiosk.insi.simulated.population import Person
from kiosk.insi.simulated.simulator import TEST_IDAM, Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki, make_pki
from kiosk.settings import InsiSection
from tests.people import CHLOE, CLARA, SOPHIE

ZOE = ["--name", "ADRUN", "--given", "ZOE", "--sex", "F", "--born", "1975-12-31"]


def access(simulator: Simulator, pki: TestPki) -> list[str]:
    return [
        *("--endpoint", simulator.endpoint, "--certificate", str(pki.client_p12), "--ca", str(pki.ca)),
        *("--password-file", str(pki.password_file), "--idam", TEST_IDAM),
    ]


def test_a_search_prints_what_was_found(simulator: Simulator, pki: TestPki) -> None:
    result = CliRunner().invoke(app, ["search", *ZOE, *access(simulator, pki), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert set(told) == {"code", "matricule", "key", "oid", "history", "traits", "flags", "calls"}
    assert (told["code"], told["matricule"], told["key"]) == ("00", "2751263220749", "74")
    assert told["traits"]["given_names"] == "ZOE"


def test_a_search_with_the_cards_data_prints_the_same(simulator: Simulator, pki: TestPki) -> None:
    card = ["--card", "--name", "ADRUN", "--born", "1975-12-31", "--nir", "275126322074974"]
    result = CliRunner().invoke(app, ["search", *card, *access(simulator, pki)])
    assert result.exit_code == 0
    assert "2751263220749" in result.stdout


@pytest.mark.parametrize(("which", "number"), [(1, "2881169990007"), (3, "2160269990006"), (4, "")])
def test_a_search_can_be_made_with_the_card_in_the_reader(
    simulator: Simulator, pki: TestPki, monkeypatch: pytest.MonkeyPatch, which: int, number: str
) -> None:
    for person in (SOPHIE, CHLOE, CLARA):
        names, sex = person.given_names, person.sex.value
        traits = (person.birth_name, names, sex, person.birth_date, person.birth_place_code, person.number, person.key)
        simulator.population.add(Person(*traits, insured=SOPHIE.number, birth_rank=person.birth_rank))
    on_card = (
        VitaleRecord("GEMEAUX", "SOPHIE", "19881105", "1", SOPHIE.number + SOPHIE.key),
        VitaleRecord("GEMEAUX", "CHLOE", "20160229", "1"),
        VitaleRecord("GEMEAUX", "CLARA", "20160229", "2"),
    )
    monkeypatch.setattr("kiosk.commands.card._reader", lambda *_: None)
    monkeypatch.setattr("kiosk.commands.card._wait_for_card", lambda *_: ("no-card", ["slot"]))
    monkeypatch.setattr("hardware.cards.vitale_files.read_card", lambda *_: VitaleRecords(on_card))
    asked = ["search", "--card", "--beneficiary", str(which), *access(simulator, pki), "--json"]
    result = CliRunner().invoke(app, asked)
    if number:
        assert result.exit_code == 0
        assert json.loads(result.stdout)["matricule"] == number
    else:
        assert result.exit_code == 2
        assert "no-such-beneficiary" in result.output


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        (Behaviour("none"), 3, "01"),
        (Behaviour("several"), 4, "02"),
        (Behaviour("fault", subcode="siram_100", code="desir_550"), 5, "desir_550"),
        (Behaviour("html"), 6, "unreachable:nonsense"),
    ],
)
def test_the_exit_code_says_how_it_went(
    simulator: Simulator, pki: TestPki, behaviour: Behaviour, status: int, code: str
) -> None:
    simulator.behave(behaviour)
    result = CliRunner().invoke(app, ["search", *ZOE, *access(simulator, pki), "--json", "--deadline", "1"])
    assert result.exit_code == status
    told = json.loads(result.stdout)
    assert told["code"] == code
    assert told.get("advice", "x")


def test_certificate_trouble_is_seven(simulator: Simulator, pki: TestPki, tmp_path: Path) -> None:
    other = make_pki(tmp_path)
    result = CliRunner().invoke(app, ["search", *ZOE, *access(simulator, pki), "--ca", str(other.ca), "--json"])
    assert result.exit_code == 7


def test_missing_options_are_named(simulator: Simulator, pki: TestPki) -> None:
    result = CliRunner().invoke(app, ["search", *ZOE])
    assert result.exit_code == 2
    assert "--endpoint" in result.output


def test_an_address_without_https_is_not_called(simulator: Simulator, pki: TestPki) -> None:
    result = CliRunner().invoke(app, ["search", *ZOE, *access(simulator, pki), "--endpoint", "http://localhost/lps"])
    assert result.exit_code == 2
    assert "https://" in result.output


def test_a_check_looks_at_the_certificate_and_asks_the_service(simulator: Simulator, pki: TestPki) -> None:
    result = CliRunner().invoke(app, ["check", *access(simulator, pki), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert {finding["level"] for finding in told["certificate"]} == {"ok"}
    assert told["service"]["code"] == "01"
    result = CliRunner().invoke(app, ["check", *access(simulator, pki), "--environment", "production"])
    assert result.exit_code == 5, "a simulator answers: refused in production"
    assert "issuer" in result.stdout


def test_a_key_in_a_token_is_configured_by_its_address_and_one_in_a_file_by_its_path(tmp_path: Path) -> None:
    section = {"endpoint": "https://a/", "certificate": "c.pem", "ca": "ca.pem", "idam": "x"}
    token = "pkcs11:token=insi;object=insi-auto?module-path=/usr/lib/x.so"
    for key, expected in ((token, token), ("k.pem", str(tmp_path / "k.pem")), ("/k.pem", "/k.pem")):
        read = InsiSection.model_validate(section | {"key": key}, context={"folder": tmp_path})
        assert read.key == expected


FILE = """
mode = "demo"
[kiosk]
data_dir = "data"
[sealing]
structure_key = "s.pem"
kiosk_key = "k.pem"
[console]
url = "https://console.test"
ca = "ca.pem"
[insi]
endpoint = "https://insi.test/lps"
certificate = "c.p12"
ca = "ca.pem"
idam = "TEST00000001"
"""


def test_an_option_wins_over_the_file_and_is_held_to_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(FILE)
    result = CliRunner().invoke(
        app, ["check", "--config", str(tmp_path / "kiosk.toml"), "--endpoint", "http://insi.test"]
    )
    assert result.exit_code == 2
    assert "https://" in result.output


def test_an_installation_without_a_number_of_its_own_is_told_the_same_way_with_a_file_and_without(
    tmp_path: Path,
) -> None:
    section = {"endpoint": "https://a/", "certificate": "c.pem", "ca": "ca.pem", "idam": "x"}
    from_file = config_from(InsiSection.model_validate(section, context={"folder": tmp_path}), "demo")
    bare = InsiConfig("https://a/", tmp_path / "c.pem", tmp_path / "ca.pem", "x", environment=Environment.DEMO)
    assert from_file == bare
