"""INSi asked at the desk in the name of who asks: with their Pro Santé Connect token, or with their card."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from lxml import etree

from kiosk import pkcs11
from kiosk.console.config import PscSection, ServerSettings
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from kiosk.insi.envelope import OUR_WSDL
from kiosk.insi.simulated.cards import OfCards
from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import TEST_IDAM, Simulator
from kiosk.insi.simulated.testpki import TestPki, make_pki
from kiosk.insi.simulated.vouching import Doorkeeper, OfTokens
from kiosk.settings import InsiSection
from tests.console.arrivals import arrive, enrol, found, original_of
from tests.console.nation import known
from tests.console.provider import CLIENT, NATIONAL_ID, SECRET, TOKEN, Provider
from tests.console.staff import add, at_desk, get, link, post, sign_in
from tests.console.test_psc import _round
from tests.insi.professionals import certify
from tests.people import ZOE

pytestmark = pytest.mark.long
SECURITY = etree.XMLSchema(etree.parse(str(OUR_WSDL.parent / "security.xsd")))


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> TestPki:
    return make_pki(tmp_path_factory.mktemp("pki"))


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


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread would not see what this test's transaction wrote."""
    from kiosk.console.upkeep import insi_now

    monkeypatch.setattr(insi_now, "soon", lambda work: (work(), True)[1])
    monkeypatch.setattr(transaction, "on_commit", lambda work, **_: work())


class Nation:
    """A simulated host of the service, and whom its tokens are said to belong to."""

    def __init__(self) -> None:
        self.tokens = {TOKEN: NATIONAL_ID}
        self.shown: list[str] = []

    def introspect(self, token: str) -> str:
        self.shown.append(token)
        return self.tokens.get(token, "")


@contextmanager
def asking(
    console: ServerSettings, pki: TestPki, doorkeeper: Doorkeeper, provider: Provider, secret: Path, **said: object
) -> Iterator[Simulator]:
    """A console that asks this host in names; Léa's account is linked to her national identifier."""

    secret.write_text(SECRET)
    psc = PscSection(issuer=provider.issuer, client_id=CLIENT, client_secret_file=secret, ca=provider.ca, seconds=20)
    people = Population([known(ZOE)])
    with Simulator(pki.insi_certificate, pki.insi_key, pki.ca, people, doorkeeper=doorkeeper).running() as there:
        insi = InsiSection(
            **{
                "endpoint": "https://localhost:9/lps",  # the certificate's host: nobody is there
                "certificate": pki.client_p12,
                "password_file": pki.password_file,
                "ca": pki.ca,
                "idam": TEST_IDAM,
                "instance": "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a",
                "finess": "750712184",
                "sector": "SA01",
                "desk_caller": "psc",
                "psc": {"endpoint": there.endpoint},
            }
            | said
        )
        enrol()
        add("lea", "host")
        link("lea", NATIONAL_ID)
        with override_settings(KIOSK=console.model_copy(update={"psc": psc, "insi": insi})):
            yield there


@pytest.fixture()
def nation(console: ServerSettings, provider: Provider, pki: TestPki, tmp_path: Path) -> Iterator[Nation]:
    made = Nation()
    with asking(console, pki, OfTokens(SECURITY, made.introspect), provider, tmp_path / "secret"):
        yield made


def signed_in(provider: Provider) -> Client:
    page, client = _round(provider)
    assert page.status_code == 200, page.content.decode()
    return client


def asks(client: Client, **changes: str) -> tuple[CheckIn, str]:
    """A patient whom INSi did not find is asked about anew with what the original bears; gives the page after it."""
    check_in = arrive(ZOE, InsNotFound())
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "interroger/", **original_of(ZOE, **changes))
    return check_in, get(client, path).content.decode()


def of(check_in: CheckIn):
    from kiosk.console.models import Arrival
    from kiosk.console.register import visits

    arrival = Arrival.objects.select_related("sealed").get(pk=check_in.key)
    return arrival, visits.opened(arrival).insi


def told(act: str = "insi-asked") -> list[tuple[str, str]]:
    from kiosk.console.models import AuditEntry

    return list(AuditEntry.objects.filter(act=act).order_by("number").values_list("who", "details"))


def everything_kept() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of the database itself
            rows.append(repr(cursor.fetchall()))
        return "".join(rows)


