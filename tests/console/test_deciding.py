"""Decisions: what the rules permit, to whom the patient is assigned, once, with its line in the trail."""

import json

import pytest
from django.conf import settings

from kiosk.console.identities import comparing, trying
from kiosk.console.identities.choices import Action, Confirmed
from kiosk.console.identities.pieces import Shown
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.upkeep import insi_again
from kiosk.core.coherence.seen import EVERYTHING
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from tests.console.arrivals import arrive, enrol, found, mrz_of, original_of
from tests.console.rewritten import rewrite
from tests.console.staff import READ, add, at_desk, get, post, sign_in
from tests.core.examples import PASSPORT, STAFF
from tests.people import DOMINIQUE, PIERRE_ALAIN, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.get(pk=check_in.key)


def _called(client, check_in) -> str:
    path = f"/arrivees/{check_in.key}/"
    assert post(client, path + "prendre/").status_code == 302
    return path


def _qualify(client, check_in, **said: object):
    path = _called(client, check_in)
    form = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": check_in.insi.traits.given_names[0]} | said
    return post(client, path + "qualifier/", **form)


def test_a_plain_case_is_called_and_qualified_in_two_requests() -> None:
    from kiosk.console.models import AuditEntry

    check_in = arrive(ZOE)
    client = at_desk()
    assert post(client, "/file/suivant/")["Location"] == f"/arrivees/{check_in.key}/"
    post(client, f"/arrivees/{check_in.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.stage, arrival.evidence) == ("QUALIFIED", "done", "CN")
    assert arrival.decided_by.username == "lea"
    assert arrival.evidence_on is not None
    entry = AuditEntry.objects.get(act="qualified")
    assert (entry.who, entry.about) == ("lea", check_in.key)
    details = json.loads(entry.details)
    assert (details["before"], details["after"], details["evidence"], details["rules"]) == (
        "RETRIEVED",
        "QUALIFIED",
        "CN",
        "T4",
    )


def test_no_evidence_is_chosen_beforehand_and_none_means_no() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    assert " checked" not in get(client, path).content.decode()
    for evidence in ("", "PC", "CM", "XX", "' OR 1=1 --"):
        post(client, path + "qualifier/", evidence=evidence, said="1", seen=READ, first_given_name="ZOE")
        assert _arrival(check_in).status == "RETRIEVED"


def test_a_difference_that_blocks_forbids_qualifying_and_says_the_rule() -> None:
    check_in = arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert "Un trait diffère" in page
    assert page.count('class="trait verdict-blocking') == 3
    _qualify(client, check_in, tolerated="1")
    assert _arrival(check_in).status != "QUALIFIED"


def test_a_blocking_difference_may_be_validated_without_ins_and_goes_to_the_unit() -> None:
    check_in = arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT))
    client = at_desk()
    path = _called(client, check_in)
    written = original_of(TOUSSAINT, first_given_name="DOMINIQUE")
    post(client, path + "decision/validate/", evidence="CN", said="1", **written)
    assert _arrival(check_in).status == "PROVISIONAL"  # the first name must open the document's list
    post(client, path + "decision/validate/", evidence="CN", said="1", **original_of(TOUSSAINT))
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.stage) == ("VALIDATED", "set-aside")


def test_without_an_answer_an_identity_can_be_validated_but_never_qualified() -> None:
    for insi in (InsNotFound(), InsUnreachable("timeout")):
        check_in = arrive(ZOE, insi)
        client = at_desk(f"lea{type(insi).__name__}")
        path = _called(client, check_in)
        post(client, path + "personne/", whose="new")
        post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
        assert _arrival(check_in).status == "PROVISIONAL"
        post(client, path + "decision/validate/", evidence="CN", said="1", **original_of(ZOE))
        assert (_arrival(check_in).status, _arrival(check_in).stage) == ("VALIDATED", "done")


