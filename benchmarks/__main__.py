"""`make bench`: engine and knowledge beside their floors and peers, on a RAM disk and on the real one."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from benchmarks import goals, measure
from benchmarks.goals import Comparison, Line
from benchmarks.measure import Rounds


def main() -> None:
    """Measure, print a table and, where all was measured, write the figures to `benchmarks/results/engine.json`."""
    options = _options()
    about = measure.machine()
    sizes = goals.QUICK if options.quick else goals.Sizes()
    all_rows = sorted({row for each in goals.comparisons(sizes, with_peers=False).values() for row in each.rows})
    wanted = options.only.split(",") if options.only else all_rows
    if not set(wanted) <= set(all_rows):
        sys.exit(f"--only takes some of {','.join(all_rows)}")
    with_peers = not options.no_peers and measure.install_peers()
    lines: list[Line] = []
    rounds: dict[str, Rounds] = {}
    for name, comparison in goals.comparisons(sizes, with_peers=with_peers).items():
        if not set(comparison.rows) & set(wanted):
            continue
        for on, found in _measured(name, comparison, 1 if options.quick else options.rounds, quick=options.quick):
            rounds[f"{name} {on}".strip()] = found
            lines += [line for line in comparison.lines(on, found) if line.row in wanted]
    measure.table([goals.HEAD, *(line.cells() for line in sorted(lines, key=lambda line: line.row))])
    if not options.quick and not options.only:
        measure.keep("engine", {"table": [asdict(line) for line in lines], "rounds": rounds}, about)


def _measured(name: str, comparison: Comparison, rounds: int, *, quick: bool) -> list[tuple[str, Rounds]]:
    found = []
    for disk, folder in measure.disks(only_first=quick or not comparison.needs_disk).items():
        on = disk if comparison.needs_disk else ""
        print(f"{name} {on}".strip(), "…", file=sys.stderr, flush=True)
        several = min(rounds, comparison.most_rounds)
        found.append((on, measure.in_turn(comparison.programs, on=folder, rounds=several)))
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the programs run in turn; the median counts")
    parser.add_argument("--only", metavar="ROWS", help="measure only these rows, e.g. E1,E5; nothing is written then")
    parser.add_argument("--no-peers", action="store_true", help="leave out what others wrote")
    parser.add_argument("--quick", action="store_true", help="little work, to try that it works; nothing is written")
    options = parser.parse_args()
    if options.rounds < 1:
        sys.exit("--rounds must be at least 1")
    return options


if __name__ == "__main__":
    main()
