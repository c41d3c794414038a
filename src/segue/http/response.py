"""An answer over HTTP, complete and of bounded size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

from segue.http.failure import BadResponse, BadStatus

LONGEST_WAIT: Final = timedelta(hours=1)
"""What a server may ask for at most: who asks for more is taken at this."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a server answered."""

    status: int
    url: str
    """Where it came from, after redirects; without the query, which may hold a key."""
    headers: Mapping[str, str] = field(repr=False)
    """By names in lower case; one that came several times is joined by commas."""
    body: bytes = field(repr=False)
    """Decompressed."""
    excerpt: str = field(default="", repr=False)
    """The beginning of a body that tells of a failure, on one line, without our secrets."""
    received_at: datetime

    @property
    def is_success(self) -> bool:
        """Whether the server did what it was asked to."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """Such as `application/json`, without parameters; empty where it is not said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8-sig", "replace")

    @property
    def retry_after(self) -> timedelta | None:
        """How long the server asks to be left alone; `None` where it does not say."""
        since = _date(self.headers.get("date", "")) or self.received_at  # its clock, where it tells
        return retry_after(self.headers.get("retry-after", ""), since=since)

    def json(self) -> Any:
        """Return the body as JSON, its numbers exact: those with a fraction are `Decimal`.

        Raises:
            BadResponse: It is none.
        """
        try:
            return json.loads(
                self.body.decode("utf-8-sig"), parse_float=_exact, parse_constant=_refuse_constant, parse_int=int
            )
        except (ValueError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise BadResponse(f"{self.url}: the answer is not JSON: {why[:200]}") from None

    def failure(self) -> BadStatus:
        """Return the error that an answer other than success is."""
        said = f": {self.excerpt}" if self.excerpt else ""
        return BadStatus(f"{self.url}: status {self.status}{said}", status=self.status, retry_after=self.retry_after)


def retry_after(text: str, *, since: datetime) -> timedelta | None:
    """Return what a `Retry-After` header asks for, from nothing to an hour; `None` where it cannot be read.

    Args:
        text: Seconds or a date (RFC 9110, section 10.2.3).
        since: When it was said.
    """
    if text.isascii() and text.isdecimal():
        seconds = int(text[:9])
        return min(timedelta(seconds=seconds), LONGEST_WAIT)
    date = _date(text)
    return None if date is None else min(max(date - since, timedelta(0)), LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of range") from None
    if not -400 < number.adjusted() < 400:  # written out, it would take any length
        raise ValueError("a number is out of range")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")
