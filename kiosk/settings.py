"""One TOML file tells a machine what it is; every error names its key and says what to do.

Paths are read relative to the file. The console's own section stands in ``kiosk.console.config``.
"""

import codecs
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from kiosk import mistakes

SIMULATED_CAMERAS = {"film"}
SIMULATED = "simulated"
_DEVICE = {  # what a camera is named by in production
    "opencv": re.compile(r"[0-9]{1,3}|/dev/(v4l/by-(id|path)/)?[^/]+", re.ASCII),
    "libcamera": re.compile(r"[0-9]{1,3}", re.ASCII),
}


class BadSettings(Exception):
    """The configuration cannot be used; each line names a key and what is wrong with it."""


def against_the_file(path: Path, info: ValidationInfo) -> Path:
    """Where a path of the settings leads: it is read relative to their file."""
    folder: Path = (info.context or {}).get("folder", Path())
    return path if path.is_absolute() else folder / path


def _says_where(said: Any) -> Any:
    if isinstance(said, str) and (not said.strip() or "\0" in said):
        raise ValueError("écrivez un chemin : celui-ci est vide, ou contient un caractère interdit")
    return said


Mode = Literal["production", "demo", "test", "training"]  # in training, staff learn on invented people
ConfigPath = Annotated[Path, BeforeValidator(_says_where), AfterValidator(against_the_file)]


def _key_against_the_file(key: str, info: ValidationInfo) -> str:
    return key if key.startswith("pkcs11:") else str(against_the_file(Path(key), info))


KeyPlace = Annotated[str, AfterValidator(_key_against_the_file)]  # a file, or a key in a token (RFC 7512)


def _is_a_line(said: str) -> str:
    if not said.strip() or not said.isprintable():
        raise ValueError("écrivez un texte d'une ligne, sans caractère invisible : celui-ci est vide, ou en contient")
    return said


Line = Annotated[str, AfterValidator(_is_a_line)]  # what patients and staff are shown


