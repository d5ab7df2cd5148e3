"""Who said the identity of a minor is asked, kept with the decision, and shown: sealed, never in the trail."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.insi import InsNotFound
from tests.console.accepting import arrival_of, taken
from tests.console.arrivals import arrive, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import LEO, ZOE

pytestmark = [pytest.mark.usefixtures("asks_insi"), pytest.mark.long]
FORM = {"evidence": "PA", "seen": READ, "tolerated": "1", "first_given_name": "LEO"}


def test_of_a_minor_the_adult_s_role_is_asked_kept_sealed_and_shown() -> None:
    from kiosk.console.models import AuditEntry, FactBody

    check_in = arrive(LEO)
    client = at_desk()
    path = taken(client, check_in)
    page = get(client, path).content.decode()
    assert "Dit par l’adulte accompagnant" in page and 'name="said" value="mother"' in page
    assert "La personne l’a dit elle-même" not in page
    refused = client.post(path + "qualifier/", FORM | {"said": "1"}, secure=True, follow=True)
    assert "Pour un mineur, dites qui l’accompagne" in refused.content.decode()
    refused = client.post(path + "qualifier/", FORM | {"said": "neighbour"}, secure=True, follow=True)
    assert "Faites dire au patient" in refused.content.decode()
    post(client, path + "qualifier/", **FORM, said="guardian")
    assert arrival_of(check_in).status == "QUALIFIED"
    assert "Identité dite par : Tuteur ou tutrice" in get(client, path).content.decode()
    written = " ".join(AuditEntry.objects.values_list("details", flat=True))
    assert "guardian" not in written and json.loads(AuditEntry.objects.get(act="qualified").details)["said"] is True
    assert not [one for one in FactBody.objects.all() if b"guardian" in bytes(one.body)]


def test_who_is_of_age_says_it_and_nothing_is_kept_of_that() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = taken(client, check_in)
    page = get(client, path).content.decode()
    assert "Dit sans souffler" in page and "accompagnant" not in page
    post(client, path + "qualifier/", **FORM | {"evidence": "CN", "first_given_name": "ZOE"}, said="1")
    assert "Identité dite par" not in get(client, path).content.decode()


def test_they_are_of_age_on_the_day_of_the_visit_not_on_that_of_the_decision() -> None:
    from kiosk.console.identities import saying

    today = timezone.localdate()
    born = BirthDate(today.replace(year=today.year - 18).isoformat())
    check_in = arrive(ZOE, InsNotFound(), mrz=None, document_kind=None, pictures=())
    check_in = replace(check_in, card=replace(check_in.card, birth_date=born))
    arrival = arrival_of(check_in)
    assert not saying.is_of_a_minor(arrival, check_in)
    arrival.arrived_at -= timedelta(days=1)
    assert saying.is_of_a_minor(arrival, check_in)


def test_where_no_source_says_how_old_they_are_what_staff_wrote_does() -> None:
    check_in = arrive(LEO, InsNotFound(), card=None, card_nir="", mrz=None, document_kind=None, pictures=())
    client = at_desk()
    path = taken(client, check_in)
    form = {"evidence": "PA", "tolerated": "1"} | original_of(LEO, place="63220")
    assert "Pour un mineur" in post(client, path + "decision/validate/", **form, said="1").content.decode()
    post(client, path + "decision/validate/", **form, said="father")
    assert arrival_of(check_in).status == "VALIDATED"
    assert "Identité dite par : Père" in get(client, path).content.decode()
