"""Is what INSi gave still right: what the page shows and what the identity keeps, whatever is answered.

Through the unit's page, in production: one identity at a time, by search; many only by the official operation.
"""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from kiosk.console.register import visits
from kiosk.console.upkeep import retention
from kiosk.console.vigilance import campaigns, verified_calls
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import (
    Exchange,
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.insi.names import BY_TRAITS
from kiosk.insi.verify import NoVerifierError, StoredIdentity, VerificationVerdict
from kiosk.insi.verify import Verification as Verified
from kiosk.sealing import CannotOpen
from tests.console.arrivals import enrol, found
from tests.console.erased import erased, in_days
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
LISTS = "/vigilance/verifications/"
MOVED = replace(found(ZOE), traits=replace(found(ZOE).traits, birth_place_code="63113"))


def _in(monkeypatch: pytest.MonkeyPatch, mode: str, verifier: str = "") -> None:
    from django.conf import settings

    section = SimpleNamespace(verifier=verifier, desk_caller="certificate")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": mode, "insi": section}))


@pytest.fixture(autouse=True)
def _production(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol()
    _in(monkeypatch, "production")


def _row():
    from kiosk.console.models import Verification

    return Verification.objects.get()


def _told(act: str) -> list[dict[str, object]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(entry.details) for entry in AuditEntry.objects.filter(act=act).order_by("number")]


def _answering(answer: InsAnswer):
    def ask(check_in: object, wanted: Traits | None = None) -> InsAnswer:
        assert check_in is None, "with what is stored, not with the visit's card"
        assert wanted is not None and wanted.birth_name == "ADRUN"
        return answer

    return ask


def _asked(answer: InsAnswer, *, times: int = 1):
    """The unit takes the identity up, has it verified and gives it back; the worker is answered so."""
    check_in, _ = qualified(at_desk())
    officer = at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    assert "Vérifier l’INS" in get(officer, path).content.decode()
    post(officer, path + "verifier/")
    page = get(officer, path).content.decode()
    assert "La vérification de l’INS est demandée" in page and "<button>Vérifier l’INS" not in page
    post(officer, path + "rendre/")
    for _ in range(times):
        _now()
        assert campaigns.verify_once(_answering(answer))
    assert not campaigns.verify_once(_answering(answer))
    return check_in, officer


def _now() -> None:
    """What waits is due."""
    from django.utils import timezone

    from kiosk.console.models import Verification

    Verification.objects.exclude(next_at=None).update(next_at=timezone.now() - timedelta(seconds=1))


def _history(officer: Client, check_in) -> str:
    return get(officer, f"/arrivees/{check_in.key}/").content.decode()


def _keeps_its_ins(check_in) -> None:
    arrival = visit_of(check_in)
    assert arrival.status == arrival.person.status == "QUALIFIED"
    held = visits.opened(arrival).insi
    assert isinstance(held, InsFound) and held.matricule == ZOE.matricule


def test_one_and_the_same_confirms_and_says_when() -> None:
    check_in, officer = _asked(found(ZOE))
    assert _row().verdict == "confirmed"
    _keeps_its_ins(check_in)
    arrival = visit_of(check_in)
    assert arrival.stage == "done" and arrival.person.verified_at is not None
    assert "Aucun INS à revoir" in get(officer, LISTS).content.decode()
    assert "confirmé" in _history(officer, check_in)
    assert "Vérification de l’INS, " in _history(officer, check_in)
    assert "Vérification de l’INS, " not in _history(at_desk("lou"), check_in), "the unit's own business"


def test_several_is_not_verified_and_no_failure() -> None:
    check_in, officer = _asked(InsSeveral())
    assert _row().verdict == "several"
    _keeps_its_ins(check_in)
    arrival = visit_of(check_in)
    assert (arrival.stage, arrival.reason) == ("done", "")
    assert arrival.person.verified_at is None
    page = get(officer, LISTS).content.decode()
    assert "Aucun INS à revoir" in page and "non vérifié, plusieurs identités 1" in page
    assert "non vérifié" in _history(officer, check_in)
    assert visits.observed_of(arrival) is None


def test_several_after_another_verdict_leaves_that_to_be_decided() -> None:
    check_in, officer = _asked(InsNotFound())
    path = taken_up(officer, check_in)
    post(officer, path + "verifier/")
    assert campaigns.verify_once(_answering(InsSeveral()))
    assert "introuvable" in get(officer, LISTS).content.decode()
    post(officer, path + "decision/refuse-ins/")
    assert _told("ins-refused")[-1]["rules"] == "T11"


@pytest.mark.parametrize(
    ("answer", "verdict", "shown"),
    [
        (InsNotFound(), "not-found", "introuvable"),
        (MOVED, "different", "différent : lieu de naissance"),
        (found(DOMINIQUE), "different", "matricule"),
    ],
    ids=["none", "another place", "another person"],
)
def test_a_negative_answer_is_a_task_and_takes_nothing_away(answer: InsAnswer, verdict: str, shown: str) -> None:
    check_in, officer = _asked(answer)
    assert _row().verdict == verdict
    _keeps_its_ins(check_in)
    arrival = visit_of(check_in)
    assert (arrival.stage, arrival.reason) == ("set-aside", "verification")
    assert arrival.person.verified_at is None
    page = get(officer, LISTS).content.decode()
    assert shown in page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert "Rien ne change avant votre décision" in page
    assert "n’a pas confirmé l’INS" in get(officer, "/vigilance/").content.decode()
    observed = visits.observed_of(arrival)
    assert observed == answer if isinstance(answer, InsFound) else observed is None
    path = taken_up(officer, check_in)
    page = _history(officer, check_in)
    assert "une seule identité" in get(officer, LISTS).content.decode()
    assert "Le service national ne confirme pas cet INS (" in page and "rien à décider" not in page
    assert "ne confirme pas cet INS" in page.split('<p class="sentence"')[1].split("</p>")[0]
    assert 'class="primary act" data-opens="o"' in page, "what is to be decided comes before putting it back"
    post(officer, path + "decision/refuse-ins/")  # a person decides
    assert "ne confirme pas cet INS" not in _history(officer, check_in)
    assert visit_of(check_in).status == "VALIDATED"
    assert "Aucun INS à revoir" in get(officer, LISTS).content.decode()


@pytest.mark.parametrize(
    "answer",
    [InsUnreachable("timeout"), InsRefused("siram_100", "", ""), InsCertificateTrouble("client: expired")],
    ids=["silence", "refusal", "certificate"],
)
def test_silence_is_tried_again_then_is_not_verified(answer: InsAnswer) -> None:
    check_in, officer = _asked(answer, times=campaigns.TRIES)
    assert (_row().verdict, _row().tries) == ("not-verified", campaigns.TRIES - 1)
    _keeps_its_ins(check_in)
    assert visit_of(check_in).stage == "done"
    page = get(officer, LISTS).content.decode()
    assert "Aucun INS à revoir" in page and "non vérifié, sans réponse 1" in page


def test_one_identity_is_verified_once_at_a_time_and_only_by_the_unit() -> None:
    from kiosk.console.models import Verification

    host = at_desk()
    check_in, path = qualified(host)
    assert host.post(path + "verifier/", secure=True).status_code == 403
    officer = at_desk("marc", "officer")
    post(officer, path + "verifier/")  # not in hand
    assert not Verification.objects.exists()
    taken_up(officer, check_in)
    post(officer, path + "verifier/")
    again = officer.post(path + "verifier/", secure=True, follow=True)
    assert "attendez la réponse" in again.content.decode()
    assert Verification.objects.count() == len(_told("verification-requested")) == 1
    post(officer, path + "declasser/", reason="evidence")
    Verification.objects.update(next_at=None)
    none = officer.post(taken_up(officer, check_in) + "verifier/", secure=True, follow=True)
    assert "pas d’INS à vérifier" in none.content.decode()


def test_in_production_many_are_not_searched_for_and_the_page_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    qualified(at_desk())
    officer = at_desk("marc", "officer")
    page = get(officer, LISTS).content.decode()
    assert "Campagnes fermées" in page and "n’est pas permis" in page and "Ouvrir une campagne" not in page
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    tried = officer.post(LISTS + "ouvrir/", {"before": tomorrow}, secure=True, follow=True)
    assert "Campagnes fermées" in tried.content.decode()
    assert _told("campaign-started") == []


def test_a_campaign_opened_before_is_not_gone_on_with_by_search(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from kiosk.console.models import Campaign

    _in(monkeypatch, "demo")
    check_in, _ = qualified(at_desk())
    officer = at_desk("marc", "officer")
    post(officer, LISTS + "ouvrir/", before=(timezone.localdate() + timedelta(days=1)).isoformat())
    rewrite(Campaign.objects.all(), total=2)
    _in(monkeypatch, "production")
    assert not campaigns.verify_once(_answering(InsNotFound()))
    page = get(officer, LISTS).content.decode()
    assert "Campagnes fermées" in page and "L’arrêter" in page
    _in(monkeypatch, "production", "official")
    assert campaigns.verify_once(_answering(found(ZOE)))
    _keeps_its_ins(check_in)


class Official:
    """The official operation, as a site plugs it in."""

    def __init__(self, answer: InsAnswer, verdict: VerificationVerdict) -> None:
        self.asked: list[StoredIdentity] = []
        self._said = Verified(verdict, (), answer)

    def verify(self, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verified:
        assert deadline > 0 and caller == "worker"
        self.asked.append(stored)
        return self._said


def test_where_the_official_operation_is_plugged_in_a_campaign_runs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    _in(monkeypatch, "production", "official")
    check_in, _ = qualified(at_desk())
    officer = at_desk("marc", "officer")
    page = get(officer, LISTS).content.decode()
    assert "Ouvrir une campagne" in page and "Campagnes fermées" not in page
    post(officer, LISTS + "ouvrir/", before=(timezone.localdate() + timedelta(days=1)).isoformat())
    official = Official(InsNotFound(), VerificationVerdict.NOT_FOUND)

    def nobody_searches(*_: object) -> InsAnswer:
        raise AssertionError("the official operation is asked, not the search")

    assert campaigns.verify_once(nobody_searches, official)
    assert [stored.matricule for stored in official.asked] == [ZOE.matricule]
    _keeps_its_ins(check_in)
    assert visit_of(check_in).reason == "verification"


def test_a_verification_is_plugged_in_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    made: list[object] = []

    class PlugIn:
        name = "official"

        def load(self):
            return lambda config: made.append(config) or "verifier"

    monkeypatch.setattr("kiosk.plug_ins.entry_points", lambda group: [PlugIn()] if group == "kiosk.verifiers" else [])
    monkeypatch.setattr(campaigns, "config_from", lambda section, mode: (section.verifier, mode))
    assert campaigns.verifier_of(settings.KIOSK) is None
    assert campaigns.verifier_of(settings.KIOSK.model_copy(update={"insi": None})) is None
    _in(monkeypatch, "production", "official")
    assert campaigns.verifier_of(settings.KIOSK) == "verifier"
    assert made == [("official", "production")]
    _in(monkeypatch, "production", "unknown")
    with pytest.raises(NoVerifierError, match=r"insi\.verifier"):
        campaigns.verifier_of(settings.KIOSK)


# --- every call is kept (GI3 EXI REC 07) -----------------------------------------------------------------------------


def _called(answer: InsAnswer, name: str) -> InsAnswer:
    """As INSi answers: with its call."""
    call = Exchange(BY_TRAITS, f"uuid:{name}", "2026-11-29T08:00:00Z", 300, "00", b"<asked>ADRUN</asked>", b"<said/>")
    return replace(answer, exchanges=(call,))


@pytest.mark.parametrize(
    "answer", [found(ZOE), InsSeveral(), InsNotFound(), MOVED], ids=["one", "several", "none", "other"]
)
def test_what_a_verification_asked_and_was_answered_is_kept_closed(answer: InsAnswer) -> None:
    said = _called(answer, "1")
    _asked(said)
    assert verified_calls.answer_of(_row()) == said
    assert b"ADRUN" not in bytes(_row().calls)


def test_of_a_verification_that_was_tried_again_every_call_is_kept() -> None:
    _asked(_called(InsUnreachable("timeout"), "silent"), times=campaigns.TRIES)
    kept = verified_calls.answer_of(_row())
    assert kept is not None and len(kept.exchanges) == campaigns.TRIES


def test_the_calls_of_a_verification_go_with_the_person_and_after_the_time_of_copies() -> None:
    from django.conf import settings

    check_in, _officer = _asked(_called(InsSeveral(), "1"))
    retention.purge(in_days(settings.KIOSK.copies_days - 1))
    body = bytes(_row().calls)
    assert body
    row = _row()
    assert erased(visit_of(check_in).person_id) == 0
    assert bytes(_row().calls) == b""
    with pytest.raises(CannotOpen):
        verified_calls.answer_of(row)  # in a backup, or a log
    type(row).objects.update(calls=body)
    retention.purge(in_days(settings.KIOSK.copies_days + 1))
    assert bytes(_row().calls) == b""


def test_one_identity_verified_from_its_page_is_no_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    _in(monkeypatch, "demo")
    check_in, _ = qualified(at_desk())
    officer = at_desk("marc", "officer")
    post(officer, taken_up(officer, check_in) + "verifier/")
    page = get(officer, LISTS).content.decode()
    assert "une seule identité, depuis sa page" in page
    assert "Une campagne est en cours" not in page and "Ouvrir une campagne" in page
    post(officer, LISTS + "ouvrir/", before=(timezone.localdate() + timedelta(days=1)).isoformat())
    assert len(_told("campaign-started")) == 1
