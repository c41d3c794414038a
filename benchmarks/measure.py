"""Measurements as whole processes, side by side: each measured several times, in turn with what it is compared to."""

from __future__ import annotations

import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
MEMORY = Path("/dev/shm")  # noqa: S108 (a RAM disk, where there is one)
PEERS = ROOT / ".venv-peers"
PEER_PACKAGES = ("langgraph==1.2.22", "langgraph-checkpoint-sqlite==3.1.2")


@dataclass(frozen=True)
class Program:
    """A program that prints a JSON object, run with a new empty folder as its first argument."""

    name: str
    module: str
    arguments: tuple[str, ...]
    is_peer: bool = False


def run(program: Program, *, on: Path) -> dict[str, float]:
    """Run a program once, with a new folder on that disk, and return what it printed.

    Raises:
        subprocess.CalledProcessError: It failed; its errors were shown.
    """
    python = str(PEERS / "bin" / "python") if program.is_peer else sys.executable
    folder = tempfile.mkdtemp(dir=on, prefix="segue-bench-")
    try:
        command = [python, "-W", "ignore", "-m", program.module, folder, *program.arguments]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def side_by_side(programs: Sequence[Program], *, on: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Run programs in turn, A B A B …, and return the median of each figure by program's name."""
    measured: dict[str, list[dict[str, float]]] = {program.name: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            measured[program.name].append(run(program, on=on))
    return {
        name: {figure: statistics.median(each[figure] for each in results) for figure in results[0]}
        for name, results in measured.items()
    }


def install_peers() -> bool:
    """Set the peers up in an environment of their own, once; says whether they are there."""
    done = PEERS / ".installed"
    wanted = "\n".join(PEER_PACKAGES)
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return True
    print("Setting the peers up (once; takes a minute)")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEER_PACKAGES], check=True)
    except subprocess.CalledProcessError as error:
        print(f"the peers cannot be installed, so they are left out: {error}", file=sys.stderr)
        return False
    done.write_text(wanted, encoding="utf-8")
    return True


def disks() -> dict[str, Path]:
    """Return where to measure: on the RAM disk, where there is one, and on the real disk."""
    real = {"disk": Path(tempfile.gettempdir())}
    return {"memory": MEMORY, **real} if MEMORY.is_dir() else real


def keep(name: str, results: dict[str, Any]) -> None:
    """Write results with machine and date to `benchmarks/results`."""
    machine = {"python": platform.python_version(), "system": platform.platform(), "machine": platform.machine()}
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **machine, "results": results}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns under each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
