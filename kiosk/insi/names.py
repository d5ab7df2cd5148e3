"""The XML names of INSi's world, as ``{namespace}local``."""

from kiosk.core.sources import insi

SOAP = "http://www.w3.org/2003/05/soap-envelope"
VITALE = "http://www.cnamts.fr/INSiRecVit"
TRAITS = "http://www.cnamts.fr/INSiRecSans"
RESULT = "http://www.cnamts.fr/INSiResultat"
BAM = "urn:siram:bam:ctxbam"
LPS = "urn:siram:lps:ctxlps"
SIRAM = "urn:siram"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
SIMULATOR = "urn:kiosk:simulateur"  # ours: a simulator's answers say what they are
SIMULATOR_HEADER = "X-Simulateur"  # the same, as an HTTP header

BY_CARD = insi.BY_CARD
BY_TRAITS = "rechercherInsAvecTraitsIdentite"
ACTIONS = {name: f"urn:ServiceIdentiteCertifiee:1.0.0:{name}" for name in (BY_CARD, BY_TRAITS)}
BODIES = {BY_CARD: f"{{{VITALE}}}RECVITALE", BY_TRAITS: f"{{{TRAITS}}}RECSANSVITALE"}
