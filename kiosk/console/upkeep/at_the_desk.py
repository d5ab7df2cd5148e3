"""INSi asked at the desk in the name of who asks: at once, by this console, while the page says that it is asked.

The question is first written down as every other, its lease ours: if this process is killed, or nobody may ask in that
name after all, the worker asks with the structure's certificate, and the trail says who did.
"""

import datetime
import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import asking, reasons
from kiosk.console.identities.original import Original
from kiosk.console.models import Arrival, NationalIdentity, Staff
from kiosk.console.records import vault
from kiosk.console.staff import psc
from kiosk.console.staff.psc import Professional
from kiosk.console.upkeep import insi_again, insi_now
from kiosk.core.checkin.value import CheckIn
from kiosk.core.checkin.words import tag_of
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsCertificateTrouble, InsRefused
from kiosk.insi.certificate import CertificateTroubleError
from kiosk.insi.client import InsiClient
from kiosk.insi.config import CpxAccess, InsiConfig, config_from
from kiosk.insi.ways import ByToken, Signed, Way

if TYPE_CHECKING:
    from kiosk.insi.card import Card


@dataclass(frozen=True, slots=True, repr=False)
class InName(Confidential):
    """In whose name: who signed in with Pro Santé Connect, or the card in the reader."""

    means: str  # "psc" or "cpx", for the trail
    make: Callable[[InsiConfig], Way]


def by_token(professional: Professional) -> InName | None:
    """In the name of who signed in with Pro Santé Connect."""
    tokens = professional.tokens
    config = _config()
    if tokens is None or config is None or config.psc is None:
        return None
    until = datetime.datetime.fromtimestamp(tokens.until, datetime.UTC)
    who = Signed(professional.national_ids[0], tokens.access, until, professional.profession, professional.skills)
    access = config.psc
    return InName("psc", lambda used: ByToken(used, access, who))


def is_card_holder(staff: Staff) -> bool:
    """Whether this person asks with the card in the reader, which must be theirs."""
    return settings.KIOSK.desk_caller == "cpx" and NationalIdentity.objects.filter(user=staff).exists()


def by_card(staff: Staff) -> InName | None:
    """In the name of the card's holder, when that is who asks; None for who has no card. NotAllowed."""
    config = _config() if is_card_holder(staff) else None
    if config is None or config.cpx is None:
        return None
    from kiosk.insi.card import ByCard  # noqa: PLC0415 - a console without cards never loads it

    card = _card(config.cpx)
    try:
        holder = card.holder()
    except CertificateTroubleError:
        raise reasons.NotAllowed(_("La carte ne se lit pas : appelez l’informatique.")) from None
    mark = vault.blind("national identity", psc.normalised(holder))
    theirs = NationalIdentity.objects.filter(user=staff, fingerprint=mark, confirmed=True).first()
    if theirs is None or not theirs.is_of(staff):
        raise reasons.NotAllowed(_("La carte dans le lecteur n’est pas la vôtre."))
    return InName("cpx", lambda used: ByCard(used, card))


def ask_again(key: UUID, staff: Staff, criteria: Original, in_name: InName, *, where: str = "") -> Arrival:
    """Have INSi asked with these criteria, in this name, at once. NotAllowed."""
    arrival = asking.ask_again(key, staff, criteria, where=where, held_for=insi_again.LEASE)
    transaction.on_commit(functools.partial(_soon, key, staff.username, in_name))
    return arrival


def ask_first(key: UUID, staff: Staff, in_name: InName | None) -> None:
    """Ask about whom staff have just taken in hand: in this name, or with the structure's certificate."""
    if in_name is not None:
        transaction.on_commit(functools.partial(_soon, key, staff.username, in_name))
        return
    _leave(key)
    transaction.on_commit(functools.partial(insi_now.ask_soon, key))


def _soon(key: UUID, who: str, in_name: InName) -> None:
    if not insi_now.soon(functools.partial(ask, key, who, in_name)):
        _leave(key)


def _leave(key: UUID) -> None:
    """To whoever looks next."""
    Arrival.objects.filter(pk=key).update(leased_until=None)


def ask(key: UUID, who: str, in_name: InName) -> None:
    """Ask, and keep what INSi said as the worker does; what cannot be asked in this name is left to the worker."""
    config = _config()
    if config is None:
        return
    client = InsiClient(config, way=in_name.make(config))
    try:
        insi_again.see_to(functools.partial(_in_name, client, who), key, who=who, means=in_name.means)
    except _LeftToTheWorker as left:
        _leave(key)
        audit.record(
            audit.Act.INSI_ASKED, who=who, about=str(key), means=in_name.means, answer=tag_of(type(left.answer))
        )
    finally:
        client.close()


class _LeftToTheWorker(Exception):
    def __init__(self, answer: InsAnswer) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


def _in_name(client: InsiClient, who: str, check_in: CheckIn, wanted: Traits | None = None) -> InsAnswer:
    answer = insi_again.ask_again(client, check_in, wanted, caller=who)
    if isinstance(answer, InsRefused | InsCertificateTrouble):  # the name, the card or the token, not the person
        raise _LeftToTheWorker(answer)
    return answer


def _config() -> InsiConfig | None:
    server = settings.KIOSK
    return config_from(server.insi, server.mode) if server.insi is not None else None


_CARD_ROOM = threading.Lock()
_cards: dict[CpxAccess, "Card"] = {}


def _card(access: CpxAccess) -> "Card":
    """The reader's card, kept: it remembers a code that was refused."""
    from kiosk.insi.card import Card  # noqa: PLC0415 - the same

    with _CARD_ROOM:
        return _cards.setdefault(access, Card(access))
