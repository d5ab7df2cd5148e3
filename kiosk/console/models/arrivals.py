"""Patients' arrivals as the queue sees them; who they are stays sealed beside."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kiosk.console.models.fingerprints import Fingerprint, Link, RandomKey
from kiosk.console.models.persons import Person
from kiosk.console.models.places import ClosedBytes, ClosedText, Placed
from kiosk.console.models.proven import Proven
from kiosk.core.status.permissions import IdentityStatus


class Need(models.TextChoices):
    """What an arrival asks of staff."""

    READY = "ready", _("Prêt à qualifier")
    PRESENCE = "presence", _("Présence à vérifier")  # known and qualified: staff look whether it is them
    DIFFERENCES = "differences", _("Différences")
    ODD_ANSWER = "odd-answer", _("Réponse INSi à vérifier")  # unusable, or to be confirmed by name
    DOUBTFUL_DOCUMENT = "doubtful-document", _("Pièce à vérifier")
    NO_DOCUMENT = "no-document", _("Sans pièce")
    DOUBTFUL_READING = "doubtful-reading", _("Pièce mal lue")
    PARTLY_READ = "partly-read", _("Lecture incomplète")  # the kiosk is newer than this console
    INSI_PENDING = "insi-pending", _("INSi en attente")
    ASK_AGAIN = "ask-again", _("INSi à interroger")  # what it answered was set aside with a decision
    NOT_FOUND = "not-found", _("INSi : introuvable")
    SEVERAL = "several", _("INSi : plusieurs réponses")
    CONFIGURATION = "configuration", _("INSi : en panne")


_WITHOUT_ANSWER = {Need.NOT_FOUND, Need.SEVERAL, Need.CONFIGURATION}


class Stage(models.TextChoices):
    """Where an arrival stands in the day's work."""

    WAITING = "waiting", _("En attente")
    CALLED = "called", _("Appelé")
    HELD = "held", _("Mis en pause")
    DONE = "done", _("Traité")
    SET_ASIDE = "set-aside", _("À l’identitovigilance")
    GONE = "gone", _("Parti sans être vu")
    REMOVED = "removed", _("Effacé")


class Bare(models.IntegerChoices):
    """Whether somebody came by touch alone: without card, document or phone."""

    NO = 0
    YES = 1
    ONE_OF_MANY = 2  # of one kiosk within a short time: staff see these as one line


