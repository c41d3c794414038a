"""What a backtest tells a support lead: how much the agent would have done, how often rightly, and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli import layout, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.backtest.report import Report, Result, Share
    from segue.support.ticket import PastTicket
    from segue.wiring import House

WORST = 8
"""Cases that are shown."""

TOLD = {
    "topic": "took it for another topic",
    "action": "did something else than people did",
    "reply": "left out what people told the customer",
    "not_ours": "dealt with what nobody here handles",
    "was_escalated": "went on where people handed over",
    "unrecorded": "called what nobody called then",
    "failed": "failed",
    "needless": "handed over what one person dealt with",
    "unanswered": "asked what people did not need to ask",
}
"""What was wrong, in words."""


def rehearse(house: House, past: Sequence[PastTicket]) -> Report:
    """Play past tickets, showing how far it is."""
    house.read()
    with output.progress("Encoding tickets") as advance:
        house.experience.encode(past, advance)
    rehearsal = house.rehearsal()
    with output.progress("Replaying tickets") as advance:
        return output.wait(rehearsal.run(past, advance))


def show(report: Report) -> None:
    """Print a report."""
    if not report.results:
        layout.text("No past tickets")
        return
    for line in summary(report):
        output.line(line)
    output.line()
    layout.show(_topics(report))
    wrong = report.worst(WORST)
    if wrong:
        output.line()
        layout.text("The worst first:")
        layout.show(_cases(wrong))


def summary(report: Report) -> list[str]:
    """Return in a few lines what the agent would have done."""
    from segue.backtest.report import alone  # noqa: PLC0415 (not needed for --help)

    times = sorted(result.case.at for result in report.results)
    days = f"{times[0]:%Y-%m-%d} to {times[-1]:%Y-%m-%d}" if times else "no day"
    speed = f"{report.seconds:.1f} s, {len(report.results) / max(report.seconds, 1e-9):.0f} a second"
    outcomes = {outcome: share for outcome, share in report.outcomes.items() if share and outcome != "resolved"}
    counted = output.count(len(report.results), "past ticket")
    return [
        f"Forecast from {counted} of {days}, each as of its own time ({speed}):",
        f"  {'resolved alone':<36}{_percent(report.resolved)}",
        *(f"  {outcome.replace('_', ' '):<36}{share:6.1%}" for outcome, share in outcomes.items()),
        f"  {'right, of what it dealt with alone':<36}{_percent(alone(report.results))}",
        f"  {'topics understood':<36}{_percent(report.topic_accuracy)}",
    ]


def _percent(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:6.1%}  ({low:.1%} to {high:.1%})" if share.whole else "     –"


def _topics(report: Report) -> layout.Table:
    rows = [
        [
            row["topic"] or "none of ours",
            str(row["n"]),
            "–" if row["accuracy"] is None else f"{row['accuracy']:.0%}",
            f"{row['coverage']:.0%}",
            f"{1 - row['error_rate']:.0%}" if row["coverage"] else "–",
        ]
        for row in report.topics()
    ]
    return layout.Table(columns=["topic", "tickets", "understood", "alone", "of these right"], rows=rows)


def _cases(wrong: Sequence[Result]) -> layout.Table:
    rows = [
        [
            result.case.id,
            _understood(result),
            result.played.outcome,
            f"{result.played.confidence:.2f}",
            TOLD[result.verdict.why or "failed"],
        ]
        for result in wrong
    ]
    return layout.Table(columns=["ticket", "topic", "outcome", "sure", "what was wrong"], rows=rows)


def _understood(result: Result) -> str:
    wanted, taken = result.case.topic or "none", result.played.topic or "none"
    return wanted if wanted == taken or not result.case.has_topic else f"{wanted}, taken for {taken}"
