"""How well visits find the person known: every way of the dossier, on one invented population."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median

from rapidfuzz.distance import JaroWinkler

from kiosk.core.coherence.blocking import blocking_keys, is_worth_opening, met_under
from kiosk.core.coherence.candidates import MUST_SAY, PROBABLE, comparable, weigh
from kiosk.core.coherence.duplicates import SearchKey, search_for, search_keys
from kiosk.core.coherence.given_names import listed
from kiosk.core.identity.names import comparison_key
from kiosk.core.identity.traits import Traits
from kiosk.core.status.returning import Filing, Ground, filed_under, filing_of
from tests.population.formerly import LOOKS_ALIKE, likeness
from tests.population.people import World
from tests.population.visits import Desk, Record, Visit, register_of

SIMILARITY = JaroWinkler.normalized_similarity
MOST_OPENED = 20  # records that the console opens for one newcomer


@dataclass(slots=True)
class Tally:
    """Of pairs called one person: how many are, how many are not, how many were missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def count(self, *, is_called: bool, is_true: bool) -> None:
        self.right += is_called and is_true
        self.wrong += is_called and not is_true
        self.missed += is_true and not is_called

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Measured:
    """What came out; ``wrong`` names the kinds of visits that were filed under somebody else."""

    pairs: int = 0  # a visit beside a record, judged
    hard: int = 0  # of these: twins, namesakes, the bearer or the owner of a borrowed card, a wrong holder
    visits: int = 0
    known: int = 0
    returning: int = 0  # visits of somebody the register knows, whom card, letter or hand names too
    with_number: int = 0  # of these, with INSi's answer to the card and a record that holds a matricule
    looked_alike: Tally = field(default_factory=Tally)
    blocked: Tally = field(default_factory=Tally)
    opened: Tally = field(default_factory=Tally)
    asked: Tally = field(default_factory=Tally)
    probable: Tally = field(default_factory=Tally)
    equal: Tally = field(default_factory=Tally)
    equal_with_place: Tally = field(default_factory=Tally)
    automatic: Tally = field(default_factory=Tally)
    plain: Tally = field(default_factory=Tally)  # of the automatic: visits in which nothing was made to go wrong
    found_each: list[int] = field(default_factory=list)
    opened_each: list[int] = field(default_factory=list)
    asked_each: list[int] = field(default_factory=list)
    grounds: Counter[Ground] = field(default_factory=Counter)
    absent: Counter[tuple[Ground, str]] = field(default_factory=Counter)  # filed right, and somebody else stood there
    wrong: Counter[str] = field(default_factory=Counter)
    obstacles: Counter[str] = field(default_factory=Counter)
    unfound: Counter[str] = field(default_factory=Counter)


class Register:
    """The records, and the ways in which they are found."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.of_person: dict[int, list[int]] = defaultdict(list)
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_letters: dict[SearchKey, set[int]] = defaultdict(set)
        self._holders: dict[object, list[int]] = defaultdict(list)
        for index, record in enumerate(records):
            known = record.known
            self.of_person[id(record.person)].append(index)
            for key in blocking_keys(known.traits):
                self._by_key[key].append(index)
            for letters in search_keys(known.traits):
                self._by_letters[letters].add(index)
            if known.mark is not None:
                self._holders[known.mark].append(index)
            for ipp in known.ipps:
                self._holders[ipp].append(index)

    def blocked(self, sources: Iterable[Traits]) -> Counter[int]:
        """Who is met under a key of the visit, and under how many."""
        met = [met_under(source) for source in sources]
        blocks = {key for keys, _letters in met for key in keys}
        letters = {key for _keys, keys in met for key in keys}
        found = Counter(index for key in blocks for index in self._by_key.get(key, ()))
        found.update(index for key in letters for index in self._by_letters.get(key, ()))
        return found

    def by_letters(self, sources: Iterable[Traits]) -> set[int]:
        """Whom today's search finds: the birth date, three letters of the name and of the first name."""
        for source in sources:
            if source.birth_date is not None and source.birth_name and source.given_names:
                keys = search_for(source.birth_date, source.birth_name, source.given_names[0])
                return set.intersection(*(self._by_letters.get(key, set()) for key in keys))
        return set()

    def named(self, visit: Visit) -> list[int]:
        """Who holds the answer's matricule, or the letter's identifier."""
        keys = (visit.said.mark, visit.said.ipp)
        return list(dict.fromkeys(index for key in keys if key is not None for index in self._holders.get(key, ())))

    def near(self, visit: Visit) -> Iterator[int]:
        """The people who could be taken for one another here, known or not under the same keys."""
        for one in (visit.present, visit.named):
            for person in (one, one.twin, one.namesake, one.insured):
                if person is not None:
                    yield from self.of_person.get(id(person), ())


def measure(seed: int, people: int, visits: int, searched: int = 1) -> Measured:
    """Make the population, the register and the visits, and judge every pair that some key or relation brings.

    The rule that files by itself sees every pair; the ways of searching are tried on one in ``searched`` of the visits.
    """
    world = World(seed)
    everybody = world.people(people)
    register = Register(register_of(everybody, Random(seed + 1)))
    measured = Measured(known=len(register.records))
    for visit in Desk(everybody, Random(seed + 2)).visits(visits):
        found = _judge(visit, register, measured)
        if visit.is_honest and visit.is_of_one and measured.visits % searched == 0:
            measured.found_each.append(len(found))
            _count_search(visit, found, register, measured)
    return measured


