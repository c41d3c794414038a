"""Killed at any moment, a run goes on: nothing finished is repeated, nothing irreversible happens twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from segue.engine.audit import check_run
from segue.engine.embedded.journal import SqliteJournal

SCHEDULES = int(os.environ.get("SEGUE_CRASH_SCHEDULES", "150"))
"""Random schedules of deaths; `make test-crash` asks for many more."""
SETTLED = ("step_finished", "step_failed", "step_in_doubt")


class Lives:
    """Makes processes that drive the scenario, one after the other."""

    def __init__(self) -> None:
        scenario = Path(__file__).with_name("scenario.py")
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", scenario], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def live(self, folder: Path, life: int, at: int | None) -> bool:
        """Live once more in a folder; says whether that life came to the end, rather than to its death."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), "life": life, "at": at}) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in (0, -signal.SIGKILL), f"life {life} in {folder} failed by itself, see its error above"
        return code == 0

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    made = Lives()
    yield made
    made.end()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where runs are kept: in memory where there is such a place, for what a killed process wrote stays there too."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of its own is made in it)
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


class Story:
    """The runs of one folder, through all their lives, and what must hold of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.hashes: dict[str, list[bytes]] = {}
        """Of the entries on disk after the last life, by run."""
        self.settled: dict[str, int] = {}
        """The life in which a step's last entry came to the disk, by the step's key."""

    def check_after(self, life: int) -> None:
        """The journal grew at its end only, and its chains are whole."""
        kept = SqliteJournal(self.folder / "segue.db")
        try:
            for run_id in kept.run_ids():
                records = check_run(kept, run_id)
                hashes = [record.hash for record in records]
                before = self.hashes.get(run_id, [])
                assert hashes[: len(before)] == before, f"{run_id} lost entries in life {life}"
                self.hashes[run_id] = hashes
                for record in records:
                    if record.kind in SETTLED:
                        self.settled.setdefault(f"{run_id}:{record.path}", life)
        finally:
            kept.close()

    def noted(self) -> list[dict[str, Any]]:
        """What the receiver remembers."""
        return [json.loads(line) for line in (self.folder / "receiver.jsonl").read_text().splitlines()]

    def check_end(self) -> dict[str, Any]:
        """Nothing settled ran again, nothing irreversible happened twice, and the results are right."""
        noted = self.noted()
        for line in noted:
            assert line["life"] <= self.settled[line["key"]], f"ran again after it was settled: {line}"
        deeds = Counter(line["key"] for line in noted if line["what"] == "acted")
        end: dict[str, Any] = json.loads((self.folder / "end.json").read_text())
        for run_id, result in end["results"].items():
            assert deeds[f"{run_id}:2.0.0"] == 1, "charged not exactly once"
            assert result["steps"] == [
                f"order of {run_id}", f"reserved for {run_id}", f"charged {run_id}", len(run_id), "granted", True
            ]  # fmt: skip
            assert result["packed"] == f"packed the order of {run_id}"
            for n, parcel in enumerate(result["parcels"]):
                shipped = deeds[f"{run_id}:5.{n}.0"]
                assert shipped == 1 if parcel != "in doubt" else shipped <= 1, f"parcel {n}: {parcel}, {shipped} times"
        return end


def told(lives: Lives, folder: Path, deaths: Sequence[int]) -> dict[str, Any]:
    """Let a story be told with deaths at these points, one a life, and then to its end."""
    story = Story(folder)
    for life, at in enumerate([*deaths, None]):
        is_over = lives.live(folder, life, at)
        story.check_after(life)
        if is_over:
            break
    end = story.check_end()
    shutil.rmtree(folder)  # one that failed is left to be looked at
    return end


def in_doubt(end: dict[str, Any]) -> int:
    return sum(result["parcels"].count("in doubt") for result in end["results"].values())


def test_without_a_death_everything_happens_once(lives: Lives, folder: Path) -> None:
    end = told(lives, folder / "calm", [])
    assert in_doubt(end) == 0
    assert end["points"] > 50, "the scenario has become too small to be worth killing"


def test_killed_at_every_point_once(lives: Lives, folder: Path) -> None:
    calm = told(lives, folder / "calm", [])
    tokens = {run_id: result["token"] for run_id, result in calm["results"].items()}
    doubts = 0
    for at in range(calm["points"]):
        end = told(lives, folder / str(at), [at])
        assert {run_id: result["token"] for run_id, result in end["results"].items()} == tokens
        assert in_doubt(end) <= 4, "one death can leave no more in doubt than was under way"
        doubts += in_doubt(end)
    assert doubts > 0, "no death ever hit a shipment: the points are not where they should be"


def test_killed_again_and_again_at_random(lives: Lives, folder: Path) -> None:
    seed = int(os.environ.get("SEGUE_CRASH_SEED", random.SystemRandom().randrange(10**9)))
    print(f"SEGUE_CRASH_SEED={seed}")  # noqa: T201 (shown when it fails)
    dice = random.Random(seed)  # noqa: S311
    for number in range(SCHEDULES):
        deaths = [min(int(dice.expovariate(1 / 15)), 120) for _ in range(dice.randrange(1, 8))]
        try:
            told(lives, folder / str(number), deaths)
        except AssertionError as error:
            error.add_note(f"with deaths at {deaths}, schedule {number} of seed {seed}")
            raise
