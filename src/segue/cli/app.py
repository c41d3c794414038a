"""The commands under one name, and how an error becomes a line and an exit status."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from segue.cli import (
    audit,
    backtest,
    check,
    demo,
    doctor,
    erase,
    gaps,
    ingest,
    init,
    login,
    mcp,
    output,
    resolve,
    runs,
    search,
    signal,
    text,
)
from segue.errors import (
    EngineBusy,
    EnvironmentFault,
    RunConflict,
    RunErased,
    RunFinished,
    RunNotFound,
    SegueError,
    StoreError,
    UsageError,
    WorkspaceError,
)

PROBLEMS, USAGE, ENVIRONMENT = 1, 2, 3
"""Exit statuses besides 0, and 130 for an interrupt."""


class _Commands(TyperGroup):
    """Lets `--debug` stand after the command too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if "--debug" in args and "--" not in args[: args.index("--debug")]:
            args = ["--debug", *(arg for arg in args if arg != "--debug")]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Resolves support tickets end to end, in one durable, auditable flow.",
    epilog="Begin with `segue demo`, which needs nothing, or with `segue init DIR` for a workspace of your own.",
)


def _version(chosen: bool) -> None:
    if chosen:
        from importlib.metadata import version  # noqa: PLC0415 (rarely asked for)

        output.line(f"segue {version('segue')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    workspace: output.WorkspaceOption = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    output.common.workspace = workspace
    output.common.debug = debug
    output.needs_command(context)


for module in (init, demo, check, ingest, resolve, backtest, search, gaps, text, signal, erase, mcp, login, doctor):
    app.command()(module.command)
    app.registered_commands[-1].name = module.__name__.rpartition(".")[2]
app.add_typer(runs.app, name="runs")
app.add_typer(audit.app, name="audit")


def run() -> NoReturn:
    """Run the command of `sys.argv` and end the process with its status."""
    output.prepare()
    status = _status()
    try:
        output.finish()
    except OSError as error:
        status = status or _explained(error)  # what failed to be written may have been said already
        output.abandon()
    sys.exit(status)


def _status() -> int:
    try:
        status = app(standalone_mode=False, prog_name="segue")
    except (KeyboardInterrupt, typer.Abort):
        output.stop()
    except Exception as error:  # noqa: BLE001 (the one place where an error becomes words)
        return _explained(error)
    if status == output.INTERRUPTED:  # Typer's own way to say so
        output.stop()
    return status if isinstance(status, int) else 0


def _explained(error: Exception) -> int:
    """Say on one line what went wrong and return the exit status for it."""
    if output.common.debug:
        traceback.print_exception(error)
    match error:
        case WorkspaceError():
            for finding in error.findings:
                output.error(str(finding))
            return ENVIRONMENT if any(finding.code.startswith("C") for finding in error.findings) else PROBLEMS
        case typer.TyperException():
            output.error(_usage(error))
            return USAGE
        case UsageError() | RunNotFound() | RunFinished() | RunConflict() | RunErased():
            output.error(str(error))
            return USAGE
        case EnvironmentFault() | StoreError() | EngineBusy():
            output.error(str(error))
            return ENVIRONMENT
        case OSError():
            output.error(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
            return ENVIRONMENT
        case ModuleNotFoundError():
            output.error(f"the package {error.name} is missing: install segue again with pip")
            return ENVIRONMENT
        case SegueError():
            output.error(str(error))
        case _:
            where = "" if output.common.debug else "; --debug shows where"
            output.error(f"{type(error).__name__}: {error}; this is a defect of Segue{where}")
    return PROBLEMS


def _usage(error: typer.TyperException) -> str:
    """Return what was wrong with a command line, and where to read what would be right."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "segue"
    return f"{error.format_message().rstrip('.')}; see `{command} --help`"
