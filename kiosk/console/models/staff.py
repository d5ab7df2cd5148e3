"""Members of staff: one account each, never shared."""

from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from kiosk.console.models.places import ClosedText
from kiosk.console.models.proven import Proven, proving


class Role(models.TextChoices):
    """What a member of staff may do (rights are in ``access.py``)."""

    HOST = "host", _("Agent d’accueil")
    OFFICER = "officer", _("Identitovigilance")
    ADMINISTRATOR = "administrator", _("Administrateur")
    AUDITOR = "auditor", _("Auditeur")


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str, role: str) -> "Staff":
        staff = self.model(username=username, role=Role(role))
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(Proven, AbstractBaseUser):
    """One person who signs for what they decide (compte nominatif)."""

    username = models.CharField(max_length=60, unique=True)
    role = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    must_change_password = models.BooleanField(default=False)  # somebody else has chosen it
    desk = ClosedText(blank=True)  # where they sit today: closed, since visits say who dealt with them
    factors = models.TextField(blank=True)  # names of the second factors that are theirs: no other one counts
    at_act = models.BigIntegerField(default=0)  # the trail's last act about this account: an older row shows

    NAMED_ONLY: ClassVar[frozenset[str]] = frozenset({"factors", "at_act"})
    taken: "list[Emergency] | None" = None  # in an emergency, as found once a request
    is_verified: Callable[[], bool]  # with a second factor: said by django-otp, to who comes with a request

    objects: ClassVar[StaffManager] = proving(StaffManager())
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class Emergency(Proven):
    """A right somebody took for a while because a patient could not wait (accès d'urgence, « bris de glace »)."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="emergencies")
    right = models.CharField(max_length=20)
    reason = models.BinaryField()  # sealed: what was typed may speak of a patient
    opened_at = models.DateTimeField()
    until = models.DateTimeField()  # brought forward when it is given back
    seen_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="emergencies_seen")
    seen_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.right} {self.opened_at}"


class Admission(Proven):
    """What one person asked for an account: nothing of it is done before a second one has agreed.

    An owner enrols with two halves, a link and a code, which two different people hand over: neither of them can
    enrol in the owner's place. Only keyed fingerprints of both are here, bound to the account.
    """

    ENROL, OPEN, LINK = "enrol", "open", "link"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="admissions")
    kind = models.CharField(max_length=10)
    asked_by = models.CharField(max_length=60)  # an account, or a command on the server
    asked_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=60, blank=True)
    until = models.DateTimeField()  # to be agreed to, then to be used
    code = models.BinaryField(max_length=16, default=bytes)  # of the half handed over by who asked; empty: not needed
    link = models.BinaryField(max_length=16, default=bytes)  # of the half that who agreed hands over
    national = models.BinaryField(max_length=16, default=bytes)  # the national identity to be linked
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes
    ended_at = models.DateTimeField(null=True)  # used, or refused

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
