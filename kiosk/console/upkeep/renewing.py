"""Everything proven anew after the site's secret was replaced, and closed anew what is closed; the console serves.

First the trail goes on with the new key; then row after row is proven with it, those alone that prove themselves with a
former one which still counts. Ended halfway it is begun again: what was done is seen by its proof.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, router, transaction

from kiosk.console import audit, keyring
from kiosk.console.models import Arrival, AuditEntry, Person, VisitIndex
from kiosk.console.models import fingerprints as fingers
from kiosk.console.models.fingerprints import Fingerprint
from kiosk.console.models.places import Closed
from kiosk.console.models.proven import PURPOSE, Proven
from kiosk.console.records import indexes
from kiosk.console.register import reading

LOOKED_AT = 2000  # keys and proofs read at once
AT_ONCE = 200  # rows held and written at once: whoever serves waits no longer
_LINKS = f"{VisitIndex._meta.db_table}.visit"
Say = Callable[[str, int, int], None]  # a table, how many of its rows were looked at, how many of them written


class NotReplaced(ValueError):
    """There is nothing to do: the settings name no former secret."""


def renew(who: str, say: Say) -> tuple[dict[str, int], int]:
    """Prove everything with the current secret: how many rows of each table, and how many prove themselves no more.

    NotReplaced; Unproven when the trail's end is not ours.
    """
    if len(keyring.believed()) < 2:
        raise NotReplaced
    audit.change_key(audit.Done(audit.Act.TRAIL_REKEYED, who))
    written, left = dict[str, int](), 0
    for model in tables():
        done, seen = 0, 0
        for some, proven, refused in _table(model):
            seen, done, left = seen + some, done + proven, left + refused
            say(model._meta.db_table, seen, done)
        written |= {model._meta.db_table: done} if done else {}
    columns = [(f"{one._meta.db_table}.{field.column}", _column(one, field)) for one, field in closed_columns()]
    for name, parts in [*columns, (_LINKS, _links())]:
        done, seen = 0, 0
        for some, closed in parts:
            seen, done = seen + some, done + closed
            say(name, seen, done)
        written |= {name: done} if done else {}
    if written or not _is_said():  # also where there was nothing to do
        audit.record_all([audit.Done(audit.Act.ROWS_REPROVEN, who, details={**written, "left": left})])
    return written, left


def is_due() -> bool:
    """Whether a secret was replaced, and not everything is proven with the one after it."""
    return len(keyring.believed()) > 1 and not (audit.goes_on_with_current() and _is_said())


def tables() -> list[type[models.Model]]:
    """Every table whose rows prove themselves, whichever they are, and the persons'."""
    found = [one for one in apps.get_models() if issubclass(one, Proven)]
    return [*sorted(found, key=lambda one: one._meta.db_table), Person]


def closed_columns() -> list[tuple[type[models.Model], Fingerprint | Closed]]:
    """Every column that somebody is found by, or that says where somebody was."""
    found = [(one, field) for one in apps.get_models() for field in one._meta.concrete_fields]
    return sorted(
        ((one, field) for one, field in found if isinstance(field, Fingerprint | Closed)),
        key=lambda pair: (pair[0]._meta.db_table, pair[1].column),
    )


def _as_they_stand(model: type[models.Model], field: Fingerprint | Closed) -> models.QuerySet[Any]:
    kind = models.TextField() if isinstance(field, models.CharField) else models.BinaryField()
    kept = models.ExpressionWrapper(models.F(field.name), output_field=kind)
    rows: models.QuerySet[Any] = model._base_manager.order_by("pk").annotate(kept=kept)
    return rows.exclude(kept=None).values_list("pk", "kept")


def _column(model: type[models.Model], field: Fingerprint | Closed) -> Iterator[tuple[int, int]]:
    """Some values after the others, as they stand: how many were looked at, and closed with the current secret."""
    chosen = _as_they_stand(model, field)
    last: object = None
    while True:
        found = list((chosen if last is None else chosen.filter(pk__gt=last))[:LOOKED_AT])
        if not found:
            return
        last = found[-1][0]
        old = [key for key, kept in found if not field.is_current(kept)]
        pieces = [old[first : first + AT_ONCE] for first in range(0, len(old), AT_ONCE)]
        yield len(found), sum(_close(model, field, piece) for piece in pieces)


