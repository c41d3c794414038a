"""Arithmetic waits for no threads of its own: on busy cores they cost more than they do."""

from __future__ import annotations

import os
import subprocess
import sys

ASK = """
from segue.cli import main
try:
    main()
except SystemExit:
    import os
    import numpy
    from threadpoolctl import threadpool_info
    threads = max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
    print(os.environ["OPENBLAS_NUM_THREADS"], threads)
"""


def test_a_command_computes_in_one_thread_unless_told_otherwise() -> None:
    assert _taken({}) == ["1", "1"]
    assert _taken({"OPENBLAS_NUM_THREADS": "2"})[0] == "2"


def _taken(said: dict[str, str]) -> list[str]:
    """Return what the environment says of threads in the end, and how many there are."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | said
    command = [sys.executable, "-c", ASK, "--version"]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return printed.split()[-2:]
