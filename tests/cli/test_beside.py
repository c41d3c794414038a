"""Several processes on one workspace, interrupts and kills: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run, ended, process, tickets, until_there


@pytest.fixture
def started(slow_shop: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that drives the workspace and is in the middle of two slow steps."""
    file = tickets(slow_shop / "first.jsonl", ["a-1", "a-2"], "Please look at it slowly.")
    driving = process("resolve", file, "--workspace", slow_shop, "--json")
    until_there(lambda: _seen(slow_shop) == 2)
    yield driving
    driving.kill()
    driving.communicate()


def test_an_interrupt_ends_at_once_with_130_and_the_same_command_goes_on(
    run: Run, slow_shop: Path, started: subprocess.Popen[str]
) -> None:
    begun = time.monotonic()
    started.send_signal(signal.SIGINT)
    stopped = ended(started)
    assert time.monotonic() - begun < 5, "it waited for a tool that never returns"
    assert (stopped.status, stopped.out) == (130, "")
    assert stopped.error == "segue: stopped; what was finished is kept, and the same command goes on from there"
    (slow_shop / "go").touch()
    again = run("resolve", slow_shop / "first.jsonl", "--workspace", slow_shop, "--json")
    assert _outcomes(again) == {"a-1": "resolved", "a-2": "resolved"}
    assert len(run("runs", "list", "--workspace", slow_shop, "--json").json) == 2


def test_commands_work_beside_a_process_that_drives(run: Run, slow_shop: Path, started: subprocess.Popen[str]) -> None:
    listed = run("runs", "list", "--workspace", slow_shop, "--json").json
    assert {one["run_id"]: one["outcome"] for one in listed} == {"ticket-a-1": "running", "ticket-a-2": "running"}
    assert run("audit", "verify", "--workspace", slow_shop, "--json").json["ok"]
    assert run("search", "delivery", "--workspace", slow_shop).status == 0
    diagnosed = run("doctor", "--workspace", slow_shop, "--json").json
    assert {"check": "driver", "message": "a process drives this workspace"}.items() <= next(
        one for one in diagnosed if one["check"] == "driver"
    ).items()
    assert run("signal", "a-1", "message", "hello", "--workspace", slow_shop).status == 0
    forked = run("runs", "fork", "a-1", "--before", "1", "--workspace", slow_shop, "--json").json
    until_there(
        lambda: _entries(run, slow_shop, forked["run_id"]) > 2
    )  # one was copied, and the process goes on with it
    assert run("runs", "cancel", "a-2", "--workspace", slow_shop).status == 0
    (slow_shop / "go").touch()
    assert _outcomes(ended(started)) == {"a-1": "resolved", "a-2": "escalated"}


def test_a_second_resolve_asks_the_first_and_takes_over_when_it_is_killed(
    run: Run, slow_shop: Path, started: subprocess.Popen[str]
) -> None:
    file = tickets(slow_shop / "second.jsonl", ["b-1"], "Please look at it slowly.")
    second = process("resolve", file, "--workspace", slow_shop, "--json")
    until_there(lambda: _seen(slow_shop) == 3)  # the first process works on the ticket of the second
    started.kill()
    started.wait()
    (slow_shop / "go").touch()
    took_over = ended(second)
    assert (took_over.status, took_over.err) == (0, "")
    assert _outcomes(took_over) == {"b-1": "resolved"}
    again = run("resolve", slow_shop / "first.jsonl", "--workspace", slow_shop, "--json")
    assert _outcomes(again) == {"a-1": "resolved", "a-2": "resolved"}
    assert run("audit", "verify", "--workspace", slow_shop, "--json").json["runs"] == 3


def _seen(shop: Path) -> int:
    file = shop / "seen"
    return len(file.read_text()) if file.exists() else 0


def _entries(run: Run, shop: Path, run_id: str) -> int:
    return len(run("runs", "show", run_id, "--workspace", shop, "--json").json["entries"])


def _outcomes(ran: Ran) -> dict[str, Any]:
    shown = [json.loads(line) for line in ran.out.splitlines()]
    return {one["ticket_id"]: one["outcome"] for one in shown}
