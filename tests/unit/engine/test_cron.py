"""Which moments a cron expression means."""

import re
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.engine.cron import Cron

WEDNESDAY = datetime(2026, 1, 7, 12, 30, 15, 500, tzinfo=UTC)


def due(text: str, after: datetime, zone: str = "UTC", number: int = 3) -> list[str]:
    return [f"{tick:%m-%d %H:%M:%S}" for tick in islice(Cron(text, zone).ticks(after), number)]


def test_five_fields_mean_what_they_do_to_debian() -> None:
    assert due("0 3 * * *", WEDNESDAY) == ["01-08 03:00:00", "01-09 03:00:00", "01-10 03:00:00"]
    assert due("*/20 9-10 * * MON-FRI", WEDNESDAY) == ["01-08 09:00:00", "01-08 09:20:00", "01-08 09:40:00"]
    assert due("0 0 1,15 * FRI", WEDNESDAY) == ["01-09 00:00:00", "01-15 00:00:00", "01-16 00:00:00"]


def test_the_last_day_the_last_friday_and_seconds_can_be_meant() -> None:
    assert due("0 0 L * *", WEDNESDAY) == ["01-31 00:00:00", "02-28 00:00:00", "03-31 00:00:00"]
    assert due("0 0 * * 5L", WEDNESDAY) == ["01-30 00:00:00", "02-27 00:00:00", "03-27 00:00:00"]
    assert due("*/20 * * * * *", WEDNESDAY) == ["01-07 12:30:20", "01-07 12:30:40", "01-07 12:31:00"]


def test_a_time_of_day_is_meant_in_its_zone() -> None:
    assert due("0 9 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), "Europe/London") == [
        "03-29 08:00:00", "03-30 08:00:00", "03-31 08:00:00",
    ]  # fmt: skip
    assert due("0 9 * * *", datetime(2026, 3, 27, 12, tzinfo=UTC), "Europe/London", 1) == ["03-28 09:00:00"]


def test_a_time_that_is_left_out_when_clocks_are_put_forward_comes_when_they_go_on() -> None:
    before = datetime(2026, 3, 8, 0, tzinfo=UTC)  # New York leaves out 02:00 to 03:00 of this day
    assert due("30 2 * * *", before, "America/New_York", 2) == ["03-08 07:00:00", "03-09 06:30:00"]


def test_a_time_that_comes_twice_when_clocks_are_put_back_is_due_once() -> None:
    before = datetime(2026, 11, 1, 0, tzinfo=UTC)  # New York has 01:00 to 02:00 of this day twice
    assert due("30 1 * * *", before, "America/New_York", 2) == ["11-01 05:30:00", "11-02 06:30:00"]
    between = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)  # the second time that clocks there show 01:15
    assert due("30 1 * * *", between, "America/New_York", 1) == ["11-02 06:30:00"]
    assert Cron("30 1 * * *", "America/New_York").latest(before, between) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_every_hour_is_every_hour_when_clocks_are_put_back() -> None:
    before = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert due("0 * * * *", before, "America/New_York", 4) == [
        "11-01 05:00:00", "11-01 06:00:00", "11-01 07:00:00", "11-01 08:00:00",
    ]  # fmt: skip


@settings(deadline=None)
@given(
    text=st.sampled_from(["*/7 * * * *", "30 1 * * *", "0,45 2 * * *", "0 0 * * *", "15 */3 * * *", "0 12 1 * *"]),
    zone=st.sampled_from(["UTC", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    days=st.integers(0, 70),
)
def test_ticks_rise_and_the_latest_is_the_last_of_them(text: str, zone: str, start: datetime, days: int) -> None:
    until = start + timedelta(days=days)
    cron = Cron(text, zone)
    ticks = list(takewhile(lambda tick: tick <= until, cron.ticks(start)))
    assert ticks == sorted(set(ticks))
    assert all(tick > start for tick in ticks)
    assert cron.latest(start, until) == (ticks[-1] if ticks else None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("61 3 * * *", "cron '61 3 * * *': field 1, the minute, cannot be '61'"),
        ("0 3 * * FUN", "cron '0 3 * * FUN': field 5, the day-of-week, cannot be 'FUN'"),
        ("0 0 3 32 * *", "field 4, the day-of-month, cannot be '32'"),
        ("0 0 30 2 *", "field 3, the day-of-month, cannot be '30'"),
        ("0 3 * *", "has 4 fields"),
        ("", "has 0 fields"),
        ("0 0 31 2 L", "field 5, the day-of-week, cannot be 'L'"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        Cron(text)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Europe", "../etc/passwd"])
def test_a_time_zone_that_there_is_not_is_named(zone: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"no time zone {zone!r}")):
        Cron("0 3 * * *", zone)
