"""A stolen kiosk is revoked on the page: by an administrator, who says so twice, and the trail tells of it."""

from pathlib import Path

import pytest

from tests.console.arrivals import check_in_of, deliver, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.served import ServedConsole
from tests.console.staff import PASSWORD, at_desk, get, post, words_of
from tests.demo import enrolling
from tests.people import ZOE

ADDRESS = "/bornes/revoquer/"


@pytest.fixture
def enrolled(console: object) -> None:
    enrol()


@pytest.mark.usefixtures("enrolled")
def test_an_administrator_revokes_a_kiosk_with_their_password_and_it_is_heard_no_more() -> None:
    from kiosk.console.models import AuditEntry, Terminal

    ada = at_desk("ada", "administrator")
    assert f'href="{ADDRESS}?borne=borne-1"' in get(ada, "/bornes/").content.decode()
    asked = words_of(get(ada, f"{ADDRESS}?borne=borne-1").content.decode())
    assert "Révoquer borne-1" in asked and "rien de ce qu’elle envoie n’entre" in asked
    for wrong in ("", "not it"):
        refused = post(ada, ADDRESS, borne="borne-1", password=wrong)
        assert refused.status_code == 403 and "La borne est encore écoutée" in refused.content.decode()
    assert Terminal.objects.get().revoked_at is None
    assert deliver(check_in_of(ZOE)).status_code == 201
    assert post(ada, ADDRESS, borne="borne-1", password=PASSWORD)["Location"] == "/bornes/"
    assert "La borne borne-1 est révoquée." in get(ada, "/bornes/").content.decode()
    assert deliver(check_in_of(ZOE)).status_code == 401
    assert AuditEntry.objects.get(act="kiosk-revoked").who == "ada"
    assert post(ada, ADDRESS, borne="borne-1", password=PASSWORD).status_code == 302  # it was: nothing more is said
    assert AuditEntry.objects.filter(act="kiosk-revoked").count() == 1


@ON_SQLITE
@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize("name", ["", "nobody", "x" * 300, "../borne-1", "<script>"])
def test_a_kiosk_that_is_not_there_leads_back_to_the_list(name: str) -> None:
    from kiosk.console.models import AuditEntry

    ada = at_desk("ada", "administrator")
    for answer in (ada.get(ADDRESS, {"borne": name}, secure=True), post(ada, ADDRESS, borne=name, password=PASSWORD)):
        assert answer.status_code == 302 and answer["Location"] == "/bornes/"
        assert not AuditEntry.objects.filter(act="kiosk-revoked").exists()


@ON_SQLITE
@pytest.mark.usefixtures("enrolled")
def test_who_guesses_the_password_there_is_signed_out_and_nobody_else_comes_there() -> None:
    from kiosk.console.models import Terminal

    ada = at_desk("ada", "administrator")
    answers = [post(ada, ADDRESS, borne="borne-1", password=f"guess {n}") for n in range(5)]
    assert [one.status_code for one in answers] == [403] * 4 + [302] and answers[-1]["Location"] == "/connexion/"
    for role in ("host", "officer", "auditor"):
        client = at_desk(f"some-{role}", role)
        assert post(client, ADDRESS, borne="borne-1", password=PASSWORD).status_code == 403
    assert Terminal.objects.get().revoked_at is None


@pytest.mark.starts
def test_at_a_served_console_it_is_heard_no_more_at_once(tmp_path: Path) -> None:
    served = ServedConsole(tmp_path / "console")
    (served.folder / "data").chmod(0o755)
    served.start()
    try:
        assert (served.folder / "data").stat().st_mode & 0o777 == 0o750  # no other account of the machine comes in
        account, visitor = served.add_staff("ada", "administrator"), served.visitor()
        enrolling.sign_in(visitor, account)
        assert served.deliver(check_in_of(ZOE)) == 201
        visitor.get(f"{ADDRESS}?borne=borne-1")
        page = visitor.post(ADDRESS, borne="borne-1", password=account["password"])
        assert "La borne borne-1 est révoquée." in page and visitor.at.endswith("/bornes/")
        assert served.deliver(check_in_of(ZOE)) == 401
        assert served.put("/intake/heartbeat", b"{}") == 401
    finally:
        served.stop()
