"""What the page of one identity shows: the sources side by side, what may be done, who it may be, what was done."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals import times
from kiosk.console.arrivals.queue import reopened_from
from kiosk.console.identities import (
    accepting,
    asking,
    comparing,
    complements,
    deciding,
    fitting,
    holding,
    knowing,
    noticing,
    original,
    pieces,
    presence,
    reasons,
    replacing,
    reserving,
    rows,
    saying,
    seeing,
    sheet_due,
    trying,
    undoing,
    unfolding,
    zone_places,
)
from kiosk.console.identities.advising import Advice, Next, advice
from kiosk.console.identities.choices import Action
from kiosk.console.identities.trying import Laid, Offer
from kiosk.console.models import Arrival, AuditEntry, Role, Staff, Stage
from kiosk.console.pictures import copies
from kiosk.console.records import search, vault
from kiosk.console.register import visits
from kiosk.console.staff.access import RIGHTS, Right, rights_of, staff_of
from kiosk.console.templatetags.console_tags import act as act_word
from kiosk.console.templatetags.console_tags import reason as reason_label
from kiosk.console.views import advised, whose_name
from kiosk.console.views.desk import queue_context
from kiosk.console.vigilance import desk_notes, look_alikes, told, verified
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.seen import Beside
from kiosk.core.sources.document import DocumentPicture
from kiosk.core.status.notices import ODDITIES

OTHERS = (Action.ACCEPT_INS, Action.REFUSE_INS, Action.DOUBT, Action.FICTITIOUS, Action.HOMONYM, Action.CLEAR)
MOST_ALIKE = 6


@dataclass(frozen=True, slots=True)
class PictureLink:
    url: str
    label: str
    untouched: str = ""  # where it is shown as the camera saw it, when that was kept
    is_unreadable: bool = False  # no copy of it can be made: it is opened nowhere
    bears_zone: bool = False  # the machine-readable one


@dataclass(frozen=True, slots=True, repr=False)
class IdentityView:
    """Everything the page of one identity shows."""

    traits: tuple[unfolding.Unfolded, ...]
    phone: str  # what an appli carte Vitale said, and whether the console verified it; empty without one
    is_attested: bool  # what counts is an appli carte Vitale's word
    notices: tuple[noticing.Notice, ...]
    seal: tuple[tuple[str, str], ...]
    pictures: tuple[PictureLink, ...]
    zone: tuple[tuple[str, str], ...]  # a trait, and where the picture of the zone bears it
    document_label: str
    document_refused: bool
    unread: bool  # there is a picture, and no machine read it
    evidence: tuple[pieces.Piece, ...]
    first_given_name: str
    first_names: tuple[str, ...]  # to choose from, where it may be composite: none is proposed then
    asks_first_name: bool
    tolerated: bool
    by_hand: bool
    odd: tuple[tuple[str, str], ...]  # of INSi's answer: code and name, each to be confirmed
    answer_mark: str  # of the answer shown: what staff decides is about that one
    is_unusable: bool  # INSi's answer: nobody may accept it
    to_see: tuple[seeing.Box, ...]  # each to be said, by its name, to qualify
    to_see_accepting: tuple[seeing.Box, ...]  # to accept INSi's answer without the original in hand
    qualify: Offer
    validate: Offer
    others: tuple[Offer, ...]
    reserved: tuple[tuple[str, str], ...]  # where only the unit qualifies: its reasons, each with its code
    advice: Advice

    @property
    def has_stop(self) -> bool:
        """A notice that the eye must not pass over."""
        return any(one.weight == "stop" for one in self.notices)

    @property
    def types_original(self) -> bool:
        """What the original says is written down on the page itself: nothing else is to be done, or read first."""
        return (
            self.validate.is_allowed and not self.qualify.is_allowed and self.advice.next in {Next.VALIDATE, Next.WAIT}
        )

    @property
    def names_first(self) -> bool:
        """The first given name is asked for among the traits; else it stands with what the original says otherwise."""
        return self.asks_first_name or bool(self.first_names) or self.types_original


def context(request: HttpRequest, arrival: Arrival, check_in: CheckIn) -> dict[str, Any]:
    staff = staff_of(request)
    now = timezone.now()
    reopens = {Stage.SET_ASIDE, Stage.DONE} if may_reopen(staff) else set()
    written = complements.complementary_of(arrival)
    observed, written_down = visits.observed_of(arrival), original.kept(arrival)
    candidates = knowing.candidates_of(arrival, check_in)
    beside, expected = presence.laid(arrival, check_in)
    laid = trying.laid(arrival, beside, comparing.compared(beside), written_down, is_of_unit=is_of_unit(staff))
    is_in_hand = deciding.is_in_hand(arrival, staff)
    is_asked = is_in_hand and expected is None  # whether it is one of them: they stand there once
    can_take = arrival.stage in {Stage.WAITING, Stage.HELD, *reopens} and not is_in_hand
    pair = look_alikes.pair_of(arrival.person)
    why_not_ask = asking.why_not_ask(arrival, check_in, staff)
    verification = verified.told_of(arrival.known) if may_reopen(staff) else None
    asked = Asked(
        is_in_hand=is_in_hand,
        is_expected=expected is not None,
        is_unconfirmed=verification is not None and verification.is_task,
        is_of_unit=is_of_unit(staff),
        may_ask=not why_not_ask,
    )
    view = _view(laid, knowing.unsaid(candidates), timezone.localdate(), asked)
    kept = _kept(arrival)
    standing = asking.asking_of(arrival)
    told = (kept or pair, standing.is_pending or standing.found_nobody, verification, *view.notices)
    return {
        "page": "queue",
        "arrival": arrival,
        "may_see_pictures": may_see_pictures(arrival, staff),
        "is_time_doubtful": times.is_doubtful(check_in.arrived_at, arrival),
        "view": view,
        "advice": view.advice,
        "notice_count": sum(bool(one) for one in told),
        "types_original": view.types_original,
        "expected": expected,
        "said": {},
        "reasons": [(code.value, _(label)) for code, label in reasons.REASONS.items() if code not in reasons.BY_WORKER],
        "reason_label": reason_label(arrival.reason),
        "evidence_label": pieces.label_of(arrival.evidence, arrival.companion),
        "has_sheet": _has_sheet(laid, check_in, written_down),
        "desks": [desk for desk in settings.KIOSK.desks if desk != arrival.desk],
        "can_decide": is_in_hand,
        "can_take": can_take,
        "is_settled": arrival.is_settled,
        "is_reopened": is_in_hand and reopened_from(arrival) is not None,
        "can_undo": undoing.may_undo(arrival, staff, now),
        "is_decided": arrival.decided_at is not None,
        "look_alikes": _alike(arrival, check_in, {one.person.pk for one in candidates} if is_asked else set()),
        "complements": written,
        "has_complements": any(one.value for one in written),
        "words": [(code.value, _(label)) for code, label in complements.WORDS.items()],
        "asking": standing,
        "criteria": original.proposed_for_asking(check_in),
        "original": original.proposed(check_in),
        "which": {},
        "written": rows.rows_of_traits(written_down.traits()) if written_down is not None else (),
        "observed": rows.rows_of_one(replace(check_in, insi=observed)) if observed is not None else (),
        "why_not_replace": replacing.why_not(arrival) if observed is not None else "",
        "why_not_ask": why_not_ask,
        "asks_in_name": whose_name.means(request, staff),
        "downgrades": [(code.value, _(label)) for code, label in reasons.DOWNGRADES.items()],
        "version": arrival.known.version if arrival.known else "",
        "candidates": [
            (one, visits.latest_of(one.person), visits.times_come(one.person, arrival)) for one in candidates
        ],
        "pair": pair,
        "kept": kept,
        "note": desk_notes.of(arrival),
        "other_notes": desk_notes.of_others(arrival),
        "longest_note": desk_notes.LONGEST,
        "questions": rows.questions(),
        "roles": saying.roles(arrival, check_in),
        "said_by": saying.said_by(arrival) if saying.was_of_a_minor(arrival, check_in, written_down) else "",
        "verification": verification,
        "history": [
            (entry, _found_by(entry) or _asked_with(arrival, entry, staff))
            for entry in audit.entries(about=str(arrival.key), limit=60)
        ],
        **queue_context(staff, arrival.key),
    }


def _has_sheet(laid: Laid, check_in: CheckIn, written: original.Original | None) -> bool:
    """Whether the patient is due a sheet: asked of what the visit itself brought, as the sheet's own page asks it."""
    side_by_side = laid.side_by_side if laid.check_in is check_in else comparing.compared(check_in)
    return sheet_due.due(sheet_due.standing(laid.arrival, check_in, side_by_side, written)) is not None


