"""What a played book leaves: for each case its requests and answers byte for byte, times, and what a page would say."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kiosk import __version__
from kiosk.core.sources.insi import Exchange, InsFound
from kiosk.core.status.permissions import IdentityStatus
from kiosk.insi.approval.book import Book
from kiosk.insi.approval.playing import Played
from kiosk.insi.config import InsiConfig
from kiosk.insi.injected import is_marked

_STATUS = {IdentityStatus.PROVISIONAL: "identité provisoire", IdentityStatus.RETRIEVED: "identité récupérée"}


def files_of(book: Book, said: bytes, config: InsiConfig, played: Sequence[Played]) -> dict[str, bytes]:
    """Everything that goes into the archive, by name."""
    files = {"book.toml": said, "summary.json": _json(_summary(book, config, played))}
    for one in played:
        folder = f"cases/{one.case.id}"
        files[f"{folder}/result.json"] = _json(_result(one))
        files[f"{folder}/page.txt"] = page_of(one).encode()
        for number, exchange in enumerate(one.answer.exchanges, 1):
            files[f"{folder}/{number:02d}-request.xml"] = exchange.request
            files[f"{folder}/{number:02d}-answer.xml"] = exchange.response
    return files


def page_of(one: Played) -> str:
    """The words of the identity's page, without its picture: status, INSi's traits, notices."""
    lines = [f"{one.case.title}", f"Statut : {_STATUS[one.status]}"]
    if isinstance(one.answer, InsFound):
        found, traits = one.answer.matricule, one.answer.traits
        lines += [
            f"Matricule : {found.number} {found.key} (OID {found.oid})",
            f"Nom de naissance : {traits.birth_name}",
            f"Prénoms : {traits.given_names_text or ' '.join(traits.given_names)}",
            f"Naissance : {traits.birth_date.text if traits.birth_date else ''}, {traits.birth_place_code}",
            f"Sexe : {traits.sex.value if traits.sex else ''}",
        ]
    return "\n".join([*lines, *one.notices]) + "\n"


def _summary(book: Book, config: InsiConfig, played: Sequence[Played]) -> dict[str, Any]:
    return {
        "book": book.title,
        "software": {"name": config.software_name, "version": config.software_version, "kiosk": __version__},
        "endpoint": config.endpoint,
        "idam": config.idam,
        "instance": config.instance,
        "environment": config.environment.value,
        "started_at": played[0].started_at,
        "cases": {one.case.id: "as expected" if not one.differences else "differs" for one in played},
    }


def _result(one: Played) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "title": one.case.title,
        "notes": one.case.notes,
        "expected": {"answer": one.case.answer, "status": one.case.status, "matricule": one.case.matricule},
        "answer": one.kind,
        "status": one.status.value,
        "notices": list(one.notices),
        "differences": list(one.differences),
        "started_at": one.started_at,
        "duration_ms": one.duration_ms,
        "calls": [_call(exchange) for exchange in one.answer.exchanges],
    }


def _call(exchange: Exchange) -> dict[str, Any]:
    return {
        "operation": exchange.operation,
        "message_id": exchange.message_id,
        "started_at": exchange.started_at,
        "duration_ms": exchange.duration_ms,
        "code": exchange.code,
        "injected": is_marked(exchange.response),
    }


def _json(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
