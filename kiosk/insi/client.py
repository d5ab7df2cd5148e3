"""The house's voice towards INSi: searches, each answered by a value within its deadline, whatever happens."""

import datetime
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kiosk import journal
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import (
    Exchange,
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.insi import answers, criteria, injected
from kiosk.insi.certificate import CertificateTroubleError
from kiosk.insi.config import Environment, InsiConfig
from kiosk.insi.envelope import BundleError, Caller, Cover, Envelopes, Request
from kiosk.insi.names import BY_CARD, BY_TRAITS
from kiosk.insi.retry import CircuitBreaker, RetryPolicy, retry_after_seconds
from kiosk.insi.search import Answered, goes_on_by_traits, is_secondary, may_be_the_same, next_search
from kiosk.insi.transport import HttpAnswer, NotSentError, NowhereError, TlsRefusedError, Transport
from kiosk.insi.tunnel import ProxyRefusedError
from kiosk.insi.ways import ByCertificate, NotVouchedError, Way

__all__ = ["Environment", "InsiClient", "InsiConfig"]

_LEAST_WORTH_TRYING = 0.05  # seconds: with less left, a call can only fail
_LOGGABLE = re.compile(r"(?!.*[0-9]{5})[A-Za-z][A-Za-z0-9_.:-]{0,39}|[0-9]{2}", re.ASCII)


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class InsiClient:
    """One structure's access to INSi; keeps one connection, notices a renewed certificate by itself.

    Every search returns a value: found, none, several, refused, unreachable, certificate trouble. ``deadline`` is the
    number of seconds the whole search may take, all its calls, waits and repetitions together.
    """

    def __init__(
        self,
        config: InsiConfig,
        *,
        breaker: CircuitBreaker | None = None,
        retry: RetryPolicy | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        now: Callable[[], datetime.datetime] = _utc_now,
        way: Way | None = None,
    ) -> None:
        self._config = config
        self._way = way or ByCertificate(config)
        self._clock = clock
        self._now = now
        self._wait = wait or threading.Event().wait
        self._breaker = breaker or CircuitBreaker(clock)
        self._retry = retry or RetryPolicy()
        self._envelopes: Envelopes | None = None
        self._transport: Transport | None = None
        self._caller = Caller("", config.idam, config.software_name, config.software_version, config.instance)
        self._seen: tuple[object, ...] = ()
        self._pin_refused: CertificateTroubleError | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Hang up; the next search opens a new connection."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()
            self._transport = None
            self._seen = ()

    def prepare(self) -> None:
        """Read WSDL and certificate now rather than at the first search (BundleError, CertificateTroubleError)."""
        self._ready()

    def find_person(
        self,
        beneficiary: Beneficiary | None,
        insured: Beneficiary | None,
        traits: Traits | None,
        deadline: float,
        *,
        caller: str = "kiosk",
        earlier: Sequence[Exchange] = (),
        card_seconds: float | None = None,
    ) -> InsAnswer:
        """Make the whole search: with the card; where it finds nobody or several, or is refused, with the document.

        ``traits``: the document's, when it was read with certainty; of another person than the card's it is not asked.
        ``earlier``: what was exchanged for this visit; what answered nobody or several there is not asked again.
        ``card_seconds``: no call with the card is begun later than that, where the card counts no longer.
        ``caller`` is who asks, for the journal: a turn's random id, a member of staff's account id.
        """
        began = self._clock()
        until = began + deadline
        if beneficiary is None:
            return self._by_traits(traits, until, caller, earlier) if traits else InsUnreachable("not-asked")
        card_until = until if card_seconds is None else min(until, began + card_seconds)
        by_card = self._by_card(beneficiary, insured, card_until, caller, earlier)
        if traits is None or not goes_on_by_traits(criteria.answered(by_card)):
            return by_card
        if not may_be_the_same(beneficiary, traits):
            return by_card
        then = self._by_traits(traits, until, caller, earlier, used=len(by_card.exchanges))
        nobody_of_several = isinstance(by_card, InsSeveral) and isinstance(then, InsNotFound)
        answer = by_card if criteria.is_unsent(then) or nobody_of_several else then
        return replace(answer, exchanges=by_card.exchanges + then.exchanges)

    def find_by_card(
        self, beneficiary: Beneficiary, insured: Beneficiary | None, deadline: float, *, caller: str = "kiosk"
    ) -> InsAnswer:
        """Ask with the carte Vitale's data (rechercherInsAvecCarteVitale), the preferred search (RNIV1 4.3.2)."""
        return self._by_card(beneficiary, insured, self._clock() + deadline, caller)

    def find_by_traits(self, traits: Traits, deadline: float, *, caller: str = "kiosk") -> InsAnswer:
        """Ask with the traits of a document (rechercherInsAvecTraitsIdentite), in the order of ``search``."""
        return self._by_traits(traits, self._clock() + deadline, caller)

    def _by_card(
        self,
        beneficiary: Beneficiary,
        insured: Beneficiary | None,
        until: float,
        caller: str,
        earlier: Sequence[Exchange] = (),
    ) -> InsAnswer:
        question = criteria.of_card(beneficiary, insured)
        if isinstance(question, InsRefused):
            return question
        known = criteria.card_asked_before(question, earlier)
        return known or self._ask(BY_CARD, question.elements, question.cover, until, caller)

    def _by_traits(
        self, traits: Traits, until: float, caller: str, earlier: Sequence[Exchange] = (), used: int = 0
    ) -> InsAnswer:
        wanted = criteria.wanted(traits)
        if isinstance(wanted, InsRefused):
            return wanted
        asked = criteria.asked_before(wanted, earlier)
        answer: InsAnswer = InsNotFound() if asked else InsUnreachable("not-asked")
        exchanges: tuple[Exchange, ...] = ()
        most = self._config.max_calls - used  # what had to be called again counts too
        while (search := next_search(wanted, asked, most)) is not None:
            answer = self._ask(BY_TRAITS, criteria.of_search(search), Cover(), until, caller, most=most - len(asked))
            most -= max(0, len(answer.exchanges) - 1)
            exchanges += answer.exchanges
            asked.append((search, criteria.answered(answer)))
            if isinstance(answer, InsFound) and is_secondary(wanted, search):
                answer = replace(answer, flags=(*answer.flags, "found-by-secondary-name"))
        if isinstance(answer, InsNotFound) and any(answered is Answered.SEVERAL for _, answered in asked):
            answer = InsSeveral()  # there are several; saying more found none of them
        return replace(answer, exchanges=exchanges)

    def _ask(
        self,
        operation: str,
        criteria: Mapping[str, object],
        cover: Cover,
        until: float,
        asked_by: str,
        *,
        most: int = 100,
    ) -> InsAnswer:
        """Make one call, again if that can help and time is left; ``most`` calls altogether."""
        try:
            envelopes, transport, caller = self._ready()
            voucher = self._way.vouch(self._now())
        except CertificateTroubleError as trouble:
            return InsCertificateTrouble(f"{trouble.code}: {trouble.what}")
        except NotVouchedError as refused:
            return InsRefused(refused.code, "", "")
        except BundleError as error:
            return InsRefused("kiosk_wsdl", str(error), "")
        except NowhereError:
            return InsRefused("kiosk_endpoint", "", "")
        exchanges: tuple[Exchange, ...] = ()
        answer: InsAnswer = InsUnreachable("not-asked")
        attempts = min(self._retry.attempts, most)
        for attempt in range(attempts):
            left = until - self._clock()
            if left < _LEAST_WORTH_TRYING:
                answer = InsUnreachable("timeout") if not exchanges else answer
                break
            if not self._breaker.may_call():
                answer = InsUnreachable("service") if not exchanges else answer
                break
            request = envelopes.make(operation, criteria, caller, cover, _stamp(self._now()), voucher.security)
            answer, exchange, retry_after = self._call(transport, request, left, voucher.bearer)
            exchanges += (exchange,)
            _record(exchange, asked_by)
            if not isinstance(answer, InsUnreachable):
                self._breaker.succeeded()
                break
            self._breaker.failed(retry_after)
            pause = self._retry.wait_before(attempt + 1, retry_after)
            if attempt + 1 == attempts or pause > until - self._clock() - _LEAST_WORTH_TRYING:
                break
            self._wait(pause)
        return replace(answer, exchanges=exchanges)

    def _call(
        self, transport: Transport, request: Request, left: float, bearer: str
    ) -> tuple[InsAnswer, Exchange, float | None]:
        started, started_at = self._clock(), _stamp(self._now())
        answer: InsAnswer
        code, received, retry_after = "", b"", None
        try:
            http = injected.answer_to(request, self._config) or transport.post(
                request.body, request.content_type, left, bearer=bearer
            )
        except NotSentError as error:
            code, answer = error.reason, InsUnreachable(error.reason)
        except TlsRefusedError as error:
            code, answer = "certificate", InsCertificateTrouble(error.reason)
        except ProxyRefusedError as error:
            code, answer = "kiosk_proxy", InsRefused("kiosk_proxy", str(error.status), "")
        else:
            received = http.body
            retry_after = retry_after_seconds(http.retry_after, self._now().timestamp())
            code, answer = self._understand(http, request.message_id)
        exchange = Exchange(
            operation=request.operation,
            message_id=request.message_id,
            started_at=started_at,
            duration_ms=round((self._clock() - started) * 1000),
            code=code,
            request=request.body,
            response=received,
        )
        return answer, exchange, retry_after

    def _understand(self, http: HttpAnswer, message_id: str) -> tuple[str, InsAnswer]:
        reply = answers.read(http.body)
        is_invented = reply.is_simulator or injected.is_marked(http.body)
        if is_invented and self._config.environment is Environment.PRODUCTION:
            return "kiosk_simulator", InsRefused("kiosk_simulator", "", message_id)
        answer = reply.answer
        if reply.code == "nonsense" and http.status != 200:
            code = f"http_{http.status}"
            if 400 <= http.status < 500 and http.status not in (408, 425, 429):
                return code, InsRefused(code, "", message_id)
            return code, InsUnreachable("service" if http.status >= 400 else "nonsense")
        if http.status != 200 and isinstance(answer, InsFound | InsNotFound | InsSeveral):
            return f"http_{http.status}", InsUnreachable("nonsense")
        if isinstance(answer, InsRefused) and not answer.message_id:
            answer = replace(answer, message_id=message_id)
        if isinstance(answer, InsFound) and is_invented:
            answer = replace(answer, flags=(*answer.flags, "simulator"))
        return reply.code, answer

    def _ready(self) -> tuple[Envelopes, Transport, Caller]:
        """Have WSDL and connection ready; a certificate renewed on the disk is taken up here, without a restart."""
        with self._lock:
            if self._envelopes is None:
                self._envelopes = Envelopes(self._config.wsdl)
            seen = tuple(_print_of(path) for path in self._way.files())
            if self._pin_refused is not None and self._transport is None and seen == self._seen:
                raise self._pin_refused  # a token locks itself after three wrong codes: tried again when it changes
            if self._transport is None or seen != self._seen:
                self._seen = seen
                self._transport = self._renewed(self._transport)
            return self._envelopes, self._transport, self._caller

    def _renewed(self, old: Transport | None) -> Transport:
        try:
            context, structure = self._way.open()
        except CertificateTroubleError as trouble:
            if trouble.code == "pin":
                self._pin_refused = trouble
            elif old is None:
                self._seen = ()
            if old is None:
                raise
            return old  # a certificate half replaced: the one in use still serves, `check` tells what is wrong
        agent = f"{self._config.software_name}/{self._config.software_version}"
        fresh = Transport(self._way.endpoint, context, agent, proxy=self._config.proxy)
        if old is not None:
            old.close()
        self._caller = replace(self._caller, structure=structure)
        return fresh


def _record(exchange: Exchange, asked_by: str) -> None:
    """Leave one entry in the journal: who, when, what kind of call, how long, which code; no trait."""
    journal.record(
        journal.Happening.INSI_CALLED,
        caller=asked_by,
        operation=exchange.operation,
        code=exchange.code if _LOGGABLE.fullmatch(exchange.code) else "other",
        duration_ms=exchange.duration_ms,
        message_id=exchange.message_id,
    )


def _print_of(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _stamp(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
