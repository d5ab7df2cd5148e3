"""What only the unit (identitovigilance) qualifies: a document whose seal speaks against it, a look-alike to be judged.

The desk confides it. The unit says why it qualifies all the same: a reason of the list, and a sentence of its own.
"""

from collections.abc import Iterator
from enum import StrEnum

from django.utils.translation import gettext as _

from kiosk.console.identities import comparing
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival
from kiosk.console.register import pairs
from kiosk.core.checkin.value import CheckIn

LONGEST = 300  # letters of the sentence
SHORTEST = 10


class Reserved(StrEnum):
    """Why the desk does not qualify."""

    SEAL = "seal"
    LOOK_ALIKE = "look-alike"


RULES = {
    Reserved.SEAL: "Le cachet de la pièce est faux ou la contredit : seule l’identitovigilance qualifie. Confiez.",
    Reserved.LOOK_ALIKE: (
        "Un autre dossier est peut-être celui de cette personne : seule l’identitovigilance peut qualifier. Confiez."
    ),
}


class WhyAllTheSame(StrEnum):
    """Why the unit qualifies all the same."""

    ORIGINAL_SEEN = "original-seen"
    ISSUER_ASKED = "issuer-asked"
    OTHER_DOCUMENT = "other-document"
    TWO_PEOPLE = "two-people"


REASONS = {
    WhyAllTheSame.ORIGINAL_SEEN: "Original examiné : il est authentique",
    WhyAllTheSame.ISSUER_ASKED: "L’autorité qui a délivré la pièce l’a confirmée",
    WhyAllTheSame.OTHER_DOCUMENT: "Une autre pièce a été examinée",
    WhyAllTheSame.TWO_PEOPLE: "L’autre dossier est celui d’une autre personne",
}


def reserved(arrival: Arrival, check_in: CheckIn) -> tuple[Reserved, ...]:
    """What of this dossier only the unit qualifies."""
    return tuple(_reserved(arrival, check_in))


def _reserved(arrival: Arrival, check_in: CheckIn) -> Iterator[Reserved]:
    if comparing.is_sealed_otherwise(check_in):
        yield Reserved.SEAL
    known = arrival.known
    if known is not None and pairs.of(known).filter(pk__in=pairs.to_judge().values("pk")).exists():
        yield Reserved.LOOK_ALIKE


def check_may(what: tuple[Reserved, ...], *, is_of_unit: bool) -> None:
    """NotAllowed for the desk."""
    if what and not is_of_unit:
        raise NotAllowed(_(RULES[what[0]]))


def check_said(what: tuple[Reserved, ...], why: str, sentence: str) -> None:
    """NotAllowed as long as the unit has not said why."""
    if what and why not in {one.value for one in WhyAllTheSame}:
        raise NotAllowed(_("Dites pourquoi vous qualifiez malgré ce doute."))
    if what and len(sentence) < SHORTEST:
        raise NotAllowed(_("Écrivez en une phrase ce qui vous permet de qualifier."))


def body(why: str, sentence: str) -> dict[str, object]:
    """What the unit said, to be sealed with the fact that rests on it."""
    return {"all the same": {"why": why, "sentence": sentence}}
