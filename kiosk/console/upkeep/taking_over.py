"""What a version left whose rows did not prove themselves is taken as it stands, once, and the trail says so.

How the trail begins tells whether such a version began it; which tables were taken over stands in it too. Whoever
writes to the database can have neither said otherwise, so a row without proof that comes later is nobody's.
"""

import json
from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Authenticator, NationalIdentity, SecurityKey, Session, Staff, Terminal
from kiosk.console.models.proven import Proven
from kiosk.console.models.second_factor import Factor

_AT_ONCE = 500
_NEVER = (Session,)  # of before there are none


def proven_tables() -> list[type[Proven]]:
    """Every table whose rows prove themselves, those that others hang on first."""
    found = [one for one in apps.get_app_config("console").get_models() if issubclass(one, Proven)]
    return sorted(found, key=lambda one: (one is not Staff, one._meta.db_table))


def take_over() -> dict[str, int]:
    """Prove what an earlier version left, of tables never taken over; gives how many rows of each were.

    What the trail contradicts is not taken: it stays unproven, and is found.
    """
    if not audit.was_begun_before_proofs():
        return {}
    left = [one for one in proven_tables() if one not in _NEVER and one._meta.db_table not in _taken()]
    if not left:
        return {}
    with transaction.atomic():
        audit.hold()
        counts = {model._meta.db_table: sum(map(_prove_some, _pieces(model))) for model in left}
        audit.record_all([audit.Done(audit.Act.ROWS_PROVEN, "update", details=counts)])
    return counts


def _taken() -> set[str]:
    acts = AuditEntry.objects.filter(act=audit.Act.ROWS_PROVEN).values_list("details", flat=True)
    return {table for details in acts for table in json.loads(details)}


def _pieces(model: type[Proven]) -> Iterator[list[Proven]]:
    last: object = None
    while True:
        chosen = model._base_manager.order_by("pk")
        some: list[Proven] = list((chosen.filter(pk__gt=last) if last is not None else chosen)[:_AT_ONCE])
        if not some:
            return
        yield some
        last = some[-1].pk


def _prove_some(some: list[Proven]) -> int:
    taken = 0
    for row in some:
        if bytes(row.proof) or not _is_as_the_trail_says(row):
            continue
        row.is_proven = True
        row.prove()
        models.QuerySet(type(row)).filter(pk=row.pk).update(**_told(row))
        taken += 1
    return taken


def _told(row: Proven) -> dict[str, object]:
    """What is written of a row that is taken over."""
    also = {"at_act": row.at_act} if isinstance(row, Staff | Terminal) else {}
    return {"proof": row.proof, **also, **({"factors": row.factors} if isinstance(row, Staff) else {})}


def _is_as_the_trail_says(row: Proven) -> bool:
    """Whether nothing in the trail contradicts this row; what only the row itself says is believed, this once."""
    if isinstance(row, Staff):
        return _is_account(row)
    if isinstance(row, Terminal):
        return _is_kiosk(row)
    return not isinstance(row, Factor) or row.listed_as in row.user.factors.split()


def _is_account(row: Staff) -> bool:
    acts = list(AuditEntry.objects.filter(about=row.username, act__in=audit.OF_AN_ACCOUNT).order_by("number"))
    said: dict[str, object] = {}
    for act in acts:
        said |= json.loads(act.details)
    row.at_act = acts[-1].number if acts else 0
    kinds = (Authenticator, SecurityKey, NationalIdentity)
    row.factors = " ".join(one.listed_as for kind in kinds for one in kind.objects.filter(user=row).order_by("pk"))
    return bool(acts) and said.get("role", row.role) == row.role and said.get("active", True) == row.is_active


def _is_kiosk(row: Terminal) -> bool:
    last = AuditEntry.objects.filter(about=row.name, act__in=audit.OF_A_KIOSK).order_by("-number").first()
    row.at_act = last.number if last is not None else 0
    is_revoked = last is not None and last.act == audit.Act.KIOSK_REVOKED
    return last is not None and is_revoked == (row.revoked_at is not None)
