"""A tool as a value: what it is called, what it takes and gives, what it does to the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from segue.errors import PermanentError, SegueError
from segue.tools.integrity import Integrity
from segue.tools.rate import Rate
from segue.tools.runner import Runner, run
from segue.tools.schema import JSON, Form, JsonValueError

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
    """What stands in for a missing argument, as JSON; meaningless where it is required."""
    left_out: Any = None
    """The same as the runner's own value; `None` also where only the runner knows."""
    integrity: Integrity
    form: Form
    """What checks a value and turns it into what the runner takes."""


@dataclass(frozen=True, kw_only=True)
class Tool:
    """Something that a plan may call by name with JSON arguments: a function, or a service somewhere else."""

    name: str
    description: str
    """A sentence or two for people and models; where the tool is not trusted, so is this."""
    effect: Effect
    parameters: tuple[Parameter, ...]
    """In the order of their declaration."""
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
    runner: Runner
    """What is behind it."""
    result_form: Form
    """What checks a result and turns it into JSON."""
    file: str
    """Where it is declared, with `line`."""
    line: int

    def arguments(self, args: Mapping[str, JSON]) -> tuple[Any, ...]:
        """Return the runner's values for the parameters, in their order, defaults filled in.

        Raises:
            ToolArgumentError: One is missing, unknown or of another type.
        """
        given = self._given(args)
        return tuple(given.get(parameter.name, parameter.left_out) for parameter in self.parameters)

    async def call(self, args: Mapping[str, JSON]) -> JSON:
        """Run it and return its result as JSON.

        Raises:
            ToolArgumentError: An argument does not fit; nothing was run.
            ToolResultError: The result is something else than the tool declares.
            Exception: Whatever the runner raises.
        """
        return self.encode(await self.runner.run(self._given(args)))

    async def ask_reconcile(self, key: str, args: Mapping[str, JSON]) -> Any:
        """Return what `reconcile` answers for a call in doubt; the `result` of a `Done` needs `encode`.

        Raises:
            TypeError: The tool declares none.
        """
        if self.reconcile is None:
            raise TypeError(f"tool {self.name} has no reconcile")
        return await run(self.reconcile, key, *self.arguments(args))

    def encode(self, result: Any) -> JSON:
        """Return a result, of the runner or written down as JSON, as JSON.

        Raises:
            ToolResultError: It is not of the declared type.
        """
        try:
            return self.result_form.write(result)
        except JsonValueError as error:
            raise ToolResultError(self.name, str(error)) from error

    def _given(self, args: Mapping[str, JSON]) -> dict[str, Any]:
        """Return the runner's values for the arguments that were given."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in args:
            if name not in known:
                raise ToolArgumentError(self.name, name, f"is not one of {', '.join(sorted(known)) or 'none'}")
        for parameter in self.parameters:
            if parameter.required and parameter.name not in args:
                raise ToolArgumentError(self.name, parameter.name, "is missing")
        return {name: self._read(known[name], value) for name, value in args.items()}

    def _read(self, parameter: Parameter, value: JSON) -> Any:
        try:
            return parameter.form.read(value)
        except JsonValueError as error:
            raise ToolArgumentError(self.name, parameter.name, str(error)) from error
