"""What is wrong with this machine, and what to do about it: one line for each part (``kiosk doctor``).

Each check ends within its own deadline and never raises: what cannot be checked is said to be so.
"""

import gettext
import http.client
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hardware.camera.base import CameraLost, Frame
from hardware.cards.pcsc import VIRTUAL, service_state
from kiosk import mistakes
from kiosk.documents import cev_chain
from kiosk.documents.cev_trust import age_in_days, load_signers
from kiosk.insi import callers
from kiosk.insi.certificate import CertificateTroubleError, client_context, load
from kiosk.insi.certificate import Level as CertificateLevel
from kiosk.insi.certificate import check as check_certificate
from kiosk.insi.config import config_from
from kiosk.sealing import BadKey, load_recipient_public, load_signer
from kiosk.settings import BadSettings, InsiSection, Settings, ThroughConsole, load_insi
from kiosk.storage.damage import files_set_aside
from kiosk.storage.outbox import Outbox, OutboxBusy, OutboxDamaged, OutboxFull
from kiosk.wiring import camera, console_link

_ = gettext.gettext
_SECONDS = 5.0
_OLDEST_SEALS = 400  # days: signers are added from year to year
_LEAST_FREE_MB = 500
_OF_THE_STRUCTURE = ("certificate", "key", "password_file")  # what a stolen kiosk must not give away
_LARGEST_CLOCK_ERROR = 60.0  # seconds; signatures and INSi's contexts bear a time
_NO_PICTURE = {
    "opencv": _("Vérifiez le câble, le groupe « video » et camera.source (v4l2-ctl --list-devices)."),
    "libcamera": _("Vérifiez la nappe, le groupe « video » et camera.source (rpicam-hello --list-cameras)."),
    "film": _("Le film de camera.film ne peut être lu."),
}
_NO_CARD_SERVICE = {
    "no-library": (_("bibliothèque PC/SC absente"), _("Installez libpcsclite1 (apt install libpcsclite1 pcscd).")),
    "no-service": (_("pcscd ne répond pas"), _("Relancez-le : systemctl restart pcscd.socket")),
    "refused": (
        _("pcscd refuse ce compte"),
        _("Vérifiez que polkit tourne et qu'une règle permet pcscd au compte de la borne (deploy/guides)."),
    ),
}
_RELEASED = datetime(2026, 11, 1, tzinfo=UTC)  # a clock before that was never set


