"""The identity-vigilance unit's own lists: campaigns of verification. Random keys, codes, no trait."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from kiosk.console.models.persons import Person
from kiosk.console.models.proven import Proven

UNCONFIRMED = ("different", "not-found")  # verdicts after which the unit decides
VERIFIED = ("confirmed", *UNCONFIRMED)  # the others tell nothing: several people, or no answer


class Campaign(Proven):
    """A round of verifications (campagne de vérification) of what INSi gave long ago."""

    started_by = models.ForeignKey("console.Staff", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    before = models.DateField(null=True)  # identities not confirmed since that day; null: one, from its page
    total = models.PositiveIntegerField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Verification(Proven):
    """One identity of a campaign: asked, or still to be asked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="verifications")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="verifications")
    answer = models.PositiveIntegerField(default=0)  # the person's fact that says what INSi answered
    verdict = models.CharField(max_length=20, blank=True)  # of kiosk.insi.verify; empty: not yet
    differences = models.CharField(max_length=200, blank=True)  # names of traits
    calls = models.BinaryField(default=bytes)  # what INSi was asked and said, every try; under the person's key
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # null: nothing more to do
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    BESIDE: ClassVar[Mapping[str, str]] = {
        "id": "the campaign and the person name it: there is one of each",
        "calls": "locked with the person's key, and bound to the row's number: anything else does not open",
        "tries": "how often it was asked: altered, it is asked more often or less",
        "next_at": "when it is asked: altered, sooner, later or never; the campaign's page counts it as not done",
        "leased_until": "who asks just now: altered, two ask, or the next one later",
    }

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "person"), name="console_once_a_campaign"),)
        indexes = (models.Index(fields=("next_at",)), models.Index(fields=("verdict", "done_at")))

    def __str__(self) -> str:
        return str(self.pk)
