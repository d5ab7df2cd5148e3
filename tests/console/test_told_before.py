"""What a kiosk alone said INSi answered, of visits that came before the update: nothing is shown or decided on it."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings

from kiosk.console.models import Arrival, AuditEntry, Holding, Person
from kiosk.console.records import search, vault
from kiosk.console.register import carried_over, reading
from kiosk.console.upkeep import insi_again
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from tests.console import forged
from tests.console.arrivals import found
from tests.console.before import QUALIFIED, Before
from tests.console.conftest import take
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, LINA, ZOE

pytestmark = pytest.mark.starts  # each migrates a database: seconds
REPORTED = InsUnreachable("reported")
NOT_TAKEN = "La réponse donnée par la borne n’est pas retenue"
WAITS = {"status": "RETRIEVED", "need": "ready"}
NO_DOCUMENT = {"mrz": None, "document_kind": None, "pictures": ()}


@pytest.fixture()
def unbelieving(before: Before) -> Iterator[Before]:
    """As it is delivered: kiosk and console are two machines."""
    believing = settings.KIOSK
    before.server = believing.model_copy(update={"trust_kiosk_answers": False, "insi": object()})
    take(before.server)
    yield before
    take(believing)


def _arrival(key: UUID) -> Arrival:
    return Arrival.objects.select_related("sealed", "person").get(pk=key)


def test_a_visit_that_waited_is_neither_shown_nor_qualified_on_its_kiosk_s_word_and_is_asked_about_anew(
    unbelieving: Before,
) -> None:
    """Another one's card, with Zoé's name and number in what the kiosk says INSi answered."""
    key = unbelieving.visit(DOMINIQUE, found(ZOE), check_in=NO_DOCUMENT, **WAITS)
    unbelieving.over()
    arrival = _arrival(key)
    assert (arrival.reported, arrival.need, vault.open_arrival(arrival).insi) == (
        "PROVISIONAL",
        "insi-pending",
        REPORTED,
    )
    assert isinstance(vault.open_check_in(bytes(arrival.sealed.check_in), key).insi, InsFound), "kept as it came"
    assert not search.find(ZOE.birth_date, ZOE.birth_name).exists()
    assert AuditEntry.objects.filter(act="answer-reported", about=str(key)).count() == 1
    client, path = at_desk("marc", "officer"), f"/arrivees/{key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert NOT_TAKEN in page
    assert ZOE.birth_name not in page and ZOE.number[-6:] not in page.replace(" ", "")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE", tolerated="1")
    assert (_arrival(key).status, Person.objects.count()) == ("PROVISIONAL", 0)


def test_the_console_s_own_answer_then_counts(unbelieving: Before) -> None:
    key = unbelieving.visit(ZOE, **WAITS)
    unbelieving.over()
    assert insi_again.insi_once(lambda _: found(ZOE))
    assert (_arrival(key).status, _arrival(key).need) == ("RETRIEVED", "ready")


def test_what_the_console_itself_was_answered_stays(unbelieving: Before) -> None:
    ours = replace(found(ZOE), exchanges=(forged.call(),))
    key = unbelieving.visit(ZOE, InsUnreachable("timeout"), later=ours, **WAITS)
    same = unbelieving.visit(LINA, later=replace(found(LINA), exchanges=(forged.call(),)), **WAITS)
    unbelieving.over()
    for one in (key, same):
        assert (_arrival(one).reported, _arrival(one).need) == ("RETRIEVED", "ready")
    assert vault.open_arrival(_arrival(key)).insi == ours


def test_a_kiosk_s_answer_that_was_kept_beside_a_search_that_found_nobody_is_its_word_too(unbelieving: Before) -> None:
    nobody = replace(forged.call(), code="01")
    key = unbelieving.visit(ZOE, later=replace(found(ZOE), exchanges=(nobody,)), **WAITS)
    unbelieving.over()
    assert vault.open_arrival(_arrival(key)).insi == replace(REPORTED, exchanges=(nobody,))
    assert _arrival(key).reported == "PROVISIONAL"


def test_what_staff_accepted_then_was_decided_and_stays(unbelieving: Before) -> None:
    key = unbelieving.visit(ZOE, **QUALIFIED)
    unbelieving.over()
    person = _arrival(key).person
    assert person is not None and (person.status, Holding.objects.count()) == ("QUALIFIED", 1)


def test_who_was_marked_but_never_decided_about_holds_no_number_of_a_kiosk_s(unbelieving: Before) -> None:
    """A homonym, whose matricule a machine had taken: nobody accepted it."""
    key = unbelieving.visit(ZOE, attributes="homonym", **WAITS)
    unbelieving.over()
    arrival = _arrival(key)
    assert arrival.person is not None and arrival.person.status == "PROVISIONAL"
    assert (reading.standing_of(arrival.person).latest_answer, Holding.objects.exists()) == (None, False)
    assert arrival.insi_next_at is not None
    told = carried_over.told()
    assert told is not None and told["differences"] == {"reported": {"status": 1}}


def test_who_was_marked_holds_no_number_of_a_kiosk_s_that_was_kept_beside_a_search_either(unbelieving: Before) -> None:
    """Staff had asked INSi with other criteria, and it knew nobody: what the kiosk said was kept."""
    nobody = replace(forged.call(), code="01")
    kept = replace(found(ZOE), exchanges=(nobody,))
    key = unbelieving.visit(ZOE, attributes="homonym", later=kept, **WAITS)
    unbelieving.over()
    person = _arrival(key).person
    assert person is not None
    assert (person.status, Holding.objects.exists()) == ("PROVISIONAL", False)
    assert reading.standing_of(person).latest_answer is None
    assert vault.open_arrival(_arrival(key)).insi == replace(REPORTED, exchanges=(nobody,))


def test_where_kiosk_and_console_are_one_machine_its_word_goes_on_counting(before: Before) -> None:
    key, other = before.visit(ZOE, **WAITS), before.visit(LINA, InsNotFound())
    before.over()
    assert (_arrival(key).reported, _arrival(key).insi_next_at) == ("RETRIEVED", None)
    assert vault.open_arrival(_arrival(other)).insi == InsNotFound()
