"""The evidence staff is shown: what the structure's table offers, the companion of a family book, what is written."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from kiosk.console.identities import pieces
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.status.evidence import DEFAULT_EVIDENCE, Confidence, EvidenceTable, EvidenceType, Nationality
from tests.console.arrivals import arrive, enrol, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import LEO, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
BOOK = {"evidence": "LE", "said": "mother", "seen": READ, "tolerated": "1", "first_given_name": "LEO"}


def with_book(companion: str) -> dict[str, str]:
    return BOOK | {"companion-LE": companion}


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


@contextmanager
def _accepting(*types: EvidenceType) -> Iterator[None]:
    """The structure's own table, as its settings would bring it."""
    before = settings.KIOSK
    settings.KIOSK = before.model_copy(update={"evidence": EvidenceTable(types)})
    try:
        yield
    finally:
        settings.KIOSK = before


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.get(pk=check_in.key)


def _said(act: str) -> dict[str, object]:
    from kiosk.console.models import AuditEntry

    return json.loads(AuditEntry.objects.filter(act=act).latest("number").details)


def _child(client, answer=None):
    """Léo on his mother's card, no document of his own; called."""
    check_in = arrive(LEO, answer, mrz=None, document_kind=None, pictures=())
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    return check_in, path


def _page(client, path: str) -> str:
    """As one line; the hard spaces of good typography are spaces too."""
    return " ".join(get(client, path).content.decode().split())


def test_a_family_book_asks_which_document_goes_with_it_and_keeps_the_answer() -> None:
    client = at_desk()
    check_in, path = _child(client)
    page = _page(client, path)
    for code, key in (("PCN", "w"), ("PPA", "x"), ("PCS", "m"), ("PIE", "g"), ("TDJ", "t")):
        assert f'name="companion-LE" value="{code}" data-stays data-key="{key}"' in page
    assert "checked" not in page.split('class="evidence"')[1].split("</form>")[0]
    for companion in ("", "CN", "LE", "' OR 1=1 --"):
        refused = client.post(path + "qualifier/", BOOK | {"companion-LE": companion}, secure=True, follow=True)
        assert "Dites quel document accompagne cette pièce" in refused.content.decode()
        assert (_arrival(check_in).status, _arrival(check_in).companion) == ("RETRIEVED", "")
    post(client, path + "qualifier/", **with_book("PPA"))
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence, arrival.companion) == ("QUALIFIED", "LE", "PPA")
    assert (_said("qualified")["evidence"], _said("qualified")["companion"]) == ("LE", "PPA")
    assert "Livret de famille, avec : Passeport d’un parent" in _page(client, path)


def test_validating_with_a_birth_certificate_asks_it_too_and_what_was_said_stays_on_the_page() -> None:
    client = at_desk()
    check_in, path = _child(client, InsNotFound())
    form = {"evidence": "AN", "said": "guardian", "tolerated": "1"} | original_of(LEO, place="63220")
    page = " ".join(
        post(client, path + "decision/validate/", **form, **{"companion-AN": "XX"}).content.decode().split()
    )
    assert "Dites quel document accompagne cette pièce" in page
    assert _arrival(check_in).status == "PROVISIONAL"
    wrong_date = form | {"birth_date": "hier", "companion-AN": "TDJ"}
    page = " ".join(post(client, path + "decision/validate/", **wrong_date).content.decode().split())
    assert 'name="companion-AN" value="TDJ" data-stays data-key="t" checked' in page
    post(client, path + "decision/validate/", **form, **{"companion-AN": "TDJ"})
    assert (_arrival(check_in).status, _arrival(check_in).companion) == ("VALIDATED", "TDJ")
    assert _said("validated")["companion"] == "TDJ"


def test_what_stands_alone_keeps_no_companion_ticked_before_the_mind_was_changed() -> None:
    client = at_desk()
    check_in, path = _child(client)
    post(client, path + "qualifier/", **(BOOK | {"evidence": "PA", "companion-PA": "PCN", "companion-LE": "PCN"}))
    assert (_arrival(check_in).evidence, _arrival(check_in).companion) == ("PA", "")
    assert "companion" not in _said("qualified")