def test_what_staff_ask_goes_in_their_name_at_once_and_the_trail_says_so_but_never_the_token(
    provider: Provider, nation: Nation, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in(provider)
    check_in, page = asks(client)
    arrival, answer = of(check_in)
    assert isinstance(answer, InsFound) and answer.matricule == ZOE.matricule
    assert (arrival.insi_next_at, arrival.leased_until) == (None, None)
    assert set(nation.shown) == {TOKEN}
    assert f'NameQualifier="PSC">{NATIONAL_ID}<'.encode() in answer.exchanges[-1].request
    assert [(who, '"means": "psc"' in details) for who, details in told()] == [("lea", True)]
    said = (
        everything_kept() + page + capsys.readouterr().err + b"".join(one.request for one in answer.exchanges).decode()
    )
    for secret in (TOKEN, provider.refresh):
        assert secret not in said
    assert "lea" in page and "Pro Santé Connect" in page  # the history of the visit


def test_before_they_ask_the_page_says_in_whose_name(provider: Provider, nation: Nation) -> None:
    check_in = arrive(ZOE, InsNotFound())
    for client, is_said in ((signed_in(provider), True), (at_desk("marc"), False)):
        post(client, f"/arrivees/{check_in.key}/prendre/")
        page = get(client, f"/arrivees/{check_in.key}/").content.decode()
        assert ("en votre nom" in page) is is_said
        post(client, f"/arrivees/{check_in.key}/remettre/")


def test_a_token_that_ended_is_renewed_without_a_word_and_the_new_one_serves(
    provider: Provider, nation: Nation
) -> None:
    provider.lifetime = 1
    nation.tokens = {"renewed-1": NATIONAL_ID}
    check_in, _page = asks(signed_in(provider))
    assert isinstance(of(check_in)[1], InsFound)
    assert set(nation.shown) == {"renewed-1"}


def takes(client: Client) -> CheckIn:
    """A patient about whom INSi is asked once staff have them in hand."""
    from django.conf import settings

    at_desk_first = settings.KIOSK.insi.model_copy(update={"when": "desk"})
    with override_settings(KIOSK=settings.KIOSK.model_copy(update={"insi": at_desk_first})):
        check_in = arrive(ZOE, InsUnreachable("through-console"))
        post(client, f"/arrivees/{check_in.key}/prendre/")
    return check_in


def test_the_first_question_at_the_desk_goes_in_the_name_of_who_took_the_patient(
    provider: Provider, nation: Nation
) -> None:
    check_in = takes(signed_in(provider))
    arrival, answer = of(check_in)
    assert isinstance(answer, InsFound)
    assert (arrival.insi_next_at, arrival.leased_until, set(nation.shown)) == (None, None, {TOKEN})
    assert f'NameQualifier="PSC">{NATIONAL_ID}<'.encode() in answer.exchanges[-1].request
    assert [(who, '"means": "psc"' in details) for who, details in told()] == [("lea", True)]


@pytest.mark.parametrize("means", ["password", "session over"])
def test_who_has_no_name_at_hand_has_the_first_question_asked_with_the_certificate(
    provider: Provider, nation: Nation, means: str
) -> None:
    from kiosk.console.upkeep import insi_again

    provider.lifetime = 1 if means == "session over" else 60
    client = signed_in(provider) if means == "session over" else at_desk("marc")
    provider.fails = {"token": (400, b"{}")}
    check_in = takes(client)
    arrival, _answer = of(check_in)
    assert arrival.insi_next_at is not None and arrival.leased_until is None
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert (nation.shown, [who for who, _ in told()]) == ([], ["worker"])


@pytest.mark.parametrize("over", ["no refresh", "refused", "elsewhere", "spoilt"])
def test_a_session_that_is_over_is_said_clearly_and_nothing_is_asked(
    provider: Provider, nation: Nation, over: str
) -> None:
    provider.lifetime = 1
    client = signed_in(provider)
    if over == "no refresh":
        provider.refresh = "another"
    elif over == "refused":
        provider.fails = {"token": (400, b"{}")}
    elif over == "elsewhere":
        provider.fails = {"token": (503, b"down")}
    else:
        session = client.session
        session["in_name"] = session["in_name"][:-8] + "AAAAAAA="
        session.save()
    check_in, page = asks(client)
    assert "Votre session Pro Santé Connect est terminée" in page
    arrival, answer = of(check_in)
    assert isinstance(answer, InsNotFound)
    assert (arrival.insi_next_at, nation.shown, told()) == (None, [], [])
    provider.honest()
    assert _round(provider, client)[0].status_code == 200  # they sign in again, and ask
    post(client, f"/arrivees/{check_in.key}/prendre/")
    post(client, f"/arrivees/{check_in.key}/interroger/", **original_of(ZOE))
    assert isinstance(of(check_in)[1], InsFound)


def test_who_signed_in_otherwise_has_the_worker_ask_with_the_certificate(provider: Provider, nation: Nation) -> None:
    from kiosk.console.upkeep import insi_again

    check_in, _page = asks(at_desk("marc"))
    arrival, _answer = of(check_in)
    assert arrival.insi_next_at is not None and arrival.leased_until is None
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert (nation.shown, [who for who, _ in told()]) == ([], ["worker"])


def test_what_the_service_does_not_take_in_a_name_is_left_to_the_worker(provider: Provider, nation: Nation) -> None:
    from kiosk.console.upkeep import insi_again

    nation.tokens = {}
    check_in, page = asks(signed_in(provider))
    assert "La question est posée" in page
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert isinstance(of(check_in)[1], InsFound)
    assert [who for who, _ in told()] == ["lea", "worker"]


def test_a_console_killed_while_it_asks_leaves_the_question_to_the_worker(
    provider: Provider, nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again, insi_now

    monkeypatch.setattr(insi_now, "soon", lambda _work: True)  # killed before it did
    check_in, _page = asks(signed_in(provider))
    assert not insi_again.insi_once(lambda *_: found(ZOE))  # it may be asking
    Arrival.objects.filter(pk=check_in.key).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert isinstance(of(check_in)[1], InsFound)


def test_a_console_that_asks_with_the_certificate_keeps_no_token(
    console: ServerSettings, provider: Provider, pki: TestPki, tmp_path: Path
) -> None:
    doorkeeper = OfTokens(SECURITY, lambda _token: NATIONAL_ID)
    with asking(console, pki, doorkeeper, provider, tmp_path / "secret", desk_caller="certificate"):
        client = signed_in(provider)
        assert "in_name" not in client.session
        check_in, _page = asks(client)
        assert of(check_in)[0].leased_until is None and of(check_in)[0].insi_next_at is not None


def test_who_signs_out_leaves_no_token_behind(provider: Provider, nation: Nation) -> None:
    from kiosk.console.models import Session

    client = signed_in(provider)
    assert client.session["in_name"]
    post(client, "/quitter/")
    assert Session.objects.count() == 0


@pytest.fixture()
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, object]]:
    """Léa's card in the reader: its certificate's file, and who made it; the token itself is tried in tests/insi."""
    key = rsa.generate_private_key(65537, 2048)
    certificate, authority = certify(key, NATIONAL_ID)
    (tmp_path / "card.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "code").write_text("4711\n")
    monkeypatch.setattr(pkcs11, "sign", lambda _uri, _pin, data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    yield tmp_path / "card.pem", authority


@pytest.mark.parametrize("who", ["lea", "marc", "colleague"])
def test_a_card_asks_in_its_holders_name_and_in_nobody_elses(
    console: ServerSettings, provider: Provider, pki: TestPki, tmp_path: Path, card: tuple[Path, object], who: str
) -> None:

    file, authority = card
    with asking(
        *(console, pki, OfCards(SECURITY, (authority,)), provider, tmp_path / "secret"), desk_caller="certificate"
    ) as there:
        cpx = {"endpoint": there.endpoint, "certificate": file, "key": "pkcs11:object=auth"}
        with_card = InsiSection.model_validate(
            _plain(there, pki) | {"desk_caller": "cpx", "cpx": cpx | {"password_file": tmp_path / "code"}}
        )
        with override_settings(KIOSK=console.model_copy(update={"insi": with_card})):
            if who != "lea":
                add("marc", "host")
            if who == "colleague":  # has a card too, but it is not the one in the reader
                link("marc", "899700999999")
            client = sign_in("lea" if who == "lea" else "marc")
            check_in, page = asks(client)
            arrival, answer = of(check_in)
            says_so = "en votre nom : votre carte CPx" in get(client, f"/arrivees/{check_in.key}/").content.decode()
            assert says_so is (who != "marc")
            if who == "lea":
                assert isinstance(answer, InsFound)
                assert f'NameQualifier="CPS">{NATIONAL_ID}<'.encode() in answer.exchanges[-1].request
                assert [(name, '"means": "cpx"' in details) for name, details in told()] == [("lea", True)]
            else:
                assert ("n’est pas la vôtre" in page) is (who == "colleague")
                assert (arrival.insi_next_at is None) is (who == "colleague")  # else the worker asks
            administrator = get(at_desk("ada", "administrator"), "/comptes/").content.decode()
            assert "Identifiant national de" in administrator  # linked there, Pro Santé Connect or not


def _plain(there: Simulator, pki: TestPki) -> dict[str, object]:
    return {
        "endpoint": "https://localhost:9/lps",
        "certificate": pki.client_p12,
        "password_file": pki.password_file,
        "ca": pki.ca,
        "idam": TEST_IDAM,
        "finess": "750712184",
        "sector": "SA01",
    }


def test_a_console_without_threads_leaves_the_question_to_the_worker_at_once(
    provider: Provider, nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.upkeep import insi_again, insi_now

    monkeypatch.setattr(insi_now, "soon", lambda _work: False)
    check_in, _page = asks(signed_in(provider))
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert isinstance(of(check_in)[1], InsFound)


def test_a_token_that_is_no_token_is_never_sent_on(provider: Provider, nation: Nation) -> None:
    from kiosk.console.staff import psc

    assert psc._tokens({"access_token": "a b\r\nX: y"}) is None
    assert psc._tokens({"access_token": ["a"]}) is None
    usual = psc._tokens({"access_token": "a", "expires_in": 10**9})
    assert usual is not None and usual.until <= time.time() + psc.USUAL + 1
    assert "a.b" not in f"{psc.Tokens('a.b', 1)}"
