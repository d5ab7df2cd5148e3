"""What a terminal's settings name, looked at before anything starts: each thing that cannot be used is one sentence."""

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk import journal, mistakes, plug_ins, sealing
from kiosk.heads import read_key
from kiosk.insi.authority import Holds, held_in
from kiosk.settings import SIMULATED, BadSettings, InsiSection, Settings, keep_others_out

_LONGEST_SOCKET = 107  # bytes of a local socket's path
_LARGEST_KEY = 4096
_LARGEST_BUNDLE = 1 << 20

Check = Callable[[Settings], str]


def refuse_unusable(settings: Settings) -> None:
    """BadSettings names all that is wrong, a line a key."""
    problems = [f"{key}: {said}" for key, check in _CHECKS.items() if (said := check(settings))]
    if problems:
        raise BadSettings("\n".join(problems))


def _data_dir(settings: Settings) -> str:
    folder = settings.kiosk.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_others_out(folder)
        with tempfile.TemporaryFile(dir=folder):
            return _journal(folder / journal.FILE)
    except OSError as trouble:
        if isinstance(trouble, FileExistsError):
            return f"{folder} est un fichier : écrivez le chemin d'un dossier"
        return f"{folder} {mistakes.reason(trouble)} : rien ne peut y être gardé ; corrigez le chemin ou les droits"


def _journal(path: Path) -> str:
    """A pipe would be waited for, and a folder would have every line fail."""
    return f"{path} n'est pas un fichier : retirez-le de là" if os.path.lexists(path) and not path.is_file() else ""


def _control(settings: Settings) -> str:
    path = settings.kiosk.control
    if path is None:
        return ""
    if os.path.lexists(path) and not path.is_socket():  # it would be taken away
        return f"{path} existe et n'est pas une prise locale : écrivez un autre chemin"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return ""
    return f"chemin trop long pour une prise locale : écrivez-en un de {_LONGEST_SOCKET} octets au plus"


def _desk(settings: Settings) -> str:
    desks = (settings.server or {}).get("desks")
    if not isinstance(desks, list) or not desks or settings.kiosk.desk in desks:
        return ""
    return "la console de ce fichier ne connaît pas ce guichet : ajoutez-le à server.desks, ou corrigez-le"


def _card(settings: Settings) -> str:
    driver = settings.card.driver
    if driver == "pcsc" or plug_ins.called("kiosk.card_readers", driver) is not None:
        return ""
    return f"aucun lecteur ne s'appelle « {driver} » : écrivez pcsc, ou installez son greffon"


def _reader(settings: Settings) -> str:
    if settings.mode != "production" or settings.card.driver != "pcsc" or settings.card.reader:
        return ""
    return "en production, nommez le lecteur : écrivez son numéro de série, une partie de son nom (voyez kiosk doctor)"


