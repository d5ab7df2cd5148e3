"""Calls that may never return, given a deadline: PC/SC has none of its own for a card that keeps silent.

The calls of one connection run one after the other in a thread of their own. A call that takes too long is given up by
the caller; the thread ends by itself when the call returns at last, after having tidied up.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class TookTooLong(Exception):
    """The deadline passed; nothing is known of what the call did."""


@dataclass(slots=True)
class _Call:
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None
    undo: Callable[[Any], None] | None = None
    given_up: bool = False
    settling: threading.Lock = field(default_factory=threading.Lock)


class Patience:
    """One worker thread, started by the first call and ended by ``close``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._overdue: _Call | None = None

    @property
    def is_stuck(self) -> bool:
        """Say whether a call that was given up is still running."""
        return self._overdue is not None and not self._overdue.done.is_set()

    def call(
        self,
        seconds: float,
        work: Callable[..., Any],
        *arguments: Any,
        undo: Callable[[Any], None] | None = None,
    ) -> Any:
        """Run ``work`` and answer its result; TookTooLong when it has not ended in time.

        ``undo`` gets a result that came too late, so that nothing it opened stays open.
        """
        call = self._put(work, arguments, undo)
        if not call.done.wait(seconds):
            with call.settling:
                call.given_up = not call.done.is_set()
            if call.given_up:
                self._overdue = call
                raise TookTooLong
        if call.error is not None:
            raise call.error
        return call.result

    def afterwards(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Run ``work`` once everything before it has ended, without waiting: to tidy up."""
        self._put(work, arguments)

    def close(self, seconds: float) -> None:
        """End the thread once its work is done; wait, but not for ever, nor at all when a call is stuck."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join(0 if self.is_stuck else seconds)

    def _put(
        self, work: Callable[..., Any], arguments: tuple[Any, ...], undo: Callable[[Any], None] | None = None
    ) -> _Call:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        call = _Call(work, arguments, undo=undo)
        self._calls.put(call)
        return call

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call.result = call.work(*call.arguments)
            except BaseException as error:
                call.error = error  # the caller raises it
                if not isinstance(error, Exception):
                    raise
            finally:
                with call.settling:
                    call.done.set()
            if call.given_up and call.undo is not None and call.error is None:
                call.undo(call.result)
