"""Signing in with a key, a locked desk, Pro Santé Connect and an emergency, in a real browser; no accessibility fault.

The browser trusts the console's certificate: it lends its keys to no page whose certificate it does not believe.
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.browsing import PATIENCE
from tests.console.provider import CLIENT, NATIONAL_ID, SECRET, Provider
from tests.console.served import ServedConsole
from tests.demo.chromium import begun
from tests.demo.enrolling import totp


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[ServedConsole]:
    """A console that offers Pro Santé Connect: the provider is another site for the browser (127.0.0.1)."""
    console = ServedConsole(tmp_path_factory.mktemp("accounts"))
    (console.folder / "psc-secret").touch(mode=0o600)
    (console.folder / "psc-secret").write_text(SECRET)
    psc = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret_file": "psc-secret",
        "ca": str(provider.ca),
    }
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in psc.items())
    console.config.write_text(f"{console.config.read_text()}\n[server.psc]\n{lines}")
    console.start()
    console.url = console.url.replace("127.0.0.1", "localhost")
    yield console
    console.stop()


@pytest.fixture(scope="module")
def browser(served: ServedConsole, provider: Provider) -> Iterator[Browser]:
    pins = ",".join(_pin(path) for path in (served.folder / "console.pem", provider.ca))
    with sync_playwright() as playwright:
        chromium = begun(playwright, f"--ignore-certificate-errors-spki-list={pins}")
        yield chromium
        chromium.close()


def _pin(certificate: Path) -> str:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Account:
    """One account and one window; what the browser complains of is kept."""

    def __init__(self, served: ServedConsole, page: Page, role: str) -> None:
        self.url, self.page = served.url, page
        self.name = f"{role}-{uuid.uuid4().hex[:6]}"
        self.said = served.add_staff(self.name, role)
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    def fill(self, *, code: bool) -> None:
        self.page.goto(self.url)
        self.page.get_by_label("Identifiant").fill(self.name)
        self.page.get_by_label("Mot de passe").fill(self.said["password"])
        if code:
            self.page.get_by_label("Code").fill(totp(self.said["totp_secret"], time.time()))

    def sign_in(self) -> None:
        self.fill(code=True)
        self.page.keyboard.press("Enter")
        self.page.locator(".bar").wait_for()


@contextmanager
def _account(served: ServedConsole, browser: Browser, role: str) -> Iterator[Account]:
    window = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    window.set_default_timeout(PATIENCE)
    yield Account(served, window.new_page(), role)
    window.close()


def _lend_a_key(page: Page) -> None:
    """Plug a key into the browser: it holds its account, has a PIN that is given, and is touched by itself."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def _assert_fits_at_200_percent(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 × 800 at 200 % zoom
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    _assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_key_is_added_signs_in_and_takes_a_locked_desk_back(served: ServedConsole, browser: Browser) -> None:
    with _account(served, browser, "host") as lea:
        page = lea.page
        _lend_a_key(page)
        lea.sign_in()
        page.goto(served.url + "mon-compte/")
        _assert_accessible(page)
        page.get_by_label("Son nom, pour la reconnaître").fill("Clé bleue")
        page.get_by_label("Votre mot de passe").fill(lea.said["password"])
        page.get_by_role("button", name="Ajouter cette clé").press("Enter")
        page.get_by_text("Clé ajoutée").wait_for()
        _assert_fits_at_200_percent(page)
        page.get_by_role("button", name="Quitter").click()
        lea.fill(code=False)
        page.get_by_role("button", name="Utiliser ma clé au lieu du code").press("Enter")
        page.locator(".idle").wait_for()  # the queue
        page.goto(served.url + "mon-compte/")
        page.keyboard.press("v")
        page.get_by_role("button", name="Reprendre avec ma clé").press("Enter")
        page.get_by_role("heading", name="Clés de sécurité").wait_for()  # where it was
        page.get_by_label("Mot de passe, pour retirer Clé bleue").fill(lea.said["password"])
        page.get_by_role("button", name="Retirer Clé bleue").click()
        page.get_by_text("Clé retirée").wait_for()
        assert lea.complaints == []


def test_without_a_key_the_button_says_what_to_do_and_the_code_still_works(
    served: ServedConsole, browser: Browser
) -> None:
    with _account(served, browser, "host") as lea:
        page = lea.page
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")  # no key plugged in: the browser answers at once that there is none
        page.goto(served.url)
        page.get_by_role("button", name="Utiliser ma clé").click()  # nothing filled in: nothing is asked
        expect(page.locator("[data-key-said]")).to_have_text("")
        lea.fill(code=False)
        options = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": False,
            "automaticPresenceSimulation": True,
        }
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})  # a key that holds no account here
        page.get_by_role("button", name="Utiliser ma clé").click()
        page.get_by_text("La clé n’a pas répondu").wait_for()
        _assert_accessible(page)
        page.get_by_label("Code").fill(totp(lea.said["totp_secret"], time.time()))
        page.get_by_role("button", name="Se connecter").click()
        page.locator(".idle").wait_for()
        assert lea.complaints == []


