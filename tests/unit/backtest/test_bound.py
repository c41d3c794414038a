"""The bound is exact, and the threshold the lowest that is proven without a gap: held against sums of fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb, inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.backtest.bound import Sample, lower, lowest_proven, mixed, pooled, sequence, upper

ALPHA = DELTA = 0.05
GRID = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]

judged = st.lists(st.tuples(st.sampled_from(GRID), st.booleans()), max_size=40)
shares = st.sampled_from([0.01, 0.05, 0.2, 0.5, 0.9])


def sample(pairs: list[tuple[float, bool]]) -> Sample:
    return Sample(confidence=[confidence for confidence, _ in pairs], wrong=[wrong for _, wrong in pairs])


def all_right(confidence: float, number: int) -> Sample:
    return sample([(confidence, False)] * number)


def at_most(most: int, of: int, share: Fraction) -> Fraction:
    """Return the chance of so many or fewer, summed term by term."""
    return sum((comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(most + 1)), Fraction(0))


@given(st.integers(0, 40).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), shares)
def test_the_upper_bound_is_the_largest_share_at_which_so_few_are_no_surprise(
    counts: tuple[int, int], delta: float
) -> None:
    part, whole = counts
    found = upper(part, whole, delta)
    if part == whole:
        assert found == 1
    else:
        assert float(at_most(part, whole, Fraction(found))) == pytest.approx(delta)
    assert lower(whole - part, whole, delta) == pytest.approx(1 - found)


@given(judged, shares, shares)
def test_the_threshold_is_that_of_exact_tests_one_after_another(
    pairs: list[tuple[float, bool]], alpha: float, delta: float
) -> None:
    expected = None
    for threshold in GRID:
        alone = [wrong for confidence, wrong in pairs if confidence >= threshold]
        if not alone or at_most(sum(alone), len(alone), Fraction(alpha)) > Fraction(delta):
            break
        expected = threshold
    assert lowest_proven(GRID, pooled(sample(pairs), delta), alpha) == expected


def test_fifty_nine_right_ones_prove_five_percent_and_fifty_eight_do_not() -> None:
    for number, proven in ((58, None), (59, 0.9)):
        assert lowest_proven([0.9], pooled(all_right(0.9, number), DELTA), ALPHA) == proven


def test_nothing_is_proven_beyond_a_threshold_that_is_not() -> None:
    bounds = {0.9: 0.04, 0.8: 0.06, 0.7: 0.01}
    assert lowest_proven(list(bounds), bounds.__getitem__, ALPHA) == 0.9


@given(judged, st.lists(st.sampled_from(GRID), max_size=30), st.sampled_from([0.0, 0.1, 0.5]), st.sampled_from(GRID))
def test_the_bound_of_a_mixture_is_the_worst_of_its_three_parts(
    pairs: list[tuple[float, bool]], outside: list[float], share: float, threshold: float
) -> None:
    alone = [wrong for confidence, wrong in pairs if confidence >= threshold]
    others = sum(confidence >= threshold for confidence in outside)
    error = upper(sum(alone), len(alone), DELTA / 3)
    dealt = lower(len(alone), len(pairs), DELTA / 3)
    outer = upper(others, len(outside), DELTA / 3)
    corners = [
        ((1 - share) * a * e + share * b) / ((1 - share) * a + share * b) if (1 - share) * a + share * b else 1.0
        for e in (0.0, error)
        for a in (dealt, 1.0)
        for b in (0.0, outer)
    ]
    expected = max(corners) if dealt else 1.0
    assert mixed(sample(pairs), outside, share, DELTA)(threshold) == pytest.approx(expected)


@given(judged, st.lists(st.sampled_from(GRID), max_size=30), st.sampled_from(GRID))
def test_the_bound_of_a_mixture_holds_for_every_smaller_share_and_costs_more_than_one_without(
    pairs: list[tuple[float, bool]], outside: list[float], threshold: float
) -> None:
    found = [mixed(sample(pairs), outside, share, DELTA)(threshold) for share in (0.0, 0.03, 0.18, 0.6)]
    without = pooled(sample(pairs), DELTA)(threshold)
    for less, more in pairwise([without, *found, 1.0]):
        assert less <= more + 1e-12


def test_a_declared_share_that_the_sample_does_not_have_is_counted() -> None:
    inside = all_right(0.9, 1000)
    assert lowest_proven([0.9], mixed(inside, [0.1] * 200, 0.18, DELTA), ALPHA) == 0.9
    assert lowest_proven([0.9], mixed(inside, [0.1] * 10, 0.18, DELTA), ALPHA) is None, "too few to know"
    assert lowest_proven([0.9], mixed(inside, [0.9] * 40 + [0.1] * 160, 0.18, DELTA), ALPHA) is None
    assert lowest_proven([0.9], mixed(inside, [], 0.18, DELTA), ALPHA) is None


@given(judged, st.integers(1, 50))
def test_thresholds_go_from_strict_to_lax_beginning_where_the_bound_is_least(
    pairs: list[tuple[float, bool]], steps: int
) -> None:
    tune = sample(pairs)
    bound = pooled(tune, DELTA)
    found = sequence(tune.confidence, bound, steps)
    assert found == sorted(found, reverse=True)
    assert len(found) <= steps
    assert bool(found) == bool(pairs)
    if pairs:
        assert found[-1] == min(tune.confidence)
        assert bound(found[0]) == min(map(bound, found))


def test_a_few_mistakes_among_the_surest_do_not_end_the_search_before_it_began() -> None:
    pairs = [(0.9, n < 3) for n in range(10)] + [(0.8, False)] * 300 + [(0.1, True)] * 50
    assert sequence(sample(pairs).confidence, pooled(sample(pairs), DELTA))[0] == 0.8


def test_a_threshold_that_nobody_reaches_and_a_sample_of_nothing_prove_nothing() -> None:
    assert pooled(all_right(0.9, 500), DELTA)(inf) == 1
    assert pooled(sample([]), DELTA)(0.0) == 1
    assert mixed(sample([]), [], 0.0, DELTA)(0.0) == 1


def test_what_is_no_sample_and_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="1 confidences, but 2"):
        Sample(confidence=[0.5], wrong=[True, False])
    with pytest.raises(ValueError, match="not a number"):
        Sample(confidence=[nan], wrong=[True])
    for share in (-0.1, 1.0, nan):
        with pytest.raises(ValueError, match="out of scope"):
            mixed(sample([]), [], share, DELTA)
