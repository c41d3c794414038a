"""What a run needs of the engine that drives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextvars import Context
from typing import TYPE_CHECKING, Protocol

from segue.engine.clock import Timer
from segue.engine.journal import Kind, Message, Record
from segue.engine.tree import Pending

if TYPE_CHECKING:
    from segue.engine.run import Run


class Host(Protocol):
    """Acts for runs, and journals what came of it."""

    context: Context
    """The context variables that runs begin with."""

    def append(
        self,
        run: Run,
        path: str,
        kind: Kind,
        name: str,
        attempt: int,
        payload: bytes,
        *,
        taken: Collection[int] = (),
    ) -> None:
        """Journal an entry and, once it is on disk, deliver it to the run; `taken` are inbox rows settled by it."""

    def now_us(self) -> int:
        """Return the time, in microseconds since 1970."""

    def attempt(self, run: Run, pending: Pending) -> None:
        """Begin the next attempt at a step."""

    def reconcile(self, run: Run, pending: Pending) -> None:
        """Find out what became of a `once` step's attempt."""

    def child(self, run: Run, pending: Pending) -> None:
        """Begin a child, or see what became of it."""

    def records(self, run_id: str) -> list[Record]:
        """Return a run's entries in order."""

    def is_free(self, run_id: str) -> bool:
        """Say whether no run has this id."""

    def go_on_as(self, run: Run, run_id: str, encoded: bytes, messages: Iterable[Message]) -> None:
        """Begin the next run of a chain together with this one's end, and hand on what it has not read."""

    def at(self, run: Run, when_us: int, act: Callable[[], None]) -> Timer:
        """Call `act` at a time, unless the timer is cancelled."""
