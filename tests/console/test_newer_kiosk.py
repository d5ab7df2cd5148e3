"""A kiosk that was updated before its console: what is understood is kept, nothing looks better than it is.

What the kiosk said more may be a warning: a machine never counts on its absence, staff knows, and compares by hand.
"""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk import __version__, journal
from kiosk.console.identities import comparing
from kiosk.console.records import subject_keys, vault
from kiosk.console.upkeep import worker
from kiosk.core.checkin import codec
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from kiosk.sealing import seal
from tests.console.arrivals import check_in_of, enrol, found, put
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long, ON_SQLITE]  # plays page after page
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}
NOTICE = "La borne est plus récente que ce logiciel"


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _newer(check_in: CheckIn, *path: str, more: Any = "forged") -> bytes:
    """The check-in as a newer kiosk seals it, with something more to say at this place."""
    document = json.loads(to_bytes(check_in))
    place = document["check_in"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = more
    context = f"check-in:{check_in.key}".encode()
    return seal(json.dumps(document).encode(), vault.keys().current.public_key, context)


def _arrived(check_in: CheckIn, *path: str, more: Any = "forged"):
    from kiosk.console.models import Arrival

    body = _newer(check_in, *path, more=more)
    answer = put(f"/intake/check-ins/{check_in.key}", body)
    assert answer.status_code == 201, answer.content
    arrival = Arrival.objects.select_related("sealed").get(pk=check_in.key)
    assert (
        subject_keys.unlock(arrival.pk, bytes(arrival.sealed.check_in), _context(arrival)) == body
    )  # all that was said: a later version reads it
    return arrival


def _again(arrival):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=arrival.pk)


@pytest.mark.parametrize("path", [("mrz", "copied"), ("insi", "deceased"), ("card", "stolen"), ("face_differs",)])
def test_what_would_be_ready_and_retrieved_is_neither_when_something_was_not_read(path: tuple[str, ...]) -> None:
    arrival = _arrived(check_in_of(ZOE), *path)
    assert (arrival.need, arrival.status) == ("partly-read", "PROVISIONAL")


def test_what_presses_more_keeps_its_place() -> None:
    assert _arrived(check_in_of(ZOE, found(DOMINIQUE)), "more").need == "differences"
    assert _arrived(check_in_of(ZOE, mrz=None), "more").need == "doubtful-reading"
    assert _arrived(check_in_of(ZOE), "mrz", more={"is": "ChipReading"}).need == "doubtful-reading"


def test_staff_is_told_and_qualifies_only_who_was_compared_by_hand() -> None:
    arrival = _arrived(check_in_of(ZOE), "mrz", "copied")
    client, path = at_desk(), f"/arrivees/{arrival.pk}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert NOTICE in page and "forged" not in page and "copied" not in page
    assert "Lecture incomplète" in get(client, "/file/").content.decode()
    post(client, path + "decision/accept-ins/")
    assert _again(arrival).status == "PROVISIONAL"  # no machine's comparison is enough
    post(client, path + "qualifier/", **TICKED)
    assert _again(arrival).status == "PROVISIONAL"
    post(client, path + "qualifier/", **TICKED, tolerated="1")
    assert _again(arrival).status == "QUALIFIED"


def test_a_difference_that_was_read_still_forbids_to_qualify() -> None:
    arrival = _arrived(check_in_of(ZOE, found(DOMINIQUE)), "mrz", "copied")
    client, path = at_desk(), f"/arrivees/{arrival.pk}/"
    post(client, path + "prendre/")
    post(client, path + "qualifier/", **TICKED, tolerated="1")
    assert _again(arrival).status == "PROVISIONAL"


def test_an_answer_of_insi_that_comes_later_does_not_make_it_whole() -> None:
    from django.utils import timezone

    arrival = _arrived(check_in_of(ZOE, InsUnreachable("timeout")), "mrz", "copied")
    type(arrival).objects.filter(pk=arrival.pk).update(insi_next_at=timezone.now())
    assert worker.insi_once(lambda *_: found(ZOE))
    later = _again(arrival)
    opened = vault.open_arrival(later)
    assert isinstance(opened.insi, InsFound) and opened.not_understood == ("check_in.mrz",)
    assert (later.need, later.status) == ("partly-read", "PROVISIONAL")


def test_an_answer_repeated_without_what_was_not_read_of_it_is_never_taken_for_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Staff asks INSi with other criteria, which find nobody: the kiosk's answer stands, sealed anew here."""
    from django.utils import timezone

    arrival = _arrived(check_in_of(ZOE), "insi", "deceased", more=True)
    for _ in range(2):
        type(arrival).objects.filter(pk=arrival.pk).update(insi_next_at=timezone.now())
        assert worker.insi_once(lambda *_: InsNotFound())
    monkeypatch.setattr(codec._Reading, "note_new_fields", _a_later_one_that_knows("deceased"))
    assert not codec.from_bytes(vault.open_part(bytes(arrival.sealed.check_in), "check-in", arrival.pk)).not_understood
    later = vault.open_arrival(_again(arrival))
    assert isinstance(later.insi, InsFound) and comparing.is_partly_read(later)
    type(arrival).objects.filter(pk=arrival.pk).update(insi_next_at=timezone.now())
    assert worker.insi_once(lambda *_: found(DOMINIQUE))  # said by INSi to this version itself
    assert not comparing.is_partly_read(vault.open_arrival(_again(arrival)))


