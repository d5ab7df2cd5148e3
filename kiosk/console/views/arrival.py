"""One identity: looked at, compared, decided. Every look and every decision is written down."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.identities import (
    accepting,
    asking,
    attaching,
    comparing,
    complements,
    deciding,
    knowing,
    noticing,
    original,
    pieces,
    presence,
    reasons,
    replacing,
    rows,
    seeing,
    sheets,
    trying,
    undoing,
    watermark,
)
from kiosk.console.identities.choices import Action, Choice
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.identities.trying import Laid, Offer
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.records import search
from kiosk.console.register import visits
from kiosk.console.staff.access import Right, act, address_of, needs, rights_of, staff_of
from kiosk.console.templatetags.console_tags import reason as reason_label
from kiosk.console.views.desk import queue_context
from kiosk.console.vigilance import look_alikes
from kiosk.console.words import clock, day
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import DocumentPicture

OTHERS = (Action.ACCEPT_INS, Action.REFUSE_INS, Action.DOUBT, Action.FICTITIOUS, Action.HOMONYM, Action.CLEAR)

SHEET_LANGUAGES = {"fr": "Français", "en": "English", "es": "Español", "pt": "Português", "ar": "العربية"}


@dataclass(frozen=True, slots=True)
class PictureLink:
    url: str
    label: str
    untouched: str = ""  # where it is shown as the camera saw it, when that was kept


@dataclass(frozen=True, slots=True, repr=False)
class IdentityView:
    """Everything the page of one identity shows."""

    rows: tuple[rows.Row, ...]
    notices: tuple[noticing.Notice, ...]
    seal: tuple[tuple[str, str], ...]
    pictures: tuple[PictureLink, ...]
    document_label: str
    document_refused: bool
    evidence: tuple[pieces.Piece, ...]
    first_given_name: str
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


@needs(Right.WORK)
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    arrival = found(key)
    check_in = visits.opened(arrival)
    act(request, audit.Act.OPENED, key)
    return render(request, "console/identity.html", _context(request, arrival, check_in))


@needs(Right.WORK)
@require_safe
def picture(request: HttpRequest, key: UUID, index: int) -> HttpResponse:
    """One side of the document with who looks and when written across it; no cache keeps it.

    ``?brute`` shows it as the camera saw it: what straightening may have hidden.
    """
    arrival = found(key)
    pictures = visits.opened(arrival).pictures
    if index >= len(pictures):
        raise Http404
    act(request, audit.Act.PICTURE_SEEN, key, side=pictures[index].side.value)
    staff, now = staff_of(request), timezone.now()
    try:
        kept = pictures[index].untouched if "brute" in request.GET else pictures[index].jpeg
        shown = watermark.marked(kept, f"{staff.username} · {day(now)} {clock(now)}")
    except watermark.CannotShow:
        raise Http404 from None
    response = HttpResponse(shown, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    return response


@needs(Right.WORK)
@require_POST
def qualify(request: HttpRequest, key: UUID) -> HttpResponse:
    """On the same form staff may have written what the original bears: it is not passed over."""
    choice, staff, where = _choice(request, Action.QUALIFY), staff_of(request), address_of(request)
    return carried_out(
        request,
        key,
        lambda: deciding.decide(key, staff, replace(choice, original=original.read(request.POST)), where=where),
    )


@needs(Right.WORK)
@require_POST
def decide(request: HttpRequest, key: UUID, action: str) -> HttpResponse:
    if action not in {one.value for one in (Action.VALIDATE, *OTHERS)}:
        raise Http404
    return _validate(request, key) if action == Action.VALIDATE else _decide(request, key, Action(action))


@needs(Right.WORK)
@require_POST
def set_aside(request: HttpRequest, key: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason not in {one.value for one in reasons.WhyAside if one not in reasons.BY_WORKER}:
        messages.error(request, _("Dites pourquoi."))
        return redirect("identity", key)
    return carried_out(
        request,
        key,
        lambda: deciding.set_aside(key, staff_of(request), reasons.WhyAside(reason), where=address_of(request)),
    )


@needs(Right.WORK)
@require_POST
def whose(request: HttpRequest, key: UUID) -> HttpResponse:
    """Staff say whose visit it is: somebody known, or nobody of those."""
    said, staff, where = request.POST.get("whose", "")[:40], staff_of(request), address_of(request)
    if said == "new":
        return carried_out(request, key, lambda: attaching.say_new(key, staff, where=where))
    return carried_out(request, key, lambda: attaching.say_known(key, staff, said, where=where))


@needs(Right.WORK)
@require_POST
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    return carried_out(request, key, lambda: undoing.undo(key, staff_of(request), where=address_of(request)))


@needs(Right.WORK)
@require_POST
def take(request: HttpRequest, key: UUID) -> HttpResponse:
    staff = staff_of(request)
    return carried_out(
        request, key, lambda: queue.take(key, staff, where=address_of(request), may_reopen=_may_reopen(staff))
    )


@needs(Right.WORK)
@require_POST
def hold(request: HttpRequest, key: UUID) -> HttpResponse:
    return _moved(request, key, Stage.HELD)


@needs(Right.WORK)
@require_POST
def release(request: HttpRequest, key: UUID) -> HttpResponse:
    return _moved(request, key, Stage.WAITING)


@needs(Right.WORK)
@require_POST
def gone(request: HttpRequest, key: UUID) -> HttpResponse:
    return _moved(request, key, Stage.GONE)


@needs(Right.WORK)
@require_POST
def transfer(request: HttpRequest, key: UUID) -> HttpResponse:
    """To another desk of the structure, back in the queue there."""
    desk = request.POST.get("desk", "")
    if desk not in settings.KIOSK.desks:
        raise Http404
    try:
        queue.transfer(key, staff_of(request), desk, where=address_of(request))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
        return redirect("identity", key)
    return redirect("queue")


@needs(Right.WORK)
@require_POST
def come_back(request: HttpRequest, key: UUID) -> HttpResponse:
    return carried_out(request, key, lambda: queue.come_back(key, staff_of(request), where=address_of(request)))


@needs(Right.WORK)
@require_safe
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the patient takes home: which trait differs, both values, whom to ask, what to bring."""
    arrival = found(key)
    check_in = visits.opened(arrival)
    side_by_side = comparing.compared(check_in)
    language = request.GET.get("langue", "fr")
    if language not in SHEET_LANGUAGES:
        raise Http404
    act(request, audit.Act.SHEET_PRINTED, key, language=language)
    lines = sheets.sheet_lines(check_in, side_by_side)
    context = {
        "arrival": arrival,
        "lines": lines,
        "advice": sheets.advice(lines),
        "now": timezone.now(),
        "language": language,
        "languages": SHEET_LANGUAGES.items(),
    }
    if language != "fr":
        with translation.override(language):
            theirs = sheets.sheet_lines(check_in, side_by_side)
            context["translated"] = {"lines": theirs, "advice": sheets.advice(theirs)}
    return render(request, "console/sheet.html", context)