class Level(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


_LEVELS = {CertificateLevel.OK: Level.OK, CertificateLevel.WARNING: Level.WARNING, CertificateLevel.ERROR: Level.BAD}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One part of the machine: how it is, what was seen, what to do."""

    part: str
    level: Level
    what: str
    todo: str = ""


def examine(settings: Settings) -> list[Diagnosis]:
    """Check every part, in the order in which a technician would."""
    checks: dict[str, Callable[[Settings], list[Diagnosis]]] = {
        "card-service": _card_service, "camera": _camera, "seals": _seals, "display": _display, "clock": _clock,
        "disk": _disk, "outbox": _outbox, "keys": _keys, "certificate": _certificate, "insi": _insi,
        "kiosk-answers": _own_answers, "console": _console, "mode": _mode,
    }  # fmt: skip
    diagnoses: list[Diagnosis] = []
    for part, check in checks.items():
        try:
            diagnoses += check(settings)
        except (OSError, BadSettings) as trouble:
            why = trouble.strerror if isinstance(trouble, OSError) else str(trouble)
            diagnoses.append(Diagnosis(part, Level.BAD, why or type(trouble).__name__, _("Corrigez la configuration.")))
    return diagnoses


def _card_service(settings: Settings) -> list[Diagnosis]:
    if settings.card.driver != "pcsc":
        return [Diagnosis("reader", Level.OK, _("pilote {name}").format(name=settings.card.driver))]
    state, slots = service_state()
    if state in _NO_CARD_SERVICE:
        reader = Diagnosis("reader", Level.BAD, _("non vérifiable"), _("La borne fonctionne sans carte en attendant."))
        return [Diagnosis("card-service", Level.BAD, *_NO_CARD_SERVICE[state]), reader]
    service = Diagnosis("card-service", Level.OK, _("pcscd répond"))
    if settings.mode == "production" and any(slot.startswith(VIRTUAL) for slot in slots):
        todo = _("Retirez le paquet vsmartcard-vpcd : quiconque atteint le port 35963 s'y fait passer pour une carte.")
        service = Diagnosis("card-service", Level.BAD, _("un lecteur virtuel est installé"), todo)
        slots = tuple(slot for slot in slots if not slot.startswith(VIRTUAL))
    wanted = [slot for slot in slots if settings.card.reader in slot]
    if wanted:
        return [service, _named("reader", settings, ", ".join(wanted), is_named=bool(settings.card.reader))]
    if slots:
        what = _("aucun lecteur « {name} » parmi : {slots}").format(name=settings.card.reader, slots=", ".join(slots))
        return [service, Diagnosis("reader", Level.BAD, what, _("Corrigez card.reader."))]
    todo = _("Vérifiez le câble USB et que le lecteur est au standard CCID (lsusb).")
    return [service, Diagnosis("reader", Level.BAD, _("aucun lecteur de carte"), todo)]


def _camera(settings: Settings) -> list[Diagnosis]:
    source = camera(settings)
    source.open()
    try:
        ends_at = time.monotonic() + _SECONDS
        frame = source.read(1.0)
        while isinstance(frame, CameraLost) and time.monotonic() < ends_at:
            frame = source.read(1.0)
        facts = source.describe()
    finally:
        source.close()
        source.stop()
    return [*_picture(settings, frame, facts), _darkroom(source.holds)]


def _darkroom(holds: tuple[str, ...]) -> Diagnosis:
    """What the process that looks at documents cannot reach, on this machine."""
    names = {"memory": _("mémoire"), "files": _("fichiers"), "network": _("réseau")}
    if missed := ", ".join(word for name, word in names.items() if name not in holds):
        todo = _(
            "Installez libseccomp2 ; il faut aussi un noyau avec Landlock. En démonstration, un film se lit partout."
        )
        return Diagnosis(
            "darkroom", Level.WARNING, _("lecture des pièces non isolée : {missed}").format(missed=missed), todo
        )
    return Diagnosis("darkroom", Level.OK, _("lecture des pièces isolée : ni clés, ni fichiers, ni réseau"))


def _picture(settings: Settings, frame: Frame | CameraLost, facts: dict[str, Any]) -> list[Diagnosis]:
    driver = facts.get("driver", settings.camera.driver)
    if isinstance(frame, CameraLost):
        todo = {
            "no-program": _("Installez rpicam-apps (sudo apt install rpicam-apps), puis relancez."),
            "virtual": _(
                "Cette caméra est faite par un programme (v4l2loopback) : nommez la vraie dans camera.source."
            ),
            "not-a-camera": _("camera.source ne mène pas à une caméra : nommez-la par /dev/v4l/by-id/…"),
            "frozen": _("La caméra répète la même image : débranchez-la et rebranchez-la."),
            "silent": _("Vérifiez la nappe et que la caméra est listée : rpicam-hello --list-cameras"),
        }.get(frame.reason, _NO_PICTURE[settings.camera.driver])
        what = _("{driver} : aucune image ({why})").format(driver=driver, why=frame.reason)
        return [Diagnosis("camera", Level.BAD, what, todo)]
    width, height = facts.get("frame") or frame.shape[1::-1]
    what = _("{driver}, {width}×{height}").format(driver=driver, width=width, height=height)
    troubles = facts.get("troubles", [])
    if troubles:
        names = {"resolution": _("définition"), "focus": _("mise au point"), "exposure": _("exposition")}
        missed = ", ".join(names.get(each, each) for each in troubles)
        todo = _("La caméra n'a pas pris ces réglages : corrigez camera.width, height, focus ou exposure_us.")
        return [
            Diagnosis(
                "camera", Level.WARNING, _("{what} ; non obtenu : {missed}").format(what=what, missed=missed), todo
            )
        ]
    if width < 1280:
        todo = _("Préférez 1920×1080 : la bande MRZ demande 10 pixels par millimètre.")
        return [Diagnosis("camera", Level.WARNING, what, todo)]
    is_named = settings.camera.driver != "opencv" or not settings.camera.source.isdecimal()
    return [_named("camera", settings, what, is_named=is_named)]


def _named(part: str, settings: Settings, what: str, *, is_named: bool) -> Diagnosis:
    """In production a kiosk does not start on devices that nobody named: any other would do in their place."""
    if is_named or settings.mode != "production":
        return Diagnosis(part, Level.OK, what)
    todo = {
        "reader": _(
            "N'importe quel lecteur servirait : écrivez dans card.reader une partie de ce nom, son numéro de série."
        ),
        "camera": _("N'importe quelle caméra servirait : nommez-la dans camera.source (/dev/v4l/by-id/…)."),
    }
    return Diagnosis(part, Level.BAD, what, todo[part])


def _seals(settings: Settings) -> list[Diagnosis]:
    """The certificates that visible seals (CEV) are verified with: data that an administrator renews offline."""
    place = settings.camera.seal_certificates
    if place is None:
        return [Diagnosis("seals", Level.OK, _("aucun certificat : les cachets (CEV) sont lus, pas vérifiés"))]
    today, authorities = datetime.now(UTC).date(), settings.camera.seal_authorities
    if authorities is None and settings.mode == "production":
        todo = _("Mettez les certificats des autorités dans le dossier de camera.seal_authorities.")
        return [Diagnosis("seals", Level.WARNING, _("sans autorités, les cachets (CEV) ne sont pas vérifiés"), todo)]
    vouching = cev_chain.load(authorities, settings.camera.seal_revocations) if authorities else None
    count, age = len(load_signers(place, vouching)), age_in_days(place, today)
    if not count or age is None:
        what = _("aucun certificat utilisable dans {path}").format(path=place)
        todo = _(
            "Nommez chaque certificat d'après son signataire (FR05-0001.pem), sous une de camera.seal_authorities."
        )
        return [Diagnosis("seals", Level.WARNING, what, todo)]
    what = _("{count} certificat(s) de cachet, le plus récent a {age} jours").format(count=count, age=age)
    if vouching is not None and (missing := vouching.without_list(today)):
        what = _("{count} autorité(s) de cachet sans liste de révocation à jour").format(count=missing)
        return [Diagnosis("seals", Level.WARNING, what, _("Renouvelez les listes (CRL) de camera.seal_revocations."))]
    if age > _OLDEST_SEALS:
        return [Diagnosis("seals", Level.WARNING, what, _("Renouvelez la liste des certificats publiés."))]
    return [Diagnosis("seals", Level.OK, what)]


def _display(settings: Settings) -> list[Diagnosis]:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        size = f"{settings.kiosk.width}×{settings.kiosk.height}"
        return [Diagnosis("display", Level.OK, _("écran présent, fenêtre {size}").format(size=size))]
    if Path("/dev/dri").is_dir():
        return [Diagnosis("display", Level.OK, _("carte graphique présente (/dev/dri)"))]
    todo = _("Branchez l'écran, ou définissez DISPLAY pour la session graphique.")
    return [Diagnosis("display", Level.BAD, _("aucun écran"), todo)]


def _clock(_settings: Settings) -> list[Diagnosis]:
    now = datetime.now(UTC)
    if now < _RELEASED:
        what = now.isoformat(timespec="seconds")
        return [Diagnosis("clock", Level.BAD, what, _("Réglez l'heure : timedatectl set-ntp true"))]
    return [Diagnosis("clock", Level.OK, now.astimezone().isoformat(timespec="seconds"))]


def _disk(settings: Settings) -> list[Diagnosis]:
    free = shutil.disk_usage(_existing(settings.kiosk.data_dir)).free // 2**20
    what = _("{free} Mo libres").format(free=free)
    if free < _LEAST_FREE_MB:
        return [Diagnosis("disk", Level.WARNING, what, _("Libérez de la place : df -h, journalctl --vacuum-size=50M"))]
    return [Diagnosis("disk", Level.OK, what)]


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _outbox(settings: Settings) -> list[Diagnosis]:
    path = settings.kiosk.data_dir / "outbox.db"
    if aside := ", ".join(one.name for one in files_set_aside(path.parent)):
        todo = _("Voyez si des venues manquent à la console, gardez-en une copie, puis retirez-les de data_dir.")
        return [_state_of(path), Diagnosis("outbox-set-aside", Level.WARNING, aside, todo)]
    return [_state_of(path)]


def _state_of(path: Path) -> Diagnosis:
    if not path.exists():
        return Diagnosis("outbox", Level.OK, _("encore vide"))
    try:
        with closing(Outbox(path)) as outbox:
            waiting, parked = outbox.counts()
            outbox.prove_writable()
    except OutboxDamaged:
        return Diagnosis("outbox", Level.BAD, f"{path} : {_('abîmé')}", _("Redémarrez la borne : elle le met de côté."))
    except OutboxBusy:
        what, todo = _("{path} est tenu par un autre programme").format(path=path), _("Arrêtez-le : fuser le nomme.")
        return Diagnosis("outbox", Level.BAD, what, todo)
    except OutboxFull:
        todo = _("Libérez le disque, vérifiez les droits ; ne supprimez pas ce fichier : des venues y attendent.")
        return Diagnosis("outbox", Level.BAD, _("{path} ne peut être écrit").format(path=path), todo)
    what = _("{waiting} en attente, {parked} refusées").format(waiting=waiting, parked=parked)
    todo = _("La console les a refusées : comparez les versions ; kiosk outbox list")
    return Diagnosis("outbox", Level.WARNING, what, todo) if parked else Diagnosis("outbox", Level.OK, what)


def _keys(settings: Settings) -> list[Diagnosis]:
    for path in (settings.sealing.structure_key, settings.sealing.kiosk_key):
        if path.exists() and not mistakes.is_plain_file(path):  # a pipe would be waited for
            what = _("{path} n’est pas un fichier").format(path=path)
            return [Diagnosis("keys", Level.BAD, what, _("Refaites l'enrôlement de la borne (deploy/guides)."))]
    try:
        recipient = load_recipient_public(settings.sealing.structure_key)
        load_signer(settings.sealing.kiosk_key)
    except BadKey as trouble:
        return [Diagnosis("keys", Level.BAD, str(trouble), _("Refaites l'enrôlement de la borne (deploy/guides)."))]
    path = settings.sealing.kiosk_key
    if path.stat().st_mode & 0o077:
        what = _("{path} est lisible par d'autres").format(path=path)
        return [Diagnosis("keys", Level.WARNING, what, f"chmod 600 {path}")]
    return [Diagnosis("keys", Level.OK, _("clé de la structure {key_id}").format(key_id=recipient.key_id))]


def _certificate(settings: Settings) -> list[Diagnosis]:
    if not isinstance(settings.insi, InsiSection):
        return []  # it stands where the console is
    return [
        Diagnosis(f"certificate-{finding.code}", _LEVELS[finding.level], finding.what, finding.todo)
        for finding in check_certificate(config_from(settings.insi, settings.mode), datetime.now(UTC))
    ]


def desk_callers(settings: Settings, path: Path) -> list[Diagnosis]:
    """In whose name the desk asks INSi, where this file is the console's too (``[insi.psc]``, ``[insi.cpx]``)."""
    if settings.server is None or not (isinstance(settings.insi, InsiSection) or settings.insi.unused):
        return []
    try:
        section, mode = load_insi(path)
    except BadSettings as trouble:
        return [Diagnosis("insi-callers", Level.BAD, str(trouble), _("Corrigez la configuration."))]
    return [
        Diagnosis(f"insi-{finding.code}", _LEVELS[finding.level], finding.what, finding.todo)
        for finding in callers.check(config_from(section, mode), datetime.now(UTC))
    ]


def _insi(settings: Settings) -> list[Diagnosis]:
    section = settings.insi
    if not isinstance(section, InsiSection):
        return [_through_console(section, is_shared=settings.server is not None)]
    config = config_from(section, settings.mode)
    try:
        context = client_context(config, load(config))
    except CertificateTroubleError as trouble:
        return [Diagnosis("insi", Level.BAD, trouble.what, _("Corrigez d'abord le certificat."))]
    diagnosis, _date = _reach("insi", section.endpoint, context)
    return [diagnosis]


def _through_console(section: ThroughConsole, *, is_shared: bool) -> Diagnosis:
    """Nothing of INSi is needed here; a certificate that lies about in a public hall all the same is to go."""
    left = [name for name in section.unused if name in _OF_THE_STRUCTURE]
    if is_shared or not left:
        return Diagnosis("insi", Level.OK, _("interrogé par la console (insi.via)"))
    what = _("interrogé par la console ; cette borne garde inutilement : {keys}").format(keys=", ".join(left))
    todo = _("Retirez ces lignes de [insi], puis effacez de la borne le certificat, sa clé et son mot de passe.")
    return Diagnosis("insi", Level.WARNING, what, todo)


def _own_answers(settings: Settings) -> list[Diagnosis]:
    """Where kiosk and console are one machine, what this kiosk says INSi answered counts if it comes straight there."""
    if not (settings.server or {}).get("trust_kiosk_answers"):
        return []
    host = urlsplit(settings.console.url).hostname or ""
    try:
        found = {ip_address(str(place[0])) for *_some, place in socket.getaddrinfo(host, None)}
    except OSError:
        found = set()
    if found and all(one.is_loopback for one in found):
        return [Diagnosis("kiosk-answers", Level.OK, _("retenues : borne et console sur cette machine"))]
    what = _("non retenues : la console est jointe par {host}, pas directement sur cette machine").format(host=host)
    todo = _("Écrivez https://localhost:… dans console.url, sans mandataire, ou retirez server.trust_kiosk_answers.")
    return [Diagnosis("kiosk-answers", Level.BAD, what, todo)]


def _console(settings: Settings) -> list[Diagnosis]:
    try:
        context = ssl.create_default_context(cafile=str(settings.console.ca))
    except (OSError, ssl.SSLError):
        return [Diagnosis("console", Level.BAD, _("autorité illisible"), _("Corrigez console.ca."))]
    diagnosis, date = _reach("console", settings.console.url, context)
    if date is None:
        return [diagnosis]
    offset = abs((datetime.now(UTC) - date).total_seconds())
    what = _("{seconds:.0f} s d'écart avec la console").format(seconds=offset)
    if offset > _LARGEST_CLOCK_ERROR:
        return [diagnosis, Diagnosis("clock-offset", Level.BAD, what, _("Réglez l'heure : timedatectl set-ntp true"))]
    return [diagnosis, Diagnosis("clock-offset", Level.OK, what)]


def _mode(settings: Settings) -> list[Diagnosis]:
    """Real people are sent to a production, and nobody else; who does not say their mode is not doubted."""
    try:
        theirs = console_link(settings).ask_mode(_SECONDS)
    except BadKey:
        return []  # said already
    if not theirs:
        return []
    what = _("borne : {ours} ; console : {theirs}").format(ours=settings.mode, theirs=theirs)
    if (theirs == "production") is (settings.mode == "production"):
        return [Diagnosis("mode", Level.OK, what)]
    todo = _("La borne n'accueille personne : corrigez mode (en production, aucune simulation), ou console.url.")
    return [Diagnosis("mode", Level.BAD, what, todo)]


def _reach(part: str, url: str, context: ssl.SSLContext) -> tuple[Diagnosis, datetime | None]:
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or 443
    started = time.monotonic()
    connection = http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
    try:
        connection.request("GET", place.path or "/")
        answer = connection.getresponse()
        answer.read(1024)
    except ssl.SSLError as trouble:
        reason = trouble.reason or type(trouble).__name__
        what = _("{host} : liaison chiffrée refusée ({reason})").format(host=host, reason=reason)
        return Diagnosis(part, Level.BAD, what, _("Vérifiez les autorités (ca), le certificat et l'heure.")), None
    except socket.gaierror:
        return Diagnosis(
            part, Level.BAD, _("{host} : nom inconnu").format(host=host), _("Vérifiez le DNS et l'adresse.")
        ), None
    except (OSError, http.client.HTTPException):
        what = _("{host}:{port} ne répond pas").format(host=host, port=port)
        return Diagnosis(part, Level.BAD, what, _("Vérifiez le réseau, le pare-feu et que le service tourne.")), None
    finally:
        connection.close()
    what = _("{host} répond en {ms:.0f} ms").format(host=host, ms=(time.monotonic() - started) * 1000)
    return Diagnosis(part, Level.OK, what), _date(answer.getheader("Date"))


def _date(header: str | None) -> datetime | None:
    if header is None:
        return None
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
