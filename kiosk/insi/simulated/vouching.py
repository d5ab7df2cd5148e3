"""What a simulated INSi asks of who calls, in each of the three ways, as strictly as the public facts allow.

Its own reading of them: nothing here is shared with what makes the assertions.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from kiosk.insi.certificate import ALLOWED_NAMES, PRODUCTION_ISSUER, TEST_ISSUER
from kiosk.insi.names import DS, SAML, WSSE

Must = Callable[[bool, str, str], None]
LEVEL = ("desir_560", "Le niveau d'acces est insuffisant")
ASSERTION = "simu_assertion"
_FRESH = datetime.timedelta(minutes=5)
_HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the connection shows of who calls: the client certificate's names, the token beside the envelope."""

    common_name: str = ""
    structure: str = ""
    issuer: str = ""
    bearer: str = ""


class Doorkeeper(Protocol):
    """Lets in one way of calling; gives who is then the sender (Emetteur)."""

    wants_certificate: bool

    def admit(self, header: etree._Element, shown: Shown, must: Must) -> str:
        """Check who calls; ``must`` refuses."""
        ...


class OfCertificates:
    """The structure's certificate, and no professional."""

    wants_certificate = True

    def admit(self, header: etree._Element, shown: Shown, must: Must) -> str:
        """Name and issuer; no assertion, no token."""
        must(shown.common_name in ALLOWED_NAMES and shown.issuer in (PRODUCTION_ISSUER, TEST_ISSUER), *LEVEL)
        no_security = header.find(f"{{{WSSE}}}Security") is None and not shown.bearer
        must(no_security, "simu_security", "Security est inattendu avec un certificat")
        return shown.structure


class OfTokens:
    """Pro Santé Connect: the token is introspected, the unsigned assertion must say the same person."""

    wants_certificate = False

    def __init__(self, schema: etree.XMLSchema, introspect: Callable[[str], str]) -> None:
        self._schema = schema
        self._introspect = introspect  # the national identifier a good token belongs to; empty for any other

    def admit(self, header: etree._Element, shown: Shown, must: Must) -> str:
        """A good token, and an assertion that is the same person's."""
        holder = self._introspect(shown.bearer) if shown.bearer else ""
        must(bool(holder), "simu_jeton", "Jeton Pro Sante Connect absent, inconnu ou perime")
        assertion = assertion_in(header, self._schema, must)
        must(assertion.find(f"{{{DS}}}Signature") is None, ASSERTION, "Assertion PSC signee")
        check_said(assertion, "PSC", holder, must)
        said = attributes_of(assertion)
        is_told = said.get("gipProfessionCode") != "10" or {"codeSpecialite", "codeSpecialiteAMO"} & said.keys()
        must(bool(is_told), ASSERTION, "codeSpecialite obligatoire pour un medecin")
        return holder


def assertion_in(header: etree._Element, schema: etree.XMLSchema, must: Must) -> etree._Element:
    """The one assertion of a request, as the schema wants it."""
    security = header.findall(f"{{{WSSE}}}Security")
    must(len(security) == 1, "simu_security", "Security absent")
    must(schema.validate(security[0]) and len(security[0]) == 1, ASSERTION, "Assertion non conforme au schema")
    return security[0][0]


def part_of(element: etree._Element, path: str) -> etree._Element:
    """What the schema says is there."""
    return next(element.iterfind(path))


def attributes_of(assertion: etree._Element) -> dict[str, str]:
    """What it says, by name."""
    path = f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"
    return {one.get("Name") or "": one[0].text or "" for one in assertion.findall(path)}


def check_said(assertion: etree._Element, qualifier: str, holder: str, must: Must) -> None:
    """Who, from where, until when."""
    name = part_of(assertion, f"{{{SAML}}}Subject/{{{SAML}}}NameID")
    is_same = name.get("NameQualifier") == qualifier and name.text == holder
    must(is_same, ASSERTION, "NameID n'est pas celui qui appelle")
    conditions = part_of(assertion, f"{{{SAML}}}Conditions")
    starts, ends = _moment(conditions.get("NotBefore")), _moment(conditions.get("NotOnOrAfter"))
    issued, now = _moment(assertion.get("IssueInstant")), datetime.datetime.now(datetime.UTC)
    must(starts <= now < ends, ASSERTION, "Assertion perimee ou pas encore valable")
    must(ends - starts <= _HOUR, ASSERTION, "Assertion valable plus d'une heure")
    must(now - _HOUR < issued <= now + _FRESH, ASSERTION, "IssueInstant incorrect")
    said = attributes_of(assertion)
    must(_is_billing(said.get("identifiantFacturation", "")), ASSERTION, "identifiantFacturation incorrect")
    must(bool(said.get("secteurActivite")), ASSERTION, "secteurActivite absent")
    must(not {"codeSpecialite", "codeSpecialiteAMO"} <= said.keys(), ASSERTION, "deux specialites")


def _moment(text: str | None) -> datetime.datetime:
    return datetime.datetime.fromisoformat((text or "").replace("Z", "+00:00"))


def _is_billing(number: str) -> bool:
    """A FINESS (Corsica's letters as 1 and 2) or a SIRET, with Luhn's key."""
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{7}|[0-9]{14}", number, re.ASCII):
        return False
    digits = number.replace("A", "1").replace("B", "2")
    doubled = [str(int(one) * (1 + place % 2)) for place, one in enumerate(reversed(digits))]
    return sum(int(one) for one in "".join(doubled)) % 10 == 0
