"""The verifier that the settings name: a site's plug-in, or the simulated one."""

from pathlib import Path

from kiosk import plug_ins
from kiosk.appli.simulated import SimulatedVerifier
from kiosk.appli.verifier import AppliVerifier, NoVerifierError

PLUG_INS = "kiosk.appli_verifiers"
SIMULATED = "simulated"


def verifier_called(name: str, issuers: Path) -> AppliVerifier:
    """Make the verifier of this name, with the folder of the issuer's keys. NoVerifierError."""
    if name == SIMULATED:
        return SimulatedVerifier(issuers)
    make = plug_ins.called(PLUG_INS, name)
    if make is None:
        raise NoVerifierError(
            f"appli.verifier: aucun vérificateur ne s'appelle {name} : installez son greffon, ou retirez la section"
        )
    verifier: AppliVerifier = make(issuers)
    return verifier
