"""Plays cases on a real engine, one after another, each at its own time; waiting takes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from segue.engine.clock import VirtualClock
from segue.engine.engine import Engine
from segue.engine.journal import ENDED, Entry
from segue.engine.workflow import Workflow
from segue.errors import SegueError

T = TypeVar("T")
TURNS = 50
"""Signals and timers of one run; a run that wants more goes in a circle."""


class Stuck(SegueError):
    """A replayed run waits for something that nobody will ever say."""


class CaseClock(VirtualClock):
    """Stands at the time of the case that is played."""

    def __init__(self) -> None:
        super().__init__(datetime(1970, 1, 1, tzinfo=UTC))

    def begin(self, at: datetime) -> None:
        """Go to the time of another case, which may be before the end of the last one; timers keep theirs."""
        self._now = at

    def wait_until(self, at: datetime) -> None:
        """Let time pass, and ring what is due by then."""
        self.set(max(at, self.now()))


@dataclass(frozen=True)
class Said:
    """A signal with which somebody answered."""

    name: str
    value: Any


Answer = Callable[[frozenset[str]], Said | None]
"""Gives what somebody says to a run that waits for any of these, such as `signal approval`; `None`: nothing."""


async def play(
    engine: Engine,
    clock: CaseClock,
    workflow: Workflow[[T], Any],
    argument: T,
    *,
    run_id: str,
    at: datetime,
    say: Answer,
) -> list[Entry]:
    """Play a case to its end and return its journal.

    Raises:
        Stuck: It waits for ever.
    """
    clock.begin(at)
    await engine.start(workflow, argument, run_id=run_id)
    for turn in range(TURNS):
        await engine.settled(run_id)
        info = await engine.run(run_id)
        if info.status in ENDED:
            return await engine.entries(run_id)
        said = say(frozenset(info.waiting_for))
        if said is not None:
            await engine.signal(run_id, said.name, said.value, signal_id=f"said-{turn}")
        elif info.wake_at is not None:
            clock.wait_until(info.wake_at)
            await asyncio.sleep(0)  # timers ring in the loop's next turn
        else:
            break
    raise Stuck(f"{run_id} waits for what nobody said")
