"""Sequences that random ones rarely find: one a property at least, and each fault that was shown before the register.

After every act all properties are looked at (``watch``): a test here says only what is to come of its sequence.
"""

import pytest

from tests.properties import acts
from tests.properties.story import DAY, Story

pytestmark = pytest.mark.long


def _qualified(story: Story, visit: str = "v1", who: str = "nora") -> None:
    story.come(visit, "zoe")
    story.take(who, visit)
    story.qualify(who, visit, "ZOE")
    assert story.of(visit).status == "QUALIFIED"


def _two_validated(story: Story, who: str = "nora") -> None:
    """One person twice, each opened and validated without INS; the worker finds that they look alike."""
    story.come("v1", "zoe", "nobody")
    story.take(who, "v1")
    story.validate(who, "v1", "zoe")
    story.come("v2", "zoe", "nobody")
    story.take(who, "v2")
    story.say_new(who, "v2")
    story.validate(who, "v2", "zoe")
    story.seek()
    assert story.watch.seen.pairs == {("p1", "p2"): "possible"}


# --- what was shown --------------------------------------------------------------------------------------------------


def test_a_late_answer_stands_beside_a_qualified_identity_and_changes_nothing(story: Story) -> None:
    story.come("v1", "zoe")
    story.take("lea", "v1")
    story.ask_again("lea", "v1", "homonym")
    story.qualify("lea", "v1", "ZOE")
    before = story.of("v1").established
    assert story.of("v1").status == "QUALIFIED"
    story.ask("other")
    assert story.of("v1").established == before
    assert story.visit("v1").stage == "set-aside"


def test_a_number_that_somebody_holds_is_nobody_else_s(story: Story) -> None:
    _qualified(story)
    story.come("v2", "homonym", card="zoe")
    story.take("lea", "v2")
    story.say_new("lea", "v2")
    story.do(
        acts.Post("lea", "/arrivees/v2/qualifier/", (("evidence", "CN"), ("said", "1"), ("first_given_name", "ZOE")))
    )
    assert story.visit("v2").person == "" or story.of("v2").status == "PROVISIONAL"


@pytest.mark.parametrize("insi", ["several-in-one", "no-place", "no-date", "no-sex", "test-oid", "no-oid"])
def test_an_answer_that_cannot_be_used_qualifies_nobody(story: Story, insi: str) -> None:
    story.come("v1", "zoe", insi)
    story.take("lea", "v1")
    story.qualify("lea", "v1", "ZOE")
    assert story.watch.seen.persons == {}
    story.validate("lea", "v1", "zoe")
    assert (story.of("v1").status, story.visit("v1").stage) == ("VALIDATED", "set-aside")


def test_an_empty_check_in_is_not_validated(story: Story) -> None:
    story.do(acts.Arrive("v1"))
    story.take("lea", "v1")
    story.press("lea", "v1", "decision/validate/", evidence="PA")
    assert story.watch.seen.persons == {}


@pytest.mark.parametrize("attribute", ["doubt", "fictitious"])
def test_who_was_doubtful_or_fictitious_yesterday_is_not_qualified_today(story: Story, attribute: str) -> None:
    story.come("v1", "zoe")
    story.take("lea", "v1")
    story.press("lea", "v1", f"decision/{attribute}/")
    story.wait(DAY)
    story.come("v2", "zoe")
    story.take("marc", "v2")
    story.press("marc", "v2", "personne/")
    story.qualify("marc", "v2", "ZOE")
    assert story.of("v2").name == "p1" and story.of("v2").is_barred
    story.come("v3", "zoe")
    story.take("marc", "v3")
    story.say_new("marc", "v3")
    story.qualify("marc", "v3", "ZOE")
    assert story.visit("v3").person == ""


