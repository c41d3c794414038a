"""One engine drives a database; any number of others, in this process and elsewhere, start, signal, cancel and read."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from segue import Engine, sleep, step, wait_for_signal, workflow
from segue.errors import EngineBusy, EngineClosed, RunCancelled, RunConflict, RunFinished, RunNotFound
from tests.conftest import settle, until
from tests.contract.conftest import Runtime


@workflow(name="beside.greet")
async def greet(name: str) -> str:
    return f"{await wait_for_signal('greeting', str)} {name}"


async def test_a_second_driving_engine_is_refused(runtime: Runtime) -> None:
    async with runtime.engine():
        with pytest.raises(EngineBusy, match="drive=False"):
            async with runtime.engine():
                pass
    async with runtime.engine():
        pass


async def test_a_refused_engine_disturbs_nobody(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(greet, "Ada", run_id="r")
        for _ in range(3):
            with pytest.raises(EngineBusy):
                await runtime.engine().__aenter__()
        await engine.signal("r", "greeting", "Hello")
        assert await handle.result() == "Hello Ada"


async def test_an_engine_beside_starts_signals_and_reads(runtime: Runtime) -> None:
    async with runtime.engine(), runtime.engine(drive=False) as beside:
        handle = await beside.start(greet, "Ada", run_id="r")
        await beside.signal("r", "greeting", "Hello")
        assert await handle.result() == "Hello Ada"
        assert await handle.status() == "completed"
        assert (await beside.entries("r"))[0].kind == "run_started"
        await beside.verify("r")
        assert [run.run_id for run in await beside.runs(workflow="beside.greet")] == ["r"]


async def test_an_engine_beside_cancels(runtime: Runtime) -> None:
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        await engine.start(greet, "Ada", run_id="r")
        await beside.cancel("r")
        with pytest.raises(RunCancelled):
            await beside.handle("r").result()


async def test_the_same_errors_arrive_beside(runtime: Runtime) -> None:
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        handle = await beside.start(greet, "Ada", run_id="r")
        with pytest.raises(RunConflict):
            await beside.start(greet, "Ben", run_id="r")
        await engine.signal("r", "greeting", "Hello")
        await handle.result()
        with pytest.raises(RunConflict):
            await beside.start(greet, "Ben", run_id="r")
        with pytest.raises(RunFinished):
            await beside.signal("r", "greeting", "Hello")
        with pytest.raises(RunNotFound):
            await beside.signal("nobody", "greeting", "Hello")
        with pytest.raises(RunNotFound):
            await beside.cancel("nobody")
        await beside.cancel("r")


async def test_what_is_sent_while_nobody_drives_waits(runtime: Runtime) -> None:
    async with runtime.engine(drive=False) as beside:
        handle = await beside.start(greet, "Ada", run_id="r")
        await beside.start(greet, "Ada", run_id="r")
        with pytest.raises(RunConflict):
            await beside.start(greet, "Ben", run_id="r")
        assert await handle.status() == "running"
        await beside.signal("r", "greeting", "Hello", signal_id="one")
        await beside.signal("r", "greeting", "Hello again", signal_id="one")
        await beside.start(greet, "Cleo", run_id="c")
        await beside.cancel("c")
        assert await beside.entries("r") == []
        await beside.verify("r")
    async with runtime.engine() as engine:
        assert await engine.handle("r").result() == "Hello Ada"
        with pytest.raises(RunCancelled):
            await engine.handle("c").result()
        with pytest.raises(RunFinished):
            await engine.signal("r", "greeting", "Hello", signal_id="two")
        await engine.signal("r", "greeting", "Hello", signal_id="one")


async def test_a_driving_engine_takes_over_a_start_that_waits_in_the_inbox(runtime: Runtime) -> None:
    async with runtime.engine(drive=False) as beside:
        await beside.start(greet, "Ada", run_id="r")
    async with runtime.engine() as engine:
        with pytest.raises(RunConflict):
            await engine.start(greet, "Ben", run_id="r")
        handle = await engine.start(greet, "Ada", run_id="r")
        await engine.signal("r", "greeting", "Hello")
        assert await handle.result() == "Hello Ada"
        assert [e.kind for e in await engine.entries("r")].count("run_started") == 1


async def test_a_start_beside_and_one_by_the_driver_are_one_run(runtime: Runtime) -> None:
    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        for n in range(20):
            run_id = f"r{n}"
            await asyncio.gather(engine.start(greet, "Ada", run_id=run_id), beside.start(greet, "Ada", run_id=run_id))
            await engine.signal(run_id, "greeting", "Hello")
            assert await beside.handle(run_id).result() == "Hello Ada"
        await settle()
    async with runtime.engine() as engine:
        assert len(await engine.runs(limit=100)) == 20
        await settle()
    journal = runtime.journal()
    assert journal.messages() == []
    journal.close()


async def test_an_engine_beside_resumes_nothing(runtime: Runtime) -> None:
    ran = []

    @step
    async def work() -> None:
        ran.append("work")

    @workflow
    async def flow() -> None:
        await wait_for_signal("go")
        await work()

    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        await settle()
    async with runtime.engine(drive=False) as beside:
        await beside.signal("r", "go")
        await settle()
        assert ran == []
        assert await beside.handle("r").status() == "waiting"


async def test_closing_an_engine_beside_tells_those_who_wait_on_it(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        await engine.start(greet, "Ada", run_id="r")
        async with runtime.engine(drive=False) as beside:
            waiting = asyncio.create_task(beside.handle("r").result())
            await settle()
        with pytest.raises(EngineClosed):
            await waiting


async def test_engines_on_two_databases_do_not_know_each_other(runtime: Runtime, tmp_path: Path) -> None:
    async with runtime.engine() as one, Engine(f"sqlite:///{tmp_path}/second.db", clock=runtime.clock) as two:
        first = await one.start(greet, "Ada", run_id="r")
        second = await two.start(greet, "Ben", run_id="r")
        await two.signal("r", "greeting", "Hi")
        await one.signal("r", "greeting", "Hello")
        assert (await first.result(), await second.result()) == ("Hello Ada", "Hi Ben")


ELSEWHERE = """
import asyncio, sys
from segue import Engine, wait_for_signal, workflow
from segue.errors import EngineBusy

