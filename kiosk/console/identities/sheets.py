"""The discordance sheet (fiche de discordance): what the patient takes home, in their language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kiosk.console.identities import comparing, rows
from kiosk.console.identities.accepting import judged
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.reasons import Corrector, Outcome, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.sources.insi import InsFound


@dataclass(frozen=True, slots=True, repr=False)
class SheetLine(Confidential):
    """One difference as the patient reads it: both values, and whom to ask."""

    label: str
    known_as: str  # INSi's value
    document: str
    correctors: tuple[Corrector, ...]


def sheet_lines(check_in: CheckIn, side_by_side: comparing.Compared) -> tuple[SheetLine, ...]:
    """Each blocking difference for the patient's sheet (fiche de discordance).

    The card's are not among them where the document agrees with INSi: they keep no identity from being used.
    """
    counted = (side_by_side.document, side_by_side.card if side_by_side.card_counts else None)
    lines = []
    for row in rows.rows(check_in, side_by_side):
        if not row.trait:
            continue
        verdicts = [comparison.of(Trait(row.trait)) for comparison in counted if comparison is not None]
        if all(verdict.outcome is not Outcome.BLOCKING for verdict in verdicts):
            continue
        correctors = [corrector for verdict in verdicts for corrector in verdict.correctors]
        lines.append(
            SheetLine(row.label, row.insi or row.card, row.document or row.card, tuple(dict.fromkeys(correctors)))
        )
    return tuple(lines)


def has_ins(check_in: CheckIn) -> bool:
    """There is an answer of the national service, or of an appli carte Vitale, and it may be accepted."""
    return isinstance(check_in.insi, InsFound) and not judged(check_in.insi).forbids


PATIENT_ADVICE = {
    Corrector.TOWN_HALL: "Si l’erreur est sur votre carte d’identité ou votre passeport : adressez-vous à une mairie.",
    Corrector.PREFECTURE: "Si l’erreur est sur votre titre de séjour : adressez-vous à la préfecture.",
    Corrector.INSEE: "Si l’erreur est dans la référence nationale : écrivez à l’Insee, en ligne ou par courrier.",
    Corrector.HEALTH_FUND: "Si l’erreur est sur votre carte Vitale, ou si vous êtes né ou née à l’étranger : "
    "adressez-vous à votre caisse d’assurance maladie.",
    Corrector.ISSUING_STATE: "Si l’erreur est sur votre document étranger : adressez-vous au pays qui l’a délivré.",
}


def advice(lines: tuple[SheetLine, ...]) -> tuple[str, ...]:
    """Whom the patient asks, each once, in the order to try."""
    asked = dict.fromkeys(one for line in lines for one in line.correctors)
    return tuple(_(PATIENT_ADVICE[one]) for one in asked if one in PATIENT_ADVICE)
