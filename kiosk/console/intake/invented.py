"""Check-ins of invented people, sent by ``kiosk simulate arrivals``: for demonstration, test and training alone.

They come by an address of their own, which is signed like any: what was sent as invented is taken for nothing else, and
production takes none of it.
"""

from django.conf import settings

from kiosk.console.intake.signed import Reception, SignedRequest, trusted_terminal


def mode(request: SignedRequest) -> bytes | Reception:
    """Which mode this console is in, for a kiosk that asks before it sends anybody. NotTrusted."""
    if settings.KIOSK.is_production:
        return Reception.NOT_IN_PRODUCTION
    trusted_terminal(request)
    told: str = settings.KIOSK.mode
    return told.encode()