class Arrival(Placed):
    """One check-in taken in. The key is the kiosk's, random: it leads to nobody and cannot be guessed."""

    key = models.UUIDField(primary_key=True)
    terminal_id = ClosedText(since="received_at")  # the kiosk's name
    digest = models.BinaryField(max_length=32)  # SHA-256 of the sealed body as received
    sent_at = models.CharField(max_length=40)  # with the signature: proof, years later, of whose it is
    signature = ClosedBytes(since="received_at")  # closed: with the kiosks' public keys it tells whose it is
    signer = ClosedBytes(since="received_at", default=bytes)  # the kiosk's public key then; empty: of before
    # SHA-256 of what was inside, whatever it is sealed for; closed: who guesses that would know it by this.
    plain = ClosedBytes(since="received_at", default=bytes)
    indexed = models.BinaryField(max_length=16, default=bytes)  # the sum of what it is found under (``search``)
    received_at = models.DateTimeField()
    arrived_at = (
        models.DateTimeField()
    )  # by the kiosk's clock, as far as it can be believed: shown, and nothing rests on it
    ticket = ClosedText(since="received_at")  # its letter is the kiosk's
    ticket_mark = models.BinaryField(
        max_length=16, null=True, unique=True
    )  # of it, its desk and the day: nobody else's
    desk = ClosedText(since="received_at", blank=True)
    need = models.CharField(max_length=20, choices=Need)
    bare = models.PositiveSmallIntegerField(default=Bare.NO)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.WAITING)
    reported = models.CharField(  # what its sources come to before anybody decided: a machine's word
        max_length=12, choices=[(status.value, status.value) for status in IdentityStatus]
    )
    assigned_to = models.ForeignKey("console.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("console.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    noted_at = models.DateTimeField(null=True)  # the unit left a note for the desk, sealed beside: when
    differences = models.CharField(max_length=200, blank=True)  # "birth-name:one-letter-apart …": codes, no trait
    likened_at = models.DateTimeField(null=True)  # it was looked for among those who are known
    before = models.JSONField(default=dict)  # of the visit, before the last decision about it: to undo it
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="visits")
    candidate = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    is_new = models.BooleanField(default=False)  # staff said: none of those who look alike
    presence_at = models.DateTimeField(null=True)  # staff saw that it is them
    presence_by = models.ForeignKey("console.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    question = models.PositiveIntegerField(default=0)  # the person's fact that the answer awaited will cite
    insi_tries = models.PositiveSmallIntegerField(default=0)  # by the worker, after the kiosk's
    insi_next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)  # a worker is asking; after that, another may

    BESIDE: ClassVar[Mapping[str, str]] = {
        "insi_tries": "how often the worker asked: altered, it asks more often or less, and nothing counts otherwise",
        "insi_next_at": "when the worker asks: altered, sooner, later or never, as the page says; no answer changes",
        "leased_until": "who asks just now: altered, two ask, or the next one later",
        "likened_at": "work done: altered, it is done again, or the search by hand finds it",
    }

    class Meta:
        indexes = (
            models.Index(fields=("stage", "received_at"), name="console_stage_received"),
            models.Index(fields=("insi_next_at",)),
            models.Index(fields=("decided_at",)),
            models.Index(fields=("terminal_id", "received_at")),
            models.Index(fields=("received_at",), condition=models.Q(likened_at=None), name="console_not_yet_likened"),
            models.Index(
                fields=("person", "noted_at"), condition=models.Q(noted_at__isnull=False), name="console_noted"
            ),
        )

    def __str__(self) -> str:
        return str(self.key)

    @property
    def known(self) -> Person | None:
        """Whose visit it is; where two records were merged, the one that was kept. Nobody's if the row is not ours."""
        return self.person.surviving if self.person is not None and self.is_proven else None

    @property
    def status(self) -> str:
        """Of the identity: the person's, or what the sources come to, which is never more than retrieved."""
        known = self.known
        if known is not None:
            return known.status
        is_retrieved = self.reported == IdentityStatus.RETRIEVED.value and self.is_proven
        return self.reported if is_retrieved else IdentityStatus.PROVISIONAL.value

    @property
    def attributes(self) -> str:
        return known.attributes if (known := self.known) is not None else ""

    @property
    def evidence(self) -> str:
        return known.evidence if (known := self.known) is not None else ""

    @property
    def companion(self) -> str:
        """Code of the document seen with the evidence."""
        return known.seen_with if (known := self.known) is not None else ""

    @property
    def is_settled(self) -> bool:
        """Decided, and the identity is qualified: whoever takes it up again need not decide anything."""
        return self.decided_at is not None and self.status == IdentityStatus.QUALIFIED.value

    @property
    def needed(self) -> str:
        """What is asked of staff, in words: nothing once it is done, and nobody waits for what nobody awaits."""
        if not self.is_proven:
            return str(_("Modifié hors de la console"))
        if self.is_settled:
            return str(_("Déjà qualifiée"))
        if self.stage == Stage.SET_ASIDE and self.need == Need.READY:
            return str(Stage.SET_ASIDE.label)  # nothing of it is the desk's any more
        if settings.KIOSK.insi is None and self.need in _OF_INSI:
            return str(_(WITHOUT_INSI))
        if self.need == Need.INSI_PENDING and self.insi_next_at is None:
            return _label_in(Need.ASK_AGAIN)
        if self.need in _WITHOUT_ANSWER and self.insi_next_at is not None:  # staff asked again
            return _label_in(Need.INSI_PENDING)
        return _label_in(self.need)

    @property
    def evidence_on(self) -> date | None:
        return known.evidence_on if (known := self.known) is not None else None


WITHOUT_INSI = "À valider sans INS"  # where no national service is configured, nobody waits for it or asks it
_OF_INSI = (Need.INSI_PENDING, Need.ASK_AGAIN)


@cache
def _label_in(need: str) -> str:
    """Forty on one page: each is worded once, for staff, who read French."""
    with override("fr"):
        return str(Need(need).label)


class Sealed(Proven):
    """What is known about the person, sealed for the structure: opened in memory, for one page, for one account."""

    arrival = models.OneToOneField(Arrival, primary_key=True, on_delete=models.CASCADE, related_name="sealed")
    check_in = models.BinaryField()  # exactly as received from the kiosk
    answer = models.BinaryField(default=bytes)  # INSi's later answer, asked by the worker
    accepted = models.BinaryField(default=bytes)  # what staff confirmed: first given name, complementary traits
    criteria = models.BinaryField(default=bytes)  # with which staff wants INSi asked again

    BESIDE: ClassVar[Mapping[str, str]] = {
        "check_in": "half a megabyte: what is in it is proven by the visit's digests, at every opening",
    }

    def __str__(self) -> str:
        return str(self.pk)


class Copy(Proven):
    """What staff see of one picture: made anew from what the kiosk signed, locked with the visit's own key."""

    key = models.UUIDField(primary_key=True, default=uuid4)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="copies")
    place = models.PositiveSmallIntegerField()  # twice its index among the pictures; one more: as the camera saw it
    digest = models.BinaryField(max_length=32)  # SHA-256 of the original
    body = models.BinaryField()  # empty: none can be made

    class Meta:
        constraints = (models.UniqueConstraint(fields=("arrival", "place"), name="console_copy_once"),)

    def __str__(self) -> str:
        return str(self.key)


class VisitIndex(models.Model):
    """A keyed fingerprint of a search criterion: equal criteria meet, nobody can read them back.

    Nor follow them to the visit, without the site's secret. Its key is random: it says nothing of when somebody came.
    """

    id = RandomKey(primary_key=True)
    visit = Link(db_index=True)
    value = Fingerprint(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class BlindIndex(models.Model):
    """The same as earlier versions wrote it, the visit beside it in clear, until the worker has closed it.

    Written by nobody; a later version has no such table.
    """

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="+")
    value = Fingerprint(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
