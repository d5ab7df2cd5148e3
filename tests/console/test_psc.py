"""Pro Santé Connect, played by a provider of our own: who is linked comes in, every lie stays outside."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client, override_settings

from kiosk.console.config import PscSection, ServerSettings
from tests.console.conftest import ON_SQLITE
from tests.console.provider import CLIENT, NATIONAL_ID, PERSON, SECRET, Provider
from tests.console.rewritten import rewrite
from tests.console.staff import add, at_desk, browser, get, link, post, sign_in

pytestmark = pytest.mark.long
TOO_LONG = b'{"a": "' + b"x" * 300_000 + b'"}'


@pytest.fixture(scope="module")
def _provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("psc"))
    yield provider
    provider.stop()


@pytest.fixture()
def provider(_provider: Provider) -> Provider:
    from kiosk.console.staff import psc

    psc._known.clear()
    _provider.honest()
    return _provider


@pytest.fixture()
def linked(console: ServerSettings, provider: Provider, tmp_path: Path) -> Iterator[ServerSettings]:
    """A console that knows the provider; Léa's account is linked to her national identifier."""
    from kiosk.console.models import Staff

    (tmp_path / "secret").write_text(SECRET)
    section = PscSection(
        issuer=provider.issuer, client_id=CLIENT, client_secret_file=tmp_path / "secret", ca=provider.ca, seconds=3
    )
    lea = Staff.objects.create(username="lea", role="host", password="!")  # no password: nothing to hash
    link(lea.username, NATIONAL_ID)
    server = console.model_copy(update={"psc": section})
    with override_settings(KIOSK=server):
        yield server


def _leave(client: Client) -> str:
    answer = get(client, "/connexion/psc/")
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def _prove(provider: Provider, where: str) -> str:
    """The provider's page: the person shows the card; gives the way back, without the host."""
    answer = requests.get(where, verify=str(provider.ca), allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    assert (back.netloc, back.path) == ("testserver", "/connexion/psc/retour/")
    return f"{back.path}?{back.query}"


def _round(provider: Provider, client: Client | None = None):
    client = client or browser()
    return get(client, _prove(provider, _leave(client))), client


def _code(page: str) -> str:
    found = re.search(r"PSC-\d", page)
    return found.group() if found else ""


def test_who_is_linked_comes_in_without_password_and_the_trail_names_the_means(
    provider: Provider, linked: ServerSettings
) -> None:
    from kiosk.console.models import AuditEntry

    page, client = _round(provider)
    assert page.status_code == 200  # not a redirect: the strict cookie would not follow it
    assert 'content="0; url=/file/"' in page.content.decode()
    assert get(client, "/file/").status_code == 200
    last = AuditEntry.objects.order_by("-number").first()
    assert (last.act, last.who, last.details) == ("signed-in", "lea", '{"acr": "eidas1", "means": "psc"}')


def test_what_is_asked_is_what_the_service_expects(provider: Provider, linked: ServerSettings) -> None:
    where = urlsplit(_leave(browser()))
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{provider.origin}/wallet/auth"
    assert asked["scope"] == "openid scope_all"
    assert (asked["acr_values"], asked["response_type"], asked["prompt"]) == ("eidas1", "code", "login")
    assert (asked["code_challenge_method"], asked["client_id"]) == ("S256", CLIENT)
    assert asked["redirect_uri"] == "https://testserver/connexion/psc/retour/"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    again = parse_qs(urlsplit(_leave(browser())).query)
    assert all(again[name] != [asked[name]] for name in ("state", "nonce", "code_challenge"))


def test_another_identifier_of_the_same_person_is_known_too(provider: Provider, linked: ServerSettings) -> None:
    provider.person = {**PERSON, "SubjectNameID": "899700999999"}
    provider.person["otherIds"] = [{"identifiant": NATIONAL_ID}]
    provider.person.pop("SubjectRefPro")  # some have none
    assert _round(provider)[0].status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ({"signs_with": "foreign"}, "PSC-3"),
        ({"signs_with": "none"}, "PSC-3"),
        ({"signs_with": "secret"}, "PSC-3"),
        ({"claims": {"nonce": "another"}}, "PSC-3"),
        ({"claims": {"nonce": None}}, "PSC-3"),
        ({"claims": {"aud": "another-client"}}, "PSC-3"),
        ({"claims": {"aud": [CLIENT, "another"]}}, "PSC-3"),
        ({"claims": {"iss": "https://evil.example"}}, "PSC-3"),
        ({"claims": {"exp": 1}}, "PSC-3"),
        ({"claims": {"exp": None}}, "PSC-3"),
        ({"claims": {"iat": 9999999999}}, "PSC-3"),
        ({"claims": {"sub": "somebody-else"}}, "PSC-3"),  # userinfo speaks of another
        ({"claims": {"auth_time": 1_700_000_000}}, "PSC-3"),  # the sign-in of the one before
        ({"claims": {"acr": "eidas0"}}, "PSC-5"),
        ({"claims": {"acr": None}}, "PSC-5"),
        ({"person": {**PERSON, "SubjectNameID": "899700000001", "otherIds": "x"}}, "PSC-4"),
        ({"person": {"sub": PERSON["sub"]}}, "PSC-4"),
        ({"person": {"sub": PERSON["sub"], "SubjectNameID": ["x"], "SubjectRefPro": "x"}}, "PSC-4"),
        ({"denies": True}, "PSC-2"),
        ({"fails": {"token": (400, b"{}")}}, "PSC-2"),
        ({"fails": {"token": (503, b"down")}}, "PSC-1"),
        ({"fails": {"token": (200, b"[]")}}, "PSC-1"),
        ({"fails": {"token": (200, b"{}")}}, "PSC-3"),
        ({"fails": {"certs": (200, b'{"keys": [{"kty": "x"}]}')}}, "PSC-3"),
        ({"fails": {"certs": (200, TOO_LONG)}}, "PSC-1"),
        ({"fails": {"userinfo": (401, b"{}")}}, "PSC-2"),
        ({"fails": {"userinfo": (200, b"not json")}}, "PSC-1"),
    ],
    ids=lambda value: repr(value)[:60] if isinstance(value, dict) else value,
)
@pytest.mark.long
def test_whatever_is_not_exactly_right_signs_nobody_in(
    provider: Provider, linked: ServerSettings, lie: dict[str, object], code: str
) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    page, client = _round(provider)
    assert (page.status_code, _code(page.content.decode())) == (503 if code == "PSC-1" else 403, code)
    assert "Me connecter avec mon identifiant" in page.content.decode()
    assert ("Recommencer avec Pro Santé Connect" in page.content.decode()) is (code not in {"PSC-1", "PSC-4"})
    assert get(client, "/file/")["Location"] == "/connexion/"


