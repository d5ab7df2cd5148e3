"""Properties 12 to 18: records that lead to each other, pairs, visits."""

from collections.abc import Iterator
from dataclasses import replace

from tests.properties.step import Step

OF_ABSORBED = {"unmerged", "erased"}


def p12_an_absorbed_person_stands_still(step: Step) -> Iterator[str]:
    """12. An absorbed person accepts only Unmerged (and that what is erased is erased)."""
    for was, now in step.both():
        if not was.absorbed_by:
            continue
        kinds = {one.kind for one in step.facts_of(now.name)} - OF_ABSORBED
        if kinds and not step.facts_of(now.name, "unmerged"):
            yield f"{now.name} leads to {was.absorbed_by}, and had {sorted(kinds)}"
        if was.established != now.established and not step.facts_of(now.name, "erased"):
            yield f"{now.name} leads to {was.absorbed_by}, and changed"


def p13_merges_have_no_cycle(step: Step) -> Iterator[str]:
    """13. The merge graph has no cycle."""
    for name in step.after.persons:
        seen, at = {name}, name
        while at := step.after.persons[at].absorbed_by:
            if at in seen:
                yield f"{name} leads to itself"
                break
            seen.add(at)


def p14_merging_changes_nothing_else(step: Step) -> Iterator[str]:
    """14. Merging changes no fact, key or trait."""
    merged = {one.person for one in step.new_facts("merged")}
    if not merged:
        return
    for was, now in step.both():
        if was.established != now.established or (now.name not in merged and was != now):
            yield f"{now.name} changed by a merge"
    if step.before.visits != step.after.visits or step.before.holdings != step.after.holdings:
        yield "a merge moved a visit or an identifier"


def p15_unmerging_gives_each_side_back(step: Step) -> Iterator[str]:
    """15. Merge then un-merge gives each side back exactly."""
    parted = {one.person for one in step.new_facts("unmerged")}
    if not parted:
        return
    for name in parted:
        before, now = step.memory.before_merge.get(name), step.after.persons[name]
        if before is None or replace(before, version=0) != replace(now, version=0):
            yield f"{name} was {before} before the merge, and is {now}"
    for was, now in step.both():
        if now.name not in parted and was != now:
            yield f"{now.name} changed when {sorted(parted)} stood for themselves again"
    if step.before.visits != step.after.visits or step.before.holdings != step.after.holdings:
        yield "an un-merge moved a visit or an identifier"


def p16_what_was_parted_never_comes_back(step: Step) -> Iterator[str]:
    """16. Pairs set apart or un-merged never come back by themselves."""
    for sides, state in step.before.pairs.items():
        if state == "apart" and step.after.pairs.get(sides) != "apart":
            yield f"{sides} were two people, and are {step.after.pairs.get(sides)}"
    apart = {frozenset(sides) for sides, state in step.before.pairs.items() if state == "apart"}
    for sides, state in step.after.pairs.items():
        if sides not in step.before.pairs and frozenset(sides) in apart:
            yield f"{sides} were two people, and are {state}"


def p17_two_numbers_or_a_barred_side_never_merge(step: Step) -> Iterator[str]:
    """17. Two different matricules, or a barred side, never merge."""
    for fact in step.new_facts("merged"):
        one, into = step.before.persons[fact.person], step.before.persons[step.after.persons[fact.person].absorbed_by]
        if one.mark is not None and into.mark is not None:
            yield f"{one.name} and {into.name} hold a number each"
        if one.is_barred or into.is_barred:
            yield f"{one.name} or {into.name} is barred"


def p18_a_visit_is_of_one_person(step: Step) -> Iterator[str]:
    """18. Every visit belongs to at most one surviving person: the one its facts attached it to."""
    attached: dict[str, str] = {}
    for fact in step.trail.all:
        if fact.kind == "visit-attached":
            if attached.get(fact.about):
                yield f"{fact.about} was {attached[fact.about]}'s, and is attached to {fact.person}"
            attached[fact.about] = fact.person
        elif fact.kind == "visit-detached" and attached.pop(fact.about, "") != fact.person:
            yield f"{fact.about} was not {fact.person}'s, and is detached"
    for visit in step.after.visits.values():
        if visit.person != attached.get(visit.name, ""):
            yield f"{visit.name} is {visit.person or 'nobody'}'s; its facts say {attached.get(visit.name) or 'nobody'}"
