"""Every error a caller of Segue may catch, in one tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


class SegueError(Exception):
    """Anything Segue raises on purpose; its message says what happened and what to try."""


class PermanentError(SegueError):
    """Trying again cannot help; raised by a step, it certainly did nothing. Never retried."""


class NotDone(SegueError):
    """The effect certainly did not happen: raised by a `once` step, or returned by its `reconcile`."""


class StepFailed(SegueError):
    """A step used up its attempts; `__cause__` is the last attempt's error."""


class StepTimeout(StepFailed):
    """A step's last attempt took longer than its timeout."""


class InDoubt(SegueError):
    """An irreversible step may or may not have happened; nobody repeats it blindly.

    Attributes:
        step: Name of the step.
        key: The idempotency key that was given to the receiver.
    """

    def __init__(self, message: str, *, step: str = "", key: str = "") -> None:
        super().__init__(message)
        self.step = step
        self.key = key


class NondeterminismError(SegueError):
    """A workflow did something that a replay could not repeat, or did not repeat what was recorded."""


class CodecError(SegueError):
    """A value cannot be written to the journal as JSON, or not be read back as its declared type."""


class DuplicateName(SegueError, ValueError):
    """Two workflows, steps or tools of one name."""


class RunConflict(SegueError):
    """A run of this id exists already, with another workflow or other arguments."""


class RunNotFound(SegueError, LookupError):
    """No run of this id is known."""


class RunErased(SegueError):
    """What the run was given and did was erased: it can be neither read nor repeated nor copied."""


class RunFinished(SegueError):
    """The run has ended: it takes no more signals."""


class RunFailed(SegueError):
    """The workflow raised; `__cause__` is what it raised."""


class RunCancelled(SegueError):
    """The run was cancelled before it ended."""


class SignalTimeout(SegueError):
    """No signal of this name came in time."""


class NotRecorded(PermanentError):
    """A fork in the recorded world did what its original never did, so there is nothing that could come of it."""


class ForkRefused(SegueError, ValueError):
    """A fork's effects must not really happen: the original did later what is not safe to repeat."""


class BudgetExceeded(SegueError):
    """The run used up what it was given in steps, tokens, money or time."""


class JournalFull(SegueError):
    """The run has so many entries that to replay it takes too long: let it go on as `continue_as(...)`."""


class LeaseLost(SegueError):
    """Another worker drives this run now; nothing this one does for it counts any more."""


class EngineBusy(SegueError):
    """Another process drives this database already."""


class EngineClosed(SegueError):
    """The engine was closed, or never entered: use it inside `async with Engine(...) as engine`."""


class AuditError(SegueError):
    """A journal was altered, cut or is damaged.

    Attributes:
        run_id: The run whose chain breaks.
        seq: Its first bad entry, counted from 0; `None` when the run is missing as a whole.
        reason: What is wrong with it.
    """

    def __init__(self, reason: str, *, run_id: str, seq: int | None) -> None:
        place = f"entry {seq} of run {run_id}" if seq is not None else f"run {run_id}"
        super().__init__(f"{place}: {reason}")
        self.run_id = run_id
        self.seq = seq
        self.reason = reason


class StoreError(SegueError):
    """The database cannot be opened, read or written: full or read-only disk, damaged file, held lock."""


class DefinitionError(SegueError, TypeError):
    """A workflow, step or tool is declared in a way that cannot work."""


class UsageError(SegueError):
    """A command was called in a way that cannot work: wrong argument, unknown file or key, no workspace."""


class EnvironmentFault(SegueError):
    """The machine lacks something: a package, a free port, disk, or a workspace's `tools.py` raises."""


class TicketError(SegueError, ValueError):
    """A ticket is malformed; the message names the field."""


@dataclass(frozen=True, order=True)
class Finding:
    """One problem in a workspace's files, where it stands and what to do about it."""

    file: str
    """Relative to the workspace, with `/`."""
    line: int
    """From 1; 0 where the file as a whole is meant."""
    column: int
    """From 1; 0 where the line as a whole is meant."""
    code: str
    """`P203` and the like: one per rule, stable, documented in docs/reference/findings.md."""
    severity: str
    """`error` or `warning`."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" (hint: {self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.message}{hint}"


class WorkspaceError(SegueError):
    """A workspace's files have findings of severity `error`."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(str(finding) for finding in findings))
        self.findings = findings


class PlanRejected(SegueError):
    """A plan did not pass verification, so nothing of it ran."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(str(finding) for finding in findings))
        self.findings = findings


class RetryLater(SegueError):
    """Raised by a step that was told when to come back (HTTP's `Retry-After`); counts as an attempt.

    Attributes:
        after: Wait at least this long before the next attempt.
    """

    def __init__(self, message: str, *, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


class ModelError(SegueError):
    """No language model gave an answer that can be used; the classes below say what a caller can do about it.

    Its fields are plain JSON, so that a journal keeps them.

    Attributes:
        kind: One word of docs/reference/models.md, such as `rate_limit`, `key` or `schema`.
        model: The last one that was asked, `provider:model`.
        attempts: Every try that failed, in order: `{"model", "kind", "message", "seconds"}`.
        cost_usd: What they cost together, a decimal as text; `None` where a price is not known.
        tokens: What they used, read and written.
    """

    kind: str = ""
    model: str = ""
    attempts: Sequence[Mapping[str, Any]] = ()
    cost_usd: str | None = "0"
    tokens: int = 0

    def __init__(self, message: str, *, kind: str, model: str = "") -> None:
        SegueError.__init__(self, message)  # not what another class in between would ask for
        self.kind = kind
        self.model = model


class ModelUnavailable(ModelError, RetryLater):
    """Every model was busy, down, unreachable or too slow: the same request may succeed later, not before `after`."""

    after_s: float = 0.0
    """Seconds until then, from when it was raised; 0 where nobody said."""

    def __init__(self, message: str, *, kind: str, model: str = "", after_s: float = 0.0) -> None:
        super().__init__(message, kind=kind, model=model)
        self.after_s = after_s

    @property
    def after(self) -> timedelta:
        """The same as a duration."""
        return timedelta(seconds=self.after_s)

    @after.setter
    def after(self, after: timedelta) -> None:
        self.after_s = after.total_seconds()


class ModelMisconfigured(ModelError, PermanentError):
    """The provider refuses the request as such: wrong key, unknown model, a package or an argument that it lacks."""


class ModelRefused(ModelError, PermanentError):
    """The model declines to answer, or the provider's filter stopped it."""


class PromptTooLong(ModelError, PermanentError):
    """The prompt does not fit into what the model can read: send less."""


class ModelBudgetExceeded(ModelError, BudgetExceeded, PermanentError):
    """The call would cost more, in money or tokens, than it may."""


class BadAnswer(ModelError):
    """What came back is no answer: broken, empty, not of the schema that was asked for."""


class AnswerTruncated(BadAnswer):
    """The answer was cut off at the limit of tokens: allow more of them."""
