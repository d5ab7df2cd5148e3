"""The kiosks' way in (HTTPS API): sealed and signed check-ins, heartbeats, calls. No page, no cookie."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema, Status
from ninja.params.functions import Header

from kiosk import __version__, journal
from kiosk.console.intake import check_ins, heartbeats, invented, questions, recognition, signed
from kiosk.console.intake.signed import NotTrusted, NotUnderstood, Reception, SignedRequest
from kiosk.console.records.world import OtherWorld
from kiosk.console.witness import brought, heads
from kiosk.core.checkin.question import RECEIVED
from kiosk.heads import LONGEST_MARK

api = NinjaAPI(
    title="Console intake",
    version="1",
    urls_namespace="intake",
    docs_url=None,
    openapi_url=None,
)

_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TEXT = {"text/plain": {"schema": {"type": "string"}}}
_BINARY_BODY = {"requestBody": {"required": True, "content": _BINARY}}
_JSON_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
}


class Said(Schema):
    """What the kiosk is told: a word, and why when it must do something about it."""

    outcome: str
    reason: str = ""


class Head(Schema):
    """What the head of every kiosk's request says: who sends it, when, its signature; of some, what they witness."""

    kiosk: str = Field("", alias="X-Kiosk")
    sent_at: str = Field("", alias="X-Sent-At")
    signature: str = Field("", alias="X-Signature")
    witness: str = Field("", alias="X-Witness")


