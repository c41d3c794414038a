"""Spans and metrics for OpenTelemetry, through its API alone; without an SDK that is set up, nothing at all.

A run may be parked for days, so it has no span of its own: each *episode*, from the moment that it comes into memory
until it leaves, is a trace, and all of one run carry its id. Below it is a span for each step, from its first attempt
to the commit of its last entry, and one for each attempt, which is the current span while the step's code runs.
Arguments, results and error messages are in none of them.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import sys
import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, cast

from segue.engine.context import Attempt
from segue.engine.journal import Batch, Record
from segue.engine.payloads import fields_of
from segue.engine.run import Run
from segue.engine.workspace import WorkspaceJournal

if TYPE_CHECKING:
    from opentelemetry.trace import Span

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger("segue.engine")

Ended = Callable[[BaseException | None], object]
"""Told how an attempt ended: what it raised, or nothing."""

_OUTCOMES = {"step_finished": "finished", "step_failed": "failed", "step_in_doubt": "in_doubt"}
_PROVIDERS = ("OTEL_PYTHON_TRACER_PROVIDER", "OTEL_PYTHON_METER_PROVIDER")
"""Variables that name a provider which the API loads when it is first asked."""
_BOUNDS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800)
"""Of the histograms' buckets."""


class Observer(Protocol):
    """Who is told what an engine does."""

    is_on: bool
    """Whether attempts are to be told of."""

    def watched(self, kept: WorkspaceJournal) -> WorkspaceJournal:
        """Return a journal whose commits are told of."""

    def came(self, run: Run, entries: int) -> None:
        """Note that a run of so many entries comes into memory; called before anything of it happens."""

    def went(self, run: Run) -> None:
        """Note that a run left memory."""

    def attempt(self, effect: str, seen: Attempt, context: Context) -> Ended | None:
        """Note an attempt that begins, its code in `context`; what is returned is called when it ended."""


def observer() -> Observer:
    """Return who is to be told, by what is set up in this process now."""
    if "opentelemetry.trace" not in sys.modules and not any(name in os.environ for name in _PROVIDERS):
        return Nobody()  # importing it takes as long as a hundred steps
    from opentelemetry import metrics, trace  # noqa: PLC0415 (see above)

    providers = (trace.get_tracer_provider(), metrics.get_meter_provider())
    own = (trace.__name__, metrics.__name__)
    is_set_up = any(not type(provider).__module__.startswith(own) for provider in providers)
    return Telemetry() if is_set_up else Nobody()


class Nobody:
    """Nobody is told: no SDK is set up."""

    is_on = False

    def watched(self, kept: WorkspaceJournal) -> WorkspaceJournal:
        """Return the journal as it is."""
        return kept

    def came(self, run: Run, entries: int) -> None:
        """Note nothing."""

    def went(self, run: Run) -> None:
        """Note nothing."""

    def attempt(self, effect: str, seen: Attempt, context: Context) -> Ended | None:
        """Note nothing."""


@dataclass
class _Step:
    """A step that was begun in this episode."""

    span: Span
    begun: float
    """By the machine's monotonic clock, s."""
    labels: dict[str, str]


@dataclass
class _Episode:
    """A run's stay in memory."""

    span: Span
    steps: dict[str, _Step] = field(default_factory=dict)
    """By path."""


