"""Signals: they wait for their run, in order, count once per id, and end a wait exactly once."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from segue import RetryPolicy, gather, sleep, step, wait_for_signal, workflow
from segue.errors import CodecError, DefinitionError, NondeterminismError, RunFinished, SignalTimeout, StepFailed
from tests.conftest import settle
from tests.contract.conftest import Runtime

DAY = timedelta(days=1)


class Approval(BaseModel):
    """What a person sends."""

    by: str
    granted: bool


async def test_a_signal_before_its_run_asks_waits_for_it(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        await wait_for_signal("begin")
        return await wait_for_signal("number", int)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "number", 7)
        await settle()
        await engine.signal("r", "begin")
        assert await handle.result() == 7


async def test_signals_of_a_name_are_taken_in_the_order_they_were_sent(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[int]:
        await sleep(DAY)
        return [await wait_for_signal("number", int) for _ in range(5)]

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for n in range(5):
            await engine.signal("r", "number", n)
        await runtime.clock.advance(DAY)
        assert await handle.result() == [0, 1, 2, 3, 4]


async def test_signals_survive_a_restart_before_anyone_takes_them(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[int]:
        await wait_for_signal("begin")
        return [await wait_for_signal("number", int) for _ in range(3)]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        for n in range(3):
            await engine.signal("r", "number", n)
        await settle()
    async with runtime.engine() as engine:
        await engine.signal("r", "begin")
        assert await engine.handle("r").result() == [0, 1, 2]


async def test_each_name_has_its_own_order(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[str]:
        return [await wait_for_signal(name, str) for name in ("a", "b", "a", "b")]

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for name, value in (("b", "b1"), ("b", "b2"), ("a", "a1"), ("a", "a2")):
            await engine.signal("r", name, value)
        assert await handle.result() == ["a1", "b1", "a2", "b2"]


async def test_branches_waiting_for_one_name_are_served_in_the_order_of_their_waits(runtime: Runtime) -> None:
    @workflow
    async def flow() -> tuple[int, int]:
        return await gather(wait_for_signal("number", int), wait_for_signal("number", int))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.signal("r", "number", 1)
        await settle()
        await engine.signal("r", "number", 2)
        assert await handle.result() == (1, 2)


async def test_a_signal_id_counts_once(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[int]:
        return [await wait_for_signal("number", int) for _ in range(2)]

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for _ in range(3):
            await engine.signal("r", "number", 1, signal_id="click-1")
            await settle()
        assert await handle.status() == "waiting"
        await engine.signal("r", "number", 2, signal_id="click-2")
        assert await handle.result() == [1, 2]
        await engine.signal("r", "number", 2, signal_id="click-2")  # known: nothing to refuse
        with pytest.raises(RunFinished):
            await engine.signal("r", "number", 3, signal_id="click-3")


async def test_the_same_signal_id_counts_in_each_run(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        return await wait_for_signal("number", int)

    async with runtime.engine() as engine:
        for run_id in ("r1", "r2"):
            handle = await engine.start(flow, run_id=run_id)
            await engine.signal(run_id, "number", 1, signal_id="click-1")
            assert await handle.result() == 1


async def test_a_finished_run_takes_no_signals(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None: ...

    async with runtime.engine() as engine:
        await (await engine.start(flow, run_id="r")).result()
        with pytest.raises(RunFinished, match="has ended"):
            await engine.signal("r", "late")


async def test_a_value_of_another_type_is_refused_and_the_wait_goes_on(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        approval = await wait_for_signal("approval", Approval)
        return approval.by

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for wrong in ("yes", {"by": "ada"}, None, [1]):
            await engine.signal("r", "approval", wrong)
        await settle()
        assert await handle.status() == "waiting"
        await engine.signal("r", "approval", Approval(by="ada", granted=True))
        assert await handle.result() == "ada"
        kinds = [entry.kind for entry in await engine.entries("r")]
        assert kinds.count("signal_refused") == 4
        refused = next(entry for entry in await engine.entries("r") if entry.kind == "signal_refused")
        assert refused.payload == {"id": None, "value": "yes"}


async def test_a_refused_signal_stays_refused_after_a_restart(runtime: Runtime) -> None:
    @workflow
    async def flow() -> int:
        return await wait_for_signal("number", int)

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.signal("r", "number", "many")
        await settle()
    async with runtime.engine() as engine:
        await engine.signal("r", "number", 3)
        assert await engine.handle("r").result() == 3
        assert [e.kind for e in await engine.entries("r")].count("signal_refused") == 1


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (bool, True, True),
        (str, "yes", "yes"),
        (list[int], [1, 2], [1, 2]),
        (dict[str, float], {"a": 1.5}, {"a": 1.5}),
        (Approval, {"by": "ada", "granted": True}, Approval(by="ada", granted=True)),
        (int | None, None, None),
        (Literal["yes", "no"], "no", "no"),
        (timedelta, DAY, DAY),
        (Any, {"any": ["thing", None]}, {"any": ["thing", None]}),
    ],
    ids=str,
)
async def test_a_signal_is_read_as_what_the_workflow_waits_for(
    runtime: Runtime, kind: Any, value: Any, expected: Any
) -> None:
    got = []

    @workflow
    async def flow() -> None:
        got.append(await wait_for_signal("value", kind))

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "value", value)
        await handle.result()
    assert got == [expected]


async def test_no_signal_in_time_is_a_signal_timeout(runtime: Runtime) -> None:
    start = runtime.clock.now()

    @workflow
    async def flow() -> str:
        try:
            await wait_for_signal("approval", bool, timeout=2 * DAY)
        except SignalTimeout as error:
            return str(error)
        return "?"

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await runtime.clock.advance(2 * DAY - timedelta(seconds=1))
        assert await handle.status() == "waiting"
        await runtime.clock.advance(timedelta(seconds=2))
        assert await handle.result() == "no signal 'approval' came within 2 days, 0:00:00"
        timed_out = (await engine.entries("r"))[2]
        assert (timed_out.kind, timed_out.path) == ("wait_timed_out", "0")
        assert timed_out.at - start < 2 * DAY + timedelta(seconds=2)


async def test_a_signal_timeout_counts_from_the_wait_whatever_restarts_between(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        try:
            return await wait_for_signal("approval", str, timeout=2 * DAY)
        except SignalTimeout:
            return "too late"

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await runtime.clock.advance(DAY)
    runtime.clock.jump(DAY)  # nobody is there meanwhile
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "too late"


async def test_a_wait_ends_by_exactly_one_entry(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[str]:
        ended = []
        for _ in range(2):
            try:
                ended.append(await wait_for_signal("go", str, timeout=DAY))
            except SignalTimeout:
                ended.append("timeout")
        return ended

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        runtime.clock.jump(DAY)
        advance = asyncio.create_task(runtime.clock.advance(DAY))
        await engine.signal("r", "go", "came")
        await advance
        result = await handle.result()
        assert sorted(result) == ["came", "timeout"]
        ends = [e.path for e in await engine.entries("r") if e.kind in ("signal_received", "wait_timed_out")]
        assert ends == ["0", "1"]


async def test_a_signal_for_a_wait_that_is_cancelled_meanwhile_goes_to_the_next(runtime: Runtime) -> None:
    gate = asyncio.Event()

    @step(retry=RetryPolicy(max_attempts=1))
    async def fails() -> None:
        await gate.wait()
        raise ValueError("no")

    @workflow
    async def flow() -> list[str]:
        with contextlib.suppress(StepFailed):
            await gather(fails(), wait_for_signal("message", str))
        return [await wait_for_signal("message", str) for _ in range(2)]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
        gate.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the failure is on its way to the disk
        await engine.signal("r", "message", "first")
        await settle()
    async with runtime.engine() as engine:
        await engine.signal("r", "message", "second")
        assert await engine.handle("r").result() == ["first", "second"]


async def test_unread_signals_are_named_in_the_last_entry(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("end")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for name in ("thanks", "thanks", "also", "end"):
            await engine.signal("r", name)
        await handle.result()
        last = (await engine.entries("r"))[-1]
        assert last.payload == {"result": None, "unread": ["thanks", "thanks", "also"]}


async def test_unread_signals_do_not_stay_in_the_inbox(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("end")

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "thanks", "private words")
        await engine.signal("r", "end")
        await handle.result()
        await settle()
    journal = runtime.journal()
    assert journal.messages() == []
    journal.close()


async def test_a_signal_without_a_json_form_is_refused_at_once(runtime: Runtime) -> None:
    @workflow
    async def flow() -> None:
        await wait_for_signal("value")

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        with pytest.raises(CodecError):
            await engine.signal("r", "value", object())
        with pytest.raises(DefinitionError, match="signal"):
            await engine.signal("r", "", 1)
        await engine.signal("r", "value", 1)
        await engine.handle("r").result()


async def test_outside_of_a_run_nobody_waits_for_a_signal() -> None:
    with pytest.raises(NondeterminismError, match="inside a workflow's run"):
        await wait_for_signal("go")


async def test_a_thousand_signals_are_taken_in_order(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[int]:
        return [await wait_for_signal("n", int) for _ in range(1000)]

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        for n in range(1000):
            await engine.signal("r", "n", n)
        assert await handle.result() == list(range(1000))


async def test_a_fresh_wait_takes_only_what_was_sent_after_it_began(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[str]:
        first = await wait_for_signal("answer", str)
        await sleep(timedelta(minutes=1))
        return [first, await wait_for_signal("answer", str, fresh=True)]

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await engine.signal("r", "answer", "to the first question")
        await settle()
        await engine.signal("r", "answer", "to the first question, again")
        await runtime.clock.advance(timedelta(minutes=2))
    async with runtime.engine() as engine:
        await engine.signal("r", "answer", "to the second question")
        assert await engine.handle("r").result() == ["to the first question", "to the second question"]
        assert [e.kind for e in await engine.entries("r")].count("signal_refused") == 1


async def test_a_fresh_wait_takes_what_is_sent_while_its_beginning_is_written(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        return await wait_for_signal("answer", str, fresh=True)

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "answer", "at once")
        assert await handle.result() == "at once"


async def test_a_look_takes_what_was_sent_and_waits_for_nothing(runtime: Runtime) -> None:
    @workflow
    async def flow() -> list[str]:
        await wait_for_signal("begin")
        seen = []
        for _ in range(3):
            try:
                seen.append(await wait_for_signal("news", str, timeout=timedelta(0)))
            except SignalTimeout:
                seen.append("nothing")
        await wait_for_signal("go on")
        return seen

    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await engine.signal("r", "news", "first")
        await engine.signal("r", "begin")
        assert await engine.settled("r") == "waiting"
        looks = [entry for entry in await engine.entries("r") if entry.name == "news"]
        assert [entry.kind for entry in looks] == ["signal_received", "wait_timed_out", "wait_timed_out"]
        await engine.signal("r", "news", "too late for a look")
    async with runtime.engine() as engine:
        await engine.signal("r", "go on")
        handle = engine.handle("r", flow)
        assert await handle.result() == ["first", "nothing", "nothing"], "a look sees at replay what it saw then"
        await engine.verify("r")
