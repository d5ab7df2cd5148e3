"""Is somebody already known (recherche d'antériorité)? Looked for before a person is opened (GI3 EXI ID 17)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef
from rapidfuzz.distance import JaroWinkler

from kiosk import journal
from kiosk.console.models import Arrival, Person, Stage
from kiosk.console.models.fingerprints import met_as
from kiosk.console.records import by_hand, search, vault
from kiosk.console.register import bodies, reading
from kiosk.core.checkin import codec
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.stated import LOOKED_FOR, REFERENCE, best, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence import candidates as core
from kiosk.core.coherence.blocking import blocking_keys, is_worth_opening, met_under
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsFound
from kiosk.core.status.fact_codec import Accepted, BadFact, accepted_in
from kiosk.sealing import CannotOpen

MOST_COMPARED = 20  # persons opened for one newcomer, those who share most keys
MOST_FORMER = 20  # numbers of one person
MOST_CHANGED = 50  # persons, while a decision was made ready
BITS_A_STEP = 2.5  # so that a letter apart shows


@dataclass(frozen=True, slots=True, repr=False)
class Candidate(Confidential):
    """Somebody known who may be the one who has come."""

    person: Person
    percent: int
    is_probable: bool
    has_same_ins: bool


class _Known(NamedTuple):
    """What is read of each of those met, before it is known whether they are anybody's likeness."""

    key: UUID
    version: int
    state: str
    has_come: bool
    shared: int  # keys in common; of a number, 0


def keys_of(check_in: CheckIn) -> list[bytes]:
    """All under which ``candidates`` looks for this visit."""
    return sorted({*values_of(check_in.insi), *_values_met(check_in)})


def changed_since(number: int) -> Callable[[], list[object]]:
    """Who became known, or was changed, after this act of the trail; read when it is called, as ``by_hand.asked``."""
    asked = by_hand.asked(_CHANGED_SINCE, number, MOST_CHANGED + 1)
    return lambda: [person for (person,) in asked()]


def is_met_among(changed: list[object], keys: list[bytes]) -> bool:
    """Whether somebody of these is known under one of the keys; also where very many were: who asks looks again.

    Those changed are few, those known under a name of a land many: asked for with one sentence, a database may begin
    with the many.
    """
    if len(changed) > MOST_CHANGED:
        return True
    return bool(keys and changed and by_hand.rows(_MET_AMONG, changed, met_as(keys)))


def candidates(check_in: CheckIn, besides: UUID | None = None) -> tuple[Candidate, ...]:
    """Who may already be known, the likeliest first: whom INSi gave the same number, and who may be meant."""
    numbered = _known_by(values_of(check_in.insi))
    known = {one.key: one for one in [*numbered, *_met(check_in)] if one.key != besides and one.has_come}
    given = {one.key for one in numbered}
    meant = _meant(check_in, given, list(known.values())[:MOST_COMPARED])
    likely = _likely(list(stated(check_in, LOOKED_FOR)), meant)
    likest = Person.objects.filter(pk__in=[key for key in meant if key in given or key in likely])
    rows = list(likest.filter(absorbed_by=None, erased_at=None)) if meant else []
    sound = reading.sound_among(rows)  # of who is not shown nobody need know whether they are as they were written
    found = [
        Candidate(person, *_said(likely.get(person.pk)), has_same_ins=person.pk in given)
        for person in rows
        if person.pk in sound
    ]
    return tuple(sorted(found, key=lambda one: (not one.has_same_ins, -one.percent, str(one.person.pk))))


def without_visit(birth_date: str, name: str = "", given_name: str = "") -> list[Person]:
    """Who is known of those born that day, whose names start like this, and of whom no visit is kept any more."""
    kept = Arrival.objects.filter(person=OuterRef("pk")).exclude(stage=Stage.REMOVED)
    found = Person.objects.filter(~Exists(kept), absorbed_by=None, erased_at=None, decided_at__isnull=False)
    for value in search.sought(birth_date, name, given_name):
        found = found.filter(indexes__value=value)
    return list(found.distinct().order_by("-opened_at")[: search.MAX_FOUND])


def values_of(answer: InsAnswer) -> list[bytes]:
    """The number INSi gave and those it gave before: by any of them somebody is known."""
    if not isinstance(answer, InsFound):
        return []
    numbers = (answer.matricule, *(past.matricule for past in answer.history[:MOST_FORMER]))
    return [bodies.value_of(number) for number in numbers if number.is_complete]


def _meant(check_in: CheckIn, numbered: Collection[UUID], known: list[_Known]) -> dict[UUID, Traits]:
    """Who of those met may be meant, and who they are: asked for at once, since many may be met."""
    accepted = {one.key: _accepted(one) for one in known}
    # INSi gave each a number, and not the same one: it has said that they are two
    is_numbered = isinstance(check_in.insi, InsFound)
    others = {key for key, one in accepted.items() if is_numbered and one.holds} - {*numbered}
    left = [key for key in accepted if key not in others]
    said = reading.bodies_of({key: nth for key in left if (nth := accepted[key].answer)})
    read = {key: traits for key, body in said.items() for traits in _read(partial(codec.found_in, body))}
    unread = [key for key in left if key not in read]
    rows = Person.objects.filter(pk__in=unread) if unread else ()
    return read | {row.pk: traits for row in rows for traits in _read(partial(traits_of, row))}


