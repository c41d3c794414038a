"""`segue runs cancel` and `segue runs fork`: beside whatever drives, or before it does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from segue import Engine, step, wait_for_signal, workflow
from segue.errors import RunCancelled
from tests.cli.conftest import TICKET, Ran, Run

ASKED = {"id": "t", "customer": {"id": "c-7", "authenticated": True},
         "messages": [{"role": "customer", "text": "Where is my order?"}]}  # fmt: skip


@pytest.fixture
def waiting(run: Run, shop: Path) -> Path:
    """A workspace in which a ticket waits for its customer to say which order is meant."""
    assert resolved(run, shop, ASKED)["outcome"] == "waiting"
    return shop


def resolved(run: Run, shop: Path, ticket: dict[str, Any]) -> Any:
    return run("resolve", "-", "--workspace", shop, "--json", stdin=json.dumps(ticket)).json


def status(run: Run, shop: Path, run_id: str) -> str:
    listed = run("runs", "list", "--workspace", shop, "--json").json
    return next(str(one["status"]) for one in listed if one["run_id"] == run_id)


def shown(run: Run, shop: Path, run_id: str) -> Any:
    return run("runs", "show", run_id, "--workspace", shop, "--json").json


def drive(run: Run, shop: Path, ticket: str = "other") -> Ran:
    """Let something else be resolved, as any command that drives does."""
    return run("resolve", "-", "--workspace", shop, "--json", stdin=TICKET % (ticket, "What do you sell?"))


def test_a_run_that_is_cancelled_ends_when_something_drives(run: Run, waiting: Path) -> None:
    asked = run("runs", "cancel", "t", "--workspace", waiting)
    assert (asked.status, asked.err) == (0, "")
    assert asked.out.startswith("Asked ticket-t to end. What drives this workspace takes it up at once")
    assert status(run, waiting, "ticket-t") == "waiting"
    drive(run, waiting)
    assert status(run, waiting, "ticket-t") == "completed"
    last = shown(run, waiting, "t")["entries"][-1]
    assert (last["result"]["outcome"], last["result"]["reason"]) == ("escalated", "cancelled")


def test_cancelling_once_more_changes_nothing(run: Run, shop: Path) -> None:
    @workflow
    async def asks() -> None:
        await wait_for_signal("word", str)

    async def cancelled() -> None:
        async with Engine(f"sqlite:///{shop}/.segue/segue.db") as engine:
            handle = await engine.start(asks, run_id="own")
            await engine.cancel("own")
            with pytest.raises(RunCancelled):
                await handle.result()

    asyncio.run(cancelled())
    again = run("runs", "cancel", "own", "--workspace", shop)
    assert (again.status, again.out) == (0, "own was cancelled already\n")


def test_what_has_ended_cannot_be_cancelled(run: Run, shop: Path) -> None:
    drive(run, shop)
    ran = run("runs", "cancel", "other", "--workspace", shop)
    assert ran.status == 2
    assert ran.error == "segue: run ticket-other has ended (completed): there is nothing to cancel"


def test_a_fork_goes_on_when_something_drives_and_its_original_stays(run: Run, waiting: Path) -> None:
    paths = [entry["path"] for entry in shown(run, waiting, "t")["entries"]]
    waits = next(path for path in paths if path not in ("", "0"))
    forked = run("runs", "fork", "t", "--before", waits, "--workspace", waiting)
    assert (forked.status, forked.err) == (0, "")
    assert forked.out.startswith(f"Forked ticket-t before {waits} as ticket-t-fork-1: its effects end as they did")
    assert forked.out.endswith("See how it went: segue runs show ticket-t-fork-1\n")
    before = len(shown(run, waiting, "ticket-t-fork-1")["entries"])
    for number in range(20):  # whatever drives ends with its own tickets: on a busy machine the fork is not done then
        drive(run, waiting, f"other-{number}")
        after = shown(run, waiting, "ticket-t-fork-1")
        if after["run"]["status"] != "running":
            break
    assert len(after["entries"]) > before
    assert after["run"]["status"] == "waiting"
    assert status(run, waiting, "ticket-t") == "waiting"
    assert run("audit", "verify", "--workspace", waiting, "--json").json["ok"]


def test_a_fork_says_in_json_what_it_is(run: Run, waiting: Path) -> None:
    forked = run("runs", "fork", "t", "--before", "0", "--as", "what-if", "--live", "--workspace", waiting, "--json")
    assert forked.json == {"run_id": "what-if", "source": "ticket-t", "before": "0", "live": True}
    cancelled = run("runs", "cancel", "what-if", "--workspace", waiting, "--json")
    assert cancelled.json == {"run_id": "what-if", "status": "running"}


def test_a_live_fork_that_could_repeat_a_payment_is_refused(run: Run, shop: Path) -> None:
    @step(effect="once")
    async def pay() -> None: ...

    @workflow
    async def buys() -> None:
        await pay()

    async def bought() -> None:
        async with Engine(f"sqlite:///{shop}/.segue/segue.db") as engine:
            await (await engine.start(buys, run_id="own")).result()

    asyncio.run(bought())
    ran = run("runs", "fork", "own", "--before", "0", "--live", "--workspace", shop)
    assert (ran.status, ran.out) == (1, "")
    assert "is not safe to repeat" in ran.error
    assert len(run("runs", "list", "--workspace", shop, "--json").json) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["fork", "t", "--before", "99"], "run ticket-t has no entry at or below path '99'; there are: 0"),
        (["fork", "t", "--before", "0", "--as", "ticket-t"], "run ticket-t exists already"),
        (["fork", "nobody", "--before", "0"], "there is no run nobody"),
        (["fork", "t"], "Missing option '--before'"),
        (["cancel", "nobody"], "there is no run nobody"),
    ],
)
def test_what_is_not_there_is_wrong_usage(run: Run, waiting: Path, arguments: list[str], error: str) -> None:
    ran = run("runs", *arguments, "--workspace", waiting)
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"segue: {error}")
