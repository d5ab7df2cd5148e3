"""The table of one identity as staff reads it: trait by trait, each source in its column, each difference named."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from kiosk.console.identities import communes
from kiosk.console.identities.comparing import Compared
from kiosk.console.identities.reasons import TRAITS
from kiosk.console.words import birth_date, day, inside, number
from kiosk.core.checkin.stated import OFFICIAL, REFERENCE, Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.date_details import date_detail
from kiosk.core.coherence.given_names import listed
from kiosk.core.coherence.reasons import DATE_DETAILS, NEXT_STEPS, STAFF_SENTENCES, Outcome, Reason, Trait
from kiosk.core.coherence.seen import Beside
from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Matricule, MatriculeKind
from kiosk.core.identity.traits import Sex, Traits
from kiosk.core.sources.document import DocumentKind, Side
from kiosk.core.sources.insi import (
    InsFound,
)

LOOK = "look"  # the eye compares: no machine could
SEE = "see"  # staff say to have seen it, by its name
DOCUMENTS = {
    DocumentKind.FRENCH_ID_2021: "Carte nationale d’identité (2021)",
    DocumentKind.FRENCH_ID_1988: "Carte nationale d’identité (1988)",
    DocumentKind.PASSPORT: "Passeport",
    DocumentKind.RESIDENCE_PERMIT: "Titre de séjour",
    DocumentKind.EUROPEAN_ID: "Carte d’identité européenne",
    DocumentKind.UNKNOWN: "Pièce non reconnue",
}
Who = Mapping[Beside, str]
WHO: Who = {Beside.DOCUMENT: "Pièce", Beside.CARD: "Carte"}
SIDES = {Side.FIRST: "recto", Side.SECOND: "verso"}


@dataclass(frozen=True, slots=True, repr=False)
class Row(Confidential):
    """One trait across the three sources."""

    label: str
    card: str
    insi: str
    document: str
    verdict: str  # an Outcome, LOOK, or "" when there is nothing to compare
    note: str = ""
    trait: str = ""
    is_wide: bool = False  # one value across the table
    next_step: str = ""  # what staff do next about a difference that blocks
    opens: str = ""  # the key of the panel where they do it
    detail: str = ""  # the part of the note that no question of the page repeats: two dates laid side by side


def rows(check_in: CheckIn, side_by_side: Compared) -> tuple[Row, ...]:
    """The table: trait by trait, each difference named."""
    of_document = best(check_in, (Witness.DOCUMENT, Witness.DOUBTFUL))
    sources = (best(check_in, (Witness.CARD,)), best(check_in, (Witness.INSI,)), of_document)
    who = who_of(check_in)
    details = _date_details(check_in, side_by_side)
    lines = [
        _row(Trait.BIRTH_NAME, [t.birth_name if t else "" for t in sources], side_by_side, who),
        _row(Trait.GIVEN_NAMES, [_given(t) for t in sources], side_by_side, who),
        _row(Trait.BIRTH_DATE, [_birth(t) for t in sources], side_by_side, who, details),
        _row(Trait.SEX, [_sex(t) for t in sources], side_by_side, who),
        _row(Trait.BIRTH_PLACE, [place_of(t) for t in sources], side_by_side, who),
    ]
    card, insi, document = (t.name_in_use if t else "" for t in sources)
    if card or insi or document:
        lines.insert(1, Row(_("Nom utilisé"), card, insi, document, verdict=""))
    if isinstance(check_in.insi, InsFound):
        lines.append(Row(_("Matricule INS"), "", _matricule(check_in.insi.matricule), "", verdict="", is_wide=True))
    return tuple(lines)


def who_of(check_in: CheckIn) -> Who:
    """What was shown, in one word each."""
    return {**WHO, Beside.CARD: "Appli"} if check_in.card is None and check_in.appli is not None else WHO


def heads(check_in: CheckIn, *, is_verified: bool) -> tuple[str, str]:
    """What stands over the first two columns; ``is_verified``: what this visit's phone said."""
    is_attested = isinstance(check_in.insi, InsFound) and check_in.insi.is_attested
    if is_attested or check_in.appli is None:
        return _("Carte Vitale"), (_("Appli carte Vitale") if is_attested else _("INSi"))
    return (_("Appli carte Vitale") if is_verified else _("Appli carte Vitale, annoncée par la borne")), _("INSi")


def rows_of_one(check_in: CheckIn) -> tuple[tuple[str, str], ...]:
    """One person's traits from the best source there is, to lay beside another's."""
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    number = _matricule(found.matricule) if found else ""
    return (*rows_of_traits(best(check_in, REFERENCE)), (_("Matricule INS"), number))


def rows_of_traits(traits: Traits | None) -> tuple[tuple[str, str], ...]:
    """The five traits as one source states them."""
    name = traits.birth_name if traits else ""
    values = (name, _given(traits), _birth(traits), _sex(traits), place_of(traits))
    return tuple((_(label), value) for label, value in zip(TRAITS.values(), values, strict=True))


