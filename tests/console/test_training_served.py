"""``kiosk simulate arrivals``, as a trainer runs it: every case arrives, INSi answers as it says, its page opens."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import requests

from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import Simulator
from kiosk.insi.simulated.testpki import make_pki
from kiosk.sealing import save_signer
from kiosk.training.cases import BY_NAME, CASES, cast, everybody
from kiosk.training.choices import read_choices
from tests.console import warm
from tests.console.arrivals import SIGNER
from tests.console.nation import insi_section
from tests.console.served import ServedConsole
from tests.console.staff import words_of
from tests.demo.processes import wait_until
from tests.demo.staff import totp

pytestmark = [pytest.mark.starts, pytest.mark.timeout(300)]
BAND = "Formation : personnes inventées"
WITHIN = 90.0
OWN = """
[cases]
plain = 1

[[people]]
birth_name = "Dupont-Essai"
given_names = ["Élodie", "Anne"]
sex = "F"
birth_date = "1971-02-03"
birth_place = "63220"
"""


@dataclass
class Training:
    """A console in training, its worker, the simulated INSi, and the file of a kiosk that it knows."""

    served: ServedConsole
    kiosk: Path
    own: Path

    def arrivals(self, *words: str, config: Path | None = None) -> CompletedProcess[str]:
        return warm.run("kiosk.cli", "simulate", "arrivals", "--config", str(config or self.kiosk), *words)

    def sent(self, *words: str) -> list[dict[str, str]]:
        done = self.arrivals("--every", "0", "--json", *words)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def needs(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.served.folder / "data" / "console.sqlite3")) as database:
            return dict(database.execute("SELECT key, need FROM console_arrival").fetchall())


def kiosk_file(served: ServedConsole, mode: str = "training") -> Path:
    """The settings of a kiosk of this console, with its keys."""
    folder = served.folder / "terminal"
    folder.mkdir(exist_ok=True)
    (folder / "structure.pub").write_bytes(served.recipient.public_key.to_pem())
    if not (folder / "kiosk.pem").exists():
        save_signer(SIGNER, folder / "kiosk.pem")
    file = folder / f"{mode}.toml"
    file.write_text(
        f'mode = "{mode}"\n[kiosk]\nname = "borne-1"\ndesk = "3"\ndata_dir = "data"\n'
        '[camera]\ndriver = "opencv"\nsource = "/dev/video0"\n'
        '[sealing]\nstructure_key = "structure.pub"\nkiosk_key = "kiosk.pem"\n'
        f"[console]\nurl = {json.dumps(served.url.rstrip('/') or 'https://localhost:9')}\nca = '../console.pem'\n"
    )
    return file


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    folder = tmp_path_factory.mktemp("training")
    own = folder / "own.toml"
    own.write_text(OWN)
    pki = make_pki(folder / "pki")
    people = (*everybody(), *(one for each in read_choices(own).own() for one in each.known()))
    simulator = Simulator(pki.insi_certificate, pki.insi_key, pki.ca, Population(people))
    with simulator.running():
        served = ServedConsole(folder / "site", is_new=True)
        said = served.config.read_text().replace('mode = "demo"', 'mode = "training"')
        said = said.replace("trust_kiosk_answers = true", "intake_per_minute = 1000")
        served.config.write_text(said + insi_section(simulator, pki))
        served.start()
        worker = served.worker()
        try:
            yield Training(served, kiosk_file(served), own)
        finally:
            worker.end()
            served.stop()


def _unit(served: ServedConsole) -> requests.Session:
    """The browser of somebody of the unit, signed in."""
    account = served.add_staff("nora", "officer")
    session = requests.Session()
    session.trust_env = False
    session.verify = str(served.folder / "console.pem")
    url = served.url + "connexion/"
    page = session.get(url, timeout=30)
    assert BAND in page.text
    said = {
        "username": account["user"],
        "password": account["password"],
        "code": totp(account["totp_secret"], time.time()),
        "csrfmiddlewaretoken": page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0],
    }
    assert "/connexion" not in session.post(url, said, headers={"Referer": url}, timeout=30).url
    return session


def test_every_case_arrives_and_its_page_says_what_the_case_says(training: Training) -> None:
    sent = training.sent()
    expected = [case.name for case in CASES for _ in range(case.visits)]
    assert [one["case"] for one in sent] == expected
    due = {one["key"].replace("-", ""): BY_NAME[one["case"]].need for one in sent}
    wait_until(lambda: due.items() <= training.needs().items(), WITHIN, "what INSi says of each")
    session = _unit(training.served)
    for one in sent:
        page = session.get(f"{training.served.url}arrivees/{one['key']}/", timeout=30)
        assert page.status_code == 200 and BAND in page.text, one
        assert one["ticket"] in page.text
        assert (cast(BY_NAME[one["case"]]).person.birth_name in words_of(page.text)) is (one["case"] != "nothing"), one


def test_a_file_says_who_comes_and_repeating_is_safe(training: Training) -> None:
    first, again = (training.sent("--cases", str(training.own)) for _ in range(2))
    assert [one["case"] for one in first] == [one["case"] for one in again] == ["plain", "plain"]
    keys = {one["key"] for one in (*first, *again)}
    assert len(keys) == 4
    due = {key.replace("-", ""): "ready" for key in keys}
    wait_until(lambda: due.items() <= training.needs().items(), WITHIN, "that INSi knows a site's own people")


def test_so_many_people_come_as_are_asked_for(training: Training) -> None:
    assert len(training.sent("--people", "3")) == 3


def test_a_kiosk_s_file_of_production_sends_nobody(training: Training) -> None:
    before = training.needs().keys()
    done = training.arrivals(config=kiosk_file(training.served, "production"))
    assert done.returncode == 2
    assert done.stderr.strip() == "En production, aucune arrivée n'est simulée : rien n'a été envoyé."
    assert training.needs().keys() == before


def test_a_training_s_database_is_never_production_s(training: Training) -> None:
    file = training.served.folder / "production.toml"
    text = training.served.config.read_text().replace('mode = "training"', 'mode = "production"')
    file.write_text(text.split("\n[insi]")[0])
    for words in (("console",), ("worker", "--once"), ("console", "user", "add", "lea", "--role", "host")):
        done = warm.run("kiosk.cli", *words, "--config", str(file))
        assert done.returncode == 2
        assert "elle n'est jamais servie en production" in done.stderr


def test_a_console_in_production_takes_none_whatever_the_kiosk_s_file_says(tmp_path: Path) -> None:
    served = ServedConsole(tmp_path / "site")
    served.config.write_text(served.config.read_text().replace('mode = "demo"', 'mode = "production"'))
    served.start()
    try:
        done = Training(served, kiosk_file(served), tmp_path).arrivals("--people", "1")
        assert (done.returncode, done.stdout) == (1, "")
        assert "Cette console est en production : aucune personne inventée n'y entre" in done.stderr
        file = tmp_path / "site" / "training.toml"
        file.write_text(served.config.read_text().replace('mode = "production"', 'mode = "training"'))
        done = warm.run("kiosk.cli", "worker", "--once", "--config", str(file))
        assert done.returncode == 2 and "Cette base a déjà servi" in done.stderr
    finally:
        served.stop()
