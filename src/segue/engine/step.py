"""Steps: units of work whose results are journaled."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, get_args, overload

from segue.engine.calls import Call
from segue.engine.clock import SystemClock
from segue.engine.codec import Signature
from segue.engine.context import Attempt, Effect, attempt, attempt_around, driving
from segue.engine.journal import checked_name, to_us
from segue.engine.names import Names, is_async
from segue.engine.retry import ONCE, RetryPolicy
from segue.errors import DefinitionError, PermanentError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ONCE_TIMEOUT = timedelta(seconds=60)
"""For `once` steps that declare none: without a deadline a doubt could never end."""


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """Given by `reconcile`: the effect happened, with this result."""

    result: T


@dataclass(frozen=True, slots=True)
class Unknown:
    """Given by `reconcile`: nobody can tell whether the effect happened."""


class StepCall(Call[R]):
    """A call of a step."""

    __slots__ = ("step", "values")

    def __init__(self, step: Step[..., R], values: tuple[Any, ...]) -> None:
        self._made_in = driving.here.run
        self.step = step
        self.values = values

    def _outside(self) -> Awaitable[R]:
        return self.step.outside(self.values)

    def __str__(self) -> str:
        return f"step {self.step.name!r}"


class Step(Generic[P, R]):
    """A unit of work whose result is journaled; await a call of it, in a run or outside."""

    def __init__(
        self,
        fn: Callable[P, Any],
        *,
        name: str | None = None,
        effect: Effect = "read",
        retry: RetryPolicy | None = None,
        timeout: timedelta | None = None,
        total_timeout: timedelta | None = None,
        reconcile: Callable[..., Any] | None = None,
        undo: Callable[..., Any] | None = None,
        is_counted: bool = True,
    ) -> None:
        """Declare a step without putting it under its name; `step` is the decorator for that.

        One that is not counted is outside of a run's budget: it tells what the run did, also when that is used up.

        Raises:
            DefinitionError: The declaration cannot work.
        """
        self.fn = fn
        self.name = checked_name(name or str(getattr(fn, "__qualname__", type(fn).__name__)), "step")
        what = f"step {self.name!r}"
        if effect not in get_args(Effect):
            raise DefinitionError(f"{what}: effect is {effect!r}: one of read, write, once")
        if reconcile is not None and effect != "once":
            raise DefinitionError(f"{what}: only a step of effect once is reconciled, this one is {effect}")
        for limit, value in (("timeout", timeout), ("total_timeout", total_timeout)):
            if value is not None and value <= timedelta(0):
                raise DefinitionError(f"{what}: {limit} is {value}: it must be positive")
        self.effect: Effect = effect
        self.is_counted = is_counted
        self.retry = retry or (ONCE if effect == "once" else RetryPolicy())
        self.timeout = timeout or (ONCE_TIMEOUT if effect == "once" else None)
        self.total_timeout = total_timeout
        self.is_unlimited = self.timeout is None and total_timeout is None
        """Its attempts may take any time."""
        self.is_simple = effect != "once" and undo is None
        """That it returned, and what, is all that its last entry tells."""
        self.reconcile = reconcile
        self.undo: Step[..., Any] | None = None
        if undo is not None:
            self.undo = undo if isinstance(undo, Step) else Step(undo, name=f"undo {self.name}", effect="write")
        self._undo_takes = 0 if undo is None else _taken_of(undo, what)
        self.is_async = is_async(fn)
        self.signature = Signature(fn, what)
        self._arity = self.signature.arity
        functools.update_wrapper(self, fn, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> StepCall[R]:
        """Return the call, to be awaited."""
        if len(args) == self._arity and not kwargs:
            return StepCall(self, args)
        return StepCall(self, self.signature.bind(args, kwargs))

    def undone_by(self, result: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments for `undo`: the result, then the step's own, as many as it takes."""
        return (result, *values)[: self._undo_takes]

    async def outside(self, values: tuple[Any, ...]) -> R:
        """Run the function without a run: as itself, or as part of the step that calls it."""
        around = attempt_around()
        if around is not None and self.effect == "once":
            raise PermanentError(
                f"step {self.name!r} has effect once and was called inside step {around.step!r}: "
                "call it from the workflow, so that its intent is journaled"
            )
        if around is None:
            clock = SystemClock()
            until_us = None if self.timeout is None else to_us(clock.now() + self.timeout)
            key = f"outside:{uuid.uuid4()}"
            around = Attempt("", "", self.name, key, until_us, 1, clock)
        token = attempt.set(around)
        try:
            if self.is_async:
                result: R = await self.signature.call(self.fn, values)
                return result
            call = functools.partial(self.signature.call, self.fn, values)
            return await asyncio.get_running_loop().run_in_executor(None, copy_context().run, answered, call)
        finally:
            attempt.reset(token)


