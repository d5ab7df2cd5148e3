"""The second factor's secrets: sealed, bound to their owner, sealed again with a new key, nowhere in clear."""

import base64
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from kiosk.sealing import CannotOpen
from tests.console.rewritten import rewrite
from tests.console.served import ServedConsole, writings
from tests.console.staff import PASSWORD, add, browser, code_of, get, half_a_minute_later, post, sign_in
from tests.demo import enrolling
from tests.demo.processes import ROOT

FORMER_SECRET = "4d7953656372657456616c7565466f7254657374"  # as django-otp kept it: hexadecimal, in clear
FORMER_TABLE = """CREATE TABLE otp_totp_totpdevice (
    id INTEGER PRIMARY KEY, name TEXT, confirmed BOOL, key VARCHAR(80), step INTEGER, t0 BIGINT, digits INTEGER,
    tolerance INTEGER, drift SMALLINT, last_t BIGINT, user_id BIGINT, created_at TEXT, last_used_at TEXT)"""
UPGRADE = textwrap.dedent(
    """
    import importlib, sys, types
    from pathlib import Path
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(Path(sys.argv[1])))
    from django.apps import apps
    from django.db import connection, transaction
    from django_otp.oath import totp
    from kiosk.console.models import Authenticator
    from kiosk.console.staff import second_factor

    step = importlib.import_module("kiosk.console.migrations.0006_secrets_sealed")
    for _ in range(2):  # done again, it changes nothing
        with transaction.atomic():
            step.seal_former_secrets(apps, types.SimpleNamespace(connection=connection))
    device = Authenticator.objects.get(last_t=7)
    assert second_factor.open_key(device).hex() == sys.argv[2]
    assert second_factor.check_code(device.user, f"{totp(bytes.fromhex(sys.argv[2])):06d}") == device
    connection.close()
    """
)


def _found(folder: Path, secret: bytes) -> list[str]:
    """The files that hold a secret, however it is written."""
    wanted = {secret, *writings(secret.hex()), *writings(base64.b32encode(secret).decode()), base64.b64encode(secret)}
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(writing in path.read_bytes() for writing in wanted)
    ]


