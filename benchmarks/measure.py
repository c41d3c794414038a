"""Measurements as whole processes, side by side: each measured several times, in turn with what it is compared to."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
MEMORY = Path("/dev/shm")  # noqa: S108 (a RAM disk, where there is one)
LASTING = Path("/var/tmp")  # noqa: S108 (outlives a restart, so it is no RAM disk, as `/tmp` may be)
PEERS = ROOT / ".venv-peers"
PEER_PACKAGES = ("langgraph==1.2.22", "langgraph-checkpoint-sqlite==3.1.2")

Rounds = dict[str, list[dict[str, float]]]
"""What each program, by its name, printed in each round."""


@dataclass(frozen=True)
class Program:
    """A program that prints a JSON object, run with a new empty folder as its first argument."""

    name: str
    module: str
    arguments: tuple[str, ...]
    is_peer: bool = False


@dataclass(frozen=True)
class Ratio:
    """One program's figure over another's, round by round."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f}–{self.most:.2f})"


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


def in_turn(programs: Sequence[Program], *, on: Path, rounds: int) -> Rounds:
    """Run programs A B C A B C … and return what each printed, so that each round's figures belong together."""
    measured: Rounds = {program.name: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            measured[program.name].append(run(program, on=on))
    return measured


def ratio(measured: Rounds, over: str, under: str, figure: str = "seconds") -> Ratio:
    """Return the figure of one program over that of another, of each round's pair."""
    found = [a[figure] / b[figure] for a, b in zip(measured[over], measured[under], strict=True)]
    return Ratio(statistics.median(found), min(found), max(found))


def median(measured: Rounds, program: str, figure: str = "seconds") -> float:
    """Return the median of a figure over the rounds."""
    return statistics.median(each[figure] for each in measured[program])


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


def disks(*, only_first: bool = False) -> dict[str, Path]:
    """Return where to measure: on the RAM disk, where there is one, and on the real disk."""
    real = {"disk": LASTING if LASTING.is_dir() else Path(tempfile.gettempdir())}
    found = {"memory": MEMORY, **real} if MEMORY.is_dir() else real
    return dict([next(iter(found.items()))]) if only_first else found


def machine() -> dict[str, Any]:
    """Return what a figure depends on: the machine, what else it does, and the versions of what is measured."""
    cpu = Path("/proc/cpuinfo")
    known = cpu.read_text(encoding="utf-8") if cpu.exists() else ""
    models = [line for line in known.splitlines() if line.startswith("model name")]
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "processor": models[0].partition(": ")[2] if models else "",
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "segue": version("segue"),
        "sqlite": sqlite3.sqlite_version,
        "pydantic": version("pydantic"),
        "peers": list(PEER_PACKAGES),
    }


def keep(name: str, results: dict[str, Any], about: dict[str, Any] | None = None) -> None:
    """Write results with machine and date to `benchmarks/results`.

    Args:
        name: Of the file.
        results: Anything with a JSON form.
        about: What `machine` said before the measurement; asked now without.
    """
    at, load = datetime.now(UTC).isoformat(timespec="seconds"), os.getloadavg()[0]
    document = {"at": at, **(about or machine()), "load_after": load, "results": results}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns under each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
