"""What became of tickets, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from segue.cli import layout, output

if TYPE_CHECKING:
    from segue.support.outcome import Action, Resolution


def show(ended: Sequence[Resolution]) -> None:
    """Print a row for each ticket, why some went to a person, and how many there are of each outcome."""
    if ended:
        layout.show(_wide(ended), _stacked(ended), _narrow(ended), _narrowest(ended))
        output.line()
        _explain(ended)
    outcomes = Counter(resolution.outcome for resolution in ended).most_common()
    counted = ", ".join(f"{number} {outcome}" for outcome, number in outcomes)
    layout.text(f"{output.count(len(ended), 'ticket')}: {counted}" if ended else "No tickets")


def _explain(ended: Sequence[Resolution]) -> None:
    """Say why tickets went to a person, a sentence each."""
    from segue.support.explain import explain  # noqa: PLC0415 (not needed for --help)

    whys = [(str(resolution.ticket_id), explain(resolution)) for resolution in ended if resolution.handoff is not None]
    if not whys:
        return
    output.line(f"Why {len(whys)} went to a person:")
    indent = max(len(ticket) for ticket, _ in whys) + 4
    for ticket, why in whys:
        layout.text(why, label=f"  {output.printable(ticket)}", indent=min(indent, layout.SHORTEST))
    output.line()


def _wide(ended: Iterable[Resolution]) -> layout.Table:
    """Everything about a ticket on one line."""
    rows = [
        [r.ticket_id, _topic(r), r.outcome, r.reason or "", ", ".join(_did(r)), ", ".join(_cited(r)), *_measures(r)]
        for r in ended
    ]
    columns = ["ticket", "topic", "outcome", "reason", "did", "cited", "sure", "time"]
    return layout.Table(columns=columns, rows=rows)


def _stacked(ended: Iterable[Resolution]) -> layout.Table:
    """One line for each thing that was done or cited."""
    rows = [
        [r.ticket_id, _topic(r), _lines(r.outcome, r.reason), _lines(*_did(r)), _lines(*_cited(r)), *_measures(r)]
        for r in ended
    ]
    return layout.Table(columns=["ticket", "topic", "outcome", "did", "cited", "sure", "time"], rows=rows)


def _narrow(ended: Iterable[Resolution]) -> layout.Table:
    """Why, what was done and what was cited below each other."""
    rows = [[r.ticket_id, _topic(r), r.outcome, _lines(r.reason, *_did(r), *_cited(r))] for r in ended]
    return layout.Table(columns=["ticket", "topic", "outcome", "reason, did, cited"], rows=rows)


def _narrowest(ended: Iterable[Resolution]) -> layout.Table:
    """The topic below the outcome as well."""
    rows = [[r.ticket_id, _lines(r.outcome, r.topic), _lines(r.reason, *_did(r), *_cited(r))] for r in ended]
    return layout.Table(columns=["ticket", "outcome, topic", "reason, did, cited"], rows=rows)


def _topic(resolution: Resolution) -> str:
    return resolution.topic or "–"


def _measures(resolution: Resolution) -> tuple[str, str]:
    sure = f"{resolution.confidence:.2f}" if resolution.confidence else "–"
    return sure, f"{resolution.seconds:.2f} s"


def _did(resolution: Resolution) -> list[str]:
    from segue.support.outcome import IN_DOUBT  # noqa: PLC0415 (not needed for --help)

    def told(action: Action) -> str:
        how = "" if action.error is None else " in doubt" if action.error == IN_DOUBT else " failed"
        return action.tool + how

    return [told(action) for action in resolution.actions]


def _cited(resolution: Resolution) -> list[str]:
    return list(dict.fromkeys(citation.document for citation in resolution.citations))


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)
