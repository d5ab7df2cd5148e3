"""The identity-vigilance unit's own lists: look-alikes and campaigns of verification. Random keys, codes, no trait."""

from django.db import models

from kiosk.console.models.arrivals import Arrival
from kiosk.console.models.persons import PairState, Person


class Pair(models.Model):
    """Two records that may be one person's (doublon potentiel). ``first`` came first."""

    first = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="+")
    likeness = models.PositiveSmallIntegerField()  # percent
    state = models.CharField(max_length=10, choices=PairState, default=PairState.POSSIBLE)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey("console.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("first", "second"), name="console_one_pair"),)
        indexes = (models.Index(fields=("state", "found_at")),)

    def __str__(self) -> str:
        return str(self.pk)


class Campaign(models.Model):
    """A round of verifications (campagne de vérification) of what INSi gave long ago."""

    started_by = models.ForeignKey("console.Staff", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    before = models.DateField()  # identities not confirmed since that day
    total = models.PositiveIntegerField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Verification(models.Model):
    """One identity of a campaign: asked, or still to be asked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="verifications")
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="verifications")
    verdict = models.CharField(max_length=20, blank=True)  # of kiosk.insi.verify; empty: not yet
    differences = models.CharField(max_length=200, blank=True)  # names of traits
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # null: nothing more to do
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "arrival"), name="console_once_a_campaign"),)
        indexes = (models.Index(fields=("next_at",)), models.Index(fields=("verdict", "done_at")))

    def __str__(self) -> str:
        return str(self.pk)
