"""The audit trail's entries; ``kiosk.console.audit`` alone writes them."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler
from django.utils.deconstruct import deconstructible


@deconstructible(path="kiosk.console.models.audit.Detail")
class Detail(models.Func):
    """What an act's details say under one name."""

    output_field = models.TextField()
    template = "json_extract(%(expressions)s, '$.%(name)s')"

    def __init__(self, name: str) -> None:
        super().__init__("details", name=name)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[object]]:
        """Write it as PostgreSQL reads JSON."""
        sql, parameters = self.as_sql(compiler, connection, template="(%(expressions)s::jsonb ->> '%(name)s')")
        return sql, list(parameters)


def _detail(name: str) -> models.GeneratedField:
    """A column the database itself computes from the text that was chained: it cannot say otherwise than that text."""
    return models.GeneratedField(expression=Detail(name), output_field=models.TextField(), db_persist=True)


class AuditEntry(models.Model):
    """One act: who, when, where, what, about which arrival, on which evidence. Never a trait.

    An act about a person is a fact too: what its event does to their identity stands in ``kind`` and ``codes``, and the
    identity is the fold of these (``kiosk.console.register``). Acts about nobody leave that part empty.
    """

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3… without a gap
    at = models.DateTimeField()
    who = models.CharField(max_length=60)  # account, kiosk, or "worker"
    where = models.CharField(max_length=60, blank=True)
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True, db_index=True)
    details = models.TextField(default="{}")  # JSON: codes only, the very text that was chained
    chained = models.BinaryField(max_length=32)  # HMAC over the entry and the one before
    person = models.UUIDField(null=True)
    nth = models.PositiveIntegerField(null=True)  # among the person's facts: 1, 2, 3… without a gap
    kind = models.CharField(max_length=30, blank=True)
    codes = models.TextField(blank=True)  # JSON of the event: codes only, the very text that was chained
    cites = models.PositiveIntegerField(default=0)  # the person's fact that it answers, accepts, rejects or undoes
    decision = models.PositiveIntegerField(default=0)  # the first fact of the decision it belongs to
    actor = models.CharField(max_length=8, blank=True)  # staff, kiosk or worker
    effective_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=32, default=bytes)  # SHA-256 of its sealed body, which may be erased
    # Of the details, what is looked for; null where the act says nothing of it.
    right = _detail("right")  # taken in an emergency
    before = _detail("before")  # the status, or the stage, that was changed
    after = _detail("after")
    reason = _detail("reason")

    class Meta:
        indexes = (
            models.Index(
                fields=("who", "right", "at"), condition=models.Q(right__isnull=False), name="console_by_right"
            ),
            models.Index(fields=("before", "at"), condition=models.Q(before__isnull=False), name="console_by_before"),
            models.Index(fields=("act", "number"), name="console_by_act"),
            models.Index(fields=("who", "number"), name="console_by_who"),
            models.Index(fields=("at",), name="console_by_hour"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("person", "nth"), condition=models.Q(person__isnull=False), name="console_nth_fact"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class AuditHead(models.Model):
    """The last link, sealed with the same key: a cut tail shows."""

    last_number = models.BigIntegerField(default=0)
    chained = models.BinaryField(max_length=32)
    proof = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.last_number)
