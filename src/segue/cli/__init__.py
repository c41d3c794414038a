"""The command line: each command parses, calls and prints, nothing more."""


def main() -> None:
    """Run the command that the process was started with."""
    try:
        from segue.cli.app import run  # noqa: PLC0415 (importing the package must cost nothing)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
