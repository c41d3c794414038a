"""`make bench-quality`: how good it is, on data that nobody here wrote, beside simple baselines and the goals."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from benchmarks import measure
from benchmarks.quality import study

TRIED = tuple(f"docs/explanation/{page}.md" for page in ("interpreter", "search", "conversations", "grounding"))
"""Where it stands, with figures."""


def main() -> None:
    """Measure, print a table and, where every study was asked for, write `benchmarks/results/quality.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--only", metavar="STUDIES", help="measure only these, by commas; nothing is written then")
    wanted = parser.parse_args().only
    names = wanted.split(",") if wanted else list(study.STUDIES)
    if not set(names) <= study.STUDIES.keys():
        sys.exit(f"--only takes some of {','.join(study.STUDIES)}")
    about = measure.machine()
    rows, left_out = study.measured(names)
    measure.table([study.HEAD, *(row.cells() for row in sorted(rows, key=lambda row: row.row))])
    for name, why in left_out.items():
        print(f"{name} was left out: {why}")
    print(f"What was tried and did not help: {', '.join(TRIED)}")
    if not wanted:
        kept = [{**asdict(row), "is_met": row.is_met} for row in rows]
        measure.keep("quality", {"rows": kept, "left_out": left_out}, about)


if __name__ == "__main__":
    main()
