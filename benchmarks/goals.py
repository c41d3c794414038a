"""What the engine and the knowledge are compared with, and the goal of each comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks import measure
from benchmarks.measure import Program, Ratio, Rounds


@dataclass(frozen=True)
class Sizes:
    """How much work is measured."""

    runs: int = 500
    """That run at once, with `steps` each."""
    runs_in_turn: int = 200
    fan_outs: int = 20
    """Runs that fan out, one after another."""
    steps: int = 10
    branches: int = 100
    waiting: int = 100_000
    wakes: int = 200
    """From this process, and as many from another."""
    killed: int = 10_000
    """Runs that are unfinished when their process is killed."""
    passages: int = 100_000
    """That are searched."""
    articles: int = 5_000
    """That are read into a library, with four passages each."""
    verifications: int = 200
    """Of every procedure of the sample."""


QUICK = Sizes(
    runs=10,
    runs_in_turn=5,
    fan_outs=2,
    steps=3,
    branches=5,
    waiting=50,
    wakes=5,
    killed=30,
    passages=400,
    articles=20,
    verifications=2,
)
"""To try that it all works; the figures mean nothing."""


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    row: str
    """E1 and so on, as the goals are numbered."""
    what: str
    on: str
    """`memory`, a RAM disk, or `disk`."""
    ours: str
    other: str
    ratio: str = ""
    """Median of the rounds' ratios, with the least and the most."""
    processor: str = ""
    """The same of the processor's time."""
    peak_mb: str = ""
    """Most memory held, by both."""
    goal: str = ""
    is_met: bool | None = None
    """`None` where there is no goal."""

    def cells(self) -> tuple[str, ...]:
        """Return the columns."""
        verdict = "" if self.is_met is None else "met" if self.is_met else "missed"
        figures = self.ours, self.other, self.ratio, self.processor, self.peak_mb
        return self.row, self.what, self.on, *figures, self.goal, verdict


HEAD = ("", "what", "on", "segue", "beside", "ratio (min–max)", "CPU", "peak MB", "goal", "")
Compared = tuple[str, str, float | None]
"""Row, program and goal: so many times its speed at least."""


@dataclass(frozen=True)
class Comparison:
    """Programs that are measured in turn, and what is read from their figures."""

    rows: tuple[str, ...]
    programs: tuple[Program, ...]
    lines: Callable[[str, Rounds], Iterator[Line]]
    """Given the disk and the figures."""
    needs_disk: bool = True
    most_rounds: int = 20


def comparisons(sizes: Sizes, *, with_peers: bool) -> dict[str, Comparison]:
    """Return every comparison by name."""
    at_once = _shape("at-once", sizes.runs, sizes.steps, with_floor=True, with_peers=with_peers)
    in_turn = _shape("in-turn", sizes.runs_in_turn, sizes.steps, with_floor=True, with_peers=with_peers)
    fan_out = _shape("fan-out", sizes.fan_outs, sizes.branches, with_floor=False, with_peers=with_peers)
    steps = sizes.runs * sizes.steps, sizes.runs_in_turn * sizes.steps, sizes.fan_outs * sizes.branches
    all_at_once: tuple[Compared, ...] = (("E1", "langgraph", 15), ("E2", "floor", 0.4))
    all_in_turn: tuple[Compared, ...] = (("E3", "langgraph", 4), ("E3", "floor", 0.3))
    waiting = Program("segue", "benchmarks.engine.waiting", (str(sizes.waiting), str(sizes.wakes)))
    resuming = Program("segue", "benchmarks.engine.resuming", (str(sizes.killed),))
    searching = Program("segue", "benchmarks.knowledge.searching", (str(sizes.passages),))
    ingesting = Program("segue", "benchmarks.knowledge.ingesting", (str(sizes.articles),))
    return {
        "at-once": Comparison(("E1", "E2"), at_once, partial(_speed, "runs at once", steps[0], all_at_once)),
        "in-turn": Comparison(("E3",), in_turn, partial(_speed_in_turn, "runs in turn", steps[1], all_in_turn)),
        "fan-out": Comparison(("E4",), fan_out, partial(_speed, "fan-out, join", steps[2], (("E4", "langgraph", 5),))),
        "waiting": Comparison(("E5",), (waiting,), partial(_waiting, sizes.waiting), most_rounds=1),
        "resuming": Comparison(("E6",), (resuming,), partial(_resuming, sizes.killed), most_rounds=1),
        "searching": Comparison(
            ("K1",), (searching,), partial(_searching, sizes.passages), needs_disk=False, most_rounds=1
        ),
        "ingesting": Comparison(("K2",), (ingesting,), _ingesting, needs_disk=False, most_rounds=1),
        "plans": Comparison(
            ("P1",), (Program("segue", "benchmarks.plans", (str(sizes.verifications),)),), _plans, needs_disk=False
        ),
        "imports": Comparison(("S2",), tuple(map(_import, IMPORTS)), _imports, needs_disk=False),
    }


def _shape(shape: str, runs: int, steps: int, *, with_floor: bool, with_peers: bool) -> tuple[Program, ...]:
    arguments = (str(runs), str(steps), shape)
    programs = [Program("segue", "benchmarks.engine.ours", arguments)]
    if with_floor:
        programs.append(Program("floor", "benchmarks.engine.floor", arguments))
    if with_peers:
        programs.append(Program("langgraph", "benchmarks.engine.langgraph_peer", arguments, is_peer=True))
    return tuple(programs)


