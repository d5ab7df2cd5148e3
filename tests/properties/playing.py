"""A sequence carried out on a console, act by act, through the doors that people and machines have."""

import base64
import io
import re
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import typer

from kiosk.app.back_office import Place, assemble
from kiosk.core.checkin.codec import to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.turn import events as ev
from kiosk.sealing import intake_message, seal, sign
from tests.console.arrivals import SIGNER, asked_before
from tests.console.staff import as_shown
from tests.properties import acts, copies, forms, world
from tests.properties.acts import Act
from tests.properties.copies import Copy
from tests.properties.ground import Ground

PLACE = Place("borne-1", "3", "A")
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAME = re.compile(r"(?<=/)[a-z]\d+(?=/)")
NAMESPACE = uuid.UUID("7d0c2d1e-8c3b-4c5e-9a53-1f3a2a6b8f10")


@dataclass(slots=True)
class Outcome:
    """What came of one act."""

    was_done: bool = True  # False: what it names is not there
    code: int = 0  # of HTTP
    told: tuple[str, ...] = ()  # the errors that staff reads
    answers: tuple[tuple[str, str], ...] = ()  # what INSi said: of whom it was asked, and in which manner
    copies: tuple[Copy, ...] = ()  # what was kept, before something of it was to go


@dataclass(slots=True)
class Played:
    """One sequence under way."""

    ground: Ground
    tabs: dict[tuple[str, str], list[forms.Page]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # of check-ins: path and sealed body
    came: dict[str, acts.Arrive] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)  # when the kiosk asked INSi
    keys: dict[str, str] = field(default_factory=dict)  # by the name that sequences use
    head: str = ""  # of the trail: the last that the console gave the kiosk, which brings it back
    watch: Callable[[Act, Outcome], None] = lambda _act, _outcome: None  # told after each act, those in between too

    def with_keys(self, path: str) -> str:
        """An address as the console knows it."""
        return NAME.sub(lambda found: self.keys.get(found[0]) or str(key_of(found[0])), path)

    def with_names(self, path: str) -> str:
        """An address as sequences write it."""
        names = {key: name for name, key in self.keys.items()}
        return KEY.sub(lambda found: names.get(found[0], found[0]), path)

    def do(self, act: Act) -> Outcome:
        """Carry out one act, and have it watched."""
        outcome = self._done(act)
        self.watch(act, outcome)
        return outcome

    def _done(self, act: Act) -> Outcome:
        match act:
            case acts.Arrive():
                return self._arrive(act)
            case acts.Resend(visit):
                return self._put(*self.bodies[visit]) if visit in self.bodies else Outcome(was_done=False)
            case acts.Look(who, path):
                return self._look(who, path)
            case acts.Press():
                return self._press(act)
            case acts.Post(who, path, said):
                return self._post(who, path, said)
            case acts.Ask():
                return self._ask(act)
            case acts.Verify():
                return self._verify(act)
            case acts.Seek():
                return self._seek()
            case acts.Purge():
                return self._purge()
            case acts.Erase(whose, by):
                return self._erase(whose, by)
            case acts.Wait(seconds):
                self.ground.clock.pass_(seconds)
                return Outcome()

    # --- the kiosk ---------------------------------------------------------------------------------------------------

    def _arrive(self, act: acts.Arrive) -> Outcome:
        check_in = self._check_in(act)
        if act.short:
            asked_before(PLACE.kiosk)
        path, context = f"/intake/check-ins/{check_in.key}", f"check-in:{check_in.key}".encode()
        body = seal(to_bytes(check_in), _structure_key(), context)
        self.bodies[act.visit], self.came[act.visit] = (path, body), act
        self.keys[act.visit] = check_in.key
        return self._put(path, body)

    def _check_in(self, act: acts.Arrive) -> CheckIn:
        """As the kiosk's own code assembles it."""
        self.asked_at[act.visit] = self.ground.clock.now()
        reading = world.reading_of(act.document, act.read) if act.document else None
        asked = act.card or act.document
        order = ev.Submit(
            turn=ev.TurnId(1),
            beneficiary=world.card_of(act.card) if act.card else None,
            anomalies=(),
            insi=world.answer(act.insi, asked) if asked else world.answer("silent", "zoe"),
            reading=reading,
            pictures=world.pictures_of("all" if act.document else "none"),
            document_refused=not act.document and not act.short,
            by_short_path=act.short,
        )
        return assemble(order, str(key_of(act.visit)), f"A{act.visit[1:]}", PLACE, self.ground.clock.now())

    def _put(self, path: str, body: bytes) -> Outcome:
        sent_at = self.ground.clock.now().isoformat()
        signature = base64.b64encode(sign(intake_message(path, PLACE.kiosk, sent_at, body), SIGNER)).decode()
        said = {"X-Kiosk": PLACE.kiosk, "X-Sent-At": sent_at, "X-Signature": signature}
        headers = said | ({"X-Witness": self.head} if self.head else {})
        client = next(iter(self.ground.clients.values()))
        answer = client.put(path, body, "application/octet-stream", secure=True, headers=headers)
        self.head = answer.headers.get("X-Console-Mark", self.head)
        return Outcome(code=answer.status_code)

    # --- staff -------------------------------------------------------------------------------------------------------

    def _look(self, who: str, path: str) -> Outcome:
        answer = self.ground.clients[who].get(self.with_keys(path), secure=True)
        if answer.status_code == 200:
            self.tabs[who, path].append(forms.read(self.with_keys(path), answer.content))
        return Outcome(code=answer.status_code)

    def _press(self, act: acts.Press) -> Outcome:
        kept = self.tabs[act.who, act.page]
        if len(kept) <= act.age:
            return Outcome(was_done=False)
        found = kept[-1 - act.age].find(self.with_keys(act.path), act.name, act.place)
        if found is None:
            return Outcome(was_done=False)
        hidden = tuple((one.name, one.value) for one in found[0].fields if one.kind == "hidden")
        return self._post(act.who, act.path, (*hidden, *act.name, *act.said))

    def _post(self, who: str, path: str, said: acts.Said) -> Outcome:
        data: dict[str, list[str]] = defaultdict(list)
        for name, value in said:
            data[name].append(value)
        where = self.with_keys(path)
        answer = self.ground.clients[who].post(where, as_shown(where, data), secure=True)
        return Outcome(code=answer.status_code, told=_told(answer))

    # --- the worker --------------------------------------------------------------------------------------------------

    def _ask(self, act: acts.Ask) -> Outcome:
        from kiosk.console.upkeep.insi_again import insi_once

        asked = _Asked(self, act.manner, act.meanwhile)
        done = insi_once(asked)
        return Outcome(was_done=done, answers=tuple(asked.answered))

    def _verify(self, act: acts.Verify) -> Outcome:
        from kiosk.console.vigilance.campaigns import verify_once

        asked = _Asked(self, act.manner, act.meanwhile)
        done = verify_once(asked)
        return Outcome(was_done=done, answers=tuple(asked.answered))

    def _seek(self) -> Outcome:
        from kiosk.console.vigilance.look_alikes import seek_once

        return Outcome(was_done=seek_once())

    def _purge(self) -> Outcome:
        from kiosk.console.upkeep.retention import purge

        before = copies.taken()
        return Outcome(was_done=purge(self.ground.clock.now()) > 0, copies=before)

    # --- whoever has the disks ---------------------------------------------------------------------------------------

    def put_back(self) -> bool:
        """The databases of the beginning, and then the kiosk that comes next; False: none came yet."""
        if not self.bodies:
            return False
        self.ground.put_back()
        self._put(*next(iter(self.bodies.values())))
        return True

    # --- the technician ----------------------------------------------------------------------------------------------

    def _erase(self, whose: str, by: str) -> Outcome:
        """The command, as somebody types it."""
        from kiosk.commands import erase

        before = copies.taken()
        typed, sys.stdin = sys.stdin, io.StringIO(f"{erase.CONFIRMED}\n")
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                erase.carry_out(self.keys.get(whose) or str(key_of(whose)), "request", by)
        except typer.Exit:
            return Outcome(was_done=False)
        finally:
            sys.stdin = typed
        return Outcome(copies=before)


