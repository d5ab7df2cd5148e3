"""Signing in with Pro Santé Connect (OpenID Connect, authorization code with PKCE), when the site has configured it.

The national service says who somebody is; what they may do here is decided here. Its discovery document does not stand
at the usual place, its accounts are known by ``SubjectNameID`` and ``otherIds``, and ``sub`` is not kept (it changes).
"""

import base64
import hashlib
import json
import re
import secrets
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kiosk import bounded, journal
from kiosk.console.config import PscSection
from kiosk.core.confidential import Confidential
from kiosk.deadline import time_left, within
from kiosk.exchange import session

ALGORITHMS = ["RS256", "RS512", "PS256", "ES256"]
LEEWAY = 30  # seconds between two clocks
LONGEST = 256 * 1024
FRESH_FOR = 600.0  # seconds the discovery document is believed
ANSWER_WITHIN = 600  # seconds somebody takes with card or telephone
LONGEST_TOKEN = 8192
USUAL = 120  # seconds an access token is good for when the service does not say; it says two to five minutes
LASTS = 4 * 3600  # seconds: no session with the service is longer
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*", re.ASCII)  # RFC 6750; nothing else goes into a header
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Why(StrEnum):
    """Why nobody was signed in: small on the page, the same in the journal."""

    UNREACHABLE = "PSC-1"
    DECLINED = "PSC-2"  # by the service, or by the person
    NOT_SURE = "PSC-3"  # state, nonce, signature, audience, issuer, time
    NOT_LINKED = "PSC-4"  # nobody's account here
    TOO_WEAK = "PSC-5"  # means of identification below what the site accepts (acr)
    ALTERED = "PSC-7"  # the account is not as the console left it
    CHANGED = "PSC-6"  # the service's addresses are not those of the configuration
    TO_CONFIRM = "PSC-8"  # an account is asked for; nobody has agreed to it yet


class Trouble(Exception):
    """Nobody was signed in; holds a code and nothing of what was said."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Started:
    """What must be remembered between leaving and coming back, by the browser alone."""

    state: str
    nonce: str
    verifier: str  # PKCE
    at: int


@dataclass(frozen=True, slots=True, repr=False)
class Tokens(Confidential):
    """What lets another service hear that this person signed in; seconds since 1970."""

    access: str
    until: int
    refresh: str = ""  # fetches the next one, while the person's session with the service lasts
    refresh_until: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Professional(Confidential):
    """Who Pro Santé Connect says somebody is."""

    national_ids: tuple[str, ...]  # SubjectNameID first, then otherIds
    name: str
    structures: frozenset[str]  # FINESS and SIRET of the places where they work
    acr: str
    profession: str = ""  # codeProfession (TRE_G15)
    skills: tuple[str, ...] = ()  # codeSavoirFaire (SM54 …)
    tokens: Tokens | None = None


def begin(psc: PscSection, here: str) -> tuple[str, Started]:
    """Where to send the browser, and what to remember. Trouble when the service does not answer as configured."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    started = Started(state, nonce, verifier, at=int(time.time()))
    digest = hashlib.sha256(started.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": psc.client_id,
        "redirect_uri": here,
        "scope": psc.scope,
        "acr_values": psc.acr_values,
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if psc.prompt:
        asked["prompt"] = psc.prompt
    return f"{_metadata(psc)['authorization_endpoint']}?{urlencode(asked)}", started


def finish(psc: PscSection, here: str, said: dict[str, str], started: Started) -> Professional:
    """Who came back. Trouble for whatever is not exactly right."""
    if not secrets.compare_digest(said.get("state", "").encode(), started.state.encode()):
        raise Trouble(Why.NOT_SURE)
    if not 0 <= time.time() - started.at <= ANSWER_WITHIN:
        raise Trouble(Why.NOT_SURE)
    if "error" in said or not said.get("code"):
        raise Trouble(Why.DECLINED)
    metadata = _metadata(psc)
    if said.get("iss", psc.issuer) != psc.issuer:  # RFC 9207
        raise Trouble(Why.NOT_SURE)
    tokens = _fetch(
        psc,
        metadata["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": said["code"][:4096],
            "redirect_uri": here,
            "code_verifier": started.verifier,
        },
    )
    claims = _claims(psc, str(tokens.get("id_token", "")), _fetch(psc, metadata["jwks_uri"]), started)
    if claims.get("acr") not in psc.accepted_acr:
        raise Trouble(Why.TOO_WEAK)
    person = _fetch(psc, metadata["userinfo_endpoint"], bearer=str(tokens.get("access_token", "")))
    if person.get("sub") != claims["sub"]:
        raise Trouble(Why.NOT_SURE)
    return with_tokens(_professional(person, str(claims["acr"])), _tokens(tokens))


def refreshed(psc: PscSection, refresh: str) -> Tokens:
    """The next tokens of somebody whose session with the service lasts. Trouble when it does not."""
    url = _metadata(psc)["token_endpoint"]
    said = _fetch(psc, url, {"grant_type": "refresh_token", "refresh_token": refresh})
    tokens = _tokens(said)
    if tokens is None:
        raise Trouble(Why.NOT_SURE)
    return tokens if tokens.refresh else replace(tokens, refresh=refresh, refresh_until=tokens.until)


def with_tokens(professional: Professional, tokens: Tokens | None) -> Professional:
    return replace(professional, tokens=tokens)


def _tokens(said: dict[str, Any]) -> Tokens | None:
    """What the service gave; None when it is nothing that could be sent on."""
    access, refresh = said.get("access_token"), said.get("refresh_token", "")
    if not isinstance(access, str) or not _BEARER.fullmatch(access) or not isinstance(refresh, str):
        return None
    until, refresh_until = _ends(said.get("expires_in"), USUAL), _ends(said.get("refresh_expires_in"), LASTS)
    return Tokens(access, until, refresh[:LONGEST_TOKEN], refresh_until)


def _ends(seconds: object, usual: int) -> int:
    good = isinstance(seconds, int) and 0 < seconds <= LASTS
    return int(time.time()) + (seconds if good and isinstance(seconds, int) else usual)


def normalised(national_id: str) -> str:
    """A national identifier as Pro Santé Connect writes it: an RPPS number (11 digits) gets its 8 before it."""
    bare = "".join(national_id.split()).upper()
    return f"8{bare}" if len(bare) == 11 and bare.isascii() and bare.isdigit() else bare


def _claims(psc: PscSection, token: str, key_set: dict[str, Any], started: Started) -> dict[str, Any]:
    """What the service signed, for us, now, in answer to this question."""
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": psc.issuer},
        aud={"essential": True, "value": psc.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": started.nonce},
    )
    try:
        keys = KeySet.import_key_set({"keys": key_set["keys"]})
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Trouble(Why.NOT_SURE) from None
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != psc.client_id:
        raise Trouble(Why.NOT_SURE)
    when = claims.get("auth_time")
    if psc.prompt == "login" and isinstance(when, int) and when < started.at - LEEWAY:
        raise Trouble(Why.NOT_SURE)  # somebody else's sign-in, of before
    return dict(claims)


def _professional(person: dict[str, Any], acr: str) -> Professional:
    others = person.get("otherIds")
    found = [person.get("SubjectNameID"), *(one.get("identifiant") for one in _tables(others))]
    identifiers = dict.fromkeys(normalised(one)[:60] for one in found if isinstance(one, str) and one.strip())
    practice = person.get("SubjectRefPro")
    exercises = _tables(practice.get("exercices") if isinstance(practice, dict) else None)
    places = {
        str(activity[name])
        for exercise in exercises
        for activity in _tables(exercise.get("activities"))
        for name in ("numeroFinessSite", "numeroFinessetablissementJuridique", "numeroSiretSite")
        if activity.get(name)
    }
    professions = [_code(exercise.get("codeProfession")) for exercise in exercises]
    skills = tuple(filter(None, (_code(exercise.get("codeSavoirFaire")) for exercise in exercises)))
    name = " ".join(str(person.get(part) or "") for part in ("given_name", "family_name")).strip()
    profession = next(filter(None, professions), "")
    return Professional(tuple(identifiers), name[:80], frozenset(places), acr, profession, skills)


def _code(said: object) -> str:
    return said if isinstance(said, str) and re.fullmatch(r"[A-Z0-9]{1,10}", said, re.ASCII) else ""


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value[:50] if isinstance(one, dict)] if isinstance(value, list) else []


