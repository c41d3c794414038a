"""The `@tool` decorator: a function and a few words become a checked `Tool`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from segue.errors import DefinitionError
from segue.tools import rate as rates
from segue.tools import registry
from segue.tools.integrity import Integrity, declared
from segue.tools.rate import Rate
from segue.tools.runner import Function
from segue.tools.schema import JSON, JsonType, JsonTypeError
from segue.tools.tool import Effect, Parameter, Tool

F = TypeVar("F", bound=Callable[..., Any])

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
_FACT = re.compile(r"[a-z][a-z0-9_]{0,99}")
_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def tool(
    name: str,
    *,
    effect: Effect,
    owner: str | None = None,
    requires: Sequence[str] = (),
    provides: Sequence[str] = (),
    reconcile: Callable[..., Any] | None = None,
    undo: Callable[..., Any] | None = None,
    approve: str | bool | None = None,
    timeout: timedelta | None = None,
    trusted: bool = True,
    rate: str | None = None,
) -> Callable[[F], F]:
    """Declare a function, async or not, as a tool that plans may call; it stays an ordinary function.

    Args:
        name: What plans call it, such as `orders.lookup`.
        effect: `read`, `write` (may be repeated under one idempotency key) or `once` (must not be repeated).
        owner: Field of the result that must be the authenticated customer's id.
        requires: Facts that must hold before it runs.
        provides: Facts that hold once it has succeeded.
        reconcile: For `once`: asked as `reconcile(key, *args)` whether a call in doubt has happened.
        undo: Takes the effect back.
        approve: CEL over the arguments (or `True`): where it holds, a person must say yes first.
        timeout: For one attempt.
        trusted: Whether its results are the company's own records; `False` where it passes on what others wrote.
        rate: Calls that may begin in any one `s`, `min`, `h` or `day`, such as `100/min`; the others wait.

    Raises:
        DefinitionError: The declaration cannot work; the message names file and line.
        DuplicateName: Another tool has this name.
    """
    frame = inspect.currentframe()
    local_names = dict(frame.f_back.f_locals) if frame is not None and frame.f_back is not None else {}

    def declare(fn: F) -> F:
        declaration = _Declaration(name=name, fn=fn, local_names=local_names)
        declaration.check(name, effect, requires, provides, timeout)
        declaration.check_trusted(trusted)
        result = declaration.result()
        declaration.check_owner(owner, result.gives)
        parameters = declaration.parameters(effect)
        declaration.check_companions(effect, reconcile, undo, len(parameters))
        registry.current().add(
            Tool(
                name=name,
                description=declaration.description(),
                effect=effect,
                parameters=parameters,
                result=result.gives,
                owner=owner,
                requires=tuple(requires),
                provides=tuple(provides),
                approve=str(approve).lower() if isinstance(approve, bool) else approve,
                trusted=trusted,
                timeout=timeout,
                rate=declaration.rate(rate),
                reconcile=reconcile,
                undo=undo,
                runner=Function(fn),
                result_form=result,
                file=declaration.code.co_filename,
                line=declaration.code.co_firstlineno,
            )
        )
        return fn

    return declare


@dataclass(frozen=True, kw_only=True)
class _Declaration:
    """One function on its way to become a tool."""

    name: str
    fn: Callable[..., Any]
    local_names: Mapping[str, Any]

    @property
    def code(self) -> Any:
        """The function's code object, which knows where it is written."""
        code = getattr(self.fn, "__code__", None)
        if code is None:
            raise DefinitionError(f"tool {self.name!r}: @tool stands above a function, not a {type(self.fn).__name__}")
        return code

    def fault(self, message: str) -> DefinitionError:
        place = f"{Path(self.code.co_filename).name}:{self.code.co_firstlineno}"
        return DefinitionError(f"tool {self.name!r} ({place}): {message}")

    def check(self, name: Any, effect: Any, requires: Any, provides: Any, timeout: Any) -> None:
        """Refuse words that cannot be meant, whatever their type: a `tools.py` is seldom type-checked."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self.fault("its name is letters, digits, '_', '.' and '-', and begins with a letter")
        if effect not in get_args(Effect):
            raise self.fault(f"effect is {effect!r}, not one of 'read', 'write', 'once'")
        for word, facts in (("requires", requires), ("provides", provides)):
            if isinstance(facts, str):
                raise self.fault(f"{word} is a list of facts: {word}=[{facts!r}]")
            for fact in facts:
                if not isinstance(fact, str) or not _FACT.fullmatch(fact):
                    raise self.fault(f"{word}: {fact!r} is no fact, which is written like identity_verified")
        if timeout is not None and (not isinstance(timeout, timedelta) or timeout <= timedelta(0)):
            raise self.fault("timeout is a positive timedelta")
        if inspect.isgeneratorfunction(self.fn) or inspect.isasyncgenfunction(self.fn):
            raise self.fault("a tool returns its result, it does not yield")

    def check_trusted(self, trusted: Any) -> None:
        if not isinstance(trusted, bool):
            raise self.fault(f"trusted is True or False, not {trusted!r}")

    def rate(self, rate: Any) -> Rate | None:
        if rate is None:
            return None
        found = rates.read(rate) if isinstance(rate, str) else None
        if found is None:
            raise self.fault(f"rate is {rate!r}: a number and s, min, h or day, such as 100/min")
        return found

    def hints(self) -> dict[str, Any]:
        try:
            return get_type_hints(self.fn, localns=dict(self.local_names), include_extras=True)
        except NameError as error:
            raise self.fault(f"unknown type: {error}; import it, or define it above the tool") from error
        except (TypeError, SyntaxError) as error:
            raise self.fault(f"a type cannot be read: {error}") from error

    def result(self) -> JsonType:
        hints = self.hints()
        if "return" not in hints:
            raise self.fault("its result has no type; write `-> None` where nothing is returned")
        try:
            return JsonType(hints["return"])
        except JsonTypeError as error:
            raise self.fault(f"its result has no JSON form: {error}") from error

    def parameters(self, effect: Effect) -> tuple[Parameter, ...]:
        hints = self.hints()
        default = Integrity.TRUSTED if effect == "once" else Integrity.FREE
        found = []
        for parameter in inspect.signature(self.fn).parameters.values():
            if parameter.kind in _COLLECTING:
                raise self.fault(f"name each parameter; {parameter} collects whatever comes")
            if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
                raise self.fault(f"{parameter.name} must be passable by name: remove the '/'")
            if parameter.name not in hints:
                raise self.fault(f"parameter {parameter.name} has no type; write {parameter.name}: str, say")
            found.append(self._parameter(parameter, hints[parameter.name], default))
        return tuple(found)

    def _parameter(self, parameter: inspect.Parameter, hint: Any, default: Integrity) -> Parameter:
        try:
            json_type = JsonType(hint)
            required = parameter.default is inspect.Parameter.empty
            standard = None if required else json_type.write(parameter.default)
        except JsonTypeError as error:
            raise self.fault(f"parameter {parameter.name} cannot be read from JSON: {error}") from error
        except ValueError as error:
            raise self.fault(f"the default of {parameter.name} does not fit its type: {error}") from error
        return Parameter(
            name=parameter.name,
            schema=json_type.accepts,
            required=required,
            default=standard,
            left_out=None if required else parameter.default,
            integrity=declared(hint) or default,
            form=json_type,
        )

    def check_owner(self, owner: str | None, result: dict[str, JSON]) -> None:
        if owner is None:
            return
        fields = _fields(result, result)
        if fields is not None and owner not in fields:
            raise self.fault(f"owner: its result has no field {owner!r}, only {', '.join(fields) or 'none'}")

    def check_companions(
        self,
        effect: Effect,
        reconcile: Callable[..., Any] | None,
        undo: Callable[..., Any] | None,
        arguments: int,
    ) -> None:
        if undo is not None and effect == "read":
            raise self.fault("undo: a read has nothing to undo")
        if reconcile is None:
            return
        if effect != "once":
            raise self.fault(f"reconcile: a {effect} tool may be repeated, only `once` is ever asked")
        try:
            inspect.signature(reconcile).bind("key", *[None] * arguments)
        except TypeError as error:
            raise self.fault(f"reconcile is called with the key and {arguments} argument(s): {error}") from error

    def description(self) -> str:
        paragraph = (inspect.getdoc(self.fn) or "").split("\n\n")[0]
        return " ".join(paragraph.split())


def _fields(schema: Mapping[str, JSON], root: Mapping[str, JSON]) -> list[str] | None:
    """Return the field names of a record's schema, or None where any name may occur."""
    if "$ref" in schema:
        return _fields(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        records = [part for part in schema["anyOf"] if part.get("type") != "null"]
        return _fields(records[0], root) if len(records) == 1 else None
    if schema.get("additionalProperties") or not schema or schema == {"type": "object"}:
        return None
    return list(schema.get("properties", {}))
