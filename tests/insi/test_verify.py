"""Verification: one identity, and a file of many that may be stopped anywhere."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.commands.insi import app
from kiosk.core.identity.matricule import OID_NIA, Matricule
from kiosk.core.sources.insi import InsFound
from kiosk.insi.bulk import COLUMNS, StoppedError, WrongFileError, verify_file
from kiosk.insi.client import InsiClient
from kiosk.insi.simulated.population import Person, generated
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki
from kiosk.insi.verify import StoredIdentity, Verification, VerificationVerdict, VerifyBySearch
from tests.insi.test_command import access
from tests.people import CATARINA, PIERRE, PIERRE_ALAIN, ZOE

STORED = StoredIdentity(PIERRE_ALAIN.matricule, PIERRE_ALAIN.traits())


@pytest.fixture
def verifier(client: InsiClient) -> VerifyBySearch:
    return VerifyBySearch(client.find_by_traits)


def test_what_is_stored_as_the_service_knows_it_is_confirmed(verifier: VerifyBySearch) -> None:
    for person in (ZOE, CATARINA, PIERRE_ALAIN):
        verification = verifier.verify(StoredIdentity(person.matricule, person.traits()), 8)
        assert (verification.verdict, verification.differences) == (VerificationVerdict.CONFIRMED, ())
        assert verification.answer.exchanges


@pytest.mark.parametrize(
    ("stored", "difference"),
    [
        (replace(STORED, matricule=replace(STORED.matricule, number="2090763220834")), "matricule-replaced"),
        (replace(STORED, matricule=replace(STORED.matricule, number="1090763220835")), "matricule"),
        (replace(STORED, matricule=replace(STORED.matricule, key="88")), "key"),
        (replace(STORED, matricule=replace(STORED.matricule, oid=OID_NIA)), "oid"),
        (replace(STORED, traits=replace(STORED.traits, birth_place_code="63221")), "birth-place"),
        (replace(STORED, traits=replace(STORED.traits, given_names_text="PIERRE-ALAIN MURIEL")), "given-names"),
    ],
)
def test_each_difference_has_its_name(verifier: VerifyBySearch, stored: StoredIdentity, difference: str) -> None:
    verification = verifier.verify(stored, 8)
    assert verification.verdict is VerificationVerdict.DIFFERENT
    assert difference in verification.differences


def test_nobody_is_not_the_same_as_no_answer(verifier: VerifyBySearch, simulator: Simulator) -> None:
    stored = StoredIdentity(Matricule("1840399990001", "00", "x"), PIERRE.traits())
    assert verifier.verify(stored, 8).verdict is VerificationVerdict.NOT_FOUND
    simulator.behave(Behaviour("several"))
    assert verifier.verify(STORED, 8).verdict is VerificationVerdict.SEVERAL
    simulator.behave(Behaviour("http"))
    assert verifier.verify(STORED, 8).verdict is VerificationVerdict.NOT_VERIFIED


def record(number: int, person: Person) -> dict[str, str]:
    names = " ".join(person.given_names)
    values = (f"P{number}", person.birth_name, names, person.sex, person.birth_date, person.place)
    return dict(zip(COLUMNS, (*values, person.number, person.key, person.oid), strict=True))


def write(path: Path, people: list[Person]) -> Path:
    records = [record(number, person) for number, person in enumerate(people, start=1)]
    if path.suffix == ".jsonl":
        lines = [json.dumps(each) for each in records]
    else:
        separator = ";" if "semicolon" in path.name else ","
        lines = [separator.join(COLUMNS), *(separator.join(each.values()) for each in records)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def results_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class Confirming:
    """A verifier that answers at once and counts; it may stop after so many."""

    def __init__(self, stop_after: int = -1) -> None:
        self.asked: list[str] = []
        self._stop_after = stop_after

    def verify(self, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verification:
        if len(self.asked) == self._stop_after:
            raise KeyboardInterrupt
        self.asked.append(stored.matricule.number)
        return Verification(VerificationVerdict.CONFIRMED, (), InsFound(stored.matricule, stored.traits))


@pytest.mark.parametrize("name", ["people.csv", "people-semicolon.csv", "people.jsonl"])
def test_each_line_of_a_file_gets_one_result_line(
    verifier: VerifyBySearch, simulator: Simulator, tmp_path: Path, name: str
) -> None:
    people = list(generated(30, 3))
    for person in people:
        simulator.population.add(person)
    people[4] = replace(people[4], place="99999")
    results = tmp_path / "out.jsonl"
    report = verify_file(verifier, write(tmp_path / name, people), results)
    told = results_of(results)
    assert [line["line"] for line in told] == list(range(1, 31))
    assert [line["id"] for line in told] == [f"P{number}" for number in range(1, 31)]
    assert told[4]["differences"] == ["birth-place"]
    assert report.done == 30
    assert report.verdicts.get("confirmed", 0) + report.verdicts.get("several", 0) == 29
    assert results.stat().st_mode & 0o777 == 0o600
    assert not any(person.birth_name in results.read_text() for person in people)


def test_a_run_stopped_anywhere_goes_on_without_a_line_twice_or_missing(tmp_path: Path) -> None:
    people = list(generated(40, 5))
    source, results = write(tmp_path / "people.jsonl", people), tmp_path / "out.jsonl"
    asked: list[str] = []
    for stop in (7, 1, 0, 13):
        verifier = Confirming(stop)
        with pytest.raises(KeyboardInterrupt):
            verify_file(verifier, source, results)
        asked += verifier.asked
        with results.open("ab") as file:
            file.write(b'{"line":99,"id":"P9')  # killed in the middle of a line
    verifier = Confirming()
    report = verify_file(verifier, source, results)
    assert asked + verifier.asked == [person.number for person in people]
    assert [line["line"] for line in results_of(results)] == list(range(1, 41))
    assert (report.skipped, report.done) == (21, 19)
    assert verify_file(Confirming(), source, results).done == 0


def test_results_of_another_file_are_not_gone_on_with(tmp_path: Path) -> None:
    results = tmp_path / "out.jsonl"
    verify_file(Confirming(), write(tmp_path / "a.jsonl", list(generated(5, 1))), results)
    other = write(tmp_path / "b.jsonl", list(generated(3, 1)))
    with pytest.raises(WrongFileError):
        verify_file(Confirming(), other, results)
    other.write_text(other.read_text().replace("P", "Q") * 3)
    with pytest.raises(WrongFileError):
        verify_file(Confirming(), other, results)
    results.write_text("something else\n")
    with pytest.raises(WrongFileError):
        verify_file(Confirming(), other, results)


def test_a_line_that_is_no_identity_gets_its_result_too(tmp_path: Path) -> None:
    source = tmp_path / "people.jsonl"
    good = json.dumps(record(1, next(generated(1, 1))))
    bad = ["{", "[]", "{}", '{"id":"x","sex":"I"}', "A" * 50_000, good.replace('"F"', '"X"').replace('"M"', '"X"')]
    source.write_text("\n".join([good, *bad, good]) + "\n")
    verify_file(Confirming(), source, tmp_path / "out.jsonl")
    told = results_of(tmp_path / "out.jsonl")
    assert [line["verdict"] for line in told] == ["confirmed", *["unreadable"] * 6, "confirmed"]


def test_a_service_that_goes_away_stops_the_run_and_nothing_false_is_written(
    verifier: VerifyBySearch, simulator: Simulator, tmp_path: Path
) -> None:
    source, results = write(tmp_path / "people.csv", list(generated(5, 3))), tmp_path / "out.jsonl"
    simulator.behave(Behaviour("http"))
    with pytest.raises(StoppedError) as stopped:
        verify_file(verifier, source, results)
    assert stopped.value.status == 6
    assert results.read_text() == ""
    simulator.behave(Behaviour("fault", subcode="siram_100", code="desir_560"))
    with pytest.raises(StoppedError) as stopped:
        verify_file(verifier, source, results)
    assert stopped.value.status == 5


def test_no_more_are_asked_a_second_than_allowed(tmp_path: Path) -> None:
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    source = write(tmp_path / "people.jsonl", list(generated(20, 5)))
    report = verify_file(Confirming(), source, tmp_path / "out.jsonl", rate=4, clock=lambda: now[0], wait=wait)
    assert now[0] == pytest.approx(19 / 4)
    assert report.told()["per_second"] <= 4.3


def test_the_command_reports_and_a_killed_one_goes_on(simulator: Simulator, pki: TestPki, tmp_path: Path) -> None:
    people = list(generated(150, 11))
    for person in people:
        simulator.population.add(person)
    source, results = write(tmp_path / "people.jsonl", people), tmp_path / "people.jsonl.results.jsonl"
    simulator.behave(Behaviour("slow", seconds=0.01))
    command = "from kiosk.commands.insi import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "verify", str(source), *access(simulator, pki)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    before = simulator.answered
    try:
        while simulator.answered < before + 40:
            assert process.poll() is None
            simulator.released.wait(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 0 < len(results.read_text().splitlines()) < 150
    simulator.behave(Behaviour())
    outcome = CliRunner().invoke(app, ["verify", str(source), *access(simulator, pki)])
    assert outcome.exit_code == 0
    told = json.loads(outcome.stdout)
    assert told["done"] + told["skipped"] == 150
    assert set(told["latency_ms"]) == {"p50", "p95", "p99"}
    assert [line["line"] for line in results_of(results)] == list(range(1, 151))


def test_two_runs_on_the_same_results_are_not_allowed(tmp_path: Path) -> None:
    source, results = write(tmp_path / "people.jsonl", list(generated(3, 5))), tmp_path / "out.jsonl"

    class Second:
        def verify(self, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verification:
            with pytest.raises(WrongFileError):
                verify_file(Confirming(), source, results)
            return Verification(VerificationVerdict.CONFIRMED, (), InsFound(stored.matricule, stored.traits))

    assert verify_file(Second(), source, results).done == 3


def test_a_wrong_file_is_told(tmp_path: Path, simulator: Simulator, pki: TestPki) -> None:
    source = tmp_path / "people.csv"
    source.write_text("a,b,c\n1,2,3\n")
    outcome = CliRunner().invoke(app, ["verify", str(source), *access(simulator, pki)])
    assert outcome.exit_code == 2
    assert "birth_name" in outcome.output


def test_in_production_many_are_verified_only_by_the_official_operation(
    simulator: Simulator, pki: TestPki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "people.jsonl", list(generated(3, 5)))
    command = ["verify", str(source), *access(simulator, pki), "--environment", "production"]
    before = simulator.answered
    closed = CliRunner().invoke(app, command)
    assert closed.exit_code == 2
    assert "recherche en masse" in closed.output and "[insi] verifier" in closed.output
    assert simulator.answered == before
    assert not (tmp_path / "people.jsonl.results.jsonl").exists()
    missing = CliRunner().invoke(app, [*command, "--verifier", "official"])
    assert missing.exit_code == 2
    assert "insi.verifier" in missing.output

    class PlugIn:
        name = "official"

        @staticmethod
        def load() -> object:
            return lambda _config: Confirming()

    monkeypatch.setattr("kiosk.plug_ins.entry_points", lambda group: [PlugIn()])
    done = CliRunner().invoke(app, [*command, "--verifier", "official"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["verdicts"] == {"confirmed": 3}
