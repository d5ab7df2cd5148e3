"""The act that a page recommends follows the case: one pure function, one table."""

import pytest

from kiosk.console.identities.advising import Case, Doubt, Next, advice, recommended

OPEN = {"may_validate": True, "may_ask": True, "is_answered": False}
TABLE = {
    "all agree": (Case(may_qualify=True, asks_place=True), Next.QUALIFY),
    "somebody known may have come": (Case(is_open=True, may_qualify=True, doubts=(Doubt.SEAL,)), Next.SAY_WHOSE),
    "somebody known is expected": (Case(is_expected=True, may_qualify=True), Next.PRESENCE),
    "already qualified": (Case(is_settled=True), Next.PUT_BACK),
    "qualified, and not confirmed since": (Case(is_settled=True, is_unconfirmed=True), Next.REVIEW),
    "the answer is under way": (Case(is_awaited=True, **OPEN), Next.WAIT),
    "nobody found, nobody asked again": (Case(**OPEN), Next.ASK),
    "nobody found, asked again": (Case(has_asked=True, **OPEN), Next.VALIDATE),
    "nothing to ask with": (Case(may_validate=True, is_answered=False), Next.VALIDATE),
    "nothing at all": (Case(is_answered=False), Next.CONFIDE),
    "a trait differs": (Case(may_validate=True, doubts=(Doubt.DIFFERENCES,), differing=("sexe",)), Next.CONFIDE),
    "a false seal, at the desk": (Case(doubts=(Doubt.SEAL,)), Next.CONFIDE),
    "a false seal, in the unit": (Case(doubts=(Doubt.SEAL,), is_of_unit=True, may_qualify=True), Next.QUALIFY),
    "a look-alike, at the desk": (Case(doubts=(Doubt.LOOK_ALIKE,)), Next.CONFIDE),
    "an expired document": (Case(may_qualify=True, doubts=(Doubt.EXPIRED,)), Next.CONFIDE),
    "an answer that nobody may accept": (Case(may_validate=True, doubts=(Doubt.UNUSABLE,)), Next.CONFIDE),
    "a difference, in the unit": (
        Case(may_validate=True, doubts=(Doubt.DIFFERENCES,), is_of_unit=True),
        Next.VALIDATE,
    ),
}


@pytest.mark.parametrize(("case", "expected"), TABLE.values(), ids=TABLE)
def test_the_act_follows_the_case(case: Case, expected: Next) -> None:
    assert recommended(case) is expected
    told = advice(case)
    assert told.next is expected and told.sentence.endswith(".") and len(f"{told.sentence} {told.rest}") < 140


def test_the_sentence_says_what_agrees_and_what_remains() -> None:
    told = advice(Case(may_qualify=True, asks_place=True))
    assert (told.sentence, told.rest) == (
        "Tout concorde.",
        "Reste : la pièce en main, l’identité dite, le lieu lu.",
    )
    assert advice(Case(may_qualify=True, is_attested=True)).rest == "Reste : l’identité dite."
    assert advice(Case(may_qualify=True, doubts=(Doubt.EXPIRED,))).rest == ""
    unconfirmed = Case(is_settled=True, is_unconfirmed=True, is_decided=True)  # and in nobody's hands
    assert "ne confirme pas cet INS" in advice(unconfirmed).sentence
    assert "par l’adulte" in advice(Case(may_qualify=True, is_minor=True)).rest
    assert "n’a pas été lue" in advice(Case(may_qualify=True, is_unread=True)).sentence
    assert "sexe" in advice(Case(doubts=(Doubt.DIFFERENCES,), differing=("sexe",))).sentence
