"""Workflows: async functions that an engine runs durably."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from segue.engine.codec import Signature
from segue.engine.journal import checked_name
from segue.engine.names import Names, is_async
from segue.errors import DefinitionError

P = ParamSpec("P")
R = TypeVar("R")


class Workflow(Generic[P, R]):
    """An async function that an engine can run durably; called directly, it is just that function."""

    def __init__(self, fn: Callable[P, Coroutine[Any, Any, R]], *, name: str | None = None) -> None:
        """Declare a workflow without putting it under its name; `workflow` is the decorator for that.

        Raises:
            DefinitionError: It is no async function, or a type has no JSON form.
        """
        self.fn = fn
        self.name = checked_name(name or str(getattr(fn, "__qualname__", type(fn).__name__)), "workflow")
        if not is_async(fn):
            raise DefinitionError(f"workflow {self.name!r} must be an async function")
        self.signature = Signature(fn, f"workflow {self.name!r}")
        functools.update_wrapper(self, fn, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """Return the function's coroutine: part of the run that awaits it, or not durable at all."""
        return self.fn(*args, **kwargs)


workflows: Names[Workflow[..., Any]] = Names("workflow")


class _WorkflowDecorator(Protocol):
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Workflow[P, R]: ...


@overload
def workflow(fn: Callable[P, Coroutine[Any, Any, R]], /) -> Workflow[P, R]: ...
@overload
def workflow(*, name: str | None = None) -> _WorkflowDecorator: ...
def workflow(fn: Any = None, /, *, name: str | None = None) -> Any:
    """Make an async function a workflow: killed anywhere, a run of it goes on where it was.

    It is replayed from its journal, so all it does must follow from its arguments and from what it awaits:
    steps, `gather`, `sleep`, `wait_for_signal` and other awaitables of Segue; `now`, `uuid4`, `random`.

    Args:
        fn: The function; its annotations say how arguments and result are written as JSON.
        name: Unique; the function's `__qualname__` without it.

    Raises:
        DefinitionError: It is no async function, or a type has no JSON form.
        DuplicateName: Another workflow has this name.
    """

    def declare(function: Callable[..., Any]) -> Workflow[..., Any]:
        made: Workflow[..., Any] = Workflow(function, name=name)
        workflows.add(made, explicit=name is not None)
        return made

    return declare if fn is None else declare(fn)
