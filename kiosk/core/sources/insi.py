"""What INSi answered, as values: an answer, a refusal and a silence are never confused (ins-rules 3.3)."""

from dataclasses import dataclass, field

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Source, Traits

BY_CARD = "rechercherInsAvecCarteVitale"  # the operation that asks with a card's number, rank and birth date


@dataclass(frozen=True, slots=True, repr=False)
class Exchange(Confidential):
    """One call, byte for byte, for the trace (GI3 EXI REC 07)."""

    operation: str
    message_id: str
    started_at: str  # ISO 8601, UTC
    duration_ms: int
    code: str  # CodeCR, fault code, or what went wrong
    request: bytes
    response: bytes


@dataclass(frozen=True, slots=True, repr=False)
class PastMatricule(Confidential):
    """An earlier matricule (INSHISTO), kept as returned (GI3 EXI REC 08)."""

    matricule: Matricule
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class InsFound(Confidential):
    """CodeCR 00: one identity. An appli carte Vitale's verified attestation brings one too, and INSi is not asked."""

    matricule: Matricule
    traits: Traits
    history: tuple[PastMatricule, ...] = ()
    flags: tuple[str, ...] = ()  # oddities for staff: "bad-key", "found-by-secondary-name", …
    exchanges: tuple[Exchange, ...] = field(default=())

    @property
    def is_attested(self) -> bool:
        """An appli carte Vitale says so, not INSi."""
        return self.traits.source is Source.APPLI


@dataclass(frozen=True, slots=True, repr=False)
class InsNotFound(Confidential):
    """CodeCR 01: no identity found."""

    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class InsSeveral(Confidential):
    """CodeCR 02: several identities found; INSi names none."""

    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class InsRefused(Confidential):
    """A fault or an unknown code: nothing is known about the person. Staff or the technician acts."""

    code: str
    text: str
    message_id: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class InsUnreachable(Confidential):
    """No answer in time: ask again later. Never the same as InsNotFound."""

    reason: str  # "timeout", "connection", "service", "nonsense", "not-asked"
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class InsCertificateTrouble(Confidential):
    """Our certificate, or theirs, is not accepted: configuration; staff and supervision are told at once."""

    reason: str
    exchanges: tuple[Exchange, ...] = ()


InsAnswer = InsFound | InsNotFound | InsSeveral | InsRefused | InsUnreachable | InsCertificateTrouble
