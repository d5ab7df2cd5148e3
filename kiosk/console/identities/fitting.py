"""Whether what a host asks INSi is about the person whose dossier they have in hand.

INSi gives anybody's number to who knows their traits. A host corrects what a machine read wrongly, and does not ask
about somebody else. The unit may, and what was asked is in the trail either way, sealed.

Where no machine read anything only the picture of the document says who it is: one such dossier is about one person,
the unit looks at each of them a second time, and who has many of them unseen asks no more until it has.
"""

import base64
import json
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.identities import communes
from kiosk.console.identities.original import FIELDS, Original
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, AuditEntry, Copy, Role, Staff
from kiosk.console.records import vault
from kiosk.console.witness import findings
from kiosk.console.witness.findings import UNREAD, Found
from kiosk.console.words import day
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.stated import LOOKED_FOR, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Traits
from kiosk.sealing import CannotOpen

PART = "asked"  # under what the criteria are locked
AGREEING = 2  # of name, first name and date: the third is what is corrected
_BEFORE_A_NAME = 3  # letters


DAY = timedelta(days=1)


def check(check_in: CheckIn, criteria: Original, staff: Staff, first: list[str]) -> None:
    """NotAllowed when the question is not about who is here, as far as this dossier says who that is.

    ``first``: with what staff first asked in this dossier; empty when nobody has.
    """
    if staff.role == Role.OFFICER or is_about(check_in, criteria.traits()):
        return
    if not is_unread(check_in):
        raise NotAllowed(
            _("Ces critères ne sont pas ceux de ce dossier : corrigez-les, ou confiez-le à l’identitovigilance.")
        )
    if first and not _agrees(Original(*first).traits(), criteria.traits()):
        raise NotAllowed(
            _("Une autre personne a déjà été demandée dans ce dossier : confiez-le à l’identitovigilance.")
        )


def why_nobody(arrival: Arrival, check_in: CheckIn, staff: Staff) -> str:
    """The rule by which this person may ask about nobody here, whatever they write; empty when there is none."""
    if staff.role == Role.OFFICER or not is_unread(check_in):
        return ""
    if not _shows_a_document(arrival, check_in):
        return _(
            "Rien dans ce dossier ne dit de qui il s’agit : confiez-le à l’identitovigilance, qui posera la question."
        )
    if _left_unseen(arrival, staff) >= settings.KIOSK.unread_most:
        return _(
            "Vos questions sur des pièces illisibles attendent d’être relues : "
            "appelez l’identitovigilance, ou confiez-lui le dossier."
        )
    return ""


def note_unread(arrival: Arrival, staff: Staff) -> None:
    """One more dossier that only a picture bears out: the unit looks at it, and is called when no more may be asked."""
    found = [Found(UNREAD, f"{staff.pk}-{arrival.key.hex}")]
    if _left_unseen(arrival, staff) + 1 >= settings.KIOSK.unread_most:
        found.append(Found("reading", f"{staff.pk}-unread-{timezone.now():%Y%m%d%H}"))
    findings.note(found)


def _shows_a_document(arrival: Arrival, check_in: CheckIn) -> bool:
    """There is a picture, and not one of which no copy could be made: nobody could compare anything with that."""
    blank = Copy.objects.filter(arrival=arrival, body=b"", place__in=[2 * one for one in range(len(check_in.pictures))])
    return len(check_in.pictures) > blank.count()


def _left_unseen(arrival: Arrival, staff: Staff) -> int:
    """Of how many other dossiers this person has asked so within a day, that the unit has not looked at."""
    whose, since = f"{UNREAD}:{staff.pk}-", timezone.now() - DAY
    asked = findings.unseen().filter(code=UNREAD, name__startswith=whose, found_at__gte=since)
    return asked.exclude(name=whose + arrival.key.hex).count()


def is_unread(check_in: CheckIn) -> bool:
    """No machine has read who it is: only the picture can tell later whether the question was right."""
    return next(stated(check_in, LOOKED_FOR), None) is None


def is_about(check_in: CheckIn, criteria: Traits) -> bool:
    """Two of name, first name and birth date are what one source says; all it says, where that is less."""
    return any(_agrees(said, criteria) for said in stated(check_in, LOOKED_FOR))


def _agrees(said: Traits, asked: Traits) -> bool:
    names, given = [_words((one,)) for one in (said.birth_name, said.name_in_use)], _words(said.given_names)
    wanted = _words(asked.given_names)
    told = [
        (any(names), _is_part(_words((asked.birth_name,)), names)),
        (bool(given), bool(wanted) and wanted <= given),  # INSi is asked with each of them alone
        (said.birth_date is not None, _is_near(said.birth_date, asked.birth_date)),
    ]
    known = sum(is_known for is_known, _same in told)
    return known > 0 and sum(same for _known, same in told) >= min(AGREEING, known)


def _is_part(asked: set[str], names: Iterable[set[str]]) -> bool:
    """The name itself, or all of one in the other: what stands before many a name (LE, DE LA) is none."""
    return any(
        asked == one or (one & asked in (one, asked) and any(len(word) > _BEFORE_A_NAME for word in one & asked))
        for one in names
        if one
    )


def _words(names: Iterable[str]) -> set[str]:
    words: set[str] = set()
    for name in names:
        try:
            words |= {comparison_key(word) for word in name.replace("-", " ").split()}
        except NameRefused:
            continue
    return words - {""}


def _is_near(one: BirthDate | None, other: BirthDate | None) -> bool:
    """The same day, or one of year, month and day written wrongly."""
    if one is None or other is None:
        return False
    pairs = zip(one.text.split("-"), other.text.split("-"), strict=False)
    return sum(a == b for a, b in pairs) >= AGREEING


def sealed(arrival: Arrival, criteria: Original) -> str:
    """The criteria as the act keeps them: locked with the visit's key, gone with it."""
    plain = json.dumps([getattr(criteria, name) for name in FIELDS]).encode()
    return base64.b64encode(vault.seal_part(plain, PART, arrival.key)).decode("ascii")


def opened(arrival: Arrival, entry: AuditEntry) -> str:
    """What was asked with, in a line for the unit; empty where the act says nothing of it, or it was erased."""
    written = json.loads(entry.details).get("criteria")
    if not written:
        return ""
    try:
        said: list[str] = json.loads(vault.open_part(base64.b64decode(written), PART, arrival.key))
    except (CannotOpen, BadCheckIn):
        return ""
    *traits, place = said
    return " · ".join(one for one in (*map(day, traits), communes.written(place)) if one)
