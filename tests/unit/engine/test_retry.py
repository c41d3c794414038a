from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.engine.retry import ONCE, RetryPolicy

policies = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 200),
    initial_delay=st.timedeltas(timedelta(0), timedelta(days=1)),
    backoff=st.floats(1, 1e300),
    max_delay=st.timedeltas(timedelta(0), timedelta(days=30)),
    jitter=st.floats(0, 10),
)
chances = st.floats(0, 1)


@given(policies, st.integers(1, 500), chances)
def test_it_gives_up_exactly_when_the_attempts_are_used_up(policy: RetryPolicy, failures: int, chance: float) -> None:
    assert (policy.delay_after(failures, chance=chance) is None) == (failures >= policy.max_attempts)


@given(policies, st.integers(1, 198), chances)
def test_a_delay_is_never_negative_and_never_beyond_the_longest_and_its_jitter(
    policy: RetryPolicy, failures: int, chance: float
) -> None:
    delay = policy.delay_after(failures, chance=chance)
    if delay is not None:
        longest = policy.max_delay * (1 + policy.jitter)
        assert timedelta(0) <= delay <= longest + timedelta(microseconds=1)


@given(policies, st.integers(1, 198))
def test_without_jitter_delays_never_become_shorter(policy: RetryPolicy, failures: int) -> None:
    delay, next_delay = policy.delay_after(failures), policy.delay_after(failures + 1)
    if delay is not None and next_delay is not None:
        assert delay <= next_delay


@given(policies, st.integers(1, 198), chances, chances)
def test_jitter_only_lengthens(policy: RetryPolicy, failures: int, chance: float, other: float) -> None:
    delays = [policy.delay_after(failures, chance=c) for c in (0.0, *sorted((chance, other)))]
    seconds = [delay.total_seconds() for delay in delays if delay is not None]
    assert len(seconds) in (0, 3)
    assert seconds == sorted(seconds)


def test_each_delay_is_the_one_before_times_the_backoff_up_to_the_longest() -> None:
    policy = RetryPolicy(
        max_attempts=6, initial_delay=timedelta(seconds=1), backoff=3, max_delay=timedelta(seconds=20), jitter=0
    )
    seconds = [delay.total_seconds() for n in range(1, 6) if (delay := policy.delay_after(n)) is not None]
    assert seconds == [1, 3, 9, 20, 20]
    assert policy.delay_after(6) is None


def test_jitter_is_a_share_of_the_delay() -> None:
    policy = RetryPolicy(initial_delay=timedelta(seconds=10), jitter=0.5)
    assert policy.delay_after(1, chance=0.0) == timedelta(seconds=10)
    assert policy.delay_after(1, chance=1.0) == timedelta(seconds=15)


def test_once_is_tried_once() -> None:
    assert ONCE.delay_after(1) is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"max_attempts": 0}, "at least 1"),
        ({"initial_delay": timedelta(seconds=-1)}, "negative"),
        ({"max_delay": timedelta(seconds=-1)}, "negative"),
        ({"backoff": 0.5}, "backoff is 0.5"),
        ({"backoff": float("nan")}, "backoff is nan"),
        ({"backoff": float("inf")}, "finite"),
        ({"jitter": -0.1}, "jitter -0.1"),
    ],
)
def test_what_could_never_work_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RetryPolicy(**fields)  # type: ignore[arg-type]
