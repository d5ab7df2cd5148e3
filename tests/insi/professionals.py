"""Professionals who ask INSi in their own name, and what each of them needs: a token, a card. All fictitious."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from kiosk.insi.assertion import Agent
from kiosk.insi.config import CpxAccess, Practice
from kiosk.insi.envelope import OUR_WSDL
from tests.insi.softhsm import MODULE, PIN

NURSE = Agent("899700218896", profession="60")
DOCTOR = Agent("899700218904", profession="10", speciality="03")
PRACTICE = Practice("750712184", "SA01")
CODE = PIN
TOKEN = "jeton-d-essai.abc.def"
SECURITY = etree.XMLSchema(etree.parse(str(OUR_WSDL.parent / "security.xsd")))


@dataclass(frozen=True)
class TestCard:
    """A card of the tests: what the site has of it as files, and where its key is."""

    __test__ = False

    certificate: Path
    authority: x509.Certificate
    key: str
    code: Path

    @property
    def loaded(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def access(self, endpoint: str = "https://localhost/lps", **changes: object) -> CpxAccess:
        return CpxAccess(endpoint, PRACTICE, self.certificate, self.key, self.code, **changes)


def certify(
    key: rsa.RSAPrivateKey, holder: str, days: int = 30, starts: datetime.datetime | None = None
) -> tuple[x509.Certificate, x509.Certificate]:
    """A card's certificate, and the authority that made it."""
    starts = starts or datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    signer = rsa.generate_private_key(65537, 2048)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST AC IGC-SANTE STANDARD PROFESSIONNELS")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.TITLE, "Infirmier"),
            x509.NameAttribute(NameOID.COMMON_NAME, holder),
        ]
    )
    made = []
    for name, public in ((subject, key.public_key()), (issuer, signer.public_key())):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(starts)
        builder = builder.not_valid_after(starts + datetime.timedelta(days=days))
        made.append(builder.sign(signer, hashes.SHA256()))
    return made[0], made[1]


def made_in(directory: Path, holder: str = NURSE.national_id) -> tuple[TestCard, Path]:
    """A card, and its key's file, which is for the token alone."""
    key = rsa.generate_private_key(65537, 2048)
    certificate, authority = certify(key, holder)
    (directory / "card.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (directory / "code").write_text(f"{CODE}\n")
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(key.private_bytes(*plain))
    uri = f"pkcs11:token=cpx;object=auth;type=private?module-path={MODULE}"
    return TestCard(directory / "card.pem", authority, uri, directory / "code"), directory / "key.pem"
