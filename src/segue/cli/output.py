"""What the commands print: lines for people, JSON for programs, errors and progress on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Protocol, TextIO, TypeVar

import typer

if TYPE_CHECKING:
    from segue.errors import Finding
    from segue.support.workspace import Workspace

T = TypeVar("T")
INTERRUPTED = 130
"""Exit status after Ctrl-C."""
TAKEN_UP = "What drives this workspace takes it up at once; if nothing does, the next `segue resolve` will."
"""Said of what was asked for through the inbox."""


@dataclass
class Common:
    """What holds for the whole process."""

    workspace: str = ""
    debug: bool = False
    data: TextIO | None = None
    """Where JSON goes, once standard output is kept for it."""


common = Common()


def prepare() -> None:
    """Make the standard streams safe to use: one that is closed goes nowhere, and every character can be written."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    sys.stdin = sys.stdin or open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 (lives as long as we do)
    sys.stdout = sys.stdout or open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a text file, as above


def _json_only(chosen: bool) -> bool:
    """Keep standard output for JSON: what a tool or a library prints goes to standard error."""
    if chosen and common.data is None:
        sys.stdout.flush()
        common.data = os.fdopen(os.dup(1), "w", encoding=sys.stdout.encoding)
        os.dup2(2, 1)
    return chosen


WorkspaceOption = Annotated[
    str,
    typer.Option("--workspace", metavar="DIR", help="The workspace; else the nearest folder upwards with segue.toml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON only.", callback=_json_only)]


def workspace(named: str) -> Workspace:
    """Return the workspace that the command works in.

    Raises:
        UsageError: There is none.
    """
    from segue.support import workspace as workspaces  # noqa: PLC0415 (not needed for --help)

    folder = named or common.workspace
    return workspaces.at(Path(folder)) if folder else workspaces.find(Path.cwd())


def needs_command(context: typer.Context) -> None:
    """Show the help of a group of commands that was called without one, as wrong usage."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Run what waits for something to its end."""
    import asyncio  # noqa: PLC0415 (not needed for --help)

    runner = asyncio.Runner()
    try:
        return runner.run(work)
    except KeyboardInterrupt:
        stop()
    finally:
        runner.close()


def stop() -> NoReturn:
    """End the process because somebody asked for it, at once: a thread in a company's tool cannot be stopped.

    What such a thread did is in doubt as after a crash, and dealt with in the same way by the next run.
    """
    error("stopped; what was finished is kept, and the same command goes on from there")
    if (programs := sys.modules.get("segue.tools.mcp.pipe")) is not None:  # it is known where a server was started
        programs.end_all()
    os._exit(INTERRUPTED)


def line(text: str = "") -> None:
    """Print a line for people."""
    _write(sys.stdout, printable(text))


def error(text: str) -> None:
    """Print one line on standard error."""
    _write(sys.stderr, printable(f"segue: {text}"))


def data(value: Any) -> None:
    """Print a value as one line of JSON."""
    stream = common.data or sys.stdout
    shown = json.dumps(plain(value), ensure_ascii=False)
    try:
        shown.encode(stream.encoding)
    except UnicodeEncodeError:
        shown = json.dumps(plain(value))
    _write(stream, shown)


def drawn(text: str) -> None:
    """Print what is laid out already, its colours and line ends included."""
    _write(sys.stdout, text)


def findings(found: Sequence[Finding], *, to_stderr: bool = True) -> None:
    """Print findings, one a line."""
    for finding in found:
        shown = finding
        if finding.severity != "error":
            shown = replace(finding, message=f"{finding.severity}: {finding.message}")
        _write(sys.stderr if to_stderr else sys.stdout, printable(str(shown)))


def finish() -> None:
    """See to it that everything is written.

    Raises:
        OSError: It cannot be: a full disk, for one.
    """
    for stream in (sys.stdout, common.data):
        if stream is not None:
            with _until_nobody_reads(stream):
                stream.flush()


def abandon() -> None:
    """Print nothing more: what is still in the buffers of standard output has no place to go."""
    for stream in (sys.stdout, common.data):
        if stream is not None:
            _discard(stream)


def printable(text: str) -> str:
    """Return a text on one line, without what would move the cursor, change colours or hide other text."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text)


def count(number: int, noun: str, nouns: str = "") -> str:
    """Return `1 error`, `2 errors`."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value if isinstance(value, str | int | float | bool | None) else str(value)


class Advance(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of so many are done."""


@contextmanager
def progress(label: str) -> Iterator[Advance]:
    """Show a bar on standard error while something takes time; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console  # noqa: PLC0415 (not needed without a terminal)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write(stream: TextIO, text: str) -> None:
    with _until_nobody_reads(stream):
        print(text, file=stream, flush=True)


@contextmanager
def _until_nobody_reads(stream: TextIO) -> Iterator[None]:
    """Let the work go on when whoever reads the output has gone, as `head` does."""
    try:
        yield
    except BrokenPipeError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
