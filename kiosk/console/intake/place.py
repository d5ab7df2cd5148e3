"""What a kiosk says of when and where somebody came, as far as it can be believed."""

from datetime import datetime, timedelta

from django.conf import settings

from kiosk.console.arrivals import times
from kiosk.console.intake.signed import NotTrusted, instant
from kiosk.console.models import Arrival, Bare, Stage, Terminal, places
from kiosk.console.terminals import excess
from kiosk.console.terminals.excess import About
from kiosk.console.words import one_line
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsFound

SIGNED_WITHIN = timedelta(days=2)  # a kiosk signs each time it sends: a clock that jumped a day keeps nobody away
MANY_WITHIN = timedelta(minutes=30)


def signed_at(terminal: Terminal, sent_at: str, now: datetime) -> datetime:
    """When the kiosk says it sent this. NotTrusted where its clock is so wrong that this may be another year's."""
    said = instant(sent_at)
    if abs(now - said) > times.RIGHT_WITHIN:
        excess.note(terminal.pk, About.CLOCK)
    if abs(now - said) > SIGNED_WITHIN:
        raise NotTrusted
    return said


def desk(terminal: Terminal, said: str) -> str:
    """Where the kiosk sent them; any desk, where there is no such desk, or it is none of this kiosk's."""
    server = settings.KIOSK
    name = one_line(said, 20)
    allowed = server.kiosk_desks.get(terminal.pk, server.desks)
    if not name or not allowed or name in allowed:
        return name
    excess.note(terminal.pk, About.PLACE)
    return ""


def bareness(terminal: Terminal, check_in: CheckIn, now: datetime) -> Bare:
    """Whether this is touch alone, which anybody can do as often as they like; and whether it is one of many."""
    is_known = isinstance(check_in.insi, InsFound) or check_in.card is not None or check_in.appli is not None
    if is_known or check_in.mrz is not None or check_in.seal is not None or check_in.pictures:
        return Bare.NO
    since = now - MANY_WITHIN
    mine = places.met("terminal_id", terminal.pk, since, now)
    waiting = Arrival.objects.filter(terminal_id__in=mine, received_at__range=(since, now), stage=Stage.WAITING)
    if waiting.exclude(bare=Bare.NO).count() < settings.KIOSK.touch_only_at_once:
        return Bare.YES
    excess.note(terminal.pk, About.TOUCH)
    return Bare.ONE_OF_MANY
