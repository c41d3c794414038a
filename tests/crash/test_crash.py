"""Killed at any moment, a run goes on: nothing finished is repeated, nothing irreversible happens twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.crash.scenario import ROOTS
from tests.crash.world import IN_DEEDS, IN_MESSAGES, IN_WRITES

SCHEDULES = int(os.environ.get("SEGUE_CRASH_SCHEDULES", "40"))
"""Random schedules of deaths; `make test-crash` asks for many more."""
AT_EVERY = int(os.environ.get("SEGUE_CRASH_AT_EVERY", "20" if SCHEDULES < 1000 else "1"))
"""One death at each so manieth point of a calm life."""
PLACES = (*IN_WRITES, *IN_MESSAGES, *IN_DEEDS, "between turns")
PROCESSES = max(2, os.cpu_count() or 1)
HERE = Path(__file__).parents[2]


class Zygote:
    """A process that tells one story after the other, see `zygote`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.crash.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE,
        )

    def tell(self, schedule: dict[str, Any]) -> dict[str, Any]:
        """Let a story be told, and return what came of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(schedule) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Zygotes:
    """As many of them as there are processors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all = [Zygote() for _ in range(PROCESSES)]
        self._idle: SimpleQueue[Zygote] = SimpleQueue()
        for zygote in self._all:
            self._idle.put(zygote)

    def tell(self, name: str, lives: Sequence[dict[str, Any]], roots: Sequence[str] = tuple(ROOTS)) -> dict[str, Any]:
        """Let a story be told in a folder of its own."""
        schedule = {"folder": str(self.folder / name), "roots": list(roots), "lives": list(lives)}
        zygote = self._idle.get()
        try:
            told = zygote.tell(schedule)
        finally:
            self._idle.put(zygote)
        if told["violation"] is not None:
            told["violation"] += f"\n  in the story {json.dumps(schedule)}"
        return told

    def tell_all(self, stories: Sequence[tuple[str, Sequence[dict[str, Any]], Sequence[str]]]) -> list[dict[str, Any]]:
        """Let many stories be told, side by side."""
        with ThreadPoolExecutor(PROCESSES) as threads:
            return list(threads.map(lambda story: self.tell(*story), stories))

    def end(self) -> None:
        for zygote in self._all:
            zygote.end()


@pytest.fixture(scope="module")
def zygotes() -> Iterator[Zygotes]:
    """Runs are kept in memory where there is such a place, for what a killed process wrote stays there too."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of its own is made in it)
    folder = tempfile.mkdtemp(prefix="segue-crash-", dir=memory if memory.is_dir() else None)
    made = Zygotes(Path(folder))
    yield made
    made.end()
    if not any(Path(folder).iterdir()):  # a story that failed is left to be looked at
        Path(folder).rmdir()


def summary(told: Sequence[dict[str, Any]], seconds: float) -> str:
    """Return what came of many stories, in a line."""
    kills: Counter[str] = Counter()
    for one in told:
        kills.update(one["kills"])
    sums = {what: sum(one[what] for one in told) for what in ("lives", "runs", "entries", "doubts")}
    violations = sum(one["violation"] is not None for one in told)
    return (
        f"schedules={len(told)} {' '.join(f'{what}={number}' for what, number in sums.items())} "
        f"violations={violations} kills={sum(kills.values())} {json.dumps(dict(kills.most_common()))} "
        f"{len(told) / seconds:.1f} schedules/s"
    )


def check(told: Sequence[dict[str, Any]]) -> None:
    """Fail with the first violations there are."""
    found = [one["violation"] for one in told if one["violation"] is not None]
    assert not found, "\n".join(found[:5])


def test_without_a_death_everything_happens_once(zygotes: Zygotes) -> None:
    told = zygotes.tell("calm", [])
    check([told])
    assert told["doubts"] == 0
    assert told["runs"] >= 21  # and the children of one that is cancelled, where they begin before
    # on a busy machine more writes share a commit
    assert told["passed"]["before COMMIT"] > 30, "the scenario has become too small to be worth killing"


def test_killed_at_every_point_once(zygotes: Zygotes) -> None:
    calm = zygotes.tell("calm", [])
    points = [(place, number) for place in PLACES for number in range(calm["passed"].get(place, 0))]
    first = random.SystemRandom().randrange(AT_EVERY)
    told = zygotes.tell_all(
        [
            (f"{place} {number}", [{"place": place, "number": number}], tuple(ROOTS))
            for place, number in points[first::AT_EVERY]
        ]
    )
    check(told)
    assert all(one["tokens"] == calm["tokens"] for one in told), "what a run draws depends on its deaths"
    assert max(one["doubts"] for one in told) <= 9, "one death can leave no more in doubt than was under way"
    assert sum(one["doubts"] for one in told), "no death ever hit a shipment: the points are not where they should be"


def random_life(dice: random.Random) -> dict[str, Any]:
    """Return a life that ends somewhere, or lives to its end."""
    life: dict[str, Any] = {}
    if dice.random() < 0.3:
        life["after_s"] = dice.expovariate(1 / 0.04)
    else:
        place = dice.choice(PLACES)
        mean = {"between statements": 60} | dict.fromkeys(IN_MESSAGES, 0.5)
        life |= {"place": place, "number": int(dice.expovariate(1 / mean.get(place, 15)))}
    if dice.random() < 0.3:
        life |= {"beside_place": dice.choice(IN_MESSAGES), "beside_number": int(dice.expovariate(1 / 6))}
    return life


def random_story(dice: random.Random) -> tuple[list[dict[str, Any]], list[str]]:
    """Return lives, and the runs that they are about."""
    roots = dice.sample(list(ROOTS), dice.randrange(2, len(ROOTS) + 1))
    return [random_life(dice) for _ in range(dice.randrange(1, 8))], roots


def test_killed_again_and_again_at_random(zygotes: Zygotes, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("SEGUE_CRASH_SEED", random.SystemRandom().randrange(10**9)))
    dice = random.Random(seed)  # noqa: S311
    begun = time.monotonic()
    told = zygotes.tell_all([(str(number), *random_story(dice)) for number in range(SCHEDULES)])
    with capsys.disabled():
        print(f"\nSEGUE_CRASH_SEED={seed} {summary(told, time.monotonic() - begun)}")  # noqa: T201 (also when it passes)
    check(told)
    if SCHEDULES >= 400:
        kills = {place for one in told for place, number in one["kills"].items() if number}
        assert {*PLACES, "at a time", "beside"} <= kills, "there are places where nobody ever dies"
