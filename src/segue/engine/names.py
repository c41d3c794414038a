"""Where declared workflows and steps are found again by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from segue.errors import DuplicateName


class Named(Protocol):
    """A definition."""

    name: str
    fn: Any


D = TypeVar("D", bound=Named)


class Names(Generic[D]):
    """Definitions by name: one of each in a module; two modules may use the same name for different things."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._found: dict[str, dict[str, D]] = {}
        self.listeners: list[Callable[[], None]] = []
        """Called after every addition."""

    def add(self, definition: D, *, explicit: bool) -> None:
        """Put a definition under its name; the same function defined again takes the earlier one's place.

        Raises:
            DuplicateName: Another definition has that name.
        """
        named = self._found.setdefault(definition.name, {})
        module = definition.fn.__module__
        for other in named.values():
            if _place(other.fn) == _place(definition.fn):
                continue
            if explicit or other.fn.__module__ == module:
                raise DuplicateName(
                    f"{self._what} {definition.name!r} is defined at {_place(other.fn)} and at "
                    f"{_place(definition.fn)}: give one of them another name="
                )
        named[module] = definition
        for listener in list(self.listeners):
            listener()

    def find(self, name: str, module: str) -> D | None:
        """Return the definition of that name, the one of that module first; `None` if there is none, or a choice."""
        named = self._found.get(name, {})
        if module in named:
            return named[module]
        return next(iter(named.values())) if len(named) == 1 else None


def _place(fn: Any) -> str:
    target = inspect.unwrap(fn)
    code = getattr(target, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else f"{target!r}"


def is_async(fn: Callable[..., Any]) -> bool:
    """Say whether calling `fn` gives something to await: also a partial, or an object with an async `__call__`."""
    target = inspect.unwrap(fn)
    while isinstance(target, functools.partial):
        target = target.func
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(type(target).__call__)
