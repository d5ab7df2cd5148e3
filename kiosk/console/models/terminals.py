"""The kiosks (bornes) the console knows, how they are, and who calls from there."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kiosk.console.models.places import ClosedText, Placed
from kiosk.console.models.proven import Proven
from kiosk.core.turn.events import CallReason


class Terminal(Proven):
    """One enrolled kiosk: its name and its public key. Revoked, it is not listened to any more."""

    name = models.CharField(max_length=60, primary_key=True)
    public_key = models.TextField()  # PEM, Ed25519
    enrolled_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)  # by the kiosk's clock: an older heartbeat is a replay
    last_seen_at = models.DateTimeField(null=True)  # by ours
    version = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=60, blank=True, default="")  # where it stands, in its technician's words
    desk = models.CharField(max_length=20, blank=True, default="")  # to which it sends people; empty: not said
    mode = models.CharField(max_length=20, blank=True, default="")  # in which it runs; empty: not said
    devices = models.JSONField(default=dict)  # "reader" → "ok" or "lost"
    queue = models.PositiveIntegerField(default=0)  # check-ins not delivered yet
    parked = models.PositiveIntegerField(null=True)  # of those, the ones this console refused; null: not said
    certificate_days = models.IntegerField(null=True)
    disk_free_mb = models.BigIntegerField(null=True)
    clock_offset_ms = models.BigIntegerField(null=True)
    asked = models.PositiveIntegerField(
        null=True
    )  # whether somebody is known: how often, by its own count; null: not said
    asked_seconds = models.PositiveIntegerField(default=0)  # within so long before its last sign
    exceeded = models.JSONField(
        default=dict
    )  # what it did that no kiosk does (``terminals.excess``) → when, in seconds
    at_act = models.BigIntegerField(default=0)  # the trail's last act about its enrolment: an older row shows

    NAMED_ONLY: ClassVar[frozenset[str]] = frozenset({"at_act"})
    BESIDE: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (
            *("last_sent_at", "last_seen_at", "version", "devices", "queue", "parked", "certificate_days"),
            *("place", "desk", "mode", "disk_free_mb", "clock_offset_ms", "asked", "asked_seconds", "exceeded"),
        ),
        "how it says that it is, every half minute anew, and what it did too often: nothing is opened by it",
    )

    def __str__(self) -> str:
        return self.name


class Invitation(Proven):
    """A one-time code with which a new kiosk brings its public key (code d'enrôlement)."""

    terminal = models.CharField(max_length=60, primary_key=True)
    code = models.BinaryField(max_length=32)  # keyed fingerprint: the code itself is nowhere
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.terminal


class Recognition(Placed):
    """A kiosk asked whether somebody is known: when, and nothing of whom. What was asked once is not answered again."""

    terminal_id = ClosedText(since="asked_at")  # the kiosk's name: its check-in comes a minute later
    nonce = models.BinaryField(max_length=16, unique=True)
    asked_at = models.DateTimeField()
    is_too_many = models.BooleanField(default=False)  # more than a kiosk asks: the ones after it are not even counted
    is_spent = models.BooleanField(default=False)  # on a check-in by the short path: each rests on a question

    BESIDE: ClassVar[Mapping[str, str]] = {"id": "its nonce names it: there is one of each"}

    class Meta:
        indexes = (models.Index(fields=("terminal_id", "asked_at"), name="console_asked_lately"),)

    def __str__(self) -> str:
        return str(self.pk)


class PhoneShown(models.Model):
    """An attestation of an appli carte Vitale came in, for one of its people: by its mark, nothing of whom. Once."""

    mark = models.BinaryField(max_length=32, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.at)


CALL_REASONS = {
    CallReason.HELP: _("demande de l’aide"),
    CallReason.CARD_FORGOTTEN: _("carte oubliée"),
}


class Call(Proven):
    """Someone at a kiosk needs a member of staff (appel)."""

    key = models.UUIDField(primary_key=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="calls")
    reason = models.CharField(max_length=20, choices=[(one.value, label) for one, label in CALL_REASONS.items()])
    desk = models.CharField(max_length=20, blank=True)
    called_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("console.Staff", null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = (models.Index(fields=("answered_at", "called_at")),)

    def __str__(self) -> str:
        return str(self.key)
