"""Accounts: three things to sign in, the same refusal for all, a lock that comes by itself and goes with a code."""

import time
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.console.rewritten import rewrite
from tests.console.staff import (
    PASSWORD,
    add,
    at_desk,
    browser,
    code_of,
    get,
    half_a_minute_later,
    idle_for,
    post,
    sign_in,
)
from tests.demo.enrolling import totp

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


def test_password_and_code_open_the_queue() -> None:
    client = at_desk()
    assert get(client, "/file/").status_code == 200


def test_every_missing_or_wrong_thing_gets_the_same_refusal() -> None:
    add()
    attempts = (
        {"username": "lea", "password": "wrong password", "code": code_of("lea")},
        {"username": "lea", "password": PASSWORD, "code": "000000" if code_of("lea") != "000000" else "111111"},
        {"username": "nobody", "password": PASSWORD, "code": "123456"},
    )
    pages = []
    for said in attempts:
        answer = browser().post("/connexion/", said, secure=True)
        assert answer.status_code == 403
        pages.append(answer.content.decode().split('role="alert"')[1].split("</p>")[0])
        assert get(browser(), "/file/").status_code == 302
    assert len(set(pages)) == 1


def test_a_code_serves_once() -> None:
    add()
    code = code_of("lea")
    said = {"username": "lea", "password": PASSWORD, "code": code}
    assert browser().post("/connexion/", said, secure=True).status_code == 302
    assert browser().post("/connexion/", said, secure=True).status_code == 403


def test_five_failures_lock_out_an_account_whether_it_exists_or_not() -> None:
    add()
    for name in ("lea", "nobody"):
        client = browser()  # each refusal below costs a whole password hash, as it must
        answers = [
            client.post("/connexion/", {"username": name, "password": "x" * 12, "code": "123456"}, secure=True)
            for _ in range(6)
        ]
        assert [one.status_code for one in answers] == [403, 403, 403, 403, 403, 429]
    said = {"username": "lea", "password": PASSWORD, "code": code_of("lea")}
    assert browser().post("/connexion/", said, secure=True).status_code == 429


def test_signing_in_changes_the_session_so_that_a_planted_one_is_worthless() -> None:
    add()
    client = browser()
    client.session.save()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["__Host-console"] = planted
    sign_in(client=client)
    assert client.cookies["__Host-console"].value != planted


def test_a_closed_account_is_out_at_its_next_click() -> None:
    from kiosk.console.models import Staff

    client = at_desk()
    rewrite(Staff.objects.all(), is_active=False)
    assert get(client, "/file/").status_code == 302


def test_an_idle_session_locks_and_a_new_code_opens_it_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:

    client = at_desk()
    idle_for(client, 16 * 60)
    assert get(client, "/file/")["Location"] == "/verrou/"
    assert get(client, "/file/")["Location"] == "/verrou/"
    assert "lea" in get(client, "/verrou/").content.decode()
    assert "lea" not in get(client, "/nulle-part/").content.decode()  # nor what they may do, at any other address
    half_a_minute_later()  # half a minute later, the authenticator shows another code
    assert post(client, "/verrou/", code=code_of("lea"))["Location"] == "/file/"
    assert get(client, "/file/").status_code == 200


def test_looking_at_the_queue_by_itself_does_not_keep_a_session_awake() -> None:
    client = at_desk()
    idle_for(client, 14 * 60)
    before = client.session["seen_at"]
    assert get(client, "/file/lignes/").status_code == 200
    assert client.session["seen_at"] == before
    assert get(client, "/file/").status_code == 200
    assert client.session["seen_at"] > before


def test_guessing_the_code_of_a_locked_session_ends_it() -> None:
    client = at_desk()
    post(client, "/verrouiller/")
    wrong = "000000" if code_of("lea") != "000000" else "111111"
    answers = [post(client, "/verrou/", code=wrong).status_code for _ in range(5)]
    assert answers == [403, 403, 403, 403, 302]
    assert get(client, "/verrou/")["Location"] == "/connexion/"


def test_a_day_s_session_ends_by_itself() -> None:
    client = at_desk()
    session = client.session
    session["opened_at"] -= 11 * 3600
    session.save()
    assert get(client, "/file/")["Location"] == "/connexion/"


def test_signing_out_closes_the_session() -> None:
    client = at_desk()
    assert post(client, "/quitter/").status_code == 302
    assert get(client, "/file/")["Location"] == "/connexion/"


def test_who_came_and_went_is_in_the_trail() -> None:
    from kiosk.console.models import AuditEntry

    client = at_desk()
    post(client, "/quitter/")
    browser().post("/connexion/", {"username": "lea", "password": "x" * 12, "code": "123456"}, secure=True)
    acts = list(AuditEntry.objects.order_by("number").values_list("act", flat=True))
    assert acts == ["account-added", "signed-in", "signed-out", "sign-in-refused"]


def _agreed(officer: Client, page: str) -> tuple[str, str]:
    """What the owner is handed: the code from who asked, the link from who agreed."""
    from kiosk.console.models import Admission

    code = page.split("<code>")[1].split("</code>", maxsplit=1)[0]
    number = Admission.objects.get(kind="enrol", ended_at=None).pk
    agreed = post(officer, f"/comptes/demandes/{number}/accepter/").content.decode()
    return code, urlsplit(agreed.split("<code>")[1].split("</code>", maxsplit=1)[0]).path


def _enrolled(path: str, half: str, **said: str) -> int:
    """The owner at the place the link leads to; the status of what they were answered."""
    client = browser()
    secret = get(client, path).content.decode().split('id="secret">')[1].split("<", maxsplit=1)[0]
    shown = {"half": half, "wanted": PASSWORD, "again": PASSWORD, "code": totp(secret, time.time())}
    return post(client, path, **{**shown, **said}).status_code


