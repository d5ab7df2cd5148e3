"""When a service in trouble is asked again, and when it is left alone."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.identity.traits import Source
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from kiosk.insi.retry import CircuitBreaker, RetryPolicy, retry_after_seconds
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from tests.insi.conftest import MakeClient
from tests.insi.test_searches import CARD
from tests.people import PIERRE


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@given(st.integers(1, 50), st.floats(0, 0.999999), st.none() | st.floats(0, 100))
def test_a_wait_grows_is_spread_and_never_shorter_than_the_server_asked(
    attempt: int, dice: float, asked: float | None
) -> None:
    policy = RetryPolicy(jitter=lambda: dice)
    wait = policy.wait_before(attempt, asked)
    assert wait >= (asked or 0)
    assert 0 < wait <= max(policy.longest_wait, asked or 0)


def test_waits_double() -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert [policy.wait_before(attempt, None) for attempt in (1, 2, 3, 4, 5)] == [0.25, 0.5, 1.0, 2.0, 2.0]


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after_seconds("120", 0) == 120
    assert retry_after_seconds("Thu, 01 Jan 1970 00:02:00 GMT", 60) == 60
    assert retry_after_seconds("Thu, 01 Jan 1970 00:00:00 GMT", 60) == 0
    assert retry_after_seconds("99999999", 0) == 3600
    for nonsense in ("", "soon", "-5", "9" * 40, "²", "Thu, 99 Foo 1970"):
        assert retry_after_seconds(nonsense, 0) is None


def test_after_several_failures_nobody_calls_until_one_has_tried() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock, failures=3, rest=30)
    for _ in range(3):
        assert breaker.may_call()
        breaker.failed()
    assert not breaker.may_call()
    clock.now += 29.9
    assert not breaker.may_call()
    clock.now += 0.2
    assert breaker.may_call()
    assert not breaker.may_call(), "one tries, the others wait for its news"
    breaker.succeeded()
    assert breaker.may_call()
    assert breaker.may_call()


def test_one_that_tries_and_fails_closes_the_way_again() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock, failures=1, rest=30)
    breaker.failed()
    clock.now += 31
    assert breaker.may_call()
    breaker.failed()
    assert not breaker.may_call()


def test_a_service_that_says_when_to_come_back_is_left_alone_until_then() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock, failures=5)
    breaker.failed(retry_after=90)
    assert not breaker.may_call()
    clock.now += 91
    assert breaker.may_call()


def test_a_short_trouble_passes_unseen(make_client: MakeClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("http", times=2))
    clock = Clock()
    answer = make_client(RetryPolicy(), wait=clock.wait).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsFound)
    assert [call.code for call in answer.exchanges] == ["http_503", "http_503", "00"]
    assert len({call.message_id for call in answer.exchanges}) == 3, "every call has its own message id"
    assert len(clock.waited) == 2


def test_retry_after_within_the_deadline_is_waited_for(make_client: MakeClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("http", retry_after="2", times=1))
    clock = Clock()
    answer = make_client(RetryPolicy(), clock=clock, wait=clock.wait).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsFound)
    assert clock.waited == [2.0]


def test_retry_after_beyond_the_deadline_ends_the_search_at_once(make_client: MakeClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("http", retry_after="60"))
    clock = Clock()
    client = make_client(RetryPolicy(), clock=clock, wait=clock.wait)
    answer = client.find_by_card(CARD, None, 8)
    assert isinstance(answer, InsUnreachable)
    assert clock.waited == []
    before = simulator.answered
    assert isinstance(client.find_by_card(CARD, None, 8), InsUnreachable)
    assert simulator.answered == before, "the service asked to be left alone"
    simulator.behave(Behaviour())
    clock.now += 61
    assert isinstance(client.find_by_card(CARD, None, 8), InsFound)


def test_calls_made_again_count_among_the_calls_of_a_visit(make_client: MakeClient, simulator: Simulator) -> None:
    clock = Clock()
    client = make_client(RetryPolicy(), clock=clock, wait=clock.wait, max_calls=4)
    simulator.behave(Behaviour("http", times=2))
    answer = client.find_by_traits(PIERRE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsNotFound)
    assert [call.code for call in answer.exchanges] == ["http_503", "http_503", "01", "01"]


def test_two_clients_of_one_kiosk_share_what_they_know_of_the_service(
    make_client: MakeClient, simulator: Simulator
) -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock, failures=2)
    first, second = make_client(breaker=breaker), make_client(breaker=breaker)
    simulator.behave(Behaviour("reset"))
    for _ in range(2):
        assert isinstance(first.find_by_card(CARD, None, 8), InsUnreachable)
    before = simulator.answered
    answer = second.find_by_card(CARD, None, 8)
    assert isinstance(answer, InsUnreachable)
    assert answer.exchanges == ()
    assert simulator.answered == before