class _Asked:
    """INSi as the worker asks it: something may happen before it answers."""

    def __init__(self, played: Played, manner: str, meanwhile: tuple[Act, ...]) -> None:
        self._played, self._manner, self._meanwhile = played, manner, meanwhile
        self.answered: list[tuple[str, str]] = []

    def __call__(self, check_in: CheckIn | None, wanted: Traits | None = None) -> InsAnswer:
        began = self._played.ground.clock.now()
        for act in self._meanwhile:
            self._played.do(act)
        if wanted is None and check_in is not None:
            wanted = check_in.mrz.certain if check_in.mrz is not None else None
            name = world.meant_by(check_in.card or wanted, check_in.card_nir)
        else:
            name = world.meant_by(wanted, "")
        self.answered.append((name, self._manner))
        return world.called(world.answer(self._manner, name), began)


def key_of(visit: str) -> uuid.UUID:
    """The key of a visit's check-in: the same whenever the sequence is played."""
    return uuid.UUID(bytes=uuid.uuid5(NAMESPACE, visit).bytes, version=4)


def _structure_key() -> Any:
    from kiosk.console.records import vault

    return vault.keys().current.public_key


def _told(answer: Any) -> tuple[str, ...]:
    storage = getattr(answer.wsgi_request, "_messages", None)
    if storage is None:
        return ()
    return tuple(str(one.message) for one in storage._queued_messages if one.level_tag == "error")
