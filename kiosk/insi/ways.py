"""The three ways to say who calls INSi: the structure's certificate, a signed-in professional's token, a card.

The certificate is everybody's: kiosks, worker, desk. The other two are for what a member of staff asks at the desk.
"""

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lxml import etree

from kiosk.core.confidential import Confidential
from kiosk.insi import assertion
from kiosk.insi.assertion import Agent
from kiosk.insi.certificate import client_context, load
from kiosk.insi.config import InsiConfig, PscAccess

NO_SPECIALITY = "kiosk_speciality"  # a doctor asks, and the settings do not say which speciality


class NotVouchedError(Exception):
    """Nothing may be asked in this name now; ``code`` is an InsRefused's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class Voucher(Confidential):
    """What a question shows of who asks: in its envelope, and beside it."""

    security: etree._Element | None = None
    bearer: str = ""


class Way(Protocol):
    """How INSi is called, and in whose name."""

    @property
    def endpoint(self) -> str:
        """Where."""
        ...

    def files(self) -> list[Path]:
        """What is on the disk: the connection is made anew when one of them changes."""
        ...

    def open(self) -> tuple[ssl.SSLContext, str]:
        """The connection's settings, and who is said to send (Emetteur). CertificateTroubleError."""
        ...

    def vouch(self, now: datetime.datetime, /) -> Voucher:
        """For one question. CertificateTroubleError, NotVouchedError."""
        ...


class ByCertificate:
    """The legal person's own certificate (certificat logiciel): mutual TLS, and nothing in the envelope."""

    def __init__(self, config: InsiConfig) -> None:
        self._config = config

    @property
    def endpoint(self) -> str:
        """The certificate's host."""
        return self._config.endpoint

    def files(self) -> list[Path]:
        """Certificate, key, password, authorities."""
        key = self._config.key
        files = [self._config.certificate, self._config.ca, self._config.password_file]
        if key and not self._config.has_key_in_token:
            files.append(Path(key))
        return [path for path in files if path is not None]

    def open(self) -> tuple[ssl.SSLContext, str]:
        """Load the certificate; the structure it names sends."""
        credentials = load(self._config)
        return client_context(self._config, credentials), credentials.structure

    def vouch(self, _now: datetime.datetime, /) -> Voucher:
        """Nothing: the connection says it."""
        return Voucher()


@dataclass(frozen=True, slots=True, repr=False)
class Signed(Confidential):
    """Who signed in with Pro Santé Connect: their token, until when it is good, and who it says they are."""

    national_id: str
    token: str
    until: datetime.datetime
    profession: str = ""
    skills: tuple[str, ...] = ()  # savoir-faire (SM54 …)


class ByToken(ByCertificate):
    """In the name of who signed in with Pro Santé Connect: an unsigned assertion, their token beside the envelope."""

    def __init__(self, config: InsiConfig, access: PscAccess, who: Signed) -> None:
        super().__init__(config)
        self._access = access
        self._who = who

    @property
    def endpoint(self) -> str:
        """The host of Pro Santé Connect's callers."""
        return self._access.endpoint

    def open(self) -> tuple[ssl.SSLContext, str]:
        """The structure's certificate is shown where the gateway asks for it; the professional sends."""
        context, _structure = super().open()
        return context, self._who.national_id

    def vouch(self, now: datetime.datetime, /) -> Voucher:
        """While the token is good."""
        who, access = self._who, self._access
        if now >= who.until:
            raise NotVouchedError("kiosk_psc-session")
        speciality = ""
        if who.profession == assertion.DOCTOR:
            numbers = dict(access.specialities)
            known = [numbers[one] for one in who.skills if one in numbers]
            speciality = known[0] if known else access.speciality
            if not speciality:
                raise NotVouchedError(NO_SPECIALITY)
        agent = Agent(who.national_id, who.profession, speciality)
        software = f"urn:lps:{self._config.software_name}:{self._config.software_version}"
        said = assertion.unsigned(agent, access.practice, software, now, who.until)
        return Voucher(said, who.token)
