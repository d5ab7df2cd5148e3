"""Who said the identity aloud: the person, or of a minor the adult who comes with them, whose role is kept, sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.identities.original import Original
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, AuditEntry
from kiosk.console.register import reading
from kiosk.core.checkin.stated import LOOKED_FOR, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.accompanying import SaidBy, is_minor

KEPT_AS = "said_by"
_KINDS = ("evidence-checked", "apcv-read", "presence-checked")  # the facts that rest on what was said
ROLES = {
    SaidBy.MOTHER: "Mère",
    SaidBy.FATHER: "Père",
    SaidBy.HOLDER: "Autre titulaire de l’autorité parentale",
    SaidBy.GUARDIAN: "Tuteur ou tutrice",
    SaidBy.OTHER_ADULT: "Autre adulte (proche, service, établissement)",
    SaidBy.ALONE: "Mineur venu seul : l’a dit lui-même ou elle-même",
}


@dataclass(frozen=True, slots=True)
class Role:
    """One answer as the page offers it."""

    code: str
    label: str
    key: str


def roles(arrival: Arrival, check_in: CheckIn) -> tuple[Role, ...]:
    """Who may have said it of a minor; nobody but the person where they are of age, or of no known age."""
    if not is_of_a_minor(arrival, check_in):
        return ()
    return tuple(Role(code.value, _(label), str(key)) for key, (code, label) in enumerate(ROLES.items(), start=1))


def is_of_a_minor(arrival: Arrival, check_in: CheckIn, original: Original | None = None) -> bool:
    """On the day of the visit, by what the sources say, else by what staff wrote down."""
    on = timezone.localdate(arrival.arrived_at)
    written = [original.traits()] if original is not None else []
    born = (traits.birth_date for traits in (*stated(check_in, LOOKED_FOR), *written))
    known = (one for date in born if date is not None and (one := is_minor(date, on)) is not None)
    return next(known, False)


def was_of_a_minor(arrival: Arrival, check_in: CheckIn, original: Original | None) -> bool:
    """The same of a visit that was decided on: of anybody else the fact need not be opened."""
    return arrival.decided_at is not None and is_of_a_minor(arrival, check_in, original)


def said_in(said: Mapping[str, str]) -> SaidBy | None:
    """What the form says; None where nobody said it."""
    written = said.get("said", "")
    if written == "1":
        return SaidBy.PERSON
    return SaidBy(written) if written in {one.value for one in ROLES} else None


def check(by: SaidBy | None, arrival: Arrival, check_in: CheckIn, original: Original) -> None:
    """NotAllowed where nobody has said the identity, or of a minor nobody knows who."""
    if by is None:
        raise NotAllowed(_("Faites dire au patient son identité : nom, prénoms, date et lieu de naissance."))
    if by is SaidBy.PERSON and is_of_a_minor(arrival, check_in, original):
        raise NotAllowed(_("Pour un mineur, dites qui l’accompagne et a énoncé son identité."))


def body(by: SaidBy | None) -> dict[str, object]:
    """What the fact keeps of it, to be sealed; nothing where the person said it."""
    return {KEPT_AS: by.value} if by is not None and by in ROLES else {}


def said_by(arrival: Arrival) -> str:
    """Who said it at this visit, in words; empty where the person did, or nothing was decided on it."""
    known = arrival.known
    if known is None:
        return ""
    facts = AuditEntry.objects.filter(person=known.pk, about=str(arrival.key), kind__in=_KINDS)
    nth = facts.order_by("-nth").values_list("nth", flat=True).first()
    kept = reading.body_of(known.pk, nth) if nth else None
    code = json.loads(kept).get(KEPT_AS, "") if kept else ""
    return _(ROLES[SaidBy(code)]) if code else ""
