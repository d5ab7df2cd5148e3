"""What the console must be told before it can run: the ``[server]`` section of the TOML file."""

from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from kiosk.console import evidence
from kiosk.core.status.evidence import EvidenceTable
from kiosk.settings import (
    ONLY_IN_TEST,
    SIMULATED,
    BadSettings,
    ConfigPath,
    InsiSection,
    Line,
    Mode,
    Section,
    against_the_file,
    problems_of,
    read_toml,
)

EndpointName = Literal["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
TerminalName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]

# They would say another machine than the address does, or how to find one.
_ELSEWHERE = frozenset({"host", "hostaddr", "port", "service", "servicefile", "dbname", "user", "password"})


def _evidence_in(said: object, info: ValidationInfo) -> EvidenceTable:
    """The table that a file says; the table itself, where no file was read."""
    if isinstance(said, EvidenceTable):
        return said
    if not isinstance(said, str | Path):
        raise ValueError("écrivez le chemin du fichier des pièces de la structure, entre guillemets")
    return evidence.read(against_the_file(Path(said), info))


Evidence = Annotated[EvidenceTable, PlainValidator(_evidence_in)]


class PscSection(Section):
    """Signing in with Pro Santé Connect; every address is the site's to write (sandbox or production)."""

    issuer: str = Field(pattern=r"^https://[^?#]+[^/?#]$")
    client_id: str = Field(min_length=1, max_length=200)
    client_secret_file: ConfigPath
    metadata: str = Field("", pattern=r"^(https://.+)?$")  # empty: issuer/.well-known/wallet-openid-configuration
    endpoints: dict[EndpointName, str] = Field(default_factory=dict)  # what the discovery must say; it alarms if not
    ca: ConfigPath | None = None  # empty: the machine's own list
    proxy: str = ""
    scope: str = "openid scope_all"
    acr_values: str = "eidas1"  # asked for
    accepted_acr: tuple[str, ...] = ("eidas1", "eidas2", "eidas3")
    prompt: Literal["", "login"] = "login"  # at a shared desk the last person's sign-in does not serve the next
    seconds: float = Field(5.0, gt=0, le=30)
    create: bool = False  # an account for whoever works in one of ``structures``: front desk only
    structures: tuple[str, ...] = ()  # FINESS or SIRET

    @model_validator(mode="after")
    def _says_for_whom(self) -> "PscSection":
        if self.create and not self.structures:
            raise ValueError(
                "create demande structures : écrivez les FINESS ou SIRET de ceux qui peuvent avoir un compte"
            )
        return self


class AppliVerifierSection(Section):
    """Who tells whether what an appli carte Vitale signed is genuine; without, nothing read from a phone counts."""

    verifier: str = Field(min_length=1, max_length=80)  # a plug-in of kiosk.appli_verifiers; "simulated" elsewhere
    issuers: ConfigPath  # the folder of the issuer's public keys
    structure: str = Field(pattern=r"^[A-Za-z0-9]{1,40}$")  # for whom an attestation must have been made
    minutes: int = Field(240, ge=1, le=24 * 60)  # made longer before it comes in, it is another day's


class FormerSecret(Section):
    """A site secret that was replaced: what it proved is believed until a day, that one included."""

    file: ConfigPath
    until: date


class ContactSection(Section):
    """Where a patient who takes a sheet home comes or calls afterwards, as the sheet prints it."""

    place: Line = Field(max_length=80)  # "Bureau des entrées, hall principal"
    phone: str = Field(pattern=r"^\+?[0-9](?:[ .]?[0-9]){2,14}$")
    hours: Line | None = Field(None, max_length=80)  # "du lundi au vendredi, de 8 h à 17 h"


