"""Members of staff at their desk: signed in with password and code, as a browser does it."""

import time
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm at little cost: these tests sign in hundreds of times."""

    time_cost, memory_cost, parallelism = 1, 1024, 1


READ = "document:birth-place:read"  # what a page calls it that staff read the place of birth on the original
PASSWORD = "correct horse battery staple"


def add(name: str = "lea", role: str = "host") -> None:
    from kiosk.console.staff import accounts

    accounts.add_staff(name, role, PASSWORD, who="test")


def code_of(name: str, *, steps: int = 0) -> str:
    """The code the authenticator shows, now or some half-minutes later."""
    from django_otp.oath import totp

    from kiosk.console.models import Authenticator
    from kiosk.console.staff import second_factor

    device = Authenticator.objects.get(user__username=name)
    return f"{totp(second_factor.open_key(device), t0=-steps * device.STEP):06d}"


@cache
def _first() -> Client:
    return Client(enforce_csrf_checks=False)


def browser() -> Client:
    """A browser with no cookies yet; all share what reads the static files."""
    fresh = Client(enforce_csrf_checks=False)
    fresh.handler = _first().handler
    return fresh


def sign_in(name: str = "lea", *, client: Client | None = None) -> Client:
    client = client or browser()
    answer = client.post("/connexion/", {"username": name, "password": PASSWORD, "code": code_of(name)}, secure=True)
    assert answer.status_code == 302, answer.content.decode()
    return client


def at_desk(name: str = "lea", role: str = "host") -> Client:
    add(name, role)
    return sign_in(name)


def get(client: Client, path: str):
    return client.get(path, secure=True)


def post(client: Client, path: str, **said: object):
    return client.post(path, said, secure=True)


def idle_for(client: Client, seconds: int) -> None:
    """As if nothing had been touched for so long."""
    session = client.session
    session["seen_at"] = int(time.time()) - seconds
    session.save()
