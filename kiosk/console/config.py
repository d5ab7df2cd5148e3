"""What the console must be told before it can run: the ``[server]`` section of the TOML file."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from kiosk.settings import BadSettings, ConfigPath, InsiSection, Section, problems_of, read_toml

TerminalName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]


class ServerSettings(Section):
    """The console and its worker. ``mode`` and ``insi`` may stand at the top of the file, shared with the kiosk's."""

    mode: Literal["production", "demo"] = "production"
    structure: str = Field("Centre hospitalier", min_length=1, max_length=80)  # what staff and patients call the place
    data_dir: ConfigPath
    host: str = "127.0.0.1"
    port: int = Field(8443, ge=0, le=65535)  # 0: any free one
    names: tuple[str, ...] = ()  # host names the console answers to, beside ``host``
    certificate: ConfigPath  # its own TLS certificate, chain included
    key: ConfigPath
    threads: int = Field(8, ge=1, le=64)
    request_seconds: int = Field(30, ge=1, le=300)  # the longest one request may take, its sending included
    database: str = Field("", pattern=r"^(postgres(ql)?://.+)?$")  # empty: SQLite in data_dir
    recipient_key: ConfigPath  # the structure's private key, encrypted
    passphrase_file: ConfigPath
    former_recipient_keys: tuple[ConfigPath, ...] = ()  # still open old records; same passphrase
    secret_key_file: ConfigPath  # 32 random bytes or more: sessions, blind indexes, audit chain
    kiosks: dict[TerminalName, ConfigPath] = Field(default_factory=dict)  # name → public key (PEM), enrolled at start
    intake_per_minute: int = Field(600, ge=1, le=100_000)  # a kiosk that sends more waits: its key may be stolen
    metrics_token_file: ConfigPath | None = None  # who shows this token reads the figures at /metriques
    desks: tuple[str, ...] = ()
    insi: InsiSection | None = None
    idle_lock_minutes: int = Field(15, ge=1, le=120)
    session_hours: int = Field(10, ge=1, le=24)
    unseen_hours: int = Field(12, ge=1, le=72)  # a check-in nobody dealt with is removed after this
    copies_days: int = Field(3 * 365, ge=1, le=10 * 365)  # copies of documents (RNIV: 3 years at most)


def read_server_settings(path: Path) -> ServerSettings:
    """Read the ``[server]`` section of one TOML file. BadSettings names every key that is wrong."""
    document = read_toml(path)
    section = document.get("server")
    if not isinstance(section, dict):
        raise BadSettings(f"{path}: server: this section is missing; the console and its worker need it")
    shared: dict[str, Any] = {name: document[name] for name in ("mode", "insi") if name in document}
    try:
        return ServerSettings.model_validate({**shared, **section}, context={"folder": path.resolve().parent})
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path)) from None
