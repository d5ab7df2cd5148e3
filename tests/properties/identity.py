"""Properties 1 to 11: what one person's identity rests on, and what takes it away."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.properties import acts
from tests.properties.seen import BARRING, FactSeen, PersonSeen
from tests.properties.step import Step

CLOSES = {"insi-rejected", "strict-trait-edited", "verification-failed"}  # and a barring attribute
TAKES_AWAY = CLOSES | {"attribute-set", "undone", "migrated", "withdrawn-by-peer", "erased"}
MAY_BE_A_MACHINES = {
    *("opened", "visit-attached", "traits-stated", "insi-asked", "insi-answered", "insi-accepted", "verified"),
    *("pair-proposed", "erased", "migrated", "complementary-edited"),
}
OBTAINED = {"RETRIEVED", "QUALIFIED"}
ACCEPTS = ("insi-accepted", "ins-replaced")


def p01_the_fold_of_the_facts_is_the_standing(step: Step) -> Iterator[str]:
    """1. Folding a person's facts equals their standing, and what they hold."""
    from kiosk.console.models import Person
    from kiosk.console.register import reading

    changed = {now.name for now in step.after.persons.values() if step.was(now.name) != now}
    for row in Person.objects.filter(pk__in=[UUID(step.keys[name]) for name in changed]):
        name = next(one for one in changed if step.keys[one] == str(row.pk))
        try:
            kept, folded = reading.standing_of(row), reading.folded(row.pk)
        except Exception as trouble:  # noqa: BLE001 - whatever it is, the property does not hold
            yield f"{name} cannot be folded: {type(trouble).__name__}: {trouble}"
            continue
        if kept != folded:
            yield f"{name} stands otherwise than folded"
        held = [one.mark for one in step.after.holdings if one.person == name and one.until is None]
        if held != ([folded.held.number] if folded.held is not None else []):
            yield f"{name} holds {len(held)} numbers, folded {folded.held is not None}"


def p02_one_person_holds_a_number(step: Step) -> Iterator[str]:
    """2. At most one open person holds a matricule and OID."""
    seen: dict[bytes, str] = {}
    for one in step.after.holdings:
        if one.until is None:
            if one.value in seen:
                yield f"{one.person} and {seen[one.value]} hold one number"
            seen[one.value] = one.person
    for now in step.after.persons.values():
        if (now.status in OBTAINED) != (now.mark is not None):
            yield f"{now.name} is {now.status} with {now.mark}"


def p03_a_number_goes_by_its_causes_only(step: Step) -> Iterator[str]:
    """3. Only certain events remove a matricule; only InsReplaced replaces one."""
    for was, now in step.both():
        if was.mark is None or was.mark == now.mark:
            continue
        kinds = {one.kind for one in step.facts_of(now.name)}
        if now.mark is None and not kinds & TAKES_AWAY:
            yield f"{now.name} lost its matricule by {sorted(kinds)}"
        if now.mark is not None and not kinds & {"ins-replaced", "undone"}:
            yield f"{now.name} has another matricule by {sorted(kinds)}"


def p04_a_late_answer_is_not_accepted(step: Step) -> Iterator[str]:
    """4. An answer is not accepted when anything was closed, edited or rejected since its question."""
    for fact in step.new_facts(*ACCEPTS):
        answer = step.trail.nth(fact.person, fact.cites)
        if answer is None or answer.kind != "insi-answered":
            yield f"{fact.person} accepts fact {fact.cites}, which is no answer"
            continue
        if answer.mark != fact.mark:
            yield f"{fact.person} accepts another number than was answered"
        question = step.trail.nth(fact.person, answer.cites) if answer.cites else answer
        asked_at = question.at if question is not None else answer.at
        if not answer.cites and answer.about in step.asked_at:
            asked_at = min(asked_at, step.asked_at[answer.about])  # the kiosk had asked
        for one in step.trail.standing(fact.person, fact.nth):
            if _closes(one) and one.at > asked_at:
                yield f"{fact.person} accepts an answer asked before {one.kind} (fact {one.nth})"


