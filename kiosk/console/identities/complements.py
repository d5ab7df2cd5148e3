"""The complementary traits (traits complémentaires): what the person goes by and how they are reached.

What is written stays sealed; the audit trail names which fields changed and on whose word, never a value.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import deciding, reasons
from kiosk.console.models import Arrival, Staff
from kiosk.console.records import notes, vault
from kiosk.core.confidential import Confidential
from kiosk.core.status.transitions import Actor, ActorKind, ComplementaryTraitEdited, apply

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
    said = notes.opened(arrival).get("complementary", {})
    lines = []
    for code, label in COMPLEMENTS.items():
        one = said.get(code.value, {})
        lines.append(Complementary(code.value, _(label), one.get("value", ""), one.get("word", "")))
    return tuple(lines)


def complete(key: UUID, staff: Staff, said: dict[Complement, str], word: Word, *, where: str = "") -> Arrival:
    """Write complementary traits down; the status does not change (T12). An emptied one is removed."""
    with transaction.atomic():
        arrival = deciding.in_hand(key, staff)
        known = dict(notes.opened(arrival).get("complementary", {}))
        changed = [code for code, value in said.items() if known.get(code.value, {}).get("value", "") != value]
        if not changed:
            raise reasons.NotAllowed(_("Rien n’a changé."))
        for code in changed:
            if said[code]:
                known[code.value] = {"value": said[code][:LONGEST], "word": word.value, "by": staff.username}
            else:
                known.pop(code.value, None)
        identity = deciding.identity_of(arrival, vault.open_arrival(arrival))
        apply(identity, ComplementaryTraitEdited(), Actor(ActorKind.STAFF, staff.username), timezone.now())
        notes.keep(arrival, complementary=known)
        audit.record(
            audit.Act.COMPLETED,
            who=staff.username,
            where=where,
            about=str(key),
            fields="+".join(code.value for code in changed),
            word=word.value,
        )
        return arrival
