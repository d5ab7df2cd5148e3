"""The unit's list: why each dossier is there, since when in words, who confided it; each role lands on its own page."""

import re
from datetime import timedelta

import pytest

from tests.console.arrivals import arrive, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, LEO, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console")]


def _confided(host, person, ticket: str, reason: str, hours: int):
    """Somebody whom a host confided to the unit so many hours ago."""
    from django.utils import timezone

    from kiosk.console.models import Arrival

    check_in = arrive(person, ticket=ticket)
    post(host, f"/arrivees/{check_in.key}/prendre/")
    post(host, f"/arrivees/{check_in.key}/ecarter/", reason=reason)
    rewrite(Arrival.objects.filter(pk=check_in.key), decided_at=timezone.now() - timedelta(hours=hours, minutes=1))
    return check_in


def _rows(page: str) -> list[str]:
    text = re.sub(r"<[^>]*>", " ", page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].replace("</tr>", "\n"))
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def test_the_list_says_why_since_when_and_who_and_who_waits_longest_is_first() -> None:
    enrol()
    lea = at_desk("lea")
    _confided(lea, ZOE, "A1", "differences", 3)
    _confided(lea, TOUSSAINT, "A2", "looks-alike", 51)
    _confided(lea, LEO, "A3", "differences", 0)
    rows = _rows(get(at_desk("marc", "officer"), "/vigilance/").content.decode())
    assert [row.split()[0] for row in rows] == ["A2", "A1", "A3"]
    assert "Doublon ou homonyme possible" in rows[0] and "2 jours et 3 heures lea" in rows[0]
    assert "3 heures lea" in rows[1] and "moins d’une heure lea" in rows[2]


def test_the_list_is_narrowed_to_a_reason_or_to_those_with_a_note() -> None:
    enrol()
    lea, marc = at_desk("lea"), at_desk("marc", "officer")
    one = _confided(lea, ZOE, "A1", "differences", 3)
    _confided(lea, TOUSSAINT, "A2", "looks-alike", 2)
    post(marc, f"/arrivees/{one.key}/note/", note="Demander l’acte.")
    page = get(marc, "/vigilance/").content.decode()
    assert "Un trait diffère 1" in page and "Avec une note 1" in page
    for to, there in (("differences", "A1"), ("looks-alike", "A2"), ("note", "A1")):
        rows = _rows(get(marc, f"/vigilance/?pourquoi={to}").content.decode())
        assert [row.split()[0] for row in rows] == [there], to
    assert len(_rows(get(marc, "/vigilance/?pourquoi=nonsense").content.decode())) == 2


def test_what_the_console_put_there_says_so_and_since_when_it_did() -> None:
    from django.utils import timezone

    from kiosk.console import audit
    from kiosk.console.models import Arrival

    enrol()
    lea = at_desk("lea")
    check_in = _confided(lea, DOMINIQUE, "A1", "differences", 300)
    audit.record(audit.Act.INSI_OBSERVED, who="worker", about=check_in.key)
    rewrite(Arrival.objects.filter(pk=check_in.key), reason="other-answer")
    (row,) = _rows(get(at_desk("marc", "officer"), "/vigilance/").content.decode())
    assert "moins d’une heure la console, d’elle-même" in row
    assert timezone.now() - Arrival.objects.get(pk=check_in.key).decided_at > timedelta(days=12)


def test_what_a_colleague_has_open_is_still_counted_and_named_until_it_is_put_back() -> None:
    enrol()
    lea, marc, paul = at_desk("lea"), at_desk("marc", "officer"), at_desk("paul", "officer")
    one = _confided(lea, ZOE, "A1", "differences", 3)
    shown = get(paul, "/vigilance/").content.decode()
    assert "Dossiers confiés 1" in shown and "Ouverts en ce moment" not in shown
    post(marc, f"/arrivees/{one.key}/prendre/")
    shown = get(paul, "/vigilance/").content.decode()
    assert "Dossiers confiés 1" in shown and "A1</a> (marc)" in shown and "Aucun autre dossier" in shown
    assert "Dossiers confiés 1" in get(paul, "/vigilance/doublons/").content.decode()
    post(marc, f"/arrivees/{one.key}/rendre/")
    assert "Ouverts en ce moment" not in get(paul, "/vigilance/").content.decode()


@ON_SQLITE
@pytest.mark.parametrize(
    ("role", "home"),
    [("host", "/file/"), ("officer", "/vigilance/"), ("administrator", "/bornes/"), ("auditor", "/journal/")],
)
def test_each_role_lands_on_its_own_page_from_the_door_and_from_the_root(role: str, home: str) -> None:
    from tests.console.staff import PASSWORD, add, browser, code_of

    add("somebody", role)
    client = browser()
    said = {"username": "somebody", "password": PASSWORD, "code": code_of("somebody")}
    assert client.post("/connexion/", said, secure=True)["Location"] == home
    assert get(client, "/")["Location"] == home
    assert get(client, home).status_code == 200