def _judge(visit: Visit, register: Register, measured: Measured) -> Counter[int]:
    """Ask the rule about every pair, and about the visit; give who has a key in common with it."""
    measured.visits += 1
    found = register.blocked(visit.sources)
    named, near = register.named(visit), set(register.near(visit))
    pairs = found.keys() | near | set(named)
    measured.pairs += len(pairs)
    measured.hard += len(
        (near | set(named)) - {index for index in near if register.records[index].person is visit.named}
    )
    for index in pairs:
        filing = filing_of(visit.said, register.records[index].known, in_production=True)
        _count_filing(visit, filing, register.records[index], measured)
    where, filing = filed_under(visit.said, [register.records[index].known for index in named], in_production=True)
    _count_visit(visit, where is not None, filing, register, measured)
    return found


def _count_filing(visit: Visit, filing: Filing, record: Record, measured: Measured) -> None:
    """Right is whom card, letter and answer name; whether they stand there too, no card says: counted apart."""
    if not filing.is_automatic or filing.ground is None:
        return
    is_right = record.person is visit.named
    measured.automatic.count(is_called=True, is_true=is_right)
    measured.grounds[filing.ground] += 1
    if not is_right:
        measured.wrong[visit.kind] += 1
    elif record.person is not visit.present:
        measured.absent[filing.ground, visit.kind] += 1


def _count_visit(visit: Visit, is_filed: bool, filing: Filing, register: Register, measured: Measured) -> None:
    records = [register.records[index] for index in register.of_person.get(id(visit.named), ())]
    if not visit.is_honest or not records:
        return
    measured.returning += 1
    if visit.said.answer is None or visit.said.card is None or not any(record.has_number for record in records):
        return
    measured.with_number += 1
    measured.plain.count(is_called=is_filed, is_true=visit.kind == "plain")
    if not is_filed:
        measured.automatic.missed += 1
        measured.obstacles.update(obstacle.value for obstacle in filing.obstacles)


def _count_search(visit: Visit, found: Counter[int], register: Register, measured: Measured) -> None:
    """Every record of this person is a true pair, every other record somebody finds is not."""
    true = set(register.of_person.get(id(visit.present), ()))
    met = found.most_common(MOST_OPENED)
    opened = {index for index, shared in met if is_worth_opening(shared, met[0][1])}
    measured.opened_each.append(len(opened))
    source = visit.sources[0]
    by_letters = register.by_letters(visit.sources)
    asked, ours = 0, [comparable(one) for one in visit.sources]
    for index in found.keys() | true:
        is_true = index in true
        known = register.records[index].known.traits
        theirs = comparable(known)
        bits = max(weigh(one, theirs, SIMILARITY).bits for one in ours) if index in found else 0.0
        measured.blocked.count(is_called=index in found, is_true=is_true)
        measured.opened.count(is_called=index in opened, is_true=is_true)
        measured.asked.count(is_called=bits >= MUST_SAY, is_true=is_true)
        measured.probable.count(is_called=bits >= PROBABLE, is_true=is_true)
        measured.looked_alike.count(
            is_called=index in by_letters and likeness(source, known, SIMILARITY) >= LOOKS_ALIKE, is_true=is_true
        )
        is_equal = _equal(source) == _equal(known)
        measured.equal.count(is_called=is_equal, is_true=is_true)
        is_placed = bool(source.birth_place_code) and source.birth_place_code == known.birth_place_code
        measured.equal_with_place.count(is_called=is_equal and is_placed, is_true=is_true)
        asked += bits >= MUST_SAY
        if is_true and index not in found:
            measured.unfound[visit.kind] += 1
    measured.asked_each.append(asked)


def _equal(traits: Traits) -> tuple[object, ...]:
    born = traits.birth_date.text if traits.birth_date is not None else ""
    return comparison_key(traits.birth_name), comparison_key(listed(traits)), born, traits.sex


def table(measured: Measured) -> Iterator[str]:
    """The dossier's table again, a line each."""
    each = sorted(measured.found_each)
    yield (
        f"{measured.visits} visits beside {measured.known} records: {measured.pairs} pairs judged, "
        f"{measured.hard} of them with a twin, a namesake, the other of a borrowed card or letter, or a wrong holder"
    )
    for what, tally in (
        ("today's look-alikes (date and three letters)", measured.looked_alike),
        ("wide blocking", measured.blocked),
        (f"opened: the {MOST_OPENED} with most keys in common, but for chance", measured.opened),
        (f"Fellegi-Sunter, staff must say (from {MUST_SAY:.0f} bits)", measured.asked),
        (f"Fellegi-Sunter, probable (from {PROBABLE:.0f} bits)", measured.probable),
        ("name, given names, date and sex equal", measured.equal),
        ("the same with the place", measured.equal_with_place),
        ("automatic, whom card or letter names", measured.automatic),
    ):
        yield f"{what}: precision {tally.precision:.4f}, recall {tally.recall:.4f}, {tally.wrong} wrong"
    asked, opened = sorted(measured.asked_each), sorted(measured.opened_each)
    yield f"wide blocking: {median(each):.0f} candidates in the median, {each[len(each) * 95 // 100]} at the 95th"
    yield f"opened: {median(opened):.0f} in the median, {opened[len(opened) * 95 // 100]} at the 95th"
    yield f"staff choose from: {median(asked):.0f} in the median, {asked[len(asked) * 95 // 100]} at the 95th"
    yield f"automatic where nothing was made to go wrong: recall {measured.plain.recall:.4f}"
    yield f"automatic by: {', '.join(f'{ground.value} {count}' for ground, count in measured.grounds.most_common())}"
    yield "filed as named, and another stood there (staff see the face): " + (
        ", ".join(f"{kind} by {ground.value} {count}" for (ground, kind), count in measured.absent.most_common())
        or "none"
    )
    yield f"filed under somebody else: {dict(measured.wrong) or 'none'}"
    yield f"not filed, though known with a matricule: {dict(measured.obstacles.most_common())}"
    yield f"not found by any key: {dict(measured.unfound.most_common())}"
