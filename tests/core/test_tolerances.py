"""What may be tolerated, who must look at it, and what is another person: ins-rules 1.4 and 4, document-capture 1.7.

A foreign letter written out is only believed of an issuer that writes so; a composite given name is one name; the list
INSi gives is the civil register's. What is believed so is confirmed by its name, and never by a kiosk alone.
"""

from dataclasses import replace

import pytest

from kiosk.core.coherence.compare import Comparison, Outcome, Reason, Trait, compare
from kiosk.core.coherence.issuers import written_out
from kiosk.core.coherence.reasons import NAMED_REASONS, SEEN_SENTENCES, TOLERATED_REASONS
from kiosk.core.coherence.seen import EVERYTHING, PLACE_READ, Beside, ToSee, left, to_see
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.status.permissions import IdentityStatus, kiosk_status
from tests.core.examples import CARD, FOUND, INSI, MRZ

OLD_CARD = replace(MRZ, name_form=NameForm.MRZ_FRENCH_ID)
STATED = replace(INSI, source=Source.DOCUMENT)  # as a document's own letters say it


def between(document: Traits, insi: Traits, issuer: str = "") -> Comparison:
    """The comparison, which must come out the same from either side."""
    one, other = compare(document, insi, issuer=issuer), compare(insi, document, issuer=issuer)
    assert [each.reason for each in one.verdicts] == [each.reason for each in other.verdicts]
    assert [each.trait for each in one.to_be_named] == [each.trait for each in other.to_be_named]
    return one


def name(zone: str, civil: str, issuer: str, document: Traits = MRZ) -> tuple[Outcome, Reason | None]:
    found = between(replace(document, birth_name=zone), replace(INSI, birth_name=civil), issuer)
    verdict = found.of(Trait.BIRTH_NAME)
    return verdict.outcome, verdict.reason


def given(
    document: Traits, shown: tuple[str, ...], held: str, *, cut: bool = False, issuer: str = ""
) -> tuple[Outcome, Reason | None]:
    """A document's given names against INSi's list, of people who are no twins."""
    shown_by = replace(document, given_names=shown, given_names_text="", given_names_may_be_cut=cut)
    insi = replace(INSI, given_names=tuple(held.split()), given_names_text=held, birth_name="LEROY")
    verdict = between(shown_by, insi, issuer).of(Trait.GIVEN_NAMES)
    return verdict.outcome, verdict.reason


# --- foreign letters ----------------------------------------------------------------------------------------------

WRITTEN_OUT = [("MAES", "MAS"), ("HAAS", "HAS"), ("AARON", "ARON"), ("MICHAEL", "MICHAL"), ("MUELLER", "MULLER")]


@pytest.mark.parametrize(("zone", "civil"), WRITTEN_OUT)
@pytest.mark.parametrize("issuer", ["FRA", "FRA<", "", "TUR", "NLD", "BEL", "EST", "XXX"])
def test_a_document_of_an_issuer_that_writes_no_letter_out_names_another_person_doc_9303(
    zone: str, civil: str, issuer: str
) -> None:
    assert name(zone, civil, issuer) == (Outcome.BLOCKING, Reason.ONE_LETTER_APART)
    both = replace(MRZ, given_names=(zone,)), replace(INSI, given_names=(civil,), given_names_text=civil)
    assert compare(*both, issuer=issuer).of(Trait.GIVEN_NAMES).outcome is Outcome.BLOCKING


@pytest.mark.parametrize(
    ("issuer", "zone", "civil"),
    [
        ("D", "MUELLER", "MULLER"),
        ("D<<", "JAEGER", "JAGER"),
        ("D", "JOERG", "JORG"),
        ("AUT", "MUELLER", "MULLER"),
        ("CHE", "BAER", "BAR"),
        ("LUX", "MUELLER", "MULLER"),
        ("HUN", "GOEROEG", "GOROG"),
        ("SWE", "AAKESSON", "AKESSON"),
        ("FIN", "HAEMAELAEINEN", "HAMALAINEN"),
        ("NOR", "SOERENSEN", "SORENSEN"),
        ("DNK", "AAGAARD", "AGARD"),
        ("ESP", "NUNXXEZ", "NUNEZ"),
    ],
)
def test_an_issuer_that_writes_letters_out_is_believed_when_staff_read_the_name_doc_9303(
    issuer: str, zone: str, civil: str
) -> None:
    assert name(zone, civil, issuer) == (Outcome.TOLERATED, Reason.UMLAUT)
    found = between(replace(MRZ, birth_name=zone), replace(INSI, birth_name=civil), issuer)
    assert [(each.trait, each.reason) for each in found.to_be_named] == [(Trait.BIRTH_NAME, Reason.UMLAUT)]
    assert found.may_be_accepted