def _a_later_one_that_knows(word: str) -> Callable[..., None]:
    """How the version that follows reads, which has this word."""
    today = codec._Reading.note_new_fields
    return lambda self, new, where: today(self, set(new) - {word}, where)


def _context(arrival: Any) -> bytes:
    return f"check-in:{arrival.pk}".encode()


def test_what_a_kiosk_says_beside_the_check_in_is_not_passed_over() -> None:
    check_in = check_in_of(ZOE)
    document = json.loads(to_bytes(check_in)) | {"warnings": ["forged"]}
    body = seal(json.dumps(document).encode(), vault.keys().current.public_key, f"check-in:{check_in.key}".encode())
    assert put(f"/intake/check-ins/{check_in.key}", body).status_code == 201
    from kiosk.console.models import Arrival

    arrival = Arrival.objects.get(pk=check_in.key)
    assert (arrival.need, arrival.status) == ("partly-read", "PROVISIONAL")


def test_a_card_that_is_said_in_a_new_word_is_not_told_as_none() -> None:
    arrival = _arrived(check_in_of(ZOE), "card", "source", more="apcv")
    page = get(at_desk("ines", "officer"), f"/arrivees/{arrival.pk}/").content.decode()
    assert NOTICE in page and "Pas de carte Vitale lue" not in page
    without = _arrived(check_in_of(ZOE, card=None, card_nir=""), "more")
    assert "Pas de carte Vitale lue" in get(at_desk("marc", "officer"), f"/arrivees/{without.pk}/").content.decode()


def test_what_was_not_read_stays_for_a_later_version() -> None:
    arrival = _arrived(check_in_of(ZOE), "document_refused_why", more="tired")
    assert comparing.is_partly_read(vault.open_arrival(arrival))
    without = json.loads(vault.open_part(bytes(arrival.sealed.check_in), "check-in", arrival.pk))
    assert without["check_in"]["document_refused_why"] == "tired"


def test_the_journal_says_that_something_was_not_read_and_not_what() -> None:
    said = io.StringIO()
    journal.write_to(said)
    check_in = check_in_of(ZOE)
    _arrived(check_in, "mrz", "copied")
    [line] = [json.loads(one) for one in said.getvalue().splitlines() if "partly" in one]
    assert (line["happening"], line["key"], line["count"]) == ("check-in-partly-read", check_in.key, 1)
    assert "copied" not in said.getvalue() and "forged" not in said.getvalue()


def test_what_cannot_be_without_it_is_refused_and_the_kiosk_keeps_it() -> None:
    check_in = check_in_of(ZOE)
    answer = put(f"/intake/check-ins/{check_in.key}", _newer(check_in, "insi", more={"is": "InsPerhaps"}))
    assert answer.status_code == 422
    assert answer["X-Console-Version"] == __version__


def test_a_kiosk_of_ours_learns_the_console_s_version_and_a_stranger_does_not() -> None:
    check_in = check_in_of(ZOE)
    path, body = f"/intake/check-ins/{check_in.key}", _newer(check_in, "more")
    assert [put(path, body)["X-Console-Version"] for _ in range(2)] == [__version__] * 2
    for answer in (put(path, body, kiosk="borne-9"), put(path, b"\0" * 9_000_000), put("/intake/enrolment", b"{}")):
        assert answer.status_code in {401, 413, 422}
        assert "X-Console-Version" not in answer


def _beat(**said: object) -> bytes:
    return json.dumps(
        {"version": "0.1.0", "devices": {}, "queue": 3, "at": datetime.now(UTC).isoformat()} | said
    ).encode()


def test_the_kiosks_page_says_where_each_stands_as_far_as_it_says_so_itself() -> None:
    from kiosk.console.models import Terminal

    admin = at_desk("ada", "administrator")
    for said, kept, shown in (
        ({}, ("", ""), "non dit"),  # a kiosk of before says neither
        ({"place": "Hall A, ascenseur", "desk": "3"}, ("Hall A, ascenseur", "3"), "Hall A, ascenseur · guichet 3"),
        ({"place": "Sous-sol\u202e\n<b>"}, ("Sous-sol <b>", ""), "Sous-sol &lt;b&gt;"),
        ({"place": "x" * 500, "desk": 4}, ("x" * 60, "4"), "guichet 4"),
    ):
        assert put("/intake/heartbeat", _beat(**said)).status_code == 200
        one = Terminal.objects.get()
        assert (one.place, one.desk) == kept and one.is_proven
        page = " ".join(get(admin, "/bornes/").content.decode().split())
        assert shown in page and "autre que la console" in page


def test_the_kiosks_page_says_how_many_deliveries_of_each_were_refused() -> None:
    from kiosk.console.models import Terminal

    admin = at_desk("ada", "administrator")
    for said, kept in (
        ({}, None),
        ({"parked": 2}, 2),
        ({"parked": -1}, 0),
        ({"parked": "many"}, None),
        ({"parked": 0}, 0),
    ):
        assert put("/intake/heartbeat", _beat(**said)).status_code == 200
        assert Terminal.objects.get().parked == kept, said
        page = get(admin, "/bornes/").content.decode()
        assert ("envois refusés par la console" in page) == bool(kept)
    put("/intake/heartbeat", _beat(parked=2))
    page = " ".join(get(admin, "/bornes/").content.decode().split())
    assert '<td class="n">3</td><td class="n">2</td>' in page
