"""What a site says about its access to INSi."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kiosk import __version__
from kiosk.core.confidential import Confidential
from kiosk.insi.search import MOST

NO_INSTANCE = "00000000-0000-4000-8000-000000000000"  # of an installation that was given no UUID


class Environment(StrEnum):
    """Which world the kiosk lives in: a simulator's answer is refused in production."""

    PRODUCTION = "production"
    TEST = "test"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Proxy:
    """The structure's own proxy. Its password is named by file: no address and no journal ever holds it."""

    host: str
    port: int
    user: str = ""
    password_file: Path | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Where it listens."""
        return self.host, self.port


@dataclass(frozen=True, slots=True)
class Practice:
    """Where a professional asks from, as every assertion says it."""

    billing: str  # identifiantFacturation: the geographic FINESS, or the SIRET
    sector: str  # secteurActivite
    speciality_attribute: str = "codeSpecialite"


@dataclass(frozen=True, slots=True)
class PscAccess:
    """How INSi is asked in the name of who signed in with Pro Santé Connect."""

    endpoint: str
    practice: Practice
    speciality: str = ""  # of doctors whom ``specialities`` does not name
    specialities: tuple[tuple[str, str], ...] = ()  # savoir-faire, codeSpecialite


@dataclass(frozen=True, slots=True)
class CpxAccess:
    """How INSi is asked with a professional's card."""

    endpoint: str
    practice: Practice
    certificate: Path
    key: str  # a "pkcs11:" URI
    password_file: Path
    speciality: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Injection(Confidential):
    """An answer put in INSi's place for whoever fits all that is said here (``injected`` reads it)."""

    birth_name: str = ""
    given_name: str = ""
    number: str = ""
    answer: str = ""  # "01", "02"
    file: Path | None = None  # or the answer itself


@dataclass(frozen=True, slots=True)
class InsiConfig:
    """A structure's access to the téléservice INSi. Secrets are named by file, never held here."""

    endpoint: str  # always configuration, never code
    certificate: Path  # certificat logiciel of the structure: PKCS#12, or PEM
    ca: Path  # who may vouch for the server: PEM bundle
    idam: str  # numéro d'autorisation CNDA of this software
    instance: str = NO_INSTANCE  # UUID of this installation
    password_file: Path | None = None  # credential file holding the certificate's (or token's) password
    key: str | None = None  # path of a PEM key, or a "pkcs11:" URI (RFC 7512); None: inside the certificate file
    software_name: str = "kiosk"
    software_version: str = __version__
    wsdl: Path | None = None  # the official bundle, when the site holds it
    environment: Environment = Environment.PRODUCTION
    max_calls: int = MOST  # calls a search; no official limit is known (ins-rules 3.3, Design)
    proxy: Proxy | None = None
    psc: PscAccess | None = None  # both for staff's own questions at the desk only
    cpx: CpxAccess | None = None
    injected: tuple[Injection, ...] = ()  # what the test environment cannot answer

    def __post_init__(self) -> None:
        if self.injected and self.environment is not Environment.TEST:
            raise ValueError("des réponses ne sont injectées qu'en essai, jamais en production : retirez-les")
        if not self.endpoint.startswith("https://"):
            raise ValueError("INSi s'appelle en HTTPS : écrivez une adresse qui commence par https://")
        if self.max_calls < 1:
            raise ValueError("écrivez au moins un appel par venue")

    @property
    def has_key_in_token(self) -> bool:
        """The key never leaves a token (RFC 7512): no file holds it."""
        return self.key is not None and self.key.startswith("pkcs11:")


class ProxyTold(Protocol):
    """The section ``[insi.proxy]``."""

    url: str
    user: str
    password_file: Path | None


class PscTold(Protocol):
    """The section ``[insi.psc]``."""

    endpoint: str
    speciality: str
    specialities: dict[str, str]


class CpxTold(Protocol):
    """The section ``[insi.cpx]``."""

    endpoint: str
    certificate: Path
    key: str
    password_file: Path
    speciality: str


class InjectionTold(Protocol):
    """One of ``[[insi.injected]]``."""

    birth_name: str
    given_name: str
    number: str
    file: Path | None

    @property
    def answer(self) -> str: ...


class InsiAccess(Protocol):
    """What a configuration file says of INSi: the section ``[insi]``, shared by the kiosk and the console's worker."""

    endpoint: str
    certificate: Path
    key: str | None
    password_file: Path | None
    ca: Path
    idam: str
    instance: str | None
    wsdl: Path | None
    software_name: str
    software_version: str
    finess: str
    siret: str
    sector: str

    @property
    def speciality_attribute(self) -> str: ...

    @property
    def proxy(self) -> ProxyTold | None: ...

    @property
    def psc(self) -> PscTold | None: ...

    @property
    def cpx(self) -> CpxTold | None: ...

    @property
    def injected(self) -> Sequence[InjectionTold]: ...


def config_from(access: InsiAccess, mode: str) -> InsiConfig:
    """Say to the client what the file says; only ``production`` is production."""
    return InsiConfig(
        endpoint=access.endpoint,
        certificate=access.certificate,
        ca=access.ca,
        idam=access.idam,
        instance=access.instance or NO_INSTANCE,
        password_file=access.password_file,
        key=str(access.key) if access.key else None,
        wsdl=access.wsdl,
        environment=Environment(mode) if mode in ("production", "test") else Environment.DEMO,
        software_name=access.software_name,
        software_version=access.software_version or __version__,
        proxy=_proxy(access.proxy),
        psc=_psc(access),
        cpx=_cpx(access),
        injected=injections(access.injected),
    )


def injections(told: Sequence[InjectionTold]) -> tuple[Injection, ...]:
    """Say to the client what a file puts in INSi's place."""
    return tuple(Injection(each.birth_name, each.given_name, each.number, each.answer, each.file) for each in told)


def _proxy(told: ProxyTold | None) -> Proxy | None:
    if told is None:
        return None
    host, _, port = told.url.removeprefix("http://").rstrip("/").rpartition(":")
    return Proxy(host.strip("[]"), int(port), told.user, told.password_file)


def _practice(access: InsiAccess) -> Practice:
    return Practice(access.finess or access.siret, access.sector, access.speciality_attribute)


def _psc(access: InsiAccess) -> PscAccess | None:
    told = access.psc
    if told is None:
        return None
    return PscAccess(told.endpoint, _practice(access), told.speciality, tuple(sorted(told.specialities.items())))


def _cpx(access: InsiAccess) -> CpxAccess | None:
    told = access.cpx
    if told is None:
        return None
    return CpxAccess(
        *(told.endpoint, _practice(access), told.certificate, told.key, told.password_file), speciality=told.speciality
    )
