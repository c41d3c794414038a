"""What a workflow can await: each call is handed to the run that drives the workflow, which answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast, overload

from segue.engine.codec import Codec, codec_of
from segue.engine.context import Driven, driving
from segue.engine.journal import checked_name
from segue.errors import DefinitionError, NondeterminismError

R = TypeVar("R")
T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")


class Call(Generic[R]):
    """Something a workflow awaits; it takes its place in the call tree when it is awaited."""

    __slots__ = ("_made_in",)
    _made_in: Driven | None

    def __init__(self) -> None:
        self._made_in = driving.here.run

    def __await__(self) -> Generator[Any, Any, R]:
        run = driving.here.run
        if run is not None:
            if run.is_parked:
                run.refuse()
            return cast("R", (yield self))
        if self._made_in is not None:
            raise NondeterminismError(
                f"{self} was made by workflow {self._made_in.workflow_name!r} and awaited by an asyncio task: "
                "use segue.gather or segue.map_concurrent instead of asyncio's tasks"
            )
        return (yield from self._outside().__await__())

    def _outside(self) -> Awaitable[R]:
        raise NondeterminismError(f"{self} can be awaited only inside a workflow's run")

    def __str__(self) -> str:
        return type(self).__name__


class Gather(Call[Any]):
    """Branches that are driven side by side."""

    __slots__ = ("branches", "limit", "make")

    def __init__(
        self,
        branches: list[Any],
        make: Callable[[Any], Awaitable[Any]] | None = None,
        limit: int | None = None,
    ) -> None:
        super().__init__()
        self.branches = branches
        """Awaitables; with `make`, what it is called with to get one."""
        self.make = make
        self.limit = limit

    async def _outside(self) -> Any:
        gate = asyncio.Semaphore(self.limit or len(self.branches) or 1)

        async def branch(item: Any) -> Any:
            async with gate:
                return await (item if self.make is None else self.make(item))

        results = await asyncio.gather(*map(branch, self.branches))
        return tuple(results) if self.make is None else results

    def __str__(self) -> str:
        return "gather" if self.make is None else "map_concurrent"


class Sleep(Call[None]):
    """A durable wait for a time."""

    __slots__ = ("duration",)

    def __init__(self, duration: timedelta) -> None:
        super().__init__()
        self.duration = duration

    async def _outside(self) -> None:
        await asyncio.sleep(self.duration.total_seconds())

    def __str__(self) -> str:
        return "sleep"


class SignalWait(Call[R]):
    """A durable wait for a message."""

    __slots__ = ("codec", "fresh", "name", "timeout")

    def __init__(self, name: str, codec: Codec, timeout: timedelta | None, *, fresh: bool) -> None:
        super().__init__()
        self.fresh = fresh
        self.name = name
        self.codec = codec
        self.timeout = timeout

    def __str__(self) -> str:
        return f"wait_for_signal({self.name!r})"


class Promise(Call[R]):
    """A value that one branch of a run waits for and another gives; it is not journaled, replay makes it again."""

    __slots__ = ("at_us", "error", "is_kept", "value", "waiters")

    def __init__(self) -> None:
        super().__init__()
        self.is_kept = False
        self.at_us = 0
        """The time of the branch that kept it: whoever waited for it has come as far."""
        self.value: Any = None
        self.error: BaseException | None = None
        self.waiters: list[Any] = []

    def keep(self, value: R) -> None:
        """Give the value to whoever waits now or later."""
        self._settle(value, None)

    def break_(self, error: BaseException) -> None:
        """Raise `error` in whoever waits now or later."""
        self._settle(None, error)

    def _settle(self, value: Any, error: BaseException | None) -> None:
        if self.is_kept:
            raise DefinitionError("a promise is kept once")
        self.is_kept, self.value, self.error = True, value, error
        scope = driving.here.scope
        if scope is not None:
            self.at_us = scope.last_us
        for waiter in self.waiters:
            waiter.last_us = max(waiter.last_us, self.at_us)
            waiter.run.resume(waiter, value, error)
        self.waiters.clear()

    def __str__(self) -> str:
        return "promise"


@overload
def gather() -> Call[tuple[()]]: ...
@overload
def gather(a: Awaitable[T1], /) -> Call[tuple[T1]]: ...
@overload
def gather(a: Awaitable[T1], b: Awaitable[T2], /) -> Call[tuple[T1, T2]]: ...
@overload
def gather(a: Awaitable[T1], b: Awaitable[T2], c: Awaitable[T3], /) -> Call[tuple[T1, T2, T3]]: ...
@overload
def gather(
    a: Awaitable[T1], b: Awaitable[T2], c: Awaitable[T3], d: Awaitable[T4], /
) -> Call[tuple[T1, T2, T3, T4]]: ...
@overload
def gather(
    a: Awaitable[T1], b: Awaitable[T2], c: Awaitable[T3], d: Awaitable[T4], e: Awaitable[T5], /
) -> Call[tuple[T1, T2, T3, T4, T5]]: ...
@overload
def gather(
    a: Awaitable[T],
    b: Awaitable[T],
    c: Awaitable[T],
    d: Awaitable[T],
    e: Awaitable[T],
    f: Awaitable[T],
    /,
    *more: Awaitable[T],
) -> Call[tuple[T, ...]]: ...  # also for `*branches`; matching five or fewer too would make their types `Any`
def gather(*branches: Awaitable[Any]) -> Call[Any]:
    """Drive several awaitables side by side; gives their results in the order they were named.

    Branch `i` of the call at path `n` runs under `n.i`. The first branch that fails cancels the others; when they
    have ended, its error is raised. A `once` step that is under way is waited for, never cut off.

    Raises:
        TypeError: An argument cannot be awaited.
    """
    for branch in branches:
        if not isinstance(branch, Awaitable):
            raise TypeError(f"gather takes awaitables, not {type(branch).__name__}")
    return Gather(list(branches))


def map_concurrent(fn: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int = 8) -> Call[list[R]]:
    """Call `fn` for each item, at most `limit` at a time; gives the results in the order of the items.

    Fails as `gather` does.

    Raises:
        ValueError: `limit` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}: at least 1 branch must run")
    return Gather(list(items), fn, limit)


def sleep(duration: timedelta) -> Call[None]:
    """Wait; the wait outlives the process, and a run that only waits costs no memory."""
    if not isinstance(duration, timedelta):
        raise TypeError(f"sleep takes a timedelta, not {type(duration).__name__}")
    return Sleep(duration)


@overload
def wait_for_signal(name: str, type: type[T], *, timeout: timedelta | None = None, fresh: bool = False) -> Call[T]: ...
@overload
def wait_for_signal(
    name: str, type: Any = ..., *, timeout: timedelta | None = None, fresh: bool = False
) -> Call[Any]: ...
def wait_for_signal(name: str, type: Any = Any, *, timeout: timedelta | None = None, fresh: bool = False) -> Call[Any]:  # noqa: A002
    """Wait for a message of this name and give its value; signals wait for their run, in order.

    A signal whose value is not of `type` is refused, noted in the journal, and the wait goes on.

    Args:
        name: Of the signal.
        type: What its value is read as.
        timeout: From now; `None` waits for ever.
        fresh: Only a signal sent after the wait began counts; earlier ones of this name are refused, as an answer
            to an earlier question must not answer this one.

    Raises:
        SignalTimeout: None came in time.
    """
    return SignalWait(checked_name(name, "signal"), codec_of(type), timeout, fresh=fresh)
