"""Steps that answer as a test says, instead of reaching outside."""

from __future__ import annotations

import functools
import inspect
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, overload

from segue.engine.step import Step
from segue.errors import PermanentError
from segue.tools.tool import Tool

P = ParamSpec("P")
R = TypeVar("R")


class Unscripted(PermanentError, AssertionError):
    """A scripted step was called more often than it has answers."""


class Script:
    """The answers of a step, and what it was called with."""

    def __init__(self, name: str, answers: tuple[Any, ...]) -> None:
        self.calls: list[tuple[Any, ...]] = []
        """The arguments of each call, in the order of the parameters, defaults filled in; attempts are calls."""
        self.error: Unscripted | None = None
        """The first call that there was no answer for."""
        self._name = name
        self._number = len(answers)
        self._answers = deque(answers)

    async def answer(self, bound: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Give the next answer to a call with these arguments, and all of them by name.

        Raises:
            Unscripted: There is none.
            BaseException: It is the answer.
        """
        self.calls.append(tuple(bound.values()))
        if not self._answers:
            answers = "1 answer" if self._number == 1 else f"{self._number} answers"
            called = ", ".join(f"{name}={value!r}" for name, value in bound.items())
            error = Unscripted(
                f"{self._name!r} is scripted with {answers}, and call {len(self.calls)} of it has none: ({called})"
            )
            self.error = self.error or error
            raise error
        answer = self._answers[0] if _is_function(self._answers[0]) else self._answers.popleft()
        if isinstance(answer, BaseException) or _is_error(answer):
            raise answer
        if not _is_function(answer):
            return answer
        result = answer(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result


@overload
@contextmanager
def scripted(
    step: Step[P, R], *answers: R | BaseException | type[BaseException] | Callable[P, R | Awaitable[R]]
) -> Iterator[Script]: ...
@overload
@contextmanager
def scripted(step: Tool, *answers: Any) -> Iterator[Script]: ...
@contextmanager
def scripted(step: Step[..., Any] | Tool, *answers: Any) -> Iterator[Script]:
    """Let a step, wherever it is called from, give these answers instead of running its function.

    Everything around it stays: what it gives is journaled as its declared type, what it raises is tried again.

    Args:
        step: The decorated function; or a tool of a workspace, as `segue.tools.python.load(folder).get(name)` gives it.
        answers: In the order of the calls, each attempt counted: a value is returned, an exception or its class is
            raised, a function is called with the arguments and answers every call from its turn on, so it stands last.

    Yields:
        What tells the calls.

    Raises:
        Unscripted: It was called more often. The workflow sees it, and it is raised again at the end of the block, in
            case the workflow went on.
        ValueError: An answer stands behind a function and would never be given.
    """
    if any(map(_is_function, answers[:-1])):
        raise ValueError("a function answers every call from its turn on: it can only be the last answer")
    script = Script(step.name, answers)
    instead = _tool(step, script) if isinstance(step, Tool) else _step(step, script)
    before = {name: getattr(step, name) for name in instead}
    _put(step, instead)
    try:
        yield script
    finally:
        _put(step, before)
    if script.error is not None:
        raise script.error


@dataclass(frozen=True)
class _Scripted:
    """Runs nothing; a `Runner`."""

    tool: Tool
    script: Script

    async def run(self, values: Mapping[str, Any]) -> Any:
        bound = {each.name: values.get(each.name, each.left_out) for each in self.tool.parameters}
        return await self.script.answer(bound, **bound)


def _tool(tool: Tool, script: Script) -> dict[str, Any]:
    """Return what a tool has instead while it is scripted."""
    return {"runner": _Scripted(tool, script)}


def _step(step: Step[..., Any], script: Script) -> dict[str, Any]:
    """Return what a step has instead while it is scripted."""
    signature = inspect.signature(step.fn)

    @functools.wraps(step.fn)
    async def answer(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return await script.answer(bound.arguments, *args, **kwargs)

    return {"fn": answer, "is_async": True}


def _put(step: Step[..., Any] | Tool, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        object.__setattr__(step, name, value)  # a tool is frozen: for everybody but this


def _is_error(answer: Any) -> bool:
    return isinstance(answer, type) and issubclass(answer, BaseException)


def _is_function(answer: Any) -> bool:
    return callable(answer) and not _is_error(answer) and not isinstance(answer, BaseException)