def _is_neither_device_nor_file(path: Path) -> bool:
    """What is not there, or is an address, may come."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISCHR(mode) or stat.S_ISREG(mode))


def _camera_source(settings: Settings) -> str:
    camera = settings.camera
    path = Path(camera.source)
    if camera.driver == "opencv" and not camera.source.isdecimal() and _is_neither_device_nor_file(path):
        return f"{path} n'est ni un appareil ni un film : écrivez le chemin de l'un d'eux, ou un numéro"
    if settings.mode != "production" or camera.driver != "opencv" or not camera.source.isdecimal():
        return ""
    return "un numéro est celui de n'importe quelle caméra : écrivez son chemin, /dev/v4l/by-id/…"


def _appli(settings: Settings) -> str:
    section = settings.appli
    if section is None or section.driver == SIMULATED or plug_ins.called("kiosk.phone_readers", section.driver):
        return ""
    return f"aucun lecteur de téléphones ne s'appelle « {section.driver} » : installez son greffon, ou retirez [appli]"


def _appli_file(settings: Settings) -> str:
    section = settings.appli
    if section is None or section.driver != SIMULATED or section.file is not None:
        return ""
    return "les téléphones simulés demandent le chemin du fichier qui en tient lieu"


def _film(settings: Settings) -> str:
    if settings.camera.driver != "film" or settings.camera.film is not None:
        return ""
    return "le pilote film demande le chemin d'un film"


def _seals(settings: Settings) -> str:
    return _folder(settings.camera.seal_certificates)


def _seal_authorities(settings: Settings) -> str:
    return _folder(settings.camera.seal_authorities)


def _seal_revocations(settings: Settings) -> str:
    return _folder(settings.camera.seal_revocations)  # one that is not there would strike nobody off


def _folder(place: Path | None) -> str:
    return "" if place is None or place.is_dir() else f"{place} n'est pas un dossier : créez-le, ou retirez la clé"


def _structure_key(settings: Settings) -> str:
    return _key(settings.sealing.structure_key, sealing.load_recipient_public, "la clé publique de la structure")


def _kiosk_key(settings: Settings) -> str:
    return _key(settings.sealing.kiosk_key, sealing.load_signer, "la clé de cette borne")


def _key(path: Path, load: Callable[[Path], object], what: str) -> str:
    if said := _readable(path):
        return said
    try:
        load(path)
    except sealing.BadKey:
        return f"{path} n'est pas {what} : refaites l'enrôlement (kiosk keys enrol)"
    return ""


def _console_key(settings: Settings) -> str:
    path = settings.sealing.console_key
    if path is None or (said := _readable(path)):
        return "" if path is None else said
    with path.open(encoding="ascii", errors="replace") as file:
        if read_key(file.read(_LARGEST_KEY).strip()) is None:
            return f"{path} n'est pas ce que kiosk keys enrol --console-key a écrit : refaites l'enrôlement"
    return ""


def _console_ca(settings: Settings) -> str:
    return _authority(settings.console.ca)


def _insi_ca(settings: Settings) -> str:
    return _authority(settings.insi.ca) if isinstance(settings.insi, InsiSection) else ""


def _insi_certificate(settings: Settings) -> str:
    return _readable(settings.insi.certificate) if isinstance(settings.insi, InsiSection) else ""


def _insi_password(settings: Settings) -> str:
    section = settings.insi
    return _readable(section.password_file) if isinstance(section, InsiSection) and section.password_file else ""


def _authority(path: Path) -> str:
    if said := _readable(path):
        return said
    with path.open("rb") as file:
        held = held_in(file.read(_LARGEST_BUNDLE))
    if held is Holds.NOTHING:
        return f"{path} n'est pas un certificat d'autorité (PEM) : copiez celui de l'autorité"
    if held is Holds.OTHERS:
        return f"{path} n'est le certificat d'aucune autorité : copiez celui de l'autorité, pas celui du serveur"
    return ""


def _readable(path: Path) -> str:
    try:
        if not mistakes.is_plain_file(path):
            return f"{path} n'est pas un fichier : corrigez le chemin"
        with path.open("rb") as file:
            file.read(1)
    except OSError as trouble:
        return f"{path} {mistakes.reason(trouble)} : corrigez le chemin ou les droits"
    return ""


_CHECKS: dict[str, Check] = {
    "kiosk.data_dir": _data_dir,
    "kiosk.control": _control,
    "kiosk.desk": _desk,
    "card.driver": _card,
    "card.reader": _reader,
    "camera.source": _camera_source,
    "appli.driver": _appli,
    "appli.file": _appli_file,
    "camera.film": _film,
    "camera.seal_certificates": _seals,
    "camera.seal_authorities": _seal_authorities,
    "camera.seal_revocations": _seal_revocations,
    "sealing.structure_key": _structure_key,
    "sealing.kiosk_key": _kiosk_key,
    "sealing.console_key": _console_key,
    "console.ca": _console_ca,
    "insi.ca": _insi_ca,
    "insi.certificate": _insi_certificate,
    "insi.password_file": _insi_password,
}
