"""What holds for every identity, not only for the examples (hypothesis; deterministic: a failure comes back)."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kiosk.core.coherence.compare import Outcome, Reason, Trait, compare
from kiosk.core.coherence.name_verdicts import is_one_letter_apart
from kiosk.core.coherence.reasons import NAMED_REASONS
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIA, OID_NIR, Matricule, key_of
from kiosk.core.identity.names import (
    NameRefused,
    comparison_key,
    first_given_names,
    is_coherent_first_name,
    is_valid_birth_name,
    normalise,
)
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.status.evidence import DEFAULT_EVIDENCE
from kiosk.core.status.permissions import (
    Attribute,
    Identity,
    IdentityRefused,
    IdentityStatus,
    insi_bar,
    may_feed_shared_record,
    may_print_datamatrix,
    may_send_matricule,
)
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    ApcvRead,
    AttributeRemoved,
    AttributeSet,
    ComplementaryTraitEdited,
    Created,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    StrictTraitEdited,
    VerificationFailed,
    apply,
)
from tests.core.examples import INSI, NOW, NUMBER

pytestmark = pytest.mark.long  # computes for seconds

ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")
often = settings(derandomize=True, deadline=None, max_examples=80)

# --- names --------------------------------------------------------------------------------------------------------
latin = st.text(
    st.characters(codec="iso8859-15", categories=("Lu", "Ll", "Zs")) | st.sampled_from("'’- -ŒœŸ"), max_size=40
)
anything = st.text(max_size=60)
words = st.text(st.sampled_from("ABCDEINORSU"), min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=3).flatmap(
    lambda parts: st.lists(st.sampled_from(" -'"), min_size=len(parts), max_size=len(parts)).map(
        lambda seams: "".join(part + seam for part, seam in zip(parts, seams, strict=True)).strip(" -'")
    )
)


@often
@given(latin | anything)
def test_normalisation_is_idempotent_and_stays_in_insis_alphabet_sel_2(text: str) -> None:
    try:
        once = normalise(text)
    except NameRefused:
        return
    assert normalise(once) == once
    assert set(once) <= ALPHABET
    assert comparison_key(once) == comparison_key(text)
    assert comparison_key(comparison_key(text)) == comparison_key(text)


@often
@given(latin)
def test_what_was_normalised_loses_no_letter_sel_2(text: str) -> None:
    try:
        letters = sum(character.isalpha() for character in normalise(text))
    except NameRefused:
        return
    assert letters >= sum(character.isalpha() for character in text)


@often
@given(names)
def test_a_normalised_name_is_one_that_insi_takes_sel_ef_ins01_03(name: str) -> None:
    assert is_valid_birth_name(normalise(name))


@often
@given(st.lists(names, min_size=1, max_size=5))
def test_what_is_proposed_always_opens_the_list_exi_id_10(listed: list[str]) -> None:
    text = " ".join(listed)
    for stated in ((), (listed[0],), tuple(listed[::-1])):
        offered = first_given_names(text, stated)
        assert bool(offered.proposed) is not bool(offered.choices)
        assert all(is_coherent_first_name(one, text) for one in (offered.proposed, *offered.choices) if one)


# --- the key ------------------------------------------------------------------------------------------------------


def _random_numbers(how_many: int) -> list[str]:
    dice = random.Random(97)
    return [f"{dice.randrange(10**13):013d}" for _ in range(how_many)]


def test_the_key_finds_every_wrong_digit_and_every_swap_of_neighbours_in_100_000_matricules_ins_1_7() -> None:
    numbers = _random_numbers(100_000)
    keys = np.array([int(key_of(number)) for number in numbers])
    digits = np.array([[int(digit) for digit in number] for number in numbers])
    weights = np.array([pow(10, 12 - place, 97) for place in range(13)])
    remainders = (digits * weights).sum(axis=1) % 97
    assert np.array_equal(keys, 97 - remainders)  # the key the code computes is the rule's
    for place in range(13):
        for step in range(1, 10):
            wrong = (digits[:, place] + step) % 10
            error = (wrong - digits[:, place]) * weights[place]
            assert not (97 - (remainders + error) % 97 == keys).any()
    for place in range(12):
        left, right = digits[:, place], digits[:, place + 1]
        error = (right - left) * (weights[place] - weights[place + 1])
        assert not ((97 - (remainders + error) % 97 == keys) & (left != right)).any()


def test_the_key_itself_finds_every_wrong_digit_and_swap_with_corsica_too_ins_1_7() -> None:
    dice = random.Random(20)
    plain = _random_numbers(100)
    numbers = plain + [f"{number[:5]}2{dice.choice('AB')}{number[7:]}" for number in plain]
    for number in numbers:
        right = Matricule(number, key_of(number), OID_NIR)
        assert right.key_is_right
        whole = number + right.key
        for place, digit in enumerate(whole):
            others = [other for other in "0123456789" if other != digit] if digit.isdigit() else []
            changed = [whole[:place] + other + whole[place + 1 :] for other in others]
            changed.append(whole[:place] + whole[place : place + 2][::-1] + whole[place + 2 :])
            for wrong in changed:
                if wrong != whole:
                    assert not Matricule(wrong[:13], wrong[13:], OID_NIR).key_is_right


# --- statuses -----------------------------------------------------------------------------------------------------
actors = st.sampled_from([Actor(kind, kind.value) for kind in ActorKind])
matricules = st.sampled_from([NUMBER, replace(NUMBER, oid=OID_NIA), replace(NUMBER, oid=""), replace(NUMBER, key="")])
events = st.one_of(
    st.sampled_from([Created(), InsiRejected(), StrictTraitEdited(), VerificationFailed(), ComplementaryTraitEdited()]),
    st.builds(InsiAccepted, matricules, st.booleans(), st.booleans()),
    st.builds(
        EvidenceChecked,
        st.sampled_from(DEFAULT_EVIDENCE),
        st.booleans(),
        companion_code=st.sampled_from(["", "PCN", "XX"]),
    ),
    st.builds(ApcvRead, matricules, st.booleans()),
    st.builds(AttributeSet, st.sampled_from(Attribute)),
    st.builds(AttributeRemoved, st.sampled_from(Attribute)),
    st.builds(FirstNameChosen, st.booleans()),
)
likely_events = st.one_of(
    st.just((InsiAccepted(NUMBER, True, True), Actor(ActorKind.STAFF, "agent"))),
    st.just((EvidenceChecked(DEFAULT_EVIDENCE[0], True), Actor(ActorKind.STAFF, "agent"))),
    st.tuples(events, actors),
)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(likely_events, min_size=50, max_size=50))
def test_no_sequence_of_50_events_reaches_qualified_without_both_facts_exi_si_07(walk: list) -> None:
    identity = Identity()
    obtained = checked = False  # what a witness who knows only the two facts has seen
    for event, by in walk:
        before = identity
        identity, fact = apply(identity, event, by, NOW)
        if fact.refusal is not None:
            assert identity is before
        else:
            match event:
                case InsiAccepted(matricule, agree, usable):
                    assert agree and usable and matricule.oid
                    obtained = True
                case EvidenceChecked(evidence, agree, _, companion):
                    assert agree and evidence.may_validate and by.kind is ActorKind.STAFF
                    assert bool(companion) is bool(evidence.companions) and companion != "XX"
                    checked = True
                case ApcvRead(matricule, is_this_person):
                    assert is_this_person and matricule.oid and by.kind is ActorKind.STAFF
                    obtained = checked = True
                case InsiRejected() | VerificationFailed():
                    obtained = False
                case StrictTraitEdited() | AttributeSet(Attribute.DOUBTFUL | Attribute.FICTITIOUS):
                    obtained = checked = False
                case _:
                    assert identity.status is before.status
        assert (identity.is_obtained, identity.is_checked) == (obtained, checked)
        assert (identity.status is IdentityStatus.QUALIFIED) is (obtained and checked)
        assert may_send_matricule(identity) is (obtained and checked)
        assert fact.before is before.status and fact.after is identity.status
        assert fact.by is by and fact.at is NOW


@often
@given(
    st.none() | matricules,
    st.sampled_from(["", "PA", "CN"]),
    st.frozensets(st.sampled_from(Attribute)),
)
def test_no_status_ever_permits_sending_a_matricule_unless_qualified_exi_si_08_exi_id_29(
    matricule: Matricule | None, evidence: str, attributes: frozenset[Attribute]
) -> None:
    try:
        identity = Identity(matricule, evidence, attributes)
    except IdentityRefused:
        return
    for may in (may_send_matricule, may_print_datamatrix, may_feed_shared_record):
        assert may(identity) is (identity.status is IdentityStatus.QUALIFIED)
        if may(identity):
            assert identity.matricule is not None and identity.matricule.oid and identity.evidence
    if attributes & {Attribute.DOUBTFUL, Attribute.FICTITIOUS}:
        assert identity.status is IdentityStatus.PROVISIONAL
        assert insi_bar(identity, INSI, staff_asks_again=True) is not None


# --- coherence ----------------------------------------------------------------------------------------------------
dates = st.builds("{:04d}-{:02d}-{:02d}".format, st.integers(1920, 1930), st.integers(0, 13), st.integers(0, 31)).map(
    BirthDate
)
traits = st.builds(
    Traits,
    source=st.sampled_from(Source),
    birth_name=names | st.just("") | st.just("N0M"),
    name_in_use=names | st.just(""),
    given_names=st.lists(names, max_size=4).map(tuple),
    birth_date=st.none() | dates,
    other_birth_dates=st.lists(dates, max_size=1).map(tuple),
    sex=st.none() | st.sampled_from(Sex),
    birth_place_code=st.sampled_from(["", "63220", "75056", "75101", "99352", "99999", "92352"]),
    name_form=st.sampled_from(NameForm),
    birth_name_may_be_cut=st.booleans(),
    given_names_may_be_cut=st.booleans(),
)


issuers = st.sampled_from(["", "FRA", "D<<", "SWE", "ESP"])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(traits, traits, issuers)
def test_coherence_is_symmetric_ins_4(left: Traits, right: Traits, issuer: str) -> None:
    one, other = compare(left, right, issuer=issuer), compare(right, left, issuer=issuer)
    assert one.findings == other.findings
    for trait in Trait:
        mine, theirs = one.of(trait), other.of(trait)
        assert (mine.outcome, mine.reason, mine.correctors) == (theirs.outcome, theirs.reason, theirs.correctors)
        assert (mine.reason is None) is (mine.outcome in (Outcome.SAME, Outcome.NOT_STATED))
        assert bool(mine.correctors) is (mine.outcome is Outcome.BLOCKING)


@often
@given(traits, traits, issuers)
def test_what_must_be_named_is_never_what_a_machine_accepts_ins_4(left: Traits, right: Traits, issuer: str) -> None:
    comparison = compare(left, right, issuer=issuer)
    assert {each.reason for each in comparison.to_be_named} <= NAMED_REASONS
    assert all(each.outcome is Outcome.TOLERATED for each in comparison.to_be_named)


@often
@given(st.lists(words, min_size=2, max_size=4), names, st.sampled_from(NameForm))
def test_a_part_of_a_composite_is_never_the_whole_unless_cut_exi_id_10(
    parts: list[str], name: str, form: NameForm
) -> None:
    assume(all(part not in parts[1:] for part in parts[:1]))
    composite, first = "-".join(parts), replace(INSI, birth_name=name, given_names_text="")
    whole, part = replace(first, given_names=(composite,)), replace(first, source=Source.DOCUMENT, name_form=form)
    assert compare(whole, replace(part, given_names=(parts[0],))).is_blocking


@often
@given(names, names, st.sampled_from(["", "FRA", "TUR", "BEL"]))
def test_no_letter_is_written_out_for_an_issuer_that_does_not_doc_9303(one: str, other: str, issuer: str) -> None:
    zone = replace(INSI, source=Source.DOCUMENT, birth_name=one, name_form=NameForm.MRZ)
    found = compare(zone, replace(INSI, birth_name=other), issuer=issuer).of(Trait.BIRTH_NAME)
    assert found.reason is not Reason.UMLAUT


@often
@given(traits)
def test_everybody_agrees_with_themselves_ins_4(person: Traits) -> None:
    comparison = compare(person, person)
    assert all(verdict.outcome in (Outcome.SAME, Outcome.NOT_STATED) for verdict in comparison.verdicts)


@often
@given(traits, names, names)
def test_coherence_never_calls_same_what_differs_in_a_letter_ins_4(person: Traits, one: str, other: str) -> None:
    assume(comparison_key(one).replace(" ", "") != comparison_key(other).replace(" ", ""))
    left, right = replace(person, birth_name=one), replace(person, birth_name=other)
    assert compare(left, right).of(Trait.BIRTH_NAME).outcome in (Outcome.TOLERATED, Outcome.BLOCKING)
    left, right = replace(person, given_names=(one,)), replace(person, given_names=(other,))
    assert compare(left, right).of(Trait.GIVEN_NAMES).outcome in (Outcome.TOLERATED, Outcome.BLOCKING)


@often
@given(names, st.data())
def test_between_whole_civil_names_one_other_letter_always_blocks_ins_4(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    assume(name[place].isalpha())
    other = name[:place] + ("X" if name[place] != "X" else "Y") + name[place + 1 :]
    left, right = replace(INSI, birth_name=name), replace(INSI, source=Source.DOCUMENT, birth_name=other)
    assert compare(left, right).is_blocking


@often
@given(st.text("ABC", max_size=6), st.text("ABC", max_size=6))
def test_one_letter_apart_agrees_with_a_distance_computed_the_long_way(left: str, right: str) -> None:
    assert is_one_letter_apart(left, right) is (right in _neighbours(left))


def _neighbours(word: str) -> set[str]:
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in "ABC"),
        *(head + letter + tail for head, tail in cuts for letter in "ABC"),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
    } - {word}


# --- dates --------------------------------------------------------------------------------------------------------


@often
@given(st.builds("{:04d}-{:02d}-{:02d}".format, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99)))
def test_every_date_of_the_wire_is_a_calendar_date_incomplete_or_lunar_and_interprets_to_a_day_exi_id_11(
    text: str,
) -> None:
    born = BirthDate(text)
    assert born.is_calendar is not bool(born.oddities)
    completed = born.interpretation()
    assert (completed is None) is (text[:4] == "0000")
    if completed is not None:
        assert completed.is_calendar
        assert completed.interpretation() is completed
        assert completed.year == born.year
        assert completed.is_interpreted is not born.is_calendar
