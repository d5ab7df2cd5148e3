"""Facts are written down in words of their own and read as they were; so is where somebody stands."""

from dataclasses import replace

import pytest

from kiosk.core.status import fact_codec
from kiosk.core.status.evidence import EvidenceTable
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.transitions import (
    EvidenceChecked,
    InsiAccepted,
)
from tests.core.lives import (
    CHECKED,
    EVENTS,
    ONE,
    TAKEN,
    Life,
    known,
    qualified,
    retrieved,
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_is_written_is_read_as_it_was(event: PersonEvent) -> None:
    kind, codes = fact_codec.written(event)
    assert fact_codec.read(kind, codes) == event


def test_evidence_is_read_with_what_decided_about_it() -> None:
    for strong in (True, False):
        kind = next(
            one for one in EvidenceTable().types if one.may_validate is strong and one.code and not one.companions
        )
        event = EvidenceChecked(kind, strong, "2026-11-29")
        read = fact_codec.read(*fact_codec.written(event))
        assert isinstance(read, EvidenceChecked)
        assert (read.evidence.code, read.evidence.may_validate) == (kind.code, strong)
        assert (read.traits_agree, read.on, read.companion_code) == (strong, "2026-11-29", "")


def test_the_words_of_facts_outlive_the_code() -> None:
    assert sorted({fact_codec.written(event)[0] for event in EVENTS}) == [
        *("attribute-removed", "attribute-set", "complementary-edited", "erased", "first-name-chosen"),
        *("ins-replaced", "insi-accepted", "insi-answered", "insi-asked", "insi-rejected", "merged", "migrated"),
        *("opened", "pair-proposed", "presence-checked", "set-apart", "strict-trait-edited", "traits-stated", "undone"),
        *("unmerged", "verification-failed", "verified", "visit-attached", "visit-detached"),
    ]
    assert fact_codec.written(TAKEN) == (
        "insi-accepted",
        {"mark": "a1", "oid": "1.2.250.1.213.1.4.8", "agree": True, "usable": True},
    )
    assert fact_codec.written(CHECKED) == (
        "evidence-checked",
        {"evidence": "CN", "agree": True, "strong": True, "on": "2026-11-29"},
    )


def test_what_is_no_fact_is_said_so() -> None:
    with pytest.raises(fact_codec.BadFact, match="does not know"):
        fact_codec.read("promoted", {})
    with pytest.raises(fact_codec.BadFact, match="attribute-set"):
        fact_codec.read("attribute-set", {"attribute": "handsome"})
    with pytest.raises(fact_codec.BadFact, match="insi-accepted"):
        fact_codec.read("insi-accepted", {})
    with pytest.raises(fact_codec.BadFact, match="object"):
        fact_codec.written(object())  # type: ignore[arg-type] # what is no event at all
    with pytest.raises(fact_codec.BadFact, match="only its mark"):
        fact_codec.written(InsiAccepted(_number(), True, True))
    for text in ("", "{}", "[]", '{"version": 1}'):
        with pytest.raises(fact_codec.BadFact, match="standing"):
            fact_codec.standing_from_text(text)
        with pytest.raises(fact_codec.BadFact, match="standing"):
            fact_codec.accepted_in(text)


def _number() -> object:
    from kiosk.core.identity.matricule import Matricule

    return Matricule("2800175056016", "35", ONE.oid)


@pytest.mark.parametrize("life", [Life, known, retrieved, qualified], ids=["nobody", "known", "retrieved", "qualified"])
def test_a_standing_is_read_as_it_was_written(life) -> None:
    standing = life().standing
    assert fact_codec.standing_from_text(fact_codec.standing_to_text(standing)) == standing
    accepted = fact_codec.accepted_in(fact_codec.standing_to_text(standing))
    assert accepted == (standing.basis.answer, standing.held is not None)
    asked = replace(standing, questions=((3, 0), (9, 4)), absorbed_by="other", version=12)
    assert fact_codec.standing_from_text(fact_codec.standing_to_text(asked)) == asked
