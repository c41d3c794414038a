"""`segue demo`: a company with everything: how its agent would have done last month, then its inbox resolved."""

from __future__ import annotations

import json as json_
import shlex
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli import audit, forecast, layout, output, resolutions

if TYPE_CHECKING:
    from segue.support.outcome import Resolution
    from segue.wiring import House

TICKETS = 6500
"""Of the sample's year."""
MONTH = timedelta(days=30)
PATIENCE = timedelta(seconds=20)
"""The sample's customers have seconds to answer: the demo waits until they have not."""

NEXT = (
    ("runs show t-3003", "every step of a refund"),
    ("runs show t-3016", "an action in doubt, which nobody repeats"),
    ("signal t-3009 approval", "approve a refund that waits; then run the demo again"),
    ("search 'return a used tent'", "what the articles say"),
    ("backtest DIR/history/2026-04.jsonl", "how the agent would have done in April, ticket by ticket"),
)


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the sample company goes.")] = Path("segue-demo"),
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over.")] = False,
    tickets: Annotated[
        int, typer.Option("--tickets", min=100, max=20_000, help="Past tickets of the sample's year; fewer are faster.")
    ] = TICKETS,
    json: output.JsonOption = False,
) -> None:
    """Forecast and resolve a sample company's tickets."""
    from segue import wiring  # noqa: PLC0415 (not needed for --help)
    from segue.support import sample  # noqa: PLC0415

    if fresh:
        sample.remove(folder)
    workspace = sample.copy(folder)
    say = _silence if json else output.line
    say(f"The sample company, an outdoor shop, is in {folder}")
    with output.progress("Writing a year of past tickets"):
        sample.grow(workspace, tickets)
    house = wiring.House(workspace)
    _read(house, say)
    _check(house, say)
    told = _forecast(house, say)
    house.prepare()
    ended, report = output.wait(_resolve(house))
    outcomes = Counter(resolution.outcome for resolution in ended)
    if json:
        shown = {"workspace": str(house.workspace.root), "tickets": ended, "outcomes": outcomes, "audit": report}
        output.data({**shown, "forecast": told["forecast"]})
    else:
        output.line()
        resolutions.show(ended)
        _conclude(ended)
        audit.tell(report)
        _point_further(folder)
    raise typer.Exit(0 if report.ok and not outcomes["failed"] else 1)


def _silence(text: str = "") -> None:
    """Say nothing: standard output is JSON."""


def _read(house: House, say: Any) -> None:
    from segue.knowledge.ingest import ingest  # noqa: PLC0415 (not needed for --help)

    with output.progress("Reading articles") as advance:
        read = ingest(house.workspace.knowledge, house.library, now=datetime.now(UTC), on_progress=advance)
    output.findings(read.problems)
    counted = f"{output.count(read.documents, 'article')} with {output.count(read.passages, 'passage')}"
    say(f"Knowledge: {counted}, searched by {_search(house)}")


def _search(house: House) -> str:
    from segue.models import encoder  # noqa: PLC0415 (not needed for --help)

    return "words and meaning" if house.encoder is not None else f"words alone; {encoder.INSTALL}"


def _check(house: House, say: Any) -> None:
    """Look for mistakes in the sample's files, which are there to be edited; with one, nothing is resolved."""
    from segue import wiring  # noqa: PLC0415 (not needed for --help)

    errors = [finding for finding in wiring.check(house.workspace) if finding.severity == "error"]
    output.findings(errors)
    if errors:
        raise typer.Exit(1)
    checked = (
        f"{output.count(len(house.procedures.plans), 'procedure')}, {output.count(len(house.tools.tools), 'tool')}"
    )
    say(f"Check: {checked}, no errors")


def _forecast(house: House, say: Any) -> dict[str, Any]:
    """Replay the last month, once, and say how it went; returns what was said and its figures."""
    kept = house.workspace.records / "reports" / "forecast.json"
    try:
        told: dict[str, Any] = json_.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = _rehearse(house, say)
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".unfinished")
        unfinished.write_text(json_.dumps(told), encoding="utf-8")
        unfinished.replace(kept)
    say()
    for line in told["lines"]:
        say(line)
    return told


def _rehearse(house: House, say: Any) -> dict[str, Any]:
    newest = max((past.ticket.created_at for past in house.experience.history), default=None)
    last_month = [
        past for past in house.experience.history if newest is not None and past.ticket.created_at > newest - MONTH
    ]
    older = len(house.experience.history) - len(last_month)
    counted = f"the last {len(last_month)} past tickets, after learning from {older:,} older ones"
    say(f"Backtest: {counted} (a minute or two, once)")
    report = forecast.rehearse(house, last_month)
    return {"lines": forecast.summary(report), "forecast": report.document()["overall"] | {"outcomes": report.outcomes}}


async def _resolve(house: House) -> tuple[list[Resolution], Any]:
    from segue.support import batch  # noqa: PLC0415 (not needed for --help)

    tickets = list(house.workspace.read_inbox(now=datetime.now(UTC), report=lambda finding: output.error(str(finding))))
    ended: list[Resolution] = []
    with output.progress("Resolving the inbox") as advance:
        async with house.work() as work:
            async for one in batch.resolve(
                work, house.workflow, tickets, house.effects, patience=PATIENCE, budget=house.budget
            ):
                ended.append(one)
                advance(len(ended), len(tickets))
            report = await work.engine.audit()
    return ended, report


def _conclude(ended: list[Resolution]) -> None:
    """Say in one sentence what became of the inbox."""
    counts = Counter(resolution.outcome for resolution in ended)
    acted = sum(any(action.effect != "read" and not action.error for action in r.actions) for r in ended)
    cited = sum(bool(resolution.citations) for resolution in ended)
    layout.text(
        f"Of {output.count(len(ended), 'new ticket')}, {counts['resolved']} were resolved with nobody's help, "
        f"{counts['escalated']} went to a person with all that is known, and nothing failed silently: "
        f"{acted} had something done for them, {cited} got an answer with its source."
    )


def _point_further(folder: Path) -> None:
    program = "segue" if shutil.which("segue") else sys.argv[0]
    name = shlex.quote(str(folder))
    output.line()
    output.line("Look closer:")
    for text, about in NEXT:
        output.line(f"  # {about}")
        output.line(f"  {program} --workspace {name} {text.replace('DIR', name)}")
