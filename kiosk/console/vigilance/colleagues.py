"""A dossier that bears a colleague's name: who opens it is told of to an officer, whoever it is."""

from itertools import product
from uuid import UUID

from kiosk.console.models import Staff
from kiosk.console.witness import findings
from kiosk.core.checkin.stated import LOOKED_FOR, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.names import NameRefused, comparison_key


def note(check_in: CheckIn, about: UUID, staff: Staff) -> None:
    """Whichever page shows something of it."""
    if is_named(check_in):
        findings.note([findings.Found("reading", f"{staff.pk}-colleague-{about.hex}")])


def is_named(check_in: CheckIn) -> bool:
    """Somebody who works here is called like this patient, as accounts are named: anne.martin, a.martin, amartin."""
    return Staff.objects.filter(username__in=_usernames(check_in)).exists()


def _usernames(check_in: CheckIn) -> set[str]:
    names: set[str] = set()
    for traits in stated(check_in, LOOKED_FOR):
        given = {_plain(name) for name in traits.given_names[:1]} - {""}
        family = {_plain(traits.birth_name), _plain(traits.name_in_use)} - {""}
        for first, last, mark in product(given, family, (".", "-", "_", "")):
            for one in (first, first[0]):
                names |= {f"{one}{mark}{last}", f"{last}{mark}{one}"}
    return names


def _plain(name: str) -> str:
    try:
        return comparison_key(name).replace(" ", "").lower()
    except NameRefused:
        return ""