def test_the_companion_is_taken_back_and_given_back_with_its_evidence() -> None:
    client = at_desk("marc", "officer")
    check_in, path = _child(client, InsNotFound())
    form = {"evidence": "LE", "said": "mother", "tolerated": "1"} | original_of(LEO, place="63220")
    post(client, path + "decision/validate/", **form, **{"companion-LE": "PCN"})
    post(client, path + "annuler/")
    assert (_arrival(check_in).evidence, _arrival(check_in).companion) == ("", "")
    post(client, path + "decision/validate/", **form, **{"companion-LE": "PCS"})
    post(client, path + "prendre/")
    post(client, path + "declasser/", reason="evidence")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence, arrival.companion) == ("PROVISIONAL", "", "")
    post(client, path + "annuler/")
    assert (_arrival(check_in).status, _arrival(check_in).companion) == ("VALIDATED", "PCS")
    post(client, path + "decision/doubt/")
    assert (_arrival(check_in).evidence, _arrival(check_in).companion) == ("", "")
    post(client, path + "annuler/")
    assert (_arrival(check_in).evidence, _arrival(check_in).companion) == ("", "")  # T8: looked at anew


@pytest.mark.parametrize("code", ["IE", "AV"])
def test_electronic_means_are_offered_and_qualify(code: str) -> None:
    client = at_desk()
    check_in = arrive(ZOE)
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = _page(client, path)
    assert "France Identité, L’Identité Numérique" in page and "Application carte Vitale" in page
    assert page.count("Sur place ou à distance.") == 2
    assert "Tiers de confiance" not in page, "where a convention says so, the structure's own list names it"
    post(client, path + "qualifier/", **(BOOK | {"evidence": code, "first_given_name": "ZOE"}))
    assert (_arrival(check_in).status, _arrival(check_in).evidence) == ("QUALIFIED", code)
    assert "companion" not in _said("qualified") and "flow" not in _said("qualified")


def test_a_structure_s_own_table_is_what_staff_may_choose_from() -> None:
    france = EvidenceType("FI", "France Identité", Confidence.HIGH, flow="IE")
    card = EvidenceType("CN", "Carte d’identité", Confidence.HIGH, frozenset({Nationality.FRENCH}))
    client = at_desk()
    with _accepting(france, card):
        check_in = arrive(ZOE)
        path = f"/arrivees/{check_in.key}/"
        post(client, path + "prendre/")
        page = _page(client, path)
        for code, key in (("FI", "1"), ("CN", "2")):
            assert f'value="{code}" required data-stays data-key="{key}"' in page
        assert "Passeport" not in page.split('class="evidence"')[1].split("</fieldset>")[0]
        assert "La personne est devant vous." in page, "this structure wants them there"
        for code in ("PA", "IE", "AV"):
            post(client, path + "qualifier/", **(BOOK | {"evidence": code, "first_given_name": "ZOE"}))
            assert _arrival(check_in).status == "RETRIEVED"
        post(client, path + "qualifier/", **(BOOK | {"evidence": "FI", "first_given_name": "ZOE"}))
        assert (_arrival(check_in).status, _arrival(check_in).evidence) == ("QUALIFIED", "FI")
        assert (_said("qualified")["evidence"], _said("qualified")["flow"]) == ("FI", "IE")
        assert "France Identité" in _page(client, path)


def test_what_was_decided_with_a_piece_no_longer_in_the_table_still_says_what_it_was() -> None:
    client = at_desk()
    _check_in, path = _child(client)
    post(client, path + "qualifier/", **with_book("PCN"))
    with _accepting(EvidenceType("PA", "Passeport", Confidence.HIGH)):
        assert "Livret de famille, avec" in _page(client, path)
        assert pieces.label_of("ZZ", "YY") == "Pièce « ZZ », avec : document « YY »"


def test_the_tenth_piece_has_a_key_and_the_others_are_there_without_one() -> None:
    many = tuple(EvidenceType(f"P{n}", f"Passeport {n}", Confidence.HIGH, flow="PA") for n in range(12))
    with _accepting(*many):
        client = at_desk()
        check_in = arrive(ZOE)
        path = f"/arrivees/{check_in.key}/"
        post(client, path + "prendre/")
        page = _page(client, path)
        assert 'value="P9" required data-stays data-key="0"' in page
        assert 'value="P10" required data-stays>' in page and 'value="P11" required data-stays>' in page


def test_the_rniv_s_table_is_the_one_without_a_file() -> None:
    assert settings.KIOSK.evidence == EvidenceTable(DEFAULT_EVIDENCE)
