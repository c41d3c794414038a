"""Every benchmark runs, with the least work; what it measures here means nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.measure import ROOT, ratio


def _printed(*arguments: str) -> list[list[str]]:
    """Return the table that a benchmark prints, each line in its words."""
    command = [sys.executable, "-W", "error", "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [line.split() for line in done.stdout.splitlines()]


def test_the_table_has_a_line_for_every_goal() -> None:
    lines = _printed("benchmarks", "--quick", "--no-peers")
    assert {line[0] for line in lines[1:]} == {"E1", "E2", "E3", "E4", "E5", "E6", "K1", "K2", "P1", "S2"}


def test_no_step_of_a_killed_process_is_done_twice() -> None:
    lines = _printed("benchmarks", "--quick", "--no-peers", "--only", "E6")
    again = [line for line in lines if "again" in line or "twice" in line]
    assert [line[-3:] for line in again] == [["0", "0", "met"]] * 2


def test_a_step_is_taken_apart() -> None:
    lines = _printed("benchmarks.engine.breakdown", "--quick")
    figures = {" ".join(line[:2]): float(line[-2]) for line in lines[1:]}
    assert "one durable" in figures  # so short a chain's time is noise on a busy machine; what is timed in loops is not
    assert all(figures[part] > 0 for part in ("call made,", "result encoded", "row bound,", "entry delivered,"))


def test_a_row_that_nobody_measures_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _printed("benchmarks", "--only", "E99")
    assert "E1,E2" in refused.value.stderr


def test_a_ratio_is_of_the_figures_of_one_round() -> None:
    measured = {"slow": [{"seconds": 10.0}, {"seconds": 40.0}, {"seconds": 9.0}], "fast": [{"seconds": 1.0}] * 3}
    measured["fast"][1] = {"seconds": 8.0}
    assert str(ratio(measured, "slow", "fast")) == "9.00 (5.00–10.00)"