def test_a_secret_is_nowhere_in_the_database_and_one_that_stood_in_clear_is_sealed_and_gone(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    console = ServedConsole(tmp_path / "console")
    console.start()
    said = console.add_staff("lea")
    console.stop()
    secret = base64.b32decode(said["totp_secret"])
    assert len(secret) == 20
    data = console.folder / "data"
    assert _found(data, secret) == []
    with closing(sqlite3.connect(data / "console.sqlite3")) as database:
        database.execute(FORMER_TABLE)
        database.execute(
            "INSERT INTO otp_totp_totpdevice VALUES (1, 'application', 1, ?, 30, 0, 6, 1, 0, 7, 1, NULL, NULL)",
            (FORMER_SECRET,),
        )
        database.commit()
    assert _found(data, bytes.fromhex(FORMER_SECRET)) == ["console.sqlite3"]
    done = subprocess.run(
        [sys.executable, "-c", UPGRADE, str(console.config), FORMER_SECRET],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _found(data, bytes.fromhex(FORMER_SECRET)) == []
    assert _found(data, secret) == []


@pytest.mark.usefixtures("console")
def test_the_address_for_the_authenticator_says_what_it_needs() -> None:
    from kiosk.console.models import Authenticator, Role, Staff
    from kiosk.console.staff import second_factor

    staff = Staff.objects.create_user("lea", "x" * 12, Role.HOST)
    key = second_factor.new_key()
    address = urlsplit(second_factor.address_of(staff, key))
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert asked["issuer"] == ["Accueil Centre hospitalier de Saint-Exemple"]
    assert "+" not in address.query  # some applications show it
    second_factor.keep(staff, key)
    assert base64.b32decode(asked["secret"][0]) == second_factor.open_key(Authenticator.objects.get()) == key


@pytest.mark.usefixtures("console")
def test_a_secret_moved_to_another_account_does_not_open() -> None:
    from kiosk.console.models import Authenticator, Staff
    from kiosk.console.staff import second_factor

    add("lea")
    add("marc", "officer")
    rewrite(
        Authenticator.objects.filter(user__username="marc"),
        sealed_key=Authenticator.objects.get(user__username="lea").sealed_key,
    )
    with pytest.raises(CannotOpen):
        second_factor.check_code(Staff.objects.get(username="marc"), code_of("lea"))


@pytest.mark.usefixtures("console")
def test_a_wrong_code_makes_the_next_one_wait_whatever_it_is() -> None:
    from kiosk.console.models import Authenticator, Staff
    from kiosk.console.staff import second_factor

    add("lea")
    staff, right = Staff.objects.get(), code_of("lea")
    assert second_factor.check_code(staff, "000000" if right != "000000" else "111111") is None
    assert second_factor.check_code(staff, right) is None
    assert Authenticator.objects.get().throttling_failure_count == 1
    for code in ("", "12345", "1234567", "٤٢٣٤٥٦7", "abc"):
        assert second_factor.check_code(staff, code) is None


@pytest.mark.usefixtures("console")
def test_who_typed_late_twice_is_recognised_when_they_type_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looked like a slow clock: from then on the code that their authenticator showed was one of the future."""
    from kiosk.console.models import Authenticator, Staff
    from kiosk.console.staff import second_factor

    add("lea")
    staff, half_minute = Staff.objects.get(), int(time.time()) // 30
    secret = second_factor.written(second_factor.open_key(Authenticator.objects.get()))

    def typed(shown: int, *, late: int = 0) -> bool:
        monkeypatch.setattr(second_factor, "time", SimpleNamespace(time=lambda: (shown + late) * 30 + 15))
        return second_factor.check_code(staff, enrolling.totp(secret, shown * 30), is_own=True) is not None

    assert typed(half_minute, late=1)
    assert typed(half_minute + 10, late=2)
    assert typed(half_minute + 20)
    assert not typed(half_minute + 20)  # served
    assert [typed(half_minute + 30 + 10 * slow, late=slow) for slow in range(1, 6)] == [True] * 5  # a slow clock
    assert not typed(half_minute + 100, late=-5)
    assert typed(half_minute + 110)


@pytest.mark.usefixtures("console")
def test_the_secret_is_sealed_again_for_a_new_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.models import Authenticator
    from kiosk.console.records import structure
    from kiosk.console.staff import second_factor
    from kiosk.sealing import generate_recipient, sealed_for

    add("lea")
    before = second_factor.open_key(Authenticator.objects.get())
    former, fresh = structure.keys().current, generate_recipient()
    by_id = {key.public_key.key_id: key for key in (former, fresh)}
    monkeypatch.setattr(structure, "keys", lambda: structure.Keys(fresh, by_id))
    assert (second_factor.reseal(), second_factor.reseal()) == (1, 0)
    device = Authenticator.objects.get()
    assert sealed_for(bytes(device.sealed_key)) == fresh.public_key.key_id
    assert second_factor.open_key(device) == before


@pytest.mark.usefixtures("console")
def test_new_secrets_leave_nothing_of_the_old_ones() -> None:
    from kiosk.console.models import Authenticator, SecurityKey, Staff
    from kiosk.console.staff import accounts, second_factor

    add("lea")
    lea = Staff.objects.get(username="lea")
    SecurityKey.objects.create(user=lea, name="bleue", credential_id=b"1", credential=b"2")
    former = Authenticator.objects.get(user=lea).pk
    accounts.enrol(lea, "x" * 12, second_factor.new_key())
    assert Authenticator.objects.get(user=lea).pk != former
    assert not SecurityKey.objects.exists()


@pytest.mark.usefixtures("console")
def test_who_has_the_password_and_guesses_codes_makes_its_owner_wait_neither_at_the_door_nor_locked() -> None:
    """Each wrong code doubled the wait, for everybody and up to years."""
    from kiosk.console.models import Authenticator

    add("lea")
    own, thief = sign_in("lea"), browser()
    post(own, "/verrouiller/")
    device = Authenticator.objects.get()
    for _ in range(12):
        device.throttle_increment()
    half_a_minute_later()
    said = {"username": "lea", "password": PASSWORD}
    assert post(thief, "/connexion/", **said, code=code_of("lea")).status_code == 403  # the right one: too soon
    assert post(own, "/verrou/", code=code_of("lea")).status_code == 302
    assert get(own, "/file/").status_code == 200
    post(own, "/quitter/")
    device.refresh_from_db()
    for _ in range(12):
        device.throttle_increment()
    half_a_minute_later()
    assert post(own, "/connexion/", **said, code=code_of("lea")).status_code == 302
