"""The lines of the queue, forty on every page of the desk and read again all day: written at once, without a template.

Whatever stands in one is escaped here, also what only the console says.
"""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kiosk.console.models import Arrival, Stage
from kiosk.console.templatetags.console_tags import desk, dossier, need_sign
from kiosk.console.words import waited

_LINE = """<li><a href="{}" id="line-{}" class="line need-{}{}"{}>
  <span class="sign" aria-hidden="true">{}</span>
  <b class="ticket">{}</b>
  <span class="waited">{}</span>
  <span class="need">{}{}</span>
  <span class="from">{}{}</span>{}
</a></li>
"""
_CURRENT = ' aria-current="true"'
_NOTED = ' <span class="tag tag-wait">{}</span>'
_WHO = '\n  <span class="who">{}{}</span>'


def written(arrivals: Iterable[Arrival], current: UUID | None, now: datetime, *, are_mine: bool = False) -> SafeString:
    """A line for each; where their words have no room, a reader hears them. Whoever a colleague has is paler."""
    noted = _NOTED.format(escape(_("note")))
    return SafeString("".join(_line(one, current, now, noted, are_mine) for one in arrivals))


def _line(arrival: Arrival, current: UUID | None, now: datetime, noted: str, is_mine: bool) -> str:
    is_ours = arrival.is_proven
    return _LINE.format(
        escape(dossier(arrival.key)),
        arrival.key,
        escape(arrival.need),
        "" if is_mine or arrival.assigned_to_id is None else " taken",
        _CURRENT if arrival.key == current else "",
        need_sign(arrival.need),
        escape(arrival.ticket if is_ours else "?"),
        waited(arrival.received_at, now),
        escape(arrival.needed),
        noted if arrival.noted_at or vars(arrival)["of_person"] else "",
        escape(arrival.terminal_id),
        f" · {escape(desk(arrival.desk))}" if arrival.desk and is_ours else "",
        "" if arrival.stage == Stage.WAITING else _who(arrival),
    )


def _who(arrival: Arrival) -> str:
    """Where the visit stands, and with whom."""
    name = f" · {escape(arrival.assigned_to.username)}" if arrival.assigned_to is not None else ""
    return _WHO.format(escape(arrival.get_stage_display()), name)
