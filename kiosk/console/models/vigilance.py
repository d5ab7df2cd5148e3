"""The identity-vigilance unit's own lists: campaigns of verification. Random keys, codes, no trait."""

from django.db import models

from kiosk.console.models.persons import Person

UNCONFIRMED = ("different", "not-found")  # verdicts after which the unit decides
VERIFIED = ("confirmed", *UNCONFIRMED)  # the others tell nothing: several people, or no answer


class Campaign(models.Model):
    """A round of verifications (campagne de vérification) of what INSi gave long ago."""

    started_by = models.ForeignKey("console.Staff", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    before = models.DateField(null=True)  # identities not confirmed since that day; null: one, from its page
    total = models.PositiveIntegerField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Verification(models.Model):
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

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "person"), name="console_once_a_campaign"),)
        indexes = (models.Index(fields=("next_at",)), models.Index(fields=("verdict", "done_at")))

    def __str__(self) -> str:
        return str(self.pk)
