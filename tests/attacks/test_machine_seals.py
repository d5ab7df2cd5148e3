"""Who puts a certificate of their own among those a site trusts, or holds a stolen key, makes no genuine seal."""

import os
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk import doctor, wiring
from kiosk.core.sources.document import SealVerdict
from kiosk.doctor import Level
from kiosk.documents import cev_chain
from kiosk.documents.cev import Seal, check, parse
from kiosk.documents.cev_trust import load_signers, verify
from kiosk.settings import Settings
from kiosk.training import seal as specimen
from kiosk.training.holder import SpecimenPerson
from tests.specimens.seal import write_certificate

PERSON = SpecimenPerson("ADRUN", ("ZOE", "LEA"), "1975-12-31", "F")
SIGNED = date(2023, 5, 2)
_P256, _NO_CURVE = (bytes.fromhex(f"06082a8648ce3d0301{last}") for last in ("07", "7f"))
LONG_AGO, LATER, LAST = date(2015, 1, 1), date(2024, 3, 8), date(2035, 1, 1)


@dataclass(frozen=True)
class Authority:
    """One that signs certificates and lists; a root signs its own."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    name: str, key: ec.EllipticCurvePublicKey, by: str, by_key: ec.EllipticCurvePrivateKey, *, ca: bool,
    starts: date = LONG_AGO, ends: date = LAST, serial: int = 7,
) -> x509.Certificate:  # fmt: skip
    return (
        x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(by)).public_key(key)
        .serial_number(serial).not_valid_before(at(starts)).not_valid_after(at(ends))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by_key, hashes.SHA256())
    )  # fmt: skip


def authority(name: str, above: Authority | None = None, *, ca: bool = True, ends: date = LAST) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    by, by_key = (above.name, above.key) if above else (name, key)
    return Authority(name, key, certificate(name, key.public_key(), by, by_key, ca=ca, ends=ends))


def struck(by: Authority, on: date, reason: x509.ReasonFlags, until: date = LAST) -> x509.CertificateRevocationList:
    entry = x509.RevokedCertificateBuilder().serial_number(7).revocation_date(at(on))
    entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    about = x509.CertificateRevocationListBuilder().issuer_name(named(by.name))
    about = about.last_update(at(LONG_AGO)).next_update(at(until)).add_revoked_certificate(entry.build())
    return about.sign(by.key, hashes.SHA256())


class Site:
    """The three folders of a terminal."""

    def __init__(self, folder: Path) -> None:
        self.signers, self.authorities, self.lists = (folder / name for name in ("signers", "authorities", "lists"))
        for one in (self.signers, self.authorities, self.lists):
            one.mkdir()

    def trusts(self, *some: Authority) -> None:
        for one in some:
            data = one.certificate.public_bytes(serialization.Encoding.PEM)
            (self.authorities / f"{one.name}.pem").write_bytes(data)

    def has_signer(self, by: Authority, ends: date = LATER) -> None:
        signer = certificate(
            "0001", specimen.test_key().public_key(), by.name, by.key, ca=False, starts=date(2021, 3, 8), ends=ends
        )
        (self.signers / "FRZZ-0001.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))

    def has_list(self, one: x509.CertificateRevocationList) -> None:
        (self.lists / "list.crl").write_bytes(one.public_bytes(serialization.Encoding.DER))

    def verdict(self, **more: object) -> SealVerdict:
        seal = parse(specimen.seal_text(PERSON, "X4RTBPFW4", **more))
        assert isinstance(seal, Seal)
        return check(seal, load_signers(self.signers, cev_chain.load(self.authorities, self.lists)), verify)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def root() -> Authority:
    return authority("root")


def test_a_signer_counts_by_the_chain_that_leads_to_a_root_the_site_trusts(site: Site, root: Authority) -> None:
    middle = authority("middle", root)
    site.trusts(root, middle)
    site.has_signer(middle)
    assert site.verdict(signed=SIGNED) is SealVerdict.GENUINE


def test_a_certificate_that_somebody_made_is_of_an_unknown_signer(site: Site, root: Authority) -> None:
    site.trusts(root)
    write_certificate(site.signers, date(2021, 3, 8), LATER)
    site.has_signer(authority("root"))  # the right name, another key
    assert site.verdict(signed=SIGNED) is not SealVerdict.GENUINE
    forger = authority("forger", root, ca=False)  # has a certificate of the root's, and is no authority
    site.trusts(forger)
    site.has_signer(forger)
    assert site.verdict(signed=SIGNED) is not SealVerdict.GENUINE
    orphan = authority("orphan", authority("elsewhere"))  # among the authorities, under a root that is not
    site.trusts(orphan)
    site.has_signer(orphan)
    assert site.verdict(signed=SIGNED) is not SealVerdict.GENUINE


def test_a_chain_is_as_good_as_its_shortest_time(site: Site, root: Authority) -> None:
    middle = authority("middle", root, ends=date(2023, 1, 1))
    site.trusts(root, middle)
    site.has_signer(middle)
    assert site.verdict(signed=SIGNED) is SealVerdict.SIGNER_EXPIRED
    assert site.verdict(signed=date(2022, 6, 1)) is SealVerdict.GENUINE


def test_whose_signer_was_struck_off_signs_nothing_from_that_day_on(site: Site, root: Authority) -> None:
    site.trusts(root)
    site.has_signer(root)
    site.has_list(struck(root, date(2023, 1, 1), x509.ReasonFlags.cessation_of_operation))
    assert site.verdict(signed=SIGNED) is SealVerdict.SIGNER_EXPIRED
    assert site.verdict(signed=date(2022, 6, 1)) is SealVerdict.GENUINE


def test_whose_key_was_stolen_never_signed_anything(site: Site, root: Authority) -> None:
    """The thief writes the day he likes."""
    site.trusts(root)
    site.has_signer(root)
    site.has_list(struck(root, date(2024, 1, 1), x509.ReasonFlags.key_compromise))
    assert site.verdict(signed=date(2022, 6, 1)) is SealVerdict.SIGNER_EXPIRED


def test_a_list_that_its_authority_did_not_sign_strikes_nobody_off(site: Site, root: Authority) -> None:
    site.trusts(root)
    site.has_signer(root)
    site.has_list(struck(authority("root"), date(2022, 1, 1), x509.ReasonFlags.key_compromise))
    assert site.verdict(signed=SIGNED) is SealVerdict.GENUINE


def test_files_made_to_break_their_reader_keep_no_seal_from_being_verified(site: Site, root: Authority) -> None:
    """A list that was cut on its way or made by who is on it, an authority of an algorithm not known here, a pipe."""
    site.trusts(root)
    site.has_signer(root)
    good = struck(root, LATER, x509.ReasonFlags.superseded).public_bytes(serialization.Encoding.DER)
    known = root.certificate.public_bytes(serialization.Encoding.DER)
    chance, readable = random.Random(17), 0
    for number in range(60):
        (site.lists / f"{number}.crl").write_bytes(_spoilt(good, chance))
        (site.authorities / f"{number}.cer").write_bytes(_spoilt(known, chance))
        readable += site.verdict(signed=SIGNED) is SealVerdict.GENUINE
    assert readable == 60
    unknown = known.replace(_P256, _NO_CURVE)
    assert unknown != known
    (site.authorities / "0.cer").write_bytes(unknown)
    (site.signers / "FRZZ-0002.cer").write_bytes(unknown)
    os.mkfifo(site.signers / "FRZZ-0003.pem")
    assert site.verdict(signed=SIGNED) is SealVerdict.GENUINE
    assert cev_chain.load(site.authorities, site.lists).without_list(LATER) > 0


def _spoilt(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def test_in_production_nobody_is_believed_for_whom_nobody_vouches(site: Site, root: Authority) -> None:
    write_certificate(site.signers, date(2021, 3, 8), LATER)
    assert wiring._seals(settings(site, None)) == ["", "", ""]
    assert wiring._seals(settings(site, site.authorities)) == [
        str(site.signers),
        str(site.authorities),
        str(site.lists),
    ]
    (said,) = doctor._seals(settings(site, None))
    assert (said.level, "seal_authorities" in said.todo) == (Level.WARNING, True)


def test_the_doctor_misses_a_list_that_is_too_old(site: Site, root: Authority) -> None:
    site.trusts(root)
    site.has_signer(root)
    site.has_list(struck(root, date(2023, 1, 1), x509.ReasonFlags.unspecified, until=date(2024, 1, 1)))
    (said,) = doctor._seals(settings(site, site.authorities))
    assert (said.level, "révocation" in said.what) == (Level.WARNING, True)
    site.has_list(struck(root, date(2023, 1, 1), x509.ReasonFlags.unspecified))
    assert doctor._seals(settings(site, site.authorities))[0].level is Level.OK


def settings(site: Site, authorities: Path | None) -> Settings:
    camera = SimpleNamespace(seal_certificates=site.signers, seal_authorities=authorities, seal_revocations=site.lists)
    return cast(Settings, SimpleNamespace(mode="production", camera=camera))
