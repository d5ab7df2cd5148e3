"""Forged attestations from an enrolled kiosk: they make nobody, and are nobody's word."""

import os
import random
from pathlib import Path

import pytest
from django.conf import settings

from kiosk.console.models import Arrival, FactBody, Person
from kiosk.console.records import vault
from kiosk.core.sources.appli import LONGEST_ATTESTATION, AppliContents
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.attestation import Distrust
from kiosk.sealing import generate_signer
from tests.console import phones
from tests.console.arrivals import enrol
from tests.console.phones import by_phone, came, nothing_is_asked, phone, read_page
from tests.console.staff import READ, at_desk, post
from tests.console.taken_up import taken_up, visit_of
from tests.demo.phones import on_phone
from tests.people import DOMINIQUE, LEO, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("verifying"), pytest.mark.long]
COUNT = int(os.environ.get("FORGED", "40"))
_OTHER_ISSUER = generate_signer()


@pytest.fixture()
def verifying(console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    enrol()
    monkeypatch.setattr(settings, "KIOSK", phones.verifying(console, tmp_path))


@pytest.mark.timeout(60 + COUNT * 5)  # a busy machine takes its time
def test_forged_attestations_from_an_enrolled_kiosk_make_nobody_and_are_nobody_s_word() -> None:
    """``FORGED=10000``: every kind of bytes, altered ones of true ones among them."""
    chance, true = random.Random(16), b""
    client = at_desk()
    for number in range(COUNT):
        true = true if number % 100 else phone(ZOE, LEO).attestation  # ten thousand take longer than one is good for
        person = (ZOE, LEO, TOUSSAINT, DOMINIQUE)[number % 4]
        forged = _forged(chance, true)
        check_in = came(by_phone(AppliContents((on_phone(person),), forged), person))
        assert vault.open_arrival(visit_of(check_in)).insi == InsUnreachable(Distrust.NOT_GENUINE.value)
        if number % max(1, COUNT // 10) == 0:
            path = taken_up(client, check_in)
            assert "Appli carte Vitale, annoncée par la borne" in read_page(client, path)
            post(client, path + "qualifier/", evidence="CN", tolerated="1", seen=READ, said="1",
                 first_given_name=person.given_names[0])  # fmt: skip
            post(client, path + "rendre/")
    assert not Person.objects.exists() and not FactBody.objects.exists()
    assert not Arrival.objects.exclude(reported="PROVISIONAL").exists()
    nothing_is_asked()


def _forged(chance: random.Random, true: bytes) -> bytes:
    match chance.randrange(4):
        case 0:
            return chance.randbytes(chance.randint(1, LONGEST_ATTESTATION))
        case 1:
            at = chance.randrange(len(true))
            return true[:at] + bytes([true[at] ^ (1 << chance.randrange(8))]) + true[at + 1 :]
        case 2:
            return phone(ZOE, LEO, issuer=_OTHER_ISSUER).attestation
        case _:
            return true[: chance.randrange(1, len(true) - 1)]
