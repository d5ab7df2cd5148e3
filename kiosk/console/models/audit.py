"""The audit trail's entries; ``kiosk.console.audit`` alone writes them."""

from django.db import models


class AuditEntry(models.Model):
    """One act: who, when, where, what, about which arrival, on which evidence. Never a trait."""

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3… without a gap
    at = models.DateTimeField()
    who = models.CharField(max_length=60)  # account, kiosk, or "worker"
    where = models.CharField(max_length=60, blank=True)
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True, db_index=True)
    details = models.TextField(default="{}")  # JSON: codes only, the very text that was chained
    chained = models.BinaryField(max_length=32)  # HMAC over the entry and the one before

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class AuditHead(models.Model):
    """The last link, sealed with the same key: a cut tail shows."""

    last_number = models.BigIntegerField(default=0)
    chained = models.BinaryField(max_length=32)
    proof = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.last_number)
