"""What the keys' database keeps: a row opens nothing without the structure's private key, and names nobody.

And what the console's own database knows of it: which store is its, and whose keys were to be destroyed.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from kiosk.console.models.proven import Proven


class StoreKey(Proven):
    """The key under which the subjects' keys stand, sealed for the structure; renewed, and the former one destroyed."""

    id = models.BigIntegerField(primary_key=True)  # random: no other store has it
    store = models.UUIDField()  # which store this is: the same for every generation
    generation = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.store}:{self.generation}"


class SubjectKey(models.Model):
    """One visit's or one person's key. Destroying the row is erasing what the key opens, wherever a copy stands."""

    subject = models.UUIDField(primary_key=True)
    store_key = models.ForeignKey(StoreKey, on_delete=models.DO_NOTHING, related_name="+")
    wrapped = models.BinaryField(max_length=60)
    pending_since = models.DateTimeField(null=True)  # made, and not yet known to be used: the worker looks

    class Meta:
        indexes = (
            models.Index(
                fields=("pending_since",), condition=models.Q(pending_since__isnull=False), name="keys_pending"
            ),
        )

    def __str__(self) -> str:
        return str(self.subject)


class KnownStore(Proven):
    """In the console's database: whose keys open it, and how far what is older than the keys has been locked."""

    store = models.UUIDField()
    locked_up_to = models.UUIDField(null=True)  # the last arrival looked at, in the order of their keys
    locked_at = models.DateTimeField(null=True)  # all of them are

    BESIDE: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("locked_up_to", "locked_at"), "the course of the work: what is locked then must prove itself like everything"
    )

    def __str__(self) -> str:
        return str(self.store)


class Erasure(Proven):
    """In the console's database: a key to be destroyed, asked for in the transaction of what it follows from."""

    subject = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)  # empty again after older keys were put back

    BESIDE: ClassVar[Mapping[str, str]] = {
        "done_at": "altered, a key is destroyed that was destroyed, or is left: the keys' check finds that",
    }

    class Meta:
        indexes = (
            models.Index(fields=("asked_at",), condition=models.Q(done_at__isnull=True), name="keys_to_be_destroyed"),
        )

    def __str__(self) -> str:
        return str(self.subject)
