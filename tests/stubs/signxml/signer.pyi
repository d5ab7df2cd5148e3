from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from . import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod

class XMLSigner:
    def __init__(
        self,
        method: SignatureConstructionMethod,
        signature_algorithm: SignatureMethod,
        c14n_algorithm: CanonicalizationMethod,
    ) -> None: ...
    def sign(
        self,
        data: etree._Element,
        *,
        key: rsa.RSAPrivateKey,
        cert: list[x509.Certificate],
        reference_uri: str | None,
        id_attribute: str,
    ) -> etree._Element: ...
