"""A key of software for the tests: keeps one key pair, counts, answers as a browser would, honestly or not."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from tests.console.staff import PASSWORD, post

HERE = "https://testserver"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Key:
    """One key; ``at`` and ``domain`` are where it believes to be, ``flags`` what it says of its owner."""

    at: str = HERE
    domain: str = "testserver"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    number: bytes = b"0123456789abcdef"
    pair: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    owner: str = ""

    def registered(self, asked: dict[str, Any], **lies: Any) -> str:
        """The answer to being added."""
        self.owner = asked["publicKey"]["user"]["id"]
        public = cbor.encode(ES256.from_cryptography_key(self.pair.public_key()))
        inside = bytes(16) + struct.pack(">H", len(self.number)) + self.number + public
        data = self._data(ATTESTED) + inside
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(
            {
                "clientDataJSON": self._client(asked, "webauthn.create", **lies),
                "attestationObject": websafe_encode(attestation),
            }
        )

    def touched(self, asked: dict[str, Any], *, kind: str = "webauthn.get", **lies: Any) -> str:
        """The answer to being touched."""
        self.count += 1
        data, client = self._data(0), self._client(asked, kind, **lies)
        digest = hashlib.sha256(websafe_decode(client)).digest()
        signature = self.pair.sign(data + digest, ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "clientDataJSON": client,
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.owner,
            }
        )

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", self.flags | more, self.count)

    def _client(self, asked: dict[str, Any], kind: str, **lies: Any) -> str:
        said = {"type": kind, "challenge": asked["publicKey"]["challenge"], "origin": self.at, **lies}
        return websafe_encode(json.dumps(said).encode())

    def _said(self, response: dict[str, str]) -> str:
        number = websafe_encode(self.number)
        return json.dumps(
            {"id": number, "rawId": number, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )


def add_key(client: Client, key: Key, *, name: str = "bleue", password: str = PASSWORD, **lies: Any):
    """Add a key from one's own page."""
    asked = post(client, "/mon-compte/cles/demander/").json()
    answer = key.registered(asked, **lies)
    return post(client, "/mon-compte/cles/ajouter/", name=name, password=password, key_answer=answer)


def ask(client: Client, path: str = "/connexion/cle/") -> dict[str, Any]:
    return post(client, path).json()


def sign_in_with(client: Client, answer: str, *, name: str = "lea", password: str = PASSWORD):
    return post(client, "/connexion/", username=name, password=password, key_answer=answer)
