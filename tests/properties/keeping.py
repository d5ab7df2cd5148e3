"""Properties 19 to 23: what is erased, purged, told to others, and which answers may be accepted at all."""

from collections.abc import Iterator, Set
from typing import Any
from uuid import UUID

from tests.properties import acts, copies
from tests.properties.identity import ACCEPTS
from tests.properties.playing import Played
from tests.properties.step import Step

KNOWN_OIDS = {"1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9"}  # NIR and NIA of real people


def p19_erasing_leaves_the_chain_valid(step: Step) -> Iterator[str]:
    """19. Erasing leaves the chain valid; nothing erased is kept, found or opened, from no copy; nothing follows."""
    yield from _after_the_end(step)
    if not isinstance(step.act, acts.Purge | acts.Erase):
        return
    yield from broken_chain()
    gone = {step.keys[name] for name, visit in step.after.visits.items() if visit.is_removed}
    gone |= {step.keys[name] for name, person in step.after.persons.items() if person.is_erased}
    yield from _left_of({UUID(one) for one in gone})
    for copy in (*step.outcome.copies, *copies.taken()):
        if copy.opens == (str(copy.subject) in gone):
            what = copy.part or f"fact {copy.nth}"
            yield f"{what} of somebody {'erased is opened' if copy.opens else 'who is not erased opens no more'}"


def broken_chain() -> Iterator[str]:
    """Where the trail is not what was written."""
    from kiosk.console import audit

    _count, broken = audit.verify()
    if broken:
        yield f"the chain is {broken[0].reason} at {broken[0].number}"


def _left_of(gone: Set[UUID]) -> Iterator[str]:
    from kiosk.console.models import FactBody, PersonIndex, Sealed
    from kiosk.console.records import indexes, subject_keys

    for key in subject_keys.of(gone):
        yield f"{key} is erased, and has a key"
    if FactBody.objects.filter(subject__in=gone).exists() or PersonIndex.objects.filter(person__in=gone).exists():
        yield "of somebody erased something is kept"
    if Sealed.objects.filter(arrival__in=gone).exists() or indexes.of(gone):
        yield "of a visit removed something is kept"


def _after_the_end(step: Step) -> Iterator[str]:
    for was, now in step.both():
        if was.is_erased and was != now:
            yield f"{now.name} was erased, and had {[one.kind for one in step.facts_of(now.name)]}"
    for visit in step.after.visits.values():
        if visit.person and step.after.persons[visit.person].is_erased and not visit.is_removed:
            yield f"{visit.name} is of {visit.person}, who is erased"
    for sides, state in step.after.pairs.items():
        if state == "possible" and any(step.after.persons[one].is_erased for one in sides):
            yield f"{sides} may be one, and one is erased"


def p20_purging_changes_no_status(step: Step) -> Iterator[str]:
    """20. Purging copies never changes a status."""
    if isinstance(step.act, acts.Purge):
        for was, now in step.both():
            if was.established != now.established:
                yield f"{now.name} was {was.status}, and is {now.status}"


def p21_a_head_behind_a_witness_is_reported(step: Step) -> Iterator[str]:
    """21. Any head behind a witness is reported: none, as long as the trail is whole (``unnoticed`` for when not)."""
    from kiosk.console.models import Finding
    from kiosk.console.witness.findings import UNREAD

    if isinstance(step.act, acts.Arrive | acts.Resend):  # the kiosk brought the head that it was given
        asked = (UNREAD, "reading")  # whom a host asked INSi about, for an officer to look at: nothing of the trail
        for name in Finding.objects.exclude(code__in=asked).values_list("pk", flat=True):
            yield f"{name} is reported, of a trail that is whole"


def unnoticed(played: Played) -> Iterator[str]:
    """The databases of the beginning are put back at the end: the next kiosk shows it, whatever was played."""
    from kiosk.console.witness import findings, heads

    head = heads.brought_as(played.head)
    if head is None or not played.put_back():
        return
    if heads.held(head) is not heads.Held.HELD and not findings.in_doubt():
        yield "an old dump was put back, and nobody is told"


def p22_a_withdrawal_is_told_once(step: Step) -> Iterator[str]:
    """22. Qualified → anything else but InsReplaced emits exactly one withdrawal, in the same transaction."""
    told = step.after.outbox[len(step.before.outbox) :]
    for was, now in step.both():
        mine = [fact for fact, person, kind in told if person == now.name and kind == "withdrawn"]
        is_withdrawn = was.status == "QUALIFIED" and (now.status != "QUALIFIED" or _another(was.mark, now.mark, step))
        facts = [one.number for one in step.facts_of(now.name)]
        if len(mine) != int(is_withdrawn) or not set(mine) <= set(facts):
            yield f"{now.name}: {was.status} to {now.status}, told {len(mine)} times"


def _another(was: object, now: object, step: Step) -> bool:
    """Another number stands: by InsReplaced, that is told as a change and not as a withdrawal."""
    return was != now and not step.new_facts("ins-replaced", "undone")


def p23_only_a_usable_answer_is_accepted(step: Step) -> Iterator[str]:
    """23. All five traits, a known OID, a number of the right form, a calendar date; what is odd by its name."""
    for fact in step.new_facts(*ACCEPTS):
        answer = step.answer_of(fact.person, fact.cites)
        if answer is None:
            yield f"{fact.person} accepts an answer that cannot be opened"
            continue
        wrong = list(_unusable(answer))
        if wrong:
            yield f"{fact.person} accepts an answer with {wrong}"
        odd = list(_odd(answer))
        if odd and fact.actor != "staff":
            yield f"{fact.who} accepts an answer that is odd: {odd}"
        said = str(step.said_with(fact).get("odd", ""))
        if odd and not all(one in said.split("+") for one in odd):
            yield f"{fact.person} accepts an answer that is odd: {odd}; confirmed: {said or 'nothing'}"


def _unusable(answer: Any) -> Iterator[str]:
    traits = getattr(answer, "traits", None)
    if traits is None:
        yield "nobody in it"
        return
    if not traits.birth_name or not traits.given_names or traits.sex is None or traits.sex.value not in "FM":
        yield "no name, given name or sex"
    if traits.birth_date is None or traits.birth_date.as_date() is None:
        yield "no calendar date"
    if len(traits.birth_place_code) != 5:
        yield "no place"
    if answer.matricule.oid not in KNOWN_OIDS:
        yield f"the OID {answer.matricule.oid!r}"
    if len(answer.matricule.number) != 13:
        yield "no number of the right form"
    if "several-individuals" in answer.flags:
        yield "several people"


def _odd(answer: Any) -> Iterator[str]:
    if getattr(answer, "matricule", None) is not None:
        yield from (flag for flag in answer.flags if flag != "several-individuals")
        if not answer.matricule.key_is_right:
            yield "bad-key" if answer.matricule.key else "no-key"
        if answer.traits.birth_place_code == "99999":
            yield "unknown-place"