Headers = Annotated[Head, Header(...)]
_BY_PROXIES = {"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "X-Original-Forwarded-For"}
_TO_ANYBODY = {
    Reception.NOT_TRUSTED,
    Reception.NOT_IN_PRODUCTION,
    Reception.TOO_LARGE,
}  # answered without knowing who asks
_ANSWERS = dict.fromkeys((200, 201, 202, 401, 403, 404, 409, 413, 422, 429, 507), Said)
_REFUSED = journal.Measure(120, 15.0)  # anybody is refused as often as they like, and evicts no history


@api.put("/check-ins/{uuid:key}", response=_ANSWERS, openapi_extra=_BINARY_BODY, summary="Take in a check-in")
def put_check_in(
    request: HttpRequest,
    response: HttpResponse,
    key: UUID,
    head: Headers,
) -> Status[Said]:
    sent = _signed(request, head)
    answer = _told(response, _answer(request, check_ins.MAX_BODY, lambda: check_ins.take_in(key, sent())))
    return _witnessed(response, answer, head, is_noted=False)  # who waits for the disk waits once


@api.put("/invented/{uuid:key}", response=_ANSWERS, openapi_extra=_BINARY_BODY, summary="Take in an invented check-in")
def put_invented(
    request: HttpRequest,
    response: HttpResponse,
    key: UUID,
    head: Headers,
) -> Status[Said]:
    sent = _signed(request, head)
    answer = _answer(request, check_ins.MAX_BODY, lambda: check_ins.take_in(key, sent(), is_invented=True))
    return _told(response, answer)


@api.post(
    "/invented",
    response=_ANSWERS,
    openapi_extra=_JSON_BODY | {"responses": {200: {"description": "demo, test or training", "content": _TEXT}}},
    summary="Ask whether invented people may come, and in which mode the console is",
)
def post_invented(
    request: HttpRequest,
    response: HttpResponse,
    head: Headers,
) -> Status[Said] | HttpResponse:
    sent = _signed(request, head)
    return _in_words(response, _answer(request, signed.MAX_SIGNED_TEXT, lambda: invented.mode(sent())))


@api.put("/heartbeat", response=_ANSWERS, openapi_extra=_JSON_BODY, summary="Say how the kiosk is")
def put_heartbeat(
    request: HttpRequest,
    response: HttpResponse,
    head: Headers,
) -> Status[Said]:
    sent = _signed(request, head)
    answer = _told(response, _answer(request, signed.MAX_SIGNED_TEXT, lambda: heartbeats.take_heartbeat(sent())))
    return _witnessed(response, answer, head, is_noted=True)


@api.put("/calls/{uuid:key}", response=_ANSWERS, openapi_extra=_JSON_BODY, summary="Call a member of staff")
def put_call(
    request: HttpRequest,
    response: HttpResponse,
    key: UUID,
    head: Headers,
) -> Status[Said]:
    sent = _signed(request, head)
    return _told(response, _answer(request, signed.MAX_SIGNED_TEXT, lambda: heartbeats.take_call(key, sent())))


@api.post(
    "/desk",
    response=_ANSWERS,
    openapi_extra=_JSON_BODY | {"responses": {200: {"description": "known or unknown", "content": _TEXT}}},
    summary="Ask whether the desk it sends people to is known",
)
def post_desk(
    request: HttpRequest,
    response: HttpResponse,
    head: Headers,
) -> Status[Said] | HttpResponse:
    sent = _signed(request, head)
    return _in_words(response, _answer(request, signed.MAX_SIGNED_TEXT, lambda: heartbeats.know_desk(sent())))


@api.post(
    "/recognition",
    response=_ANSWERS,
    openapi_extra=_BINARY_BODY | {"responses": {200: {"description": "A closed box", "content": _BINARY}}},
    summary="Ask whether a card's person is known",
)
def post_recognition(
    request: HttpRequest,
    response: HttpResponse,
    head: Headers,
) -> Status[Said] | HttpResponse:
    timing = recognition.REAL
    arrived = timing.clock()
    sent = _signed(request, head)
    answer = _answer(request, recognition.MAX_BODY, lambda: recognition.answer(sent(), arrived, timing))
    if isinstance(answer.value, bytes):
        return HttpResponse(answer.value, content_type="application/octet-stream")
    return _told(response, answer)


@api.put(
    "/questions/{uuid:key}",
    response=_ANSWERS,
    openapi_extra=_BINARY_BODY,
    summary="Have the console ask INSi",
)
def put_question(
    request: HttpRequest,
    response: HttpResponse,
    key: UUID,
    head: Headers,
) -> Status[Said] | HttpResponse:
    sent = _signed(request, head)
    answer = _answer(request, questions.MAX_BODY, lambda: questions.take_in(key, sent()))
    if answer.status_code == Reception.RECEIVED:
        return HttpResponse(RECEIVED, content_type="application/json", status=Reception.RECEIVED)
    return _told(response, answer)


class Welcome(Schema):
    """What a newly enrolled kiosk needs to seal."""

    structure_key: str  # PEM
    head_key: str  # what the console signs the heads of its trail with, as in X-Console-Key


@api.put(
    "/enrolment",
    response={201: Welcome, 401: Said, 413: Said, 422: Said},
    openapi_extra=_JSON_BODY,
    summary="Bring a new kiosk's key, with a one-time code",
)
def put_enrolment(request: HttpRequest) -> "Status[Welcome | Said]":
    return _answer(
        request,
        signed.MAX_SIGNED_TEXT,
        lambda: Welcome(structure_key=heartbeats.take_enrolment(request.body), head_key=heads.public_key()),
    )


def _answer(request: HttpRequest, longest: int, take: Callable[[], Reception | Welcome | bytes]) -> Status[Any]:
    """Take in what came, if it is not too long; a refusal is written down by its number and says what it may."""
    if _length(request) > longest:
        return _said(Reception.TOO_LARGE)
    try:
        taken = take()
    except NotTrusted:
        return _refused(Reception.NOT_TRUSTED, "")
    except NotUnderstood as why:
        return _refused(Reception.NOT_UNDERSTOOD, str(why))
    except OtherWorld as why:
        return _refused(Reception.NOT_IN_PRODUCTION, str(why))
    return _said(taken) if isinstance(taken, Reception) else Status(HTTPStatus.CREATED, taken)


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else check_ins.MAX_BODY + 1


def _signed(request: HttpRequest, head: Head) -> Callable[[], SignedRequest]:
    """The request as it was signed, its body read only when asked for."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    is_forwarded = any(name.startswith("X-Forwarded") or name in _BY_PROXIES for name in request.headers)
    return lambda: SignedRequest(
        request.path, head.kiosk[:60], head.sent_at, head.signature[:200], request.body, address, is_forwarded
    )


def _told(response: HttpResponse, answer: Status[Said]) -> Status[Said]:
    """Tell a kiosk of ours, and nobody else, which version answers: what another one refused, it may bring again."""
    if answer.status_code not in _TO_ANYBODY:
        response["X-Console-Version"] = __version__
    return answer


def _in_words(response: HttpResponse, answer: Status[Any]) -> Status[Said] | HttpResponse:
    """A word for a kiosk of ours, where there is one."""
    if isinstance(answer.value, bytes):
        return HttpResponse(answer.value, content_type="text/plain")
    return _told(response, answer)


def _witnessed(response: HttpResponse, answer: Status[Said], head: Head, *, is_noted: bool) -> Status[Said]:
    """Hear what head of the trail a kiosk of ours brings back, and only then give it the one of now, closed."""
    if answer.status_code in _TO_ANYBODY:
        return answer
    may_have_another = brought.take(head.kiosk[:60], head.witness[: LONGEST_MARK + 1], is_noted=is_noted)
    current = heads.current()
    if current is not None and may_have_another:
        response["X-Console-Mark"] = heads.marked(current)
        response["X-Console-Key"] = heads.public_key()
        if endorsed := heads.endorsements():
            response["X-Console-Key-Endorsed"] = endorsed
    return answer


def _said(outcome: Reception) -> Status[Said]:
    return Status(HTTPStatus(outcome.value), Said(outcome=outcome.name.lower().replace("_", "-")))


def _refused(outcome: Reception, reason: str) -> Status[Said]:
    journal.record(journal.Happening.INTAKE_REFUSED, _REFUSED, code=int(outcome))
    return Status(HTTPStatus(outcome.value), Said(outcome=outcome.name.lower().replace("_", "-"), reason=reason))
