"""Verification (vérification d'INS): is this matricule with these traits still right?

Built on the search by traits, behind an interface of its own: the contract of the official operation is not public. A
site that holds it plugs its own ``Verifier`` in; nothing else changes. By search one identity is verified at a time:
many would be retrieval in bulk, which is not permitted (insi-interface 6).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk import journal, plug_ins
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral, InsUnreachable
from kiosk.insi.config import InsiConfig

PLUG_INS = "kiosk.verifiers"  # entry points: each makes a Verifier of an InsiConfig


class VerificationVerdict(StrEnum):
    """What became of a stored identity."""

    CONFIRMED = "confirmed"
    DIFFERENT = "different"  # the service knows the person otherwise: ``differences`` names how
    NOT_FOUND = "not-found"
    SEVERAL = "several"  # not verified either: INSi does not say which, and nothing failed
    NOT_VERIFIED = "not-verified"  # nothing is known: refused, unreachable, certificate trouble


@dataclass(frozen=True, slots=True, repr=False)
class StoredIdentity(Confidential):
    """What a structure keeps of one qualified identity."""

    matricule: Matricule
    traits: Traits  # the reference traits, as INSi gave them


@dataclass(frozen=True, slots=True, repr=False)
class Verification(Confidential):
    """One verification: its verdict, the names of what differs, and the answer it rests on."""

    verdict: VerificationVerdict
    differences: tuple[str, ...]  # "matricule", "matricule-replaced", "oid", "birth-name", "given-names", …
    answer: InsAnswer


class Verifier(Protocol):
    """Someone who can tell whether a stored identity is still right."""

    def verify(self, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verification:
        """Verify one identity within this many seconds. What confirms rests on an InsFound of the same identity."""


class NoVerifierError(Exception):
    """No plug-in of this name is installed; the message says which key names it."""


def plugged_in(name: str, config: InsiConfig) -> Verifier:
    """Make the verifier that a site plugs in (entry point group ``kiosk.verifiers``), by its name."""
    make = plug_ins.called(PLUG_INS, name)
    if make is None:
        raise NoVerifierError(
            f"insi.verifier: aucune vérification ne s'appelle {name} : installez son greffon, ou retirez la clé"
        )
    verifier: Verifier = make(config)
    return verifier


class PlugInBrokeError(Exception):
    """The plug-in, or what it said, is not as its contract has it."""


def verified_by(verifier: Verifier, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verification:
    """Have one identity verified. A plug-in that throws, or breaks its contract, has said nothing."""
    try:
        said = _said_by(verifier, stored, deadline, caller)
    except PlugInBrokeError as trouble:
        journal.record_bug(trouble.__cause__ or trouble)
        return Verification(VerificationVerdict.NOT_VERIFIED, (), InsUnreachable("nonsense"))
    if said.verdict is not VerificationVerdict.CONFIRMED:
        return said
    if not isinstance(said.answer, InsFound):
        return Verification(VerificationVerdict.NOT_VERIFIED, (), said.answer)
    differences = compare(stored, said.answer)
    return Verification(VerificationVerdict.DIFFERENT, differences, said.answer) if differences else said


def _said_by(verifier: Verifier, stored: StoredIdentity, deadline: float, caller: str) -> Verification:
    """Whatever a site plugs in may throw, or say anything: who asked goes on. PlugInBrokeError."""
    try:
        said = verifier.verify(stored, deadline, caller=caller)
        parts = ((said.verdict, VerificationVerdict), (said.differences, tuple), (said.answer, InsAnswer))
    except Exception as trouble:
        raise PlugInBrokeError from trouble
    if not all(isinstance(part, kind) for part, kind in parts):
        raise PlugInBrokeError
    return said


class VerifyBySearch:
    """Verifies by searching the stored reference traits and comparing what comes back."""

    def __init__(self, find_by_traits: Callable[..., InsAnswer]) -> None:
        self._find_by_traits = find_by_traits  # InsiClient.find_by_traits

    def verify(self, stored: StoredIdentity, deadline: float, *, caller: str = "kiosk") -> Verification:
        """Search the stored traits; compare matricule, OID and traits with what is stored."""
        answer = self._find_by_traits(stored.traits, deadline, caller=caller)
        match answer:
            case InsFound():
                differences = compare(stored, answer)
                verdict = VerificationVerdict.DIFFERENT if differences else VerificationVerdict.CONFIRMED
                return Verification(verdict, differences, answer)
            case InsNotFound():
                return Verification(VerificationVerdict.NOT_FOUND, (), answer)
            case InsSeveral():
                return Verification(VerificationVerdict.SEVERAL, (), answer)
        return Verification(VerificationVerdict.NOT_VERIFIED, (), answer)


def compare(stored: StoredIdentity, found: InsFound) -> tuple[str, ...]:
    """Name everything in which the service's answer is not what is stored."""
    ours, theirs = stored.traits, found.traits
    differences = []
    if stored.matricule.number != found.matricule.number:
        replaced = any(past.matricule.number == stored.matricule.number for past in found.history)
        differences.append("matricule-replaced" if replaced else "matricule")
    elif stored.matricule.key and found.matricule.key and stored.matricule.key != found.matricule.key:
        differences.append("key")
    if stored.matricule.oid != found.matricule.oid:
        differences.append("oid")
    if ours.birth_name != theirs.birth_name:
        differences.append("birth-name")
    if (ours.given_names_text or " ".join(ours.given_names)) != theirs.given_names_text:
        differences.append("given-names")
    if ours.birth_date != theirs.birth_date:
        differences.append("birth-date")
    if ours.sex != theirs.sex:
        differences.append("sex")
    if ours.birth_place_code != theirs.birth_place_code:
        differences.append("birth-place")
    return tuple(differences)