@pytest.mark.parametrize(
    ("issuer", "zone", "civil"), [("D", "HAAS", "HAS"), ("D", "NUNXXEZ", "NUNEZ"), ("ESP", "MUELLER", "MULLER")]
)
def test_an_issuer_is_believed_for_its_own_letters_only_doc_9303(issuer: str, zone: str, civil: str) -> None:
    assert name(zone, civil, issuer)[0] is Outcome.BLOCKING


def test_the_issuer_of_a_zone_says_nothing_of_letters_written_by_hand_ins_4() -> None:
    assert name("MUELLER", "MULLER", "D", STATED) == (Outcome.BLOCKING, Reason.ONE_LETTER_APART)
    assert name("MUELLER", "MULLER", "D", OLD_CARD) == (Outcome.BLOCKING, Reason.ONE_LETTER_APART)


def test_an_issuer_s_code_is_read_as_the_zone_writes_it_doc_9303() -> None:
    assert written_out("D<<") == written_out("d") == written_out("D")
    assert written_out("D")
    assert not written_out("FRA") and not written_out("") and not written_out("<<<")


# --- composite given names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [MRZ, OLD_CARD, STATED, replace(CARD, source=Source.CARD)])
def test_a_composite_given_name_is_not_its_first_half_exi_id_10(document: Traits) -> None:
    assert given(document, ("JEAN",), "JEAN-PIERRE") == (Outcome.BLOCKING, Reason.COMPOSITE)
    assert given(document, ("JEAN",), "JEAN-PIERRE PAUL") == (Outcome.BLOCKING, Reason.COMPOSITE)
    assert given(document, ("JEAN", "PAUL"), "JEAN-PIERRE PAUL") == (Outcome.BLOCKING, Reason.COMPOSITE)
    assert given(document, ("JEAN", "MARIE"), "JEAN MARIE-LOUISE") == (Outcome.BLOCKING, Reason.COMPOSITE)


def test_a_composite_on_the_document_is_not_the_simple_name_insi_holds_exi_id_10() -> None:
    assert given(STATED, ("JEAN-PIERRE",), "JEAN") == (Outcome.BLOCKING, Reason.COMPOSITE)
    assert given(OLD_CARD, ("JEAN PIERRE",), "JEAN") == (Outcome.BLOCKING, Reason.COMPOSITE)  # "<" joins there
    assert given(OLD_CARD, ("JEAN PIERRE", "PAUL"), "JEAN PAUL") == (Outcome.BLOCKING, Reason.COMPOSITE)


def test_another_composite_is_another_first_name_exi_id_10() -> None:
    assert given(STATED, ("JEAN-PAUL",), "JEAN-PIERRE PAUL") == (Outcome.BLOCKING, Reason.OTHER_FIRST_NAME)
    assert given(STATED, ("JEAN-PAUL",), "JEAN PIERRE PAUL") == (Outcome.BLOCKING, Reason.OTHER_FIRST_NAME)


@pytest.mark.parametrize("document", [MRZ, OLD_CARD, STATED])
def test_a_later_given_name_alone_is_another_first_name_exi_id_10(document: Traits) -> None:
    assert given(document, ("PAUL",), "PIERRE PAUL") == (Outcome.BLOCKING, Reason.OTHER_FIRST_NAME)
    assert given(document, ("PIERRE", "PAUL"), "PAUL") == (Outcome.BLOCKING, Reason.OTHER_FIRST_NAME)


def test_a_zone_writes_a_composite_and_two_names_alike_doc_9303() -> None:
    hyphen = (Outcome.TOLERATED, Reason.HYPHEN)
    assert given(MRZ, ("JEAN", "PIERRE"), "JEAN-PIERRE") == hyphen
    assert given(MRZ, ("JEAN", "PIERRE"), "JEAN PIERRE") == (Outcome.SAME, None)
    assert given(OLD_CARD, ("JEAN PIERRE",), "JEAN-PIERRE") == hyphen
    assert given(OLD_CARD, ("JEAN", "PIERRE"), "JEAN-PIERRE") == hyphen


