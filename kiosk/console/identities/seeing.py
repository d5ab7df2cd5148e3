"""What staff say to have seen with the original in hand, each difference by its name: words, and codes to keep."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kiosk.console.identities.reasons import TRAITS, NotAllowed
from kiosk.console.identities.rows import Row, Who
from kiosk.console.words import inside
from kiosk.core.coherence.reasons import SEEN_SENTENCES, STAFF_SENTENCES, Trait
from kiosk.core.coherence.seen import EVERYTHING, PLACE_READ, Beside, ToSee, left
from kiosk.core.confidential import Confidential

BESIDE = {Beside.DOCUMENT: "Pièce d’identité", Beside.CARD: "Carte Vitale"}
PLACE = "Lieu de naissance, lu sur l’original"


@dataclass(frozen=True, slots=True, repr=False)
class Box(Confidential):
    """One thing as the page asks about it."""

    code: str
    where: str  # Carte Vitale, prénoms de naissance
    sentence: str
    values: str  # Carte : LUCIE · INSi : ZOE
    key: str
    trait: str
    is_place: bool = False  # read on the original, by nobody else


def boxes(asked: Iterable[ToSee], lines: Iterable[Row], heads: tuple[str, str], who: Who) -> tuple[Box, ...]:
    """What the page asks staff to say, in the core's order, each with what the sources say (``lines``).

    ``heads``: what was shown, and who answered, as the page calls them.
    """
    of_trait = {Trait(line.trait): line for line in lines if line.trait}
    return tuple(_box(one, of_trait[one.trait], heads, who) for one in asked)


def _box(one: ToSee, line: Row, heads: tuple[str, str], who: Who) -> Box:
    if one == PLACE_READ:
        return Box(one.code, _(PLACE), "", line.insi, "b", one.trait.value, is_place=True)
    said = {Beside.DOCUMENT: line.document, Beside.CARD: line.card}[one.beside]
    values = f"{_(who[one.beside])} : {said} · {heads[1]} : {line.insi}"
    named = {Beside.DOCUMENT: _(BESIDE[Beside.DOCUMENT]), Beside.CARD: heads[0]}[one.beside]
    return Box(one.code, f"{named}, {inside(_(TRAITS[one.trait]))}", _sentence(one), values, "u", one.trait.value)


def seen_in(codes: Iterable[str]) -> frozenset[ToSee]:
    """What staff ticked; what is no difference of ours is nothing."""
    return frozenset(_BY_CODE[code] for code in codes if code in _BY_CODE)


def check(asked: Collection[ToSee], seen: Collection[ToSee]) -> None:
    """NotAllowed names what is still to be said."""
    missing = left(asked, seen)
    if missing:
        names = " ; ".join(_where(one) for one in missing)
        raise NotAllowed(
            _("Dites ce que vous avez vu, ou confiez à l’identitovigilance : {names}.").format(names=names)
        )


def written(asked: Iterable[ToSee]) -> str:
    """What was asked and said, as the trail keeps it: codes, no trait."""
    return "+".join(one.code for one in asked)


def named(codes: Iterable[str]) -> list[str]:
    """What was said to be seen, by its name; a code of another version as it stands."""
    return [_where(_BY_CODE[code]) if code in _BY_CODE else code for code in codes]


def _where(one: ToSee) -> str:
    if one == PLACE_READ:
        return str(_(PLACE))
    return f"{_(BESIDE[one.beside])}, {inside(_(TRAITS[one.trait]))}"


def _sentence(one: ToSee) -> str:
    """Of the document what was read on it; of the card what differs there."""
    sentences = SEEN_SENTENCES if one.beside is Beside.DOCUMENT else STAFF_SENTENCES
    return str(_(sentences[one.reason])) if one.reason is not None else ""


_BY_CODE = {one.code: one for one in EVERYTHING}
