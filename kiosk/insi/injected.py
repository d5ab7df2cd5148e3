"""Answers that the software puts in INSi's place: its test environment cannot say "nobody" (insi-interface 6).

Only the test environment has any: ``InsiConfig`` refuses them elsewhere. Each says what it is, in the trace too, and
one that comes over the wire in production is refused as a simulator's is.
"""

from pathlib import Path

from kiosk.insi.config import Environment, Injection, InsiConfig
from kiosk.insi.criteria import said_in
from kiosk.insi.envelope import Request
from kiosk.insi.names import BY_CARD, RESULT, SOAP
from kiosk.insi.transport import LARGEST_ANSWER, HttpAnswer, NotSentError

MARK = b"<!-- kiosk: injected answer, test environment -->"
_LABELS = {"01": "Aucune identite trouvee", "02": "Plusieurs identites trouvees"}


def answer_to(request: Request, config: InsiConfig) -> HttpAnswer | None:
    """Give what is to be said instead of asking; None: INSi is asked. NotSentError when its file is gone."""
    if not config.injected or config.environment is not Environment.TEST:
        return None
    said = dict(said_in(request.body, request.operation))
    for injection in config.injected:
        if _fits(injection, request.operation, said):
            body = _of_file(injection.file) if injection.file is not None else _result(injection.answer)
            return HttpAnswer(200, "application/soap+xml", body.rstrip() + b"\n" + MARK + b"\n", "")
    return None


def is_marked(body: bytes) -> bool:
    """True for an answer that was injected."""
    return body.rstrip().endswith(MARK)


def _fits(injection: Injection, operation: str, said: dict[str, str]) -> bool:
    numbers = {said.get("MatriculeIndividu"), said.get("MatriculeOD")} if operation == BY_CARD else set()
    return (
        injection.birth_name in ("", said.get("NomNaissance"))
        and injection.given_name in ("", said.get("Prenom"))
        and (not injection.number or injection.number in numbers)
    )


def _of_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_ANSWER)
    except OSError:
        raise NotSentError("injected") from None


def _result(code: str) -> bytes:
    cr = f"<CR><CodeCR>{code}</CodeCR><LibelleCR>{_LABELS[code]}</LibelleCR></CR>"
    whole = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><RESULTAT xmlns="{RESULT}">{cr}</RESULTAT></s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}'.encode()
