"""The intake tried against its own description by schemathesis: what it answers is what it says it answers.

One of its checks is left out: that any body of the right shape is accepted. A sealed check-in and a public key are
more than a shape; what is inside decides.
"""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kiosk.sealing import intake_message, sign
from tests.console.arrivals import SIGNER, enrol

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "25"))  # of each operation, each way; more beside the ordinary tests
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
OPERATIONS = {
    "/intake/check-ins/{key}": True,
    "/intake/heartbeat": True,
    "/intake/calls/{key}": True,
    "/intake/desk": True,
    "/intake/recognition": True,
    "/intake/invented": True,
    "/intake/invented/{key}": True,
    "/intake/questions/{key}": True,
    "/intake/enrolment": False,  # not signed: it brings the key
}
ASKED = {
    "/intake/recognition",
    "/intake/desk",
    "/intake/invented",
}  # any bytes and words are of their shape: nothing else can be sent


@pytest.fixture(scope="module")
def schema() -> Any:
    from django.core.wsgi import get_wsgi_application

    from kiosk.console.intake.api import api

    described = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/intake/"))
    described.app = get_wsgi_application()
    return described


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's transaction stays open from one request to the next, as with Django's own client."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def test_every_operation_of_the_description_is_tried(schema: Any) -> None:
    assert {one.ok().path for one in schema.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in OPERATIONS),
        *((path, GenerationMode.NEGATIVE) for path in OPERATIONS if path not in ASKED),
    ],
)
def test_whatever_comes_the_intake_answers_as_it_says(schema: Any, path: str, mode: GenerationMode) -> None:
    enrol()
    cases = schema[path]["POST" if path in ASKED else "PUT"].as_strategy(generation_mode=mode)

    @MANY
    @given(case=cases, is_signed=st.booleans())
    def tried(case: Any, is_signed: bool) -> None:
        case.headers["Host"] = "testserver"
        sent: dict[str, Any] = {}
        if is_signed and OPERATIONS[path]:
            sent = {"json": None, "data": _sign(case)}
        with transaction.atomic():
            answer = case.call(base_url="https://testserver", **sent)
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])
        if is_signed:
            seen.add(answer.status_code)

    seen: set[int] = set()
    tried()
    assert mode is GenerationMode.NEGATIVE or seen - {401, 404}  # what was signed was believed, and then looked at


def _sign(case: Any) -> bytes:
    """As a stolen key could: whatever is in it, it is signed. Gives the very bytes to send."""
    body = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
    at = datetime.now(UTC).isoformat()
    signature = base64.b64encode(sign(intake_message(unquote(case.formatted_path), "borne-1", at, body), SIGNER))
    case.headers.update({"X-Kiosk": "borne-1", "X-Sent-At": at, "X-Signature": signature.decode()})
    return body
