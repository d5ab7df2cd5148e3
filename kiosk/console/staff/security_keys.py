"""Keys to touch (clés de sécurité, WebAuthn level 3) as second factor: asked once, answered once, bound to this site.

A key keeps the account with it (discoverable credential): signing in asks any key of this site, whoever is named, so
the page tells nobody which accounts exist.
"""

import json
import struct
import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kiosk.console.models import SecurityKey, Staff
from kiosk.console.records import vault
from kiosk.console.staff import guesses

MOST = 5  # keys of one account
LONGEST_ANSWER = 16 * 1024
ANSWER_WITHIN = 120  # seconds
_ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256
COOKIE = "__Host-key"
_ASKED = "key_asked"
_SALT = "console key question 1"
_PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


class NotThisKey(Exception):
    """The key's answer is not one to what was asked, here, now, of this person; it says no more."""


def domain() -> str:
    """The host name the keys are for: the first of ``names``."""
    server = settings.KIOSK
    return str(server.names[0]) if server.names else "localhost"


def are_offered(request: HttpRequest) -> bool:
    """Whether the page was asked under the name the keys know."""
    return request.get_host().rpartition(":")[0] == domain() or request.get_host() == domain()


def ask_to_register(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What the browser asks a new key of this person."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=_handle(staff), name=staff.username, display_name=staff.username),
        credentials=_descriptors(staff),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _asked(request, f"register:{staff.pk}", options, state)


def register(request: HttpRequest, staff: Staff, name: str, answer: str) -> SecurityKey:
    """Keep the key that answered. NotThisKey otherwise."""
    said, state = _answered(request, f"register:{staff.pk}", answer)
    try:
        data = _server(request).register_complete(state, said).credential_data
    except _TROUBLES:
        raise NotThisKey from None
    if data is None or data.public_key.ALGORITHM not in _ALGORITHMS:
        raise NotThisKey
    with transaction.atomic():
        Staff.objects.select_for_update().get(pk=staff.pk)
        if SecurityKey.objects.filter(user=staff).count() >= MOST:
            raise NotThisKey
        try:
            with transaction.atomic():
                return SecurityKey.objects.create(
                    user=staff, name=name, credential_id=data.credential_id, credential=bytes(data)
                )
        except IntegrityError:  # somebody has this very key
            raise NotThisKey from None


def ask(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What the browser asks of somebody locked: one of their keys, with its PIN."""
    options, state = _server(request).authenticate_begin(
        _descriptors(staff), user_verification=UserVerificationRequirement.REQUIRED
    )
    return _asked(request, f"unlock:{staff.pk}", options, state)


def ask_anybody(request: HttpRequest) -> JsonResponse:
    """What the browser asks at the door: any key of this site. It keeps the question itself: we keep no row for it."""
    options, state = _server(request).authenticate_begin(
        None, user_verification=UserVerificationRequirement.DISCOURAGED
    )
    response = JsonResponse(dict(options))
    kept = signing.dumps(_kept(state), salt=_SALT)
    response.set_cookie(COOKIE, kept, max_age=ANSWER_WITHIN, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def check(request: HttpRequest, staff: Staff, answer: str, *, at_the_door: bool) -> SecurityKey:
    """The key of this person that was touched now. NotThisKey otherwise."""
    said, state = (
        _answered_at_the_door(request, answer) if at_the_door else _answered(request, f"unlock:{staff.pk}", answer)
    )
    with transaction.atomic():
        mine = {
            bytes(key.credential_id): key
            for key in SecurityKey.objects.select_for_update().filter(user=staff, confirmed=True)
            if key.is_of(staff)
        }
        try:
            known = [AttestedCredentialData(bytes(key.credential)) for key in mine.values()]
            used = _server(request).authenticate_complete(state, known, said)
            inside = said["response"]
            count = AuthenticatorData(websafe_decode(inside["authenticatorData"])).counter
            whose = websafe_decode(inside["userHandle"]) if inside.get("userHandle") else _handle(staff)
        except _TROUBLES:
            raise NotThisKey from None
        key = mine[used.credential_id]
        if whose != _handle(staff) or ((count or key.sign_count) and count <= key.sign_count):
            raise NotThisKey  # somebody else's, or a copy: a key only counts upwards
        key.sign_count = count
        key.set_last_used_timestamp(commit=False)
        key.save()
    if not guesses.serves_once("key question", state["challenge"]):
        raise NotThisKey
    return key


# what the library raises for an answer of another shape
_TROUBLES = (ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error, RecursionError)


def _server(request: HttpRequest) -> Fido2Server:
    here = f"https://{request.get_host()}"
    rp = PublicKeyCredentialRpEntity(id=domain(), name=settings.KIOSK.structure)
    server = Fido2Server(rp, attestation=None, verify_origin=lambda origin: origin == here)
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
        for algorithm in _ALGORITHMS
        if algorithm in CoseKey.supported_algorithms()
    ]
    server.timeout = ANSWER_WITHIN * 1000  # type: ignore[assignment] # the library says None of what is not set yet
    return server


def _handle(staff: Staff) -> bytes:
    """What a key calls its owner: a fingerprint that leads to nobody."""
    return vault.blind("security key", str(staff.pk))


def _descriptors(staff: Staff) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one))
        for one in SecurityKey.objects.filter(user=staff).order_by("pk").values_list("credential_id", flat=True)
    ]


def _asked(request: HttpRequest, what: str, options: Any, state: dict[str, Any]) -> dict[str, Any]:
    request.session[_ASKED] = {"what": what, "until": int(time.time()) + ANSWER_WITHIN, "state": _kept(state)}
    return dict(options)


def _kept(state: dict[str, Any]) -> dict[str, Any]:
    return {"challenge": state["challenge"], "user_verification": state["user_verification"]}


def _answered_at_the_door(request: HttpRequest, answer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        state = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=ANSWER_WITHIN)
    except signing.BadSignature:
        raise NotThisKey from None
    return _read(answer), state


def _answered(request: HttpRequest, what: str, answer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A question serves once, for one thing, for two minutes."""
    asked = request.session.pop(_ASKED, None)
    if not asked or asked["what"] != what or time.time() > asked["until"]:
        raise NotThisKey
    return _read(answer), asked["state"]


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise NotThisKey
    try:
        return _texts(json.loads(answer))
    except (ValueError, RecursionError):
        raise NotThisKey from None


def _texts(said: object) -> dict[str, Any]:
    """Only texts go on to the library: a number in their place, it would make so many bytes of it."""
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        raise NotThisKey
    outside = {name: said.get(name) for name in ("id", "rawId", "type")}
    inside = {name: said["response"][name] for name in _PARTS if name in said["response"]}
    if not all(isinstance(value, str) for value in (*outside.values(), *inside.values())):
        raise NotThisKey
    return {**outside, "response": inside, "clientExtensionResults": {}}
