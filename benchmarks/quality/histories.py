"""Backtests of real histories through the product's own command: `python -m benchmarks.quality.histories`.

Builds the workspaces `star`, `clinc150` and `banking77`, replays the later part of each with `segue backtest`, and
prints how many topics were understood beside the baselines measured for the design (on the sets' own test parts, so
for orientation only).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sklearn.metrics import roc_auc_score

from benchmarks import measure

BASELINES = {
    "star": "Q6, from the first 3 turns: 97.7 %",
    "clinc150": "Q2, in scope: 95.3 %, AUROC in/out .977",
    "banking77": "Q1: MiniLM and logistic regression 92.9 %",
}


def main() -> None:
    """Measure and print."""
    results = {}
    rows = [("history", "tickets", "in scope understood", "AUROC in/out", "error alone", "tickets/s", "baseline")]
    for name, baseline in BASELINES.items():
        with tempfile.TemporaryDirectory() as folder:
            found = _backtest(name, Path(folder) / name)
        if found is None:
            continue
        results[name] = found
        auroc = "–" if found["auroc"] is None else f"{found['auroc']:.3f}"
        error = f"{found['error_rate']:.1%} of {found['coverage']:.0%}"
        rows.append(
            (name, str(found["n"]), f"{found['accuracy']:.2%}", auroc, error, f"{found['speed']:.0f}", baseline)
        )
    measure.table(rows)
    measure.keep("histories", results)


def _backtest(name: str, folder: Path) -> dict[str, Any] | None:
    """Return the figures of one history; `None` where its data is not beside the clone."""
    built = subprocess.run(
        [sys.executable, "benchmarks/workspaces.py", name, str(folder)], cwd=measure.ROOT, check=False
    )
    if built.returncode:
        return None
    command = ["backtest", str(folder / "history" / "replayed.jsonl"), "--workspace", str(folder), "--json"]
    done = subprocess.run([sys.executable, "-m", "segue", *command], check=True, stdout=subprocess.PIPE, text=True)
    report = json.loads(done.stdout)
    cases = report["cases"]
    inside = [case for case in cases if case["topic"] is not None]
    understood = sum(case["topic"] == case["predicted_topic"] for case in inside) / len(inside)
    overall = report["overall"]
    return {
        "n": report["n"],
        "accuracy": understood,
        "auroc": _auroc(cases) if len(inside) < len(cases) else None,
        "coverage": overall["coverage"],
        "error_rate": overall["error_rate"],
        "seconds": report["seconds"],
        "speed": report["n"] / report["seconds"],
    }


def _auroc(cases: list[dict[str, Any]]) -> float:
    """Return how well the probability of being a topic at all tells tickets of ours from those of nobody here."""
    known = [case["confidence"] if case["predicted_topic"] is not None else 1 - case["confidence"] for case in cases]
    return float(roc_auc_score([case["topic"] is not None for case in cases], known))


if __name__ == "__main__":
    main()
