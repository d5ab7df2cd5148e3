"""Look-alikes as the unit judges them: a list by group of people, and a group side by side, one decision for all."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kiosk import journal
from kiosk.console import audit
from kiosk.console.identities import rows
from kiosk.console.identities.reasons import TRAITS, NotAllowed
from kiosk.console.models import Arrival, PairState, Person, PersonPair
from kiosk.console.pictures import copies
from kiosk.console.records import vault
from kiosk.console.register import pairs as register_pairs
from kiosk.console.register import prior, visits
from kiosk.console.staff.access import Right, act, address_of, needs, staff_of
from kiosk.console.views.identity_page import may_see_pictures
from kiosk.console.views.vigilance import tabs
from kiosk.console.vigilance import colleagues, groups, look_alikes
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.document import Side
from kiosk.sealing import CannotOpen

IN_A_PAGE = 25
LATEST = 10
LOOKED_THROUGH = 3  # visits of one person, for a picture
MOST_SHOWN = 37 * groups.MOST  # letters of a form that names who was shown


class Line(NamedTuple):
    """One group in the list."""

    group: groups.Group
    people: list[tuple[Person, Arrival | None]]


class Portrait(NamedTuple):
    """The picture of somebody's document, or why none is shown."""

    url: str = ""
    is_kept_from: bool = False
    is_unreadable: bool = False


class Shown(NamedTuple):
    """One person of a group."""

    place: int
    person: Person
    visit: Arrival | None
    times: int
    portrait: Portrait


class Cell(NamedTuple):
    text: str
    differs: bool


