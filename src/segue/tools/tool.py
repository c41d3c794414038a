"""A tool as a value: what it is called, what it takes and gives, what it does to the world."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from segue.errors import PermanentError, SegueError
from segue.tools.integrity import Integrity
from segue.tools.rate import Rate
from segue.tools.schema import JSON, JsonType, JsonValueError

Effect: TypeAlias = Literal["read", "write", "once"]
"""`read` changes nothing, `write` may be repeated under one idempotency key, `once` must not be repeated."""


class ToolArgumentError(PermanentError):
    """A tool was called with an argument that it does not take; it was not run.

    Attributes:
        tool: Name of the tool.
        parameter: Name of the parameter.
    """

    def __init__(self, tool: str, parameter: str, reason: str) -> None:
        super().__init__(f"tool {tool}, argument {parameter!r}: {reason}")
        self.tool = tool
        self.parameter = parameter


class ToolResultError(SegueError):
    """A tool ran, but returned something else than it declares; what it did is done."""

    def __init__(self, tool: str, reason: str) -> None:
        super().__init__(f"tool {tool} did not return what it declares: {reason}")
        self.tool = tool


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument that a tool takes."""

    name: str
    schema: dict[str, JSON]
    """JSON Schema of the values it accepts."""
    required: bool
    default: JSON = None
    """What stands in for a missing argument; meaningless where it is required."""
    integrity: Integrity
    type: JsonType


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A declared function that a plan may call by name with JSON arguments."""

    name: str
    description: str
    """First paragraph of the function's docstring, for people and models."""
    effect: Effect
    parameters: tuple[Parameter, ...]
    """In the order of the function's signature."""
    result: dict[str, JSON]
    """JSON Schema of what `call` returns."""
    owner: str | None = None
    """Field of the result that must be the authenticated customer's id."""
    requires: tuple[str, ...] = ()
    """Facts that must hold before it runs."""
    provides: tuple[str, ...] = ()
    """Facts that hold once it has succeeded."""
    approve: str | None = None
    """CEL over the arguments: where it is true, a person must say yes first."""
    trusted: bool = True
    """Whether what it returns may be believed as the company's own record; if not, it is text from outside."""
    timeout: timedelta | None = None
    rate: Rate | None = None
    """How many calls may begin in a while; the others wait."""
    reconcile: Callable[..., Any] | None = None
    """Asked as `reconcile(key, *args)` whether a call in doubt has happened."""
    undo: Callable[..., Any] | None = None
    fn: Callable[..., Any]
    file: str
    """Where the function is written, with `line`."""
    line: int
    result_type: JsonType

    def arguments(self, args: dict[str, JSON]) -> tuple[Any, ...]:
        """Return the typed values for the function's parameters, in their order, defaults filled in.

        Raises:
            ToolArgumentError: One is missing, unknown or of another type.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in args:
            if name not in known:
                raise ToolArgumentError(self.name, name, f"is not one of {', '.join(sorted(known)) or 'none'}")
        bound = inspect.signature(self.fn).bind_partial()
        for parameter in self.parameters:
            if parameter.name in args:
                bound.arguments[parameter.name] = self._read(parameter, args[parameter.name])
            elif parameter.required:
                raise ToolArgumentError(self.name, parameter.name, "is missing")
        bound.apply_defaults()
        return tuple(bound.arguments[parameter.name] for parameter in self.parameters)

    async def call(self, args: dict[str, JSON]) -> JSON:
        """Run the function (one that is not async in a thread) and return its result as JSON.

        Raises:
            ToolArgumentError: An argument does not fit; nothing was run.
            ToolResultError: The function returned something else than it declares.
            Exception: Whatever the function raises.
        """
        named = dict(zip((parameter.name for parameter in self.parameters), self.arguments(args), strict=True))
        return self.encode(await _run(self.fn, **named))

    async def ask_reconcile(self, key: str, args: dict[str, JSON]) -> Any:
        """Return what `reconcile` answers for a call in doubt; the `result` of a `Done` needs `encode`.

        Raises:
            TypeError: The tool declares none.
        """
        if self.reconcile is None:
            raise TypeError(f"tool {self.name} has no reconcile")
        return await _run(self.reconcile, key, *self.arguments(args))

    def encode(self, result: Any) -> JSON:
        """Return a result of the function as JSON.

        Raises:
            ToolResultError: It is not of the declared type.
        """
        try:
            return self.result_type.write(result)
        except JsonValueError as error:
            raise ToolResultError(self.name, str(error)) from error

    def _read(self, parameter: Parameter, value: JSON) -> Any:
        try:
            return parameter.type.read(value)
        except JsonValueError as error:
            raise ToolArgumentError(self.name, parameter.name, str(error)) from error


async def _run(fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
    if inspect.iscoroutinefunction(fn):
        return await fn(*args, **named)
    result = await asyncio.to_thread(fn, *args, **named)
    return await result if inspect.isawaitable(result) else result