class Section(BaseModel):
    """A table of the file: unknown keys are refused, so a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KioskSection(Section):
    """What this terminal is."""

    name: str = Field(default="kiosk-1", pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")
    structure: Line = Field(default="Centre hospitalier", max_length=80)
    place: Line = Field(default="", max_length=60)  # where it stands, for whoever looks for it: the page Bornes
    desk: Line = Field(default="1", max_length=8)
    ticket_letter: str = Field(default="A", pattern=r"^[A-Z]$")  # one for each kiosk, so that numbers differ
    data_dir: ConfigPath
    window: Literal["fullscreen", "window"] = "fullscreen"
    width: int = Field(default=1080, ge=480, le=7680)
    height: int = Field(default=1920, ge=480, le=7680)
    control: ConfigPath | None = None  # demo only: where the screen is described to a driver that plays the patient
    quiet_seconds: int = Field(
        45, ge=15, le=600
    )  # silence before "are you still there?" (EAA: at least 20 s to answer)
    still_there_seconds: int = Field(default=25, ge=20, le=120)
    short_path: bool = False  # whom the console knows is spared document and INSi; who stands behind them sees it
    short_path_film: bool = False  # on it, the document is filmed all the same


class CardSection(Section):
    """The card reader."""

    driver: str = "pcsc"  # or the name of a plug-in of the entry point group kiosk.card_readers
    reader: str = ""  # a part of the reader's name, its serial number best: no other one is used; empty: any


class AppliSection(Section):
    """The reader of the appli carte Vitale (ApCV), where there is one."""

    driver: str = Field(min_length=1, max_length=80)  # a plug-in of kiosk.phone_readers; "simulated" outside production
    source: str = ""  # which of them, as the plug-in knows it
    file: ConfigPath | None = None  # demo only: what stands in for a phone
    film_document: bool = False  # who shows a phone shows a document all the same


class CameraSection(Section):
    """The camera above the tray."""

    driver: Literal["opencv", "libcamera", "film"] = "opencv"  # USB (UVC, V4L2); a Raspberry Pi's own (CSI)
    source: str = "0"  # a device number or path; /dev/v4l/by-id/… is one camera whatever is plugged in first
    film: ConfigPath | None = None  # demo only: the film that stands in for the camera
    seal_certificates: ConfigPath | None = None  # directory of the visible seals' signers (FR05-0001.pem …)
    seal_authorities: ConfigPath | None = None  # directory of those who vouch for signers; in production they must be
    seal_revocations: ConfigPath | None = None  # directory of the authorities' revocation lists (CRL)
    width: int = Field(default=1920, ge=320, le=7680)
    height: int = Field(default=1080, ge=240, le=4320)
    focus: float | None = Field(default=None, ge=0, le=1023)  # none: automatic; dioptres, or the USB camera's own unit
    exposure_us: int | None = Field(default=None, ge=20, le=1_000_000)  # none: automatic; microseconds


def has_its_key(number: str) -> bool:
    """Luhn's key of a FINESS, SIREN or SIRET number; Corsica's letters count as the digits 1 and 2."""
    digits = [int(one) for one in reversed(number.translate({ord("A"): "1", ord("B"): "2"}))]
    return (sum(digits[::2]) + sum(sum(divmod(2 * one, 10)) for one in digits[1::2])) % 10 == 0


_LA_POSTE = "356000000"  # its thousands of SIRET numbers are keyed otherwise: their digits add up to fives


def _finess(number: str) -> str:
    if number and not (re.fullmatch(r"[0-9][0-9AB][0-9]{7}", number, re.ASCII) and has_its_key(number)):
        raise ValueError("ce n'est pas un FINESS : neuf chiffres (2A ou 2B en Corse), dont le dernier est une clé")
    return number


def _siret(number: str) -> str:
    if not number:
        return number
    is_number = re.fullmatch(r"[0-9]{14}", number, re.ASCII) is not None
    is_keyed = has_its_key(number) or (number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0)
    if not (is_number and is_keyed and has_its_key(number[:9])):
        raise ValueError("ce n'est pas un SIRET : quatorze chiffres, dont le neuvième et le dernier sont des clés")
    return number


class ProxySection(Section):
    """The structure's own proxy, when INSi is reached through one (CONNECT)."""

    url: str  # http://proxy.example:3128
    user: str = Field(default="", max_length=200, pattern=r"^[^:\r\n]*$")
    password_file: ConfigPath | None = None

    @field_validator("url")
    @classmethod
    def _holds_no_secret(cls, url: str) -> str:
        if "@" in url:
            raise ValueError("une adresse ne porte pas de mot de passe : dites le compte dans user et password_file")
        if not re.fullmatch(r"http://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}/?", url):
            raise ValueError("écrivez l'adresse et le port du mandataire : http://proxy.example:3128")
        return url

    @model_validator(mode="after")
    def _has_both_or_none(self) -> "ProxySection":
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("user et password_file vont ensemble : écrivez les deux, ou aucun")
        return self


HttpsAddress = Annotated[str, AfterValidator(mistakes.https_address)]
Speciality = Annotated[str, Field(pattern=r"^[0-9A-Z]{0,4}$")]  # codeSpecialite, as the health insurance numbers them


class InsiPscSection(Section):
    """INSi asked at the desk in the name of who signed in with Pro Santé Connect."""

    endpoint: str = Field(pattern=r"^https://")
    speciality: Speciality = ""  # of doctors not named below
    specialities: dict[str, Speciality] = Field(default_factory=dict)  # by savoir-faire (SM54 …)


class InsiCpxSection(Section):
    """INSi asked at the desk with the professional's own card, whose key signs each assertion."""

    endpoint: str = Field(pattern=r"^https://")
    certificate: ConfigPath  # the card's authentication certificate, PEM
    key: str = Field(pattern=r"^pkcs11:")  # where it is on the card (RFC 7512)
    password_file: ConfigPath  # the card's code
    speciality: Speciality = ""  # when its holder is a doctor


class InjectedSection(Section):
    """An answer put in INSi's place, in the test environment only: for whom, and which."""

    birth_name: str = Field(default="", max_length=100)  # all that is said must be what is asked, letter for letter
    given_name: str = Field(default="", max_length=100)
    number: str = Field(default="", pattern=r"^([0-9]{5}[0-9AB]{2}[0-9]{6})?$")  # of the card's person, or the insured
    answer: Literal["", "01", "02"] = ""  # nobody, several
    file: ConfigPath | None = None  # or any answer at all, as INSi would write it

    @model_validator(mode="after")
    def _says_for_whom_and_which(self) -> "InjectedSection":
        if not (self.birth_name or self.given_name or self.number):
            raise ValueError("dites pour qui : birth_name, given_name ou number")
        if bool(self.answer) == (self.file is not None):
            raise ValueError("dites quelle réponse : answer (01 ou 02) ou file, l'un des deux")
        if self.file is not None and not self.file.is_file():
            raise ValueError("le fichier de cette réponse (file) n'existe pas")
        return self


