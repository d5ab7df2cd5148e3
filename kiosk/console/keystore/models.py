"""What the keys' database keeps. A row opens nothing without the structure's private key, and names nobody."""

from django.db import models


class StoreKey(models.Model):
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
