"""Programs for runs, and a model of what the engine makes of them: in memory, with asyncio, without any journal."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from segue import (
    RetryPolicy,
    continue_as,
    gather,
    idempotency_key,
    map_concurrent,
    now,
    patched,
    random,
    run_child,
    sleep,
    step,
    uuid4,
    wait_for_signal,
    workflow,
)
from segue.engine.chain import successor
from segue.errors import InDoubt, PermanentError, RunCancelled, RunFailed, SignalTimeout, StepFailed

Program = list[Any]
"""A call and what it is made of, e.g. `["all", [["step"], ["sleep", 5]]]`."""
RATE = 3
"""Runs of the queue that begin in a minute."""


class World:
    """What steps really did, and how often they were called."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.is_over = False
        """Whoever acts now was killed, and does not know it yet."""

    def call(self) -> int:
        """Note that a step is under way; returns how often it was, this time included."""
        if not self.is_over:
            self.calls[idempotency_key()] += 1
        return self.calls[idempotency_key()]


world = World()
AT_ONCE = RetryPolicy(max_attempts=5, initial_delay=timedelta(0))


@step(name="model.step")
async def plain() -> str:
    world.call()
    return "did"


@step(name="model.slow", effect="write")
async def slow() -> str:
    world.call()
    for _ in range(5):
        await asyncio.sleep(0)
    return "did"


@step(name="model.flaky", retry=AT_ONCE)
async def flaky(failures: int) -> str:
    if world.call() <= failures:
        raise ConnectionError("reset")
    return "did"


@step(name="model.fails", retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(0)))
async def fails() -> str:
    world.call()
    raise ValueError("no")


@step(name="model.permanent", effect="write")
async def permanent() -> str:
    world.call()
    raise PermanentError("never")


@step(name="model.once", effect="once")
async def once() -> str:
    world.call()
    for _ in range(10):
        await asyncio.sleep(0)
    return "did"


@step(name="model.give_back", effect="write")
async def give_back(_: str, number: int) -> None:
    world.call()


@step(name="model.book", effect="write", undo=give_back)
async def book(number: int) -> str:
    world.call()
    return "did"


CAUGHT = (StepFailed, PermanentError, RunFailed, RunCancelled)


async def execute(program: Program) -> Any:  # noqa: C901, PLR0911, PLR0912 (a flat table)
    match program:
        case ["step"]:
            return await plain()
        case ["slow"]:
            return await slow()
        case ["flaky", failures]:
            return await flaky(failures)
        case ["fails"]:
            return await fails()
        case ["permanent"]:
            return await permanent()
        case ["once"]:
            try:
                return await once()
            except InDoubt:
                return "did"  # whether it may be in doubt is asked elsewhere
        case ["book", number]:
            return await book(number)
        case ["sleep", seconds]:
            return await sleep(timedelta(seconds=seconds))
        case ["signal", name]:
            return await wait_for_signal(name, str)
        case ["timeout", name, seconds]:
            try:
                return await wait_for_signal(name, str, timeout=timedelta(seconds=seconds))
            except SignalTimeout:
                return "too late"
        case ["draw"]:
            _ = uuid4(), random(), now(), patched("a-change")
            return "drew"
        case ["child", part]:
            return await run_child(flow, part, 0)
        case ["each", parts]:
            return [await execute(part) for part in parts]
        case ["all", parts]:
            return list(await gather(*map(execute, parts)))
        case ["map", limit, parts]:
            return await map_concurrent(execute, parts, limit=limit)
        case ["try", part]:
            try:
                return await execute(part)
            except CAUGHT:
                return "caught"
        case ["finally", part]:
            try:
                return await execute(part)
            finally:
                await plain()
    raise AssertionError(program)


@workflow(name="model.flow")
async def flow(program: Program, links: int) -> Any:
    await plain()
    result = await execute(program)
    return continue_as(program, links - 1) if links else result


# Drawing programs

_LEAVES = st.sampled_from(
    [
        ["step"], ["slow"], ["flaky", 1], ["flaky", 3], ["fails"], ["permanent"], ["once"], ["book", 1], ["book", 2],
        ["sleep", 0], ["sleep", 1], ["sleep", 5], ["sleep", 60], ["signal", "a"], ["signal", "b"], ["draw"],
        ["timeout", "a", 5], ["timeout", "b", 0], ["once"],
    ]
)  # fmt: skip