def test_an_account_is_asked_for_by_one_agreed_to_by_another_and_its_owner_chooses_the_secrets() -> None:
    admin, officer = at_desk("ada", "administrator"), at_desk("marc", "officer")
    page = post(admin, "/comptes/ajouter/", username="Ines", role="host", desk="3").content.decode()
    code, path = _agreed(officer, page)
    refused = (
        {"half": "AAAA-AAAA"},
        {"half": ""},
        {"again": PASSWORD + "x"},
        {"wanted": "password1234", "again": "password1234"},
        {"wanted": "short", "again": "short"},
        {"code": "12345"},
    )
    assert [_enrolled(path, **{"half": code, **said}) for said in refused] == [403] * len(refused)
    assert _enrolled(path, code.lower()) == 302
    assert get(browser(), path).status_code == 404
    assert get(sign_in("ines"), "/file/").status_code == 200


def test_new_secrets_end_every_session_and_a_closed_account_is_opened_again_by_two() -> None:
    from kiosk.console.models import Admission, AuditEntry, Staff

    client, admin, officer = at_desk(), at_desk("ada", "administrator"), at_desk("ines", "officer")
    lea = Staff.objects.get(username="lea")
    code, path = _agreed(officer, post(admin, f"/comptes/{lea.pk}/renouveler/").content.decode())
    assert get(client, "/file/").status_code == 200  # until its owner has chosen
    assert _enrolled(path, code) == 302
    assert get(client, "/file/")["Location"] == "/connexion/"
    post(admin, f"/comptes/{lea.pk}/fermer/")
    assert not Staff.objects.get(username="lea").is_active
    post(admin, f"/comptes/{lea.pk}/ouvrir/")
    assert not Staff.objects.get(username="lea").is_active
    post(officer, f"/comptes/demandes/{Admission.objects.get(ended_at=None).pk}/accepter/")
    assert Staff.objects.get(username="lea").is_active
    acts = AuditEntry.objects.filter(about="lea").order_by("number").values_list("act", "who")
    assert list(acts)[1:] == [
        ("account-asked", "ada"),
        ("account-agreed", "ines"),
        ("account-enrolled", "lea"),
        ("account-changed", "ada"),
        ("account-asked", "ada"),
        ("account-changed", "ines"),
        ("account-agreed", "ines"),
    ]


def test_nobody_touches_their_own_account_from_the_list_nor_takes_a_strange_name() -> None:
    from kiosk.console.models import Staff

    admin = at_desk("ada", "administrator")
    me = Staff.objects.get(username="ada").pk
    for verb in ("renouveler", "fermer", "ouvrir"):
        assert post(admin, f"/comptes/{me}/{verb}/").status_code == 404
    for name, role in (("x", "host"), ("<b>", "host"), ("a b", "host"), ("ines", "king"), ("ada", "host")):
        assert post(admin, "/comptes/ajouter/", username=name, role=role).status_code == 302
    assert Staff.objects.count() == 1


def test_passwords_are_hashed_with_argon2id() -> None:
    from django.conf import settings

    from kiosk.console.models import Staff
    from kiosk.console.site.django_settings import build
    from kiosk.console.staff.hashing import Argon2

    add()
    assert Staff.objects.get().password.startswith("argon2$argon2id$")
    assert build(settings.KIOSK)["PASSWORD_HASHERS"] == ["kiosk.console.staff.hashing.Argon2"]
    assert Argon2().encode(PASSWORD, "0123456789abcdef").startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_hashed_as_before_opens_and_stays_as_its_act_wrote_it() -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from kiosk.console.staff.hashing import Argon2

    before = Argon2PasswordHasher().encode(PASSWORD, "0123456789abcdef")
    assert before.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert (Argon2().verify(PASSWORD, before), Argon2().verify("another", before)) == (True, False)
    assert not Argon2().must_update(before)


def test_a_locked_session_comes_back_to_the_page_it_left_and_never_to_a_part_of_one() -> None:

    client = at_desk()
    for path, headers, back in (
        ("/mot-de-passe/", {}, "/mot-de-passe/"),
        ("/file/lignes/", {"HX-Request": "true"}, "/file/"),
    ):
        idle_for(client, 16 * 60)
        answer = client.get(path, secure=True, headers=headers)
        assert "/verrou/" in (answer.headers.get("Location"), answer.headers.get("HX-Redirect"))
        half_a_minute_later()
        assert post(client, "/verrou/", code=code_of("lea"))["Location"] == back


def test_a_page_that_stands_open_asks_by_itself_and_is_sent_to_the_lock() -> None:
    client = at_desk()
    assert client.get("/veille/", secure=True, headers={"HX-Request": "true"}).status_code == 204
    idle_for(client, 16 * 60)
    assert client.get("/veille/", secure=True, headers={"HX-Request": "true"})["HX-Redirect"] == "/verrou/"


def test_a_password_change_ends_the_other_sessions_and_guessing_the_old_one_ends_this_one() -> None:

    client = at_desk()
    half_a_minute_later()
    other = sign_in()
    new = "another long pass phrase"
    assert post(client, "/mot-de-passe/", current=PASSWORD, wanted=new, again=new).status_code == 302
    assert get(client, "/file/").status_code == 200
    assert get(other, "/file/")["Location"] == "/connexion/"
    for _ in range(5):
        post(client, "/mot-de-passe/", current="wrong", wanted=new + "x", again=new + "x")
    assert get(client, "/file/")["Location"] == "/connexion/"