def test_after_the_doubt_is_lifted_both_steps_are_done_again(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/doubt/")
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/clear/")
    story.qualify("nora", "v1", "ZOE")
    assert story.of("v1").status == "PROVISIONAL"
    story.ask_again("nora", "v1", "zoe")
    story.ask("right")
    story.qualify("nora", "v1", "ZOE")
    assert story.of("v1").status == "QUALIFIED"


def test_undoing_a_doubt_does_not_bring_the_qualification_back(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/doubt/")
    story.press("nora", "v1", "annuler/")
    assert (story.of("v1").status, story.of("v1").is_barred) == ("PROVISIONAL", False)


def test_retention_sees_a_qualification_when_a_later_decision_was_undone(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/refuse-ins/")
    story.press("nora", "v1", "annuler/")
    story.wait(2 * DAY)
    story.do(acts.Purge())
    assert (story.of("v1").status, story.visit("v1").is_removed) == ("QUALIFIED", False)


def test_what_the_worker_hears_after_an_undo_stands_beside_no_evidence(story: Story) -> None:
    story.come("v1", "zoe", "silent")
    story.take("nora", "v1")
    story.validate("nora", "v1", "zoe")
    story.press("nora", "v1", "annuler/")
    story.ask("right")
    assert story.visit("v1").person == ""
    story.press("nora", "v1", "decision/homonym/")
    assert (story.of("v1").name, story.of("v1").status, story.of("v1").evidence) == ("p2", "RETRIEVED", "")


def test_a_verification_that_does_not_confirm_is_a_task_and_takes_nothing(story: Story) -> None:
    _qualified(story)
    before = story.of("v1").established
    story.verify("several")  # not verified: nobody is asked to do anything
    assert (story.of("v1").established, story.visit("v1").stage) == (before, "done")
    story.verify("nobody")
    assert story.of("v1").established == before
    assert story.visit("v1").stage == "set-aside"
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/refuse-ins/")
    assert story.of("v1").status == "VALIDATED"
    assert len(story.watch.seen.outbox) == 1


def test_whom_insi_was_asked_about_may_be_asked_about_after_a_doubt_was_undone(story: Story) -> None:
    story.come("v1", "zoe", "nobody")
    story.take("nora", "v1")
    story.ask_again("nora", "v1", "zoe")
    story.press("nora", "v1", "decision/doubt/")
    story.press("nora", "v1", "annuler/")
    assert story.ask_again("nora", "v1", "zoe").told == ()
    assert story.ask("right").was_done


def test_a_purge_of_copies_leaves_the_answer_on_which_an_identity_rests(story: Story) -> None:
    from uuid import UUID

    from kiosk.console.models import Person
    from kiosk.console.register import reading, visits

    _qualified(story)
    story.wait(1100 * DAY)
    story.do(acts.Purge())
    assert story.person("p1").status == "QUALIFIED"
    person = Person.objects.get(pk=UUID(story.played.keys["p1"]))
    assert visits.answer_of(person.pk, reading.standing_of(person).basis.answer) is not None


# --- found by these properties ---------------------------------------------------------------------------------------


def test_what_the_kiosk_had_asked_before_a_downgrade_does_not_count_after_it(story: Story) -> None:
    story.come("v2", "zoe")
    _qualified(story)
    story.take("nora", "v1")
    story.press("nora", "v1", "declasser/", reason="wrong-trait")
    story.take("lea", "v2")
    story.press("lea", "v2", "personne/")
    story.qualify("lea", "v2", "ZOE")
    assert story.of("v2").status == "PROVISIONAL"
    story.ask_again("lea", "v2", "zoe")
    story.ask("right")
    story.qualify("lea", "v2", "ZOE")
    assert story.of("v2").status == "QUALIFIED"


def test_undoing_from_a_merged_record_touches_the_kept_one_by_nothing(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "merge")
    assert story.person("p2").absorbed_by == "p1"
    story.do(acts.Post("nora", "/arrivees/v2/annuler/"))
    assert (story.person("p1").status, story.visit("v2").person) == ("VALIDATED", "p2")


def test_what_the_unit_said_since_outlives_the_undoing_of_a_decision(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "apart")
    story.press("nora", "v1", "annuler/")
    assert (story.person("p1").evidence, story.person("p1").attributes) == ("", frozenset({"homonym"}))


def test_what_insi_answers_about_a_record_that_was_merged_meanwhile_stops_no_worker(story: Story) -> None:
    story.come("v1", "zoe", "nobody")
    story.take("nora", "v1")
    story.validate("nora", "v1", "zoe")
    story.come("v2", "zoe", "silent")
    story.take("nora", "v2")
    story.say_new("nora", "v2")
    story.validate("nora", "v2", "zoe")
    story.seek()
    story.judge("omar", "p1", "p2", "merge")
    assert story.person("p2").absorbed_by == "p1"
    assert story.ask("right").was_done
    assert (story.person("p1").status, story.person("p2").status) == ("VALIDATED", "VALIDATED")


def test_a_verification_takes_no_answer_from_a_question_of_another_visit(story: Story) -> None:
    story.come("v1", "zoe")
    story.come("v2", "zoe", "silent")
    story.take("nora", "v1")
    story.qualify("nora", "v1", "ZOE")
    story.take("lea", "v2")
    story.press("lea", "v2", "personne/")
    story.verify("several")
    story.ask("right")
    assert story.of("v2").status == "QUALIFIED"


def test_what_is_confirmed_while_the_unit_takes_it_back_confirms_nothing(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    story.do(acts.Look("nora", "/arrivees/v1/"))
    story.wait(DAY)
    page, tomorrow = "/vigilance/verifications/", story.ground.clock.now().date().isoformat()
    story.press_on("omar", page, page + "ouvrir/", before=tomorrow)
    down = acts.Press("nora", "/arrivees/v1/", "/arrivees/v1/declasser/", (), (("reason", "wrong-trait"),))
    story.do(acts.Verify("right", (down,)))
    assert (story.of("v1").status, story.of("v1").verified_at) == ("PROVISIONAL", "")


# --- who comes again -------------------------------------------------------------------------------------------------


def test_on_the_short_path_a_visit_is_nobody_s_until_staff_have_looked_and_again_when_that_is_undone(
    story: Story,
) -> None:
    _qualified(story)
    before = story.of("v1").established
    story.wait(DAY)
    story.do(acts.Arrive("v2", "zoe", insi="not-asked", short=True))
    assert story.visit("v2").person == ""
    story.take("lea", "v2")
    story.press("lea", "v2", "presence/")
    assert (story.visit("v2").person, bool(story.visit("v2").presence_at)) == ("p1", True)
    story.press("lea", "v2", "annuler/")
    assert (story.visit("v2").person, story.visit("v2").presence_at) == ("", "")
    assert story.person("p1").established == before


def test_whom_the_short_path_took_for_somebody_is_nobody_s_when_that_one_was_doubted_since(story: Story) -> None:
    _qualified(story)
    story.wait(DAY)
    story.do(acts.Arrive("v2", "zoe", insi="not-asked", short=True))
    story.take("lea", "v2")
    story.do(acts.Look("lea", "/arrivees/v2/"))
    story.take("nora", "v1")
    story.press("nora", "v1", "decision/doubt/")
    story.do(acts.Press("lea", "/arrivees/v2/", "/arrivees/v2/presence/"))
    assert (story.visit("v2").person, story.visit("v2").presence_at) == ("", "")


# --- links -----------------------------------------------------------------------------------------------------------


def test_merged_and_unmerged_each_side_is_what_it_was_and_they_are_not_proposed_again(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "merge", "2")
    assert story.person("p1").absorbed_by == "p2"
    story.judge("nora", "p1", "p2", "split")
    story.come("v3", "zoe", "nobody")
    story.seek()
    assert story.watch.seen.pairs[("p1", "p2")] == "apart"


def test_whom_the_unit_set_apart_is_not_proposed_again(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "apart")
    story.wait(DAY)
    story.come("v3", "zoe", "nobody")
    story.take("lea", "v3")
    story.press("lea", "v3", "personne/")
    story.seek()
    assert story.watch.seen.pairs == {("p1", "p2"): "apart"}


def test_a_barred_side_does_not_merge(story: Story) -> None:
    _two_validated(story)
    story.take("nora", "v2")
    story.press("nora", "v2", "decision/doubt/")
    story.judge("omar", "p1", "p2", "merge")
    assert story.person("p2").absorbed_by == ""


def test_a_record_that_leads_to_another_takes_no_decision_of_its_own(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "merge")
    story.take("nora", "v2")
    story.press("nora", "v2", "decision/homonym/")
    assert story.person("p2").attributes == frozenset()
    assert story.person("p1").attributes == frozenset({"homonym"})


def test_a_replayed_press_and_a_page_of_before_change_nothing(story: Story) -> None:
    story.come("v1", "zoe")
    story.take("nora", "v1")
    story.do(acts.Look("nora", "/arrivees/v1/"))
    story.qualify("nora", "v1", "ZOE")
    again = next(act for act in reversed(story.told) if isinstance(act, acts.Press))
    before = story.of("v1")
    story.do(again)
    story.take("nora", "v1")
    story.press("nora", "v1", "declasser/", reason="evidence")
    story.take("nora", "v1")
    story.do(acts.Press(again.who, again.page, again.path, again.name, again.said, 3))
    assert before.status == "QUALIFIED" and story.of("v1").status == "PROVISIONAL"


def test_an_undo_brings_no_number_back_that_somebody_else_holds_by_now(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    story.press("nora", "v1", "declasser/", reason="wrong-person")
    story.come("v2", "zoe")
    story.take("lea", "v2")
    story.say_new("lea", "v2")
    story.qualify("lea", "v2", "ZOE")
    assert story.of("v2").status == "QUALIFIED"
    story.press("nora", "v1", "annuler/")
    assert (story.person("p1").status, story.person("p2").status) == ("PROVISIONAL", "QUALIFIED")


def test_a_nia_becomes_a_nir_by_staff_alone_and_nobody_is_told_of_a_withdrawal(story: Story) -> None:
    story.come("v1", "nia")
    story.take("nora", "v1")
    story.qualify("nora", "v1", "MATRICULE")
    story.verify("replaced")
    assert story.of("v1").status == "QUALIFIED"
    assert story.watch.seen.outbox == ()


# --- erased -----------------------------------------------------------------------------------------------------------


def test_who_was_erased_comes_back_as_somebody_new_and_is_qualified_with_the_same_number(story: Story) -> None:
    _qualified(story)
    assert story.erase("v1").was_done
    assert story.person("p1").is_erased
    assert story.watch.seen.outbox[-1][1:] == ("p1", "withdrawn")
    assert not story.erase("v1").was_done
    _qualified(story, "v2")
    assert story.visit("v2").person == "p2"


def test_a_merged_person_is_erased_with_the_record_that_was_kept(story: Story) -> None:
    _two_validated(story)
    story.judge("omar", "p1", "p2", "merge")
    assert story.erase("v2").was_done
    assert story.person("p1").is_erased and story.person("p2").is_erased
    assert [one for one in story.watch.seen.outbox if one[2] == "withdrawn"] == []


def test_a_visit_in_somebody_s_hands_keeps_its_person_from_being_erased(story: Story) -> None:
    _qualified(story)
    story.take("nora", "v1")
    assert not story.erase("p1").was_done
    assert story.person("p1").status == "QUALIFIED"


def test_who_asks_to_be_forgotten_while_insi_is_asked_gets_no_answer(story: Story) -> None:
    _qualified(story)
    story.wait(DAY)
    page, tomorrow = "/vigilance/verifications/", story.ground.clock.now().date().isoformat()
    story.press_on("nora", page, page + "ouvrir/", before=tomorrow)
    story.do(acts.Verify("replaced", (acts.Erase("p1"),)))
    assert story.person("p1").is_erased


def test_whom_a_decision_taken_back_left_goes_by_the_clock_and_nobody_else_does(story: Story) -> None:
    _qualified(story)
    story.press("nora", "v1", "annuler/")
    story.qualify("nora", "v1", "ZOE")
    story.wait(1100 * DAY)
    story.do(acts.Purge())
    assert (story.person("p1").is_erased, story.person("p2").status) == (True, "QUALIFIED")
