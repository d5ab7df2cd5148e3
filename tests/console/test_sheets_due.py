"""When a patient is given a sheet, over many invented comparisons: none where none is due, one cause elsewhere."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.console.identities.reasons import WhyAside
from kiosk.console.identities.sheet_due import ANOTHER, NOT_THEIRS, Cause, Standing, due
from kiosk.console.identities.sheet_words import KINDS, OFFICES, WORDS
from kiosk.core.coherence.compare import Comparison, Verdict
from kiosk.core.coherence.reasons import TOLERATED_REASONS, Outcome, Reason, Trait
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from tests.console.arrivals import found
from tests.people import ZOE

FOUND = found(ZOE)
SILENT: tuple[InsAnswer, ...] = (InsUnreachable("timeout"), InsRefused("siram_100", "", ""))
ANSWERS: tuple[InsAnswer, ...] = (FOUND, InsNotFound(), InsSeveral(), InsCertificateTrouble("expired"), *SILENT)
BLOCKING = sorted(set(Reason) - TOLERATED_REASONS)
FINDINGS = (Reason.NAMES_SWAPPED, Reason.NAME_IN_USE, Reason.MAY_BE_TWIN)


def _comparison(random: Random) -> Comparison | None:
    """Mostly what two papers of one person come to: the same, but for a trait or two."""
    outcomes = [Outcome.SAME, Outcome.SAME, Outcome.SAME, Outcome.NOT_STATED, Outcome.TOLERATED, Outcome.BLOCKING]
    verdicts = tuple(_verdict(trait, random.choice(outcomes), random) for trait in Trait)
    findings = (random.choice(FINDINGS),) if random.random() < 0.1 else ()
    return Comparison(verdicts, findings) if random.random() < 0.8 else None


def _verdict(trait: Trait, outcome: Outcome, random: Random) -> Verdict:
    if outcome is Outcome.TOLERATED:
        return Verdict(trait, outcome, random.choice(sorted(TOLERATED_REASONS)))
    return Verdict(trait, outcome, random.choice(BLOCKING) if outcome is Outcome.BLOCKING else None)


def _standing(seed: int) -> Standing:
    random = Random(seed)
    return Standing(
        answer=random.choice(ANSWERS),
        document=_comparison(random),
        card=_comparison(random),
        between=_comparison(random),
        card_counts=random.random() < 0.7,
        status=random.choice(["PROVISIONAL", "RETRIEVED", "VALIDATED", "QUALIFIED"]),
        is_barred=random.random() < 0.1,
        reason=random.choice(["", "", "", *WhyAside]),
        is_unusable=random.random() < 0.1,
        is_sealed_otherwise=random.random() < 0.1,
    )


STANDINGS = st.integers(0, 2**32).map(_standing)


def _reasons(comparison: Comparison | None) -> list[Reason]:
    """What differs in it and was read."""
    verdicts = comparison.verdicts if comparison is not None else ()
    found_so = [one.reason for one in verdicts if one.outcome is Outcome.BLOCKING]
    return [one for one in found_so if one is not None and one is not Reason.UNREADABLE]


def _is_none_due(of: Standing) -> bool:
    """Said once more, plainly: for whom a sheet would be wrong, or about nothing."""
    if of.status == "QUALIFIED" or of.is_barred or of.is_unusable or of.is_sealed_otherwise or of.reason in NOT_THEIRS:
        return True
    for one in (of.document, of.card, of.between):
        if one is None:
            continue
        reasons = _reasons(one)
        told = of.reason in {"differences", "ins-wrong"} and Reason.OTHER_SEX not in reasons
        is_twin = Reason.MAY_BE_TWIN in reasons or (Reason.MAY_BE_TWIN in one.findings and not told)
        if is_twin or len([reason for reason in reasons if reason in ANOTHER]) > 1:
            return True
    differs = bool(_reasons(of.document)) or (of.card_counts and bool(_reasons(of.card)))
    return not differs and not isinstance(of.answer, InsNotFound | InsSeveral)


def _fits(of: Standing, cause: Cause) -> bool:
    """The cause is one that this visit can have."""
    of_document, of_card = bool(_reasons(of.document)), of.card_counts and bool(_reasons(of.card))
    match cause:
        case Cause.DOCUMENT:
            return of_document
        case Cause.REFERENCE:
            return of.answer is FOUND and (of_document or of_card)
        case Cause.CARD:
            return of_card and not of_document
        case Cause.NOBODY:
            return isinstance(of.answer, InsNotFound) and not of_document and not of_card
        case Cause.SEVERAL:
            return isinstance(of.answer, InsSeveral) and not of_document and not of_card
    return False


@settings(max_examples=400, deadline=None)
@given(STANDINGS)
@example(Standing(FOUND))
@example(Standing(InsNotFound(), status="QUALIFIED"))
def test_none_is_due_where_none_is_and_one_cause_elsewhere(of: Standing) -> None:
    cause = due(of)
    assert (cause is None) == _is_none_due(of)
    assert cause is None or _fits(of, cause)


@settings(max_examples=100, deadline=None)
@given(STANDINGS, st.sampled_from(sorted(NOT_THEIRS)))
def test_what_staff_say_is_not_this_person_takes_every_sheet_away(of: Standing, why: str) -> None:
    assert due(replace(of, reason=why)) is None
    assert due(replace(of, status="QUALIFIED")) is None


def test_every_cause_is_met_among_them() -> None:
    assert {due(_standing(seed)) for seed in range(1000)} == {*Cause, None}


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_has_words_and_offices_of_its_own(cause: Cause) -> None:
    others = [words for one, words in WORDS.items() if one is not cause]
    words = WORDS[cause]
    assert all(words.title != other.title and words.steps != other.steps for other in others)
    assert words.offices and set(words.offices) <= set(OFFICES) and words.bring


def test_whatever_differs_has_words_for_the_patient() -> None:
    assert set(KINDS) == set(BLOCKING) - {Reason.UNREADABLE, Reason.MAY_BE_TWIN}  # these two make no sheet