def _harmless(method: Callable[P, T]) -> Callable[P, T | None]:
    """Make a method that only logs its errors: a company's exporter that fails must not stop its runs."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return method(*args, **kwargs)
        except Exception:  # noqa: BLE001 (whatever a company has plugged in may raise)
            _log.exception("telemetry failed; the runs go on")
            return None

    return guarded


class Telemetry:
    """Tells OpenTelemetry."""

    is_on = True

    def __init__(self) -> None:
        """Make the instruments of the providers that are set up."""
        from opentelemetry import context, metrics, trace  # noqa: PLC0415 (only where it is used)

        self._trace, self._context = trace, context
        self._tracer = trace.get_tracer("segue")
        meter = metrics.get_meter("segue")
        seconds = partial(meter.create_histogram, unit="s", explicit_bucket_boundaries_advisory=_BOUNDS_S)
        self._steps = meter.create_counter("segue.steps", description="Steps that ended")
        self._step_s = seconds("segue.step.duration", description="From a step's first attempt to its last entry")
        self._started = meter.create_counter("segue.runs.started", description="Runs that began")
        self._ended = meter.create_counter("segue.runs.ended", description="Runs that ended")
        self._here = meter.create_up_down_counter("segue.runs.in_memory", description="Runs in memory")
        self._entries = meter.create_counter("segue.journal.entries", description="Entries committed")
        self._commit_s = seconds("segue.journal.commit.duration", description="Of a group commit")
        self._episodes: dict[str, _Episode] = {}

    # Runs

    @_harmless
    def came(self, run: Run, entries: int) -> None:
        """Begin an episode."""
        self.went(run)  # one that the journal did not let come in
        about: dict[str, str | int] = {
            "segue.run_id": run.run_id,
            "segue.workflow": run.workflow.name,
            "segue.entries": entries,
        }
        if run.parent is not None:
            about["segue.parent_run_id"] = run.parent
        nowhere = self._context.Context()  # a trace of its own, whoever opened the engine
        self._episodes[run.run_id] = _Episode(
            self._tracer.start_span(f"run {run.workflow.name}", context=nowhere, attributes=about)
        )
        self._here.add(1)

    @_harmless
    def went(self, run: Run) -> None:
        """End an episode, and what it leaves unfinished."""
        episode = self._episodes.pop(run.run_id, None)
        if episode is None:
            return
        for step in episode.steps.values():
            self._end(step.span, "left", None)
        error = None if run.broken is None else _name(run.broken)
        if run.status == "failed" and run.outcome is not None:
            error = _name(run.outcome[1])
        self._end(episode.span, run.status or ("waiting" if run.is_idle else "left"), error)
        self._here.add(-1)

    # Attempts

    @_harmless
    def attempt(self, effect: str, seen: Attempt, context: Context) -> Ended | None:
        """Begin an attempt; its span is the current one of the step's code, and of whatever that calls."""
        episode = self._episodes.get(seen.run_id)
        if episode is None:
            return None
        about = {
            "segue.run_id": seen.run_id, "segue.step": seen.step, "segue.path": seen.path, "segue.effect": effect,
        }  # fmt: skip
        step = episode.steps.get(seen.path)
        if step is None:
            span = self._tracer.start_span(f"step {seen.step}", context=self._below(episode.span), attributes=about)
            step = _Step(span, time.monotonic(), {"segue.step": seen.step, "segue.effect": effect})
            episode.steps[seen.path] = step
        span = self._tracer.start_span(
            f"attempt {seen.step}", context=self._below(step.span), attributes={**about, "segue.attempt": seen.number}
        )
        context.run(self._enter, span)
        return partial(self._attempt_ended, span, seen)

    @_harmless
    def _attempt_ended(self, span: Span, seen: Attempt, error: BaseException | None) -> None:
        if isinstance(error, asyncio.CancelledError):
            is_late = seen.deadline is not None and seen.clock.now() >= seen.deadline
            self._end(span, "timed_out" if is_late else "cancelled", None)
        else:
            self._end(span, "finished" if error is None else "failed", None if error is None else _name(error))

    # Commits

    def watched(self, kept: WorkspaceJournal) -> WorkspaceJournal:
        """Return a journal whose commits are counted and timed, and end the spans of the steps that they tell of."""
        return cast("WorkspaceJournal", _Watched(kept, self))

    @_harmless
    def committed(self, batch: Batch, seconds: float) -> None:
        """Note what is on disk now."""
        self._entries.add(len(batch.records))
        self._commit_s.record(seconds)
        for begun in batch.started:
            self._started.add(1, {"segue.workflow": begun.workflow})
        for record in batch.records:
            if record.kind in _OUTCOMES:
                self._step_ended(record)
            elif record.run_id in batch.ended and record.seq == batch.ended[record.run_id].entries - 1:
                ended = {"segue.workflow": record.name, "segue.status": batch.ended[record.run_id].status}
                self._ended.add(1, ended)

    def _step_ended(self, record: Record) -> None:
        episode = self._episodes.get(record.run_id)
        step = None if episode is None else episode.steps.pop(record.path, None)
        if step is None:
            return  # it was not attempted here: a fork took it from its original, or it could not begin
        outcome = _OUTCOMES[record.kind]
        labels = {**step.labels, "segue.outcome": outcome}
        self._steps.add(1, labels)
        self._step_s.record(time.monotonic() - step.begun, labels)
        error = None if outcome == "finished" else fields_of(record.payload)["error"]["type"].replace(":", ".")
        self._end(step.span, outcome, error)

    # Spans

    def _enter(self, span: Span) -> None:
        self._context.attach(self._trace.set_span_in_context(span))

    def _below(self, span: Span) -> Any:
        return self._trace.set_span_in_context(span, self._context.Context())

    def _end(self, span: Span, outcome: str, error: str | None) -> None:
        span.set_attribute("segue.outcome", outcome)
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(self._trace.StatusCode.ERROR)
        span.end()


class _Watched:
    """A journal whose commits are told of."""

    def __init__(self, kept: WorkspaceJournal, telemetry: Telemetry) -> None:
        self._kept = kept
        self._telemetry = telemetry

    def commit(self, batch: Batch) -> None:
        begun = time.monotonic()
        self._kept.commit(batch)
        self._telemetry.committed(batch, time.monotonic() - begun)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)


def _name(error: BaseException) -> str:
    """Return the type of an error."""
    return f"{type(error).__module__}.{type(error).__qualname__}"
