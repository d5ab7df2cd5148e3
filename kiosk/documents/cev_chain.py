"""Who vouches for a seal's signer: the chain of authorities up to a root that the site trusts, and who was struck off.

The site keeps the authorities' certificates and their revocation lists (CRL) as files: a terminal asks nobody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_MOST_FILES = 500
_LARGEST = 4_000_000  # bytes; the lists of some authorities are long
_LONGEST_CHAIN = 5
_FROM_THE_FIRST_DAY = {
    x509.ReasonFlags.key_compromise,
    x509.ReasonFlags.ca_compromise,
}  # a thief writes any day he likes
# What a file is refused with that was cut, made to break its reader, or is of an algorithm that is not known here.
UNREADABLE = (OSError, ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Vouched:
    """From when to when all of a chain was valid, and from when one of it counts no more."""

    starts: date
    ends: date
    revoked: date | None


@dataclass(frozen=True, slots=True)
class Authorities:
    """The certificates a site trusts to vouch for signers, roots and those below them; the lists they signed."""

    certificates: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...] = ()

    def vouch_for(self, signer: x509.Certificate) -> Vouched | None:
        """What a chain from this signer to a root says; None when there is none."""
        chain = self._chain(signer, _LONGEST_CHAIN)
        if chain is None:
            return None
        struck = [day for one, issuer in pairwise(chain) for day in self._struck(one, issuer)]
        return Vouched(
            max(one.not_valid_before_utc.date() for one in chain),
            min(one.not_valid_after_utc.date() for one in chain),
            min(struck, default=None),
        )

    def without_list(self, today: date) -> int:
        """How many authorities have no revocation list here that is still good."""
        return sum(
            not any(
                one.next_update_utc is None or one.next_update_utc.date() >= today for one in self._lists_of(issuer)
            )
            for issuer in self.certificates
        )

    def _chain(self, below: x509.Certificate, most: int) -> list[x509.Certificate] | None:
        for issuer in self.certificates if most else ():
            if not _vouches(issuer, below):
                continue
            above = [issuer] if _vouches(issuer, issuer) else self._chain(issuer, most - 1)
            if above is not None:
                return [below, *above]
        return None

    def _struck(self, one: x509.Certificate, issuer: x509.Certificate) -> Iterator[date]:
        for each in self._lists_of(issuer):
            entry = each.get_revoked_certificate_by_serial_number(one.serial_number)
            if entry is not None:
                yield date.min if _reason(entry) in _FROM_THE_FIRST_DAY else entry.revocation_date_utc.date()

    def _lists_of(self, issuer: x509.Certificate) -> Iterator[x509.CertificateRevocationList]:
        for one in self.lists:
            if _is_signed(one, issuer):
                yield one


def _is_signed(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        key = issuer.public_key()
        if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
            return False
        return one.issuer == issuer.subject and one.is_signature_valid(key)
    except UNREADABLE:
        return False


def load(authorities: Path, revocations: Path | None) -> Authorities:
    """Read both folders; a file that is neither certificate nor list is left out, the others still count."""
    certificates = _all_in(authorities, x509.load_pem_x509_certificate, x509.load_der_x509_certificate)
    lists = _all_in(revocations, x509.load_pem_x509_crl, x509.load_der_x509_crl) if revocations else ()
    return Authorities(certificates, lists)


def _all_in(folder: Path, pem: Callable[[bytes], Read], der: Callable[[bytes], Read]) -> tuple[Read, ...]:
    found: list[Read] = []
    for path in sorted(folder.iterdir())[:_MOST_FILES] if folder.is_dir() else ():
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            data = path.read_bytes()
            found.append(pem(data) if data.lstrip().startswith(b"-----") else der(data))
        except UNREADABLE:
            continue
    return tuple(found)


def _vouches(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    """Whether the issuer is an authority and signed what is below it."""
    try:
        below.verify_directly_issued_by(issuer)
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except (*UNREADABLE, InvalidSignature, x509.ExtensionNotFound):
        return False
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return None