def closed(arrival: Arrival, staff: Staff) -> dict[str, Any]:
    """What the page shows of a dossier that is not in one's hands: its number and where it stands, nobody's trait."""
    can_take = arrival.stage in {Stage.WAITING, Stage.HELD}
    return {"page": "queue", "arrival": arrival, "can_take": can_take, **queue_context(staff, arrival.key)}


def _alike(arrival: Arrival, check_in: CheckIn, shown: Collection[UUID]) -> list[Arrival]:
    """Others who look alike, each once, by their latest visit: nobody's own visits before are a warning about them."""
    whose = {*shown, arrival.known.pk if arrival.known is not None else arrival.candidate_id}
    others: dict[UUID, Arrival] = {}
    for one in search.alike(check_in).iterator():  # read one by one: each proves itself
        who = one.known.pk if one.known is not None else one.pk
        if one.pk != arrival.pk and who not in whose:
            others.setdefault(who, one)
        if len(others) == MOST_ALIKE:
            break
    return list(others.values())


def _found_by(entry: AuditEntry) -> str:
    """What a verification found, in words; of other acts the trail's own page tells more."""
    return told.told(entry.details, act_word) if entry.act == audit.Act.VERIFIED else ""


def _asked_with(arrival: Arrival, entry: AuditEntry, staff: Staff) -> str:
    """With what a colleague asked INSi: for the unit, which may lay it beside the document."""
    is_question = entry.act == audit.Act.INSI_REQUESTED and may_reopen(staff)
    return fitting.opened(arrival, entry) if is_question else ""


