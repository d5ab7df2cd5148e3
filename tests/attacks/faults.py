"""What a kiosk may hang on, in one table: what the patient sees and for how long, what staff see, when it is well.

``python -m tests.attacks.faults`` writes it as a page of the guides; each line names the test that plays it.
"""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "deploy" / "guides" / "kiosk-faults.md"


@dataclass(frozen=True, slots=True)
class Fault:
    what: str
    patient: str  # the screen, and for how long
    staff: str  # on the console's page of kiosks, or as a call
    well: str  # time to recover, once the cause is gone
    test: str  # file::function


def _attack(name: str, test: str) -> str:
    return f"tests/attacks/test_kiosk_hangs_{name}.py::{test}"


def _walk(name: str, test: str) -> str:
    return f"tests/walks/test_{name}.py::{test}"


TAKE = "*Reprenez votre carte*, until it is taken"
CALLED = "call *carte oubliée* after 15 s"
FAULTS = (
    Fault(
        "A card is in when the kiosk starts (it was killed there)",
        TAKE,
        CALLED,
        "at once, when the card leaves",
        _attack("card", "test_the_kiosk_is_killed_there_and_starts_again_and_staff_are_told"),
    ),
    Fault(
        "The reader comes back with a card in, while the next one reads the notice",
        TAKE,
        CALLED,
        "at once, when the card leaves",
        _attack("card", "test_the_reader_goes_and_comes_back_while_the_next_one_reads_the_notice"),
    ),
    Fault(
        "… while the next one is asked for their card",
        TAKE,
        CALLED,
        "at once, when the card leaves",
        _attack("card", "test_the_reader_comes_back_while_the_next_one_is_asked_for_their_card"),
    ),
    Fault(
        "… while the next one shows a document",
        "their own turn goes on; then *Reprenez votre carte*",
        CALLED,
        "at once, when the card leaves",
        _attack("card", "test_who_went_on_without_a_card_is_asked_for_none_of_what_is_in_it"),
    ),
    Fault(
        "The card service stops and comes back, with a card in (the real one)",
        TAKE,
        "reader lost, then well; " + CALLED,
        "two seconds after the service",
        _walk("failures", "test_a_card_left_in_while_the_card_service_goes_and_comes_back_is_to_be_taken"),
    ),
    Fault(
        "The card service or the reader is gone",
        "*Continuer sans carte* is offered, as long as it lasts",
        "reader lost, within 1 s",
        "two seconds after the service",
        _walk("failures", "test_with_the_card_service_killed_the_way_without_a_card_is_offered_and_the_reader_returns"),
    ),
    Fault(
        "A card goes silent in the middle of its reading",
        "the way without a card, after 5 s, until it speaks or leaves",
        "reader lost (`silent`), within 1 s",
        "under a second after the card speaks or leaves; then it is to be taken",
        "tests/cards/test_reader_hot_plug.py::test_with_a_silent_card_the_reader_is_lost_until_the_card_speaks_or_leaves",
    ),
    Fault(
        "The camera gives no picture",
        "the turn goes on without a document, after 3 s",
        "camera lost, within 1 s",
        "within 5 s",
        _walk("failures", "test_with_the_camera_gone_the_patient_goes_on_without_a_document_and_it_returns"),
    ),
    Fault(
        "The camera's driver hangs",
        "the turn goes on without a document, after 3 s",
        "camera lost, within 1 s",
        "within 10 s: its process is ended and made anew, one at a time",
        _attack("camera", "test_a_camera_that_hangs_is_looked_for_by_one_process_after_the_other_and_found_again"),
    ),
    Fault(
        "A document breaks the process that reads it",
        "the same side is asked for again, once",
        "nothing (journal: `sight-lost`)",
        "a few seconds",
        "tests/attacks/test_machine_darkroom.py::test_a_document_that_breaks_the_reading_costs_one_more_try",
    ),
    Fault(
        "A film that is larger than any camera (demonstration)",
        "the turn goes on without a document, after 3 s",
        "camera lost",
        "with another film",
        _attack("camera", "test_a_film_larger_than_any_camera_is_none"),
    ),
    Fault(
        "The disk is full",
        "who is there: *Présentez-vous au bureau*; then out of order, until there is room",
        "storage lost, within 6 s",
        "within 5 s of there being room",
        _walk(
            "failures",
            "test_with_the_disk_full_the_patient_is_sent_to_the_desk_and_the_kiosk_rests_until_there_is_room",
        ),
    ),
    Fault(
        "The disk fills while the console drips",
        "out of order, within 6 s",
        "storage lost, within 6 s",
        "within 5 s of there being room",
        _attack("console", "test_while_the_console_drips_a_full_disk_is_seen_and_told"),
    ),
    Fault(
        "The disk answers late",
        "*Présentez-vous au bureau*, after 10 s; no number is left behind",
        "nothing to wait for",
        "with the next patient",
        _attack("disk", "test_a_key_kept_too_late_to_be_shown_is_taken_back_before_it_leaves"),
    ),
    Fault(
        "The disk answers no more",
        "out of order, within 10 s",
        "storage lost, within 11 s: heartbeats and calls go on",
        "when it answers",
        _attack("disk", "test_a_disk_that_answers_no_more_is_told_by_who_does_not_wait_for_it"),
    ),
    Fault(
        "The outbox is damaged when the kiosk starts",
        "nothing",
        "*boîte d'envoi abîmée, mise de côté*, until the file is taken away",
        "at once: it is set aside",
        _attack("disk", "test_an_outbox_that_is_no_database_is_set_aside_and_named_and_the_kiosk_works"),
    ),
    Fault(
        "The outbox is damaged while the kiosk works",
        "nothing, or *Présentez-vous au bureau* once",
        "the same",
        "within 5 s: what can be read of it is delivered",
        _attack("disk", "test_what_can_be_read_of_a_damaged_outbox_is_delivered"),
    ),
    Fault(
        "The console is down",
        "nothing: a number as ever",
        "the kiosk is silent, after 1 min",
        "within a minute of its return",
        _walk("failures", "test_with_the_console_down_the_patient_gets_a_ticket_and_the_check_in_arrives_later"),
    ),
    Fault(
        "The console stumbles over one delivery, drips, or keeps silent over one errand",
        "nothing",
        "calls and heartbeats as ever",
        "within a minute",
        _attack("console", "test_one_errand_in_trouble_keeps_no_other_waiting"),
    ),
    Fault(
        "The console answers a byte at a time",
        "nothing",
        "nothing",
        "each exchange is over in its time (20 s, and 1 s for 32 KiB)",
        _attack("console", "test_an_exchange_that_drips_is_over_in_its_time"),
    ),
    Fault(
        "The console does not say whether it knows somebody",
        "the whole path, after 1.5 s",
        "nothing",
        "with the next patient",
        _walk("short_path", "test_with_the_console_down_the_whole_path_is_taken_and_nothing_is_lost"),
    ),
    Fault(
        "INSi is down",
        "nothing",
        "the check-in is provisional; the worker asks again",
        "by the worker",
        _walk("failures", "test_with_insi_down_the_patient_gets_a_ticket_and_the_worker_asks_again"),
    ),
    Fault(
        "The kiosk is told to end while INSi and the console are silent",
        "the screen goes",
        "the kiosk is silent",
        "it ends within 2 s",
        _attack("console", "test_asked_to_end_while_insi_and_the_console_are_silent_it_ends_within_two_seconds"),
    ),
    Fault(
        "The kiosk is killed at any moment",
        "*Bienvenue*, or *Reprenez votre carte* if one is in",
        "nothing lost, nothing twice",
        "as it starts",
        _walk("kill", "test_killed_at_any_moment_it_welcomes_again_and_loses_nothing"),
    ),
    Fault(
        "A bug strikes with a card in",
        TAKE,
        "nothing (journal: `bug`, class, file and line)",
        "at once, when the card leaves",
        _attack("disk", "test_a_bug_gives_the_card_back_before_it_welcomes_anybody"),
    ),
    Fault(
        "The patient leaves",
        "*Êtes-vous toujours là ?* after 45 s, for 25 s; then all is forgotten",
        "nothing",
        "after 70 s",
        "tests/turns/test_turn_waits.py::test_a_person_has_twenty_five_seconds_to_answer",
    ),
    Fault(
        "Turns are given up again and again",
        "as ever",
        "nothing",
        "memory, threads, descriptors stay what they were",
        _attack("turns", "test_turns_given_up_in_every_state_leave_nothing_behind"),
    ),
    Fault(
        "A flood of touches",
        "as ever",
        "one call while it is on its way",
        "the journal keeps its history, and counts",
        _attack("flood", "test_a_flood_of_touches_leaves_the_journal_and_the_calls_what_they_were"),
    ),
    Fault(
        "The settings file is wrong",
        "nothing is started",
        "the kiosk is silent",
        "`kiosk run` says the key and what to write",
        _attack("settings", "test_a_broken_file_is_a_french_sentence_with_its_key_and_what_to_do"),
    ),
    Fault(
        "The desk it sends people to is none of the console's",
        "everything works; staff call the number at any desk",
        "*guichet inconnu* within a minute of the start, before anybody comes",
        "within 10 min of the correction, or at once after a start",
        _attack("console", "test_what_the_console_does_not_know_is_told_in_french_with_its_key_once"),
    ),
    Fault(
        "`console.ca` is another console's authority",
        "everything works; check-ins wait on the kiosk",
        "*jamais connectée*, or *silencieuse*; the kiosk's log says `console.ca` and what to do",
        "at the start after the correction",
        _attack("console", "test_an_authority_that_is_another_s_is_told_with_its_key"),
    ),
)


def page() -> str:
    """The table, for the technician."""
    head = (
        "# What a kiosk may hang on\n\n"
        "Written from `tests/attacks/faults.py` (`python -m tests.attacks.faults`); each line is played by a test.\n"
        "*Staff* is the console's page of kiosks, or a call.\n\n"
        "| fault | what the patient sees, and for how long | what staff see | well again | played by |\n"
        "|---|---|---|---|---|\n"
    )
    lines = (
        f"| {one.what} | {one.patient} | {one.staff} | {one.well} | `{one.test.partition('::')[0]}` |" for one in FAULTS
    )
    return head + "\n".join(lines) + "\n"


def names_in(path: Path) -> set[str]:
    """The tests of a file, by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(FAULTS)} faults\n")
