"""What a kiosk says INSi answered is reported (``via = "direct"``): kept as it came, and counting for nothing.

A stolen key must make nobody's identity. The console asks INSi itself, and until it has, nothing has answered.
"""

from dataclasses import replace
from ipaddress import ip_address

from django.conf import settings

from kiosk.console.intake.signed import SignedRequest
from kiosk.console.records import vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsUnreachable


def counting(check_in: CheckIn, request: SignedRequest) -> CheckIn:
    """The check-in with what counts for INSi's answer: the same one where nothing was reported, or its kiosk is us."""
    if (_is_this_machine(request) and not vault.is_attested(check_in)) or vault.is_silence(check_in):
        return check_in
    return replace(check_in, insi=InsUnreachable(vault.REPORTED))


def _is_this_machine(request: SignedRequest) -> bool:
    """The settings say that this kiosk and the console are one machine, and so does where this came from.

    Behind a proxy everybody comes from its machine, which may be this one.
    """
    if request.is_forwarded or not settings.KIOSK.believes(request.kiosk):
        return False
    try:
        address = ip_address(request.address)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
