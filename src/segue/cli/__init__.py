"""The command line: each command parses, calls and prints, nothing more."""

import os


def main() -> None:
    """Run the command that the process was started with."""
    # numpy's threads wait spinning: on busy cores, two took up to twenty times as long as one
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from segue.cli.app import run  # noqa: PLC0415 (importing the package must cost nothing)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
