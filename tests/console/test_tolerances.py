"""What staff may call the same person and what they must say to have seen; the card warns and does not veto.

A difference that a machine cannot judge counts for nothing until a member of staff names it; the trail keeps its code.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from tests.console.arrivals import arrive, card_of, enrol, found, mrz_of, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.rewritten import rewrite
from tests.console.staff import READ, at_desk, get, post, trait_of, words_of
from tests.people import CATARINA, PIERRE_ALAIN, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]

USUAL_NAME = replace(card_of(ZOE), given_names=("LUCIE",))
DAY_UNKNOWN = replace(card_of(ZOE), birth_date=BirthDate("1975-12-00"))
ONE_LETTER = replace(card_of(ZOE), birth_name="ADRUM")
SEEN = {
    "card:given-names:may-be-twin": USUAL_NAME,
    "card:birth-date:incomplete-date": DAY_UNKNOWN,
    "card:birth-name:one-letter-apart": ONE_LETTER,
}


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _arrival(check_in: CheckIn) -> Any:
    from kiosk.console.models import Arrival

    return Arrival.objects.get(pk=check_in.key)


def _called(client: Any, check_in: CheckIn) -> str:
    path = f"/arrivees/{check_in.key}/"
    assert post(client, path + "prendre/").status_code == 302
    return path


def _qualify(client: Any, check_in: CheckIn, **said: object) -> str:
    """The status after staff, with the original in hand and all of the ordinary said, pressed the button."""
    first = check_in.insi.traits.given_names[0] if isinstance(check_in.insi, InsFound) else ""
    seen = said.pop("seen", [])
    form = {"evidence": "CN", "said": "1", "tolerated": "1", "first_given_name": first} | said
    form["seen"] = [READ, *([seen] if isinstance(seen, str) else seen)]
    post(client, f"/arrivees/{check_in.key}/qualifier/", **form)
    return str(_arrival(check_in).status)


def _trail(act: str, check_in: CheckIn) -> dict[str, Any]:
    from kiosk.console.models import AuditEntry

    details: dict[str, Any] = json.loads(AuditEntry.objects.get(act=act, about=check_in.key).details)
    return details


def _with_insi(check_in_of: InsFound, **traits: object) -> InsFound:
    return replace(check_in_of, traits=replace(check_in_of.traits, **traits))


def _shown(issuer: str = "FRA", **traits: object) -> Any:
    reading = mrz_of(ZOE)
    return replace(reading, issuing_state=issuer, traits=replace(reading.traits, **traits))


# --- the card warns, it does not veto -------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "card"), SEEN.items())
def test_a_card_that_differs_does_not_forbid_what_document_and_insi_agree_on(code: str, card: Any) -> None:
    check_in = arrive(ZOE, card=card)
    assert _arrival(check_in).status == "PROVISIONAL"  # a kiosk accepts nothing that differs
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert code in page and "Carte Vitale, " in page
    assert 'class="verdict-blocking"' not in page and 'class="wide" data-key="n"' not in page
    assert _qualify(client, check_in) == "PROVISIONAL"  # not before staff say what they saw
    assert "Dites ce que vous avez vu" in get(client, f"/arrivees/{check_in.key}/").content.decode()
    assert _qualify(client, check_in, seen="document:birth-name:umlaut") == "PROVISIONAL"
    assert _qualify(client, check_in, seen=code) == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == f"{READ}+{code}"


@pytest.mark.parametrize(
    ("code", "shown", "insi"),
    [
        ("card:given-names:may-be-twin", "Carte LUCIE", "Prénoms de naissance ZOE"),
        ("card:birth-date:incomplete-date", "Carte 00/12/1975, jour inconnu", "Date de naissance 31/12/1975"),
        ("card:birth-name:one-letter-apart", "Carte ADRUM", "Nom de naissance ADRUN"),
    ],
)
def test_what_staff_are_to_have_seen_bears_both_values(code: str, shown: str, insi: str) -> None:
    """Nobody ticks what they would have to look for elsewhere."""
    check_in = arrive(ZOE, card=SEEN[code])
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    asked = trait_of(page, code.split(":")[1])
    assert f'name="seen" value="{code}"' in asked
    said = words_of(asked)
    assert said.startswith(f"{insi} = pièce") and shown in said
    assert "Lieu lu : Mazoires, Puy-de-Dôme (63)" in words_of(page)  # where INSi says that the person was born


def test_a_letter_written_out_is_shown_as_the_zone_and_as_insi_write_it() -> None:
    check_in = arrive(ZOE, _with_insi(found(ZOE), birth_name="MULLER"), mrz=_shown("D", birth_name="MUELLER"))
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert "Pièce\u00a0: MUELLER · INSi\u00a0: MULLER" in page.split('<fieldset class="see">')[1]


def test_a_letter_written_out_among_fewer_given_names_is_no_dead_end() -> None:
    insi = _with_insi(found(ZOE), given_names=("JORG", "PETER"), given_names_text="JORG PETER")
    check_in = arrive(ZOE, insi, card=None, card_nir="", mrz=_shown("D", given_names=("JOERG",)))
    assert _arrival(check_in).status == "PROVISIONAL"  # a kiosk accepts nothing that must be named
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert "Pièce\u00a0: JOERG · INSi\u00a0: JORG PETER" in page.split('<fieldset class="see">')[1]
    assert _qualify(client, check_in) == "PROVISIONAL"
    assert _qualify(client, check_in, seen="document:given-names:umlaut") == "QUALIFIED"


def test_more_given_names_than_insi_holds_are_said_of_the_document() -> None:
    """By what staff hold in their hands: who is the most official is not theirs to know."""
    check_in = arrive(ZOE, _with_insi(found(ZOE), given_names_text="ZOE"), mrz=_shown(given_names=("ZOE", "MARIE")))
    client = at_desk()
    asked = trait_of(get(client, _called(client, check_in)).content.decode(), "given-names")
    assert "MARIE</mark>" in asked and "Pièce ZOE MARIE" in words_of(asked)
    assert "Sur l’original, le premier prénom est exactement celui de l’INS." in words_of(asked)


def test_each_thing_a_card_says_otherwise_is_seen_by_its_own_name() -> None:
    check_in = arrive(ZOE, card=replace(DAY_UNKNOWN, birth_name="ADRUM"))
    client = at_desk()
    _called(client, check_in)
    both = ["card:birth-name:one-letter-apart", "card:birth-date:incomplete-date"]
    for one in both:
        assert _qualify(client, check_in, seen=one) == "PROVISIONAL"
    assert _qualify(client, check_in, seen=both) == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == "+".join([READ, *both])


def test_where_the_eye_compared_the_original_the_card_warns_too() -> None:
    code = "card:given-names:may-be-twin"
    check_in = arrive(ZOE, card=USUAL_NAME, mrz=mrz_of(ZOE, accepted=False))
    client = at_desk()
    _called(client, check_in)
    assert _qualify(client, check_in, seen=code, tolerated="") == "PROVISIONAL"
    assert _qualify(client, check_in) == "PROVISIONAL"
    assert _qualify(client, check_in, seen=code) == "QUALIFIED"


def test_a_card_still_forbids_accepting_the_ins_without_evidence() -> None:
    code = "card:given-names:may-be-twin"
    check_in = arrive(ZOE, card=USUAL_NAME, mrz=None, pictures=())
    assert _arrival(check_in).need == "differences"
    client = at_desk()
    path = _called(client, check_in)
    for seen in ({}, {"seen": code}):
        post(client, path + "decision/accept-ins/", **seen)
        assert _arrival(check_in).status == "PROVISIONAL"


def test_a_document_that_differs_still_forbids_whatever_staff_say_to_have_seen() -> None:
    check_in = arrive(ZOE, card=USUAL_NAME, mrz=_shown(birth_name="ADRUM"))
    client = at_desk()
    _called(client, check_in)
    seen = ["card:given-names:may-be-twin", "document:birth-name:one-letter-apart"]
    assert _qualify(client, check_in, seen=seen) == "PROVISIONAL"


def test_a_card_that_differs_is_no_difference_of_the_queue_where_the_document_agrees() -> None:
    arrival = _arrival(arrive(ZOE, card=USUAL_NAME))
    assert (arrival.need, arrival.differences) == ("ready", "")
    client = at_desk("ines", "officer")
    sheet = get(client, f"/arrivees/{arrival.key}/fiche/").content.decode()
    assert "Aucune fiche à remettre" in sheet and "LUCIE" not in sheet


def test_without_an_answer_a_card_that_differs_from_the_document_goes_to_the_unit() -> None:
    check_in = arrive(ZOE, InsNotFound(), card=USUAL_NAME)
    client = at_desk()
    path = _called(client, check_in)
    post(client, path + "decision/validate/", evidence="CN", said="1", **original_of(ZOE))
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("VALIDATED", "set-aside")


# --- letters written out --------------------------------------------------------------------------------------------


@ON_SQLITE
@pytest.mark.parametrize(
    ("zone", "civil"), [("MAES", "MAS"), ("HAAS", "HAS"), ("AARON", "ARON"), ("MICHAEL", "MICHAL")]
)
def test_a_french_document_writes_no_letter_out_and_another_letter_is_another_name(zone: str, civil: str) -> None:
    answer = _with_insi(found(ZOE), birth_name=civil)
    check_in = arrive(ZOE, answer, card=replace(card_of(ZOE), birth_name=civil), mrz=_shown(birth_name=zone))
    assert (_arrival(check_in).status, _arrival(check_in).need) == ("PROVISIONAL", "differences")
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert 'class="trait verdict-blocking" data-trait="birth-name"' in page
    assert "Différence : nom de naissance." in words_of(page)
    assert _qualify(client, check_in, seen="document:birth-name:umlaut") == "PROVISIONAL"


def test_a_german_document_s_umlaut_is_read_on_the_original_and_said_by_its_name() -> None:
    code = "document:birth-name:umlaut"
    answer = _with_insi(found(ZOE), birth_name="MULLER")
    card = replace(card_of(ZOE), birth_name="MULLER")
    check_in = arrive(ZOE, answer, card=card, mrz=_shown("D<<", birth_name="MUELLER"))
    assert _arrival(check_in).status == "PROVISIONAL"  # a kiosk has read no original
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert 'class="trait verdict-see" data-trait="birth-name"' in page and code in trait_of(page, "birth-name")
    assert _qualify(client, check_in) == "PROVISIONAL"
    assert _qualify(client, check_in, seen=code) == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == f"{READ}+{code}"
    assert "MULLER" not in json.dumps(_trail("qualified", check_in))


def test_a_member_of_staff_who_reads_another_letter_validates_without_ins_and_the_unit_sees_it() -> None:
    answer = _with_insi(found(ZOE), birth_name="MULLER")
    check_in = arrive(ZOE, answer, card=None, mrz=_shown("D<<", birth_name="MUELLER"))
    client = at_desk()
    path = _called(client, check_in)
    form = {"evidence": "CN", "said": "1", "tolerated": "1"}
    post(client, path + "decision/validate/", **form, **original_of(ZOE, birth_name="MÜLLER"))
    assert _arrival(check_in).status == "PROVISIONAL"  # what the original says is what INSi says: qualify
    post(client, path + "decision/validate/", **form, **original_of(ZOE, birth_name="MUELLER"))
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("VALIDATED", "set-aside")


def test_an_umlaut_in_an_answer_after_the_validation_is_not_accepted_without_being_said_either() -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    code = "document:birth-name:umlaut"
    check_in = arrive(ZOE, InsUnreachable("timeout"), card=None, mrz=_shown("D<<", birth_name="MUELLER"))
    officer = at_desk("marc", "officer")
    path = _called(officer, check_in)
    form = {"evidence": "CN", "said": "1", "tolerated": "1"}
    post(officer, path + "decision/validate/", **form, **original_of(ZOE, birth_name="MÜLLER"))
    assert _arrival(check_in).status == "VALIDATED"
    Arrival.objects.filter(pk=check_in.key).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: _with_insi(found(ZOE), birth_name="MULLER"))
    post(officer, path + "prendre/")
    post(officer, path + "decision/accept-ins/")
    assert _arrival(check_in).status == "VALIDATED"
    post(officer, path + "decision/accept-ins/", seen=code)
    assert _arrival(check_in).status == "QUALIFIED"
    assert _trail("ins-accepted", check_in)["seen"] == code  # the place was written down at the validation


# --- given names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "held"),
    [(("JEAN",), ("JEAN-PIERRE",)), (("JEAN-PIERRE",), ("JEAN",)), (("JEAN", "PAUL"), ("JEAN-PIERRE", "PAUL"))],
)
def test_a_composite_given_name_is_not_half_of_it(shown: tuple[str, ...], held: tuple[str, ...]) -> None:
    answer = _with_insi(found(ZOE), given_names=held, given_names_text=" ".join(held))
    check_in = arrive(ZOE, answer, card=replace(card_of(ZOE), given_names=held[:1]), mrz=_shown(given_names=shown))
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert "composé" in page
    assert _qualify(client, check_in) == "PROVISIONAL"


def test_a_zone_writes_a_composite_with_a_space_and_staff_accept_it_once() -> None:
    answer = found(PIERRE_ALAIN)
    names = ("PIERRE", "ALAIN", "MURIEL", "FLORIANT")
    reading = mrz_of(PIERRE_ALAIN)
    check_in = arrive(PIERRE_ALAIN, answer, mrz=replace(reading, traits=replace(reading.traits, given_names=names)))
    assert _arrival(check_in).status == "RETRIEVED"
    client = at_desk()
    _called(client, check_in)
    assert _qualify(client, check_in, tolerated="", said="father") == "RETRIEVED"
    assert _qualify(client, check_in, said="father") == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == READ


def test_more_given_names_than_insi_holds_are_read_on_the_original_and_said() -> None:
    code = "document:given-names:list-longer"
    check_in = arrive(ZOE, mrz=_shown(given_names=("ZOE", "MARIE")))
    assert _arrival(check_in).status == "PROVISIONAL"
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    assert code in page
    assert _qualify(client, check_in) == "PROVISIONAL"
    assert _qualify(client, check_in, seen=code) == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == f"{READ}+{code}"


def test_what_was_seen_is_kept_as_codes_that_were_asked_and_never_as_what_a_form_says() -> None:
    check_in = arrive(ZOE, card=USUAL_NAME)
    client = at_desk()
    _called(client, check_in)
    code = "card:given-names:may-be-twin"
    assert _qualify(client, check_in, seen=[code, "LUCIE", "card:sex:other-sex", "x" * 5000]) == "QUALIFIED"
    assert _trail("qualified", check_in)["seen"] == f"{READ}+{code}"


# --- the place of birth ---------------------------------------------------------------------------------------------


def test_the_place_of_birth_is_read_on_the_original_and_said() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    page = get(client, _called(client, check_in)).content.decode()
    row = words_of(trait_of(page, "birth-place"))
    assert "Mazoires, Puy-de-Dôme (63)" in row and "à lire sur la pièce" in row
    box = page.split(READ)[1].split("</label>")[0]
    assert 'data-key="b"' in box and "Mazoires, Puy-de-Dôme (63)" in words_of(f"<{box}")
    form = {"evidence": "CN", "said": "1", "first_given_name": "ZOE"}
    for seen in ([], ["document:birth-name:umlaut"], ["1"]):
        post(client, f"/arrivees/{check_in.key}/qualifier/", **form, seen=seen)
        assert _arrival(check_in).status == "RETRIEVED"
    assert "Lieu de naissance, lu sur l’original" in get(client, f"/arrivees/{check_in.key}/").content.decode()
    assert _qualify(client, check_in) == "QUALIFIED"
    details = json.dumps(_trail("qualified", check_in))
    assert READ in details and "63220" not in details and "Mazoires" not in details


def test_a_place_that_a_machine_read_with_certainty_and_that_agrees_is_not_asked_again() -> None:
    check_in = arrive(ZOE, mrz=_shown(birth_place_code="63220"))
    client = at_desk()
    assert READ not in get(client, _called(client, check_in)).content.decode()
    post(client, f"/arrivees/{check_in.key}/qualifier/", evidence="CN", said="1", first_given_name="ZOE")
    assert _arrival(check_in).status == "QUALIFIED"
    assert "seen" not in _trail("qualified", check_in)


def test_another_place_read_with_certainty_blocks_and_a_reading_that_is_not_certain_says_nothing() -> None:
    elsewhere = arrive(ZOE, mrz=_shown(birth_place_code="01033"))
    client = at_desk()
    _called(client, elsewhere)
    assert _qualify(client, elsewhere) == "PROVISIONAL"
    doubtful = arrive(CATARINA, mrz=replace(mrz_of(CATARINA, accepted=False)))
    assert READ in get(client, _called(client, doubtful)).content.decode()


def test_who_reads_another_place_on_the_original_validates_without_ins_or_sets_aside() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _called(client, check_in)
    form = {"evidence": "CN", "said": "1"}
    page = get(client, path).content.decode()
    assert "L’original dit autre chose" in page
    post(client, path + "decision/validate/", **form, **original_of(ZOE))
    assert _arrival(check_in).status == "RETRIEVED"  # what they wrote is what INSi says: qualify
    post(client, path + "decision/validate/", **form, **original_of(ZOE, place="97411"))
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.stage) == ("VALIDATED", "set-aside")
    other = arrive(CATARINA)
    post(client, _called(client, other) + "ecarter/", reason="differences")
    assert (_arrival(other).status, _arrival(other).stage) == ("RETRIEVED", "set-aside")


def test_without_evidence_there_is_no_original_to_read_a_place_on() -> None:
    check_in = arrive(ZOE, mrz=None, pictures=(), card=replace(card_of(ZOE), given_names=("ZOE",)))
    client = at_desk()
    path = _called(client, check_in)
    from kiosk.console.models import Arrival

    rewrite(Arrival.objects.filter(pk=check_in.key), reported="PROVISIONAL")
    post(client, path + "decision/accept-ins/")
    assert _arrival(check_in).status == "RETRIEVED"
