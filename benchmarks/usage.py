"""What a piece of work used: time on the wall, time of the processor, memory. Knows the standard library only."""

from __future__ import annotations

import ctypes
import gc
import json
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

PAGE_MB = resource.getpagesize() / 2**20


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._processor = time.process_time()

    def figures(self) -> dict[str, float]:
        """Return seconds, seconds of the processor in all threads, and the most memory held so far."""
        wall, processor = time.perf_counter() - self._wall, time.process_time() - self._processor
        return {"seconds": wall, "cpu_s": processor, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Return the most memory that this process ever held, in MiB.

    Of this program alone: `ru_maxrss` begins, on Linux, with what the parent held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 1024)


def resident_mb() -> float:
    """Return the memory that this process holds now, in MiB, after giving back what it does not need."""
    gc.collect()
    with suppress(AttributeError, OSError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
    statm = Path("/proc/self/statm")
    return int(statm.read_text(encoding="ascii").split()[1]) * PAGE_MB if statm.exists() else peak_mb()


def say(figures: dict[str, float]) -> None:
    """Print figures as the line that `measure.run` reads."""
    print(json.dumps(figures), flush=True)
