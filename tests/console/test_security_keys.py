"""Keys to touch: added from one's own page, bound to this site, to this person, to one question; never copied."""

import json
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.console.conftest import ON_SQLITE
from tests.console.keys import PRESENT, Key, add_key, ask, sign_in_with
from tests.console.staff import PASSWORD, add, at_desk, browser, code_of, get, post

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long, ON_SQLITE]


def _count() -> int:
    from kiosk.console.models import SecurityKey

    return SecurityKey.objects.count()


@pytest.fixture()
def key(console: object) -> Key:
    """Léa's key, added with her password."""
    made = Key()
    assert add_key(at_desk(), made)["Location"] == "/mon-compte/"
    assert _count() == 1
    return made


def test_password_and_key_open_the_queue_and_the_trail_says_so(key: Key) -> None:
    from kiosk.console.models import AuditEntry

    client = browser()
    assert sign_in_with(client, key.touched(ask(client)))["Location"] == "/file/"
    assert get(client, "/file/").status_code == 200
    acts = AuditEntry.objects.order_by("number").values_list("act", "details")
    assert [(act, json.loads(details)) for act, details in acts][-2:] == [
        ("account-changed", {"key": "added"}),
        ("signed-in", {"means": "password+key"}),
    ]


def test_the_door_asks_the_same_whoever_knocks_and_names_no_key(key: Key) -> None:
    asked = ask(browser())["publicKey"]
    assert not asked.get("allowCredentials")
    assert asked["rpId"] == "testserver"
    assert set(asked) == set(ask(browser())["publicKey"])
    assert asked["challenge"] != ask(browser())["publicKey"]["challenge"]


def test_a_key_does_not_replace_the_password(key: Key) -> None:
    client = browser()
    assert sign_in_with(client, key.touched(ask(client)), password="wrong password").status_code == 403
    assert sign_in_with(client, key.touched(ask(client)), password="").status_code == 403


@pytest.mark.parametrize(
    "lie",
    [
        {"at": "https://testserver.evil.example"},
        {"at": "http://testserver"},
        {"at": "https://testserver:8444"},
        {"domain": "evil.example"},
        {"flags": 0},
        {"count": -1},
        {"number": b"fedcba9876543210"},
        {"owner": "c29tZWJvZHk"},
    ],
    ids=lambda lie: next(iter(lie)) + "=" + str(next(iter(lie.values()))),
)
def test_a_key_that_lies_is_refused_like_a_wrong_code(key: Key, lie: dict[str, object]) -> None:
    if "count" in lie:
        client = browser()
        assert sign_in_with(client, key.touched(ask(client))).status_code == 302  # 1
        key.count = 0  # a copy made before: counts 1 again
        lie = {}
    liar = replace(key, **lie)
    client = browser()
    answer = sign_in_with(client, liar.touched(ask(client)))
    assert answer.status_code == 403
    assert "non reconnu" in answer.content.decode()
    assert get(client, "/file/")["Location"] == "/connexion/"


def test_another_pair_under_the_same_number_is_refused(key: Key) -> None:
    client = browser()
    assert sign_in_with(client, Key(owner=key.owner, count=9).touched(ask(client))).status_code == 403


def test_an_answer_serves_once_and_only_to_the_question_of_this_browser(key: Key) -> None:
    client, other = browser(), browser()
    answer = key.touched(ask(client))
    ask(other)
    assert sign_in_with(other, answer).status_code == 403
    assert sign_in_with(client, answer).status_code == 302
    assert sign_in_with(client, answer).status_code == 403
    fresh = browser()
    assert sign_in_with(fresh, key.touched(ask(client))).status_code == 403  # this one was asked nothing