def p05_doubtful_or_fictitious_stays(step: Step) -> Iterator[str]:
    """5. Doubtful or fictitious holds on every later visit until staff removes it."""
    for was, now in step.both():
        gone = was.attributes & BARRING - now.attributes
        removes = step.facts_of(now.name, "attribute-removed", "undone", "erased")
        if gone and not any(one.actor == "staff" for one in removes):
            yield f"{now.name} is no longer {sorted(gone)}"
    for now in step.after.persons.values():
        if now.is_barred and (now.status != "PROVISIONAL" or now.mark or now.evidence):
            yield f"{now.name} is {sorted(now.attributes)} and {now.status}"
    for holding in step.after.holdings:
        if holding.until is None and holding not in step.before.holdings:
            yield from _barred_elsewhere(step, holding.person)


def _barred_elsewhere(step: Step, person: str) -> Iterator[str]:
    """A number that INSi gave for somebody barred is not held by another, whom nobody set apart from them."""
    for other in step.after.persons.values():
        if other.name == person or not other.is_barred or other.is_erased:
            continue
        common = step.memory.numbers.get(other.name, set()) & _held_number(step, person)
        is_apart = "apart" in (
            step.after.pairs.get((person, other.name)),
            step.after.pairs.get((other.name, person)),
        )
        if common and not is_apart:
            yield f"{person} holds what INSi gave for {other.name}, who is barred"


def _held_number(step: Step, person: str) -> set[tuple[str, str]]:
    accepted = [one for one in step.trail.standing(person) if one.kind in ACCEPTS]
    return {step.number_of(person, accepted[-1].cites)} - {None} if accepted else set()


def p06_qualified_rests_on_what_was_compared(step: Step) -> Iterator[str]:
    """6. QUALIFIED rests on evidence and on an answer that were compared, neither withdrawn since."""
    for now in step.after.persons.values():
        if now.status != "QUALIFIED" or step.was(now.name) == now:
            continue
        facts = list(step.trail.standing(now.name))
        evidence = [one for one in facts if one.kind == "evidence-checked"]
        accepted = [one for one in facts if one.kind in ACCEPTS]
        if not evidence or not accepted:
            yield f"{now.name} is qualified without {'evidence' if accepted else 'an accepted answer'}"
            continue
        last = evidence[-1]
        if last.actor != "staff" or not last.codes["agree"] or not last.codes["strong"]:
            yield f"{now.name} is qualified on evidence that gives nothing"
        if accepted[-1].mark != now.mark or not accepted[-1].codes["agree"] or not accepted[-1].codes["usable"]:
            yield f"{now.name} is qualified with a number that was not accepted last"
        first = min(last.nth, accepted[-1].nth)
        for one in facts:
            if one.nth > first and _closes(one):
                yield f"{now.name} is qualified on what {one.kind} (fact {one.nth}) took back"
        if accepted[-1].nth > last.nth and accepted[-1].actor != "staff":
            yield f"{now.name}: nobody compared the answer with the evidence"


def p07_machines_decide_nothing(step: Step) -> Iterator[str]:
    """7. Kiosk and worker never set evidence, merge, undo, clear."""
    for fact in step.new:
        if fact.person and fact.actor != "staff":
            is_homonym = fact.kind == "attribute-set" and not fact.bars
            if fact.kind not in MAY_BE_A_MACHINES and not is_homonym:
                yield f"{fact.who} did {fact.kind} to {fact.person}"
        if step.is_by_machine and fact.actor == "staff":
            yield f"{fact.kind} of {fact.who} came by {type(step.act).__name__}"
    if step.is_by_machine:
        for was, now in step.both():
            if was.established != now.established:
                yield f"{now.name} changed by {type(step.act).__name__}"


def p08_a_refusal_changes_nothing(step: Step) -> Iterator[str]:
    """8. A refusal changes nothing and is recorded: what a rule told staff, and all that ``record`` refused."""
    written = Counter(str(one.details.get("refusal")) for one in step.new if one.act == "refused")
    for code, times in Counter(step.refused).items():
        if written[code] < times:
            yield f"{code} was refused {times} times, and is written {written[code]} times"
    if not step.outcome.told:
        return
    for told in step.outcome.told:
        codes = _refusals_told(told)
        if codes and not codes & set(written):
            yield f"refused ({told}), and not written down"
    if step.before.standing != step.after.standing:
        yield f"refused ({step.outcome.told[0]}), and changed something"
    if [one for one in step.new if one.person]:
        yield f"refused ({step.outcome.told[0]}), and appended facts"


