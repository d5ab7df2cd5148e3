"""One identity: looked at, compared, decided. Every look and every decision is written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.identities import (
    accepting,
    attaching,
    communes,
    deciding,
    holding,
    original,
    reasons,
    reserving,
    saying,
    seeing,
    undoing,
    watermark,
)
from kiosk.console.identities.choices import Action, Choice
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, Person, Sealed, Staff, Stage, rows
from kiosk.console.pictures import copies, process
from kiosk.console.register import visit_checks, visits
from kiosk.console.staff.access import Right, act, address_of, needs, staff_of
from kiosk.console.views import identity_page
from kiosk.console.views.desk import ask_at_desk
from kiosk.console.views.shown import answer_shown, version_shown
from kiosk.console.vigilance import colleagues
from kiosk.console.words import clock, day, one_line

MOMENT = timedelta(seconds=30)  # the page itself shows it for ten


@needs(Right.WORK)
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    arrival = found(key)
    if not may_open(request, arrival):
        return render(request, "console/closed.html", identity_page.closed(arrival, staff_of(request)))
    check_in = visits.opened(arrival)
    act(request, audit.Act.OPENED, key)
    colleagues.note(check_in, key, staff_of(request))
    said = {"undoable": _just_left(request, arrival)}
    return render(request, "console/identity.html", identity_page.context(request, arrival, check_in) | said)


def _just_left(request: HttpRequest, arrival: Arrival) -> Arrival | None:
    """Whom the same hands decided about before they called this one: for a moment it is taken back from here too."""
    now = timezone.now()
    if "apres" not in request.GET or arrival.assigned_at is None or now - arrival.assigned_at > MOMENT:
        return None
    try:
        left = _read(UUID(request.GET["apres"]))
    except ValueError:
        return None
    return left if left is not None and undoing.may_undo(left, staff_of(request), now) else None


@needs(Right.PICTURES)
@require_safe
def picture(request: HttpRequest, key: UUID, index: int) -> HttpResponse:
    """One side of the document with who looks and when written across it; no cache keeps it.

    ``?brute`` shows it as the camera saw it: what straightening may have hidden.
    """
    arrival = found(key)
    if not identity_page.may_see_pictures(arrival, staff_of(request)):
        raise PermissionDenied
    check_in, untouched = visits.opened(arrival), "brute" in request.GET
    pictures = check_in.pictures
    if index >= len(pictures) or (untouched and not pictures[index].untouched):
        raise Http404
    act(request, audit.Act.PICTURE_SEEN, key, side=pictures[index].side.value)
    colleagues.note(check_in, key, staff_of(request))
    staff, now, status = staff_of(request), timezone.now(), HTTPStatus.OK
    try:
        copy = copies.shown(arrival, index, pictures[index], untouched=untouched)
        shown = watermark.marked(copy, f"{staff.username} · {day(now)} {clock(now)}")
    except (copies.CannotShow, watermark.CannotShow):
        shown = watermark.instead(_("Image illisible. Demandez l’original."))
    except process.Busy:
        shown, status = watermark.instead(_("L’image se prépare. Rechargez la page.")), HTTPStatus.SERVICE_UNAVAILABLE
    except process.NotShut:
        shown = watermark.instead(_("Aucune image ne peut s’ouvrir ici. Prévenez un technicien."))
    response = HttpResponse(shown, content_type="image/jpeg", status=status)
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
    if action not in {one.value for one in (Action.VALIDATE, *identity_page.OTHERS)}:
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

    def taken() -> Arrival:
        arrival = queue.take(key, staff, where=address_of(request), may_reopen=identity_page.may_reopen(staff))
        ask_at_desk(request, key)
        return arrival

    return carried_out(request, key, taken)


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
    staff = staff_of(request)
    if not identity_page.is_of_unit(staff) and holding.took_it_up(found(key), staff):
        messages.error(request, _("Rendez ce dossier : seule l’identitovigilance l’envoie à un guichet."))
        return redirect("identity", key)
    try:
        queue.transfer(key, staff, desk, where=address_of(request))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
        return redirect("identity", key)
    return redirect("queue")


@needs(Right.WORK)
@require_POST
def come_back(request: HttpRequest, key: UUID) -> HttpResponse:
    return carried_out(request, key, lambda: queue.come_back(key, staff_of(request), where=address_of(request)))


def _validate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Without INS. What staff wrote stays on the page when a rule forbids it."""
    if _is_over(request, found(key)):
        return redirect("identity", key)
    choice = _choice(request, Action.VALIDATE)
    try:
        choice = replace(choice, original=original.read(request.POST))
        deciding.decide(key, staff_of(request), choice, where=address_of(request))
    except NotAllowed as rule:
        ticked = {
            "evidence": choice.evidence,
            "companion": choice.companion,
            "first_given_name": choice.first_given_name,
        }
        said: dict[str, object] = {"original": original.as_written(request.POST), "said": ticked}
        which = {"which": {"own": rule.choices}} if isinstance(rule, communes.Several) else {}
        return shown_again(request, key, rule, said | which)
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
    return redirect("identity", key)


