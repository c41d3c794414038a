"""What a backtest tells: shares with their intervals, topic by topic, and the worst cases first."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segue.backtest.case import Case, Played
from segue.backtest.score import ALONE, Verdict

OUTCOMES = ("resolved", "escalated", "drafted", "skipped", "waiting_expired", "failed")
Z = 1.96
"""Of a two-sided interval of 95 %."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """A case that was played and judged."""

    case: Case
    played: Played
    verdict: Verdict

    @property
    def is_alone(self) -> bool:
        """Whether the agent would have dealt with it."""
        return self.played.outcome in ALONE


@dataclass(frozen=True, kw_only=True)
class Share:
    """Some of some, with the interval in which the true share lies with 95 % (Wilson)."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high."""
        if not self.whole:
            return 0.0, 1.0
        n, share = self.whole, self.value
        centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, kw_only=True)
class Report:
    """All results of a backtest."""

    results: tuple[Result, ...]
    seconds: float
    """That it took."""
    threshold: float
    """From which on the agent acts alone."""

    @property
    def outcomes(self) -> dict[str, float]:
        """Share of each outcome; together 1."""
        counts = Counter(result.played.outcome for result in self.results)
        return {outcome: counts[outcome] / max(1, len(self.results)) for outcome in OUTCOMES}

    @property
    def resolved(self) -> Share:
        """Of all cases, those that it would have resolved alone."""
        return Share(part=sum(r.played.outcome == "resolved" for r in self.results), whole=len(self.results))

    @property
    def topic_accuracy(self) -> Share:
        """Of the cases whose topic a person named, those that it understood."""
        return _understood([result for result in self.results if result.case.has_topic])

    def topics(self) -> list[dict[str, Any]]:
        """Return one row a topic, the largest first."""
        groups: dict[str | None, list[Result]] = defaultdict(list)
        for result in self.results:
            groups[result.case.topic if result.case.has_topic else result.played.topic].append(result)
        rows = [
            {"topic": topic, "n": len(group), **_risk(group), "accuracy": _accuracy(group)}
            for topic, group in groups.items()
        ]
        return sorted(rows, key=lambda row: (-row["n"], row["topic"] or ""))

    def worst(self, limit: int) -> list[Result]:
        """Return the cases that went wrong, the surest first; those handed over without need last."""
        wrong = [result for result in self.results if not result.verdict.correct]
        return sorted(wrong, key=lambda result: (not result.is_alone, -result.played.confidence, result.case.id))[
            :limit
        ]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON."""
        low, high = self.resolved.interval
        return {
            "n": len(self.results),
            "seconds": round(self.seconds, 3),
            "outcomes": self.outcomes,
            "overall": {"threshold": self.threshold, **_risk(self.results), "accuracy": _accuracy(self.results)},
            "topics": self.topics(),
            "forecast": {"resolved": self.resolved.value, "low": low, "high": high},
            "cases": [_case(result) for result in self.results],
        }


def alone(results: Sequence[Result]) -> Share:
    """Return those that were right, of those that the agent would have dealt with alone."""
    acted = [result for result in results if result.is_alone]
    return Share(part=sum(result.verdict.correct for result in acted), whole=len(acted))


def _risk(results: Sequence[Result]) -> dict[str, float]:
    right = alone(results)
    return {
        "coverage": right.whole / len(results) if results else 0.0,
        "error_rate": 1 - right.value if right.whole else 0.0,
        "correct": sum(result.verdict.correct for result in results) / len(results) if results else 0.0,
    }


def _accuracy(results: Sequence[Result]) -> float | None:
    """Return the share of topics understood; `None` where no person named one."""
    understood = _understood([result for result in results if result.case.has_topic])
    return understood.value if understood.whole else None


def _understood(results: Sequence[Result]) -> Share:
    return Share(part=sum(r.case.topic == r.played.topic for r in results), whole=len(results))


def _case(result: Result) -> dict[str, Any]:
    case, played, verdict = result.case, result.played, result.verdict
    return {
        "id": case.id,
        "topic": case.topic,
        "predicted_topic": played.topic,
        "confidence": played.confidence,
        "outcome": played.outcome,
        "reason": played.reason,
        "correct": verdict.correct,
        "why": verdict.why,
        "unrecorded": list(played.unrecorded),
        "actions": [{"tool": call.tool, "args": call.args} for call in played.calls],
        "reply": played.reply,
        "citations": list(played.citations),
    }
