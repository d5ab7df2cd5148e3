"""Whether a file holds what a server's certificate can be checked against: INSi's, or the console's."""

from enum import Enum, auto

from cryptography import x509


class Holds(Enum):
    """What there is in the file."""

    AUTHORITY = auto()  # an authority's certificate, or a server's own that nobody else signed
    OTHERS = auto()  # certificates that vouch for none
    NOTHING = auto()


def held_in(pem: bytes) -> Holds:
    """Look at the certificates of a PEM file."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        return Holds.NOTHING
    return Holds.AUTHORITY if any(map(_vouches, found)) else Holds.OTHERS


def _vouches(certificate: x509.Certificate) -> bool:
    if certificate.issuer == certificate.subject:
        return True
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
