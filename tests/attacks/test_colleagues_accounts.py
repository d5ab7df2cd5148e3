"""A colleague who keeps the accounts: alone they make nobody, renew nobody, link nobody, and never hold a secret."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.console.served import ServedConsole
from tests.demo.enrolling import PASSWORD, Visitor, enrol, sign_in

pytestmark = pytest.mark.timeout(300)  # hashes of passwords, at their real cost
Account = dict[str, str]


@dataclass
class House:
    """A console with its first administrator and its officer, who enrolled by the server's command."""

    console: ServedConsole
    ada: Visitor
    ines: Visitor
    accounts: dict[str, Account]

    def ask(self, name: str, role: str = "officer") -> tuple[str, int]:
        """What the administrator does: the code shown, and the number of what was asked."""
        page = self.ada.post("/comptes/ajouter/", username=name, role=role)
        return _code(page), self.number(name)

    def number(self, name: str) -> int:
        """Of the latest request about somebody, as the officer's page says."""
        rows = re.findall(
            r"<tr><td><b>([^<]+)</b>.*?demandes/(\d+)/accepter/", self.ines.get("/comptes/demandes/"), re.S
        )
        return int(dict(rows)[name])

    def agree(self, number: int, **said: str) -> str:
        page = self.ines.post(f"/comptes/demandes/{number}/accepter/", **said)
        return "".join(re.findall(r"(/inscription/\d+/[^<]+)<", page))

    def owner(self, name: str, role: str = "host") -> Account:
        """An account made by both, and enrolled by its owner."""
        code, number = self.ask(name, role)
        secret = enrol(self.console.visitor(), self.agree(number), code=code)
        return {"user": name, "password": PASSWORD, "totp_secret": secret}


def _code(page: str) -> str:
    return re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4})</code>", page)[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    console = ServedConsole(tmp_path_factory.mktemp("colleagues"))
    console.start()
    accounts = {name: console.add_staff(name, role) for name, role in (("ada", "administrator"), ("ines", "officer"))}
    windows = {name: console.visitor() for name in accounts}
    for name, window in windows.items():
        sign_in(window, accounts[name])
        assert window.status == 200 and "/connexion/" not in window.at
    yield House(console, windows["ada"], windows["ines"], accounts)
    console.stop()


def test_an_administrator_alone_makes_no_officer_and_knows_no_secret(house: House) -> None:
    code, number = house.ask("mallory")
    assert "otpauth" not in house.ada.get("/comptes/") and "<svg" not in house.ada.get("/comptes/")
    house.ada.post(f"/comptes/demandes/{number}/accepter/")  # what they asked themselves
    assert "/inscription/" not in house.ada.get("/comptes/demandes/")
    thief = house.console.visitor()
    for path in (f"/inscription/{number}/{code}/", f"/inscription/{number}/x/"):
        thief.get(path)
        assert thief.status == 404
    sign_in(thief, {"user": "mallory", "password": PASSWORD, "totp_secret": "A" * 32})
    assert thief.status == 403


def test_neither_half_enrols_alone_and_a_link_serves_its_owner_once(house: House) -> None:
    code, number = house.ask("lea", "host")
    path = house.agree(number)
    thief, owner = house.console.visitor(), house.console.visitor()
    thief.get(path)  # who agreed has the link, not the code
    shown = re.findall(r'id="secret">(\w+)<', thief.body.decode())
    page = thief.post(path, half="AAAA-AAAA", wanted=PASSWORD, again=PASSWORD, code="000000")
    assert thief.status == 403 and "remis par l’administrateur" in page
    secret = enrol(owner, path, code=code)
    assert secret not in shown  # what another window was shown is worth nothing
    thief.get(path)
    assert thief.status == 404
    page = sign_in(owner, {"user": "lea", "password": PASSWORD, "totp_secret": secret})
    assert owner.at.endswith("/file/")


def test_five_wrong_codes_end_a_link(house: House) -> None:
    code, number = house.ask("guessed", "host")
    path, thief = house.agree(number), house.console.visitor()
    thief.get(path)
    statuses = []
    for _ in range(5):
        thief.post(path, half="AAAA-AAAA", wanted=PASSWORD, again=PASSWORD, code="000000")
        statuses.append(thief.status)
    thief.post(path, half=code, wanted=PASSWORD, again=PASSWORD, code="000000")
    assert [*statuses, thief.status] == [403] * 5 + [404]


def test_renewing_takes_two_leaves_the_owner_what_they_have_and_they_may_refuse_it(house: House) -> None:
    marc, window = house.owner("marc", "officer"), house.console.visitor()
    sign_in(window, marc)
    pk = re.findall(r"comptes/(\d+)/renouveler/\"[^/]*?>.*?visually-hidden\"> marc<", house.ada.get("/comptes/"))[-1]
    house.ada.post(f"/comptes/{pk}/renouveler/")
    number = house.number("marc")
    assert "accès à refaire : mot de passe et application" in window.get("/mon-compte/")
    window.post(f"/comptes/demandes/{number}/accepter/")  # nobody agrees to what is about themselves
    window.post(f"/comptes/demandes/{number}/refuser/")
    assert house.agree(number) == ""
    again = house.console.visitor()
    assert "demande pour un compte" in sign_in(again, marc)  # told at the next sign-in, by whom
    assert "nouveaux accès" in again.get("/mon-compte/")


def test_an_identity_is_linked_only_by_two_who_know_it(house: House) -> None:
    house.owner("zoe.host")
    pk = re.findall(r"comptes/(\d+)/renouveler/\"[^/]*?>.*?visually-hidden\"> zoe.host<", house.ada.get("/comptes/"))[
        -1
    ]
    house.ada.post(f"/comptes/{pk}/lier/", national_id="899700000001")  # the administrator's own
    number = house.number("zoe.host")
    house.agree(number, national_id="899700218896")  # hers, as the officer knows it
    assert house.number("zoe.host") == number  # not linked, still asked


def test_recovery_by_the_server_s_command_is_an_alarm_until_an_officer_has_seen_it(house: House) -> None:
    assert "Alertes à vérifier" not in house.ines.get("/file/")
    done = house.console.run("console", "user", "renew", "ada")
    assert done.returncode == 0 and "/inscription/" in done.stdout
    assert "Alertes à vérifier" in house.ines.get("/file/")
    page = house.ines.get("/alertes/")
    [name] = re.findall(r'name="name" value="(command:[^"]+)"', page)
    house.ines.post("/alertes/vu/", name=name)
    assert "Alertes à vérifier" not in house.ines.get("/file/")


def test_owners_see_their_sessions_and_end_the_one_that_is_not_theirs(house: House) -> None:
    paul = house.owner("paul")
    own, stolen = house.console.visitor(), house.console.visitor()
    sign_in(own, paul)
    sign_in(stolen, paul)
    [name] = re.findall(r"/sessions/(\w+)/terminer/", own.get("/mon-compte/"))
    own.post(f"/mon-compte/sessions/{name}/terminer/")
    stolen.get("/file/")
    assert stolen.at.endswith("/connexion/")
    assert own.get("/file/") and own.at.endswith("/file/")