def _speed(what: str, steps: int, compared: tuple[Compared, ...], on: str, found: Rounds) -> Iterator[Line]:
    for row, other, goal in compared:
        if other not in found:
            yield Line(row, what, on, _rate(found, "segue", steps), f"no {other} here")
            continue
        faster = measure.ratio(found, other, "segue")
        yield Line(
            row,
            what,
            on,
            _rate(found, "segue", steps),
            f"{other} {_rate(found, other, steps)}",
            str(faster),
            f"{measure.ratio(found, other, 'segue', 'cpu_s').median:.2f}",
            " / ".join(f"{measure.median(found, name, 'peak_mb'):.0f}" for name in ("segue", other)),
            "" if goal is None else f"≥ {goal:g}",
            None if goal is None else faster.median >= goal,
        )


def _speed_in_turn(what: str, steps: int, compared: tuple[Compared, ...], on: str, found: Rounds) -> Iterator[Line]:
    """On a real disk one after another shows the disk's fsync, so there is no goal there."""
    if on != "memory":
        compared = tuple((row, other, None) for row, other, _ in compared)
    return _speed(what, steps, compared, on, found)


def _rate(found: Rounds, program: str, steps: int) -> str:
    return f"{steps / measure.median(found, program):,.0f}/s"


def _waiting(runs: int, on: str, found: Rounds) -> Iterator[Line]:
    figures = found["segue"][0]
    held, begun, peak = figures["waiting_mb"], figures["created_per_s"], f"{figures['peak_mb']:.0f}"
    yield _limited("E5", f"{runs:,} wait", on, held, 100, "{:.0f} MB", beside=f"{begun:,.0f} begun/s", peak_mb=peak)
    for who, name in (("own", "this process"), ("other", "another one")):
        middle = f"p50 {figures[f'{who}_p50_ms']:.1f} ms; fsync {figures['fsync_p50_ms']:.1f}"
        yield _limited("E5", f"woken by {name}", on, figures[f"{who}_p95_ms"], 10, "p95 {:.1f} ms", beside=middle)


def _resuming(runs: int, on: str, found: Rounds) -> Iterator[Line]:
    figures = found["segue"][0]
    peak = f"{figures['peak_mb']:.0f}"
    yield _limited("E6", f"{runs:,} killed, resumed", on, figures["resumed_s"], 10, "{:.1f} s", peak_mb=peak)
    yield _limited("E6", "finished steps again", on, figures["finished_again"], 0, "{:.0f}")
    yield _limited("E6", "`once` steps twice", on, figures["once_twice"], 0, "{:.0f}")


def _searching(passages: int, on: str, found: Rounds) -> Iterator[Line]:
    figures = found["segue"][0]
    alone = figures["tantivy_ms"] + figures["numpy_ms"]
    times = figures["ours_ms"] / alone
    beside = f"tantivy {figures['tantivy_ms']:.1f} + numpy {figures['numpy_ms']:.1f} ms"
    ours, peak = f"{figures['ours_ms']:.1f} ms", f"{figures['peak_mb']:.0f}"
    what = f"search in {passages:,}"
    yield Line("K1", what, on, ours, beside, f"{times:.2f}", peak_mb=peak, goal="≤ 1.3", is_met=times <= 1.3)


def _ingesting(on: str, found: Rounds) -> Iterator[Line]:
    figures = found["segue"][0]
    share = figures["ours_per_s"] / figures["tantivy_per_s"]
    ours, beside = f"{figures['ours_per_s']:,.0f}/s", f"tantivy {figures['tantivy_per_s']:,.0f}/s"
    peak = f"{figures['peak_mb']:.0f}"
    yield Line("K2", "passages ingested", on, ours, beside, f"{share:.2f}", "", peak, "≥ 0.3", share >= 0.3)
    again = f"{figures['again_s'] * 1000:.0f} ms"
    yield Line("K2", "the same, nothing changed", on, again, f"{figures['passages']:,.0f} passages")


def _limited(
    row: str, what: str, on: str, found: float, most: float, form: str, *, beside: str = "", peak_mb: str = ""
) -> Line:
    unit = form.rpartition("}")[2]
    goal = f"≤ {most:g}{unit}" if most else "0"
    return Line(row, what, on, form.format(found), beside, peak_mb=peak_mb, goal=goal, is_met=found <= most)


def _plans(on: str, found: Rounds) -> Iterator[Line]:
    rate, read = (measure.median(found, "segue", f"{name}_per_s") for name in ("verified", "read"))
    peak = f"{measure.median(found, 'segue', 'peak_mb'):.0f}"
    beside = f"read from YAML {read:,.0f}/s"
    yield Line("P1", "plans verified", on, f"{rate:,.0f}/s", beside, "", "", peak, "≥ 2,000/s", rate >= 2000)


IMPORTS = (
    "import segue",
    "from segue import Engine, step, workflow",
    "import pydantic",
    "from pydantic import BaseModel",
)


def _import(statement: str) -> Program:
    return Program(statement, "benchmarks.imports", (statement,))


def _imports(on: str, found: Rounds) -> Iterator[Line]:
    names, used, peer, peer_used = IMPORTS
    for row, ours, other, goal in (("S2", names, peer, 1.5), ("S2", used, peer, None), ("S2", used, peer_used, None)):
        times: Ratio = measure.ratio(found, ours, other)
        yield Line(
            row,
            ours,
            on,
            f"{measure.median(found, ours) * 1000:.0f} ms",
            f"{other} {measure.median(found, other) * 1000:.0f} ms",
            str(times),
            goal="" if goal is None else f"≤ {goal:g}",
            is_met=None if goal is None else times.median <= goal,
        )
