"""What patients do: the first visit, from the welcome to the card taken back; and the one after it."""

import re
import time
from typing import Any

from tests.demo.patient import Patient
from tests.demo.processes import StageTrouble
from tests.demo.stage import Stage
from tests.people import LEO, ZOE


def play_first(stage: Stage, patient: Patient) -> tuple[int, str]:
    """Zoé comes with her family's card and her identity card; answers how long it took, and her number."""
    eyes = patient.eyes
    patient.keep_picture("welcome")
    began = time.monotonic()
    patient.press("start")
    patient.arrive("information")
    patient.press("understood")
    patient.arrive("insert")
    stage.insert_card("zoe")
    eyes.wait_for("reading", "beneficiaries")
    if eyes.screen == "reading":
        patient.keep_picture("reading")
    patient.arrive("beneficiaries")
    patient.press("person-1")
    patient.arrive("confirm")
    patient.press("yes")
    patient.arrive("document", "document-empty-tray")
    stage.show_document("id-front")
    patient.arrive("review", "review-front")
    patient.press("yes")
    eyes.wait_for("document")
    stage.show_document("id-back")
    patient.arrive("document", "document-second-side")
    patient.arrive("review", "review-back")
    patient.press("yes")
    eyes.wait_for("working", "done", "ticket")
    patient.keep_picture("working")
    eyes.wait_for("done", "ticket")
    patient.keep_picture("done")
    patient.arrive("ticket")
    took = round((time.monotonic() - began) * 1000)
    ticket = ticket_of(eyes.now)
    patient.press("finish")
    patient.arrive("take_card")
    stage.pull_card()
    stage.clear_tray()
    patient.arrive("welcome", "welcome-again")
    return took, ticket


def play_return(stage: Stage, patient: Patient) -> tuple[int, str]:
    """Zoé comes again: the console knows her. Answers how long it took from the card to the ticket, and her number."""
    eyes = patient.eyes
    patient.press("start")
    eyes.wait_for("information")
    patient.press("understood")
    eyes.wait_for("insert")
    began = time.monotonic()
    stage.insert_card("zoe")
    eyes.wait_for("beneficiaries")
    patient.press("person-1")
    eyes.wait_for("confirm")
    patient.press("yes")
    eyes.wait_for("ticket", "document")  # thanked for three seconds, as everybody is
    took = round((time.monotonic() - began) * 1000)
    if eyes.screen == "document":
        raise StageTrouble("the console did not know her: she was asked for her document")
    patient.keep_picture("ticket-again")
    ticket = ticket_of(eyes.now)
    patient.press("finish")
    eyes.wait_for("take_card")
    stage.pull_card()
    eyes.wait_for("welcome")
    return took, ticket


def play_phone(stage: Stage, patient: Patient) -> tuple[int, str]:
    """Léo comes with his mother, who shows her appli carte Vitale. Answers how long it took, and his number."""
    eyes = patient.eyes
    patient.press("start")
    eyes.wait_for("information")
    patient.press("understood")
    patient.arrive("insert", "insert-or-phone")
    began = time.monotonic()
    stage.show_phone(ZOE, LEO)
    eyes.wait_for("beneficiaries")
    stage.take_phone()  # what it showed was shown
    patient.press("person-2")
    eyes.wait_for("confirm")
    patient.press("yes")
    patient.arrive("ticket", "ticket-phone")
    took = round((time.monotonic() - began) * 1000)
    ticket = ticket_of(eyes.now)
    patient.press("finish")
    eyes.wait_for("welcome")
    return took, ticket


def ticket_of(shown: dict[str, Any]) -> str:
    """The number on the ticket's screen: a letter and digits."""
    for item in shown["items"]:
        if found := re.search(r"\b[A-Z]\d+\b", str(item["text"])):
            return found.group()
    raise StageTrouble(f"no number on the ticket's screen: {[item['text'] for item in shown['items']]}")
