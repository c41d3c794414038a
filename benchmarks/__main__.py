"""`make bench`: the engine beside its floor and its peers, on a RAM disk and on the real one."""

from __future__ import annotations

import argparse
import sys

from benchmarks import measure
from benchmarks.measure import Program

SHAPES = {"at-once": (500, 10), "in-turn": (200, 10), "fan-out": (20, 100)}
"""What runs: how many runs of how many steps, a kilobyte each; a fan-out's runs come one after the other."""
FLOOR_SHAPES = ("at-once", "in-turn")


def _programs(shape: str, *, with_peers: bool) -> list[Program]:
    runs, steps = SHAPES[shape]
    arguments = (str(runs), str(steps), shape)
    programs = [Program("segue", "benchmarks.engine.ours", arguments)]
    if shape in FLOOR_SHAPES:
        programs.append(Program("floor", "benchmarks.engine.floor", arguments))
    if with_peers:
        programs.append(Program("langgraph", "benchmarks.engine.langgraph_peer", arguments, is_peer=True))
    return programs


def _engine(rounds: int, *, with_peers: bool) -> None:
    results = {}
    rows = [("disk", "work", "program", "steps/s", "against segue", "peak MB")]
    for disk, folder in measure.disks().items():
        for shape, (runs, steps) in SHAPES.items():
            found = measure.side_by_side(_programs(shape, with_peers=with_peers), on=folder, rounds=rounds)
            results[f"{disk} {shape}"] = found
            ours = found["segue"]["seconds"]
            for name, figures in found.items():
                rate, ratio = runs * steps / figures["seconds"], figures["seconds"] / ours
                peak = f"{figures['peak_mb']:.0f}" if "peak_mb" in figures else ""
                rows.append((disk, shape, name, f"{rate:,.0f}", f"{ratio:.2f} x the time", peak))
    measure.keep("engine", results)
    measure.table(rows)


def main() -> None:
    """Measure, print a table and write the figures to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each program runs; the median counts")
    parser.add_argument("--no-peers", action="store_true", help="leave out what others wrote")
    options = parser.parse_args()
    if options.rounds < 1:
        sys.exit("--rounds must be at least 1")
    _engine(options.rounds, with_peers=not options.no_peers and measure.install_peers())


if __name__ == "__main__":
    main()
