"""OpenTelemetry: what a company's own SDK gets to see of runs, and what it never does."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from segue import RetryPolicy, gather, run_child, sleep, step, wait_for_signal, workflow
from segue.engine.telemetry import Nobody, observer
from segue.errors import InDoubt, PermanentError, RunFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime

CARD = "4111 1111 1111 1111"


class Seen:
    """What the SDK was given."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()

    def spans(self, name: str = "") -> list[ReadableSpan]:
        return [span for span in self.exporter.get_finished_spans() if span.name.startswith(name)]

    def span(self, name: str) -> ReadableSpan:
        (found,) = self.spans(name)
        return found

    def points(self, name: str) -> dict[tuple[Any, ...], Any]:
        """Value, or count, of a metric by its attributes' values, in the order of their names."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            tuple(value for _, value in sorted((point.attributes or {}).items())): getattr(point, "value", None)
            or getattr(point, "count", 0)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        }


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """An SDK that is set up, for the time of a test."""
    made = Seen()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(made.exporter))
    meters = MeterProvider([made.reader])
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: tracers)
    monkeypatch.setattr(trace, "get_tracer", tracers.get_tracer)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: meters)
    monkeypatch.setattr(metrics, "get_meter", meters.get_meter)
    yield made
    tracers.shutdown()
    meters.shutdown()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return {name.removeprefix("segue."): value for name, value in (span.attributes or {}).items()}


def parent(span: ReadableSpan) -> int | None:
    return None if span.parent is None else span.parent.span_id


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


tried: list[int] = []


@step(name="telemetry.flaky", retry=RetryPolicy(max_attempts=3, initial_delay=timedelta(seconds=1), jitter=0))
async def flaky(card: str) -> str:
    tried.append(1)
    if len(tried) < 2:
        raise ConnectionError(f"{card} was refused")
    return f"{card} is fine"


@step(name="telemetry.library")
async def library() -> None:
    with trace.get_tracer("a library").start_as_current_span("http call"):
        await asyncio.sleep(0)


@step(name="telemetry.thread")
def in_a_thread() -> None:
    with trace.get_tracer("a library").start_as_current_span("query"):
        pass


@pytest.fixture(autouse=True)
def _fresh() -> None:
    tried.clear()


async def test_a_step_and_each_attempt_have_a_span_below_that_of_the_run(runtime: Runtime, seen: Seen) -> None:
    @workflow(name="telemetry.buy")
    async def buy(card: str) -> str:
        return await flaky(card)

    async with runtime.engine() as engine:
        handle = await engine.start(buy, CARD, run_id="r")
        await runtime.clock.advance(timedelta(seconds=2))
        await handle.result()
    run, of_step = seen.span("run telemetry.buy"), seen.span("step telemetry.flaky")
    first, second = seen.spans("attempt")
    assert attributes(run) == {"run_id": "r", "workflow": "telemetry.buy", "entries": 1, "outcome": "completed"}
    about = {"run_id": "r", "step": "telemetry.flaky", "path": "0", "effect": "read"}
    assert attributes(of_step) == about | {"outcome": "finished"}
    assert attributes(first) == about | {"attempt": 1, "outcome": "failed", "error.type": "builtins.ConnectionError"}
    assert attributes(second) == about | {"attempt": 2, "outcome": "finished"}
    assert (parent(run), parent(of_step)) == (None, id_of(run))
    assert parent(first) == parent(second) == id_of(of_step)
    assert first.status.status_code is trace.StatusCode.ERROR
    assert second.status.status_code is trace.StatusCode.UNSET


async def test_nothing_personal_is_in_spans_or_metrics(runtime: Runtime, seen: Seen) -> None:
    @step(name="telemetry.broken", retry=RetryPolicy(max_attempts=1))
    async def broken(card: str) -> None:
        raise ValueError(f"{card} is unknown")

    @workflow(name="telemetry.leak")
    async def leak(card: str) -> str:
        await flaky(card)
        await broken(card)
        return card

    async with runtime.engine() as engine:
        handle = await engine.start(leak, CARD, run_id="r")
        await runtime.clock.advance(timedelta(seconds=2))
        with pytest.raises(RunFailed):
            await handle.result()
    told = "".join(span.to_json() for span in seen.spans()) + str(seen.reader.get_metrics_data())
    assert "telemetry.broken" in told
    assert CARD not in told
    assert attributes(seen.span("run telemetry.leak"))["error.type"] == "segue.errors.StepFailed"


async def test_what_a_library_does_in_a_step_is_below_the_attempt_in_threads_too(runtime: Runtime, seen: Seen) -> None:
    @workflow(name="telemetry.both")
    async def both() -> None:
        await gather(library(), in_a_thread())

    async with runtime.engine() as engine:
        await (await engine.start(both)).result()
    assert parent(seen.span("http call")) == id_of(seen.span("attempt telemetry.library"))
    assert parent(seen.span("query")) == id_of(seen.span("attempt telemetry.thread"))


async def test_a_parked_run_has_a_span_for_each_stay_in_memory(runtime: Runtime, seen: Seen) -> None:
    @workflow(name="telemetry.parked")
    async def parked() -> None:
        await library()
        await wait_for_signal("word", str)
        await sleep(timedelta(days=2))

    async with runtime.engine() as engine:
        with trace.get_tracer("the caller").start_as_current_span("request"):
            await engine.start(parked, run_id="r")
        await settle()
        assert seen.points("segue.runs.in_memory") == {(): 0}
        await engine.signal("r", "word", "go")
        await runtime.clock.advance(timedelta(days=3))
        await engine.handle("r").result()
    episodes = seen.spans("run telemetry.parked")
    assert [attributes(span)["outcome"] for span in episodes] == ["waiting", "waiting", "completed"]
    assert [attributes(span)["entries"] for span in episodes] == [1, 3, 5]
    assert len({span.context.trace_id for span in episodes if span.context}) == 3
    assert len(seen.spans("step")) == 1, "replay is no attempt"


async def test_a_child_names_its_parent(runtime: Runtime, seen: Seen) -> None:
    @workflow(name="telemetry.inner")
    async def inner() -> None: ...

    @workflow(name="telemetry.outer")
    async def outer() -> None:
        await run_child(inner)

    async with runtime.engine() as engine:
        await (await engine.start(outer, run_id="r")).result()
    assert attributes(seen.span("run telemetry.inner"))["parent_run_id"] == "r"


async def test_doubts_and_timeouts_are_told(runtime: Runtime, seen: Seen) -> None:
    @step(name="telemetry.pay", effect="once")
    async def pay() -> None:
        raise RuntimeError("no answer")

    @step(name="telemetry.slow", timeout=timedelta(seconds=5), retry=RetryPolicy(max_attempts=1))
    async def slow() -> None:
        await asyncio.get_running_loop().create_future()

    @workflow(name="telemetry.doubtful")
    async def doubtful() -> None:
        try:
            await pay()
        except InDoubt:
            await slow()

    async with runtime.engine() as engine:
        handle = await engine.start(doubtful)
        await runtime.clock.advance(timedelta(seconds=10))
        with pytest.raises(RunFailed):
            await handle.result()
        await settle()
    assert attributes(seen.span("step telemetry.pay"))["outcome"] == "in_doubt"
    assert attributes(seen.span("attempt telemetry.slow"))["outcome"] == "timed_out"
    assert seen.points("segue.steps") == {
        ("once", "in_doubt", "telemetry.pay"): 1, ("read", "failed", "telemetry.slow"): 1,
    }  # fmt: skip


async def test_an_engine_that_is_closed_ends_what_it_leaves(runtime: Runtime, seen: Seen) -> None:
    @step(name="telemetry.endless")
    async def endless() -> None:
        await asyncio.get_running_loop().create_future()

    @workflow(name="telemetry.long")
    async def long() -> None:
        await endless()

    async with runtime.engine() as engine:
        await engine.start(long)
        await settle()
    assert [(span.name.partition(" ")[0], attributes(span)["outcome"]) for span in seen.spans()] == [
        ("attempt", "cancelled"), ("step", "left"), ("run", "left"),
    ]  # fmt: skip


async def test_metrics_count_and_time_what_is_committed(runtime: Runtime, seen: Seen) -> None:
    @step(name="telemetry.refuse")
    async def refuse() -> None:
        raise PermanentError("never")

    @workflow(name="telemetry.counted")
    async def counted(fails: bool) -> None:
        await library()
        if fails:
            await refuse()

    async with runtime.engine() as engine:
        for fails in (False, True, False):
            handle = await engine.start(counted, fails)
            try:
                await handle.result()
            except RunFailed:
                assert fails
    assert seen.points("segue.runs.started") == {("telemetry.counted",): 3}
    assert seen.points("segue.runs.ended") == {
        ("completed", "telemetry.counted"): 2,
        ("failed", "telemetry.counted"): 1,
    }
    assert seen.points("segue.steps") == {
        ("read", "finished", "telemetry.library"): 3, ("read", "failed", "telemetry.refuse"): 1,
    }  # fmt: skip
    assert seen.points("segue.step.duration") == seen.points("segue.steps")
    assert seen.points("segue.journal.entries") == {(): 10}
    assert 3 <= seen.points("segue.journal.commit.duration")[()] <= 10


async def test_an_exporter_that_fails_stops_no_run(
    runtime: Runtime, seen: Seen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @workflow(name="telemetry.robust")
    async def robust() -> str:
        tried.append(1)
        return await flaky("card")

    def failing(*_: object) -> None:
        raise OSError("nobody listens there")

    async with runtime.engine() as engine:
        for method in ("on_start", "on_end"):
            monkeypatch.setattr(SimpleSpanProcessor, method, failing)
            assert await (await engine.start(robust)).result() == "card is fine"
    assert "telemetry failed" in caplog.text


async def test_without_an_sdk_nobody_is_told(runtime: Runtime) -> None:
    assert isinstance(observer(), Nobody)
    script = (
        "import asyncio, sys\nfrom segue import Engine\n"
        "async def main():\n    async with Engine('sqlite:///:memory:'):\n        pass\n"
        "asyncio.run(main())\nassert not any(name.startswith('opentelemetry') for name in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert ran.returncode == 0, ran.stderr
