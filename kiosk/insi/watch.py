"""The structure's certificate, watched: how many days it still serves (certificat logiciel)."""

from datetime import UTC, date, datetime

from kiosk import journal
from kiosk.insi.certificate import CertificateTroubleError, Level, check, load
from kiosk.insi.config import InsiConfig
from kiosk.journal import Happening


class CertificateWatch:
    """The structure's certificate, examined at start and once a day; the worst that was found goes to the journal."""

    def __init__(self, config: InsiConfig) -> None:
        self._config = config
        self._checked_on: date | None = None
        self._days = -1

    def days(self, today: date) -> int:
        """Days it is still valid; -1 when it cannot be used at all."""
        if today != self._checked_on:
            self._checked_on, self._days = today, self._examine()
        return self._days

    def _examine(self) -> int:
        now = datetime.now(UTC)
        levels = {finding.level for finding in check(self._config, now)}
        worst = next((level for level in (Level.ERROR, Level.WARNING) if level in levels), Level.OK)
        try:
            days = max(0, (load(self._config).certificate.not_valid_after_utc - now).days)
        except CertificateTroubleError:
            days = -1
        journal.record(Happening.CERTIFICATE_CHECKED, outcome=worst.value, days=days)
        return days
