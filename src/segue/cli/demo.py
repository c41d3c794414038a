"""`segue demo`: a company with everything, resolved before your eyes."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli import audit, output, resolutions

if TYPE_CHECKING:
    from segue.support.outcome import Resolution
    from segue.wiring import House

PATIENCE = timedelta(seconds=20)
"""The sample's customers have seconds to answer: the demo waits until they have not."""

NEXT = (
    ("runs show t-3003", "every step of a refund"),
    ("runs show t-3016", "an action in doubt, which nobody repeats"),
    ("signal t-3009 approval", "approve a refund that waits; then run the demo again"),
    ("search 'return a used tent'", "what the articles say"),
)


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the sample company goes.")] = Path("segue-demo"),
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over.")] = False,
    json: output.JsonOption = False,
) -> None:
    """Resolve a sample company's inbox."""
    from segue import wiring  # noqa: PLC0415 (not needed for --help)
    from segue.support import sample  # noqa: PLC0415

    if fresh:
        sample.remove(folder)
    house = wiring.House(sample.copy(folder))
    if not json:
        output.line(f"The sample company, an outdoor shop, is in {folder}")
    _read(house, quietly=json)
    _check(house, quietly=json)
    house.prepare()
    ended, report = output.wait(_resolve(house))
    outcomes = Counter(resolution.outcome for resolution in ended)
    if json:
        output.data({"workspace": str(house.workspace.root), "tickets": ended, "outcomes": outcomes, "audit": report})
    else:
        output.line()
        resolutions.show(ended)
        audit.tell(report)
        _point_further(folder)
    raise typer.Exit(0 if report.ok and not outcomes["failed"] else 1)


def _read(house: House, *, quietly: bool) -> None:
    from segue.knowledge.ingest import ingest  # noqa: PLC0415 (not needed for --help)

    with output.progress("Reading articles") as advance:
        read = ingest(house.workspace.knowledge, house.library, now=datetime.now(UTC), on_progress=advance)
    output.findings(read.problems)
    if not quietly:
        counted = f"{output.count(read.documents, 'article')} with {output.count(read.passages, 'passage')}"
        output.line(f"Knowledge: {counted}, searched by {_search(house)}")


def _search(house: House) -> str:
    from segue.models import encoder  # noqa: PLC0415 (not needed for --help)

    return "words and meaning" if house.encoder is not None else f"words alone ({encoder.INSTALL.replace('it', 'meaning')})"


def _check(house: House, *, quietly: bool) -> None:
    """Look for mistakes in the sample's files, which are there to be edited; with one, nothing is resolved."""
    from segue import wiring  # noqa: PLC0415 (not needed for --help)

    errors = [finding for finding in wiring.check(house.workspace) if finding.severity == "error"]
    output.findings(errors)
    if errors:
        raise typer.Exit(1)
    if not quietly:
        checked = f"{output.count(len(house.procedures.plans), 'procedure')}, {output.count(len(house.tools), 'tool')}"
        output.line(f"Check: {checked}, no errors")


async def _resolve(house: House) -> tuple[list[Resolution], Any]:
    from segue.support import batch  # noqa: PLC0415 (not needed for --help)

    tickets = list(house.workspace.read_inbox(now=datetime.now(UTC), report=lambda finding: output.error(str(finding))))
    ended: list[Resolution] = []
    with output.progress("Resolving the inbox") as advance:
        async with batch.Work(house.engine) as work:
            async for one in batch.resolve(work, house.workflow, tickets, house.effects, patience=PATIENCE):
                ended.append(one)
                advance(len(ended), len(tickets))
            report = await work.engine.audit()
    return ended, report


def _point_further(folder: Path) -> None:
    program = "segue" if shutil.which("segue") else sys.argv[0]
    output.line()
    output.line("Look closer:")
    for text, about in NEXT:
        output.line(f"  # {about}")
        output.line(f"  {program} --workspace {shlex.quote(str(folder))} {text}")
