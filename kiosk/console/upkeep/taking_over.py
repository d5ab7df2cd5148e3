"""What a version left whose rows did not prove themselves is taken as it stands, once, and the trail says so.

How the trail begins tells whether such a version began it; which tables were taken over stands in it too. Whoever
writes to the database can have neither said otherwise, so a row without proof that comes later is nobody's.
"""

import json
from collections.abc import Iterator

from django.apps import apps
from django.db import connections, models, router, transaction

from kiosk.console import audit, chain
from kiosk.console.models import (
    AuditEntry,
    Authenticator,
    Copy,
    NationalIdentity,
    Sealed,
    SecurityKey,
    Session,
    Staff,
    Terminal,
)
from kiosk.console.models.proven import Proven
from kiosk.console.models.second_factor import Factor
from kiosk.console.witness import checks, findings

_AT_ONCE = 500
_HEAVY, _HEAVY_AT_ONCE = (Sealed, Copy), 50  # half a megabyte a row, which SQLite writes anew
_PROVE = 'UPDATE "{}" SET proof = %s WHERE "{}" = %s AND LENGTH(proof) = 0'
_NEVER = (Session,)  # of before there are none
_TOLD = 20


def proven_tables() -> list[type[Proven]]:
    """Every table whose rows prove themselves, those that others hang on first."""
    models = (one for name in ("console", "keys") for one in apps.get_app_config(name).get_models())
    found = [one for one in models if issubclass(one, Proven)]
    return sorted(found, key=lambda one: (one is not Staff, one._meta.db_table))


def take_over() -> dict[str, int]:
    """Prove what an earlier version left, of tables never taken over; gives how many rows of each prove themselves.

    What the trail contradicts is not taken: it stays unproven, and is found. Piece by piece, each its own transaction:
    a million visits fill no log, and who is killed goes on where it was; the act comes when all of it is done.
    """
    left = left_to_take()
    if not left:
        return {}
    for model in left:
        for some in _pieces(model):
            _prove_some(model, some)
    counts = {one._meta.db_table: one._base_manager.exclude(proof=b"").count() for one in left}
    audit.record_all([audit.Done(audit.Act.ROWS_PROVEN, "update", details=counts)])
    return counts


def left_to_take() -> list[type[Proven]]:
    """The tables that an update has still to take over."""
    if not audit.was_begun_before_proofs():
        return []
    taken = _taken()
    left = [one for one in proven_tables() if one not in _NEVER and one._meta.db_table not in taken]
    return left if left and _is_the_trail_whole() else []


def _is_the_trail_whole() -> bool:
    """Where an act is missing or altered, it may be the one that said that all was taken: then nothing is any more.

    But what an officer saw before rows proved themselves was so before. What is found here is noted.
    """
    found = [*checks.trail("", audit.last_number() + 1).found, *checks.witnesses("", 1).found]
    doubted = [one for one in found if not _was_seen_before_proofs(one.name)]
    findings.note(doubted[:_TOLD])
    return not doubted


def _was_seen_before_proofs(name: str) -> bool:
    acts = AuditEntry.objects.filter(act=audit.Act.REGISTER_SEEN, about=name)
    return any("proven" not in json.loads(one.details) and chain.is_linked(one) for one in acts)


def _taken() -> set[str]:
    acts = AuditEntry.objects.filter(act=audit.Act.ROWS_PROVEN).values_list("details", flat=True)
    return {table for details in acts for table in json.loads(details)}


def _pieces(model: type[Proven]) -> Iterator[list[Proven]]:
    last: object = None
    while True:
        chosen = model._base_manager.order_by("pk").defer(*(set(model.BESIDE) - {model._meta.pk.name}))
        most = _HEAVY_AT_ONCE if model in _HEAVY else _AT_ONCE
        some: list[Proven] = list((chosen.filter(pk__gt=last) if last is not None else chosen)[:most])
        if not some:
            return
        yield some
        last = some[-1].pk


def _prove_some(model: type[Proven], some: list[Proven]) -> None:
    taken = [row for row in some if not bytes(row.proof) and _is_as_the_trail_says(row)]
    using = router.db_for_write(model)
    with transaction.atomic(using=using):
        for row in taken:
            row.is_proven = True
            row.prove()
            if isinstance(row, Staff | Terminal):
                models.QuerySet(model).filter(pk=row.pk, proof=b"").update(**_told(row))
        if model not in (Staff, Terminal):
            _write(model, taken, using)


def _told(row: Staff | Terminal) -> dict[str, object]:
    """What is written of a row that the trail speaks of."""
    also = {"factors": row.factors} if isinstance(row, Staff) else {}
    return {"proof": row.proof, "at_act": row.at_act, **also}


def _write(model: type[Proven], taken: list[Proven], using: str) -> None:
    """By hand, of many at once."""
    connection, own = connections[using], model._meta.pk
    told = [(bytes(row.proof), own.get_db_prep_value(row.pk, connection)) for row in taken]
    with connection.cursor() as cursor:
        cursor.executemany(_PROVE.format(model._meta.db_table, own.column), told)


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