def _validate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Without INS. What staff wrote stays on the page when a rule forbids it: nothing keeps it elsewhere in clear."""
    found(key)
    choice = _choice(request, Action.VALIDATE)
    try:
        choice = replace(choice, original=original.read(request.POST))
        deciding.decide(key, staff_of(request), choice, where=address_of(request))
    except NotAllowed as rule:
        messages.error(request, str(rule))
        arrival = found(key)
        act(request, audit.Act.OPENED, key)
        written = {name: request.POST.get(name, "")[: original.LONGEST] for name in original.FIELDS}
        ticked = {
            "evidence": choice.evidence,
            "companion": choice.companion,
            "first_given_name": choice.first_given_name,
        }
        said = {"original": written, "said": ticked}
        return render(request, "console/identity.html", _context(request, arrival, visits.opened(arrival)) | said)
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
    return redirect("identity", key)


def _decide(request: HttpRequest, key: UUID, action: Action) -> HttpResponse:
    choice = _choice(request, action)
    return carried_out(request, key, lambda: deciding.decide(key, staff_of(request), choice, where=address_of(request)))


def _choice(request: HttpRequest, action: Action) -> Choice:
    evidence = request.POST.get("evidence", "")[:8]
    return Choice(
        action=action,
        evidence=evidence,
        companion=request.POST.get(f"companion-{evidence}", "")[:8],
        first_given_name=request.POST.get("first_given_name", "").strip()[:100],
        accepts_tolerated=request.POST.get("tolerated") == "1",
        was_said=request.POST.get("said") == "1",
        odd=accepting.confirmed_in(request.POST.getlist("odd")),
        seen=seeing.seen_in(request.POST.getlist("seen")),
        answer_shown=request.POST.get("answer", "")[:64],
        version=version_shown(request),
    )


def version_shown(request: HttpRequest) -> int | None:
    """At which fact the page showed the person: 0 where it showed nobody known, -1 where it says what none shows."""
    text = request.POST.get("version")
    if not text:
        return 0 if text == "" else None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _moved(request: HttpRequest, key: UUID, stage: Stage) -> HttpResponse:
    try:
        queue.move(key, staff_of(request), stage, where=address_of(request))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
        return redirect("identity", key)
    return redirect("queue")


def carried_out(request: HttpRequest, key: UUID, change: Callable[[], Arrival]) -> HttpResponse:
    """Do it, then show the same identity again with what came of it, or with the rule that forbids it."""
    if not Arrival.objects.filter(pk=key).exclude(stage=Stage.REMOVED).exists():
        raise Http404
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, str(rule))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
    return redirect("identity", key)


def _may_reopen(staff: Staff) -> bool:
    """The identity-vigilance unit takes up what others closed."""
    return Right.VIGILANCE in rights_of(staff)


def found(key: UUID) -> Arrival:
    """The record of this key, with what goes with it; nowhere when it was removed."""
    arrival = (
        Arrival.objects.select_related("sealed", "assigned_to", "decided_by", "person__absorbed_by")
        .filter(pk=key)
        .first()
    )
    if arrival is None or arrival.stage == Stage.REMOVED:
        raise Http404
    return arrival


def _context(request: HttpRequest, arrival: Arrival, check_in: CheckIn) -> dict[str, Any]:
    staff = staff_of(request)
    now = timezone.now()
    reopens = {Stage.SET_ASIDE, Stage.DONE} if _may_reopen(staff) else set()
    written = complements.complementary_of(arrival)
    observed, written_down = visits.observed_of(arrival), original.kept(arrival)
    candidates = knowing.candidates_of(arrival, check_in)
    beside, expected = presence.laid(arrival, check_in)
    laid = trying.laid(arrival, beside, comparing.compared(beside), written_down)
    is_in_hand = deciding.is_in_hand(arrival, staff)
    is_asked = is_in_hand and expected is None  # whether it is one of them: they stand there once
    can_take = arrival.stage in {Stage.WAITING, Stage.HELD, *reopens} and not is_in_hand
    return {
        "page": "queue",
        "arrival": arrival,
        "view": _view(laid, knowing.unsaid(candidates), timezone.localdate(), is_in_hand=is_in_hand),
        "expected": expected,
        "said": {},
        "reasons": [(code.value, _(label)) for code, label in reasons.REASONS.items() if code not in reasons.BY_WORKER],
        "reason_label": reason_label(arrival.reason),
        "evidence_label": pieces.label_of(arrival.evidence, arrival.companion),
        "desks": [desk for desk in settings.KIOSK.desks if desk != arrival.desk],
        "can_decide": is_in_hand,
        "can_take": can_take,
        "is_settled": queue.is_settled(arrival),
        "can_undo": undoing.may_undo(arrival, staff, now),
        "is_decided": arrival.decided_at is not None,
        "look_alikes": _alike(arrival, check_in, {one.person.pk for one in candidates} if is_asked else set()),
        "complements": written,
        "has_complements": any(one.value for one in written),
        "words": [(code.value, _(label)) for code, label in complements.WORDS.items()],
        "asking": asking.asking_of(arrival),
        "criteria": original.proposed_for_asking(check_in),
        "original": original.proposed(check_in),
        "written": rows.rows_of_traits(written_down.traits()) if written_down is not None else (),
        "observed": rows.rows_of_one(replace(check_in, insi=observed)) if observed is not None else (),
        "why_not_replace": replacing.why_not(arrival) if observed is not None else "",
        "why_not_ask": asking.why_not_ask(arrival, check_in),
        "downgrades": [(code.value, _(label)) for code, label in reasons.DOWNGRADES.items()],
        "version": arrival.known.version if arrival.known else "",
        "candidates": [(one, visits.latest_of(one.person)) for one in candidates],
        "pair": look_alikes.pair_of(arrival.person),
        "kept": _kept(arrival),
        "questions": rows.questions(),
        "history": list(audit.entries(about=str(arrival.key), limit=60)),
        **queue_context(arrival.key),
    }


def _alike(arrival: Arrival, check_in: CheckIn, shown: Collection[UUID]) -> list[Arrival]:
    """Visits of others who look alike: somebody's own visits before are no warning about them, nor of those shown."""
    whose = {*shown, arrival.known.pk if arrival.known is not None else arrival.candidate_id}
    others = [one for one in search.alike(check_in) if one.pk != arrival.pk]
    return [one for one in others if one.known is None or one.known.pk not in whose][:6]


