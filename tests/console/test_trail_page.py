"""The trail as the auditor reads it: a sentence for every act, narrowed by dossier, person, act, staff and period."""

import re
from datetime import timedelta
from html import unescape

import pytest

from kiosk.console.audit import Act
from kiosk.console.vigilance import consulting, sentences
from tests.console.arrivals import arrive, enrol
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, half_a_minute_later, post, sign_in
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console")]


def _sentences(page: str) -> list[str]:
    rows = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]
    cells = [re.sub(r"<span class=\"more-said\">.*?</span>", "", row.split("</td>")[1]) for row in rows]
    return [unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in cells]


def _read(client, path: str = "/journal/") -> list[str]:
    return _sentences(get(client, path).content.decode())


def _number(client, **said: str):
    return client.post("/journal/", {"numero": "", "acte": "", "agent": "", "du": "", "au": ""} | said, secure=True)


def _morning():
    """Two people at the desk: one looked at and qualified, one looked at."""
    enrol()
    zoe, toussaint = arrive(ZOE, ticket="A125"), arrive(TOUSSAINT, ticket="A126")
    marc = at_desk("marc", "officer")
    for one in (zoe, toussaint):
        get(marc, f"/arrivees/{one.key}/")
    post(marc, f"/arrivees/{zoe.key}/prendre/")
    said = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}
    post(marc, f"/arrivees/{zoe.key}/qualifier/", **said)
    return zoe, toussaint


@ON_SQLITE
@pytest.mark.parametrize("act", Act)
def test_every_act_is_a_french_sentence(act: Act) -> None:
    said = sentences.SENTENCES[act]
    assert said[0].islower() and not said.endswith(".") and said.count(sentences.IT) <= 1


def test_each_act_says_who_did_what_to_which_dossier() -> None:
    _morning()
    read = _read(at_desk("anne", "auditor"))
    assert read[0] == "anne a ouvert sa session"
    for words in ("marc a ouvert le dossier A125", "marc a qualifié l’identité du dossier A125"):
        assert words in read, read
    assert "marc a ouvert le dossier A126" in read and "Une borne a envoyé le dossier A125" in read


def test_a_number_leads_to_its_dossier_and_no_address_bears_it() -> None:
    zoe, _other = _morning()
    anne = at_desk("anne", "auditor")
    led = _number(anne, numero="a125")
    assert led.status_code == 302 and led["Location"] == f"/journal/?dossier={zoe.key}"
    read = _read(anne, led["Location"])
    assert "marc a ouvert le dossier A125" in read
    assert not [one for one in read if "A126" in one or "session" in one]
    third = arrive(TOUSSAINT, ticket="A125")  # somebody has that number already
    assert _number(anne, numero="A125 BIS")["Location"] == f"/journal/?dossier={third.key}"
    nobody = _number(anne, numero="Z999").content.decode()
    assert "Aucun dossier n’a eu ce numéro" in nobody and 'aria-describedby="numero-wrong" autofocus' in nobody


def test_it_is_narrowed_by_act_by_staff_and_by_machine() -> None:
    _morning()
    anne = at_desk("anne", "auditor")
    assert _read(anne, "/journal/?acte=qualified") == ["marc a qualifié l’identité du dossier A125"]
    assert {one.split()[0] for one in _read(anne, "/journal/?agent=marc")} == {"marc"}
    assert {one[:9] for one in _read(anne, "/journal/?agent=-kiosk")} == {"Une borne"}
    both = _number(anne, acte="opened", agent="marc")["Location"]
    assert both == "/journal/?acte=opened&agent=marc"
    assert _read(anne, both) == ["marc a ouvert le dossier A126", "marc a ouvert le dossier A125"]
    assert "Aucun acte ne correspond." in get(anne, "/journal/?acte=nonsense").content.decode()


def test_a_period_is_written_as_people_write_it_and_what_is_not_a_day_is_said_beside_it() -> None:
    from django.utils import timezone

    _morning()
    anne, today = at_desk("anne", "auditor"), timezone.localdate()
    written, before = today.strftime("%d/%m/%Y"), (today - timedelta(days=1)).strftime("%d/%m/%Y")
    assert _read(anne, f"/journal/?du={written}&au={written}&acte=qualified")
    assert "Aucun acte ne correspond" in get(anne, f"/journal/?au={before}").content.decode()
    for said in ("31/02/2026", "hier"):
        page = _number(anne, du=said).content.decode()
        assert "Écrivez la date comme 21/01/1980." in page and 'aria-describedby="du-wrong" autofocus' in page
        assert f'value="{said}"' in page and "Corrigez" in page
    assert "La fin est avant le début." in _number(anne, du=written, au=before).content.decode()


