"""What kiosks ask INSi through the console, until the check-in that names it has taken the answer."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from kiosk.console.models.places import ClosedText, Placed


class QuestionState(models.TextChoices):
    """Where a question stands."""

    WAITING = "waiting"  # INSi is to be asked
    ANSWERED = "answered"  # what INSi said waits for the check-in
    TAKEN = "taken"  # the visit has it
    DROPPED = "dropped"  # no check-in, or one of somebody else
    LATE = "late"  # its check-in came before it: the visit is asked about without it
    TOO_MANY = "too-many"  # more than people come to a kiosk: the ones after it are not even counted


class Question(Placed):
    """One question. The key is the kiosk's, random; whom it is about is closed, under a key of its own."""

    key = models.UUIDField(primary_key=True)
    terminal_id = ClosedText(since="received_at")  # the kiosk's name
    sent_at = models.CharField(max_length=40)  # with the signature: proof of whose it is
    signature = models.BinaryField(max_length=64)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # the card or the document, by the kiosk
    body = models.BinaryField(default=bytes)  # as received; empty once the question is closed
    answer = models.BinaryField(default=bytes)  # what INSi said, with every exchange
    state = models.CharField(max_length=10, choices=QuestionState)
    by_document = models.BooleanField(default=False)  # asked with the visit's document, where the card led nowhere
    visit = models.OneToOneField("console.Arrival", null=True, on_delete=models.PROTECT, related_name="asked_before")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)  # somebody is asking; after that, another may

    BESIDE: ClassVar[Mapping[str, str]] = {
        "body": "locked with a key of the question's own, and bound to it: anything else does not open",
        "answer": "locked so too; without it the visit's own question is asked",
        "state": "the course of the work: altered, INSi is asked once more, or the visit's own question is",
        "by_document": "the course of the work too",
        "tries": "how often it was asked: the pause alone follows from it",
        "next_at": "when it is asked: altered, sooner, later or never, and the visit's own question is",
        "asked_at": "told to nobody",
        "leased_until": "who asks just now: altered, two ask, or the next one later",
    }

    class Meta:
        indexes = (
            models.Index(fields=("state", "next_at"), name="console_question_due"),
            models.Index(fields=("terminal_id", "received_at"), name="console_question_lately"),
            models.Index(fields=("received_at",), name="console_question_old"),
        )

    def __str__(self) -> str:
        return str(self.key)
