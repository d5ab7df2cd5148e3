"""Whether the console's disk has room: it is refused before it is full, so that staff can go on working."""

import shutil

from django.conf import settings

_MB = 1024 * 1024


def is_enough() -> bool:
    """What is taken in has a place, and so have decisions after it."""
    server = settings.KIOSK
    return shutil.disk_usage(server.data_dir).free >= server.least_free_mb * _MB