def _kept(arrival: Arrival) -> Arrival | None:
    """The latest visit of the record that this one's leads to, where the unit merged them."""
    known = arrival.known
    return visits.latest_of(known) if known is not None and known != arrival.person else None


def _picture_link(arrival: Arrival, index: int, picture: DocumentPicture) -> PictureLink:
    url = reverse("picture", args=(arrival.key, index))
    return PictureLink(url, _(rows.SIDES[picture.side]), f"{url}?brute" if picture.untouched else "")


def _view(laid: Laid, unsaid: str, today: date, *, is_in_hand: bool) -> IdentityView:
    arrival, check_in, side_by_side = laid.arrival, laid.check_in, laid.side_by_side
    offers = trying.offers(laid, unsaid)
    judged = accepting.acceptance(check_in)
    with_ins = not side_by_side.blocks and not judged.forbids
    name, has_choice = comparing.first_given_name(check_in, with_ins=with_ins)
    kind = check_in.document_kind
    lines = rows.rows(check_in, side_by_side)
    return IdentityView(
        rows=lines,
        notices=noticing.notices(
            check_in,
            today,
            asks_about_answer=is_in_hand,
            is_asked=arrival.insi_next_at is not None,
            says_awaited=asking.asking_of(arrival).is_pending,
        ),
        seal=noticing.seal_fields(check_in),
        pictures=tuple(_picture_link(arrival, index, picture) for index, picture in enumerate(check_in.pictures)),
        document_label=_(rows.DOCUMENTS[kind]) if kind is not None else "",
        document_refused=check_in.document_refused,
        evidence=pieces.on_page(comparing.evidence_offered(check_in, today)),
        first_given_name=name,
        asks_first_name=has_choice,
        tolerated=side_by_side.asks_confirmation,
        by_hand=comparing.is_compared_by_hand(check_in),
        odd=tuple((odd.value, _(accepting.ODDITIES[odd])) for odd in judged.to_confirm),
        answer_mark=accepting.mark_of(check_in),
        is_unusable=bool(judged.forbids),
        to_see=seeing.boxes(trying.asked(Action.QUALIFY, laid), lines),
        to_see_accepting=seeing.boxes(trying.asked(Action.ACCEPT_INS, laid), lines),
        qualify=offers[Action.QUALIFY],
        validate=offers[Action.VALIDATE],
        others=tuple(offers[action] for action in OTHERS),
    )
