"""The tools of a workspace by name, and which registry a declaration goes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from segue.errors import DuplicateName
from segue.tools.tool import Tool


class Registry:
    """Tools by name, in the order of their declaration."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def add(self, tool: Tool) -> None:
        """Take in a tool.

        Raises:
            DuplicateName: There is one of this name.
        """
        first = self._tools.get(tool.name)
        if first is not None:
            raise DuplicateName(f"tool {tool.name!r} is declared at {_place(tool)} and at {_place(first)}; rename one")
        self._tools[tool.name] = tool

    def get(self, name: str) -> Tool | None:
        """Return the tool of this name."""
        return self._tools.get(name)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)


def _place(tool: Tool) -> str:
    return f"{Path(tool.file).name}:{tool.line}"


_DEFAULT = Registry()
_current: ContextVar[Registry] = ContextVar("segue_registry", default=_DEFAULT)


def current() -> Registry:
    """Return the registry that declarations go to: the process's own, unless `use` says otherwise."""
    return _current.get()


@contextmanager
def use(registry: Registry) -> Iterator[Registry]:
    """Let declarations inside the block go to `registry`."""
    token = _current.set(registry)
    try:
        yield registry
    finally:
        _current.reset(token)