def test_a_question_of_three_minutes_ago_is_void(key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    with monkeypatch.context() as then:
        then.setattr("django.core.signing.time", SimpleNamespace(time=lambda: time.time() - 180))
        answer = key.touched(ask(client))
    assert sign_in_with(client, answer).status_code == 403


def test_an_answer_to_one_thing_is_none_to_another(key: Key) -> None:
    client = browser()
    assert sign_in_with(client, key.touched(ask(client), kind="webauthn.create")).status_code == 403
    assert sign_in_with(client, key.touched(ask(client))).status_code == 302
    post(client, "/verrouiller/")
    answer = key.touched(ask(client))  # asked at the door, shown at the lock
    assert post(client, "/verrou/", key_answer=answer).status_code == 403


def test_a_colleague_s_key_opens_nobody_else_s_account(key: Key) -> None:
    add("marc", "officer")
    client = browser()
    assert sign_in_with(client, key.touched(ask(client)), name="marc").status_code == 403


def test_a_locked_session_comes_back_with_a_key_and_its_pin_where_it_was(key: Key) -> None:
    client = browser()
    sign_in_with(client, key.touched(ask(client)))
    post(client, "/verrouiller/")
    asked = ask(client, "/verrou/cle/")
    assert asked["publicKey"]["userVerification"] == "required"
    assert len(asked["publicKey"]["allowCredentials"]) == 1
    left_in_the_desk = replace(key, flags=PRESENT)  # touched by whoever passes, without its PIN
    assert post(client, "/verrou/", key_answer=left_in_the_desk.touched(asked)).status_code == 403
    key.count = left_in_the_desk.count
    answer = key.touched(ask(client, "/verrou/cle/"))
    assert post(client, "/verrou/", key_answer=answer)["Location"] == "/file/"
    assert get(client, "/file/").status_code == 200


def test_guessing_at_a_key_locks_the_account_out_as_guessing_a_code_does(key: Key) -> None:
    answers = [sign_in_with(browser(), "{}").status_code for _ in range(6)]
    assert answers == [403, 403, 403, 403, 403, 429]


def test_adding_needs_the_password_and_what_the_page_asked(key: Key) -> None:
    client = sign_in_after(key)
    assert add_key(client, Key(number=b"2" * 16), password="wrong password")["Location"] == "/mon-compte/"
    assert add_key(client, Key(number=b"2" * 16, at="https://evil.example"))["Location"] == "/mon-compte/"
    assert add_key(client, Key(number=b"2" * 16), challenge="AAAA")["Location"] == "/mon-compte/"
    assert add_key(client, Key(number=key.number))["Location"] == "/mon-compte/"  # it is there already
    assert _count() == 1
    assert add_key(client, Key(number=b"2" * 16), name="<b>rouge\u202e</b>")["Location"] == "/mon-compte/"
    page = get(client, "/mon-compte/").content.decode()
    assert "&lt;b&gt;rouge&lt;/b&gt;" in page and "\u202e" not in page


def test_an_account_has_five_keys_at_most_and_removes_its_own_only(key: Key) -> None:
    from kiosk.console.models import SecurityKey

    client = sign_in_after(key)
    me = SecurityKey.objects.get()
    for number in range(2, 5):
        SecurityKey.objects.create(user=me.user, name="x", credential_id=bytes([number]), credential=me.credential)
    for number in (8, 9):
        add_key(client, Key(number=bytes([number]) * 16))
    assert _count() == 5
    assert "Cinq clés au plus" in get(client, "/mon-compte/").content.decode()
    other = at_desk("marc", "officer")
    mine = SecurityKey.objects.order_by("pk").first()
    assert post(other, f"/mon-compte/cles/{mine.pk}/retirer/", password=PASSWORD).status_code == 404
    post(client, f"/mon-compte/cles/{mine.pk}/retirer/", password="wrong password")
    assert _count() == 5
    post(client, f"/mon-compte/cles/{mine.pk}/retirer/", password=PASSWORD)
    assert _count() == 4
    assert get(client, "/mon-compte/").status_code == 302  # the key that signed this session in is gone


def test_guessing_the_password_at_an_open_desk_ends_the_session() -> None:
    client = at_desk()
    for _ in range(5):
        post(client, "/mon-compte/cles/1/retirer/", password="wrong password")
    assert get(client, "/mon-compte/")["Location"] == "/connexion/"


def test_under_another_address_no_key_is_offered() -> None:
    client = at_desk()
    assert client.post("/connexion/cle/", secure=True, headers={"host": "127.0.0.1"}).status_code == 404
    page = client.get("/connexion/", secure=True, headers={"host": "127.0.0.1"}).content.decode()
    assert "keys.js" not in page


def sign_in_after(key: Key):
    client = browser()
    sign_in_with(client, key.touched(ask(client)))
    return client


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just("o2NmbXRkbm9uZQ"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
ANSWER = st.fixed_dictionaries(
    {"response": st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JSON)) | JSON},
    optional={"id": JSON, "rawId": JSON, "type": JSON, "clientExtensionResults": JSON},
)


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
def test_a_number_in_the_place_of_a_text_does_not_become_so_many_bytes(part: str) -> None:
    client = at_desk()
    said = json.loads(Key().registered(post(client, "/mon-compte/cles/demander/").json()))
    said["response"][part] = 30_501_452_042
    post(client, "/mon-compte/cles/ajouter/", name="x", password=PASSWORD, key_answer=json.dumps(said))
    assert _count() == 0


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=ANSWER | JSON, cut=st.integers(0, 400), flip=st.binary(min_size=1, max_size=3))
def test_any_answer_of_any_key_is_refused_calmly(answer: object, cut: int, flip: bytes) -> None:
    from kiosk.console.models import SecurityKey, Staff
    from kiosk.console.staff import security_keys
    from kiosk.console.staff.security_keys import NotThisKey

    staff = Staff.objects.first() or Staff.objects.create(username="lea", role="host")
    request = SimpleNamespace(session={}, get_host=lambda: "testserver")
    made = Key()
    for whole in (
        lambda asked: json.dumps(answer),
        lambda asked: _spoilt(made.registered(asked), "attestationObject", cut, flip),
        lambda asked: _spoilt(made.registered(asked), "clientDataJSON", cut, flip),
    ):
        asked = json.loads(json.dumps(security_keys.ask_to_register(request, staff)))
        try:
            security_keys.register(request, staff, "x", whole(asked))
        except NotThisKey:
            continue
        kept = SecurityKey.objects.get(user=staff)  # only what does not matter was touched: its own number, its kind
        assert kept.credential_id and AttestedCredentialData(bytes(kept.credential)).public_key.ALGORITHM == -7
        kept.delete()
    for part in ("authenticatorData", "clientDataJSON", "signature"):
        response = security_keys.ask_anybody(request)
        request.COOKIES = {name: one.value for name, one in response.cookies.items()}
        said = made.touched(json.loads(response.content))
        with pytest.raises(NotThisKey):  # nobody's key here, spoilt or not
            security_keys.check(request, staff, _spoilt(said, part, cut, flip), at_the_door=True)


def _spoilt(answer: str, part: str, cut: int, flip: bytes) -> str:
    """A true answer with some bytes of one part written over."""
    said = json.loads(answer)
    raw = bytearray(websafe_decode(said["response"][part]))
    raw[cut % len(raw) : cut % len(raw) + len(flip)] = flip
    said["response"][part] = websafe_encode(bytes(raw))
    return json.dumps(said)


def test_the_code_still_works_beside_the_key(key: Key) -> None:
    client, code = browser(), code_of("lea", steps=1)  # that of now has served
    assert post(client, "/connexion/", username="lea", password=PASSWORD, code=code)["Location"] == "/file/"
