"""What kiosks bring back: each the last mark it was given. What they did not have from here is counted, no more.

What the trail holds is not noted itself: given with a check-in's answer, it ends with that visit's act, and would say
at which kiosk that was. The head of the moment is, which all kiosks share.
"""

from contextlib import suppress

from django.db.models import F
from django.utils import timezone

from kiosk import journal
from kiosk.console.models import Witness
from kiosk.console.models.proven import Unproven
from kiosk.console.witness import findings, heads
from kiosk.heads import SignedHead

REFUSED_SAID = 1000  # of so many refused of one kiosk, one is journalled: it cannot fill the disk


def take(kiosk: str, text: str, *, is_noted: bool) -> bool:
    """Hear one kiosk's witness. ``is_noted``: remember until where; else only what the trail does not hold is kept.

    A head it never had from us is junk, or another site's: nothing follows from it. Gives whether the kiosk may have
    another in its place: not while the trail does not hold this one and no officer has seen that.
    """
    if not text:
        return True
    by = f"kiosk:{kiosk}"
    head = heads.brought_as(text)
    if head is None:
        _refuse(by)
        return True
    found = contradiction(head, by)
    if found is not None:
        findings.note([found])
        return findings.is_seen(found.name)
    if is_noted and (now := heads.current()) is not None:
        remember(by, now)
    return True


def contradiction(head: SignedHead, by: str) -> findings.Found | None:
    """What a head of ours shows that the trail does not hold; None when it holds it."""
    if heads.held(head) is heads.Held.HELD:
        return None
    return findings.Found("witness", f"{head.number}-{head.chained[:5].hex()}", by, head.text)


def remember(by: str, head: SignedHead) -> None:
    """Note how long the trail was when this witness was last heard: no shorter than what it has seen."""
    later = {"number": head.number, "head": head.text, "brought_at": timezone.now()}
    known, is_new = Witness.objects.get_or_create(pk=by, defaults=later)
    if is_new and not Witness.objects.filter(pk=by).exists():
        findings.unkept(Witness)
    if is_new or not known.is_proven or known.number > head.number:  # what is not ours is found, and not covered up
        return
    known.number, known.head, known.brought_at = head.number, head.text, timezone.now()
    with suppress(Unproven):  # altered this moment
        known.save(update_fields=["number", "head", "brought_at"])


def _refuse(by: str) -> None:
    Witness.objects.get_or_create(pk=by)
    Witness.objects.filter(pk=by).update(refused=F("refused") + 1)
    count = Witness.objects.values_list("refused", flat=True).get(pk=by)
    if count % REFUSED_SAID == 1:
        journal.record(journal.Happening.WITNESS_REFUSED, count=count)
