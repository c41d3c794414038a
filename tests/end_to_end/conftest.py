"""Real processes that run commands; forked from one that has imported everything, so that a start takes no seconds."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from segue.engine import step
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.journal import Batch

PATIENCE_S = 300
"""A process that takes longer hangs."""

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["segue.cli", "segue.models.classifier", "segue.wiring", "segue.support.batch"])


def _die_at(commit: int, *, before: bool) -> None:
    """Let this process be killed around one of its journal's commits."""
    commits = [0]
    write = SqliteJournal.commit

    def commit_or_die(self: SqliteJournal, batch: Batch) -> None:
        commits[0] += 1
        if commits[0] == commit and before:
            os.kill(os.getpid(), signal.SIGKILL)
        write(self, batch)
        if commits[0] == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    SqliteJournal.commit = commit_or_die  # type: ignore[method-assign]


def _run(arguments: list[str], output: Path, commit: int, before: bool) -> None:
    from segue.cli import main

    # what a killed process was about to do is believed not done when its time is over: in two seconds, not in a minute
    step.ONCE_TIMEOUT = timedelta(seconds=1)
    if commit:
        _die_at(commit, before=before)
    sys.argv = ["segue", *arguments]
    with output.open("w") as stream:
        os.dup2(stream.fileno(), 1)
    main()


class Command:
    """`segue` with arguments, as a process of its own."""

    def __init__(self, output: Path, *arguments: str, die_at: int = 0, before: bool = False) -> None:
        """Start it; with `die_at`, it is killed around the commit of that number."""
        self.output = output
        self.process: BaseProcess = _SERVER.Process(target=_run, args=([*arguments], output, die_at, before))
        self.process.start()

    def ended(self, patience_s: float = PATIENCE_S) -> int:
        """Wait for its end and return its exit status; -9 where it was killed."""
        self.process.join(patience_s)
        if self.process.exitcode is None:
            self.process.kill()
            pytest.fail(f"still running after {patience_s} s")
        return self.process.exitcode

    def printed(self) -> Any:
        """Return the JSON that it printed."""
        return json.loads(self.output.read_text(encoding="utf-8"))


Run = Callable[..., Command]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company with its year, everything learned and forecast, and no ticket taken up yet.

    What is derived from the year takes minutes, so it is made once for all processes of tests; each test resolves the
    inbox in a copy.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, done = shared / "company" / "shop", shared / "company.done"
    with (shared / "company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            root.parent.mkdir()
            demo = Command(shared / "company.json", "demo", str(root), "--json")
            assert demo.ended(900) == 0
            for recorded in (*(root / ".segue").glob("segue.db*"), *(root / "data").glob("shop.db*")):
                recorded.unlink()
            done.touch()
    return root


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Start `segue` with arguments."""
    outputs = tmp_path_factory.mktemp("outputs")

    def start(*arguments: str, die_at: int = 0, before: bool = False) -> Command:
        return Command(outputs / f"{len(list(outputs.iterdir()))}.json", *arguments, die_at=die_at, before=before)

    return start
