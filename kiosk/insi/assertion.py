"""Who asks INSi, when it is a professional: a SAML 2.0 assertion (guide SEL-MP-043), unsigned or signed by a card.

With Pro Santé Connect the token beside the envelope proves who asks, and the assertion only says it. With a card the
signature is the proof. Neither says anything of the patient.
"""

import datetime
import uuid
from dataclasses import dataclass

from lxml import etree

from kiosk.core.confidential import Confidential
from kiosk.insi.config import Practice
from kiosk.insi.names import SAML, WSSE

LONGEST = datetime.timedelta(hours=1)  # an assertion is good no longer
CLOCKS_APART = datetime.timedelta(minutes=2)  # how far the service's clock may be behind ours
DOCTOR = "10"  # of the professions (TRE_G15): doctors alone must say a speciality


@dataclass(frozen=True, slots=True, repr=False)
class Agent(Confidential):
    """A professional as INSi must know them."""

    national_id: str
    profession: str = ""  # gipProfessionCode
    speciality: str = ""  # codeSpecialite, as the health insurance numbers them


def unsigned(
    agent: Agent, practice: Practice, issuer: str, now: datetime.datetime, until: datetime.datetime
) -> etree._Element:
    """What is said of who signed in with Pro Santé Connect, good no longer than their token."""
    return security_of(plain(agent, "PSC", practice, (issuer, ""), (now, min(until, now + LONGEST - CLOCKS_APART))))


def plain(
    agent: Agent,
    qualifier: str,
    practice: Practice,
    issuer: tuple[str, str],
    good: tuple[datetime.datetime, datetime.datetime],
) -> etree._Element:
    """The assertion itself; ``issuer`` is who says it, and how that name is written (empty: as one likes)."""
    (name_of_issuer, issuer_format), (now, until) = issuer, good
    assertion = etree.Element(f"{{{SAML}}}Assertion", nsmap={"saml": SAML})
    assertion.set("ID", f"_{uuid.uuid4()}")
    assertion.set("IssueInstant", _stamp(now))
    assertion.set("Version", "2.0")
    said = _inside(assertion, "Issuer", name_of_issuer)
    if issuer_format:
        said.set("Format", issuer_format)
    _inside(_inside(assertion, "Subject"), "NameID", agent.national_id).set("NameQualifier", qualifier)
    conditions = _inside(assertion, "Conditions")
    conditions.set("NotBefore", _stamp(now - CLOCKS_APART))
    conditions.set("NotOnOrAfter", _stamp(until))
    statement = _inside(assertion, "AttributeStatement")
    for name, value in (
        ("identifiantFacturation", practice.billing),
        ("secteurActivite", practice.sector),
        ("gipProfessionCode", agent.profession),
        (practice.speciality_attribute, agent.speciality),
    ):
        if value:
            attribute = _inside(statement, "Attribute")
            attribute.set("Name", name)
            _inside(attribute, "AttributeValue", value)
    return assertion


def security_of(assertion: etree._Element) -> etree._Element:
    """The header an assertion stands in (wsse:Security)."""
    security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    security.append(assertion)
    return security


def _inside(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, f"{{{SAML}}}{name}")
    child.text = text or None
    return child


def _stamp(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