def _refusals_told(told: str) -> set[str]:
    """The refusals of the core that staff read in these words."""
    from django.utils.translation import gettext

    from kiosk.console.identities.reasons import REFUSALS

    return {refusal.value for refusal, words in REFUSALS.items() if told in (words, gettext(words))}


def p09_undo_restores_everything(step: Step) -> Iterator[str]:
    """9. Undo restores everything, the evidence's day included; what a doubt took away does not come back."""
    for fact in step.new_facts("undone"):
        now = step.after.persons[fact.person]
        before = step.memory.before_decision.get((fact.person, fact.cites))
        if before is None:
            yield f"{fact.person}: fact {fact.cites} is undone, and decided nothing"
            continue
        wanted = _restored(step, fact, before)
        if now.established != wanted.established:
            yield f"{fact.person} stood {wanted.established}, and is undone to {now.established}"


def _restored(step: Step, undone: FactSeen, before: PersonSeen) -> PersonSeen:
    """Who was barred by the decision stays without what it took away; what others said since stays too."""
    was = step.was(undone.person) or before
    since = [one for one in step.trail.standing(undone.person, undone.nth) if one.nth > undone.cites]
    attributes = set(before.attributes)
    for one in since:
        if one.decision != undone.cites and one.kind == "attribute-set":
            attributes.add(one.codes["attribute"])
        if one.decision != undone.cites and one.kind == "attribute-removed":
            attributes.discard(one.codes["attribute"])
    kept = replace(before, attributes=frozenset(attributes))
    if was.is_barred and not before.is_barred:
        bare = {"status": "PROVISIONAL", "mark": None, "evidence": "", "evidence_on": "", "companion": ""}
        return replace(kept, **bare)
    return kept


def p10_undo_revives_no_number_of_another(step: Step) -> Iterator[str]:
    """10. Undo never revives a matricule that another person now holds."""
    for fact in step.new_facts("undone"):
        mine = [one for one in step.after.holdings if one.person == fact.person and one.until is None]
        for one in mine:
            others = [other.person for other in step.before.holdings if other.value == one.value and not other.until]
            if set(others) - {fact.person}:
                yield f"{fact.person} holds again what {others} hold"
        now = step.after.persons[fact.person]
        if now.mark is not None and not mine:
            yield f"{fact.person} is {now.status} and holds nothing"


def p11_retention_sees_what_was_decided(step: Step) -> Iterator[str]:
    """11. An undo leaves both facts; retention sees the decision."""
    for fact in step.new_facts("undone"):
        if step.trail.nth(fact.person, fact.cites) is None:
            yield f"{fact.person}: the decision {fact.cites} is gone"
    if not isinstance(step.act, acts.Purge):
        return
    for name, visit in step.after.visits.items():
        was = step.before.visits[name]
        if not visit.is_removed or was.is_removed:
            continue
        taken = _decided_with(step, name)
        if taken is not None and not _is_old(step, name):
            yield f"{name}, with which {taken.person} was decided about ({taken.kind}), is removed"
    if set(step.before.persons) - set(step.after.persons):
        yield "a person is gone"


def _decided_with(step: Step, visit: str) -> FactSeen | None:
    """A decision about somebody that was taken with this visit, and stands.

    Whose it is may have been said by a card, or by staff: with nothing decided afterwards, nobody dealt with it.
    """
    return next((one for name in step.before.persons for one in step.trail.standing(name) if _is_of(one, visit)), None)


def _is_old(step: Step, visit: str) -> bool:
    """Its copies are due: as long ago as the structure keeps any."""
    from django.conf import settings

    told = [one.at for one in step.trail.all if one.about == visit]
    return told[-1] - told[0] >= timedelta(days=settings.KIOSK.copies_days)


def _is_of(fact: FactSeen, visit: str) -> bool:
    return fact.about == visit and fact.decision > 0


def _closes(fact: FactSeen) -> bool:
    return fact.kind in CLOSES or fact.bars
