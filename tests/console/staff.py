"""Members of staff at their desk: signed in with password and code, as a browser does it."""

import re
import time
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tests.console.rewritten import rewrite


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm at little cost: these tests sign in hundreds of times."""

    time_cost, memory_cost, parallelism = 1, 1024, 1


READ = "document:birth-place:read"  # what a page calls it that staff read the place of birth on the original
PASSWORD = "correct horse battery staple"


def add(name: str = "lea", role: str = "host") -> None:
    from kiosk.console.staff import accounts, second_factor

    staff = accounts.add(name, role, who="test")
    staff.set_password(PASSWORD)
    staff.is_active = True
    staff.save()
    second_factor.keep(staff, second_factor.new_key())  # one act of the trail: how owners enrol is test_accounts'


def link(name: str, national_id: str) -> None:
    """Let Pro Santé Connect sign somebody in, as two people have agreed."""
    from kiosk.console.models import Staff
    from kiosk.console.staff import accounts

    accounts.link(Staff.objects.get(username=name), accounts.national_fingerprint(national_id), who="test")


def code_of(name: str, *, steps: int = 0) -> str:
    """The code the authenticator shows, now or some half-minutes later."""
    from django_otp.oath import totp

    from kiosk.console.models import Authenticator
    from kiosk.console.staff import second_factor

    device = Authenticator.objects.get(user__username=name)
    return f"{totp(second_factor.open_key(device), t0=-steps * device.STEP):06d}"


def half_a_minute_later() -> None:
    """Every authenticator may show what it showed before, as if it were another code."""
    from kiosk.console.models import Authenticator, Guess
    from kiosk.console.staff import guesses

    rewrite(Authenticator.objects.all(), last_t=-1)
    Guess.objects.all().delete()
    guesses.begin_anew()


HEARD = re.compile(r'<span class="visually-hidden">[^<]*</span> (?=<span aria-hidden="true">)')
PINNED = re.compile(r"/arrivees/([0-9a-f-]{36})/(?:qualifier|decision/[a-z-]+|declasser|remplacer|presence)/")


def words_of(page: str) -> str:
    """What a page says to the eye, its tags aside: letters that differ stand in tags of their own."""
    page = HEARD.sub("", page)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def trait_of(page: str, trait: str) -> str:
    """All that the page of an identity has about one trait."""
    return f'<div data-trait="{trait}"' + page.split(f'data-trait="{trait}"')[1].split("\n</div>", maxsplit=1)[0]


class Window(Client):
    """A browser window: the form of a decision says what its page shows, whatever a test fills in beside."""

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        return super().post(path, as_shown(path, data or {}), *args, **kwargs)


def as_shown(path: str, said: Mapping[str, object]) -> dict[str, object]:
    """A form with the hidden fields of the page as it stands now; those that are given stay."""
    meant = None if {"version", "answer"} <= said.keys() else PINNED.fullmatch(path)
    return (_hidden(meant[1]) if meant else {}) | dict(said)


def _hidden(key: str) -> dict[str, object]:
    from kiosk.console.identities import accepting, presence
    from kiosk.console.models import Arrival
    from kiosk.console.register import visits
    from kiosk.core.checkin.codec import BadCheckIn
    from kiosk.sealing import CannotOpen

    arrival = Arrival.objects.select_related("sealed", "person__absorbed_by", "candidate").filter(pk=key).first()
    if arrival is None or not hasattr(arrival, "sealed"):
        return {"version": "", "answer": "0" * 32}
    try:
        mark = accepting.mark_of(presence.laid(arrival, visits.opened(arrival))[0])
    except (CannotOpen, BadCheckIn):
        mark = "0" * 32  # no page shows it
    return {"version": str(arrival.known.version) if arrival.known is not None else "", "answer": mark}


def shown_on(page: str) -> dict[str, str]:
    """The hidden fields of a page that was fetched."""
    return dict(re.findall(r'name="(version|answer)" value="([^"]*)"', page))


@cache
def _first() -> Client:
    return Client(enforce_csrf_checks=False)


def browser() -> Client:
    """A browser with no cookies yet; all share what reads the static files."""
    fresh = Window(enforce_csrf_checks=False)
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
