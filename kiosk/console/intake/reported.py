"""What a kiosk says INSi answered is reported (``via = "direct"``): kept as it came, and counting for nothing.

A stolen key must make nobody's identity. The console asks INSi itself, and until it has, nothing has answered.
"""

from dataclasses import replace
from ipaddress import ip_address

from django.conf import settings

from kiosk.console.intake.signed import SignedRequest
from kiosk.console.records import vault
from kiosk.console.register import visits
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsUnreachable

# Why a kiosk has no answer, in its own words: they say nothing of anybody, and are kept as said.
SILENCES = frozenset({"timeout", "connection", "service", "nonsense", "not-asked", "through-console"})


def counting(check_in: CheckIn, request: SignedRequest) -> CheckIn:
    """The check-in with what counts for INSi's answer: the same one where nothing was reported, or its kiosk is us."""
    if _is_this_machine(request) or _is_silence(check_in):
        return check_in
    return replace(check_in, insi=InsUnreachable(visits.REPORTED))


def _is_this_machine(request: SignedRequest) -> bool:
    """The settings say that kiosk and console are one machine, and so does where this came from."""
    if not settings.KIOSK.trust_kiosk_answers:
        return False
    try:
        address = ip_address(request.address)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_silence(check_in: CheckIn) -> bool:
    """Nothing was answered, and nothing stands beside that: no call of the kiosk's, nothing that is not understood."""
    said = check_in.insi
    is_whole = not any(where.startswith(vault.INSI) for where in check_in.not_understood)
    return is_whole and isinstance(said, InsUnreachable) and said.reason in SILENCES and not said.exchanges
