"""What a call leaves behind: one line in the journal without a trait, and nothing in any other log."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from kiosk import journal
from kiosk.core.identity.traits import Source
from kiosk.core.sources.insi import InsFound
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from tests.insi.conftest import MakeClient
from tests.insi.test_searches import CARD
from tests.people import OLA

TURN = "5f2d2b52-52a5-4b53-a2a4-6cbd53d5a5a1"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    journal.write_to(stream)
    yield stream
    journal.write_to(io.StringIO())


def entries(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_each_call_leaves_one_entry_with_who_when_what_how_long_and_no_trait(
    make_client: MakeClient, written: io.StringIO
) -> None:
    answer = make_client().find_by_traits(OLA.traits(Source.DOCUMENT), 8, caller=TURN)
    assert isinstance(answer, InsFound)
    told = entries(written)
    assert [entry["code"] for entry in told] == ["01", "00"]
    for entry, call in zip(told, answer.exchanges, strict=True):
        assert entry["happening"] == "insi-called"
        assert entry["caller"] == TURN
        assert entry["operation"] == "rechercherInsAvecTraitsIdentite"
        assert entry["message_id"] == call.message_id
        assert entry["duration_ms"] == call.duration_ms
        assert set(entry) == {"at", "happening", "caller", "operation", "code", "duration_ms", "message_id"}
    for trait in ("TCHITCHI", "CATARINA", "OLA", "1936", "2360663220836"):
        assert trait not in written.getvalue().replace(TURN, "")


@pytest.mark.parametrize("kind", ["silent", "fault", "http", "dtd", "reset"])
def test_a_call_that_failed_leaves_its_entry_too(
    make_client: MakeClient, simulator: Simulator, written: io.StringIO, kind: str
) -> None:
    simulator.behave(Behaviour(kind))
    make_client().find_by_card(CARD, None, 0.5, caller=TURN)
    assert len(entries(written)) == 1
    assert entries(written)[0]["code"] not in ("00", "01")


def test_a_hostile_fault_code_cannot_write_into_the_journal(
    make_client: MakeClient, simulator: Simulator, written: io.StringIO
) -> None:
    simulator.behave(Behaviour("fault", subcode="siram_100", code="2751263220749"))
    make_client().find_by_card(CARD, None, 8)
    assert entries(written)[0]["code"] == "other"
    assert "2751263220749" not in written.getvalue()


def test_the_libraries_underneath_say_nothing(
    make_client: MakeClient, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client = make_client()
        client.find_by_card(CARD, None, 8)
        simulator.behave(Behaviour("reset"))
        client.find_by_card(CARD, None, 8)
    assert "2751263220749" not in caplog.text
    assert "ADRUN" not in caplog.text
    assert not [record for record in caplog.records if record.name.split(".")[0] in ("zeep", "urllib3", "requests")]
