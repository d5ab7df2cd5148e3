"""Where INSi is: an address as a person writes it, right or wrong."""

import pytest

from kiosk import deadline
from kiosk.core.identity.traits import Source
from kiosk.core.sources.insi import InsRefused, InsUnreachable
from tests.insi.conftest import MakeClient
from tests.people import ZOE

NOWHERE = ("https://", "https:///lps", "https://[::1/lps", "https://in si/lps", "https://insi:99999/lps")


@pytest.mark.parametrize("address", NOWHERE)
def test_an_address_that_nobody_can_call_is_configuration_to_be_mended(make_client: MakeClient, address: str) -> None:
    client = make_client(endpoint=address)
    answers = [client.find_by_traits(ZOE.traits(Source.INSI), 2.0) for _again in range(2)]
    assert answers == [InsRefused("kiosk_endpoint", "", "")] * 2


def test_an_address_in_numbers_without_a_port_is_called_at_that_of_https(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(deadline, "_addresses", lambda *place: asked.append(place) or [])
    answer = make_client(endpoint="https://[2001:db8::1]/lps").find_by_traits(ZOE.traits(Source.INSI), 2.0)
    assert isinstance(answer, InsUnreachable)
    assert asked == [("2001:db8::1", 443)]