_known: dict[str, tuple[float, dict[str, Any]]] = {}


def _metadata(psc: PscSection) -> dict[str, Any]:
    """The service's addresses, from its own discovery document, compared with what the site wrote down."""
    where = psc.metadata or f"{psc.issuer}/.well-known/wallet-openid-configuration"
    kept = _known.get(where)
    if kept is not None and time.monotonic() - kept[0] < FRESH_FOR:
        return kept[1]
    document = _fetch(psc, where)
    expected = (("issuer", psc.issuer), *psc.endpoints.items())
    if any(document.get(name) != value for name, value in expected):
        raise Trouble(Why.CHANGED)
    if any(urlsplit(str(document.get(name, ""))).scheme != "https" for name in _ENDPOINTS):
        raise Trouble(Why.CHANGED)
    _known[where] = (time.monotonic(), document)
    return document


def _fetch(psc: PscSection, url: str, form: dict[str, str] | None = None, *, bearer: str = "") -> dict[str, Any]:
    """One JSON object, within the deadline and of a reasonable size; no redirect is followed."""
    with session() as visit, within(psc.seconds):
        visit.verify = str(psc.ca) if psc.ca is not None else True
        visit.proxies = {"https": psc.proxy} if psc.proxy else {}
        visit.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip"})
        if bearer:
            visit.headers["Authorization"] = f"Bearer {bearer}"
        if form is not None:
            visit.auth = (psc.client_id, psc.client_secret_file.read_text().strip())
        try:
            method = "GET" if form is None else "POST"
            answer = visit.request(method, url, data=form, timeout=time_left(), allow_redirects=False, stream=True)
            body = bounded.read(answer, LONGEST, time_left())
        except (requests.RequestException, bounded.Nonsense, OSError):  # a wait that is over is one
            raise Trouble(Why.UNREACHABLE) from None
    if answer.status_code != 200:
        raise Trouble(Why.DECLINED if 400 <= answer.status_code < 500 else Why.UNREACHABLE)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Trouble(Why.UNREACHABLE) from None
    if not isinstance(document, dict):
        raise Trouble(Why.UNREACHABLE)
    return document


def note(why: Why) -> None:
    """One line for the technician."""
    journal.record(journal.Happening.PSC_TROUBLE, code=why.value)