ONLY_IN_TEST = 'des réponses ne sont injectées qu\'en essai : retirez-les, ou écrivez mode = "test"'


class InsiSection(Section):
    """How the national teleservice is called (téléservice INSi): by the console, or by a kiosk that asks itself."""

    via: Literal["console", "direct"] = "console"  # whom a kiosk asks; "direct" is for a structure without server
    endpoint: HttpsAddress
    certificate: ConfigPath  # PKCS#12 or PEM, of the structure: CN INSI-AUTO or INSI-MANU
    key: KeyPlace | None = None  # when the certificate is PEM: its key's file, or pkcs11: and where it is in a token
    password_file: ConfigPath | None = None
    ca: ConfigPath
    idam: str = Field(min_length=1, max_length=20)  # numéro d'autorisation
    software_name: str = Field(
        default="kiosk", pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$"
    )  # as the contract says it
    software_version: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,30}$")  # empty: this version
    finess: Annotated[str, AfterValidator(_finess)] = ""  # géographique: what an assertion says of the structure
    siret: Annotated[str, AfterValidator(_siret)] = ""  # the same, where there is no FINESS
    sector: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,10}$")  # secteurActivite
    speciality_attribute: Literal["codeSpecialite", "codeSpecialiteAMO"] = "codeSpecialite"  # guide and sample differ
    desk_caller: Literal["certificate", "psc", "cpx"] = "certificate"  # in whose name staff's own questions are asked
    psc: InsiPscSection | None = None
    cpx: InsiCpxSection | None = None
    proxy: ProxySection | None = None
    instance: str | None = None  # UUID of this installation
    wsdl: ConfigPath | None = None  # the official bundle, when the site has it
    verifier: str = Field("", max_length=80)  # plug-in of the official verification (kiosk.verifiers); without: search
    patient_seconds: float = Field(default=8.0, gt=0, le=30)  # how long a patient waits; after that staff asks again
    when: Literal["check-in", "desk"] = "check-in"  # the console asks: as somebody comes, or as staff take them in hand
    card_minutes: int = Field(default=20, ge=1, le=120)  # how long after its reading INSi is asked with a card
    injected: tuple[InjectedSection, ...] = ()  # the console's only, with mode = "test": its pages say so

    @model_validator(mode="after")
    def _says_who_asks(self) -> "InsiSection":
        if self.desk_caller == "certificate":
            return self
        if getattr(self, self.desk_caller) is None:
            raise ValueError(f'desk_caller = "{self.desk_caller}" demande la section [insi.{self.desk_caller}]')
        if not (self.finess or self.siret) or not self.sector:
            raise ValueError(f'desk_caller = "{self.desk_caller}" demande finess (ou siret) et sector')
        return self