@pytest.mark.parametrize("action", [Action.QUALIFY, Action.VALIDATE])
@pytest.mark.parametrize(
    "confirmed", [Confirmed(False, True, seen=EVERYTHING), Confirmed(True, False, seen=EVERYTHING)]
)
def test_what_staff_did_not_establish_the_core_itself_refuses(action: Action, confirmed: Confirmed) -> None:
    """The page says what is missing; were it to forget, evidence still agrees with nothing."""
    check_in = arrive(ZOE, None if action is Action.QUALIFY else InsNotFound())
    laid = trying.laid(_arrival(check_in), check_in, comparing.compared(check_in), None)
    with pytest.raises(NotAllowed, match="Un trait diffère"):
        trying.tried(action, laid, Shown(PASSPORT), confirmed, STAFF)
    everything = Confirmed(True, True, seen=EVERYTHING)
    assert trying.tried(action, laid, Shown(PASSPORT), everything, STAFF)[0].is_checked


def test_what_staff_did_not_see_the_core_itself_refuses() -> None:
    check_in = arrive(ZOE)
    laid = trying.laid(_arrival(check_in), check_in, comparing.compared(check_in), None)
    with pytest.raises(NotAllowed, match="Dites ce que vous avez vu"):
        trying.tried(Action.QUALIFY, laid, Shown(PASSPORT), Confirmed(True, True), STAFF)


@pytest.mark.parametrize(("missing", "rule"), [("said", "Faites dire"), ("tolerated", "comparé")])
def test_without_ins_too_the_person_says_it_and_a_bad_reading_is_compared(missing: str, rule: str) -> None:
    check_in = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE, accepted=False))
    client = at_desk()
    path = _called(client, check_in)
    form = {"evidence": "CN", "said": "1", "tolerated": "1"} | original_of(ZOE)
    form[missing] = ""
    assert rule in post(client, path + "decision/validate/", **form).content.decode()
    assert _arrival(check_in).status == "PROVISIONAL"
    form[missing] = "1"
    post(client, path + "decision/validate/", **form)
    assert _arrival(check_in).status == "VALIDATED"


def test_the_first_given_name_must_open_the_list() -> None:
    check_in = arrive(PIERRE_ALAIN)
    client = at_desk()
    for name, status in (("MURIEL", "RETRIEVED"), ("", "RETRIEVED"), ("PIERRE ALAIN", "QUALIFIED")):
        _qualify(client, check_in, first_given_name=name, tolerated="1", said="alone")
        assert _arrival(check_in).status == status


def test_an_unread_document_asks_for_a_comparison_by_hand() -> None:
    check_in = arrive(ZOE, mrz=mrz_of(ZOE, accepted=False))
    client = at_desk()
    _qualify(client, check_in)
    assert _arrival(check_in).status == "RETRIEVED"
    _qualify(client, check_in, tolerated="1")
    assert _arrival(check_in).status == "QUALIFIED"


def test_only_who_called_the_patient_decides() -> None:
    check_in = arrive(ZOE)
    lea = at_desk("lea")
    marc = at_desk("marc")
    _called(lea, check_in)
    post(marc, f"/arrivees/{check_in.key}/prendre/")
    post(marc, f"/arrivees/{check_in.key}/qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    post(marc, f"/arrivees/{check_in.key}/ecarter/", reason="differences")
    post(marc, f"/arrivees/{check_in.key}/parti/")
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("RETRIEVED", "called")
    assert _arrival(check_in).assigned_to.username == "lea"


def test_setting_aside_needs_a_reason_and_changes_no_status() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    post(client, path + "ecarter/")
    post(client, path + "ecarter/", reason="because")
    assert _arrival(check_in).stage == "called"
    post(client, path + "ecarter/", reason="document-doubted")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.stage, arrival.reason) == ("RETRIEVED", "set-aside", "document-doubted")


def test_a_decision_is_undone_by_who_took_it_and_nobody_else() -> None:
    from kiosk.console.models import AuditEntry

    check_in = arrive(ZOE)
    lea = at_desk("lea")
    _qualify(lea, check_in)
    marc = at_desk("marc")
    post(marc, f"/arrivees/{check_in.key}/annuler/")
    assert _arrival(check_in).status == "QUALIFIED"
    post(lea, f"/arrivees/{check_in.key}/annuler/")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence, arrival.stage) == ("RETRIEVED", "", "called")
    assert AuditEntry.objects.filter(act="undone", about=check_in.key).count() == 1


