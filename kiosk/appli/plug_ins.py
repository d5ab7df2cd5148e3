"""The verifier that the settings name: a site's plug-in, or the simulated one."""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from kiosk.appli.simulated import SimulatedVerifier
from kiosk.appli.verifier import AppliVerifier, NoVerifierError

PLUG_INS = "kiosk.appli_verifiers"
SIMULATED = "simulated"


def verifier_called(name: str, issuers: Path) -> AppliVerifier:
    """Make the verifier of this name, with the folder of the issuer's keys. NoVerifierError."""
    if name == SIMULATED:
        return SimulatedVerifier(issuers)
    for plug_in in entry_points(group=PLUG_INS):
        if plug_in.name == name:
            make: Callable[[Path], AppliVerifier] = plug_in.load()
            return make(issuers)
    raise NoVerifierError(f"appli.verifier: no verifier is called {name}; install its plug-in, or remove the section")