def test_a_composite_cut_or_written_with_a_space_explains_itself_doc_9303_exi_id_10() -> None:
    shortened = (Outcome.TOLERATED, Reason.LIST_SHORTENED)
    assert given(MRZ, ("JEAN", "PIE"), "JEAN-PIERRE PAUL", cut=True) == (Outcome.TOLERATED, Reason.TRUNCATED)
    assert given(MRZ, ("JEAN",), "JEAN-PIERRE PAUL", cut=True) == (Outcome.TOLERATED, Reason.TRUNCATED)
    assert given(MRZ, ("JEAN", "PIERRE"), "JEAN-PIERRE PAUL") == shortened
    assert given(STATED, ("JEAN-PIERRE",), "JEAN PIERRE PAUL") == shortened
    assert given(STATED, ("MARIE", "JEAN-PAUL"), "MARIE JEAN PAUL LOUISE") == shortened
    assert given(MRZ, ("JEAN",), "JEAN PIERRE PAUL") == shortened
    assert given(MRZ, ("JEAN", "PAUL"), "JEAN PIERRE PAUL") == shortened


def test_a_first_name_that_its_source_gives_apart_is_one_name_exi_id_10() -> None:
    answer = replace(INSI, birth_name="LEROY", given_names=("JEAN PIERRE", "PAUL"), given_names_text="JEAN PIERRE PAUL")
    other_list = replace(answer, given_names=("MURIEL",), given_names_text="PIERRE-ALAIN MURIEL")
    nothing_apart = replace(answer, given_names=())

    def reason(shown: tuple[str, ...], insi: Traits) -> Reason | None:
        return between(replace(STATED, given_names=shown, given_names_text=""), insi).of(Trait.GIVEN_NAMES).reason

    assert reason(("JEAN",), answer) is Reason.COMPOSITE
    assert reason(("JEAN", "PIERRE"), answer) is Reason.LIST_SHORTENED
    assert reason(("JEAN",), nothing_apart) is Reason.LIST_SHORTENED
    assert reason(("PIERRE",), other_list) is Reason.COMPOSITE
    assert reason(("JEAN", "PAUL", "JEAN"), answer) is Reason.OTHER_FIRST_NAME
    assert reason(("JEAN-PAUL", "MARIE"), answer) is Reason.OTHER_FIRST_NAME


def test_a_name_with_an_apostrophe_is_one_name_exi_id_10() -> None:
    assert given(STATED, ("N",), "N'GUESSAN KOFFI") == (Outcome.BLOCKING, Reason.COMPOSITE)
    assert given(MRZ, ("NGUESSAN",), "N'GUESSAN KOFFI") == (Outcome.TOLERATED, Reason.LIST_SHORTENED)
    assert given(MRZ, ("NGUESSAN", "MARIE"), "N'GUESSAN MARIE-LOUISE") == (Outcome.BLOCKING, Reason.COMPOSITE)


def test_a_composite_beside_a_simple_name_may_be_a_twin_ins_3_5() -> None:
    other = replace(CARD, given_names=("ZOE-MARIE",))
    found = between(other, replace(INSI, given_names=("ZOE",), given_names_text="ZOE"))
    assert found.of(Trait.GIVEN_NAMES).reason is Reason.COMPOSITE
    assert found.findings == (Reason.MAY_BE_TWIN,)


@pytest.mark.parametrize(
    ("shown", "held", "cut"),
    [
        ("JOERG", "JORG", False),
        ("JOERG PETER", "JORG PETER", False),
        ("JOERG", "JORG PETER", False),  # and fewer names
        ("JOERG PETER", "JORG PETER PAUL", False),
        ("PETER JOERG", "PETER JORG PAUL", False),
        ("JOERG PET", "JORG PETER", True),  # and cut
        ("JOERG JUERGEN", "JORG JURGEN PAUL", False),
    ],
)
def test_a_letter_written_out_among_fewer_names_is_read_on_the_original_doc_9303(
    shown: str, held: str, cut: bool
) -> None:
    written_out = (Outcome.TOLERATED, Reason.UMLAUT)
    assert given(MRZ, tuple(shown.split()), held, cut=cut, issuer="D") == written_out
    assert given(MRZ, tuple(shown.split()), held, cut=cut, issuer="NLD")[0] is Outcome.BLOCKING


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ("JOERG PETER", "JORG"),  # more names and a letter: two things to name, and one verdict
        ("JOERG PETER", "JORG PAUL"),
        ("JOERG", "PETER JORG"),
        ("PETER", "PAUL JORG"),
        ("JOERG", "JARG PETER"),
        ("JOERG", "JORG-PETER"),
        ("JORG", "JOERG PETER"),  # the register writes letters out, the zone does not
    ],
)
def test_a_letter_written_out_excuses_no_other_name_doc_9303(shown: str, held: str) -> None:
    assert given(MRZ, tuple(shown.split()), held, issuer="D")[0] is Outcome.BLOCKING


