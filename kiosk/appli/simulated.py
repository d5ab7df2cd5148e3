"""A simulated issuer and its verifier: fictitious people, keys of our own. Demonstration and tests only.

An attestation is two lines: what is said, JSON; and its Ed25519 signature, base64.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.appli.verifier import AppliVerifier, NoVerifierError
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.appli import MOST_PEOPLE, AppliPerson
from kiosk.core.status.attestation import Attested
from kiosk.sealing import BadKey, KioskKey, SigningKey, load_verifier, sign, verify

VALID_FOR = timedelta(minutes=10)


def attestation(
    people: Sequence[AppliPerson],
    made_at: datetime,
    audience: str,
    key: SigningKey,
    *,
    valid_for: timedelta = VALID_FOR,
) -> bytes:
    """What a simulated phone shows: who is on it, for this structure, signed."""
    said = {
        "people": [_written(person) for person in people],
        "made_at": made_at.isoformat(),
        "valid_until": (made_at + valid_for).isoformat(),
        "audience": audience,
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    return body + b"\n" + base64.b64encode(sign(body, key))


class SimulatedVerifier(AppliVerifier):
    """Knows the issuers whose public keys (PEM) stand in one folder."""

    def __init__(self, issuers: Path) -> None:
        try:
            self._keys: list[KioskKey] = [load_verifier(path.read_bytes()) for path in sorted(issuers.glob("*.pem"))]
        except (OSError, BadKey) as trouble:
            raise NoVerifierError(
                f"appli.issuers: une clé de {issuers} n'est pas lisible : copiez-la de nouveau"
            ) from trouble
        if not self._keys:
            raise NoVerifierError(
                f"appli.issuers: {issuers} ne contient aucune clé (.pem) : copiez-y celles des émetteurs"
            )

    def attested(self, attestation: bytes) -> Attested | None:
        """What the attestation says; None unless one of the issuers signed it."""
        body, _, written = attestation.rpartition(b"\n")
        try:
            signature = base64.b64decode(written, validate=True)
        except binascii.Error:
            return None
        if not any(verify(body, signature, key) for key in self._keys):
            return None
        try:
            return _read(json.loads(body))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


def _written(person: AppliPerson) -> dict[str, object]:
    traits = person.traits
    return {
        "birth_name": traits.birth_name,
        "given_names": list(traits.given_names),
        "birth_date": traits.birth_date.text if traits.birth_date is not None else "",
        "sex": traits.sex.value if traits.sex is not None else "",
        "birth_place": traits.birth_place_code,
        "birth_rank": person.birth_rank,
        "number": person.matricule.number,
        "key": person.matricule.key,
        "oid": person.matricule.oid,
    }


def _read(said: dict[str, object]) -> Attested:
    people = said["people"]
    if not isinstance(people, list) or not 0 < len(people) <= MOST_PEOPLE:
        raise ValueError("nobody, or too many")
    made_at, until = (datetime.fromisoformat(str(said[name])) for name in ("made_at", "valid_until"))
    if made_at.tzinfo is None or until.tzinfo is None:
        raise ValueError("a moment has an offset")
    return Attested(tuple(map(_person, people)), made_at, until, str(said["audience"]), is_simulated=True)


def _person(said: dict[str, object]) -> AppliPerson:
    names = said["given_names"]
    if not isinstance(names, list):
        raise TypeError("a list of given names")
    birth_date, sex = str(said["birth_date"]), str(said["sex"])
    traits = Traits(
        source=Source.APPLI,
        birth_name=str(said["birth_name"]),
        given_names=tuple(map(str, names)),
        birth_date=BirthDate(birth_date) if birth_date else None,
        sex=Sex(sex) if sex else None,
        birth_place_code=str(said["birth_place"]),
    )
    matricule = Matricule(str(said["number"]), str(said["key"]), str(said["oid"]))
    return AppliPerson(traits, matricule, str(said["birth_rank"]))
