"""What stands over the day's work: the unit's list, indicators, kiosks, accounts, the trail's export."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival
from kiosk.console.views.oversight import harmless
from kiosk.console.vigilance import indicators
from kiosk.core.sources.insi import InsNotFound
from kiosk.insi.simulated.testpki import make_pki
from kiosk.settings import InsiSection
from tests.console.arrivals import arrive, enrol, mrz_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def test_indicators_count_what_happened_in_the_period() -> None:
    plain = arrive(ZOE)
    arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))
    arrive(ZOE, InsNotFound())
    client = at_desk("marc", "officer")
    post(client, f"/arrivees/{plain.key}/prendre/")
    post(client, f"/arrivees/{plain.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    today = timezone.localdate()
    found = {one.code: (one.count, one.total) for one in indicators.of(indicators.Period(today, today))}
    assert found["status-QUALIFIED"] == (1, 3)
    assert found["status-PROVISIONAL"] == (2, 3)
    assert found["insi-success"] == (2, 3)
    assert found["discordance"] == (1, 2)
    assert found["not-found"] == (1, 3)
    tomorrow = today + timedelta(days=1)
    later = {one.code: one.total for one in indicators.of(indicators.Period(tomorrow, tomorrow))}
    assert {code for code, total in later.items() if total} == {"downgrades"}  # one is qualified by then


def test_a_qualification_taken_back_is_a_downgrade() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    post(client, f"/arrivees/{check_in.key}/prendre/")
    post(client, f"/arrivees/{check_in.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    post(client, f"/arrivees/{check_in.key}/annuler/")
    today = timezone.localdate()
    found = {one.code: one.count for one in indicators.of(indicators.Period(today, today))}
    assert found["downgrades"] == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("2026-02-30", "x"), ("2026-03-02", "2026-03-01"), ("0001-01-01", "9999-12-31")]
)
def test_a_nonsensical_period_is_the_last_thirty_days(first: str, last: str) -> None:
    today = date(2026, 11, 21)
    assert indicators.period_of(first, last, today) == indicators.Period(date(2026, 10, 23), today)


@ON_SQLITE
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_exported_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == "'" + cell
    assert harmless(12) == 12
    assert harmless("A12") == "A12"


def test_the_trail_is_exported_whole_for_the_auditor() -> None:
    from kiosk.console import audit

    audit.record(audit.Act.ACCOUNT_ADDED, who="=cmd|' /C calc'!A0")
    client = at_desk("aude", "auditor")
    text = get(client, "/journal/export.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][0] == "numéro"
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, len(rows))]
    assert "'=cmd|' /C calc'!A0" in [row[2] for row in rows]
    assert rows[-1][4] == "exported"


def test_a_long_trail_is_exported_in_several_files_without_losing_an_act(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console import audit
    from kiosk.console.views import trail

    monkeypatch.setattr(trail, "ACTS_IN_A_FILE", 4)
    client = at_desk("aude", "auditor")
    while audit.last_number() < 10:
        audit.record(audit.Act.ACCOUNT_ADDED, who="somebody")
    files = re.findall(r'href="(/journal/export\.csv\?from=\d+)"', get(client, "/journal/").content.decode())
    assert len(files) == 3
    numbers = []
    for path in files:
        rows = list(csv.reader(io.StringIO(get(client, path).content.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) <= 5
        numbers += [int(row[0]) for row in rows[1:]]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 10


def test_indicators_can_be_downloaded() -> None:
    arrive(ZOE)
    client = at_desk("aude", "auditor")
    rows = list(
        csv.reader(io.StringIO(get(client, "/indicateurs/?format=csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert rows[0] == ["du", "au", "borne", "guichet", "indicateur", "formule", "valeur", "sur", "pourcentage"]
    assert {len(row) for row in rows} == {9}
    assert len(rows) > 20
    [retrieved] = [row for row in rows if row[4] == "Identités récupérées"]
    assert retrieved[6:] == ["1", "1", "100,0"]


def test_every_indicator_says_its_formula_and_the_page_shows_it() -> None:
    arrive(ZOE)
    today = timezone.localdate()
    told = indicators.of(indicators.Period(today, today))
    assert len({one.code for one in told}) == len(told) >= 20
    assert all(one.formula and "{" not in one.formula for one in told)
    page = get(at_desk("marc", "officer"), "/indicateurs/").content.decode()
    assert "réponses 00" in page and "<svg" in page


def test_indicators_are_narrowed_to_one_kiosk_and_one_service() -> None:
    enrol("borne-2")
    arrive(ZOE)
    arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT), desk="4")
    client = at_desk("marc", "officer")
    assert "selected>borne-1" in get(client, "/indicateurs/?kiosk=borne-1&desk=4").content.decode()
    today = timezone.localdate()

    def total(kiosk: str, desk: str) -> int:
        return next(iter(indicators.of(indicators.Period(today, today, kiosk, desk)))).total

    assert (total("", ""), total("borne-1", ""), total("borne-2", ""), total("", "4"), total("", "9")) == (
        2,
        2,
        0,
        1,
        0,
    )
    assert [one.count for one in indicators.reasons(indicators.Period(today, today, "", "3"))] == []
    assert [one.count for one in indicators.reasons(indicators.Period(today, today, "", "4"))] != []


def test_the_reasons_of_discordances_and_the_waiting_times_are_counted() -> None:
    plain = arrive(ZOE, arrived_at=(timezone.now() - timedelta(minutes=7)).isoformat())
    arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))
    client = at_desk()
    post(client, f"/arrivees/{plain.key}/prendre/")
    post(client, f"/arrivees/{plain.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    today = timezone.localdate()
    period = indicators.Period(today - timedelta(days=1), today)
    told = {one.label: one.count for one in indicators.reasons(period)}
    assert told["Sexe : le sexe est différent"] == 1
    assert "Date de naissance : les dates de naissance sont différentes" in told
    assert [one.count for one in indicators.waiting(period)] == [0, 1, 0, 0, 0, 0]
    found = {one.code: one.count for one in indicators.of(period)}
    assert (found["delay"], found["qualified-delay"], found["qualified-delay-90"]) == (7, 7, 7)
    chart = indicators.days(period)
    assert [(one.arrivals, one.qualified) for one in chart if one.arrivals][-1][1] <= 1
    assert sum(one.arrivals for one in chart) == 2 and max(one.height for one in chart) == 100


def test_lost_qualifications_and_collisions_are_counted_with_the_place_they_came_from() -> None:
    check_in = arrive(ZOE)
    officer = at_desk("marc", "officer")
    path = f"/arrivees/{check_in.key}/"
    post(officer, path + "prendre/")
    post(officer, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-person")
    today = timezone.localdate()
    for kiosk, expected in (("", 1), ("borne-1", 1), ("borne-9", 0)):
        found = {one.code: one.count for one in indicators.of(indicators.Period(today, today, kiosk))}
        assert (found["downgrades"], found["collisions"]) == (expected, expected)


def _set_aside_by_a_host() -> str:
    host, path = at_desk(), f"/arrivees/{arrive(ZOE).key}/"
    post(host, path + "prendre/")
    post(host, path + "ecarter/", reason="looks-alike")
    return path


def test_the_unit_sees_what_was_set_aside_and_takes_it_up() -> None:
    path = _set_aside_by_a_host()
    officer = at_desk("marc", "officer")
    assert "Doublon ou homonyme possible" in get(officer, "/vigilance/").content.decode()
    post(officer, path + "prendre/")
    post(officer, path + "qualifier/", evidence="PA", said="1", seen=READ, first_given_name="ZOE")
    assert "Aucun dossier n’attend" in get(officer, "/vigilance/").content.decode()


def test_what_the_unit_takes_up_and_puts_back_undecided_still_waits_for_the_unit() -> None:
    path = _set_aside_by_a_host()
    officer = at_desk("marc", "officer")
    post(officer, path + "prendre/")
    page = get(officer, path).content.decode()
    assert "Reposer, rien ne change" in page and "Remettre dans la file" not in page and "Patient parti" not in page
    post(officer, path + "rendre/")
    after = Arrival.objects.get()
    assert (after.stage, after.reason) == ("set-aside", "looks-alike")
    assert "Doublon ou homonyme possible" in get(officer, "/vigilance/").content.decode()
    post(officer, path + "prendre/")
    post(officer, path + "qualifier/", evidence="PA", said="1", seen=READ, first_given_name="ZOE")
    post(officer, path + "prendre/")
    post(officer, path + "rendre/")
    assert Arrival.objects.get().stage == "done"


def test_whom_the_unit_sends_to_a_desk_waits_there_also_after_a_host_put_them_back() -> None:
    path = _set_aside_by_a_host()
    host, officer = at_desk("paul"), at_desk("marc", "officer")
    post(officer, path + "prendre/")
    post(officer, path + "guichet/", desk="4")
    post(host, path + "prendre/")
    assert "Remettre dans la file" in get(host, path).content.decode()
    post(host, path + "rendre/")
    assert (Arrival.objects.get().stage, Arrival.objects.get().desk) == ("waiting", "4")


def test_the_administrator_sees_kiosks_and_accounts_and_nobody_s_identity() -> None:
    arrive(ZOE)
    client = at_desk("ada", "administrator")
    text = get(client, "/bornes/").content.decode() + get(client, "/comptes/").content.decode()
    assert "borne-1" in text and "ada" in text
    assert "ADRUN" not in text


@pytest.mark.parametrize(
    ("valid", "words", "is_alarming"),
    [(90, "89 jours", False), (12, "11 jours", True), (2, "encore 1 jour", True), (None, "inutilisable", True)],
    ids=["for long", "not for long", "a day", "broken"],
)
def test_whoever_supervises_sees_how_long_the_certificate_serves_that_no_kiosk_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, valid: int | None, words: str, is_alarming: bool
) -> None:
    from django.conf import settings

    from kiosk.console.site import metrics

    pki = make_pki(tmp_path, days=valid or 90)
    if valid is None:
        pki.client_p12.write_bytes(b"no certificate")
    section = InsiSection(
        endpoint="https://127.0.0.1:9/",
        certificate=pki.client_p12,
        password_file=pki.password_file,
        ca=pki.ca,
        idam="X",
    )
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": section}))
    page = get(at_desk("ada", "administrator"), "/bornes/").content.decode()
    assert words in page.split('class="insi-certificate"')[1].split("</p>")[0]
    queue = get(at_desk("lea"), "/file/").content.decode()
    assert ("certificat INSi" in queue) is is_alarming
    days = -1 if valid is None else valid - 1
    assert f"console_insi_certificate_days {days}" in metrics.text()


def test_figures_for_supervision_are_given_to_who_shows_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings
    from django.test import Client

    arrive(ZOE)
    assert Client().get("/metriques", secure=True).status_code == 404
    (tmp_path / "token").write_text("a-long-token-of-this-test\n")
    changed = settings.KIOSK.model_copy(update={"metrics_token_file": tmp_path / "token"})
    monkeypatch.setattr(settings, "KIOSK", changed)
    for shown in ("", "Bearer ", "Bearer another", "Basic a-long-token-of-this-test"):
        assert Client().get("/metriques", secure=True, headers={"Authorization": shown}).status_code == 404
    text = (
        Client()
        .get("/metriques", secure=True, headers={"Authorization": "Bearer a-long-token-of-this-test"})
        .content.decode()
    )
    assert 'console_in_work{need="ready"} 1' in text
    assert 'kiosk_up{kiosk="borne-1"} 0' in text
    assert "ADRUN" not in text
