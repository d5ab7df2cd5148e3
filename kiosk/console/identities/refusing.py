"""What a rule forbids, in words for staff; that it was tried is written down, after the transaction it ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities.reasons import REFUSALS, NotAllowed, Stopped, refused
from kiosk.console.register.writer import Conflict, Refused


@contextmanager
def in_words(act: audit.Act, who: str, about: object, where: str = "") -> Iterator[None]:
    """One transaction; NotAllowed names the rule that ended it."""
    try:
        with transaction.atomic():
            yield
    except Refused as tried:
        tried.remember()
        raise NotAllowed(_(REFUSALS[tried.refusal])) from None
    except Conflict:
        rule = refused(Stopped.STALE)
        _remember(rule, act, who, about, where)
        raise rule from None
    except NotAllowed as rule:
        _remember(rule, act, who, about, where)
        raise


def _remember(rule: NotAllowed, act: audit.Act, who: str, about: object, where: str) -> None:
    """That it was tried; what a form has not said yet is tried again, and no line."""
    if rule.refusal is not None:
        details = {"act": act.value, "refusal": rule.refusal.value}
        audit.record_all([audit.Done(audit.Act.REFUSED, who, where, str(about), details)])
