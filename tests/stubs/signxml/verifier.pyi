from cryptography import x509
from lxml import etree

from . import SignatureConfiguration

class VerifyResult:
    signed_xml: etree._Element | None

class XMLVerifier:
    def verify(
        self, data: bytes, *, x509_cert: x509.Certificate, expect_config: SignatureConfiguration, id_attribute: str
    ) -> VerifyResult: ...
