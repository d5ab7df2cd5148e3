"""The register that the benches fill in bulk is one as the console would have written it."""

import re

import pytest

from kiosk.console.models import Arrival
from kiosk.console.upkeep import checking
from tests.benchmarks import copied, reread
from tests.benchmarks.model import VISITS
from tests.benchmarks.stored import Register
from tests.console.arrivals import enrol
from tests.console.staff import at_desk, get, post

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
MANY = 12


def test_what_is_put_in_in_bulk_is_found_and_opened_and_nothing_of_it_is_odd() -> None:
    enrol()
    Register().store(0, MANY)
    client = at_desk("marc", "officer")
    parts = [part for check in checking.CHECKS.values() for part in checking.whole(check)]
    assert [one for part in parts for one in part.found] == []
    assert reread.sample(MANY) == ""
    for number in range(MANY):
        born, name = copied.found_with(number)
        answer = post(client, "/recherche/", born=born, name=name).content.decode()
        [person] = {one.person for one in Arrival.objects.all() if str(one.pk) in answer}
        visits = Arrival.objects.filter(person=person)
        pages = [get(client, f"/arrivees/{one.pk}/").content.decode() for one in visits]
        assert len(pages) == VISITS
        shown = [re.sub(r"\s", "", page) for page in pages]  # a number is written in groups
        assert all(name in page and copied.nir_of(number) in page for page in shown)