def _close(model: type[models.Model], field: Fingerprint | Closed, keys: list[Any]) -> int:
    """Close these rows' values with the current secret, held meanwhile: in memory they are what they were."""
    using = router.db_for_write(model)
    with transaction.atomic(using=using):
        held = _as_they_stand(model, field).using(using).select_for_update().filter(pk__in=keys)
        fresh = [(key, field.anew(kept)) for key, kept in held if not field.is_current(kept)]
        ours: list[Any] = [model(pk=key, **{field.name: value}) for key, value in fresh if value is not None]
        models.QuerySet(model, using=using).bulk_update(ours, [field.name])
    return len(ours)


def _links() -> Iterator[tuple[int, int]]:
    """Some visits after the others: how many were looked at, and their links closed with the current secret."""
    as_it_stands = models.ExpressionWrapper(models.F("visit"), output_field=models.BinaryField())
    chosen = VisitIndex.objects.annotate(kept=as_it_stands).order_by("kept").values_list("kept", flat=True).distinct()
    last: Any = None
    while True:
        found = list((chosen if last is None else chosen.filter(kept__gt=last))[:LOOKED_AT])
        if not found:
            return
        last = found[-1]
        visits = [fingers.visit_of(kept) for kept in found if not fingers.is_current_link(fingers.as_bytes(kept))]
        ours = [one for one in visits if one != fingers.NOBODYS]
        for first in range(0, len(ours), AT_ONCE):
            _close_links(ours[first : first + AT_ONCE])
        yield len(found), len(ours)


def _close_links(visits: list[UUID]) -> None:
    """Held meanwhile: whoever has them found under more waits."""
    with transaction.atomic():
        list(Arrival.objects.select_for_update(of=("self",)).filter(pk__in=visits).order_by("pk").values_list("pk"))
        indexes.close_anew(visits)


def _is_said() -> bool:
    """Whether the trail says already that all of this secret was done."""
    acts = AuditEntry.objects.filter(act__in=(audit.Act.TRAIL_REKEYED, audit.Act.ROWS_REPROVEN)).order_by("-number")
    return acts.values_list("act", flat=True).first() == audit.Act.ROWS_REPROVEN


def _table(model: type[Any]) -> Iterator[tuple[int, int, int]]:
    """Some rows after the others: how many were looked at, proven anew, and left since nothing proves them."""
    last: object = None
    while True:
        chosen = model._base_manager.order_by("pk").values_list("pk", "proof")
        some = list((chosen if last is None else chosen.filter(pk__gt=last))[:LOOKED_AT])
        if not some:
            return
        last = some[-1][0]
        old = [key for key, proof in some if model is Person or not bytes(proof).startswith(keyring.mark(PURPOSE))]
        pieces = [_prove(model, old[first : first + AT_ONCE]) for first in range(0, len(old), AT_ONCE)]
        yield len(some), sum(proven for proven, _ in pieces), sum(refused for _, refused in pieces)


def _prove(model: type[Any], keys: list[Any]) -> tuple[int, int]:
    """Prove these rows anew, held meanwhile: how many were, and how many nothing proves."""
    using = router.db_for_write(model)
    beside = set(getattr(model, "BESIDE", ())) - {model._meta.pk.name}
    with transaction.atomic(using=using):
        held = model._base_manager.using(using).select_for_update().filter(pk__in=keys).order_by("pk").defer(*beside)
        rows = [(row, _proven_anew(row)) for row in held]
        fresh = [row for row, proof in rows if proof]
        for row, proof in rows:
            row.proof = proof
        models.QuerySet(model, using=using).bulk_update(fresh, ["proof"])
    return len(fresh), sum(proof is None for _row, proof in rows)


def _proven_anew(row: Any) -> bytes | None:
    """The row's proof under the current key; empty where it has that one, none where nothing proves the row."""
    stood = bytes(row.proof)
    if isinstance(row, Person):
        fresh = reading.proof_of(row) if row.version else stood
        is_ours = not row.version or reading.proves(row)
    else:
        is_ours = row.is_proven
        if is_ours:
            row.prove()
        fresh = bytes(row.proof)
    if not is_ours:
        return None
    return fresh if fresh != stood else b""
