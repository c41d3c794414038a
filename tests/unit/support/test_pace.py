"""No more calls of a tool begin in any one period than it allows, and none waits longer than it must."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.support.pace import Pace
from segue.tools.rate import Rate, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_calls_wait_once_the_period_is_full() -> None:
    pace = Pace(Rate(2, MINUTE))
    assert [pace.turn(NOW) for _ in range(5)] == [timedelta(0), timedelta(0), MINUTE, MINUTE, 2 * MINUTE]
    assert pace.turn(NOW + 5 * MINUTE) == timedelta(0)


@given(
    calls=st.integers(1, 4),
    gaps=st.lists(st.integers(0, 90), max_size=30),
)
def test_in_no_period_there_are_more_than_allowed_and_every_one_that_could_began_at_once(
    calls: int, gaps: list[int]
) -> None:
    pace, now, begun = Pace(Rate(calls, MINUTE)), NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        wait = pace.turn(now)
        recent = [at for at in begun if at > now - MINUTE]
        assert (wait == timedelta(0)) == (len(recent) < calls)
        begun.append(now + wait)
    for at in begun:
        assert sum(at <= other < at + MINUTE for other in begun) <= calls


@pytest.mark.parametrize(
    ("text", "rate"),
    [("100/min", Rate(100, MINUTE)), ("1/s", Rate(1, timedelta(seconds=1))), ("5/h", Rate(5, timedelta(hours=1))),
     ("20/day", Rate(20, timedelta(days=1))), ("0/min", None), ("-1/s", None), ("1/week", None), ("1 / s", None),
     ("", None), ("min", None), ("1000000/s", None)],
)  # fmt: skip
def test_a_rate_is_a_number_and_a_period(text: str, rate: Rate | None) -> None:
    assert read(text) == rate
