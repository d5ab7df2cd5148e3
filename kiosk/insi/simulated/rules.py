"""What a simulated INSi accepts: as strict as the real one, by the documented faults where there are any."""

import re

from lxml import etree

from kiosk.core.identity.names import is_valid_birth_name, is_valid_given_name
from kiosk.core.identity.places import UNKNOWN_PLACE
from kiosk.insi.envelope import OUR_WSDL
from kiosk.insi.names import ACTIONS, BAM, BODIES, LPS, SOAP, WSA
from kiosk.insi.simulated.vouching import Doorkeeper, Must, OfCertificates, Shown

_MESSAGE_ID = re.compile(r"uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_SOFTWARE = re.compile(r"urn:lps:[^:]+:[^:]+", re.ASCII)


class RefusedError(Exception):
    """The request is refused with this fault. Codes ``simu_*`` are our own: the real ones are not public."""

    def __init__(self, code: str, text: str, message_id: str, subcode: str = "siram_100") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.message_id = message_id
        self.subcode = subcode


class Rules:
    """Checks one request after the other."""

    def __init__(self, idam: str, doorkeeper: Doorkeeper | None = None) -> None:
        self._idam = idam
        self._doorkeeper = doorkeeper or OfCertificates()
        here = OUR_WSDL.parent
        files = {
            f"{{{LPS}}}ContexteLPS": "contexte-lps.xsd",
            f"{{{BAM}}}ContexteBAM": "contexte-bam.xsd",
            BODIES["rechercherInsAvecCarteVitale"]: "recvitale.xsd",
            BODIES["rechercherInsAvecTraitsIdentite"]: "recsansvitale.xsd",
        }
        self._schemas = {tag: etree.XMLSchema(etree.parse(str(here / name))) for tag, name in files.items()}

    def accept(self, body: bytes, content_type: str, shown: Shown) -> tuple[str, str, etree._Element]:
        """Check everything; return operation, message id and the body's element, or raise RefusedError."""
        root = self._parse(body)
        message_id = (root.findtext(f"{{{SOAP}}}Header/{{{WSA}}}MessageID") or "").strip()

        def must(is_so: bool, code: str, text: str) -> None:
            if not is_so:
                raise RefusedError(code, text, message_id)

        header, soap_body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
        if header is None or soap_body is None or len(soap_body) != 1:
            raise RefusedError("simu_enveloppe", "Enveloppe incomplete", message_id)
        must(_MESSAGE_ID.fullmatch(message_id) is not None, "simu_message_id", "MessageID absent ou mal forme")
        caller = self._doorkeeper.admit(header, shown, must)
        element = soap_body[0]
        operation = {tag: name for name, tag in BODIES.items()}.get(str(element.tag), "")
        must(bool(operation), "simu_operation", "Operation inconnue")
        action = ACTIONS[operation]
        must(header.findtext(f"{{{WSA}}}Action") == action, "simu_action", "wsa:Action ne correspond pas")
        kind, _, rest = content_type.partition(";")
        is_soap = kind.strip().lower() == "application/soap+xml" and f'action="{action}"' in rest
        must(is_soap, "simu_content_type", "Content-Type incorrect")
        for name in (f"{{{LPS}}}ContexteLPS", f"{{{BAM}}}ContexteBAM"):
            contexts = header.findall(name)
            must(len(contexts) == 1 and self._schemas[name].validate(contexts[0]), "simu_contexte", "Contexte invalide")
            local = contexts[0].find(f"{{{etree.QName(name).namespace}}}Emetteur")
            sender = (local.text or "") if local is not None else ""
            must(sender in ("", caller), "simu_emetteur", "Emetteur different de qui appelle")
        self._check_software(header, must)
        sex = element.findtext(f"{{{etree.QName(element).namespace}}}Sexe")
        must(sex in (None, "F", "M"), "insi_24", "Le format du sexe est incorrect")
        must(self._schemas[str(element.tag)].validate(element), "simu_schema", "Requete non conforme au schema")
        self._check_words(element, must)
        return operation, message_id, element

    def _check_software(self, header: etree._Element, must: Must) -> None:
        lps = f"{{{LPS}}}"
        inside = f"{lps}ContexteLPS/{lps}LPS/{lps}"
        must(
            header.findtext(f"{inside}IDAM") == self._idam,
            "desir_550",
            "Le numero d'autorisation du logiciel est inconnu",
        )
        must(
            _UUID.fullmatch(header.findtext(f"{inside}Instance") or "") is not None,
            "simu_instance",
            "Instance n'est pas un UUID",
        )
        must(_SOFTWARE.fullmatch(header.findtext(f"{inside}Nom") or "") is not None, "simu_nom", "Nom du LPS incorrect")

    @staticmethod
    def _check_words(element: etree._Element, must: Must) -> None:
        for child in element:
            local, text = etree.QName(child).localname, child.text or ""
            if local == "NomNaissance":
                must(is_valid_birth_name(text), "simu_lexical", "NomNaissance : caracteres interdits")
            elif local == "Prenom":
                must(is_valid_given_name(text), "simu_lexical", "Prenom : caracteres interdits")
            elif local == "LieuNaissance":
                must(text != UNKNOWN_PLACE, "simu_lieu", "LieuNaissance : lieu inconnu")

    @staticmethod
    def _parse(body: bytes) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError as error:
            raise RefusedError("simu_xml", "XML illisible", "") from error
        if b"<!DOCTYPE" in body or root.tag != f"{{{SOAP}}}Envelope":
            raise RefusedError("simu_enveloppe", "Enveloppe SOAP 1.2 attendue", "")
        return root