def questions() -> tuple[str, ...]:
    """What the person is asked, openly: the answer is never in the question (RNIV: l'identité est énoncée)."""
    return (
        _("Quel est votre nom de naissance ?"),
        _("Quels sont vos prénoms, dans l’ordre ?"),
        _("Quelle est votre date de naissance ?"),
        _("Quel est votre lieu de naissance ?"),
    )


_WEIGHT = {"": -1, Outcome.SAME: 0, Outcome.TOLERATED: 1, SEE: 2, Outcome.BLOCKING: 3}


def _row(trait: Trait, cells: list[str], side_by_side: Compared, who: Who, details: Who = MappingProxyType({})) -> Row:
    worst, notes, blocking, laid = "", [], [], []
    named = {(one.beside, one.reason) for one in side_by_side.to_see if one.trait is trait}
    for beside, comparison in ((Beside.DOCUMENT, side_by_side.document), (Beside.CARD, side_by_side.card)):
        if comparison is None:
            continue
        verdict = comparison.of(trait)
        if verdict.outcome is Outcome.NOT_STATED:
            continue
        shown = SEE if (beside, verdict.reason) in named else verdict.outcome.value
        if verdict.reason is not None and shown == Outcome.BLOCKING:
            blocking.append(verdict.reason)
        if verdict.reason is not None:
            more = [details[beside]] if details.get(beside) else []
            told = [inside(_(STAFF_SENTENCES[verdict.reason])), *more]
            notes.append((shown, f"{_(who[beside])} : {' ; '.join(told)}"))
            laid += [(shown, f"{_(who[beside])} : {one}") for one in more]
        worst = max(worst, shown, key=_WEIGHT.__getitem__)
    is_for_the_eye = side_by_side.by_hand or (Beside.DOCUMENT, None) in named
    if is_for_the_eye and worst in {"", Outcome.SAME}:
        worst = LOOK
    note, detail = (" · ".join(text for shown, text in said if shown == worst) for said in (notes, laid))
    card, insi, document = cells
    next_step, opens = _next(blocking)
    return Row(
        _(TRAITS[trait]),
        card,
        insi,
        document,
        worst,
        note,
        trait.value,
        next_step=next_step,
        opens=opens,
        detail=detail,
    )


ASK_AGAIN, CONFIDE = "i", "e"  # keys of panels
_ASKED_AGAIN = frozenset(  # what was read or typed wrongly: corrected, the question is another one
    {Reason.UNREADABLE, Reason.NAMES_SWAPPED, Reason.NAME_IN_USE, Reason.INCOMPLETE_DATE}
)


def _next(blocking: list[Reason]) -> tuple[str, str]:
    """What staff do next, and where; nothing where nothing blocks."""
    if not blocking:
        return "", ""
    return _(NEXT_STEPS[blocking[0]]), ASK_AGAIN if blocking[0] in _ASKED_AGAIN else CONFIDE


def _date_details(check_in: CheckIn, side_by_side: Compared) -> Who:
    """Of each source the two dates that differ, and what the rule makes of one that is incomplete, in words."""
    laid = (
        (Beside.DOCUMENT, Witness.DOCUMENT, (Witness.INSI,), side_by_side.document),
        (Beside.CARD, Witness.CARD, OFFICIAL, side_by_side.card),
    )
    told = {}
    for beside, source, beside_whom, comparison in laid:
        one, other = best(check_in, (source,)), best(check_in, beside_whom)
        reason = comparison.of(Trait.BIRTH_DATE).reason if comparison is not None else None
        detail = date_detail(one, other, reason) if one is not None and other is not None else None
        if detail is not None and reason is not None:
            dates = {name: getattr(detail, name) for name in ("shown", "other", "also", "completed")}
            words = {name: day(date) if date is not None else _("une date à écrire") for name, date in dates.items()}
            told[beside] = _(DATE_DETAILS[reason]).format(**words)
    return told


def _given(traits: Traits | None) -> str:
    return listed(traits) if traits else ""


def _birth(traits: Traits | None) -> str:
    if traits is None or traits.birth_date is None:
        return ""
    return " / ".join(birth_date(one) for one in (traits.birth_date, *traits.other_birth_dates[:2]))


def _sex(traits: Traits | None) -> str:
    words = {Sex.FEMALE: _("Féminin"), Sex.MALE: _("Masculin"), Sex.UNDETERMINED: _("Indéterminé")}
    return words[traits.sex] if traits and traits.sex else ""


def place_of(traits: Traits | None) -> str:
    """Where a source says the person was born: by the place's name, never its code alone."""
    return communes.in_words(traits.birth_place_code, traits.birth_date) if traits is not None else ""


def _matricule(matricule: Matricule) -> str:
    kinds = {
        MatriculeKind.NIR: "NIR",
        MatriculeKind.NIA: _("NIA, en attente"),
        MatriculeKind.NIR_TEST: _("test"),
        MatriculeKind.NIR_DEMO: _("démonstration"),
        None: _("autorité inconnue"),
    }
    return f"{number(matricule)} ({kinds[matricule.kind]})"