@ON_SQLITE
@pytest.mark.parametrize("spoil", ["state", "no state", "no cookie", "another's cookie", "forged cookie", "replayed"])
def test_an_answer_that_was_not_asked_from_here_signs_nobody_in(
    provider: Provider, linked: ServerSettings, spoil: str
) -> None:
    client = browser()
    back = _prove(provider, _leave(client))
    if spoil == "state":
        back = re.sub(r"state=[^&]+", "state=" + "A" * 43, back)
    elif spoil == "no state":
        back = re.sub(r"&?state=[^&]+", "", back)
    elif spoil == "no cookie":
        client.cookies.clear()
    elif spoil == "another's cookie":
        other = browser()
        _leave(other)
        client.cookies = other.cookies
    elif spoil == "forged cookie":
        client.cookies["__Host-psc"] = client.cookies["__Host-psc"].value[:-3] + "abc"
    else:
        assert get(client, back).status_code == 200
        client = browser()
        client.cookies = browser().cookies
    page = get(client, back)
    assert (page.status_code, _code(page.content.decode())) == (403, "PSC-3")
    assert get(client, "/file/")["Location"] == "/connexion/"


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://127.0.0.1/token"}, {"jwks_uri": None}],
    ids=repr,
)
def test_a_service_that_changed_its_addresses_is_not_followed(
    provider: Provider, linked: ServerSettings, discovery: dict[str, object]
) -> None:
    provider.discovery = discovery
    page = get(browser(), "/connexion/psc/")
    assert (page.status_code, _code(page.content.decode())) == (503, "PSC-6")


def test_addresses_the_site_wrote_down_are_compared(provider: Provider, linked: ServerSettings) -> None:
    section = linked.psc.model_copy(update={"endpoints": {"token_endpoint": "https://auth.example/token"}})
    with override_settings(KIOSK=linked.model_copy(update={"psc": section})):
        assert _code(get(browser(), "/connexion/psc/").content.decode()) == "PSC-6"