def _kept(arrival: Arrival) -> Arrival | None:
    """The latest visit of the record that this one's leads to, where the unit merged them."""
    known = arrival.known
    return visits.latest_of(known) if known is not None and known != arrival.person else None


def _picture_links(arrival: Arrival, check_in: CheckIn) -> tuple[PictureLink, ...]:
    pictures, mrz = check_in.pictures, check_in.mrz
    unreadable = copies.unreadable(arrival) if pictures else set()
    bearing = zone_places.side_of(mrz) if mrz is not None else None
    return tuple(
        replace(_picture_link(arrival, index, one, index in unreadable), bears_zone=one.side is bearing)
        for index, one in enumerate(pictures)
    )


def _picture_link(arrival: Arrival, index: int, picture: DocumentPicture, is_unreadable: bool) -> PictureLink:
    url = reverse("picture", args=(arrival.key, index))
    untouched = f"{url}?brute" if picture.untouched and not is_unreadable else ""
    return PictureLink(url, _(rows.SIDES[picture.side]), untouched, is_unreadable)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for the page, and what of it is not in the check-in."""

    is_in_hand: bool
    is_expected: bool
    is_unconfirmed: bool
    is_of_unit: bool
    may_ask: bool


def _view(laid: Laid, unsaid: str, today: date, by: Asked) -> IdentityView:
    arrival, check_in, side_by_side = laid.arrival, laid.check_in, laid.side_by_side
    offers = trying.offers(laid, unsaid)
    judged = accepting.acceptance(check_in)
    with_ins = not side_by_side.blocks and not judged.forbids
    offered, has_choice = comparing.first_given_name(check_in, with_ins=with_ins)
    kind = check_in.document_kind
    lines = rows.rows(check_in, side_by_side)
    heads = rows.heads(check_in, is_verified=check_in.appli is not None and _is_verified(arrival))
    who, asked = rows.who_of(check_in), asking.asking_of(arrival)
    case = advised.case_of(
        *(laid, offers, lines),
        is_open=bool(unsaid),
        is_expected=by.is_expected,
        is_unconfirmed=by.is_unconfirmed,
        is_of_unit=by.is_of_unit,
        may_ask=by.may_ask,
    )
    return IdentityView(
        traits=unfolding.unfolded(lines, heads[1], _(who[Beside.CARD])),
        phone=heads[1] if side_by_side.is_attested else heads[0] if check_in.appli is not None else "",
        is_attested=side_by_side.is_attested,
        notices=noticing.notices(
            check_in,
            today,
            asks_about_answer=by.is_in_hand,
            is_asked=arrival.insi_next_at is not None,
            says_awaited=asked.is_pending,
            has_staff_asked=asked.left < asking.MOST_SEARCHES,
            is_left_for_desk=asking.is_left_for_desk(arrival, check_in),
            is_first_time=arrival.insi_tries == 0,
        ),
        seal=noticing.seal_fields(check_in),
        pictures=_picture_links(arrival, check_in),
        zone=zone_places.places(check_in.mrz) if check_in.mrz is not None else (),
        document_label=_(rows.DOCUMENTS[kind]) if kind is not None else "",
        document_refused=check_in.document_refused,
        unread=bool(check_in.pictures) and check_in.mrz is None,
        evidence=pieces.on_page(comparing.evidence_offered(check_in, today)),
        first_given_name=offered.proposed,
        first_names=offered.choices,
        asks_first_name=has_choice,
        tolerated=side_by_side.asks_confirmation,
        by_hand=comparing.is_compared_by_hand(check_in),
        odd=tuple((odd.value, _(ODDITIES[odd])) for odd in judged.to_confirm),
        answer_mark=accepting.mark_of(check_in),
        is_unusable=bool(judged.forbids),
        to_see=seeing.boxes(trying.asked(Action.QUALIFY, laid), lines, heads, who),
        to_see_accepting=seeing.boxes(trying.asked(Action.ACCEPT_INS, laid), lines, heads, who),
        qualify=offers[Action.QUALIFY],
        validate=offers[Action.VALIDATE],
        others=tuple(offers[action] for action in OTHERS),
        reserved=tuple((code.value, _(label)) for code, label in reserving.REASONS.items()) if laid.reserved else (),
        advice=advice(case),
    )


def _is_verified(arrival: Arrival) -> bool:
    """What this visit's phone said, whoever's answer counts now."""
    return comparing.is_attested(vault.open_arrival(arrival))


def may_reopen(staff: Staff) -> bool:
    """The identity-vigilance unit takes up what others closed."""
    return Right.VIGILANCE in rights_of(staff)


def is_of_unit(staff: Staff) -> bool:
    """By their own role: no emergency makes anybody one of them."""
    return Right.VIGILANCE in RIGHTS[Role(staff.role)]


def may_see_pictures(arrival: Arrival, staff: Staff) -> bool:
    """The unit by its own role, the desk of whom it has in hand: an emergency opens no picture."""
    may_see = Right.PICTURES in RIGHTS[Role(staff.role)]
    return may_see and (is_of_unit(staff) or holding.holds(arrival, staff, timezone.now()))
