"""Whom the console knows (registre des identités): persons, what they hold, what proves it. No trait in clear.

``kiosk.console.register`` alone writes these tables. A person's row is a projection of their facts: it can be made
again from them at any time, and is compared with them (``kiosk console register check``).
"""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kiosk.console.models.fingerprints import Fingerprint
from kiosk.console.models.proven import Proven
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.status.standing import Standing

MOST_MERGES = 20  # one into the other


class Person(models.Model):
    """One person, by a random key that leads to nobody, and where their identity stands."""

    key = models.UUIDField(primary_key=True)
    opened_at = models.DateTimeField()
    likened_at = models.DateTimeField(null=True)  # the worker has looked for look-alikes
    # The projection of the person's facts.
    version = models.PositiveIntegerField(default=0)  # facts so far
    state = models.TextField(default="")  # the whole of it: codes and keyed marks
    status = models.CharField(
        max_length=12,
        choices=[(status.value, status.value) for status in IdentityStatus],
        default=IdentityStatus.PROVISIONAL.value,
    )
    attributes = models.CharField(max_length=40, blank=True)  # douteux, fictif, homonyme
    evidence = models.CharField(max_length=8, blank=True)  # code of the evidence type (dispositif d'identification)
    evidence_on = models.DateField(null=True)  # the day it was checked
    seen_with = models.CharField(max_length=8, blank=True)  # code of the document seen with it
    verified_at = models.DateTimeField(null=True)  # INSi last confirmed the matricule (vérification)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    absorbed_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    at_fact = models.BigIntegerField(default=0)  # the number of the last fact in it
    proof = models.BinaryField(max_length=32, default=bytes)  # HMAC: a projection altered by hand is not used
    erased_at = models.DateTimeField(null=True)  # the key is destroyed
    stands: Standing | None = None  # as last proven, for whoever holds this row (``register.reading``)

    class Meta:
        indexes = (
            models.Index(fields=("likened_at", "opened_at"), name="console_person_to_liken"),
            models.Index(fields=("status", "verified_at"), name="console_person_status"),
            models.Index(fields=("decided_at",)),
        )

    def __str__(self) -> str:
        return str(self.key)

    @property
    def surviving(self) -> "Person":
        """The record that was kept; itself where it leads to none."""
        kept: Person = self
        for _step in range(MOST_MERGES):
            if kept.absorbed_by is None:
                return kept
            kept = kept.absorbed_by
        raise RuntimeError("records lead to each other in a circle")


class FactBody(models.Model):
    """What a fact says of the person: traits, INSi's answer as received; sealed under the person's own key."""

    number = models.BigIntegerField(primary_key=True)  # of the fact
    subject = models.UUIDField(db_index=True)  # whose key opens it
    body = models.BinaryField()

    def __str__(self) -> str:
        return str(self.number)


class IdentifierKind(models.TextChoices):
    """What a person is known by."""

    INS = "INS", _("INS")
    IPP = "IPP", _("IPP")


class Holding(models.Model):
    """An identifier held, from one fact until another. Open, nobody else holds it; of each kind a person holds one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    kind = models.CharField(max_length=4, choices=IdentifierKind)
    domain = models.CharField(max_length=60)  # OID of the authority
    value = Fingerprint()  # keyed fingerprint of the number, without its key
    mark = models.CharField(max_length=32)  # as the person's facts name it
    since = models.BigIntegerField()  # number of the fact
    until = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "domain", "value"), condition=models.Q(until=None), name="console_held_by_one"
            ),
            models.UniqueConstraint(
                fields=("person",), condition=models.Q(until=None, kind="INS"), name="console_holds_one_ins"
            ),
        )
        indexes = (models.Index(fields=("value",), name="console_holding_value"),)

    def __str__(self) -> str:
        return str(self.pk)


class PersonIndex(models.Model):
    """A keyed fingerprint under which a person is looked for."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="indexes")
    value = Fingerprint(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class PairState(models.TextChoices):
    """What the unit said of two persons who look alike; nothing is ever said by the machine."""

    POSSIBLE = "possible", _("Doublon possible")
    MERGED = "merged", _("Fusionnés")
    APART = "apart", _("Deux personnes")


class PersonPair(models.Model):
    """Two persons who may be one (doublon potentiel); ``first`` was known first. Set apart, they stay so."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    likeness = models.PositiveSmallIntegerField()  # percent
    state = models.CharField(max_length=10, choices=PairState, default=PairState.POSSIBLE)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("first", "second"), name="console_one_person_pair"),)
        indexes = (models.Index(fields=("state", "found_at"), name="console_pair_state"),)

    def __str__(self) -> str:
        return str(self.pk)


class OutboxState(models.TextChoices):
    """How far a message to the hospital's systems is."""

    WAITING = "waiting", _("À envoyer")
    SENT = "sent", _("Envoyé")


class Outbox(Proven):
    """What others must be told: written in the transaction of the fact it tells; sent by « Arrival and exchange »."""

    fact = models.BigIntegerField(unique=True)  # the number
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    control_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)  # "withdrawn"
    sealed = models.BinaryField(default=bytes)  # the matricule withdrawn, under the person's key
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    made_at = models.DateTimeField()

    BESIDE: ClassVar[Mapping[str, str]] = {"id": "the fact names it: there is one of each"}

    def __str__(self) -> str:
        return str(self.control_id)
