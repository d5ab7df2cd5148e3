from django.http import HttpRequest
from django_otp.models import Device

from kiosk.console.models import Staff

class OTPMiddleware:
    @staticmethod
    def _finalize_device(request: HttpRequest, user: Staff, device: Device | None) -> Device | None: ...
