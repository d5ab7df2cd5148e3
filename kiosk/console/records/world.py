"""Whose people a database holds: invented ones, or real ones; never both, and the trail says which.

A training's database, or one that took in invented check-ins, is never served in production: its people would be found
beside the real ones. Nor is a database that has served made a training's.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.models import AuditEntry

_ABOUT = "people"


class OtherWorld(Exception):
    """These people are not of this mode; says what to do, in French: the technician reads."""


def check(mode: str) -> None:
    """See that this database may be served in this mode, and found a training's. OtherWorld otherwise."""
    is_invented = holds_invented()
    if mode == "production" and is_invented:
        raise OtherWorld(
            _(
                "Cette base tient des personnes inventées (formation ou démonstration) : elle n'est jamais servie en "
                "production. Donnez à la production une base neuve, ou remettez la sienne : kiosk console restore "
                "FICHIER."
            )
        )
    if mode == "training" and not is_invented:
        if audit.last_number():
            raise OtherWorld(
                _(
                    "Cette base a déjà servi, et pas à la formation : elle peut tenir de vraies personnes. Donnez à la "
                    "formation une base neuve (data_dir ou database), ou corrigez mode."
                )
            )
        note_invented()


def is_real() -> bool:
    """Whether real people come to this console."""
    return bool(settings.KIOSK.is_production)


def is_other(mode: str) -> bool:
    """Whether a kiosk that says this mode is of the other world; one that says none is of an earlier version."""
    return bool(mode) and (mode == "production") is not is_real()


def note_invented() -> None:
    """From now on, and for good, this database holds invented people."""
    if not holds_invented():
        audit.record(audit.Act.PEOPLE_INVENTED, who="console", about=_ABOUT)


def holds_invented() -> bool:
    """The trail is asked once a process: it remembers."""
    if audit.remembered(audit.Act.PEOPLE_INVENTED, _ABOUT):
        return True
    said = AuditEntry.objects.filter(about=_ABOUT, act=audit.Act.PEOPLE_INVENTED)
    audit.remember(said[:1])
    return bool(audit.remembered(audit.Act.PEOPLE_INVENTED, _ABOUT))
