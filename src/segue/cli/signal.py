"""`segue signal`: sends a message into a run."""

from __future__ import annotations

import json as jsons
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.engine.engine import Engine
    from segue.wiring import House


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, or of its ticket.")],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="`approval`, `message` for a customer's words, or `taken_over`."),
    ],
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE", show_default=False, help="A message as it stands; else JSON. An approval without is a yes."
        ),
    ] = "",
    *,
    id: Annotated[str, typer.Option("--id", metavar="ID", help="Yours; sent twice, it counts once.")] = "",  # noqa: A002
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Send an approval or a customer's words to a run."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    run_id, awaited = output.wait(_send(house, run, name, _value(name, value), id or None))
    if name not in awaited:
        now = f"for {', '.join(awaited)}" if awaited else "for nothing"
        becomes = "counts only once it is asked for" if name == "approval" else "is kept until the run looks for it"
        output.error(f"note: {run_id} waits {now} now; this {name} {becomes}")
    if json:
        output.data({"run_id": run_id, "signal": name})
    else:
        output.line(f"Sent {name} to {run_id}. What drives this workspace takes it at once; if nothing does,")
        output.line("the next `segue resolve` or `segue demo` will.")


async def _send(house: House, run: str, name: str, value: Any, signal_id: str | None) -> tuple[str, list[str]]:
    """Send it and return the run's id and the names of the signals that it waited for."""
    from segue.support import intake  # noqa: PLC0415 (not needed for --help)

    async with house.reader() as engine:
        run_id = await intake.latest(engine, run)
        awaited = await _awaited(engine, run_id)
        await engine.signal(run_id, name, value, signal_id=signal_id)
    return run_id, awaited


async def _awaited(engine: Engine, run_id: str) -> list[str]:
    from segue.errors import RunNotFound  # noqa: PLC0415 (not needed for --help)

    try:
        waits = (await engine.run(run_id)).waiting_for
    except RunNotFound:  # it was asked for, and nothing has begun it yet
        waits = ()
    return [entry.removeprefix("signal ") for entry in waits if entry.startswith("signal ")]


def _value(name: str, text: str) -> Any:
    """Return what is sent: a customer's words as they stand, anything else as JSON or, where it is none, as text."""
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.support.conversation import APPROVAL, MESSAGE  # noqa: PLC0415

    if name == MESSAGE:
        if not text.strip():
            raise UsageError("message: say what the customer writes")
        return text
    try:
        value = jsons.loads(text or "null")
    except ValueError:
        value = text
    if name == APPROVAL and not isinstance(value, bool | dict | None):
        raise UsageError(f"approval {text}: an approval is true or false")
    return value
