"""Whether INSi's answer may be accepted here, and what staff reads about it.

The rule is the core's (``status.acceptance``); the words are ours. Codes go to the trail, never a value.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext as _

from kiosk.console.records import vault
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.acceptance import Acceptance, AnswerOddity, acceptance_of
from kiosk.core.status.notices import FAULTS, ODDITIES


def acceptance(check_in: CheckIn) -> Acceptance:
    """What the answer comes to here; where INSi found nobody, nothing is forbidden and nothing is odd."""
    found = check_in.insi
    return judged(found) if isinstance(found, InsFound) else Acceptance()


def judged(found: InsFound) -> Acceptance:
    """What one answer comes to on this console, in production or not."""
    return acceptance_of(found, in_production=settings.KIOSK.is_production)


def mark_of(check_in: CheckIn) -> str:
    """A keyed mark of the answer that stands, whatever calls brought it: a page holds it, and tells nothing by it."""
    bare = replace(check_in, insi=replace(check_in.insi, exchanges=()), pictures=())
    return vault.blind("answer", codec.to_bytes(bare).hex()).hex()


def why_not(judged_so: Acceptance, confirmed: Collection[AnswerOddity]) -> str:
    """The rule that forbids accepting the answer, or what is still to be confirmed, each by its name; else empty."""
    if judged_so.forbids:
        return " ".join(_(FAULTS[fault]) for fault in judged_so.forbids)
    left = judged_so.left(confirmed)
    if left:
        names = ". ".join(_(ODDITIES[odd]) for odd in left)
        return _("À confirmer, ou à confier à l’identitovigilance : {names}.").format(names=names)
    return ""


def confirmed_in(codes: Iterable[str]) -> frozenset[AnswerOddity]:
    """What staff ticked; what is no oddity is nothing."""
    known = {odd.value: odd for odd in AnswerOddity}
    return frozenset(known[code] for code in codes if code in known)


def written(check_in: CheckIn) -> str:
    """The answer's oddities as the trail keeps them."""
    return "+".join(odd.value for odd in acceptance(check_in).to_confirm)