def _accepted(known: _Known) -> Accepted:
    """What their row says, not proven yet; nothing where it says nothing that can be read."""
    try:
        return accepted_in(known.state) if known.version else Accepted()
    except BadFact:
        return Accepted()


def _read(traits: Callable[[], Traits | None]) -> Iterator[Traits]:
    """Who somebody is; nothing where they are not as they were written."""
    try:
        said = traits()
    except (CannotOpen, BadCheckIn) as trouble:  # the register's checks say it; nobody waits for that
        journal.record_bug(trouble)
    else:
        yield from () if said is None else (said,)


def indexes_of(check_in: CheckIn) -> frozenset[bytes]:
    """Every fingerprint under which a person is found again, from each source."""
    blocks = {one for traits in stated(check_in, LOOKED_FOR) for one in _blocks(traits)}
    return frozenset(search.indexes_of(check_in) | search.at_most(blocks, search.MOST_INDEXES))


def indexes_of_traits(traits: Traits) -> frozenset[bytes]:
    """Under which a person is found again by what staff wrote down."""
    return frozenset(search.fingerprints_of(traits) | _blocks(traits))


def _likely(sources: list[Traits], known: dict[UUID, Traits]) -> dict[UUID, core.Candidate]:
    likely, keys = core.candidates(sources, known.values(), JaroWinkler.normalized_similarity), list(known)
    return {keys[one.index]: one for one in likely}


def _said(one: core.Candidate | None) -> tuple[int, bool]:
    """How far it is probable, in percent: half where staff must begin to say it; and whether it is."""
    if one is None:
        return 0, False
    share = 1 / (1 + 2 ** ((core.MUST_SAY - one.likeness.bits) / BITS_A_STEP))
    return min(99, round(100 * share)), one.is_probable


def stated_of(person: Person) -> CheckIn | None:
    """What is known of a person, without pictures: with the accepted answer, else as when they became known."""
    standing = reading.standing_of(person)
    for nth in (standing.basis.answer, reading.latest_of(person.pk, "traits-stated")):
        body = reading.body_of(person.pk, nth) if nth else None
        if body is not None:
            return codec.from_bytes(body)
    return None


def traits_of(person: Person) -> Traits | None:
    """Who a person is, from the best source there is."""
    stated_so = stated_of(person)
    return best(stated_so, REFERENCE) if stated_so is not None else None


def _met(check_in: CheckIn) -> list[_Known]:
    """Who is found under most of the visit's keys."""
    found = _found(_SHARING_MOST, sorted(_values_met(check_in)))
    most = max((one.shared for one in found), default=0)
    return [one for one in found if is_worth_opening(one.shared, most)]


def _values_met(check_in: CheckIn) -> set[bytes]:
    values: set[bytes] = set()
    for traits in stated(check_in, LOOKED_FOR):
        blocks, letters = met_under(traits)
        values |= {vault.blind("block", key) for key in blocks}
        values |= {vault.blind(key.field.value, key.text) for key in letters}
    return values


def _blocks(traits: Traits) -> set[bytes]:
    return {vault.blind("block", key) for key in blocking_keys(traits)}


def _known_by(values: list[bytes]) -> list[_Known]:
    return _found(_SHARING_ONE, values)


def _found(question: str, values: list[bytes]) -> list[_Known]:
    found = by_hand.rows(question, met_as(values), MOST_COMPARED) if values else []
    return [
        _Known(by_hand.subject(key), version, state, bool(come), shared) for key, version, state, come, shared in found
    ]


# Whom a decision opened that was taken back, nobody has come for; the cheaper look first.
_SHARING_ONE = """SELECT known.key, known.version, known.state, known.decided_at IS NOT NULL
OR EXISTS (SELECT 1 FROM console_arrival came WHERE came.person_id = known.key), 0 FROM console_person known
WHERE known.absorbed_by_id IS NULL AND known.erased_at IS NULL
AND known.key IN (SELECT person_id FROM console_personindex WHERE value IN (…)) LIMIT %s"""
# Counted first, then laid beside their rows in that order, until there are enough: of a hundred met twenty are read.
_SHARING_MOST = """SELECT met.person_id, known.version, known.state, known.decided_at IS NOT NULL
OR EXISTS (SELECT 1 FROM console_arrival came WHERE came.person_id = known.key), met.shared FROM (
SELECT said.person_id, COUNT(*) AS shared FROM console_personindex said WHERE said.value IN (…)
GROUP BY said.person_id ORDER BY COUNT(*) DESC, said.person_id
) met JOIN console_person known ON known.key = met.person_id
WHERE known.absorbed_by_id IS NULL AND known.erased_at IS NULL ORDER BY met.shared DESC, met.person_id LIMIT %s"""
# Every change of a person is an act, numbered in the order in which they are committed.
_CHANGED_SINCE = "SELECT DISTINCT person FROM console_auditentry WHERE number > %s AND person IS NOT NULL LIMIT %s"
_MET_AMONG = "SELECT 1 FROM console_personindex WHERE person_id IN (…) AND value IN (…) LIMIT 1"
