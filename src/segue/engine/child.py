"""Runs that a run starts: the call, and what it gives its caller."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, ParamSpec, TypeVar

from segue.engine.calls import Call
from segue.engine.workflow import Workflow

P = ParamSpec("P")
R = TypeVar("R")


class RunChild(Call[R]):
    """A run of its own, waited for."""

    __slots__ = ("values", "workflow")

    def __init__(self, workflow: Workflow[..., R], values: tuple[Any, ...]) -> None:
        super().__init__()
        self.workflow = workflow
        self.values = values

    def encoded(self) -> bytes:
        """Return the arguments as JSON.

        Raises:
            CodecError: One is not of its declared type, or could not be read back.
        """
        signature = self.workflow.signature
        encoded = signature.encode(self.values)
        signature.decode(encoded)  # what could not be read back would never begin
        return encoded

    def _outside(self) -> Awaitable[R]:
        called: Awaitable[R] = self.workflow.signature.call(self.workflow.fn, self.values)
        return called

    def __str__(self) -> str:
        return f"run_child({self.workflow.name!r})"


def run_child(workflow: Workflow[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Call[R]:
    """Start a run of its own and wait for what it returns; its id is the caller's, `/` and the call's path.

    It has a journal of its own, waits and retries by itself, and is cancelled where its caller is; the caller goes on
    when it has ended. Outside of a run, the workflow's plain function.

    Args:
        workflow: What to run.
        args: Its arguments.
        kwargs: The same, by name.

    Raises:
        RunFailed: It failed; `__cause__` is what it raised.
        RunCancelled: It was cancelled by someone else.
        RunConflict: Another run has that id already.
    """
    return RunChild(workflow, workflow.signature.bind(args, kwargs))