class ThroughConsole(Section):
    """INSi is asked by the console, with the structure's certificate: a kiosk needs nothing of it, and has nothing."""

    via: Literal["console"] = "console"
    unused: tuple[str, ...] = ()  # what the file says for who does ask: the console's, where both read one file

    @model_validator(mode="before")
    @classmethod
    def _leaves_to_the_console(cls, said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        unused = sorted(said.keys() & InsiSection.model_fields.keys() - {"via"})
        return {name: value for name, value in said.items() if name not in unused} | {"unused": tuple(unused)}


_DIRECT, _THROUGH_CONSOLE = "via-direct", "via-console"  # not names of sections: see ``problems_of``


def _way_of(said: Any) -> str:
    """Which of the two a section is; a word that is neither is refused as it would be in either."""
    via = said.get("via", "console") if isinstance(said, dict) else getattr(said, "via", "console")
    return _THROUGH_CONSOLE if via == "console" else _DIRECT


AskingInsi = Annotated[
    Annotated[InsiSection, Tag(_DIRECT)] | Annotated[ThroughConsole, Tag(_THROUGH_CONSOLE)], Discriminator(_way_of)
]


class SealingSection(Section):
    """The structure's public key, and this kiosk's own."""

    structure_key: ConfigPath
    kiosk_key: ConfigPath
    console_key: ConfigPath | None = None  # the console's, as the enrolment wrote it; none: the first one it shows


class ConsoleSection(Section):
    """Where check-ins are delivered."""

    url: HttpsAddress
    ca: ConfigPath


class Settings(Section):
    """The whole file, as a kiosk reads it."""

    mode: Mode
    kiosk: KioskSection
    card: CardSection = CardSection()
    appli: AppliSection | None = None
    camera: CameraSection = CameraSection()
    insi: AskingInsi = ThroughConsole()
    sealing: SealingSection
    console: ConsoleSection
    server: dict[str, Any] | None = None  # the console's, when it runs on the same machine

    def refuse_simulations(self) -> None:
        """In production nothing is simulated, on a kiosk no answer injected. BadSettings names what is."""
        if isinstance(self.insi, InsiSection) and self.insi.injected:
            raise BadSettings("insi.injected: aucune page d'une borne ne le dirait ; injectez à la console, ou retirez")
        if self.mode != "production":
            return
        problems = []
        if self.camera.driver in SIMULATED_CAMERAS:
            problems.append("camera.driver: pas de caméra simulée en production ; écrivez opencv ou libcamera")
        elif not _DEVICE[self.camera.driver].fullmatch(self.camera.source):
            problems.append(
                "camera.source: ni film ni flux en production ; nommez l'appareil : /dev/v4l/by-id/… "
                "(opencv), ou son numéro (libcamera)"
            )
        if self.appli is not None and self.appli.driver == SIMULATED:
            problems.append(
                "appli.driver: pas de téléphone simulé en production ; nommez un greffon, ou retirez [appli]"
            )
        if self.kiosk.control is not None:
            problems.append("kiosk.control: rien ne joue le patient en production ; retirez cette clé")
        if problems:
            raise BadSettings("\n".join(problems))


def keep_others_out(folder: Path) -> None:
    """One that somebody made beforehand is often open to every account of the machine; its group is left alone."""
    kept = folder.stat()
    if kept.st_mode & 0o007 and kept.st_uid == os.geteuid():
        folder.chmod(kept.st_mode & 0o770)


def read_toml(path: Path) -> dict[str, Any]:
    """Read the file. BadSettings when it is missing or is not TOML."""
    try:
        if not mistakes.is_plain_file(path):
            raise BadSettings(f"{path}: ce n'est pas un fichier : nommez-en un avec --config")
        return tomllib.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode())  # some editors begin with it
    except OSError as trouble:
        raise BadSettings(f"{path}: ce fichier {mistakes.reason(trouble)} ; nommez-le avec --config") from None
    except (ValueError, RecursionError) as trouble:
        raise BadSettings(f"{path}: {mistakes.not_toml(trouble)}") from None


def load(path: Path) -> Settings:
    """Read and check a kiosk's settings. BadSettings names every key that is wrong."""
    document = read_toml(path)
    try:
        settings = Settings.model_validate(document, context={"folder": path.resolve().parent})
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path)) from None
    settings.refuse_simulations()
    return settings


def load_insi(path: Path) -> tuple[InsiSection, str]:
    """How the file says INSi is called, whoever calls it, and its mode. BadSettings when it says nothing of it."""
    document = read_toml(path)
    server = document.get("server")
    said = (server if isinstance(server, dict) else {}) | document
    if not isinstance(said.get("insi"), dict):
        raise BadSettings(
            f"{path}: insi: cette section manque ; quand la console interroge INSi, écrivez-la dans celui de la console"
        )
    try:
        section = InsiSection.model_validate(said["insi"], context={"folder": path.resolve().parent})
    except ValidationError as trouble:
        raise BadSettings(problems_of(trouble, path, "insi")) from None
    mode = str(said.get("mode", "production"))
    if section.injected and mode != "test":
        raise BadSettings(f"{path}: insi.injected: {ONLY_IN_TEST}")
    return section, mode


def problems_of(trouble: ValidationError, path: Path, *within: str, beside: tuple[str, ...] = ()) -> str:
    """One line a key: what is wrong with it. Values are not repeated: one may be a secret.

    ``within``: the section that was read; ``beside``: of its keys, those that stand beside it in the file.
    """
    places = [(() if error["loc"][:1] and error["loc"][0] in beside else within, error) for error in trouble.errors()]
    return "\n".join(
        f"{path}: {_key_of((*section, *error['loc']))}: {mistakes.sentence(error)}" for section, error in places
    )


def _key_of(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in place if part not in {_DIRECT, _THROUGH_CONSOLE})
