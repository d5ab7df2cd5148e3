"""Who works here is told that the register is in doubt, and an officer says that it was seen; figures say it too."""

import pytest

from kiosk.console import audit
from kiosk.console.models import AuditEntry
from kiosk.console.site import metrics
from kiosk.console.witness import findings
from tests.console.arrivals import enrol
from tests.console.staff import at_desk, get, post
from tests.console.test_audit import _behind_its_back
from tests.console.test_register_check import turns
from tests.console.test_witness import beat, cut_to

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]  # plays page after page
WARNED = "Registre à vérifier"
PAGES = {"host": "/file/", "officer": "/vigilance/", "administrator": "/bornes/", "auditor": "/journal/"}


@pytest.fixture(autouse=True)
def _acts(console: object) -> None:
    enrol()
    for number in range(9):
        audit.record(audit.Act.OPENED, who="lea", about=f"dossier-{number}")


def lose() -> None:
    """A kiosk brings back more than the trail holds."""
    witness = beat().headers["X-Console-Mark"]
    cut_to(3)
    beat(witness)


@pytest.mark.parametrize("role", PAGES)
def test_every_role_is_told_on_every_page_until_an_officer_has_seen_it(role: str) -> None:
    client = at_desk("someone", role)
    assert WARNED not in get(client, PAGES[role]).content.decode()
    lose_after_sign_in()
    page = get(client, PAGES[role]).content.decode()
    assert WARNED in page
    assert ("/registre/" in page.split(WARNED)[1].split("</div>")[0]) == (role != "host")
    findings.see([one.name for one in findings.unseen()], "ines", where="")
    assert WARNED not in get(client, PAGES[role]).content.decode()


def lose_after_sign_in() -> None:
    """As ``lose``, but who has signed in stays so."""
    for _ in range(20):
        audit.record(audit.Act.OPENED, who="lea")
    witness = beat().headers["X-Console-Mark"]
    cut_to(audit.last_number() - 5)
    beat(witness)


def test_an_officer_sees_what_it_is_and_says_so_in_the_trail() -> None:
    lose()
    client = at_desk("ines", "officer")
    page = get(client, "/registre/").content.decode()
    assert "Un témoin a vu l’acte 10 du journal ; la base ne le contient plus." in page
    assert ">borne-1<" in page and "borne borne" not in page and "personne" in page
    names = [one.name for one in findings.unseen()]
    assert post(client, "/registre/vu/", name=names).status_code == 302
    assert not findings.in_doubt()
    after = get(client, "/registre/").content.decode()
    assert "ines, " in after and "J’ai vu" not in after
    assert AuditEntry.objects.get(act="register-seen").who == "ines"


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_others_see_it_and_cannot_say_that_it_was_seen(role: str) -> None:
    lose()
    client = at_desk("ada", role)
    page = get(client, "/registre/").content.decode()
    assert "Un témoin a vu l’acte" in page and "J’ai vu" not in page
    assert post(client, "/registre/vu/", name=[one.name for one in findings.unseen()]).status_code == 403
    assert findings.in_doubt()


def test_a_right_taken_in_an_emergency_is_not_enough_to_say_so() -> None:
    from kiosk.console.models import Staff
    from kiosk.console.staff import emergencies

    lose()
    client = at_desk("lea", "host")
    emergencies.take(Staff.objects.get(username="lea"), "vigilance", "personne de la cellule cette nuit", where="")
    assert post(client, "/registre/vu/", name=[one.name for one in findings.unseen()]).status_code == 403
    assert findings.in_doubt()


def test_only_what_the_page_showed_was_seen() -> None:
    lose()
    [first] = [one.name for one in findings.unseen()]
    _behind_its_back("UPDATE console_auditentry SET who = 'marc' WHERE number = 2")
    turns(1)
    client = at_desk("ines", "officer")
    post(client, "/registre/vu/", name=[first, "altered:99-none"])
    assert [one.code for one in findings.unseen()] == ["altered"]


def test_the_figures_say_it_and_who_has_seen_how_much() -> None:
    witness = beat().headers["X-Console-Mark"]
    beat(witness)
    beat("kiosk-head-1 99 made up")
    turns(1)
    figures = metrics.text()
    assert "console_register_findings 0" in figures and "console_trail_acts 10" in figures
    assert 'console_witness_number{by="kiosk:borne-1"} 10' in figures
    assert 'console_witness_refused{by="kiosk:borne-1"} 1' in figures
    assert 'console_register_read_seconds{check="trail"} 0' in figures
    cut_to(3)
    beat(witness)
    assert "console_register_findings 1" in metrics.text()
