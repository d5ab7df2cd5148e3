"""The console's own threads that ask INSi: bounded; what finds no room is on disk and is taken from there."""

import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from kiosk.console.questions import asking, pool
from kiosk.console.questions.asking import Fresh
from kiosk.console.records.subject_keys import OwnKey
from tests.console.asked_through import by_card
from tests.people import ZOE


class Work:
    """What a pool's threads do, held until told."""

    def __init__(self) -> None:
        self.began: list[tuple[UUID, bool]] = []
        self.fresh: list[Fresh | None] = []
        self.go = threading.Event()
        self.done = threading.Semaphore(0)
        self.fails = False

    def step(self, key: UUID, *, is_leased: bool, fresh: Fresh | None = None) -> None:
        self.fresh.append(fresh)
        self.began.append((key, is_leased))
        assert self.go.wait(10)
        self.done.release()
        if self.fails:
            raise LookupError("of the test")

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.done.acquire(timeout=10)


def _kept(key: UUID) -> Fresh:
    """A question that was just kept."""
    return Fresh(key, by_card(ZOE), None, OwnKey(key, b"k" * 32))


@pytest.fixture()
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    one = Work()
    monkeypatch.setattr(pool, "WAITING", 1)
    monkeypatch.setattr(asking, "lease_due", lambda: None)
    pool.start(one.step, 2)
    yield one
    one.go.set()
    pool.stop()


def test_without_a_pool_there_is_no_room() -> None:
    assert pool.slot() is None
    pool.offer(uuid4())


def test_a_pool_has_room_for_what_it_works_at_and_a_little_more(work: Work) -> None:
    keys = [uuid4() for _ in range(4)]
    for key in keys:
        use = pool.slot()
        assert use is not None
        use(_kept(key))
    assert pool.slot() is None
    pool.offer(uuid4())  # nobody waits: it is on disk
    work.go.set()
    work.wait_for(4)
    assert sorted(work.began) == sorted((key, True) for key in keys)


@pytest.mark.parametrize("waited", [0.0, 1.1])
def test_what_waited_for_a_thread_is_read_again_before_it_is_asked(
    work: Work, monkeypatch: pytest.MonkeyPatch, waited: float
) -> None:
    """It may have been dropped, or joined, meanwhile."""
    monkeypatch.setattr(pool, "FRESH", 1.0 - waited)
    kept = _kept(uuid4())
    use = pool.slot()
    assert use is not None
    use(kept)
    work.go.set()
    work.wait_for(1)
    assert (work.began, work.fresh) == ([(kept.key, True)], [None if waited else kept])


def test_room_that_is_given_back_is_there_again(work: Work) -> None:
    for _ in range(10):
        use = pool.slot()
        assert use is not None
        use(None)
    pool.offer(uuid4())
    work.go.set()
    work.wait_for(1)
    assert [is_leased for _, is_leased in work.began] == [False]


def test_what_found_no_room_is_taken_from_the_disk_by_who_has_done(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [uuid4() for _ in range(5)]
    monkeypatch.setattr(asking, "lease_due", lambda: left.pop() if left else None)
    for _ in range(4):
        pool.offer(uuid4())
    assert pool.slot() is None
    work.go.set()
    work.wait_for(9)
    assert sum(is_leased for _, is_leased in work.began) == 5


def test_what_waited_for_a_thread_beyond_its_lease_is_another_s_to_ask(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, due = uuid4(), [uuid4()]
    monkeypatch.setattr(pool, "LATE", -1.0)
    monkeypatch.setattr(asking, "lease_due", lambda: due.pop() if due else None)
    use = pool.slot()
    assert use is not None
    use(_kept(late))
    work.go.set()
    work.wait_for(1)
    assert late not in [key for key, _ in work.began]


def test_a_thread_that_meets_a_bug_is_not_lost_and_the_journal_has_its_class(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk import journal

    bugs: list[str] = []
    told = threading.Semaphore(0)

    def record(trouble: BaseException) -> None:
        bugs.append(type(trouble).__name__)
        told.release()

    monkeypatch.setattr(journal, "record_bug", record)
    work.fails = True
    work.go.set()
    for _ in range(6):
        while (use := pool.slot()) is None:
            assert told.acquire(timeout=10)
        use(_kept(uuid4()))
    work.wait_for(6)
    while len(bugs) < 6:
        assert told.acquire(timeout=10)
    assert set(bugs) == {"LookupError"}