@ON_SQLITE
def test_a_day_before_any_or_after_the_last_of_the_calendar_is_said_beside_it_too() -> None:
    anne = at_desk("anne", "auditor")
    for said in ({"du": "01/01/0001"}, {"au": "31/12/9999"}, {"du": "30/12/9999", "au": "31/12/9999"}):
        for answer in (anne.get("/journal/", said, secure=True), _number(anne, numero="A12", **said)):
            assert (answer.status_code, "Écrivez la date comme 21/01/1980." in answer.content.decode()) == (200, True)


def test_pages_follow_each_other_without_losing_an_act_and_keep_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consulting, "SHOWN", 3)
    _morning()
    anne = at_desk("anne", "auditor")
    whole, path = [], "/journal/?agent=marc"
    while path:
        page = get(anne, path).content.decode()
        whole += _sentences(page)
        older = re.search(r'<a href="([^"]*)">Plus anciens', page)
        path = unescape(older[1]) if older else ""
    monkeypatch.setattr(consulting, "SHOWN", 500)
    assert whole == _read(anne, "/journal/?agent=marc") and len(whole) > 6


def test_all_about_a_person_is_what_was_done_in_each_of_their_visits() -> None:
    from kiosk.console.models import Arrival

    zoe, _toussaint = _morning()
    again = arrive(ZOE, ticket="A130")
    marc, person = at_desk("ines", "officer"), Arrival.objects.get(pk=zoe.key).person
    post(marc, f"/arrivees/{again.key}/prendre/")
    if Arrival.objects.get(pk=again.key).person is None:
        post(marc, f"/arrivees/{again.key}/personne/", whose=str(person.pk))
    anne = at_desk("anne", "auditor")
    one = get(anne, f"/journal/?dossier={zoe.key}").content.decode()
    assert "A130" not in " ".join(_sentences(one)) and f"dossier={zoe.key}&amp;personne=1" in one
    read = " ".join(_read(anne, f"/journal/?dossier={zoe.key}&personne=1"))
    assert "A125" in read and "A130" in read and "A126" not in read


@pytest.mark.parametrize("console", [pytest.param("postgresql", marks=pytest.mark.starts)], indirect=True)
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (consulting.Asked(act="opened"), "console_by_act"),
        (consulting.Asked(who="marc"), "console_by_who"),
        (consulting.Asked(), "console_auditentry_pkey"),
    ],
)
def test_what_is_asked_of_the_trail_goes_through_an_index(asked: consulting.Asked, index: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    with CaptureQueriesContext(connection) as heard:
        consulting.page(asked)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + heard[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan and "Seq Scan" not in plan, plan


def test_whom_an_auditor_looks_up_is_an_act_about_them_once_however_many_pages_are_turned() -> None:
    from kiosk.console.models import Arrival, AuditEntry

    zoe, other = _morning()
    anne, marc = at_desk("anne", "auditor"), "marc"
    written = AuditEntry.objects.filter(act=Act.TRAIL_READ)
    _read(anne)
    _read(anne, f"/journal/?agent={marc}")
    assert not written.exists()  # nobody was looked up
    address = f"/journal/?dossier={zoe.key}"
    for path in (address, address, f"{address}&acte=opened", f"{address}&avant=9999999"):
        get(anne, path)
    assert list(written.values_list("who", "about")) == [("anne", zoe.key)]
    person = str(Arrival.objects.get(pk=zoe.key).person_id)
    get(anne, f"{address}&personne=1")
    assert {about for (about,) in written.values_list("about")} == {zoe.key, person}
    get(anne, f"/journal/?dossier={other.key}")
    get(anne, address)
    assert written.filter(about=zoe.key).count() == 3
    assert "anne a cherché dans le journal le dossier A125" in _read(anne)
    half_a_minute_later()
    assert post(sign_in("marc"), f"/arrivees/{zoe.key}/annuler/").status_code == 302  # it moves no visit
    assert Arrival.objects.get(pk=zoe.key).stage != "done"