def test_when_the_service_is_down_the_page_says_so_and_the_ordinary_door_works(
    console: ServerSettings, linked: ServerSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    from kiosk import journal

    journal.write_to()
    section = linked.psc.model_copy(update={"issuer": "https://127.0.0.1:9/nobody", "seconds": 1.0})
    with override_settings(KIOSK=linked.model_copy(update={"psc": section})):
        client = browser()
        assert "Pro Santé Connect" in get(client, "/connexion/").content.decode()
        page = get(client, "/connexion/psc/")
        assert page.status_code == 503 and "ne répond pas" in page.content.decode()
        add("marc", "officer")
        sign_in("marc", client=client)
        assert get(client, "/file/").status_code == 200
    assert '"code": "PSC-1"' in capsys.readouterr().err


def test_a_closed_account_stays_outside(provider: Provider, linked: ServerSettings) -> None:
    from kiosk.console.models import Staff

    rewrite(Staff.objects.all(), is_active=False)
    assert _code(_round(provider)[0].content.decode()) == "PSC-4"


def test_nobody_is_created_unless_the_site_asked_for_it_and_then_only_for_its_own_front_desk(
    provider: Provider, linked: ServerSettings
) -> None:
    from kiosk.console.models import Admission, NationalIdentity, Staff

    NationalIdentity.objects.all().delete()
    assert _code(_round(provider)[0].content.decode()) == "PSC-4"
    officer = at_desk("ines", "officer")
    for structure, code in (("750000002", "PSC-4"), ("750000001", "PSC-8"), ("750000001", "PSC-8")):
        section = linked.psc.model_copy(update={"create": True, "structures": (structure,)})
        with override_settings(KIOSK=linked.model_copy(update={"psc": section})):
            page, client = _round(provider)
            assert _code(page.content.decode()) == code and get(client, "/file/").status_code == 302
    asked = Admission.objects.get(asked_by="psc")  # once, however often they come
    assert "Pro Santé Connect" in get(officer, "/comptes/demandes/").content.decode()
    post(officer, f"/comptes/demandes/{asked.pk}/accepter/", national_id="899700218888")  # somebody else's
    assert _code(_round(provider)[0].content.decode()) == "PSC-4"  # `create` is off again, and nothing was agreed
    post(officer, f"/comptes/demandes/{asked.pk}/accepter/", national_id=NATIONAL_ID)
    made = Staff.objects.exclude(username__in=("lea", "ines")).get()
    assert made.username.startswith("zoe.exemple.") and made.role == "host" and not made.has_usable_password()
    with override_settings(KIOSK=linked):
        page, client = _round(provider)
        assert page.status_code == 200 and get(client, "/file/").status_code == 200  # the same account again
    assert Staff.objects.count() == 3


def test_who_was_refused_an_account_asks_for_none_again_and_again(provider: Provider, linked: ServerSettings) -> None:
    from kiosk.console.models import Admission, NationalIdentity

    NationalIdentity.objects.all().delete()
    officer = at_desk("ines", "officer")
    section = linked.psc.model_copy(update={"create": True, "structures": ("750000001",)})
    with override_settings(KIOSK=linked.model_copy(update={"psc": section})):
        assert _code(_round(provider)[0].content.decode()) == "PSC-8"
        post(officer, f"/comptes/demandes/{Admission.objects.get().pk}/refuser/")
        assert _code(_round(provider)[0].content.decode()) == "PSC-4" and Admission.objects.count() == 1


def test_an_administrator_links_and_unlinks_and_the_identifier_is_not_kept_in_clear(
    provider: Provider, linked: ServerSettings
) -> None:
    from django.db import connection

    from kiosk.console.models import Admission, NationalIdentity, Staff

    admin = at_desk("ada", "administrator")
    lea, ada = Staff.objects.get(username="lea"), Staff.objects.get(username="ada")
    assert "lié" in get(admin, "/comptes/").content.decode()
    add("marc", "officer")
    marc = Staff.objects.get(username="marc")
    post(admin, f"/comptes/{marc.pk}/lier/", national_id=NATIONAL_ID)  # Léa's
    assert not NationalIdentity.objects.filter(user=marc).exists()
    post(admin, f"/comptes/{lea.pk}/lier/", national_id="")
    assert _code(_round(provider)[0].content.decode()) == "PSC-4"
    post(admin, f"/comptes/{marc.pk}/lier/", national_id="99700218896")  # an RPPS number without its 8
    officer, number = at_desk("ines", "officer"), Admission.objects.get(kind="link", ended_at=None).pk
    post(officer, f"/comptes/demandes/{number}/accepter/", national_id=NATIONAL_ID)
    post(admin, f"/comptes/{marc.pk}/lier/", national_id="<script>")  # refused, changes nothing
    page, client = _round(provider)
    assert page.status_code == 200 and "marc" in get(client, "/mon-compte/").content.decode()
    assert post(admin, f"/comptes/{ada.pk}/lier/", national_id="899700000009").status_code == 404  # not one's own
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of the database itself
            assert NATIONAL_ID not in repr(cursor.fetchall()), table


def test_without_the_configuration_there_is_no_such_page(console: ServerSettings) -> None:
    for path in ("/connexion/psc/", "/connexion/psc/retour/?code=x&state=y"):
        assert get(browser(), path).status_code == 404
    assert "Pro Santé Connect" not in get(browser(), "/connexion/").content.decode()


def test_the_configuration_names_what_is_wrong(tmp_path: Path) -> None:
    from pydantic import ValidationError

    good = {"issuer": "https://auth.example/realm", "client_id": "c", "client_secret_file": tmp_path / "s"}
    PscSection(**good)
    for bad in (
        {"issuer": "http://auth.example"},
        {"issuer": "https://auth.example/"},
        {"metadata": "http://auth.example"},
        {"create": True},
        {"endpoints": {"other": "https://x"}},
        {"seconds": 0},
    ):
        with pytest.raises(ValidationError):
            PscSection(**(good | bad))
