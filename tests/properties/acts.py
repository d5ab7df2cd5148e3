"""What users and machines can do to a console, each as a value: written down, it can be done again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Said = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Arrive:
    """Somebody checks in at the kiosk, as a visit of this name."""

    visit: str
    card: str = ""  # whose; empty: none
    document: str = ""  # whose; empty: none
    read: str = "certain"  # "doubtful", "unread", "misspelt"
    insi: str = "right"  # in which manner INSi answered
    short: bool = False  # the kiosk was told that the card's person is known: no document, no question


@dataclass(frozen=True, slots=True)
class Resend:
    """The kiosk delivers a check-in again, byte for byte."""

    visit: str


@dataclass(frozen=True, slots=True)
class Look:
    """A member of staff opens a page, and keeps it: addresses are written with visits for keys."""

    who: str
    path: str


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a page looked at before, the latest (``age`` 0) or an older one, with what was filled in."""

    who: str
    page: str
    path: str
    name: Said = ()  # the button's own name and value
    said: Said = ()
    age: int = 0
    place: int = 0  # among the page's buttons of this address and name


@dataclass(frozen=True, slots=True)
class Post:
    """A form that no page offered: a replayed request, or one made by hand."""

    who: str
    path: str
    said: Said = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """The worker asks INSi about whoever is due; what happens meanwhile comes before the answer."""

    manner: str
    meanwhile: tuple["Act", ...] = ()


@dataclass(frozen=True, slots=True)
class Verify:
    """The worker verifies whoever is due."""

    manner: str
    meanwhile: tuple["Act", ...] = ()


@dataclass(frozen=True, slots=True)
class Seek:
    """The worker looks for look-alikes."""


@dataclass(frozen=True, slots=True)
class Purge:
    """The worker removes what must go."""


@dataclass(frozen=True, slots=True)
class Erase:
    """A person is erased on demand, by the key of theirs or of a visit."""

    whose: str
    by: str = "nora"


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes."""

    seconds: int


Act = Arrive | Resend | Look | Press | Post | Ask | Verify | Seek | Purge | Erase | Wait


@dataclass(frozen=True, slots=True)
class Sequence:
    """A seed, and the acts it gave."""

    seed: int
    acts: tuple[Act, ...] = field(default=())


def written(acts: tuple[Act, ...], *, indent: str = "") -> Iterator[str]:
    """The acts as Python, one a line: to be put into a directed test."""
    for act in acts:
        yield f"{indent}{act!r},"