@pytest.mark.parametrize("document", [STATED, OLD_CARD])
def test_of_letters_on_a_document_none_is_written_out(document: Traits) -> None:
    assert given(document, ("JOERG",), "JORG PETER", issuer="D")[0] is Outcome.BLOCKING


# --- more names than the register ---------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [MRZ, OLD_CARD, STATED])
def test_more_given_names_than_insi_holds_are_read_on_the_original_ins_4(document: Traits) -> None:
    longer = (Outcome.TOLERATED, Reason.LIST_LONGER)
    assert given(document, ("JEAN", "PAUL"), "JEAN") == longer
    assert given(document, ("JEAN", "MARC", "PAUL"), "JEAN PAUL") == longer
    shown = replace(document, given_names=("ZOE", "MARIE", "ANNE"), given_names_text="")
    found = between(shown, INSI)
    assert [each.trait for each in found.to_be_named] == [Trait.GIVEN_NAMES]
    assert not found.needs_confirmation  # by its name, not with all the ordinary ones


def test_a_zone_longer_than_insi_s_list_may_hide_a_composite_and_is_never_silent_doc_9303() -> None:
    assert given(MRZ, ("JEAN", "PIERRE"), "JEAN") == (Outcome.TOLERATED, Reason.LIST_LONGER)
    assert Reason.LIST_LONGER in NAMED_REASONS


def test_fewer_names_are_ordinary_only_beside_who_knows_more_ins_4() -> None:
    assert given(MRZ, ("JEAN",), "JEAN PAUL") == (Outcome.TOLERATED, Reason.LIST_SHORTENED)
    fewer = replace(CARD, given_names=("ZOE",))
    assert compare(fewer, MRZ).of(Trait.GIVEN_NAMES).reason is Reason.LIST_SHORTENED
    more = replace(CARD, given_names=("ZOE", "MARIE", "ANNE"))
    assert compare(more, MRZ).of(Trait.GIVEN_NAMES).reason is Reason.LIST_LONGER
    two_answers = replace(INSI, given_names=("ZOE",), given_names_text="ZOE")
    assert between(INSI, two_answers).of(Trait.GIVEN_NAMES).reason is Reason.LIST_LONGER


# --- what is believed is confirmed by name ------------------------------------------------------------------------


def test_what_is_named_is_tolerated_and_says_what_staff_saw_ins_4() -> None:
    assert NAMED_REASONS < TOLERATED_REASONS
    assert set(SEEN_SENTENCES) == NAMED_REASONS
    for sentence in SEEN_SENTENCES.values():
        assert sentence.endswith(".") and len(sentence) <= 110


def test_an_ordinary_tolerance_is_named_to_nobody_and_agrees_by_itself_ins_4() -> None:
    found = between(replace(STATED, birth_name="Adrun"), INSI)
    assert found.needs_confirmation
    assert found.to_be_named == ()


def test_a_kiosk_accepts_nothing_that_staff_must_name_ins_6() -> None:
    mueller = replace(FOUND, traits=replace(INSI, birth_name="MULLER"))
    card, zone = replace(CARD, birth_name="MULLER"), replace(MRZ, birth_name="MUELLER")
    assert kiosk_status(card, mueller, replace(zone, birth_name="MULLER"), issuer="D") is IdentityStatus.RETRIEVED
    assert kiosk_status(card, mueller, zone, issuer="D") is IdentityStatus.PROVISIONAL
    assert kiosk_status(None, mueller, zone, issuer="FRA") is IdentityStatus.PROVISIONAL
    longer = replace(MRZ, given_names=("ZOE", "MARIE", "ANNE"))
    assert kiosk_status(CARD, FOUND, longer) is IdentityStatus.PROVISIONAL


