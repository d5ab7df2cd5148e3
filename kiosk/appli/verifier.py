"""Who can tell whether an attestation is genuine: a plug-in, or the simulated one. Nothing else is judged here."""

from typing import Protocol

from kiosk.core.status.attestation import Attested


class AppliVerifier(Protocol):
    """Holds the issuer's keys. It decides no freshness, no structure, no number: ``status.attestation`` does."""

    def attested(self, attestation: bytes) -> Attested | None:
        """What an attestation says, each text as it stands there; None when it is not the issuer's, or not whole.

        Any bytes may come, 16 KiB at most. It asks no network: a check-in waits for it.
        """
        ...


class NoVerifierError(Exception):
    """The settings name a verifier that is not there, or cannot use the issuer's keys."""
