"""How the sample's agent does with words that its history never had: `python -m benchmarks.quality.phrasings`.

The sample's generator holds a tenth of its phrasings out of the year. This writes the year and two sets of 700 tickets,
one from phrasings that the year may have, one from those that it never has, and runs `segue backtest` on both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import measure
from segue.support import sample

TICKETS = 6500
"""Of the year."""


def main() -> None:
    """Measure and print."""
    results = {}
    rows = [("phrasings", "tickets", "topics understood", "alone", "of these right")]
    with tempfile.TemporaryDirectory() as folder:
        workspace = sample.copy(Path(folder) / "company")
        sample.grow(workspace, TICKETS)
        for name, option in (("as in the history", "--seen"), ("held out of it", "--held-out")):
            file = Path(folder) / f"{option.strip('-')}.jsonl"
            subprocess.run([sys.executable, str(workspace.root / "year.py"), option, str(file)], check=True)
            report = _backtest(file, workspace.root)
            overall = results[name] = {"n": report["n"], **report["overall"]}
            right = f"{1 - overall['error_rate']:.1%}"
            rows.append((name, str(report["n"]), f"{overall['accuracy']:.1%}", f"{overall['coverage']:.1%}", right))
    measure.table(rows)
    measure.keep("phrasings", results)


def _backtest(file: Path, workspace: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "segue", "backtest", str(file), "--workspace", str(workspace), "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    main()
