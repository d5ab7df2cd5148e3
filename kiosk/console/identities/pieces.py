"""The evidence that staff is shown (dispositifs d'identification): the structure's table, the choice, its words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from kiosk.console.config import ServerSettings
from kiosk.console.identities.reasons import NotAllowed
from kiosk.core.status.evidence import DEFAULT_EVIDENCE, EvidenceTable, EvidenceType

KEYS = "1234567890"
COMPANION_KEYS = "wxmgt"  # letters that nothing else on the page answers to
_WITHOUT_A_FACE = frozenset(kind.flow_code for kind in DEFAULT_EVIDENCE if not kind.needs_presence)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a member of staff was shown: a kind of evidence, and what accompanies it where it does not stand alone."""

    kind: EvidenceType
    companion: str = ""  # code

    def written(self) -> dict[str, str]:
        """What the trail adds to the kind's code: the companion, and the flows' code where it is another one."""
        said = {"companion": self.companion, "flow": self.kind.flow if self.kind.flow != self.kind.code else ""}
        return {name: code for name, code in said.items() if code}


@dataclass(frozen=True, slots=True)
class Accompanying:
    """A companion as the page asks about it."""

    code: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A kind of evidence as the page offers it; past the tenth there is no key, arrows and the mouse reach it."""

    code: str
    label: str
    key: str
    note: str
    companions: tuple[Accompanying, ...]


def on_page(offered: tuple[EvidenceType, ...]) -> tuple[Piece, ...]:
    """What staff may choose from, with its keys; nothing is chosen beforehand (GI3 EXI ID 19)."""
    return tuple(
        Piece(kind.code, str(_(kind.label)), KEYS[at : at + 1], _note_of(kind), tuple(_accompanying(kind)))
        for at, kind in enumerate(offered)
    )


def _accompanying(kind: EvidenceType) -> Iterator[Accompanying]:
    for at, one in enumerate(kind.companions):
        yield Accompanying(one.code, str(_(one.label)), COMPANION_KEYS[at : at + 1])


def _note_of(kind: EvidenceType) -> str:
    """When it counts, and where the person is: only what a body or a telephone vouches for may come from afar."""
    if kind.flow_code not in _WITHOUT_A_FACE:
        return str(_(kind.note)) if kind.note else ""
    where = _("La personne est devant vous.") if kind.needs_presence else _("Sur place ou à distance.")
    return f"{_(kind.note)} {where}" if kind.note else str(where)


def table() -> EvidenceTable:
    """The kinds of evidence that this structure accepts."""
    server: ServerSettings = settings.KIOSK
    return server.evidence


def on_paper() -> Shown:
    """A complete one, to try what a page may offer; which one is staff's to say."""
    kind = next(kind for kind in table().types if kind.may_validate)
    return Shown(kind, kind.companions[0].code if kind.companions else "")


def chosen(offered: tuple[EvidenceType, ...], code: str, companion: str) -> Shown:
    """What staff chose among what is offered for this person. NotAllowed when nothing, or its companion is not said."""
    kind = next((kind for kind in offered if kind.code == code), None)
    if kind is None:
        raise NotAllowed(_("Choisissez la pièce présentée."))
    if not kind.companions:
        return Shown(kind)
    if not kind.is_complete_with(companion):
        raise NotAllowed(_("Dites quel document accompagne cette pièce (RNIV 1 § 3.3.3)."))
    return Shown(kind, companion)


def label_of(code: str, companion: str = "") -> str:
    """What was seen, in words; what the table no longer knows as the RNIV calls it, or by its code."""
    if not code:
        return ""
    known = [kind for kind in (*table().types, *DEFAULT_EVIDENCE) if kind.code == code]
    label = str(_(known[0].label)) if known else _("Pièce « {code} »").format(code=code)
    if not companion:
        return label
    return _("{piece}, avec : {companion}").format(piece=label, companion=_companion_label(companion))


def _companion_label(code: str) -> str:
    everything = (one for kind in (*table().types, *DEFAULT_EVIDENCE) for one in kind.companions)
    known = next((one for one in everything if one.code == code), None)
    return str(_(known.label)) if known is not None else _("document « {code} »").format(code=code)
