"""Crashes: a scenario is killed before and after everything that it writes, and has to end well all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, overload

from segue.engine.queues import Queue
from segue.testing.driver import Ran
from segue.testing.world import World

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Crash:
    """What came of one crash, after which the same scenario began again on the same database."""

    place: str
    """Where it was killed, e.g. `before step_finished of 'pay' at path 0 was written`."""
    ran_twice: tuple[Ran, ...]
    """Attempts that had begun before the crash and began again after it; of `once`, since its `reconcile` said so."""
    error: Exception | None
    """What the scenario raised when it began again; `None` where it ended well."""

    def __str__(self) -> str:
        error = "ended well" if self.error is None else f"{type(self.error).__name__}: {self.error}"
        return "\n  ".join([f"killed {self.place}: {error}", *(f"ran twice: {ran}" for ran in self.ran_twice)])


@overload
async def crash_points(
    scenario: Callable[[World], Awaitable[object]], *, queues: Sequence[Queue] = ()
) -> list[Crash]: ...
@overload
async def crash_points(
    scenario: Callable[[World, T], Awaitable[object]], outside: Callable[[], T], *, queues: Sequence[Queue] = ()
) -> list[Crash]: ...
async def crash_points(
    scenario: Callable[..., Awaitable[object]],
    outside: Callable[[], Any] | None = None,
    *,
    queues: Sequence[Queue] = (),
) -> list[Crash]:
    """Kill a scenario at each point where it writes, let it begin again, and return what came of each crash.

    A scenario gets a world and enters it, `async with world`, as a program opens its database when it is started, again
    after a crash: with run ids and signal ids of its own, so that what it asks for twice happens once. It asserts what
    must hold in the end. What it scripts, it scripts around the world: runs resume as soon as it is entered.

    At every point, which is right before or right after a commit, the world dies: nothing more is written, and nothing
    that waited for the write goes on. Code of steps under way is cut off where it awaits, as far as one process can: a
    thread is waited for. Then the scenario begins again on the same database, a file in a temporary folder, at the time
    of the crash, and is not disturbed any more.

    Args:
        scenario: An async function.
        outside: Makes what stands for the world outside, such as a bank's books: once for each crash, and given to the
            scenario before and after it as its second argument.
        queues: Of the worlds.

    Raises:
        ValueError: The scenario writes nothing.
        Exception: Whatever the scenario raises where nobody kills it.
    """
    return await _crashes(scenario, outside, queues)


@overload
async def assert_survives(
    scenario: Callable[[World], Awaitable[object]], *, queues: Sequence[Queue] = ()
) -> list[Crash]: ...
@overload
async def assert_survives(
    scenario: Callable[[World, T], Awaitable[object]], outside: Callable[[], T], *, queues: Sequence[Queue] = ()
) -> list[Crash]: ...
async def assert_survives(
    scenario: Callable[..., Awaitable[object]],
    outside: Callable[[], Any] | None = None,
    *,
    queues: Sequence[Queue] = (),
) -> list[Crash]:
    """Kill a scenario at each point where it writes, as `crash_points` does, and see that it ends well every time.

    Raises:
        AssertionError: It does not; names every place where it was killed and did not end well, and what ran twice.
        Exception: Whatever the scenario raises where nobody kills it.
    """
    crashes = await _crashes(scenario, outside, queues)
    bad = [crash for crash in crashes if crash.error is not None]
    if bad:
        told = "\n".join(map(str, bad))
        raise AssertionError(f"{len(bad)} of {len(crashes)} crashes do not end well:\n{told}") from bad[0].error
    return crashes


async def _crashes(
    scenario: Callable[..., Awaitable[object]], outside: Callable[[], Any] | None, queues: Sequence[Queue]
) -> list[Crash]:
    """Let it live undisturbed, which tells the number of points, and then crash it at each of them."""
    crashes = []
    kill_at, points = -1, 0
    while kill_at < points:
        given = () if outside is None else (outside(),)
        with TemporaryDirectory(prefix="segue-crash-") as folder:
            url = f"sqlite:///{folder}/segue.db"
            first = World(url, queues=queues)
            error = await _live(first, scenario, given, kill_at)
            if error is not None:
                raise error
            if first.fate.place:
                second = World(url, start=first.clock.now(), queues=queues)
                error = await _live(second, scenario, given, -1)
                ran_twice = tuple(sorted(first.fate.ran & second.fate.ran))
                crashes.append(Crash(place=first.fate.place, ran_twice=ran_twice, error=error))
        points = max(points, first.fate.points)
        if not points:
            raise ValueError(
                "the scenario wrote nothing: it has to enter its world, `async with world`, and start a run"
            )
        kill_at += 1
    return crashes


async def _live(
    world: World, scenario: Callable[..., Awaitable[object]], given: tuple[Any, ...], kill_at: int
) -> Exception | None:
    """Let a scenario happen until it ends or its world is killed; returns what it raised, if it was not killed."""
    world.fate.kill_at = kill_at
    living = asyncio.ensure_future(scenario(world, *given))
    death = asyncio.ensure_future(world.fate.died.wait())
    try:
        await asyncio.wait({living, death}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        death.cancel()
        if world.is_open or not world.fate.place:  # what is closing comes to its end
            living.cancel()
        await asyncio.wait({living, death})
    error = None if living.cancelled() else living.exception()
    if error is not None and not isinstance(error, Exception):
        raise error
    return None if world.fate.place else error
