"""How many plans are verified in a second: `python -m benchmarks.plans FOLDER ROUNDS`.

The plans are the sample company's procedures, read once and verified again and again, as a workspace's are at every
start and a model's at every request. Seconds are those of the processor: the work is pure and in one thread.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks import usage
from segue.plan import procedure
from segue.plan.catalogue import Catalogue
from segue.plan.verify import verify
from segue.support import sample
from segue.tools import python

WARM = 3
"""Rounds before, so that every expression has been compiled."""


def main(folder: Path, rounds: int) -> None:
    """Print how many plans a second are verified, and how many are read from their files."""
    workspace = sample.copy(folder / "company")
    catalogue = Catalogue.of(python.load(workspace.root))
    plans, findings = procedure.load_all(workspace.procedures)
    assert not findings, findings
    for _ in range(WARM):
        errors = [each for plan in plans.values() for each in verify(plan, catalogue) if each.severity == "error"]
        assert not errors, errors
    begun = time.process_time()
    for _ in range(rounds):
        for plan in plans.values():
            verify(plan, catalogue)
    verified = time.process_time() - begun
    begun = time.process_time()
    procedure.load_all(workspace.procedures)
    read = time.process_time() - begun
    usage.say(
        {
            "verified_per_s": rounds * len(plans) / verified,
            "read_per_s": len(plans) / read,
            "peak_mb": usage.peak_mb(),
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
