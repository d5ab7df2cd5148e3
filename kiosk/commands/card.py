"""``kiosk card``: read one carte Vitale, or watch what happens in the reader; ``kiosk simulate card``: be one.

For the technician beside the terminal. What is on a card is printed only because it was asked for, and never logged.
"""

import gettext
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import typer

from hardware.cards.base import (
    CardConnection,
    CardInserted,
    CardMute,
    CardReader,
    CardRemoved,
    NotVitale,
    ReaderFound,
    ReaderLost,
    SlotEvent,
    Unreadable,
    VitaleFiles,
    VitaleReading,
    VitaleRecords,
)
from hardware.cards.pcsc import PcscReader
from hardware.cards.vitale_files import read_card
from kiosk.app.card_contents import contents_of
from kiosk.core.sources.card import CardContents
from kiosk.settings import BadSettings, Settings, load

_ = gettext.gettext
READ, NO_READER, NO_CARD, NOT_VITALE, UNREADABLE = 0, 3, 4, 5, 6

_FIRST_LOOK = 0.5  # seconds to find what is already there, when asked not to wait

app = typer.Typer(help="Carte Vitale : lire, observer le lecteur.", no_args_is_help=True)

# For the technician: what was seen and what to do.
_ADVICE = {
    "no-library": _("La bibliothèque PC/SC (libpcsclite1) manque : relancez deploy/setup.sh."),
    "no-service": _("Le service de cartes (pcscd) ne répond pas : systemctl start pcscd."),
    "refused": _("Le service de cartes (pcscd) refuse ce compte : polkit doit répondre et le lui permettre."),
    "no-reader": _("Aucun lecteur de carte : vérifiez son câble, puis « kiosk card watch »."),
    "silent": _("Une carte retient le lecteur sans répondre : retirez-la."),
    "no-card": _("Aucune carte n'a été insérée dans le délai."),
    "not-vitale": _("Cette carte n'est pas une carte Vitale."),
    "mute": _("La carte ne répond pas : insérez-la puce vers le haut, jusqu'au bout."),
    "card-gone": _("La carte a été retirée pendant la lecture."),
    "exchange-failed": _("La carte répond mal : nettoyez la puce, essayez une autre carte."),
    "no-file": _("La carte ne contient pas les fichiers attendus."),
    "too-long": _("La carte contient plus que ce qui est raisonnable : lecture abandonnée."),
    "too-many-commands": _("La carte demande trop d'échanges : lecture abandonnée."),
}


@app.command("read")
def read(
    as_json: bool = typer.Option(False, "--json", help="Écrire le résultat en JSON."),
    wait: float = typer.Option(30.0, min=0, max=3600, help="Secondes pendant lesquelles attendre une carte."),
    trace: Path | None = typer.Option(
        None, help="Fichier où écrire les échanges avec la carte (carte de test seulement)."
    ),
    test_card: bool = typer.Option(False, "--test-card", help="Je certifie que c'est une carte de test."),
    prefer: str = typer.Option("", help="Partie du nom du lecteur à utiliser."),
    config: Path | None = typer.Option(None, "--config", help="Le fichier de configuration (TOML), pour son lecteur."),
) -> None:
    """Lit une carte Vitale. Sortie : 0 lue, 3 pas de lecteur, 4 pas de carte, 5 pas une carte Vitale, 6 illisible."""
    if trace is not None and not test_card:
        typer.echo(
            "--trace écrit les données de la carte : ajoutez --test-card si c'est bien une carte de test.", err=True
        )
        raise typer.Exit(2)
    reader = _reader(config, prefer)
    tracing = _Tracing(reader) if trace is not None else None
    started = time.monotonic()
    reason, slots = _wait_for_card(reader, wait)
    outcome: VitaleReading | None = None
    for slot in slots:  # a professional card may be in the other slot: look at all, skip what is not a Vitale
        started = time.monotonic()
        outcome = read_card(tracing or reader, slot)
        if not isinstance(outcome, NotVitale):
            break
    if tracing is not None and trace is not None:
        trace.write_text(tracing.text(), encoding="ascii")
        trace.chmod(0o600)
    code, report = _report(outcome, reason, round((time.monotonic() - started) * 1000))
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else _sentences(report))
    raise typer.Exit(code)


@app.command("watch")
def watch(
    seconds: float = typer.Option(0.0, "--for", min=0, help="S'arrêter après ce nombre de secondes (0 : jamais)."),
    prefer: str = typer.Option("", help="Partie du nom du lecteur à utiliser."),
    config: Path | None = typer.Option(None, "--config", help="Le fichier de configuration (TOML), pour son lecteur."),
) -> None:
    """Écrit une ligne JSON par événement du lecteur, jusqu'à Ctrl-C."""
    ends_at = time.monotonic() + seconds if seconds else float("inf")
    try:
        for event in _reader(config, prefer).events(lambda: time.monotonic() >= ends_at):
            typer.echo(json.dumps(_event(event), ensure_ascii=False))
            sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def simulate_card(
    file: str = typer.Argument("", help="Fichier de carte, ou nom d'un exemple (zoe, nineteen, bank…)."),
    people: str = typer.Option("", "--people", help="Nom d'une famille d'exemple, au lieu d'un fichier."),
    host: str = typer.Option("127.0.0.1", help="Adresse du lecteur virtuel."),
    port: int = typer.Option(35963, min=1, max=65535, help="Port du lecteur virtuel (second emplacement : 35964)."),
    ms_per_byte: float | None = typer.Option(None, min=0, help="Vitesse ; une vraie carte prend 0,31 ms par octet."),
    pull_after: int | None = typer.Option(None, min=0, help="Retirer la carte après ce nombre de réponses."),
    config: Path | None = typer.Option(None, "--config", help="Le fichier de configuration : refus en production."),
    names: bool = typer.Option(False, "--list", help="Écrire les noms des cartes d'exemple."),
) -> None:
    """Carte Vitale simulée, dans le lecteur virtuel. Ordres sur l'entrée : insert FICHIER, pull, count, quit."""
    from hardware.cards.card_file import sample_names
    from hardware.cards.simulated import main

    if config is not None and _settings(config).mode == "production":
        typer.echo("En production, aucune carte n'est simulée.", err=True)
        raise typer.Exit(2)
    if names:
        typer.echo("\n".join(sample_names()))
        return
    arguments = [file or people] if file or people else []
    arguments += ["--host", host, "--port", str(port)]
    arguments += ["--ms-per-byte", str(ms_per_byte)] if ms_per_byte is not None else []
    arguments += ["--pull-after", str(pull_after)] if pull_after is not None else []
    raise typer.Exit(main(arguments))


