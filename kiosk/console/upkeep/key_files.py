"""The files that open, prove or sign something, the keys' folder, and settings with the database's password in them:
nobody reads them but who runs the console."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.console.config import ServerSettings
from kiosk.settings import InsiSection


class OpenToOthers(Exception):
    """Files with keys that others can read or change; the message says which, and what to do."""


def check(server: ServerSettings, config: Path) -> None:
    """OpenToOthers, unless each file is its owner's alone; one of root's may be read by the console's own group."""
    own = [config] if any(urlsplit(one).password for one in (server.database, server.keys_database)) else []
    found = [path for path in (*own, *_named(server)) if path.exists() and _is_open(path)]
    if found:
        lines = "\n".join(f"  chmod {'700' if path.is_dir() else '600'} {path}" for path in found)
        raise OpenToOthers(f"D’autres que la console peuvent lire ou changer ces fichiers. Fermez-les :\n{lines}")


def _is_open(path: Path) -> bool:
    kept = path.stat()
    if kept.st_uid not in {0, os.geteuid()}:
        return True
    others = stat.S_IMODE(kept.st_mode) & 0o077
    if kept.st_uid == 0 and os.geteuid() != 0 and kept.st_gid in {os.getegid(), *os.getgroups()}:
        others &= ~stat.S_IRGRP  # root's, lent to the account that serves
    return bool(others)


def _named(server: ServerSettings) -> Iterator[Path]:
    yield from (server.key, server.recipient_key, *server.former_recipient_keys, server.passphrase_file)
    yield from (server.secret_key_file, *(one.file for one in server.former_secrets))
    if server.passphrase_code_file is not None:
        yield server.passphrase_code_file
    if server.metrics_token_file is not None:
        yield server.metrics_token_file
    if server.psc is not None:
        yield server.psc.client_secret_file
    yield from _of_insi(server.insi)
    if not server.keys_database:
        yield server.keys_folder


def _of_insi(insi: InsiSection | None) -> Iterator[Path]:
    """What signs as the structure at INSi: a PKCS#12, or the key beside a PEM; what opens it, or the card."""
    if insi is None:
        return
    yield insi.certificate if insi.key is None else Path(insi.key)  # one in a token is no file
    if insi.password_file is not None:
        yield insi.password_file
    if insi.cpx is not None:
        yield insi.cpx.password_file
