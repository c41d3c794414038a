"""The help is quick: it loads nothing that a command needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pydantic", "numpy", "sklearn", "joblib", "tantivy", "cel_expr_python", "google.protobuf", "yaml", "rich",
         "sqlite3", "asyncio", "segue.wiring")  # fmt: skip


@pytest.mark.parametrize("args", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    assert _loaded(*args) == set()


@pytest.mark.parametrize("args", [["resolve", "--help"], ["runs", "list", "--help"]])
def test_the_help_of_a_command_loads_nothing_of_ours(args: list[str]) -> None:
    assert _loaded(*args) <= {"pydantic"}, "which Typer loads to read options"


def _loaded(*args: str) -> set[str]:
    ask = (
        "import sys; from segue.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", ask, *args], capture_output=True, text=True, check=True)
    assert ran.stdout
    return set(ran.stderr.split())