def _settings(config: Path) -> Settings:
    try:
        return load(config)
    except BadSettings as mistake:
        typer.echo(str(mistake), err=True)
        raise typer.Exit(2) from None


def _reader(config: Path | None, prefer: str) -> CardReader:
    """The reader of the configuration, when there is one; else the PC/SC reader."""
    if config is None:
        return PcscReader(prefer)
    from kiosk.wiring import card_reader

    return card_reader(_settings(config))


def _wait_for_card(reader: CardReader, wait: float) -> tuple[str, list[str]]:
    """Wait for a card, then a moment more for one in another slot; answer why there is none, and the slots with one."""
    ends_at = time.monotonic() + max(wait, _FIRST_LOOK)
    reason = "no-reader"
    slots: list[str] = []
    patience = threading.Event()
    settle_at = float("inf")

    def stopped() -> bool:
        return patience.is_set() or time.monotonic() >= min(ends_at, settle_at)

    for event in reader.events(stopped):
        match event:
            case ReaderFound():
                reason = "no-card"
            case ReaderLost(why):
                reason, slots = why, []
            case CardInserted(slot):
                slots.append(slot)
            case CardMute():
                reason = "mute"
            case CardRemoved(slot):
                slots = [other for other in slots if other != slot]
                reason = "no-card"
        settle_at = time.monotonic() if slots or reason == "mute" else float("inf")
    return reason, slots


def _report(outcome: VitaleReading | None, reason: str, took_ms: int) -> tuple[int, dict[str, Any]]:
    match outcome:
        case VitaleFiles() | VitaleRecords() as reading:
            commands = reading.commands if isinstance(reading, VitaleFiles) else 0
            return READ, {"outcome": "read", "took_ms": took_ms, "commands": commands, **_shown(contents_of(reading))}
        case NotVitale():
            return NOT_VITALE, {"outcome": "not-vitale", "advice": _ADVICE["not-vitale"]}
        case Unreadable(why):
            return UNREADABLE, {"outcome": why, "advice": _ADVICE[why]}
    code = {"no-card": NO_CARD, "mute": UNREADABLE}.get(reason, NO_READER)
    return code, {"outcome": reason, "advice": _ADVICE[reason]}


def _shown(contents: CardContents) -> dict[str, Any]:
    return {
        "beneficiaries": [
            {
                "name": person.name,
                "given_name": person.given_name,
                "birth_date": person.birth_date,
                "birth_rank": person.birth_rank,
                "number": person.nir,
                "key": person.nir_key,
            }
            for person in contents.beneficiaries
        ],
        "anomalies": [anomaly.value for anomaly in contents.anomalies],
    }


def _sentences(report: dict[str, Any]) -> str:
    if "advice" in report:
        return str(report["advice"])
    lines = [
        f"{person['name']} {person['given_name']}, {person['birth_date'] or 'date illisible'}, "
        f"{person['number'] or 'sans numéro'} {person['key']}".rstrip()
        for person in report["beneficiaries"]
    ]
    lines += [f"anomalie : {anomaly}" for anomaly in report["anomalies"]]
    return "\n".join([*lines, f"lue en {report['took_ms']} ms, {report['commands']} commandes"])


def _event(event: SlotEvent) -> dict[str, Any]:
    name = type(event).__name__
    match event:
        case CardInserted(slot, atr):
            return {"event": name, "slot": slot, "atr": atr.hex(" ").upper()}
        case CardMute(slot):
            return {"event": name, "slot": slot, "advice": _ADVICE["mute"]}
        case CardRemoved(slot):
            return {"event": name, "slot": slot}
        case ReaderLost(reason):
            return {"event": name, "reason": reason, "advice": _ADVICE[reason]}
        case ReaderFound(slots):
            return {"event": name, "slots": list(slots)}


class _Tracing:
    """A reader that keeps what is said to a test card, for the technician."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self._lines: list[str] = []

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        return self._reader.events(stopped)

    def connect(self, slot: str) -> AbstractContextManager[CardConnection]:
        return self._connected(slot)

    @contextmanager
    def _connected(self, slot: str) -> Iterator[CardConnection]:
        self._lines.append(f"# {slot.encode('ascii', 'replace').decode()}")
        with self._reader.connect(slot) as connection:
            self._connection = connection
            yield self

    def transmit(self, command: bytes) -> bytes:
        self._lines.append("> " + command.hex(" ").upper())
        answer = self._connection.transmit(command)
        self._lines.append("< " + answer.hex(" ").upper())
        return answer

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"
