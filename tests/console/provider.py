"""A Pro Santé Connect of our own on the loopback: its own keys, its own lies. Fictitious people only.

It follows the code flow as the national service does (unusual discovery path, userinfo in JSON, PKCE checked).
"""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.console.served import _certificate as make_certificate

CLIENT, SECRET = "borne-saint-exemple", "a secret of the tests"
REALM = "/auth/realms/esante-wallet"
NATIONAL_ID = "899700218896"  # fictitious
TOKEN = "of-the-tests"
PERSON: dict[str, Any] = {
    "sub": "f:550dc1c8:899700218896",
    "SubjectNameID": NATIONAL_ID,
    "given_name": "ZOÉ",
    "family_name": "EXEMPLE",
    "preferred_username": NATIONAL_ID,
    "otherIds": [{"identifiant": "3750000000/0012", "origine": "EDIT", "qualite": 1}],
    "SubjectRefPro": {"exercices": [{"activities": [{"numeroFinessSite": "750000001"}]}]},
}


class Provider:
    """Told what to say before each sign-in; remembers what it was asked."""

    def __init__(self, folder: Path, client_host: str = "testserver") -> None:
        make_certificate(folder)
        self.ca = folder / "console.pem"
        self.key, self.foreign_key = (RSAKey.generate_key(2048, parameters={"kid": "k1"}) for _ in range(2))
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: dict[str, str] = {}
        self.client_host = client_host
        self.honest()
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "console.pem", folder / "console.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.origin = f"https://127.0.0.1:{self._server.server_address[1]}"
        self.issuer = self.origin + REALM
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def honest(self) -> None:
        """Forget every lie."""
        self.claims: dict[str, Any] = {}  # over what the token should say; None removes
        self.person: dict[str, Any] = PERSON
        self.signs_with = "own"  # or "foreign", "none", "secret"
        self.discovery: dict[str, Any] = {}
        self.fails: dict[str, tuple[int, bytes]] = {}  # path → status and body
        self.denies = False
        self.lifetime = 120  # seconds a token is good for
        self.refresh = "fetches-the-next-one"
        self.renewed = 0

    def metadata(self) -> dict[str, Any]:
        connect = f"{self.issuer}/protocol/openid-connect"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.origin}/wallet/auth",
            "token_endpoint": f"{connect}/token",
            "userinfo_endpoint": f"{connect}/userinfo",
            "jwks_uri": f"{connect}/certs",
            **self.discovery,
        }

    def authorise(self, asked: dict[str, str]) -> str:
        """Somebody proved who they are: where their browser goes back to."""
        self.asked = asked
        if self.denies:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str]) -> dict[str, Any] | None:
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") != self.refresh:
                return None
            self.renewed += 1
            return {"access_token": f"renewed-{self.renewed}", "token_type": "Bearer", "expires_in": 120}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return None
        lasts = {"expires_in": self.lifetime, "refresh_token": self.refresh, "refresh_expires_in": 1800}
        return {"access_token": TOKEN, "token_type": "Bearer", "id_token": self.id_token(asked), **lasts}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": PERSON["sub"],
            "iat": now,
            "exp": now + 120,
            "auth_time": now,
            "nonce": asked["nonce"],
            "acr": "eidas1",
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signs_with in {"none", "secret"}:
            head = {"alg": "none" if self.signs_with == "none" else "HS256", "kid": "k1"}
            parts = (json.dumps(part).encode() for part in (head, claims))
            text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
            public = self.key.as_pem(private=False)  # taken for a shared secret
            mark = hmac.digest(public, text.encode(), "sha256") if self.signs_with == "secret" else b""
            return f"{text}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
        key = self.key if self.signs_with == "own" else self.foreign_key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    timeout = 10

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is written."""

    def do_GET(self) -> None:
        url, provider = urlsplit(self.path), self.provider
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if self._failed(url.path):
            return
        if url.path == f"{REALM}/.well-known/wallet-openid-configuration":
            self._json(provider.metadata())
        elif url.path == "/wallet/auth":
            self.send_response(302)
            self.send_header("Location", provider.authorise(asked))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif url.path.endswith("/certs"):
            self._json(dict(KeySet([provider.key]).as_dict(private=False)))
        elif url.path.endswith("/userinfo") and self.headers["Authorization"] == f"Bearer {TOKEN}":
            self._json(provider.person)
        else:
            self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length", "0")), 64 * 1024)
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        known = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self._failed(urlsplit(self.path).path):
            return
        tokens = self.provider.tokens(form) if self.headers.get("Authorization") == known else None
        self._json(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

    def _failed(self, path: str) -> bool:
        status, body = self.provider.fails.get(path.rsplit("/", 1)[-1], (0, b""))
        if status:
            self._send(body, status)
        return bool(status)

    def _json(self, said: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(said).encode(), status)

    def _send(self, body: bytes, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