@needs(Right.VIGILANCE)
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Groups of look-alikes to be judged, then what was said of the latest ones."""
    found = groups.waiting()
    page = Paginator(found.groups, IN_A_PAGE).get_page(request.GET.get("page"))
    said = groups.judged(LATEST)
    met = {key for one in page for key in one.shown} | {key for one in said for key in one.people}
    people, latest = Person.objects.in_bulk(met), visits.latest_of_each(met)
    context = {
        "page": "vigilance",
        "rows": page,
        "lines": [Line(one, [(people[key], latest.get(key)) for key in one.shown]) for one in page],
        "is_cut": found.is_cut,
        "said": [(one, [latest.get(key) for key in one.people], _led(one, latest)) for one in said],
        "now": timezone.now(),
        **tabs("pairs"),
    }
    return render(request, "console/pairs.html", context)


def _led(said: groups.Judged, latest: dict[UUID, Arrival]) -> list[tuple[PersonPair, Arrival | None]]:
    """What can be looked at again: each merge by who was merged; of people set apart, the first two."""
    some = said.pairs if said.state is PairState.MERGED else said.pairs[:1]
    people = Person.objects.in_bulk([pair.second_id for pair in some])
    is_second = {pair.pk: people[pair.second_id].absorbed_by_id is not None for pair in some}
    return [(pair, latest.get(pair.second_id if is_second[pair.pk] else pair.first_id)) for pair in some]


@needs(Right.VIGILANCE)
@require_safe
def pair(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """The group of two look-alikes, side by side; of two who were judged, these two. Each look is written down."""
    found = _pair(key, other)
    is_led = _is_led(found)
    led = register_pairs.in_place_of(found) if is_led else None
    if led is not None:
        return redirect("pair", led.first_id, led.second_id)
    is_open = found.state == PairState.POSSIBLE and not is_led
    people, has_more = groups.around(found) if is_open else ([found.first, found.second], False)
    sides, lines = [], []
    for place, person in enumerate(people, 1):
        stated = prior.stated_of(person)
        act(request, audit.Act.OPENED, person.pk)
        if stated is not None:
            colleagues.note(stated, person.pk, staff_of(request))
        lines.append(rows.rows_of_one(stated) if stated is not None else rows.rows_of_traits(None))
        sides.append(_shown(request, place, person))
    context = {
        "page": "vigilance",
        "pair": found,
        "is_led": is_led,
        "is_open": is_open,
        "people": sides,
        "shown": " ".join(str(one.person.pk) for one in sides),
        "lines": _lines(lines),
        "has_more": has_more,
        "kept": next((one.visit for one in sides if one.person.absorbed_by_id is None), None),
        "is_same": found.first.surviving == found.second.surviving,
        "has_pictures": any(one.portrait.url for one in sides),
        **tabs("pairs"),
    }
    return render(request, "console/pair.html", context)


def _shown(request: HttpRequest, place: int, person: Person) -> Shown:
    came = visits.latest_few(person, LOOKED_THROUGH)
    if not came:
        return Shown(place, person, None, 0, Portrait())
    portraits = (_portrait(request, visit) for visit in came)
    portrait = next((one for one in portraits if one != Portrait()), Portrait())
    return Shown(place, person, came[0], 1 + visits.times_come(person, came[0]), portrait)


def _portrait(request: HttpRequest, visit: Arrival) -> Portrait:
    """The side with the portrait, where the visit has one: looking at it is written down when it is opened."""
    if not may_see_pictures(visit, staff_of(request)):
        return Portrait(is_kept_from=True)
    try:
        kept: CheckIn = vault.open_arrival(visit)
    except (CannotOpen, BadCheckIn) as trouble:
        journal.record_bug(trouble)
        return Portrait()
    sides = [picture.side for picture in kept.pictures]
    if not sides:
        return Portrait()
    index = sides.index(Side.FIRST) if Side.FIRST in sides else 0
    if index in copies.unreadable(visit):
        return Portrait(is_unreadable=True)
    return Portrait(reverse("picture", args=(visit.key, index)))


def _lines(sides: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, list[Cell]]]:
    """Trait by trait, what each is said to be, and who differs from most of them."""
    lines: list[tuple[str, list[Cell]]] = []
    for label, _said in max(sides, key=len):
        said = [dict(side).get(label, "") for side in sides]
        usual = Counter(filter(None, said)).most_common(1)
        if not usual and len(lines) == len(TRAITS):
            continue  # nobody has a number
        lines.append((label, [Cell(text, bool(text) and text != usual[0][0]) for text in said]))
    return lines


@needs(Right.VIGILANCE)
@require_POST
def judge(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """One person, or as many as were shown, or two who were merged after all: what the unit says."""
    found, staff, where = _pair(key, other), staff_of(request), address_of(request)
    people = _said_shown(request, found)
    match request.POST.get("said", ""):
        case "split":
            return _done(request, "", lambda: look_alikes.split(found.pk, staff, where=where), found)
        case "apart":
            told = _("Distingués : {n} personnes différentes.").format(n=len(people))
            return _done(request, told, lambda: look_alikes.set_apart(people.values(), staff, where=where), found)
        case "merge":
            kept = people.get(request.POST.get("kept", ""))
            told = _("Même personne : {n} dossiers n’en font plus qu’un.").format(n=len(people))
            return _done(request, told, lambda: look_alikes.merge(people.values(), kept, staff, where=where), found)
    raise Http404


def _said_shown(request: HttpRequest, found: PersonPair) -> dict[str, UUID]:
    """Who is judged, by their place on the page: the group as it was shown, without whom staff left aside.

    A form that does not say whom it showed is about the two that its address names. Nobody is judged who has not been
    in their group since: then there is nobody.
    """
    said = request.POST.get("shown") or f"{found.first_id} {found.second_id}"
    try:
        shown = [UUID(one) for one in said[:MOST_SHOWN].split()]
    except ValueError:
        raise BadRequest("shown") from None
    people, _has_more = groups.around(found)
    if not {one.pk for one in people}.issuperset(shown):
        return {}
    aside = request.POST.getlist("without")
    return {str(place): one for place, one in enumerate(dict.fromkeys(shown), 1) if str(place) not in aside}


def _pair(key: UUID, other: UUID) -> PersonPair:
    known = PersonPair.objects.select_related("first__absorbed_by", "second__absorbed_by")
    found = known.filter(first=key, second=other, first__erased_at=None, second__erased_at=None).first()
    if found is None:
        raise Http404
    return found


def _is_led(pair: PersonPair) -> bool:
    """Proposed, and one side leads to another record since: it is judged there."""
    is_absorbed = pair.first.absorbed_by_id is not None or pair.second.absorbed_by_id is not None
    return pair.state == PairState.POSSIBLE and is_absorbed


def _done(request: HttpRequest, told: str, change: Callable[[], object], found: PersonPair) -> HttpResponse:
    """Back to the list with what was said; where a rule forbids it, to the page, with the rule."""
    try:
        change()
    except NotAllowed as rule:
        messages.error(request, f"{rule} {_('Rien n’a changé.')}")
        return redirect("pair", found.first_id, found.second_id)
    if not told:
        return redirect("pair", found.first_id, found.second_id)
    messages.success(request, told)
    return redirect("pairs")