def shown_again(request: HttpRequest, key: UUID, rule: NotAllowed, written: dict[str, object]) -> HttpResponse:
    """The same page with the rule that forbids it, and what staff wrote: nothing keeps that elsewhere in clear."""
    messages.error(request, str(rule))
    arrival = found(key)
    if not may_open(request, arrival):
        return redirect("identity", key)
    act(request, audit.Act.OPENED, key)
    check_in = visits.opened(arrival)
    colleagues.note(check_in, key, staff_of(request))
    return render(request, "console/identity.html", identity_page.context(request, arrival, check_in) | written)


def _decide(request: HttpRequest, key: UUID, action: Action) -> HttpResponse:
    choice = _choice(request, action)
    return carried_out(request, key, lambda: deciding.decide(key, staff_of(request), choice, where=address_of(request)))


def _choice(request: HttpRequest, action: Action) -> Choice:
    evidence = request.POST.get("evidence", "")[:8]
    return Choice(
        action=action,
        evidence=evidence,
        companion=request.POST.get(f"companion-{evidence}", "")[:8],
        first_given_name=_first_given_name(request),
        accepts_tolerated=request.POST.get("tolerated") == "1",
        said_by=saying.said_in(request.POST),
        odd=accepting.confirmed_in(request.POST.getlist("odd")),
        seen=seeing.seen_in(request.POST.getlist("seen")),
        why=request.POST.get("why", "")[:30],
        sentence=one_line(request.POST.get("sentence", ""), reserving.LONGEST),
        answer_shown=answer_shown(request),
        version=version_shown(request),
    )


def _first_given_name(request: HttpRequest) -> str:
    """As proposed or chosen, or as staff wrote it where they chose none of those."""
    said = [request.POST.get(name, "").strip()[:100] for name in ("first_given_name", "first_given_name_written")]
    return said[0] or said[1]


def _moved(request: HttpRequest, key: UUID, stage: Stage) -> HttpResponse:
    try:
        queue.move(key, staff_of(request), stage, where=address_of(request))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
        return redirect("identity", key)
    return redirect("queue")


def carried_out(request: HttpRequest, key: UUID, change: Callable[[], Arrival]) -> HttpResponse:
    """Do it, then show the same identity again with what came of it, or with the rule that forbids it."""
    arrival = Arrival.objects.filter(pk=key).exclude(stage=Stage.REMOVED).first()
    if arrival is None:
        raise Http404
    if _is_over(request, arrival):
        return redirect("identity", key)
    if arrival.is_proven:  # else it is refused as what it is
        visit_checks.must_be_as_said(arrival)
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, str(rule))
    except queue.NotPossible:
        messages.error(request, _("Un collègue s’occupe de ce patient."))
    return redirect("identity", key)


def _is_over(request: HttpRequest, arrival: Arrival) -> bool:
    """It is in their hands by an emergency that has ended: it is given back, and nothing else."""
    staff = staff_of(request)
    is_over = not identity_page.may_reopen(staff) and holding.took_it_up(arrival, staff)
    if is_over:
        messages.error(request, _("Votre accès d’urgence est terminé : rendez ce dossier."))
    return is_over


def may_open(request: HttpRequest, arrival: Arrival) -> bool:
    """The unit opens what it must judge; the desk what it has in hand, or decided today."""
    staff = staff_of(request)
    return identity_page.may_reopen(staff) or holding.holds(arrival, staff, timezone.now())


def found(key: UUID) -> Arrival:
    """The record of this key, with what goes with it; nowhere when it was removed."""
    arrival = _read(key)
    if arrival is None or arrival.stage == Stage.REMOVED:
        raise Http404
    sealed = rows.locked(Sealed, key, rows.Lock.NOTHING)
    if sealed is not None:
        arrival.sealed = sealed
    names = {arrival.assigned_to_id, arrival.decided_by_id} - {None}
    staff = {one: rows.locked(Staff, one, rows.Lock.NOTHING) for one in names}  # who decided has it in hand mostly
    arrival.assigned_to = staff.get(arrival.assigned_to_id)
    arrival.decided_by = staff.get(arrival.decided_by_id)
    return arrival


def _read(key: UUID) -> Arrival | None:
    """One visit with whose it is."""
    arrival = rows.locked(Arrival, key, rows.Lock.NOTHING)
    if arrival is not None and arrival.person_id is not None:
        arrival.person = rows.locked(Person, arrival.person_id, rows.Lock.NOTHING)
    return arrival
