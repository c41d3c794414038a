"""Whatever is asked of an engine, in any order, with kills in between: it does what a simple model does.

Where it fails, Hypothesis prints the shortest story it finds. `SEGUE_MODEL_STORIES` asks for more of them.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from segue import Budget, Engine, Queue
from segue.errors import RunCancelled, RunConflict, RunFailed, RunFinished
from tests.conftest import FakeClock, settle
from tests.contract.conftest import Embedded
from tests.contract.engine.programs import (
    RATE,
    Model,
    ModelRun,
    Program,
    calls_in,
    flow,
    names_in,
    programs,
    sequences,
    themes,
    world,
)

STORIES = int(os.environ.get("SEGUE_MODEL_STORIES", "120"))
ENDED = ("completed", "failed", "cancelled", "continued")
SETTLED = ("step_finished", "step_failed", "step_in_doubt")
PATIENCE_S = 5
"""For the result of a run that has ended."""
LINE = Queue("line", rate=f"{RATE}/min")
runs = st.integers(0, 1000)
"""Which run, modulo the number of those there are."""
turns = st.none() | st.integers(0, 25)
"""So many of the event loop until it is killed."""
times_us = st.sampled_from([700_001, 3_300_003, 61_900_007, 500_000_011])
"""None of them ends where a sleep does."""


@pytest.fixture(autouse=True)
def _no_hanging() -> None:
    """Many stories take longer than one test may; each waits for a limited number of turns."""


class AnyOrder(RuleBasedStateMachine):
    """An engine that is told what to do, and a model that is told the same."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108 (a folder of its own)
        self.runtime = Embedded(Path(self.folder), FakeClock())
        self.model = Model()
        self.engine: Engine | None = None
        self.hashes: dict[str, list[str]] = {}
        """Of the entries seen last."""
        self.settled: dict[str, int] = {}
        """How often steps had been called when they were settled, by key."""
        self.forks: dict[str, str] = {}
        """The fork's original."""
        self.sent = 0
        self.kills = 0
        world.calls.clear()
        world.is_over = False

    def do(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    def new_engine(self, *, drive: bool = True) -> Engine:
        return Engine(self.runtime.url, drive=drive, clock=self.runtime.clock, queues=[LINE] if drive else [])

    # Opening and ending

    @precondition(lambda self: self.engine is None)
    @rule()
    def is_opened(self) -> None:
        self.engine = self.new_engine()
        self.do(self.engine.__aenter__())
        self.model.open()

    @precondition(lambda self: self.engine is not None)
    @rule()
    def is_closed(self) -> None:
        engine, self.engine = self.engine, None
        assert engine is not None
        self.do(engine.__aexit__(None, None, None))

    @precondition(lambda self: self.engine is not None)
    @rule()
    def is_killed(self) -> None:
        self.kill()

    def kill(self) -> None:
        """Go on with what is on disk now; what the engine does from now on was never done."""
        self.kills += 1
        self.runtime = self.runtime.crashed()
        world.is_over = True
        self.is_closed()
        world.is_over = False
        clock = FakeClock()
        clock.jump(self.runtime.clock.now() - clock.now())
        self.runtime.clock = clock

    async def say(self, turns: int | None, beside: bool, act: Any) -> None:
        """Say something to the engine, or beside it, and let it go on until it rests, or for some turns only."""
        if self.engine is not None and not beside:
            await act(self.engine)
        else:
            async with self.new_engine(drive=False) as engine:
                await act(engine)
        for _ in range(turns or 0):
            await asyncio.sleep(0)

    def tell(self, act: Any, *, beside: bool, dies_after: int | None) -> None:
        self.do(self.say(dies_after, beside, act))
        if dies_after is not None and self.engine is not None:
            self.kill()
            self.is_opened()

    # Acting

    @rule(
        program=programs,
        links=st.sampled_from([0, 0, 0, 1, 2]),
        priority=st.sampled_from([None, None, None, 0, 1]),
        beside=st.booleans(),
        dies_after=turns,
    )
    def start(self, program: Program, links: int, priority: int | None, beside: bool, dies_after: int | None) -> None:
        self._start(program, links, None, priority, beside, dies_after)

    @rule(program=themes, links=st.sampled_from([0, 0, 1, 2]), beside=st.booleans(), dies_after=turns)
    def start_a_theme(self, program: Program, links: int, beside: bool, dies_after: int | None) -> None:
        self._start(program, links, None, None, beside, dies_after)

    @rule(program=sequences, links=st.sampled_from([0, 2]), steps=st.integers(1, 6), beside=st.booleans())
    def start_with_a_budget(self, program: Program, links: int, steps: int, beside: bool) -> None:
        self._start(program, links, steps, None, beside, None)

    @rule(priorities=st.lists(st.integers(0, 2), min_size=3, max_size=6), beside=st.booleans())
    def start_several_in_the_queue(self, priorities: list[int], beside: bool) -> None:
        for priority in priorities:
            self._start(["step"], 0, None, priority, beside, None)

    def _start(
        self,
        program: Program,
        links: int,
        steps: int | None,
        priority: int | None,
        beside: bool,
        dies_after: int | None,
    ) -> None:
        run_id = f"r{len(self.model.runs)}"
        if priority is not None and self.engine is not None:
            beside = False  # several at once are sorted first, and who is fast enough is nobody's business
        budget = None if steps is None else Budget(steps=steps)
        given: dict[str, Any] = {} if priority is None else {"queue": "line", "priority": priority}

        async def act(engine: Engine) -> None:
            await engine.start(flow, program, links, run_id=run_id, budget=budget, **given)

        self.model.start(run_id, program, links, budget=steps, priority=priority, is_open=self.engine is not None)
        self.tell(act, beside=beside, dies_after=dies_after)

    @precondition(lambda self: self.model.runs)
    @rule(which=runs, beside=st.booleans())
    def start_again(self, which: int, beside: bool) -> None:
        run = self.run(which)
        if run.run_id in self.forks or "/" in run.run_id:
            return

        async def act(engine: Engine) -> None:
            assert (await engine.start(flow, run.program, run.links, run_id=run.run_id)).run_id == run.run_id
            with pytest.raises(RunConflict):
                await engine.start(flow, ["draw", "of another kind"], run.links, run_id=run.run_id)

        self.tell(act, beside=beside, dies_after=None)

    @precondition(lambda self: self.model.runs)
    @rule(
        which=runs,
        name=st.integers(0, 10),
        times=st.integers(1, 3),
        again=st.booleans(),
        beside=st.booleans(),
        dies_after=turns,
    )
    def signal(self, which: int, name: int, times: int, again: bool, beside: bool, dies_after: int | None) -> None:
        run = self.run(which)
        names = sorted(names_in(run.program)) or ["a"]
        ids = [f"id {self.sent}"] if again else [f"id {self.sent + n}" for n in range(1, times + 1)]
        self.sent += len(ids) * (not again)
        self._signal(run, names[name % len(names)], ids, beside, dies_after)

    def _signal(self, run: ModelRun, name: str, ids: list[str], beside: bool, dies_after: int | None) -> None:
        new = [signal_id for signal_id in ids if not self.model.knows(run.run_id, signal_id)]
        is_over = self.model.last(run.run_id).status in ENDED

        async def act(engine: Engine) -> None:
            for signal_id in ids:
                with pytest.raises(RunFinished) if is_over and signal_id in new else nullcontext():
                    await engine.signal(run.run_id, name, signal_id, signal_id=signal_id)

        for signal_id in new if not is_over else ():
            self.model.signal(run.run_id, name, signal_id, is_open=self.engine is not None)
        self.tell(act, beside=beside, dies_after=dies_after)

    @precondition(lambda self: self.engine is not None and self.model.runs)
    @rule(which=runs, beside=st.booleans(), dies_after=turns)
    def cancel(self, which: int, beside: bool, dies_after: int | None) -> None:
        run = self.run(which)

        async def act(engine: Engine) -> None:
            await engine.cancel(run.run_id)

        self.model.last(run.run_id).cancel()
        self.tell(act, beside=beside, dies_after=dies_after)

    @precondition(lambda self: self.engine is not None)
    @rule(by_us=times_us)
    def time_passes(self, by_us: int) -> None:
        self.do(self.runtime.clock.advance(timedelta(microseconds=by_us)))
        self.model.advance(by_us)

    @precondition(lambda self: self.engine is not None and self.forkable())
    @rule(which=runs, place=st.integers(0, 100))
    def fork(self, which: int, place: int) -> None:
        originals = self.forkable()
        run = originals[which % len(originals)]
        fork_id = f"{run.run_id}-fork-{len(self.forks)}"

        async def act(engine: Engine) -> None:
            paths = [entry.path for entry in await engine.entries(run.run_id) if entry.path]
            await engine.fork(run.run_id, before=paths[place % len(paths)], run_id=fork_id)

        self.forks[fork_id] = run.run_id
        self.tell(act, beside=False, dies_after=None)

    def forkable(self) -> list[ModelRun]:
        """Return runs that ended, and whose forks need nothing from outside."""
        waits = {"sleep", "signal", "timeout"}
        return [run for run in self.model.runs.values() if run.status == "completed" and not waits & self.calls(run)]

    def calls(self, run: ModelRun) -> set[str]:
        return calls_in(run.program)

    def run(self, which: int) -> ModelRun:
        known = [run for run in self.model.runs.values() if self.engine is not None or "/" not in run.run_id]
        return known[which % len(known)]

    # What must hold

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        self.model.ring()
        if self.engine is not None:
            self.do(self._rests(self.engine))
            self.do(self._check(self.engine))

    def expected(self) -> dict[str, str]:
        statuses = {run_id: run.status for run_id, run in self.model.runs.items()}
        return statuses | {fork_id: statuses[original] for fork_id, original in self.forks.items()}

    async def _rests(self, engine: Engine) -> None:
        for _ in range(30):
            await settle()
            if self.expected() == {run_id: self._status(engine, run_id) for run_id in self.expected()}:
                return

    def _status(self, engine: Engine, run_id: str) -> str:
        try:
            return engine.status(run_id)
        except LookupError:
            return "unknown"

    async def _check(self, engine: Engine) -> None:
        expected = self.expected()
        found = {run_id: self._status(engine, run_id) for run_id in expected}
        different = {run_id: (found[run_id], expected[run_id]) for run_id in expected}
        assert found == expected, {run_id: both for run_id, both in different.items() if both[0] != both[1]}
        queued = {run.run_id for *_, run in self.model.queued}
        listed = {info.run_id for info in await engine.runs(limit=1000)}
        assert listed == expected.keys() - queued, "the list of runs is not complete"
        for run_id in listed:
            if self.model.last(self.forks.get(run_id, run_id)).status in ENDED:
                await self._check_result(engine, run_id)
            await self._check_journal(engine, run_id, expected[run_id])
        unread = Counter(message.run_id for message in engine._journal.messages() if message.kind == "signal")
        waiting = {run for run in self.model.runs.values() if run.status not in ENDED}
        assert +unread == +Counter({run.run_id: sum(map(len, run.messages.values())) for run in waiting})
        for key, calls in self.settled.items():
            assert world.calls[key] == calls, f"{key} ran again after it was settled"

    async def _check_result(self, engine: Engine, run_id: str) -> None:
        run = self.model.last(self.forks.get(run_id, run_id))
        try:
            result = await asyncio.wait_for(engine.handle(run_id).result(), PATIENCE_S)
        except RunFailed as error:
            ended = ("failed", None if "cannot go on" not in str(error) else error)
        except RunCancelled:
            ended = ("cancelled", None)
        else:
            ended = ("completed", result)
        assert ended == (run.status, run.result)

    async def _check_journal(self, engine: Engine, run_id: str, status: str) -> None:
        await engine.verify(run_id)
        entries = await engine.entries(run_id)
        before = self.hashes.get(run_id, [])
        hashes = [entry.hash for entry in entries]
        assert hashes[: len(before)] == before, "entries are lost"
        self.hashes[run_id] = hashes
        kept = (entries[0].payload or {}).get("forked", {}).get("kept", 0)
        for entry in entries[max(kept, len(before)) :]:
            if entry.kind in SETTLED:
                key = f"{run_id}:{entry.path}"
                assert key not in self.settled, "a step was settled twice"
                self.settled[key] = world.calls[key]
                if run_id not in self.forks and entry.kind != "step_in_doubt":
                    assert world.calls[key] > 0, "a step was settled, and never called"
                if entry.name == "model.once":
                    assert world.calls[key] <= (run_id not in self.forks), "a `once` step ran twice"
                    assert entry.kind != "step_in_doubt" or self.kills, "in doubt, and nobody was killed"
                elif run_id in self.forks and entry.name in (
                    "model.slow",
                    "model.book",
                    "model.give_back",
                    "model.permanent",
                ):
                    assert world.calls[key] == 0, "a fork acted"
                elif not self.kills:
                    assert world.calls[key] == entry.attempt
        received = Counter((entry.payload or {})["id"] for entry in entries if entry.kind == "signal_received")
        assert max(received.values(), default=1) == 1, "a signal was taken twice"
        if status in ENDED:
            booked = [(e.payload or {})["args"][0] for e in entries if e.name == "model.book"]
            undone = [(e.payload or {})["args"][1] for e in entries if e.name == "model.give_back"]
            is_taken_back = status in ("failed", "cancelled")
            assert sorted(undone) == sorted(booked * is_taken_back), "what was done is not taken back"
            if not {"all", "map"} & self.calls(self.model.runs[self.forks.get(run_id, run_id)]):
                assert undone == booked[::-1] * is_taken_back, "it is taken back in the wrong order"

    def teardown(self) -> None:
        if self.engine is not None:
            self.is_closed()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.model.close()
        shutil.rmtree(self.folder)


AnyOrder.TestCase.settings = settings(
    max_examples=STORIES,
    stateful_step_count=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestAnyOrder = AnyOrder.TestCase