def _sequences(parts: st.SearchStrategy[Program]) -> st.SearchStrategy[Program]:
    return st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda several: ["each", several]),
        parts.map(lambda part: ["try", part]),
        parts.map(lambda part: ["finally", part]),
    )


def _trees(parts: st.SearchStrategy[Program]) -> st.SearchStrategy[Program]:
    return st.one_of(
        _sequences(parts),
        st.lists(parts, max_size=4).map(lambda several: ["all", several]),
        st.tuples(st.integers(1, 3), st.lists(parts, max_size=4)).map(lambda drawn: ["map", *drawn]),
        parts.map(lambda part: ["child", part]),
    )


sequences = st.recursive(_LEAVES, _sequences, max_leaves=6)
"""One call after the other."""
programs = st.recursive(_LEAVES, _trees, max_leaves=8).map(lambda program: own_names(settled(program), ""))


themes: st.SearchStrategy[Program] = st.sampled_from(
    [
        ["each", [["book", 1], ["once"], ["book", 2], ["fails"]]],
        ["each", [["book", 1], ["book", 2], ["signal", "a"]]],
        ["each", [["signal", "a"], ["signal", "a"], ["sleep", 60], ["signal", "a"]]],
        ["each", [["once"], ["once"], ["once"]]],
        ["each", [["slow"], ["signal", "a"], ["slow"], ["signal", "a"]]],
        ["signal", "a"],
        ["child", ["each", [["signal", "a"], ["once"], ["child", ["signal", "b"]]]]],
        ["all", [["permanent"], ["book", 1], ["slow"]]],
        ["all", [["book", 1], ["permanent"], ["once"], ["book", 2]]],
        ["all", [["each", [["sleep", 5], ["fails"]]], ["signal", "a1"], ["sleep", 60]]],
    ]
)
"""What chance alone would bring too seldom."""


def own_names(program: Program, place: str) -> Program:
    """Give each branch signals of its own: which of two branches gets one first is nobody's business."""
    match program:
        case ["signal", name]:
            return ["signal", name + place]
        case ["timeout", name, seconds]:
            return ["timeout", name + place, seconds]
        case ["all", parts]:
            return ["all", [own_names(part, f"{place}{n}") for n, part in enumerate(parts)]]
        case ["map", limit, parts]:
            return ["map", limit, [own_names(part, f"{place}{n}") for n, part in enumerate(parts)]]
        case ["each", parts]:
            return ["each", [own_names(part, place) for part in parts]]
        case [("try" | "finally") as kind, part]:
            return [kind, own_names(part, place)]
    return program


def settled(program: Program) -> Program:
    """Start no children beside a branch that may fail: whether they ended before that is nobody's business either."""
    match program:
        case ["all" | "map", *_, parts] if {"fails", "permanent"} & calls_in(program):
            return [*program[:-1], [without_children(part) for part in parts]]
        case ["all" | "map" | "each", *_, parts]:
            return [*program[:-1], [settled(part) for part in parts]]
        case [("child" | "try" | "finally") as kind, part]:
            return [kind, settled(part)]
    return program


def without_children(program: Program) -> Program:
    match program:
        case ["child", _]:
            return ["step"]
        case ["all" | "map" | "each", *_, parts]:
            return [*program[:-1], [without_children(part) for part in parts]]
        case [("try" | "finally") as kind, part]:
            return [kind, without_children(part)]
    return program


def calls_in(program: Program) -> set[str]:
    """Return the kinds of calls in a program."""
    inner = program[-1] if isinstance(program[-1], list) else []
    parts = [inner] if inner and isinstance(inner[0], str) else inner
    return {program[0]}.union(*map(calls_in, parts))


def names_in(program: Program) -> set[str]:
    """Return the names of the signals that a program waits for."""
    if program[0] in ("signal", "timeout"):
        return {program[1]}
    inner = program[-1] if isinstance(program[-1], list) else []
    parts = [inner] if inner and isinstance(inner[0], str) else inner
    return set().union(*map(names_in, parts))


