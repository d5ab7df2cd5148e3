"""Who asks, as an assertion: read by pysaml2, its signature by minisignxml; neither had a part in making it."""

import datetime
from pathlib import Path

import pytest
import saml2.saml
import saml2.validate
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from minisignxml.errors import VerificationFailed
from minisignxml.verify import extract_verified_element

from kiosk.insi import assertion
from kiosk.insi.card import Card
from kiosk.insi.certificate import CertificateTroubleError
from kiosk.insi.envelope import Caller, Cover, Envelopes
from kiosk.insi.names import BY_TRAITS, DS, SAML
from tests.insi.professionals import CODE, DOCTOR, NURSE, PRACTICE, SECURITY, TestCard, certify

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
HOUR = datetime.timedelta(hours=1)
SOFTWARE = "urn:lps:kiosk:1.0"
CALLER = Caller("10B0152872", "TEST00000001", "kiosk", "1.0", "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a")
ZOE = {"NomNaissance": "ADRUN", "Prenom": ["ZOE"], "Sexe": "F", "DateNaissance": "1975-12-31"}


def sent(security: etree._Element) -> bytes:
    """The assertion as it stands in a whole request, cut out of the bytes that leave."""
    request = Envelopes().make(BY_TRAITS, ZOE, CALLER, Cover(), "2026-11-29T10:00:00Z", security)
    root = etree.fromstring(request.body)
    assert SECURITY.validate(root[0][0]), SECURITY.error_log
    start, end = request.body.index(b"<saml:Assertion"), request.body.index(b"</saml:Assertion>")
    return request.body[start:end] + b"</saml:Assertion>"


def read(text: bytes) -> saml2.saml.Assertion:
    """Have an independent library read it: by SAML's own schemas, then by its own rules."""
    from saml2.xml import schema  # made ready for seconds as it is imported: not while tests are collected

    schema.validate(text)
    found = saml2.saml.assertion_from_string(text)
    assert found is not None
    assert saml2.validate.valid_instance(found)
    return found


def attributes(found: saml2.saml.Assertion) -> dict[str, str]:
    return {one.name: one.attribute_value[0].text for one in found.attribute_statement[0].attribute}


def test_who_signed_in_is_said_as_an_independent_library_reads_it() -> None:
    until = NOW + datetime.timedelta(minutes=4)
    found = read(sent(assertion.unsigned(DOCTOR, PRACTICE, SOFTWARE, NOW, until)))
    assert found.signature is None
    assert found.issuer.text == SOFTWARE
    assert (found.subject.name_id.name_qualifier, found.subject.name_id.text) == ("PSC", DOCTOR.national_id)
    assert attributes(found) == {
        "identifiantFacturation": "750712184",
        "secteurActivite": "SA01",
        "gipProfessionCode": "10",
        "codeSpecialite": "03",
    }
    assert found.conditions.not_on_or_after == until.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_is_not_known_of_a_professional_is_not_said() -> None:
    found = read(sent(assertion.unsigned(assertion.Agent("899700000001"), PRACTICE, SOFTWARE, NOW, NOW + HOUR)))
    assert attributes(found) == {"identifiantFacturation": "750712184", "secteurActivite": "SA01"}


def test_a_card_signs_what_is_said_and_two_independent_libraries_agree(card: TestCard) -> None:
    security = Card(card.access()).vouch(NOW).security
    assert security is not None
    text = sent(security)
    found = read(text)
    assert found.issuer.format == "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
    assert found.issuer.text == card.loaded.subject.rfc4514_string()
    assert (found.subject.name_id.name_qualifier, found.subject.name_id.text) == ("CPS", NURSE.national_id)
    signed = found.signature.signed_info
    assert signed.signature_method.algorithm == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    assert signed.canonicalization_method.algorithm == "http://www.w3.org/2001/10/xml-exc-c14n#"
    assert [one.algorithm for one in signed.reference[0].transforms.transform] == [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    ]
    assert signed.reference[0].uri == f"#{found.id}"
    verified = extract_verified_element(xml=text, certificate=card.loaded)
    assert verified.tag == f"{{{SAML}}}Assertion"
    good = [datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")) for moment in _window(found)]
    assert good[0] <= NOW < good[1]
    assert good[1] - good[0] <= HOUR


def _window(found: saml2.saml.Assertion) -> tuple[str, str]:
    return found.conditions.not_before, found.conditions.not_on_or_after


def test_a_word_changed_after_the_card_signed_is_found(card: TestCard) -> None:
    security = Card(card.access()).vouch(NOW).security
    assert security is not None
    with pytest.raises(VerificationFailed):
        extract_verified_element(xml=sent(security).replace(b"750712184", b"920100013"), certificate=card.loaded)


def test_an_assertion_never_outlives_an_hour_whatever_the_token_says() -> None:
    security = assertion.unsigned(NURSE, PRACTICE, SOFTWARE, NOW, NOW + 10 * HOUR)
    starts, ends = (
        datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")) for moment in _window(read(sent(security)))
    )
    assert ends - starts == HOUR


def test_a_card_that_is_not_the_certificates_signs_nothing(card: TestCard, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    another, _ = certify(rsa.generate_private_key(65537, 2048), DOCTOR.national_id)
    (tmp_path / "other.pem").write_bytes(another.public_bytes(Encoding.PEM))
    swapped = Card(TestCard(tmp_path / "other.pem", card.authority, card.key, card.code).access())
    with pytest.raises(CertificateTroubleError) as trouble:
        swapped.vouch(NOW)
    assert trouble.value.code == "card"


@pytest.mark.parametrize("days", [-60, 60])
def test_an_expired_card_is_not_asked_to_sign(card: TestCard, days: int) -> None:
    with pytest.raises(CertificateTroubleError) as trouble:
        Card(card.access()).vouch(NOW + datetime.timedelta(days=days))
    assert trouble.value.code == "dates"


@pytest.mark.parametrize("missing", ["certificate", "code", "key"])
def test_a_card_that_is_not_there_is_said_without_its_code(card: TestCard, tmp_path: Path, missing: str) -> None:
    place = tmp_path / "nowhere"
    changed = TestCard(
        place if missing == "certificate" else card.certificate,
        card.authority,
        card.key.replace("auth", "another") if missing == "key" else card.key,
        place if missing == "code" else card.code,
    )
    with pytest.raises(CertificateTroubleError) as trouble:
        Card(changed.access()).vouch(NOW)
    assert trouble.value.code == ("file" if missing == "certificate" else "card")
    assert CODE not in trouble.value.what


def test_our_schema_takes_no_other_signature_and_no_other_attribute(card: TestCard) -> None:
    security = Card(card.access()).vouch(NOW).security
    assert security is not None
    assert SECURITY.validate(security)
    for change in (
        lambda root: root.find(f".//{{{DS}}}SignatureMethod").set("Algorithm", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        lambda root: root.find(f".//{{{SAML}}}Attribute").set("Name", "role"),
        lambda root: root.find(f".//{{{SAML}}}Attribute").set("Name", "secteurActivite"),  # twice
        lambda root: root.find(f".//{{{SAML}}}NameID").set("NameQualifier", "AMELI"),
        lambda root: root[0].remove(root.find(f".//{{{SAML}}}Conditions")),
        lambda root: root.remove(root[0]),
    ):  # fmt: skip
        spoilt = etree.fromstring(etree.tostring(security))
        change(spoilt)
        assert not SECURITY.validate(spoilt)
