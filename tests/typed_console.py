"""Django's settings for the type checker alone: those of a console that never runs, as ``build`` makes them."""

from pathlib import Path

from kiosk.console.config import ServerSettings
from kiosk.console.keyring import Secret
from kiosk.console.site.django_settings import build

_NOWHERE = Path("/nonexistent")
KIOSK = ServerSettings(
    mode="test",
    data_dir=_NOWHERE,
    certificate=_NOWHERE,
    key=_NOWHERE,
    recipient_key=_NOWHERE,
    passphrase_file=_NOWHERE,
    secret_key_file=Path(__file__),  # no secret: nothing is ever signed with it
)
KEYRING: tuple[Secret, ...] = ()
globals().update(build(KIOSK))
