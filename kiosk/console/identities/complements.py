"""The complementary traits (traits complémentaires): what the person goes by and how they are reached.

What is written stays sealed; the audit trail names which fields changed and on whose word, never a value.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import deciding, reasons
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Staff
from kiosk.console.records import notes
from kiosk.console.register import complements as kept
from kiosk.console.register import reading
from kiosk.core.confidential import Confidential
from kiosk.core.status.transitions import Actor, ActorKind

LONGEST = 200


class Complement(StrEnum):
    """The complementary traits (traits complémentaires): each by a deliberate act, never pre-filled (GI3 EXI ID 08)."""

    NAME_IN_USE = "name_in_use"  # nom utilisé
    GIVEN_NAME_IN_USE = "given_name_in_use"  # prénom utilisé
    TELEPHONE = "telephone"
    ADDRESS = "address"


COMPLEMENTS = {
    Complement.NAME_IN_USE: "Nom utilisé",
    Complement.GIVEN_NAME_IN_USE: "Prénom utilisé",
    Complement.TELEPHONE: "Téléphone",
    Complement.ADDRESS: "Adresse",
}


class Word(StrEnum):
    """On whose word a complementary trait stands."""

    PERSON = "person"
    DOCUMENT = "document"
    CARD = "card"
    PROOF = "proof"


WORDS = {
    Word.PERSON: "Dit par la personne",
    Word.DOCUMENT: "Lu sur la pièce d’identité",
    Word.CARD: "Lu sur la carte Vitale",
    Word.PROOF: "Lu sur un justificatif",
}


@dataclass(frozen=True, slots=True, repr=False)
class Complementary(Confidential):
    """One complementary trait as kept, and on whose word."""

    code: str
    label: str
    value: str
    word: str


def complementary_of(arrival: Arrival) -> tuple[Complementary, ...]:
    """The complementary traits, in the page's order; those nobody wrote are empty."""
    said = _said(arrival)
    lines = []
    for code, label in COMPLEMENTS.items():
        one = said.get(code.value, {})
        lines.append(Complementary(code.value, _(label), one.get("value", ""), one.get("word", "")))
    return tuple(lines)


def complete(key: UUID, staff: Staff, said: dict[Complement, str], word: Word, *, where: str = "") -> Arrival:
    """Write complementary traits down; the status does not change (T12). An emptied one is removed."""
    with in_words(audit.Act.COMPLETED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        known = dict(_said(arrival))
        changed = [code for code, value in said.items() if known.get(code.value, {}).get("value", "") != value]
        if not changed:
            raise reasons.NotAllowed(_("Rien n’a changé."))
        for code in changed:
            if said[code]:
                known[code.value] = {"value": said[code][:LONGEST], "word": word.value, "by": staff.username}
            else:
                known.pop(code.value, None)
        details: dict[str, audit.Detail] = {
            "fields": "+".join(code.value for code in changed),
            "word": word.value,
        }
        if arrival.person is None:
            notes.keep(arrival, complementary=known)
            audit.record(audit.Act.COMPLETED, who=staff.username, where=where, about=str(key), **details)
        else:
            kept.complete(arrival, known, Actor(ActorKind.STAFF, staff.username), details, where=where)
        return arrival


def _said(arrival: Arrival) -> dict[str, dict[str, str]]:
    """The person's, as last written; before it is known whose visit it is, the visit's."""
    known = arrival.known
    if known is None:
        said: dict[str, dict[str, str]] = notes.opened(arrival).get("complementary", {})
        return said
    nth = reading.latest_of(known.pk, "complementary-edited")
    body = reading.body_of(known.pk, nth) if nth else None
    return kept.read(body) if body is not None else {}
