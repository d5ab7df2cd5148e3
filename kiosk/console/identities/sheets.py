"""The patient's sheet (fiche pour le patient), filled in: what differs, what they do, where they go, what they bring.

It goes home with somebody and may be lost: it names what differs, and bears a value only where nobody would see the
difference without it; never a matricule. Made in the language that is active.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from kiosk.console.identities import comparing, original, rows, sheet_due
from kiosk.console.identities.reasons import TRAITS
from kiosk.console.identities.sheet_due import Cause
from kiosk.console.identities.sheet_words import KINDS, OFFICES, OFFICES_OF_PAPERS, SHOWN, WORDS
from kiosk.console.models import Arrival
from kiosk.console.words import one_line
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.correctors import correctors
from kiosk.core.coherence.reasons import Corrector, Trait
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.languages import SOURCE
from kiosk.core.sources.document import DocumentKind

LONGEST = 100  # letters of a value, as INSi writes names
MANY = 2  # differences
_FRENCH = "FRA"


@dataclass(frozen=True, slots=True, repr=False)
class SheetLine(Confidential):
    """One difference: which trait, how it differs, and the two values where the patient needs them."""

    label: str
    kind: str
    theirs: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Sheet(Confidential):
    """One sheet in one language."""

    cause: Cause
    title: str
    means: str
    lines: tuple[SheetLine, ...]
    heads: tuple[str, str]  # over the two values
    steps: tuple[str, ...]
    offices: tuple[str, ...]
    bring: tuple[str, ...]
    in_french: tuple[str, ...]  # title and traits once more, for whoever is shown it at an office; none in French

    @property
    def has_much(self) -> bool:
        """A browser sets it smaller, to keep it on one page; a PDF is tried in every size."""
        return len(self.lines) > MANY

    @property
    def shows_values(self) -> bool:
        return any(line.theirs or line.other for line in self.lines)


@dataclass(frozen=True, slots=True, repr=False)
class Filling(Confidential):
    """What a sheet is filled in from."""

    standing: sheet_due.Standing
    insi: Traits | None
    card: Traits | None
    document: Traits | None
    kind: DocumentKind | None
    is_french: bool | None  # the document, by its zone; None: it was not read


def filling(arrival: Arrival, check_in: CheckIn) -> Filling:
    """Read one visit."""
    written = original.kept(arrival)
    side_by_side = comparing.compared(check_in)
    issuer = comparing.issuer_of(check_in)
    return Filling(
        sheet_due.standing(arrival, check_in, side_by_side, written),
        best(check_in, (Witness.INSI,)),
        best(check_in, (Witness.CARD,)),
        sheet_due.document_of(check_in, written),
        check_in.document_kind,
        issuer == _FRENCH if issuer else None,
    )


def sheet(of: Filling, language: str = SOURCE) -> Sheet | None:
    """The sheet that is due, in this language; None where none is."""
    cause = sheet_due.due(of.standing)
    if cause is None:
        return None
    with override(language):
        made = _sheet(of, cause)
    if language == SOURCE:
        return made
    with override(SOURCE):
        french = _sheet(of, cause)
    return replace(made, in_french=(french.title, *(f"{line.label} : {line.kind}" for line in french.lines)))


def _sheet(of: Filling, cause: Cause) -> Sheet:
    words = WORDS[cause]
    heads, lines = _differences(of)
    return Sheet(
        cause,
        _(words.title),
        _(words.means),
        lines,
        heads,
        tuple(_(step) for step in words.steps),
        tuple(_(OFFICES[one]) for one in _offices(of, cause)),
        tuple(_(thing) for thing in words.bring),
        (),
    )


def _differences(of: Filling) -> tuple[tuple[str, str], tuple[SheetLine, ...]]:
    """What differs, with what stands over the two values."""
    differing, stands = of.standing.differing, of.standing
    if differing is None:
        return ("", ""), ()
    is_of_document = differing is stands.document
    theirs, other = (of.document, of.insi) if is_of_document else (of.card, of.insi or of.document)
    heads = (
        _("Sur votre pièce d’identité") if is_of_document else _("Sur votre carte Vitale"),
        _("Dans la référence nationale") if of.insi is not None else _("Sur votre pièce d’identité"),
    )
    ours, its = _values(theirs), _values(other)
    lines = [
        SheetLine(_(TRAITS[trait]), _(KINDS[reason]), *((ours[trait], its[trait]) if reason in SHOWN else ()))
        for trait, reason in sheet_due.differing_traits(differing)
    ]
    return heads, tuple(lines)


def _values(traits: Traits | None) -> dict[Trait, str]:
    values = (value for _label, value in rows.rows_of_traits(traits))
    return {trait: one_line(value, LONGEST) for trait, value in zip(TRAITS, values, strict=True)}


def _offices(of: Filling, cause: Cause) -> tuple[Corrector, ...]:
    """Of those that this cause knows, the ones that can help this person; in the order to try."""
    match cause:
        case Cause.DOCUMENT:
            return _of_document(of)
        case Cause.REFERENCE if of.insi is not None:
            able = correctors(of.insi, of.insi)
            return tuple(one for one in WORDS[cause].offices if one in able)
    return WORDS[cause].offices


def _of_document(of: Filling) -> tuple[Corrector, ...]:
    papers = Traits(Source.DOCUMENT)
    able = set(correctors(papers, papers, of.kind))
    if of.is_french is not None and len(able & set(OFFICES_OF_PAPERS)) > 1:
        able.discard(Corrector.ISSUING_STATE if of.is_french else Corrector.TOWN_HALL)
    return tuple(one for one in OFFICES_OF_PAPERS if one in able)
