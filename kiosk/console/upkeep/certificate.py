"""The certificate with which the console asks INSi: how long it still serves (certificat logiciel).

No kiosk holds it, so none can say it: each process looks at it once a day.
"""

import functools
from datetime import date

from django.conf import settings

from kiosk.insi.config import InsiConfig, config_from
from kiosk.insi.watch import CertificateWatch
from kiosk.settings import InsiSection

SOON = 30  # days: its renewal takes some


def days_left(today: date) -> int | None:
    """Days it still serves, -1 when it cannot be used at all; None where no INSi is configured."""
    section = settings.KIOSK.insi
    if not isinstance(section, InsiSection):
        return None
    return _watch(config_from(section, settings.KIOSK.mode)).days(today)


@functools.lru_cache(maxsize=1)
def _watch(config: InsiConfig) -> CertificateWatch:
    return CertificateWatch(config)
