"""INSi asked with a professional's own card (CPS, CPE), whose key signs who asks.

The one place that knows the library of XML signatures; only a console whose settings name a card loads it.
"""

import datetime
import ssl
from gettext import gettext as _
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from kiosk import pkcs11
from kiosk.insi.assertion import CLOCKS_APART, LONGEST, Agent, plain, security_of
from kiosk.insi.certificate import CertificateTroubleError, one_certificate, server_context
from kiosk.insi.config import CpxAccess, InsiConfig, Practice
from kiosk.insi.names import DS
from kiosk.insi.token_key import TokenKey
from kiosk.insi.ways import Voucher

X509_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"


class Card:
    """One card reader's card (CPS, CPE): who it belongs to, and a key that signs. Kept as long as the process."""

    def __init__(self, access: CpxAccess) -> None:
        self.access = access
        self._key = TokenKey(access.key, access.password_file, self.certificate)

    def certificate(self) -> x509.Certificate:
        """The card's certificate, from the file the site made of it. CertificateTroubleError."""
        return one_certificate(self.access.certificate)

    def holder(self) -> str:
        """The national identifier of who it belongs to (the subject's CN). CertificateTroubleError."""
        names = self.certificate().subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else ""

    def vouch(self, now: datetime.datetime, /) -> Voucher:
        """Have the card sign who asks. CertificateTroubleError."""
        certificate = self.certificate()
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            raise CertificateTroubleError("dates", _("le certificat de la carte n'est pas valable aujourd'hui"))
        agent = Agent(self.holder(), speciality=self.access.speciality)
        try:
            return Voucher(_signed(agent, self.access.practice, certificate, self._key, now))
        except pkcs11.TokenTroubleError as trouble:
            raise CertificateTroubleError("pin" if trouble.pin_refused else "card", str(trouble)) from trouble


class ByCard:
    """In the name of a card's holder: the assertion is signed, the connection shows no certificate; another host.

    For one question: what the card signed once serves all the question's calls.
    """

    def __init__(self, config: InsiConfig, card: Card) -> None:
        self._config = config
        self._card = card
        self._vouched: Voucher | None = None

    @property
    def endpoint(self) -> str:
        """The cards' host."""
        return self._card.access.endpoint

    def files(self) -> list[Path]:
        """The authorities, and the card's certificate."""
        return [self._config.ca, self._card.access.certificate]

    def open(self) -> tuple[ssl.SSLContext, str]:
        """Only the server shows a certificate; the holder sends."""
        return server_context(self._config), self._card.holder()

    def vouch(self, now: datetime.datetime, /) -> Voucher:
        """The card signs, once."""
        if self._vouched is None:
            self._vouched = self._card.vouch(now)
        return self._vouched


def _signed(
    agent: Agent, practice: Practice, certificate: x509.Certificate, key: TokenKey, now: datetime.datetime
) -> etree._Element:
    """What a card says of its holder: rsa-sha256, exclusive canonicalisation, enveloped; its code may be refused."""
    issuer = certificate.subject.rfc4514_string()
    said = plain(agent, "CPS", practice, (issuer, X509_NAME), (now, now + LONGEST - CLOCKS_APART))
    said.insert(1, etree.Element(f"{{{DS}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DS}))
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    sealed = signer.sign(
        said, key=cast(rsa.RSAPrivateKey, key), cert=[certificate], reference_uri=said.get("ID"), id_attribute="ID"
    )
    return security_of(sealed)
