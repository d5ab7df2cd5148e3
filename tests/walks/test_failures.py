"""What breaks around the kiosk: a calm screen and a ticket or the desk; staff sees why; all recovers by itself."""

import signal
from dataclasses import replace
from uuid import uuid4

import pytest

from kiosk import sealing
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.storage.outbox import Outbox
from tests.demo.patient import Eyes
from tests.demo.processes import wait_until
from tests.demo.stage import Stage
from tests.fixtures.check_ins import CHECK_INS
from tests.walks.walker import Walker, arrivals, terminal_state

pytestmark = pytest.mark.timeout(180)


def _devices(stage: Stage) -> dict[str, str]:
    import json

    value = terminal_state(stage)["devices"]
    found: dict[str, str] = json.loads(str(value))
    return found


def _status_of(stage: Stage, ticket: str) -> str:
    return next((status for number, _key, status, _need in arrivals(stage) if number == ticket), "")


def test_with_the_console_down_the_patient_gets_a_ticket_and_the_check_in_arrives_later(stage: Stage) -> None:
    assert stage.console is not None
    stage.start_kiosk(window=False)
    stage.console.kill()
    walker = Walker(stage)
    walker.go_to("ticket")
    walker.go_to("take_card")
    walker.leave()
    assert walker.ticket
    stage.start_console()
    wait_until(lambda: _status_of(stage, walker.ticket) == "RETRIEVED", 90, "the check-in at the console")


def test_what_an_earlier_console_refused_is_delivered_and_what_this_one_refuses_stands_on_its_page(
    stage: Stage,
) -> None:
    structure = sealing.load_recipient_public(stage.terminal / "structure.pub")
    outbox, known, strange = Outbox(stage.data / "outbox.db"), _left("B1"), _left("B2")
    for check_in, recipient in ((known, structure), (strange, sealing.generate_recipient().public_key)):
        context = f"check-in:{check_in.key}".encode()
        outbox.put(check_in.key, sealing.seal(to_bytes(check_in), recipient, context), check_in.arrived_at)
        outbox.park(check_in.key, "http-422", "0.0.9")
    stage.start_kiosk(window=False)
    wait_until(lambda: _status_of(stage, "B1") == "PROVISIONAL", 60, "what the earlier console refused")
    wait_until(lambda: terminal_state(stage)["parked"] == 1, 60, "the number of refused ones on the console's page")
    assert [one.key for one in outbox.everything()] == [strange.key]
    outbox.delivered(strange.key)
    outbox.close()


def _left(ticket: str) -> CheckIn:
    """A check-in of the stage's kiosk, from before; who says no mode may be real, and is nobody for a demonstration."""
    return replace(CHECK_INS["unreachable"], key=str(uuid4()), kiosk="hall-1", ticket=ticket, mode="demo")


def test_with_insi_down_the_patient_gets_a_ticket_and_the_worker_asks_again(stage: Stage) -> None:
    assert stage.insi is not None
    port = int(stage.insi_endpoint.split(":")[2].split("/")[0])
    stage.start_kiosk(window=False)
    stage.insi.kill()
    walker = Walker(stage)
    walker.go_to("take_card")
    walker.leave()
    wait_until(lambda: _status_of(stage, walker.ticket) == "PROVISIONAL", 60, "the check-in, provisional")
    assert "insi" not in _devices(stage), "the kiosk does not know, and says nothing of it"
    stage.start_insi(port)
    wait_until(lambda: _status_of(stage, walker.ticket) == "RETRIEVED", 120, "INSi asked again by the console")


def test_with_the_card_service_killed_the_way_without_a_card_is_offered_and_the_reader_returns(stage: Stage) -> None:
    assert stage.card_service is not None
    if not stage.card_service.is_ours:
        pytest.fail("a card service of the system runs: stop it for the tests (systemctl stop pcscd pcscd.socket)")
    stage.start_kiosk(window=False)
    wait_until(lambda: _devices(stage).get("reader") == "ok", 60, "the reader to be there")
    stage.card_service.kill()
    wait_until(lambda: _devices(stage).get("reader") == "lost", 60, "staff to see that the reader is gone")
    eyes = Eyes(stage.control)
    eyes.wait_for("welcome")
    eyes.say("start")
    eyes.wait_for("information")
    eyes.say("understood")
    eyes.wait_until(lambda: eyes.now.get("problem") == "reader", "the way without a card")
    stage.card_service.restart()
    eyes.wait_until(lambda: eyes.now.get("problem") == "none", "the reader's return")
    stage.reader_came()
    eyes.close()
    walker = Walker(stage)
    walker.go_to("take_card")
    walker.leave()
    wait_until(lambda: _status_of(stage, walker.ticket), 60, "the check-in made with the reader that returned")
    wait_until(lambda: _devices(stage).get("reader") == "ok", 60, "staff to see that the reader is back")


def test_a_card_left_in_while_the_card_service_goes_and_comes_back_is_to_be_taken(stage: Stage) -> None:
    assert stage.card_service is not None
    stage.start_kiosk(window=False)
    walker = Walker(stage)
    walker.go_to("take_card")
    read = [entry for entry in stage.journal() if entry["happening"] == "card-read"]
    stage.card_service.kill()
    walker.eyes.wait_for("welcome")
    walker.eyes.say("start")
    walker.eyes.wait_for("information")
    stage.card_service.restart()
    walker.eyes.wait_for("take_card")
    assert [entry for entry in stage.journal() if entry["happening"] == "card-read"] == read
    stage.reader_came()
    walker.leave()


def test_with_the_camera_gone_the_patient_goes_on_without_a_document_and_it_returns(stage: Stage) -> None:
    stage.start_kiosk(window=False)
    wait_until(lambda: _devices(stage).get("camera") == "ok", 60, "the camera to be there")
    walker = Walker(stage)
    walker.go_to("confirm")
    stage.break_camera()
    walker.eyes.say("yes")
    walker.eyes.wait_for("done", "ticket", seconds=60)
    wait_until(lambda: _devices(stage).get("camera") == "lost", 60, "staff to see that the camera is gone")
    walker.go_to("take_card")
    walker.leave()  # clears the tray: the camera films again
    wait_until(lambda: _status_of(stage, walker.ticket) == "RETRIEVED", 60, "the check-in without a picture")
    wait_until(lambda: _devices(stage).get("camera") == "ok", 60, "the camera's return")


def test_with_the_disk_full_the_patient_is_sent_to_the_desk_and_the_kiosk_rests_until_there_is_room(
    stage: Stage,
) -> None:
    kiosk = stage.start_kiosk(window=False, frail="disk")
    walker = Walker(stage)
    walker.go_to("confirm")
    kiosk.send(signal.SIGUSR1)
    walker.eyes.say("yes")
    walker.eyes.wait_for("document")
    stage.show_document("old-id")
    walker.eyes.wait_for("review")
    walker.eyes.say("yes")
    walker.eyes.wait_for("desk", seconds=60)
    assert walker.eyes.now["number"] == ""
    wait_until(lambda: _devices(stage).get("storage") == "lost", 60, "staff to see that the disk is full")
    walker.eyes.say("finish")
    walker.eyes.wait_for("take_card")
    stage.pull_card()
    walker.eyes.wait_for("out_of_order")
    kiosk.send(signal.SIGUSR2)
    walker.eyes.wait_for("welcome")
    wait_until(lambda: _devices(stage).get("storage") == "ok", 60, "staff to see that there is room again")
    walker.go_to("take_card")
    walker.leave()
    wait_until(lambda: _status_of(stage, walker.ticket), 60, "a check-in once there is room")