def _taken_of(undo: Callable[..., Any], what: str) -> int:
    """Return how many arguments a step's undo takes at most."""
    parameters = inspect.signature(undo.fn if isinstance(undo, Step) else undo).parameters.values()
    if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters):
        raise DefinitionError(f"{what}: undo is called with the result and the step's arguments, by position")
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return sys.maxsize
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def answered(call: Callable[[], R]) -> R:
    """Return what `call` gives, in a thread: a `StopIteration` from there would never arrive, being no future's."""
    try:
        return call()
    except StopIteration as error:
        raise RuntimeError("StopIteration was raised by a step: give next() a default") from error


steps: Names[Step[..., Any]] = Names("step")


class _StepDecorator(Protocol):
    @overload
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Step[P, R]: ...
    @overload
    def __call__(self, fn: Callable[P, R], /) -> Step[P, R]: ...


Reconcile = Callable[..., "Awaitable[Done[Any] | Unknown | Any] | Done[Any] | Unknown | Any"]
"""`reconcile(key, *args)`, async or not: gives `Done(result)`, `NotDone()` or `Unknown()`."""


@overload
def step(fn: Callable[P, Coroutine[Any, Any, R]], /) -> Step[P, R]: ...
@overload
def step(fn: Callable[P, R], /) -> Step[P, R]: ...
@overload
def step(
    *,
    name: str | None = None,
    effect: Effect = "read",
    retry: RetryPolicy | None = None,
    timeout: timedelta | None = None,
    total_timeout: timedelta | None = None,
    reconcile: Reconcile | None = None,
    undo: Callable[..., Any] | None = None,
) -> _StepDecorator: ...
def step(
    fn: Any = None,
    /,
    *,
    name: str | None = None,
    effect: Effect = "read",
    retry: RetryPolicy | None = None,
    timeout: timedelta | None = None,
    total_timeout: timedelta | None = None,
    reconcile: Reconcile | None = None,
    undo: Callable[..., Any] | None = None,
) -> Any:
    """Make a function, async or not, a step: in a run its result is journaled and it is not run again.

    Args:
        fn: The function; its annotations say how arguments and result are written as JSON.
        name: Unique; the function's `__qualname__` without it.
        effect: `read` may run again; `write` may run again, even overlap with its earlier attempt, under the same
            idempotency key; `once` is not safe to repeat: its intent is journaled before it runs, and what
            may or may not have happened is reconciled or in doubt.
        retry: Without it, `read` and `write` run at most 5 times, `once` once.
        timeout: Of one attempt. `once` has 60 s without it.
        total_timeout: Of all attempts and the waits between them.
        reconcile: For `once`: `reconcile(key, *args)` finds out whether the effect happened and gives
            `Done(result)`, `NotDone()` or `Unknown()`.
        undo: Takes back what the step did when its run fails or is cancelled: a step, or a function that becomes one of
            effect `write`. It is called with the result and the step's arguments, as many of them as it takes; the
            undo of the step that finished last comes first.

    Raises:
        DefinitionError: The declaration cannot work, e.g. a type has no JSON form.
        DuplicateName: Another step has this name.
    """

    def declare(function: Callable[..., Any]) -> Step[..., Any]:
        made: Step[..., Any] = Step(
            function,
            name=name,
            effect=effect,
            retry=retry,
            timeout=timeout,
            total_timeout=total_timeout,
            reconcile=reconcile,
            undo=undo,
        )
        steps.add(made, explicit=name is not None)
        return made

    return declare if fn is None else declare(fn)
