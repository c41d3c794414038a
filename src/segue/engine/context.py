"""What code can ask of the run or the attempt it is part of, and how it knows of it."""

from __future__ import annotations

import random as stdlib_random
import threading
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, NamedTuple, Protocol

from segue.engine.budget import Budget
from segue.engine.clock import Clock
from segue.engine.journal import from_us
from segue.errors import SegueError

Effect = Literal["read", "write", "once"]
"""`read` may run again; `write` may run again under the same idempotency key; `once` may not."""


class Branch(Protocol):
    """What is asked here of a run's branch."""

    prefix: str
    last_us: int
    draws: int


class Driven(Protocol):
    """What is asked of a run by the code that it drives."""

    run_id: str
    seed: str
    """The id that what it draws follows from: its own, or in a fork that of its original."""
    workflow_name: str
    is_parked: bool

    def refuse(self) -> None:
        """Refuse an await made while the run leaves memory."""

    def patched(self, change_id: str) -> bool:
        """Say whether this run takes the new branch of a change."""


class Place:
    """Where a thread is: in the code of which run, and of which of its branches."""

    __slots__ = ("run", "scope")

    def __init__(self) -> None:
        self.run: Driven | None = None
        """`None` outside of runs, steps included."""
        self.scope: Branch | None = None


class _Driving(threading.local):
    """Each thread's place; who drives keeps hold of its own, for to ask for it again and again takes time."""

    def __init__(self) -> None:
        self.here = Place()


driving = _Driving()


def key_of(run_id: str, path: str) -> str:
    """Return the idempotency key of a step, by its run and its place there."""
    return f"{run_id}:{path}"


class Purse(Protocol):
    """What is asked here of a run's spending."""

    def left(self) -> Budget:
        """Return what may still be used up."""


class Attempt(NamedTuple):
    """One try at a step, as the step's own code can see it."""

    run_id: str
    """Empty outside of a run; so is `path`."""
    path: str
    step: str
    own_key: str
    """Idempotency key, where it is not that of run and path."""
    until_us: int | None
    """When the attempt is given up; `None` without a timeout."""
    number: int
    """From 1."""
    clock: Clock
    """The engine's."""
    purse: Purse | None = None
    """`None` where the run has no budget."""

    @property
    def key(self) -> str:
        """Idempotency key: the same for every attempt of this step in this run."""
        return self.own_key or key_of(self.run_id, self.path)

    @property
    def deadline(self) -> datetime | None:
        """When the attempt is given up; `None` without a timeout."""
        return None if self.until_us is None else from_us(self.until_us)


Fields = tuple[str, str, str, str, int | None, int, Clock, Purse | None]
"""Those of an `Attempt`."""
attempt: ContextVar[Fields | None] = ContextVar("segue_attempt", default=None)
"""The fields of the `Attempt` around: few steps ask for it, and to make it takes longer than to note this."""


def attempt_around() -> Attempt | None:
    """Return the attempt at a step that this code is part of."""
    fields = attempt.get()
    return None if fields is None else Attempt(*fields)


def _attempt(function: str) -> Attempt:
    found = attempt_around()
    if found is None:
        raise SegueError(f"{function}() was called outside of a step: only a step has attempts")
    return found


def idempotency_key() -> str:
    """Return the key under which this step may act, the same at every attempt of it: run id and path.

    Raises:
        SegueError: Not called from inside a step.
    """
    return _attempt("idempotency_key").key


def attempt_deadline() -> datetime | None:
    """Return when the current attempt is given up; `None` without a timeout.

    Raises:
        SegueError: Not called from inside a step.
    """
    return _attempt("attempt_deadline").deadline


def budget_left() -> Budget:
    """Return what the run of the calling step may still use up; all of it without limit where nothing limits it."""
    around = attempt_around()
    return Budget() if around is None or around.purse is None else around.purse.left()


def run_id() -> str:
    """Return the id of the run that the calling workflow is; in a fork that of its original, as replay needs it.

    Raises:
        SegueError: Not called from a run's workflow.
    """
    run = driving.here.run
    if run is None:
        raise SegueError("run_id() was called outside of a run's workflow")
    return run.seed


def now() -> datetime:
    """Return the time of the last entry of the caller's branch: the same at every replay. UTC.

    In a step, the time by the engine's clock; outside of both, the machine's.
    """
    scope = driving.here.scope
    if scope is not None:
        return from_us(scope.last_us)
    around = attempt_around()
    return datetime.now(UTC) if around is None else around.clock.now()


def _seed(scope: Branch, run: Driven) -> bytes:
    scope.draws += 1
    return sha256(f"{run.seed}\x1f{scope.prefix}\x1f{scope.draws}".encode()).digest()


def uuid4() -> uuid.UUID:
    """Return a UUID that is the same at every replay, and another at every call and in every run.

    Outside of a run, a random one.
    """
    run, scope = driving.here.run, driving.here.scope
    if run is None or scope is None:
        return uuid.uuid4()
    return uuid.UUID(bytes=_seed(scope, run)[:16], version=4)


def random() -> float:
    """Return a number from 0 up to 1, the same at every replay; not for secrets.

    Outside of a run, a random one.
    """
    run, scope = driving.here.run, driving.here.scope
    if run is None or scope is None:
        return stdlib_random.random()  # noqa: S311 (documented as not for secrets)
    return int.from_bytes(_seed(scope, run)[:7], "big") / (1 << 56)


def patched(change_id: str) -> bool:
    """Say whether this run takes the new branch of a change to its workflow.

    Runs that passed this place before the change was made keep the old branch for good.
    Outside of a run, `True`.
    """
    run = driving.here.run
    return True if run is None else run.patched(change_id)