@pytest.mark.parametrize(
    "card",
    [
        replace(CARD, given_names=("MARIE",)),
        replace(CARD, birth_date=BirthDate("1975-12-00")),
        replace(CARD, birth_name="ADRUM"),
    ],
)
def test_a_card_that_differs_still_forbids_the_kiosk_to_accept_ins_6(card: Traits) -> None:
    assert kiosk_status(card, FOUND, MRZ) is IdentityStatus.PROVISIONAL


# --- what staff say to have seen ----------------------------------------------------------------------------------


BORN_NOWHERE = replace(INSI, birth_place_code="")  # asks nothing about a place


def test_what_the_card_says_otherwise_warns_and_is_said_one_by_one_ins_2_4() -> None:
    card = compare(replace(CARD, birth_name="ADRUM", birth_date=BirthDate("1975-12-00")), INSI)
    agreeing = compare(MRZ, INSI)
    name_and_date = (
        ToSee(Beside.CARD, Trait.BIRTH_NAME, Reason.ONE_LETTER_APART),
        ToSee(Beside.CARD, Trait.BIRTH_DATE, Reason.INCOMPLETE_DATE),
    )
    assert to_see(BORN_NOWHERE, agreeing, card) == to_see(BORN_NOWHERE, None, card) == name_and_date
    assert to_see(INSI, agreeing, card) == (PLACE_READ, *name_and_date)
    assert to_see(BORN_NOWHERE, agreeing, compare(CARD, INSI)) == to_see(BORN_NOWHERE, None, None) == ()
    in_use = compare(replace(CARD, birth_name="DUPONT"), INSI)  # the name in use: no difference
    assert to_see(BORN_NOWHERE, None, in_use) == ()
    assert name_and_date[0].code == "card:birth-name:one-letter-apart"


def test_what_blocks_in_a_document_is_nobody_s_to_confirm_ins_4() -> None:
    other = replace(MRZ, birth_name="ADRUM", given_names=("ZOE", "MARIE", "ANNE"), sex=Sex.MALE)
    longer = ToSee(Beside.DOCUMENT, Trait.GIVEN_NAMES, Reason.LIST_LONGER)
    assert to_see(BORN_NOWHERE, compare(other, INSI), None) == (longer,)
    assert not any(one.reason is Reason.OTHER_SEX for one in EVERYTHING if one.beside is Beside.DOCUMENT)


def test_the_place_of_birth_is_read_on_the_original_unless_a_machine_compared_it_ins_1_1() -> None:
    assert to_see(INSI, None, None) == to_see(INSI, compare(MRZ, INSI), None) == (PLACE_READ,)
    assert to_see(INSI, compare(STATED, INSI), None) == ()
    city, district = replace(STATED, birth_place_code="75056"), replace(INSI, birth_place_code="75101")
    assert to_see(district, compare(city, district), None) == ()  # confirmed with the ordinary ones
    elsewhere = compare(replace(STATED, birth_place_code="01033"), INSI)
    assert elsewhere.is_blocking and to_see(INSI, elsewhere, None) == ()  # blocks: nobody reads it away
    assert PLACE_READ.code == "document:birth-place:read"


@pytest.mark.parametrize("code", ["", "99999"])
def test_where_insi_knows_no_place_there_is_none_to_agree_with_ins_1_6(code: str) -> None:
    assert to_see(replace(INSI, birth_place_code=code), None, None) == ()


def test_what_was_not_asked_is_no_answer_and_what_was_not_said_is_left_ins_4() -> None:
    longer = ToSee(Beside.DOCUMENT, Trait.GIVEN_NAMES, Reason.LIST_LONGER)
    umlaut = ToSee(Beside.DOCUMENT, Trait.BIRTH_NAME, Reason.UMLAUT)
    assert left((longer,), ()) == left((longer,), (umlaut,)) == (longer,)
    assert left((longer, umlaut), (umlaut,)) == (longer,)
    assert left((longer, umlaut), EVERYTHING) == left((), ()) == ()
    assert (
        len({one.code for one in EVERYTHING}) == len(EVERYTHING) == len(Trait) * (len(NAMED_REASONS) + len(Reason)) + 1
    )
    assert {longer, umlaut, PLACE_READ, ToSee(Beside.CARD, Trait.SEX, Reason.OTHER_SEX)} <= EVERYTHING
