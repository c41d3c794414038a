"""Real processes that run commands; forked from one that has imported everything, so that a start takes no seconds."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
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
from tests.conftest import made_once

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
    inbox in a copy. Where `SEGUE_DEMO` names the folder of a demo that was just run, it is taken from there.
    """
    return made_once(tmp_path_factory, "shop", _company)


def _company(root: Path) -> None:
    if demo := os.environ.get("SEGUE_DEMO"):
        shutil.copytree(demo, root)
    else:
        assert Command(root.with_suffix(".json"), "demo", str(root), "--json").ended(900) == 0
    for recorded in (*(root / ".segue").glob("segue.db*"), *(root / "data").glob("shop.db*")):
        recorded.unlink()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Start `segue` with arguments."""
    outputs = tmp_path_factory.mktemp("outputs")

    def start(*arguments: str, die_at: int = 0, before: bool = False) -> Command:
        return Command(outputs / f"{len(list(outputs.iterdir()))}.json", *arguments, die_at=die_at, before=before)

    return start
