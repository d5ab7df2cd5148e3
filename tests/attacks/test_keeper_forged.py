"""Who writes to the database and has the structure's public key, as every kiosk has, forges what is kept of a visit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.checkin import codec
from kiosk.sealing import seal
from tests.people import DOMINIQUE, ZOE


@pytest.fixture(autouse=True)
def an_empty_console() -> Iterator[None]:
    from tests.console.conftest import empty, make_sqlite

    with empty(make_sqlite(), is_compared=False):
        yield


def _forged(part: str, plain: bytes, key: str) -> bytes:
    from kiosk.console.records import vault

    return seal(plain, vault.keys().current.public_key, f"{part}:{key}".encode())


@pytest.mark.parametrize("part", ["answer", "check_in", "accepted"])
def test_what_is_sealed_for_the_structure_by_anybody_is_not_shown_as_a_visit_s(part: str) -> None:
    from kiosk.console.models import Sealed
    from tests.console.arrivals import arrive, check_in_of, enrol, found
    from tests.console.rewritten import behind
    from tests.console.staff import at_desk

    enrol()
    visit = arrive(ZOE)
    lie: Any = replace(check_in_of(DOMINIQUE, found(DOMINIQUE)), key=visit.key)
    said = b'{"first_given_name": "DOMINIQUE"}' if part == "accepted" else codec.to_bytes(lie)
    behind(Sealed.objects.filter(pk=visit.key), **{part: _forged(part.replace("_", "-"), said, visit.key)})
    client = at_desk()
    client.post(f"/arrivees/{visit.key}/prendre/", secure=True)
    page = client.get(f"/arrivees/{visit.key}/", secure=True)
    assert (page.status_code, "DOMINIQUE" in page.content.decode()) == (503, False)