class ServerSettings(Section):
    """The console and its worker. ``mode`` and ``insi`` may stand at the top of the file, shared with the kiosk's."""

    mode: Mode = "production"
    structure: Line = Field("Centre hospitalier", max_length=80)  # what staff and patients call the place
    data_dir: ConfigPath
    host: str = "127.0.0.1"
    port: int = Field(8443, ge=0, le=65535)  # 0: any free one
    names: tuple[str, ...] = ()  # host names the console answers to, beside ``host``
    certificate: ConfigPath  # its own TLS certificate, chain included
    key: ConfigPath
    processes: int = Field(1, ge=1, le=16)  # that serve; a busy console takes one a processor core
    threads: int = Field(8, ge=1, le=64)  # in each
    connections: int = Field(512, ge=16, le=10_000)  # open at once, in each process
    connections_each: int = Field(128, ge=8, le=10_000)  # from one address; several staff behind one need more
    request_seconds: int = Field(30, ge=1, le=300)  # the longest one request may take, its sending included
    database: str = Field("", pattern=r"^(postgres(ql)?://.+)?$")  # empty: SQLite in data_dir
    keys_dir: ConfigPath | None = None  # the folder of the keys' own SQLite database; empty: keys in data_dir
    keys_database: str = Field("", pattern=r"^(postgres(ql)?://.+)?$")  # for consoles on several machines
    keys_renewed_days: int = Field(7, ge=1, le=29)  # what a key destroyed leaves behind opens no longer than this
    recipient_key: ConfigPath  # the structure's private key, encrypted
    passphrase_file: ConfigPath
    passphrase_token: str = Field("", pattern=r"^(pkcs11:.+)?$")  # the token's key that opens it (``kiosk keys token``)
    passphrase_code_file: ConfigPath | None = None  # the token's code; none where it asks for none
    former_recipient_keys: tuple[ConfigPath, ...] = ()  # still open old records; same passphrase
    secret_key_file: ConfigPath  # 32 random bytes or more, of which a key is made for each purpose
    former_secrets: tuple[FormerSecret, ...] = ()  # while rows are proven anew
    kiosks: dict[TerminalName, ConfigPath] = Field(default_factory=dict)  # name → public key (PEM), enrolled at start
    trust_kiosk_answers: bool = False  # kiosk and console are one machine: what its kiosk says INSi answered counts
    intake_per_minute: int = Field(60, ge=1, le=100_000)  # a kiosk that sends more waits: its key may be stolen
    intake_per_hour: int = Field(400, ge=1, le=1_000_000)  # also after hours without a network
    intake_mb_per_minute: int = Field(64, ge=1, le=100_000)
    touch_only_at_once: int = Field(6, ge=1, le=1000)  # who wait of one kiosk without card or document, each a line
    least_free_mb: int = Field(512, ge=0, le=1_000_000)  # on the console's disk: with less, kiosks keep what they have
    recognitions_per_minute: int = Field(10, ge=1, le=1000)  # people a kiosk asks about; a stolen key must not tell who
    recognitions_per_hour: int = Field(150, ge=1, le=10_000)  # is known: beyond, the answer is no, and an alarm
    questions_per_minute: int = Field(20, ge=1, le=1000)  # people a kiosk has INSi asked about, through the console
    questions_per_hour: int = Field(300, ge=1, le=10_000)  # beyond, it is told to wait, and an alarm
    questions_at_once: int = Field(16, ge=1, le=64)  # asked of INSi side by side, by each process that serves
    witness_file: ConfigPath | None = None  # where the trail's signed heads are kept; none: "witness" in data_dir
    witness_syslog: str = Field("", pattern=r"^(/.+|[A-Za-z0-9.-]+:[0-9]{1,5})?$")  # and told: /dev/log, or host:port
    witness_url: str = Field("", pattern=r"^(https://[^?#@]+)?$")  # and told, and asked: a witness on another machine
    witness_ca: ConfigPath | None = None  # who vouches for its certificate; none: the machine's own list
    metrics_token_file: ConfigPath | None = None  # who shows this token reads the figures at /metriques
    contact: ContactSection | None = None  # on what patients take home; without it, the structure's name
    desks: tuple[Line, ...] = ()
    kiosk_desks: dict[TerminalName, tuple[Line, ...]] = Field(default_factory=dict)  # where a kiosk may send people
    evidence: Evidence = EvidenceTable()  # a file with the kinds that staff accepts; empty: the RNIV's
    insi: InsiSection | None = None
    appli: AppliVerifierSection | None = None  # appli carte Vitale
    psc: PscSection | None = None  # Pro Santé Connect, beside the accounts of the console
    idle_lock_minutes: int = Field(15, ge=1, le=120)
    session_hours: int = Field(10, ge=1, le=24)
    emergency_minutes: int = Field(60, ge=5, le=240)  # how long a right taken in an emergency lasts
    reading_most: int = Field(20, ge=2, le=1000)  # dossiers one person opens in so many minutes: more is an alarm
    reading_minutes: int = Field(10, ge=1, le=60)
    unread_most: int = Field(10, ge=1, le=200)  # dossiers a day one host asks INSi about unseen: no machine read them
    unseen_hours: int = Field(12, ge=1, le=72)  # a check-in nobody dealt with is removed after this
    nobodys_days: int = Field(7, ge=1, le=365)  # whom a decision opened that was taken back is erased after this
    copies_days: int = Field(3 * 365, ge=1, le=10 * 365)  # copies of documents (RNIV: 3 years at most)

    @field_validator("database", "keys_database")
    @classmethod
    def _is_reached_safely(cls, address: str) -> str:
        if address and (trouble := trouble_with(address)):
            raise ValueError(trouble)
        return address

    @model_validator(mode="after")
    def _keeps_keys_apart(self) -> "ServerSettings":
        if self.keys_database and self.keys_database == self.database:
            raise ValueError(
                "keys_database : écrivez une autre base que database, dont les sauvegardes ne tiennent aucune clé"
            )
        return self

    @model_validator(mode="after")
    def _trusts_its_own_kiosk_only(self) -> "ServerSettings":
        if self.trust_kiosk_answers and len(self.kiosks) != 1:
            raise ValueError(
                "trust_kiosk_answers = true dit que borne et console sont une seule machine : nommez cette borne dans "
                f"kiosks, et aucune autre (il y en a {len(self.kiosks)}), ou retirez la clé : la console interroge INSi"
            )
        return self

    @model_validator(mode="after")
    def _injects_in_test_only(self) -> "ServerSettings":
        if self.insi is not None and self.insi.injected and self.mode != "test":
            raise ValueError(f"insi.injected: {ONLY_IN_TEST}")
        return self

    @model_validator(mode="after")
    def _trains_on_the_simulator(self) -> "ServerSettings":
        is_elsewhere = self.insi is not None and not is_here(urlsplit(self.insi.endpoint).hostname or "")
        if self.mode == "training" and is_elsewhere:
            raise ValueError(
                "insi.endpoint : en formation, INSi est le simulateur de cette machine : écrivez l'adresse que donne "
                "kiosk simulate insi (https://localhost:…)"
            )
        return self

    @model_validator(mode="after")
    def _verifies_for_real(self) -> "ServerSettings":
        if self.appli is not None and self.appli.verifier == SIMULATED and self.is_production:
            raise ValueError("appli.verifier : le simulateur est refusé en production ; nommez un greffon")
        return self

    @model_validator(mode="after")
    def _can_ask_in_a_name(self) -> "ServerSettings":
        if self.insi is not None and self.insi.desk_caller == "psc" and self.psc is None:
            raise ValueError(
                "insi.desk_caller = psc demande la section [server.psc] : ajoutez-la, ou changez desk_caller"
            )
        return self

    def believes(self, kiosk: str) -> bool:
        """What this kiosk says INSi answered counts: it is the one on this machine, and the file names no other."""
        return self.trust_kiosk_answers and self.kiosks.keys() <= {kiosk}

    @property
    def witness_name(self) -> str:
        """The machine of the witness over HTTPS."""
        return urlsplit(self.witness_url).hostname or ""

    @property
    def names_professionals(self) -> bool:
        """National identifiers are linked to accounts: for signing in, or because INSi is asked with a card."""
        return self.psc is not None or self.desk_caller == "cpx"

    @property
    def desk_caller(self) -> str:
        """In whose name staff's own questions to INSi are asked."""
        return self.insi.desk_caller if isinstance(self.insi, InsiSection) else "certificate"

    @property
    def keys_folder(self) -> Path:
        """Where the keys' own database stands when it is a file."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def card_minutes(self) -> int:
        """How long after its reading INSi is asked with a card."""
        return self.insi.card_minutes if isinstance(self.insi, InsiSection) else 20

    @property
    def asks_at_desk(self) -> bool:
        """Nothing is asked before staff take somebody in hand, who can check evidence at the same time (RECO PP 03)."""
        return isinstance(self.insi, InsiSection) and self.insi.when == "desk"

    @property
    def is_production(self) -> bool:
        """Real people: numbers of test people, and what a simulator says, are quarantined (ins-rules 1.1)."""
        return self.mode == "production"


def trouble_with(address: str) -> str:
    """What is to be done about this address; "" when nothing is. It is never repeated: it may hold a password."""
    try:
        url = urlsplit(address)
        host, said = url.hostname or "", dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    except ValueError:
        return "cette adresse de base n’est pas lisible : écrivez postgresql://compte@machine/nom?sslmode=verify-full"
    if said.keys() & _ELSEWHERE:
        return "la machine, le compte et le nom s’écrivent avant le point d’interrogation, et pas après"
    if is_here(host) or said.get("sslmode") == "verify-full":
        return ""
    return (
        "cette base est sur une autre machine : terminez son adresse par ?sslmode=verify-full&sslrootcert=FICHIER, où "
        "FICHIER tient l’autorité qui a signé son certificat ; sans cela, qui est sur le chemin la lit ou la remplace"
    )


def is_here(host: str) -> bool:
    """This machine: a socket's folder, or the loopback."""
    if host in {"", "localhost"} or host.startswith(("/", "%2f", "%2F")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_server_settings(path: Path) -> ServerSettings:
    """Read the ``[server]`` section of one TOML file. BadSettings names every key that is wrong."""
    document = read_toml(path)
    section = document.get("server")
    if not isinstance(section, dict):
        raise BadSettings(
            f"{path}: server: cette section manque : ajoutez-la, la console et son travailleur en ont besoin"
        )
    shared: dict[str, Any] = {name: document[name] for name in ("mode", "insi") if name in document}
    try:
        server = ServerSettings.model_validate({**shared, **section}, context={"folder": path.resolve().parent})
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path, "server", beside=("mode", "insi"))) from None
    insi = document.get("insi")
    is_direct = isinstance(insi, dict) and insi.get("via") == "direct"
    if server.trust_kiosk_answers and "kiosk" in document and not is_direct:
        raise BadSettings(
            f"{path}: server.trust_kiosk_answers: cette borne interroge INSi par la console (insi.via) "
            "et ne répond rien elle-même : retirez la clé"
        )
    kiosk = document.get("kiosk")
    if (
        isinstance(kiosk, dict)
        and server.trust_kiosk_answers
        and not server.believes(str(kiosk.get("name", "kiosk-1")))
    ):
        raise BadSettings(
            f"{path}: server.trust_kiosk_answers: la borne de ce fichier (kiosk.name) n'est pas celle que nomme "
            "server.kiosks : retirez la clé, ou nommez-la"
        )
    return server
