"""What is done before serving: the database brought up to date, kiosks of the configuration enrolled."""

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import Role, Staff, Terminal
from kiosk.sealing import load_verifier


class Unknown(ValueError):
    """A name nobody has."""


def bring_up_to_date(server: ServerSettings) -> None:
    """Create or migrate the tables; enrol the kiosks the configuration names."""
    call_command("migrate", interactive=False, verbosity=0)
    for name, path in server.kiosks.items():
        enrol(name, path.read_text(), who="configuration")
    connection.close()


def enrol(name: str, public_key: str, *, who: str) -> bool:
    """Register a kiosk's public key; False when it was there already. BadKey when it is not one."""
    load_verifier(public_key.encode())
    with transaction.atomic():
        terminal, is_new = Terminal.objects.get_or_create(pk=name, defaults={"public_key": public_key})
        if not is_new and terminal.public_key.strip() == public_key.strip():
            return False
        terminal.public_key, terminal.revoked_at = public_key, None
        terminal.save(update_fields=["public_key", "revoked_at"])
        audit.record(audit.Act.KIOSK_ENROLLED, who=who, about=name)
        return True


def revoke(name: str, *, who: str) -> None:
    """Stop listening to a kiosk. Unknown when there is none of that name."""
    with transaction.atomic():
        if not Terminal.objects.filter(pk=name, revoked_at=None).update(revoked_at=timezone.now()):
            raise Unknown(name)
        audit.record(audit.Act.KIOSK_REVOKED, who=who, about=name)


def add_staff(username: str, role: str, password: str, *, who: str, desk: str = "") -> str:
    """Create an account with its second factor; gives the otpauth address to put into the authenticator."""
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415 # Django first

    with transaction.atomic():
        staff = Staff.objects.create_user(username, password, Role(role))
        if desk:
            staff.desk = desk
            staff.save(update_fields=["desk"])
        device = TOTPDevice.objects.create(user=staff, name="application", confirmed=True)
        audit.record(audit.Act.ACCOUNT_ADDED, who=who, about=username, role=role)
    return str(device.config_url)
