"""What only the unit qualifies: a false or contradicted seal, a look-alike that nobody has judged."""

import pytest

from kiosk.core.sources.document import SealReading, SealVerdict
from tests.console.accepting import details_of
from tests.console.arrivals import arrive
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import TICKED, taken_up, visit_of
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long, ON_SQLITE]

FALSE = SealReading(SealVerdict.FALSE, "FR05-0001", "2024-01-01", (("birth_name", "ADRUN"),), (), True, ())
GENUINE = SealReading(SealVerdict.GENUINE, "FR05-0001", "2024-01-01", (("birth_name", "X"),), (), True, ("birth_name",))
SEALS = {"false": FALSE, "contradicted": GENUINE}
WHY = {"why": "original-seen", "sentence": "Examiné sous la lampe : papier et encre sont bons."}


@pytest.mark.parametrize("seal", SEALS.values(), ids=SEALS)
def test_the_unit_qualifies_against_a_seal_with_a_reason_of_the_list_and_a_sentence(seal: SealReading) -> None:
    check_in, officer = arrive(ZOE, seal=seal), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    ticked = TICKED | {"tolerated": "1"}
    for said in (
        {},
        {"why": "because"} | {"sentence": WHY["sentence"]},
        {"why": WHY["why"]},
        WHY | {"sentence": "oui"},
    ):
        post(officer, path + "qualifier/", **ticked, **said)
        assert visit_of(check_in).status == "RETRIEVED"
    post(officer, path + "qualifier/", **ticked, **WHY)
    assert visit_of(check_in).status == "QUALIFIED"
    [told] = details_of("qualified")
    assert (told["reserved"], told["why"]) == ("seal", "original-seen")
    assert "lampe" not in str(told), "what somebody writes of a person stands nowhere in clear"


def test_the_sentence_is_kept_sealed_with_the_fact_that_rests_on_it() -> None:
    from kiosk.console.register import reading, visits

    check_in, officer = arrive(ZOE, seal=FALSE), at_desk("marc", "officer")
    post(officer, taken_up(officer, check_in) + "qualifier/", **TICKED, tolerated="1", **WHY)
    arrival = visit_of(check_in)
    kept = reading.body_of(arrival.known.pk, visits.standing_of(arrival).basis.evidence_at)
    assert kept is not None and WHY["why"].encode() in kept and b"lampe" in kept


def test_nobody_of_the_desk_qualifies_who_may_be_somebody_else_until_the_unit_has_judged() -> None:
    from kiosk.console.register import pairs
    from kiosk.console.vigilance import look_alikes

    host = at_desk()
    first, second = arrive(ZOE), arrive(DOMINIQUE)
    for one in (first, second):
        path = taken_up(host, one)
        post(host, path + "decision/homonym/")
    pairs.propose(visit_of(first).person, visit_of(second).person, 90, look_alikes.WORKER)
    page = get(host, path).content.decode()
    assert "Un autre dossier est peut-être celui de cette personne" in page
    name = TICKED | {"first_given_name": "DOMINIQUE"}
    post(host, path + "qualifier/", **name)
    assert visit_of(second).status == "RETRIEVED"
    pairs.to_judge().update(state="apart")
    post(host, path + "qualifier/", **name)
    assert visit_of(second).status == "QUALIFIED"
