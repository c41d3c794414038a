"""Queues: starts that wait in the inbox until there is room and it is their turn."""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.engine.clock import Clock
from segue.engine.journal import Message, checked_name
from segue.engine.logs import about
from segue.engine.payloads import beside_args

_UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1)}
_RATE = re.compile(r"([1-9]\d{0,8})/(s|min|h|day)")


@dataclass(frozen=True)
class Queue:
    """Where runs wait for their turn, and how many get it."""

    name: str
    concurrency: int | None = None
    """Runs in memory at once; those that only wait for a signal or a timer do not count, and go on when it comes."""
    rate: str | None = None
    """Runs that begin in any one `s`, `min`, `h` or `day`, e.g. `100/min`; counted anew when an engine is opened."""

    def __post_init__(self) -> None:
        """Refuse what could never work.

        Raises:
            DefinitionError: The name is none.
            ValueError: A limit is not understood, or lets nothing begin.
        """
        checked_name(self.name, "queue")
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError(f"queue {self.name!r}: concurrency is {self.concurrency}: at least 1 run must go on")
        if self.rate is not None and not _RATE.fullmatch(self.rate):
            raise ValueError(f"queue {self.name!r}: rate is {self.rate!r}: a number and s, min, h or day, e.g. 100/min")

    def allowance(self) -> tuple[int, timedelta] | None:
        """Return how many runs may begin in which time."""
        found = _RATE.fullmatch(self.rate or "")
        return None if found is None else (int(found[1]), _UNITS[found[2]])


class _Line:
    """The runs of one queue."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.waiting: list[tuple[int, int, Message]] = []
        """A heap: the highest priority first, then the earliest."""
        self.active: set[str] = set()
        """Runs that began and are in memory."""
        self.begun: deque[datetime] = deque()
        """When the latest ones began."""
        self.has_timer = False

    def is_full(self) -> bool:
        return self.queue.concurrency is not None and len(self.active) >= self.queue.concurrency

    def wait_at(self, now: datetime) -> timedelta:
        """Return how long the rate lets nothing begin."""
        allowance = self.queue.allowance()
        if allowance is None:
            return timedelta(0)
        number, time = allowance
        while self.begun and self.begun[0] <= now - time:
            self.begun.popleft()
        return timedelta(0) if len(self.begun) < number else self.begun[0] + time - now


class Queues:
    """All queues of one engine."""

    def __init__(
        self, queues: Sequence[Queue], clock: Clock, begin: Callable[[Message], None], is_ready: Callable[[], bool]
    ) -> None:
        """Begin with empty queues.

        Args:
            queues: Those whose runs begin here; what is asked for in others goes on waiting.
            clock: For rates.
            begin: Begins the run that a message asks for.
            is_ready: Says whether all runs that were under way are in memory, and so are counted.
        """
        self._lines = {queue.name: _Line(queue) for queue in queues}
        self._clock = clock
        self._begin = begin
        self._is_ready = is_ready
        self._held: set[str] = set()

    def push(self, message: Message) -> bool:
        """Let a start wait for its turn; `False` for one that is of no queue."""
        if message.run_id in self._held:
            return True
        fields = beside_args(message.payload)
        name = fields.get("queue")
        if name is None:
            return False
        self._held.add(message.run_id)
        line = self._lines.get(name)
        if line is None:
            about(message.run_id).warning("run %s waits: queue %r is not declared here", message.run_id, name)
        else:
            heapq.heappush(line.waiting, (-fields.get("priority", 0), message.id, message))
        return True

    def holds(self, run_id: str) -> bool:
        """Say whether a run waits for its turn."""
        return run_id in self._held

    def admit(self) -> None:
        """Begin the runs whose turn it is."""
        if not self._is_ready():
            return
        for line in self._lines.values():
            while line.waiting and not line.is_full():
                now = self._clock.now()
                wait = line.wait_at(now)
                if wait > timedelta(0):
                    self._admit_later(line, wait)
                    break
                *_, message = heapq.heappop(line.waiting)
                self._held.discard(message.run_id)
                if line.queue.rate is not None:
                    line.begun.append(now)
                line.active.add(message.run_id)
                self._begin(message)

    def _admit_later(self, line: _Line, wait: timedelta) -> None:
        if line.has_timer:
            return
        line.has_timer = True

        def due() -> None:
            line.has_timer = False
            self.admit()

        self._clock.later(wait.total_seconds(), due)

    def came(self, run_id: str, name: str | None) -> None:
        """Note that a run is in memory now."""
        if name in self._lines:
            self._lines[name].active.add(run_id)

    def went(self, run_id: str) -> None:
        """Note that a run left memory: there may be room for another."""
        for line in self._lines.values():
            if run_id in line.active:
                line.active.discard(run_id)
                self.admit()