def test_pro_sante_connect_comes_back_from_another_site_into_a_session(
    served: ServedConsole, browser: Browser, provider: Provider
) -> None:
    with (
        _account(served, browser, "administrator") as ada,
        _account(served, browser, "officer") as ines,
        _account(served, browser, "host") as lea,
    ):
        ada.sign_in()
        ines.sign_in()
        for path in ("bornes/", "indicateurs/", "comptes/"):
            ada.page.goto(served.url + path)
            _assert_fits_at_200_percent(ada.page)
        ada.page.get_by_label(f"Identifiant national de {lea.name}").fill(NATIONAL_ID)
        ada.page.get_by_role("button", name=f"Lier {lea.name}").click()
        ada.page.get_by_role("heading", name="Demandes en cours").wait_for()
        _assert_fits_at_200_percent(ada.page)
        ines.page.goto(served.url + "comptes/demandes/")
        _assert_fits_at_200_percent(ines.page)
        ines.page.get_by_label(f"Identifiant national de {lea.name}").fill(NATIONAL_ID)
        ines.page.get_by_role("button", name=f"Accepter {lea.name}").click()
        ines.page.get_by_text("Rien à confirmer").wait_for()
        lea.page.goto(served.url)
        lea.page.get_by_role("link", name="Pro Santé Connect").click()
        lea.page.locator(".idle").wait_for()  # there and back, by itself
        assert lea.page.url == served.url + "file/"
        cookies = {one["name"]: one for one in lea.page.context.cookies()}
        assert cookies["__Host-console"]["sameSite"] == "Strict" and "__Host-psc" not in cookies
        lea.page.keyboard.press("v")
        lea.page.get_by_role("heading", name="Session verrouillée").wait_for()
        _assert_accessible(lea.page)
        lea.page.get_by_role("link", name="Pro Santé Connect").click()
        lea.page.locator(".idle").wait_for()
        provider.denies = True
        lea.page.goto(served.url + "connexion/psc/")
        lea.page.get_by_role("heading", name="Connexion non confirmée").wait_for()
        _assert_fits_at_200_percent(lea.page)
        provider.honest()
        assert lea.complaints == [one for one in lea.complaints if "403" in one]  # the refusal itself, nothing else


def test_an_emergency_by_the_keyboard_alone_and_seen_by_the_auditor(served: ServedConsole, browser: Browser) -> None:
    with _account(served, browser, "host") as lea, _account(served, browser, "auditor") as aude:
        lea.sign_in()
        page = lea.page
        page.goto(served.url + "urgence/")
        _assert_fits_at_200_percent(page)
        page.get_by_label("Pourquoi").focus()
        page.keyboard.type("Patient aux urgences, unité absente cette nuit")
        page.keyboard.press("Tab")
        page.keyboard.type(lea.said["password"])
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator(".alarm", has_text="Accès d’urgence").wait_for()
        _assert_fits_at_200_percent(page)
        aude.sign_in()  # at the trail
        _assert_fits_at_200_percent(aude.page)
        aude.page.get_by_text("accès d’urgence à vérifier").wait_for()
        aude.page.get_by_role("link", name="Voir").press("Enter")
        aude.page.get_by_text("unité absente cette nuit").wait_for()
        _assert_fits_at_200_percent(aude.page)
        aude.page.get_by_role("button", name=f"J’ai vérifié {lea.name}").press("Enter")
        expect(aude.page.locator(".alarm", has_text="urgence")).to_have_count(0)
        page.get_by_role("button", name="Rendre cet accès").press("Enter")
        page.get_by_text("Accès d’urgence rendu").wait_for()
        assert lea.complaints == [] and aude.complaints == []


def test_a_page_left_open_goes_from_the_screen_by_itself(served: ServedConsole, browser: Browser) -> None:
    with _account(served, browser, "host") as lea:
        lea.page.clock.install()
        lea.sign_in()
        lea.page.goto(served.url + "mon-compte/")
        with lea.page.expect_response("**/veille/") as asked:
            lea.page.clock.fast_forward(61_000)
        assert asked.value.status == 204  # not idle: it stays
        other = lea.page.context.new_page()  # the same session, locked from another window
        other.goto(served.url + "mon-compte/")
        other.get_by_role("button", name="Verrouiller").click()
        other.get_by_role("heading", name="Session verrouillée").wait_for()
        lea.page.clock.fast_forward(61_000)
        lea.page.get_by_role("heading", name="Session verrouillée").wait_for()
