from typing import ClassVar, Self, TypeVar

from django.db import models

_Device = TypeVar("_Device", bound=Device)

class DeviceManager(models.Manager[_Device]): ...

class Device(models.Model):
    user = models.ForeignKey("console.Staff", on_delete=models.CASCADE)
    name = models.CharField(max_length=64)
    confirmed = models.BooleanField(default=True)
    objects: ClassVar[DeviceManager[Self]]
    class Meta:
        abstract = True

class ThrottlingMixin(models.Model):
    class Meta:
        abstract = True

    def get_throttle_factor(self) -> int: ...
    def verify_is_allowed(self) -> tuple[bool, dict[str, object] | None]: ...
    def throttle_increment(self, commit: bool = True) -> None: ...
    def throttle_reset(self, commit: bool = True) -> None: ...

class TimestampMixin(models.Model):
    created_at = models.DateTimeField(null=True, auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    class Meta:
        abstract = True

    def set_last_used_timestamp(self, commit: bool = True) -> None: ...
