"""What a card, a patient, a form or an address may hold: HTML, scripts, SQL, formulas, directions, far too much."""

import base64
import csv
import io
import json
import uuid
from dataclasses import replace

import pytest
from django.test import Client

from kiosk.core.checkin.value import CheckIn
from tests.console.arrivals import arrive, card_of, check_in_of, deliver, enrol, mrz_of, put, sealed
from tests.console.rewritten import rewrite
from tests.console.staff import PASSWORD, add, at_desk, browser, code_of, get, post, sign_in, words_of
from tests.console.test_access import TABLE, _addresses
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "picture": "<img src=x onerror=alert(1)>",
    "template": "{{ 7|add:7 }}{% debug %}",
    "sql": "'; DROP TABLE console_arrival; --",
    "formula": "=cmd|' /C calc'!A0",
    "direction": "\u202eEOZ\u2066",
    "control": "ZOE\x00\x1b[31m\r\nSet-Cookie: x=1",
    "path": "../../../../etc/passwd",
    "long": "A" * 10_000,
    "heavy": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 300,
}


def _about(text: str) -> CheckIn:
    """A person all of whose words are this one, on the card and in the zone of the document."""
    card = replace(card_of(ZOE), birth_name=text, given_names=(text,), name_in_use=text)
    zone = mrz_of(ZOE)
    return check_in_of(
        ZOE,
        card=card,
        mrz=replace(
            zone, traits=replace(zone.traits, birth_name=text, given_names=(text, text)), document_number=text[:40]
        ),
        ticket=text[:12],
        desk=text[:20],
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_card_or_a_document_says_is_shown_as_text_or_refused(name: str) -> None:
    from kiosk.console.models import Arrival

    enrol()
    text = HOSTILE[name]
    check_in = _about(text)
    answer = deliver(check_in)
    assert answer.status_code in {201, 422}, answer.content
    assert Arrival.objects.count() == (answer.status_code == 201)
    if answer.status_code == 422:
        assert text[:20] not in answer.content.decode()
        return
    client = at_desk("marc", "officer")
    pages = [
        "/file/",
        "/file/lignes/",
        f"/arrivees/{check_in.key}/",
        "/vigilance/",
        "/indicateurs/",
        "/vigilance/doublons/",
    ]
    pages += [f"/arrivees/{check_in.key}/fiche/?langue={language}" for language in ("fr", "ar")]
    for path in pages:
        page = get(client, path)
        assert page.status_code == 200, path
        body = page.content.decode()
        assert "\r\nSet-Cookie" not in body.split("<main")[0] and "x=1" not in str(page.cookies)
        for risky in ("<script>alert", "<img src=x", '" onmouseover="alert'):
            assert risky not in body, path
        assert "14{%" not in body  # a template in a name is a name
    shown = get(client, f"/arrivees/{check_in.key}/").content.decode()
    if name in {"script", "attribute", "picture", "template", "sql"}:
        assert " ".join(text.split()) in words_of(shown)  # whole, as text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_search_for_anything_finds_nobody_and_says_nothing_back_unescaped(name: str) -> None:
    client, text = at_desk("marc", "officer"), HOSTILE[name]
    page = post(client, "/recherche/", born="21/01/1980", name=text, given=text)
    assert page.status_code == 200
    body = page.content.decode()
    assert "<script>alert" not in body and '" onmouseover="alert' not in body
    assert get(client, "/recherche/").status_code == 200


def test_no_cell_of_any_download_is_a_formula() -> None:
    from kiosk.console import audit

    for text in ("=1+1", "+1", "-1", "@x", "\t=1", "  =1"):
        audit.record(audit.Act.SEARCHED, who=text, where=text, about=text[:60])
    for role, path in (("auditor", "/journal/export.csv"), ("officer", "/indicateurs/?format=csv")):
        page = get(at_desk(role, role), path).content.decode().removeprefix("\ufeff")
        for row in csv.reader(io.StringIO(page), delimiter=";"):
            for cell in row:
                assert not cell.lstrip().startswith(("=", "+", "-", "@")), (path, cell)


@pytest.mark.parametrize("role", ["host", "officer", "administrator", "auditor"])
def test_no_form_of_any_page_is_broken_by_what_is_written_in_it(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.register import visit_checks

    monkeypatch.setattr(visit_checks, "must_be_as_said", lambda _visit: None)  # no act says whose these visits are
    enrol()
    add("someone", role)
    client = sign_in("someone")
    addresses = _addresses()
    names = ("username", "role", "desk", "reason", "right", "national_id", "name", "first_given_name", "evidence")
    names += ("said", "born", "given", "words", "criterion", "value", "birth_name", "password", "key_answer", "email")
    ends = {"sign-out", "lock", "password", "key-add", "key-remove"}  # these end the session, or ask the password
    for name in sorted(set(TABLE) - ends):
        if role not in TABLE[name][0]:
            continue
        for text in (HOSTILE["script"], HOSTILE["control"], HOSTILE["long"]):
            answer = post(client, addresses[name], **dict.fromkeys(names, text))
            assert answer.status_code in {200, 204, 302, 403, 404, 405}, (name, answer.status_code)
            assert "<script>alert" not in answer.content.decode("latin-1"), name
            if name == "emergency":
                break  # three wrong passwords are enough: five end the session
    assert get(client, "/mon-compte/").status_code == 200  # signed in all the while


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_door_answers_the_same_to_anything_written_on_it(text: str) -> None:
    answer = post(browser(), "/connexion/", username=text, password=text, code=text, key_answer=text)
    assert answer.status_code == 403
    assert "non reconnu" in answer.content.decode() and "<script>alert" not in answer.content.decode()


def test_accounts_cannot_be_counted_by_what_the_door_says_or_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash and the same words, whether the account exists, is closed, or does not (time: bench_attacks)."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from kiosk.console.models import Staff

    add("here")
    add("closed")
    rewrite(Staff.objects.filter(username="closed"), is_active=False)
    hashed: list[str] = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(self, *given, _original=original, _name=name):
            hashed.append(_name)
            return _original(self, *given)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    pages = []
    for name in ("here", "closed", "nobody"):
        hashed.clear()
        answer = post(browser(), "/connexion/", username=name, password="wrong password", code="123456")
        assert len(hashed) == 1, (name, hashed)
        body = answer.content.decode().replace(f'value="{name}"', "")
        pages.append((answer.status_code, body.split("csrfmiddlewaretoken")[0], body.split('"username"')[-1]))
    hashed.clear()
    answer = post(browser(), "/connexion/", username="closed", password=PASSWORD, code=code_of("closed"))
    assert (answer.status_code, len(hashed)) == (403, 1)
    assert len({repr(page) for page in pages}) == 1


def test_no_header_makes_a_guess_come_from_elsewhere() -> None:
    add()
    said = {"username": "lea", "password": "x" * 12, "code": "123456"}
    client = Client()
    answers = [
        client.post("/connexion/", said, secure=True, headers={"X-Forwarded-For": f"10.1.1.{number}"}).status_code
        for number in range(6)
    ]
    assert answers == [403, 403, 403, 403, 403, 429]


def test_check_ins_cannot_be_counted_or_guessed() -> None:
    """Keys are 122 random bits; who may not see one learns not even that it is there."""
    enrol()
    known = arrive(ZOE)
    assert uuid.UUID(known.key).version == 4
    body = sealed(known)
    here, nowhere = (put(f"/intake/check-ins/{key}", body, signature="AAAA") for key in (known.key, uuid.uuid4()))
    assert (here.status_code, here.content) == (nowhere.status_code, nowhere.content)
    for client in (browser(), at_desk("ada", "administrator")):
        here, nowhere = (get(client, f"/arrivees/{key}/") for key in (known.key, uuid.uuid4()))
        assert (here.status_code, here.headers.get("Location")) == (
            nowhere.status_code,
            nowhere.headers.get("Location"),
        )
    client = at_desk("ines", "officer")
    for path in ("/arrivees/1/", "/arrivees/0/pieces/0/", f"/arrivees/{known.key}/pieces/99/", "/arrivees/"):
        assert get(client, path).status_code == 404
    assert get(client, f"/arrivees/{known.key}/pieces/99999999999999999999/").status_code == 404


def test_no_path_leads_out_of_the_house() -> None:
    client = at_desk()
    ways = ("../", "..%2f", "%2e%2e/", "..\\", "....//", "%252e%252e%252f", "..%c0%af", "\0../")
    for start in ("/static/", "/static/console/", "/arrivees/", "/journal/", "/intake/", "/"):
        for way in ways:
            for end in ("etc/passwd", "kiosk/console/urls.py"):
                answer = get(client, f"{start}{way * 6}{end}")
                content = b"".join(answer) if answer.streaming else answer.content
                assert answer.status_code in {302, 400, 404}, (start, way, answer.status_code)
                assert b"root:" not in content and b"urlpatterns" not in content and b"PRIVATE" not in content


def test_another_host_s_name_is_refused_and_no_address_is_made_of_it() -> None:
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example", "", "[::1]"):
        answer = Client().get("/connexion/", secure=True, headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()


def test_signing_in_leads_nowhere_else_whatever_the_address_says() -> None:
    add()
    client = browser()
    said = {"username": "lea", "password": PASSWORD, "code": code_of("lea"), "next": "https://evil.example"}
    answer = client.post("/connexion/?next=https://evil.example&continue=//evil.example", said, secure=True)
    assert answer["Location"] == "/file/"
    client.post("/verrouiller/", secure=True, headers={"referer": "https://evil.example/file/"})
    assert client.session["locked_at"] == ""
    for way in ("//evil.example/", "/\\evil.example/", "///evil.example"):
        client.post("/verrouiller/", secure=True, headers={"referer": f"https://testserver{way}"})
        assert client.session["locked_at"] == "", way


def test_an_intake_that_was_recorded_and_played_again_changes_nothing() -> None:
    from kiosk.console.models import Arrival, AuditEntry

    enrol()
    check_in = arrive(ZOE)
    client = at_desk()
    post(client, "/file/suivant/")
    post(client, f"/arrivees/{check_in.key}/parti/")
    before = Arrival.objects.values_list("stage", "received_at").get(), AuditEntry.objects.count()
    for _ in range(3):
        assert deliver(check_in).status_code == 200
    assert (Arrival.objects.values_list("stage", "received_at").get(), AuditEntry.objects.count()) == before
    other = f"/intake/check-ins/{uuid.uuid4()}"
    assert put(other, sealed(check_in)).status_code == 422  # the same sealed body under another key
    assert Arrival.objects.count() == 1


def test_pictures_that_unfold_are_refused_and_those_that_lie_are_never_opened_wide() -> None:
    from tests.console.arrivals import TINY_JPEG

    enrol()
    at = TINY_JPEG.index(b"\xff\xc9")
    frame = TINY_JPEG[at : at + 13]
    vast = frame[:5] + b"\xff\xff\xff\xff" + frame[9:]
    lying = {
        "vast": TINY_JPEG[:at] + vast + TINY_JPEG[at + 13 :],
        "second frame": TINY_JPEG[: at + 13] + vast + TINY_JPEG[at + 13 :],
        "no height": TINY_JPEG[: at + 5] + b"\x00\x00" + TINY_JPEG[at + 7 :],
        "endless marker": b"\xff\xd8" + b"\xff" * 100_000,
        "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "gzip": b"\x1f\x8b" + b"\x00" * 100,
        "nothing": b"",
        "too heavy": TINY_JPEG + b"\x00" * 3_000_000,
    }
    client = at_desk("ines", "officer")
    for name, jpeg in lying.items():
        check_in = check_in_of(ZOE)
        picture = replace(check_in.pictures[0], jpeg=jpeg)
        answer = deliver(replace(check_in, pictures=(picture,)))
        assert answer.status_code == (201 if name == "second frame" else 422), name
        if answer.status_code == 201:  # let in by its first frame: shown small, or not at all
            shown = get(client, f"/arrivees/{check_in.key}/pieces/0/")
            assert shown.status_code in {200, 404}
            assert len(shown.content) < 300_000


def test_nothing_in_a_signed_body_is_unfolded_deeper_than_it_should() -> None:
    enrol()
    deep = b"[" * 100_000 + b"]" * 100_000
    for body in (deep, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, json.dumps({"devices": "x" * 20_000}).encode()):
        assert put("/intake/heartbeat", body).status_code in {413, 422}
    packed = base64.b64decode("H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA")
    client = Client()
    answer = client.put(
        "/intake/enrolment", packed, "application/json", secure=True, headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 422
