"""What is used of django-otp, which has no types of its own."""

from django.http import HttpRequest
from django_otp.models import Device

def login(request: HttpRequest, device: Device) -> None: ...