@workflow(name="beside.greet")
async def greet(name: str) -> str:
    return f"{await wait_for_signal('greeting', str)} {name}"

async def main(url: str) -> None:
    try:
        async with Engine(url):
            print("drove")
    except EngineBusy:
        print("busy")
    async with Engine(url, drive=False) as engine:
        handle = await engine.start(greet, "Elsa", run_id="elsewhere")
        await engine.signal("elsewhere", "greeting", "Hello")
        print(await handle.result())
        await engine.signal("here", "greeting", "Bonjour")
        print(await engine.handle("here").result())
        await engine.start(greet, "Nobody", run_id="stopped")
        await engine.cancel("stopped")
        await engine.verify("elsewhere")
        print(len(await engine.runs(status="completed")))

asyncio.run(main(sys.argv[1]))
"""


DRIVES = """
import asyncio, sys
from segue import Engine

async def main(url: str) -> None:
    async with Engine(url):
        print("in", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


async def test_another_process_works_beside(runtime: Runtime) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(greet, "Ada", run_id="here")
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ELSEWHERE, runtime.url, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        output, errors = await other.communicate()
        assert errors.decode() == ""
        assert output.decode().splitlines() == ["busy", "Hello Elsa", "Bonjour Ada", "2"]
        assert await handle.result() == "Bonjour Ada"
        with pytest.raises(RunCancelled):
            await engine.handle("stopped").result()


async def test_a_run_that_is_taken_up_between_two_looks_is_found(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with runtime.engine() as driving, runtime.engine(drive=False) as beside:
        await driving.start(greet, "Ada", run_id="here")
        known = beside._journal.run
        looks = iter([None])  # the first look came a moment before
        monkeypatch.setattr(beside._journal, "run", lambda run_id: next(looks, known(run_id)))
        assert await beside.handle("here").status() in ("running", "waiting")
        with pytest.raises(RunNotFound):
            await beside.handle("nowhere").status()


async def test_the_lock_is_free_when_its_process_is_killed(runtime: Runtime) -> None:
    with subprocess.Popen([sys.executable, "-c", DRIVES, runtime.url], stdout=subprocess.PIPE) as other:  # noqa: ASYNC220 (its pipes are plain)
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        with pytest.raises(EngineBusy, match=f"process {other.pid}"):
            await runtime.engine().__aenter__()
        other.kill()
    async with runtime.engine() as engine:
        assert await engine.runs() == []


FORKS = """
import asyncio, os, sys
from segue import Engine

async def main(url: str) -> None:
    async with Engine(url):
        child = os.fork()
        if child == 0:
            print("forked", flush=True)
            sys.stdin.read()  # outlives its parent, until the test closes the pipe
            os._exit(0)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_child_that_outlives_a_killed_engine_does_not_hold_its_lock(runtime: Runtime) -> None:
    command = [sys.executable, "-c", FORKS, runtime.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: ASYNC220 (its pipes are plain)
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
        other.wait()
        async with runtime.engine() as engine:
            assert await engine.runs() == []


async def test_a_timer_rings_also_for_a_run_that_was_started_beside(runtime: Runtime) -> None:
    @workflow
    async def flow() -> str:
        await sleep(timedelta(days=1))
        return "rested"

    async with runtime.engine() as engine, runtime.engine(drive=False) as beside:
        await beside.start(flow, run_id="r")
        await until(lambda: engine.status("r") == "waiting")
        await runtime.clock.advance(timedelta(days=2))
        assert await beside.handle("r").result() == "rested"
