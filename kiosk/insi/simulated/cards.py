"""The simulated host of cards: lets in who shows an assertion that a card it knows has signed."""

import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature as NotIssuedBy
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import InvalidInput, InvalidSignature, SignatureConfiguration, SignatureMethod
from signxml.verifier import XMLVerifier

from kiosk.insi.names import DS, SAML
from kiosk.insi.simulated.vouching import (
    ASSERTION,
    LEVEL,
    Must,
    Shown,
    assertion_in,
    attributes_of,
    check_said,
    part_of,
)


class OfCards:
    """CPx: the card's signature over the assertion proves who calls; no certificate of a structure."""

    wants_certificate = False

    def __init__(self, schema: etree.XMLSchema, authorities: tuple[x509.Certificate, ...]) -> None:
        self._schema = schema
        self._authorities = authorities

    def admit(self, header: etree._Element, shown: Shown, must: Must) -> str:
        """A signature of a card that one of our authorities made, over all of what is said."""
        must(not shown.common_name and not shown.bearer, "simu_security", "Ni certificat ni jeton avec une carte")
        assertion = assertion_in(header, self._schema, must)
        certificate = _certificate(assertion)
        if certificate is None:
            must(False, "simu_signature", "Assertion sans signature de carte")
            return ""
        must(self._is_ours(certificate), *LEVEL)
        must(_is_signed(assertion, certificate), "simu_signature", "Signature de l'assertion incorrecte")
        issuer = part_of(assertion, f"{{{SAML}}}Issuer")
        is_named = (issuer.get("Format") or "").endswith(":X509SubjectName")
        is_named = is_named and issuer.text == certificate.subject.rfc4514_string()
        must(is_named, ASSERTION, "Issuer n'est pas le sujet du certificat")
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        holder = str(names[0].value) if names else ""
        check_said(assertion, "CPS", holder, must)
        must("gipProfessionCode" not in attributes_of(assertion), ASSERTION, "gipProfessionCode est celui de PSC")
        return holder

    def _is_ours(self, certificate: x509.Certificate) -> bool:
        now = datetime.datetime.now(datetime.UTC)
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            return False
        for authority in self._authorities:
            try:
                certificate.verify_directly_issued_by(authority)
            except (ValueError, TypeError, NotIssuedBy):
                continue
            return True
        return False


def _certificate(assertion: etree._Element) -> x509.Certificate | None:
    path = f"{{{DS}}}Signature/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"
    body = "".join((assertion.findtext(path) or "").split())
    try:
        return x509.load_pem_x509_certificate(
            f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----".encode()
        )
    except ValueError:
        return None


def _is_signed(assertion: etree._Element, certificate: x509.Certificate) -> bool:
    only = SignatureConfiguration(
        signature_methods=frozenset({SignatureMethod.RSA_SHA256}), location="./", expect_references=1
    )
    try:
        seen = XMLVerifier().verify(
            etree.tostring(assertion), x509_cert=certificate, expect_config=only, id_attribute="ID"
        )
    except (InvalidSignature, InvalidInput):
        return False
    return seen.signed_xml is not None and seen.signed_xml.get("ID") == assertion.get("ID")
