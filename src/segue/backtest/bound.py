"""How often the agent is wrong at most, and the lowest threshold at which that is little enough: statistics alone.

The bound on a share is that of Clopper and Pearson (Biometrika 1934), the search for a threshold Learn-then-Test with a
fixed sequence (Angelopoulos, Bates, Candès, Jordan and Lei, arXiv:2110.01052, 2021). What is promised of the threshold
that is found: with probability 1 - delta over the tickets that it was proven on, the true share of wrong ones among
those that the agent deals with alone is at most alpha. It holds where later tickets are of the same kind as these, and
where neither the order of the thresholds nor the scorer was made with them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import isnan

from scipy.special import betaincinv  # type: ignore[import-untyped]  # publishes no types

Bound = Callable[[float], float]
"""Gives, for a threshold, the share of wrong ones that is not exceeded, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Tickets, each with how sure the agent was and whether it was wrong, all of one kind and independent."""

    confidence: Sequence[float]
    wrong: Sequence[bool]
    """As long as `confidence`; also of tickets that no threshold lets the agent deal with."""

    def __post_init__(self) -> None:
        if len(self.confidence) != len(self.wrong):
            raise ValueError(f"{len(self.confidence)} confidences, but {len(self.wrong)} judgements")
        if any(map(isnan, self.confidence)):
            raise ValueError("a confidence is not a number")

    def alone(self, threshold: float) -> int:
        """Return how many tickets the agent deals with alone: those with at least this confidence."""
        return len(self._sorted) - bisect_left(self._sorted, threshold)

    def wrong_alone(self, threshold: float) -> int:
        """Return how many of those are wrong."""
        return self._wrong_among_surest[self.alone(threshold)]

    @cached_property
    def _sorted(self) -> list[float]:
        return sorted(self.confidence)

    @cached_property
    def _wrong_among_surest(self) -> list[int]:
        """How many of the n surest are wrong, for each n; a threshold never cuts between equally sure ones."""
        surest = sorted(zip(self.confidence, self.wrong, strict=True), key=lambda pair: -pair[0])
        return list(accumulate((wrong for _, wrong in surest), initial=0))


def upper(part: int, whole: int, delta: float) -> float:
    """Return the share that the true one exceeds with probability `delta` at most; 1 of nothing."""
    return 1.0 if part == whole else float(betaincinv(part + 1, whole - part, 1 - delta))


def lower(part: int, whole: int, delta: float) -> float:
    """Return the share that the true one stays below with probability `delta` at most; 0 of nothing."""
    return 1 - upper(whole - part, whole, delta)


def pooled(sample: Sample, delta: float) -> Bound:
    """Return the bound for tickets mixed as in the sample; at most `alpha` exactly where the binomial test rejects."""
    return lambda threshold: upper(sample.wrong_alone(threshold), sample.alone(threshold), delta)


def mixed(inside: Sample, outside: Sequence[float], share: float, delta: float) -> Bound:
    """Return the bound for tickets of which a declared share is out of scope, whatever it is among these.

    Three figures are bounded, each with a third of `delta`: how often the agent is wrong about what is in scope, how
    much of that it deals with at least, and how much of the rest at most. The bound grows with the share, so it holds
    for every smaller one too.

    Args:
        inside: Tickets in scope.
        outside: Confidence in those that are not; the agent is wrong about each that it deals with.
        share: Of all tickets later, those out of scope at most; 0 up to but not including 1.
        delta: How often the bound may fail.

    Raises:
        ValueError: `share` is no such share.
    """
    if not 0 <= share < 1:
        raise ValueError(f"a share of {share} cannot be out of scope")
    others = Sample(confidence=outside, wrong=[True] * len(outside))
    third = delta / 3

    def bound(threshold: float) -> float:
        alone = inside.alone(threshold)
        ours = (1 - share) * lower(alone, len(inside.confidence), third)
        not_ours = share * upper(others.alone(threshold), len(outside), third)
        error = upper(inside.wrong_alone(threshold), alone, third)
        return (ours * error + not_ours) / (ours + not_ours) if ours else 1.0

    return bound


def sequence(confidence: Sequence[float], bound: Bound, steps: int = 100) -> list[float]:
    """Return thresholds to try, strict to lax, from the one that is likeliest to be proven.

    A sequence that began stricter would often end at once, for want of tickets.

    Args:
        confidence: Of tickets on which nothing is proven later.
        bound: By the same tickets, repeated so that they are about as many as those on which it will be proven.
        steps: Thresholds at most, evenly spaced by how many tickets are surer.
    """
    surest = sorted(confidence, reverse=True)
    ranks = sorted({(step * len(surest) - 1) // steps for step in range(1, steps + 1)} - {-1})
    grid = [surest[rank] for rank in ranks]
    return grid[min(range(len(grid)), key=lambda n: bound(grid[n])) :] if grid else []


def lowest_proven(thresholds: Sequence[float], bound: Bound, alpha: float) -> float | None:
    """Return the last threshold before the first that is not proven; `None` where that is the first of all.

    No correction for trying many is needed: only the first false one in the order could be passed by chance.

    Args:
        thresholds: In an order that was fixed without the tickets of the bound, strict to lax.
        bound: Fails with probability delta at most, at each threshold.
        alpha: Share of wrong ones that is allowed.
    """
    proven = None
    for threshold in thresholds:
        if bound(threshold) > alpha:
            break
        proven = threshold
    return proven
