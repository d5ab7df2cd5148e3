"""The national service of these tests: whom it knows, and how a console's configuration leads to it."""

import json

from kiosk.insi.simulated.population import Person as Known
from kiosk.insi.simulated.simulator import TEST_IDAM, Simulator
from kiosk.insi.simulated.testpki import TestPki
from kiosk.training import people
from tests.people import CHLOE, CLARA, LEO, SOPHIE, ZOE, Person

INSTANCE = "7a1c52f0-3f0e-4a51-9f0e-5f3b1d2c4e6a"
NOWHERE = {"endpoint": "https://127.0.0.1:9/", "certificate": "none.p12", "ca": "none.pem", "idam": "X"}
INSURED = {LEO: ZOE, CHLOE: SOPHIE, CLARA: SOPHIE}  # on whose card


def known(person: Person) -> Known:
    """A person as the simulated service knows them."""
    return people.known(person, INSURED.get(person))


def insi_section(simulator: Simulator, pki: TestPki, **more: str) -> str:
    """What a console's configuration says of the service."""
    said = {
        "endpoint": simulator.endpoint,
        "certificate": str(pki.client_p12),
        "password_file": str(pki.password_file),
        "ca": str(pki.ca),
        "idam": TEST_IDAM,
        "instance": INSTANCE,
        **more,
    }
    return "\n[insi]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in said.items()) + "\n"
