"""The owner of an account, in front of the page where they choose what they sign in with."""

import base64
import hashlib
import hmac
import html
import re
import struct
import time
from pathlib import Path

import requests

PASSWORD = "a cart of red apples by the sea"


def totp(secret: str, at: float) -> str:
    """The six digits an authenticator shows (RFC 6238, 30 s, SHA-1)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Visitor:
    """A browser window without its screen: cookies are kept, forms carry their token."""

    def __init__(self, url: str, certificate: Path) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.verify = str(certificate)
        self._session.trust_env = False
        self._token = ""

    def get(self, path: str) -> str:
        return self._read(self._session.get(self.url + path, timeout=60))

    def post(self, path: str, **said: str) -> str:
        form, headers = {"csrfmiddlewaretoken": self._token, **said}, {"Referer": self.url + path}
        return self._read(self._session.post(self.url + path, form, headers=headers, timeout=60))

    def _read(self, answer: requests.Response) -> str:
        self.at, self.status, self.body = answer.url, answer.status_code, answer.content
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
        self._token = found[1] if found else self._token
        return answer.text


def enrol(visitor: Visitor, path: str, *, code: str = "", password: str = PASSWORD) -> str:
    """Choose a password and an authenticator at the place a link leads to; gives the authenticator's secret."""
    secret = html.unescape(re.findall(r'id="secret">([A-Z2-7]+)<', visitor.get(path))[0])
    shown = totp(secret, time.time())
    visitor.post(path, half=code, wanted=password, again=password, code=shown)
    assert visitor.at.endswith("/connexion/"), visitor.at
    return secret


def sign_in(visitor: Visitor, account: dict[str, str]) -> str:
    """Name, password and code; gives the page one comes to."""
    step, code = next_code(account)
    account["shown"] = str(step)
    visitor.get("/connexion/")
    said = {"username": account["user"], "password": account["password"]}
    return visitor.post("/connexion/", code=code, **said)


def next_code(account: dict[str, str]) -> tuple[int, str]:
    """The code that an owner shows now, and of which half-minute it is; who signed in with it notes it as shown.

    A code serves once, and the console takes the one that follows it by its owner's clock: so whoever signs in again
    within the half-minute, or at its turn, shows the code after the one they showed last.
    """
    step = max(int(time.time()) // 30, int(account.get("shown", "0")) + 1)
    return step, totp(account["totp_secret"], step * 30)
