"""A simulated card as described in a small readable file (TOML): who is on it, how it behaves, what is wrong with it.

Example::

    kind = "vitale"
    pull_after = 3          # leaves the reader after its third answer

    [[beneficiary]]
    name = "ADRUN"
    given_name = "ZOE"
    birth_date = "19751231"
    number = "275126322074974"

Only fictional people: the simulated card is refused when the configuration says production.
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

REAL_SPEED = 0.31  # milliseconds a byte: 38.4 kbit/s, 12 bit times a byte (TA1 = 13)
SAMPLES = Path(__file__).parent / "samples"
KINDS = ("vitale", "vitale1", "bank", "cps", "blank")
MANNERS = ("wrong-length", "more-waiting", "chained", "exact", "warning", "t1")
ATTACKS = ("", "endless-61", "endless-6c", "silent", "long-answers", "no-status", "random", "half-gone")


class BadCardFile(Exception):
    """The description of a simulated card has a fault; the message names its key."""


@dataclass(frozen=True, slots=True, repr=False)
class Described:
    """One beneficiary as the file describes them: bytes to be, not a person."""

    name: str = ""
    given_name: str = ""
    birth_date: str = ""  # eight characters as on the card
    number: str = ""  # 15 characters, blank for a child without one
    country: str = ""
    number_object: bool = True  # False: the number's object is absent, not blank


@dataclass(frozen=True, slots=True, repr=False)
class CardDescription:
    """Everything the simulated card needs to behave."""

    beneficiaries: tuple[Described, ...] = ()
    title: str = ""
    kind: str = "vitale"
    manners: str = "wrong-length"  # how a T=0 card says how much there is; "t1": protocol T=1
    ms_per_byte: float = REAL_SPEED
    mute: bool = False  # upside down
    pull_after: int = 0  # leaves after answering so many commands; 0: stays
    pull_within: int = 0  # leaves instead of answering this command
    attack: str = ""
    seed: int = 0  # of "random"
    padding: int = 16  # zero bytes after the last object
    field_width: int = 27  # names are blank-padded to this
    long_lengths: bool = False
    unknown_objects: bool = False
    certificate: int = 0  # bytes of a certificate object after the beneficiaries
    identity_keep: int = -1  # cut the file to so many bytes
    numbers_keep: int = -1
    numbers_order: tuple[int, ...] = ()  # indexes, when not the order of the identities
    short_names_fail: bool = False  # only the file map (2001) leads to the files
    hiccups: int = 0  # so many exchanges fail at first (an answer of one byte)
    identity_repeat: int = 1  # the identity file so many times over
    identity_hex: str = ""  # the raw file instead
    numbers_hex: str = ""


def parse(text: str, title: str = "") -> CardDescription:
    """Read a description; BadCardFile names the key that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadCardFile(f"not TOML: {error}") from error
    people = table.pop("beneficiary", [])
    if not isinstance(people, list) or not all(isinstance(entry, dict) for entry in people):
        raise BadCardFile("beneficiary: write [[beneficiary]] once per person")
    described = tuple(Described(**_checked(Described, entry, "beneficiary.")) for entry in people)
    table.setdefault("title", title)
    values = _checked(CardDescription, table, "")
    if isinstance(values.get("numbers_order"), list):
        values["numbers_order"] = tuple(values["numbers_order"])
    for key, allowed in (("kind", KINDS), ("manners", MANNERS), ("attack", ATTACKS)):
        if values.get(key, allowed[0]) not in allowed:
            raise BadCardFile(f"{key}: one of {', '.join(repr(name) for name in allowed)}")
    for key in ("identity_hex", "numbers_hex"):
        try:
            bytes.fromhex(str(values.get(key, "")))
        except ValueError as error:
            raise BadCardFile(f"{key}: hexadecimal digits") from error
    if not 1 <= values.get("identity_repeat", 1) <= 1000:
        raise BadCardFile("identity_repeat: from 1 to 1000")
    if any(not 0 <= index < len(described) for index in values.get("numbers_order", ())):
        raise BadCardFile("numbers_order: indexes of the beneficiaries, from 0")
    return CardDescription(beneficiaries=described, **values)


def load(path: Path | str) -> CardDescription:
    """Read a description from a file, or one of our samples by its name (``zoe``, ``nineteen``, ``bank``…)."""
    wanted = Path(path)
    sample = SAMPLES / f"{path}.toml"
    if not wanted.is_file() and wanted.name == str(path) and sample.is_file():
        wanted = sample
    try:
        text = wanted.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join(sample_names())
        raise BadCardFile(f"no such card file; the samples are: {names}") from error
    return parse(text, title=wanted.stem)


def sample_names() -> tuple[str, ...]:
    """Name the sample cards."""
    return tuple(sorted(path.stem for path in SAMPLES.glob("*.toml")))


def _checked(kind: type, values: dict[str, Any], prefix: str) -> dict[str, Any]:
    known = {field.name: field.default for field in fields(kind)}
    for key, value in values.items():
        if key not in known or key == "beneficiaries":
            raise BadCardFile(f"{prefix}{key}: unknown key")
        default = known[key]
        if isinstance(default, tuple):
            if not isinstance(value, list) or not all(type(item) is int for item in value):
                raise BadCardFile(f"{prefix}{key}: a list of numbers")
        elif isinstance(default, float):
            if type(value) not in {int, float} or not 0 <= value <= 100:
                raise BadCardFile(f"{prefix}{key}: a number from 0 to 100")
        elif type(value) is not type(default):
            raise BadCardFile(f"{prefix}{key}: {type(default).__name__} expected")
    return dict(values)
