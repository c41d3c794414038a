"""A run, from outside: what one that was asked for is to begin with, and what came of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from segue.engine.journal import Status
from segue.engine.workflow import Workflow

R = TypeVar("R")


class Runs(Protocol):
    """What a handle asks of its engine."""

    def status(self, run_id: str) -> Status:
        """Return what a run is doing."""

    async def ended(self, run_id: str, workflow: Workflow[..., Any] | None = None) -> Any:
        """Wait for a run's end and return what its workflow returned."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A start that nobody has taken up yet."""

    workflow: str
    """Its name."""
    args: list[Any]
    """As JSON, in the order of the workflow's parameters: what entry 0 of the run will hold as `args`."""


class Handle(Generic[R]):
    """A run, from outside."""

    __slots__ = ("_engine", "_workflow", "run_id")

    def __init__(self, engine: Runs, run_id: str, workflow: Workflow[..., R] | None) -> None:
        self.run_id = run_id
        self._engine = engine
        self._workflow = workflow

    async def result(self) -> R:
        """Wait for the run's end and return what its workflow returned.

        Raises:
            RunFailed: It failed; `__cause__` is what the workflow raised.
            RunCancelled: It was cancelled.
            RunErased: What it returned was erased.
            RunNotFound: There is no such run.
            EngineClosed: The engine was closed first; the run goes on when it is opened again.
        """
        return cast("R", await self._engine.ended(self.run_id, self._workflow))

    async def status(self) -> Status:
        """Return what the run is doing.

        Raises:
            RunNotFound: There is no such run.
        """
        return self._engine.status(self.run_id)

    def __repr__(self) -> str:
        return f"Handle({self.run_id!r})"