def test_a_doubtful_identity_is_provisional_and_can_no_longer_be_qualified() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    post(client, path + "decision/doubt/")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.attributes, arrival.stage) == ("PROVISIONAL", "doubtful", "set-aside")
    post(client, path + "annuler/")
    assert (_arrival(check_in).status, _arrival(check_in).attributes) == ("PROVISIONAL", "")  # T8: asked anew


def test_a_doubt_is_lifted_and_both_steps_are_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    check_in = arrive(ZOE)
    client = at_desk("marc", "officer")
    path = _called(client, check_in)
    post(client, path + "decision/clear/")
    assert _arrival(check_in).stage == "called"  # there was nothing to lift
    post(client, path + "decision/doubt/")
    post(client, path + "prendre/")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    assert (_arrival(check_in).status, _arrival(check_in).attributes) == ("PROVISIONAL", "doubtful")
    post(client, path + "decision/clear/")
    assert (_arrival(check_in).status, _arrival(check_in).attributes) == ("PROVISIONAL", "")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    assert _arrival(check_in).status == "PROVISIONAL"  # what INSi answered before the doubt serves no more
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": object()}))
    post(client, path + "interroger/", **original_of(ZOE))
    assert insi_again.insi_once(lambda *_: found(ZOE))
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    assert _arrival(check_in).status == "QUALIFIED"


def test_an_unknown_action_is_nowhere() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    assert post(client, f"/arrivees/{check_in.key}/decision/promote/").status_code == 404
    assert post(client, f"/arrivees/{check_in.key}/decision/qualify/").status_code == 404


def test_pause_return_leave_and_come_back() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    for verb, stage in (("pause", "held"), ("prendre", "called"), ("rendre", "waiting"), ("parti", "gone")):
        post(client, path + verb + "/")
        assert _arrival(check_in).stage == stage
    assert "revenu" in get(client, "/file/").content.decode()
    post(client, path + "revenu/")
    assert _arrival(check_in).stage == "waiting"


def test_a_patient_is_sent_to_another_desk_whose_agent_calls_them() -> None:
    from kiosk.console.models import Staff

    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    assert post(client, path + "guichet/", desk="12").status_code == 404
    post(client, path + "guichet/", desk="4")
    assert (_arrival(check_in).stage, _arrival(check_in).desk) == ("waiting", "4")
    there = at_desk("marc")
    rewrite(Staff.objects.filter(username="marc"), desk="4")
    rewrite(Staff.objects.filter(username="lea"), desk="3")
    assert post(client, "/file/suivant/")["Location"] == "/file/"
    assert post(there, "/file/suivant/")["Location"] == path


def test_every_look_at_a_document_is_written_down() -> None:
    from kiosk.console.models import AuditEntry

    check_in = arrive(ZOE)
    add()
    client = sign_in()
    post(client, f"/arrivees/{check_in.key}/prendre/")
    answer = get(client, f"/arrivees/{check_in.key}/pieces/0/")
    assert (answer["Content-Type"], answer.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert get(client, f"/arrivees/{check_in.key}/pieces/1/").status_code == 404
    assert AuditEntry.objects.filter(act="picture-seen", about=check_in.key, who="lea").count() == 1


def test_neither_trail_nor_queue_says_who_anybody_is() -> None:
    from kiosk.console.models import AuditEntry

    check_in = arrive(ZOE)
    client = at_desk()
    _qualify(client, check_in)
    text = repr([(one.who, one.about, one.details) for one in AuditEntry.objects.all()])
    text += get(client, "/file/").content.decode()
    for trait in ("ADRUN", "ZOE", "1975", "2751263220749"):
        assert trait not in text


def test_every_refusal_of_the_rules_is_said_in_words() -> None:
    from kiosk.console.identities.reasons import REFUSALS
    from kiosk.core.status.transitions import Refusal

    assert set(REFUSALS) == set(Refusal)
