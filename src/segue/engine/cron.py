"""Cron expressions: which moments one means, in a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_FIELDS = ("second", "minute", "hour", "day-of-month", "month", "day-of-week")
_SPANS = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 367))
"""How far back the latest tick is looked for first: who comes every minute has not to be counted over a year."""


@dataclass(frozen=True)
class Cron:
    """When something is due: five fields as of Debian's cron, or six with seconds first."""

    text: str
    """E.g. `0 3 * * MON-FRI`; also `L` and `LW` for the last day and weekday of a month, `5L`, `MON#2`."""
    zone: str = "UTC"
    """Name of the time zone in which it is meant, e.g. `Europe/London`."""

    def __post_init__(self) -> None:
        """Refuse what has no meaning.

        Raises:
            ValueError: The expression or the time zone is not understood, or never due.
        """
        if next(self.ticks(datetime(2000, 1, 1, tzinfo=UTC)), None) is None:
            raise ValueError(f"cron {self.text!r} is never due")

    def ticks(self, after: datetime) -> Iterator[datetime]:
        """Yield the moments after `after` at which it is due, in order, each once, UTC.

        Where clocks are put forward, a time of day that is left out is due when the clocks go on; where they are put
        back, one that comes twice is due the first time. A `*` of minutes or hours goes by elapsed time, as in Debian.
        """
        try:
            found = CronSim(self.text, after.astimezone(_zone(self.zone)))
        except CronSimError as error:
            raise ValueError(f"cron {self.text!r}{_place(self.text, str(error))}") from error
        last = after
        for tick in found:
            moment = tick.astimezone(UTC)
            if moment > last:  # put back, clocks would show some a second time
                yield moment
                last = moment

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """Return the last moment after `after` and not after `until` at which it was due; `None` if there is none."""
        starts = [until - span for span in _SPANS]
        for start in [*(start for start in starts if start > after), after]:
            latest = None
            for tick in self.ticks(start):
                if tick > until:
                    break
                latest = tick
            if latest is not None:
                return latest
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"there is no time zone {name!r} here: use a name such as Europe/London; a system without any needs the "
            "package tzdata"
        ) from error


def _place(text: str, error: str) -> str:
    """Return what is wrong with an expression, and where in it."""
    parts = text.split()
    name = error.removeprefix("Bad ")
    if len(parts) not in (5, 6) or name not in _FIELDS:
        return (
            f" has {len(parts)} fields: minute, hour, day of month, month and day of week are 5; 6 with seconds before "
            "them"
        )
    number = _FIELDS[-len(parts) :].index(name)
    return f": field {number + 1}, the {name}, cannot be {parts[number]!r}"