# The model


class Failed(Exception):
    """A step or child failed."""


class TooMany(Exception):
    """A budget is used up."""


class ModelRun:
    """What a run should be doing."""

    def __init__(self, model: Model, run_id: str, program: Program, links: int, budget: list[int] | None) -> None:
        self.model = model
        self.run_id = run_id
        self.program = program
        self.links = links
        self.budget = budget
        self.status = "running"
        self.result: Any = None
        self.task: asyncio.Task[Any] | None = None
        self.messages: dict[str, deque[str]] = defaultdict(deque)
        self.waits: dict[str, deque[asyncio.Future[str]]] = defaultdict(deque)
        self.ids: set[str] = set()
        self.is_to_end = False
        self.ended: asyncio.Future[None] = model.loop.create_future()

    def begin(self) -> None:
        self.status = "waiting"
        self.task = self.model.loop.create_task(self._live())

    async def _live(self) -> None:
        if self.is_to_end and self.task is not None:
            self.task.cancel()  # asked for before it began: it hears of that in its first call
        try:
            await self.step()
            self.result = await self.execute(self.program, Scope())
            self.status = "continued" if self.links else "completed"
        except asyncio.CancelledError:
            self.status = "cancelled"
        except (Failed, TooMany):
            self.status = "failed"
        if self.status == "continued":
            self.model.go_on(self)
        if not self.ended.done():
            self.ended.set_result(None)

    def cancel(self) -> None:
        if not self.is_to_end and self.status in ("running", "waiting"):
            self.is_to_end = True
            if self.task is not None:
                self.task.cancel()

    def take(self, name: str, value: str) -> None:
        waits = self.waits[name]
        while waits:
            waiting = waits.popleft()
            if not waiting.done():
                waiting.set_result(value)
                return
        self.messages[name].append(value)

    async def step(self) -> str:
        if self.budget is not None:
            if self.budget[0] == 0:
                raise TooMany
            self.budget[0] -= 1
        await asyncio.sleep(0)
        return "did"

    async def wait(self, name: str, seconds: int | None) -> str:
        if self.messages[name]:
            return self.messages[name].popleft()
        waiting: asyncio.Future[str] = self.model.loop.create_future()
        self.waits[name].append(waiting)
        if seconds is not None:
            self.model.later(seconds, lambda: waiting.done() or waiting.set_result("too late"))
        return await waiting

    async def execute(self, program: Program, scope: Scope) -> Any:  # noqa: C901, PLR0911 (a flat table)
        match program:
            case ["draw"]:
                return "drew"
            case ["each", parts]:
                return [await self.execute(part, scope) for part in parts]
            case ["try", part]:
                try:
                    return await self.execute(part, scope)
                except Failed:
                    return "caught"
            case ["finally", part]:
                try:
                    return await self.execute(part, scope)
                finally:
                    scope.path()
                    await self.step()
        path = scope.path()
        match program:
            case ["fails"] | ["permanent"]:
                await self.step()
                raise Failed
            case [("step" | "slow" | "flaky" | "once" | "book"), *_]:
                return await self.step()
            case ["sleep", seconds]:
                return await self.model.sleep(seconds)
            case ["signal", name]:
                return await self.wait(name, None)
            case ["timeout", name, seconds]:
                return await self.wait(name, seconds)
            case ["child", part]:
                return await self.model.child(f"{self.run_id}/{path}", part)
            case ["all", parts]:
                return await self.side_by_side(parts, path, len(parts))
            case ["map", limit, parts]:
                return await self.side_by_side(parts, path, limit)
        raise AssertionError(program)

    async def side_by_side(self, parts: list[Program], path: str, limit: int) -> list[Any]:
        gate = asyncio.Semaphore(max(limit, 1))

        async def branch(number: int, part: Program) -> Any:
            async with gate:
                return await self.execute(part, Scope(f"{path}.{number}."))

        tasks = [self.model.loop.create_task(branch(number, part)) for number, part in enumerate(parts)]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Scope:
    """Counts the calls of a branch."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.next = 0 if prefix else 1  # every run begins with a step

    def path(self) -> str:
        self.next += 1
        return f"{self.prefix}{self.next - 1}"


class Model:
    """All runs of a database, in memory."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.runs: dict[str, ModelRun] = {}
        self.now_us = 0
        self.asked: list[ModelRun] = []
        """Started while nobody drives."""
        self.sent: list[tuple[str, str, str]] = []
        """Signals sent then: run, name and value."""
        self.queued: list[tuple[int, int, ModelRun]] = []
        self.begun: deque[int] = deque()
        self._timers: list[tuple[int, int, Callable[[], object]]] = []
        self._numbers = itertools.count()

    def settle(self) -> None:
        async def turns() -> None:
            for _ in range(200):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turns())

    def later(self, seconds: int, act: Callable[[], object]) -> None:
        heapq.heappush(self._timers, (self.now_us + seconds * 1_000_000, next(self._numbers), act))

    async def sleep(self, seconds: int) -> None:
        over: asyncio.Future[None] = self.loop.create_future()
        self.later(seconds, lambda: over.done() or over.set_result(None))
        return await over

    def advance(self, by_us: int) -> None:
        until_us = self.now_us + by_us
        self.settle()
        while self._timers and self._timers[0][0] <= until_us:
            self.now_us, _, act = heapq.heappop(self._timers)
            act()
            self.settle()
        self.now_us = until_us

    def ring(self) -> None:
        """Let what is due at once happen."""
        self.advance(0)

    def start(
        self, run_id: str, program: Program, links: int, *, budget: int | None, priority: int | None, is_open: bool
    ) -> None:
        run = ModelRun(self, run_id, program, links, None if budget is None else [budget])
        self.runs[run_id] = run
        if priority is not None:
            heapq.heappush(self.queued, (-priority, next(self._numbers), run))
        elif is_open:
            run.begin()
        else:
            self.asked.append(run)
        if is_open:
            self.admit()

    def open(self) -> None:
        """An engine is opened: what was asked for meanwhile begins, and rates are counted anew."""
        for run_id, name, value in self.sent:
            self.last(run_id).take(name, value)
        self.sent.clear()
        for run in self.asked:
            run.begin()
        self.asked.clear()
        self.begun.clear()
        self.admit()

    def admit(self) -> None:
        """Begin the runs of the queue whose turn it is."""
        while self.begun and self.begun[0] <= self.now_us - 60_000_000:
            self.begun.popleft()
        while self.queued and len(self.begun) < RATE:
            *_, run = heapq.heappop(self.queued)
            self.begun.append(self.now_us)
            run.begin()
        if self.queued:
            heapq.heappush(self._timers, (self.begun[0] + 60_000_000, next(self._numbers), self.admit))

    def signal(self, run_id: str, name: str, value: str, *, is_open: bool) -> None:
        last = self.last(run_id)
        last.ids.add(value)
        if is_open:
            last.take(name, value)
        else:
            self.sent.append((run_id, name, value))

    async def child(self, run_id: str, program: Program) -> Any:
        child = ModelRun(self, run_id, program, 0, None)
        self.runs[run_id] = child
        child.begin()
        try:
            await asyncio.shield(child.ended)
        except asyncio.CancelledError:
            child.cancel()
            await child.ended
            raise
        if child.status != "completed":
            raise Failed
        return child.result

    def go_on(self, run: ModelRun) -> None:
        run_id = successor(run.run_id)
        following = ModelRun(self, run_id, run.program, run.links - 1, run.budget)
        following.messages = run.messages
        following.ids.update(*run.messages.values())  # a signal's value here is its id
        self.runs[run_id] = following
        following.begin()

    def last(self, run_id: str) -> ModelRun:
        """Return the last run of a chain."""
        while self.runs[run_id].status == "continued":
            run_id = successor(run_id)
        return self.runs[run_id]

    def knows(self, run_id: str, signal_id: str) -> bool:
        """Say whether a signal of this id was ever sent to this run or a later one of its chain."""
        while signal_id not in self.runs[run_id].ids:
            if self.runs[run_id].status != "continued":
                return False
            run_id = successor(run_id)
        return True

    def close(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.settle()
        self.loop.close()
