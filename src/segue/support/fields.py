"""Reads the fields of a JSON object that somebody else wrote, and says exactly which one is wrong."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.errors import TicketError

ID_LIMIT = 200
"""Characters of an id, a topic or a tool's name."""
DEPTH_LIMIT = 50
"""Nesting of free JSON; every reader of it may recurse."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_BREAKING = {"Cc", "Cs", "Zl", "Zp"}
_RFC_3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1900, 2200)
"""Arithmetic on any other time may leave what `datetime` can hold."""
_TIME = 'a time such as "2026-05-01T09:30:00Z" (RFC 3339, with its zone) or Unix seconds, from 1900 to 2199'


class Fields:
    """One JSON object, read field by field; `null` counts as absent.

    Every reader raises `TicketError` naming the field's path and what was expected there. Ids are refused
    where they could not be a key; free text is kept, with what no database stores replaced (`storable`).
    """

    def __init__(self, value: object, path: str = "") -> None:
        """Take `value`, which must be an object; `path` is where it stands, empty for the outermost."""
        if not isinstance(value, dict | Mapping):  # the first is almost always so, and quickly seen
            raise wrong(path or "ticket", "an object", value)
        self._value: Mapping[str, Any] = value
        self._path = path

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def place(self, name: str) -> str:
        """Return the path of a field, as messages name it."""
        return f"{self._path}.{name}" if self._path else name

    def get(self, name: str) -> Any:
        """Return the field as it stands, or `None`."""
        return self._value.get(name)

    def require(self, *names: str) -> None:
        """Check that these fields are there."""
        for name in names:
            if self.get(name) is None:
                raise TicketError(f"{self.place(name)}: missing")

    def text(self, name: str, *, limit: int, default: str = "") -> str:
        """Read free text of at most `limit` bytes in UTF-8."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise wrong(self.place(name), "text", value)
        clean = storable(value)
        if len(clean) > limit or len(clean.encode()) > limit:
            raise TicketError(f"{self.place(name)}: longer than {limit:,} bytes")
        return clean

    def identifier(self, name: str) -> str:
        """Read an id: one line of 1 to 200 characters, not all of them spaces; empty where it is absent."""
        value = self.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise wrong(self.place(name), "text", value)
        if not value.strip() or len(value) > ID_LIMIT:
            raise TicketError(f"{self.place(name)}: expected 1 to {ID_LIMIT} characters, got {len(value.strip())}")
        if not value.isprintable() and any(unicodedata.category(character) in _LINE_BREAKING for character in value):
            raise TicketError(f"{self.place(name)}: control characters are not allowed")
        return value

    def flag(self, name: str) -> bool:
        """Read a boolean that defaults to false."""
        value = self.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise wrong(self.place(name), "true or false", value)
        return value

    def choice(self, name: str, known: tuple[str, ...]) -> str | None:
        """Read one of a few words."""
        value = self.get(name)
        if value is not None and not (isinstance(value, str) and value in known):
            raise wrong(self.place(name), " or ".join([", ".join(known[:-1]), known[-1]]), value)
        return value

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """Read a number between two bounds, both included."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise wrong(self.place(name), f"a number from {low:g} to {high:g}", value)
        return float(value)

    def index(self, name: str, *, below: int) -> int | None:
        """Read a position from 0."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < below:
            raise wrong(self.place(name), f"a whole number from 0 to {below - 1}", value)
        return value

    def time(self, name: str) -> datetime | None:
        """Read an RFC 3339 time or Unix seconds, as UTC."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return _time(value)
        except (ValueError, OverflowError):
            raise wrong(self.place(name), _TIME, value) from None

    def object(self, name: str) -> Fields:
        """Read an object; an empty one where it is absent."""
        value = self.get(name)
        return Fields({} if value is None else value, self.place(name))

    def objects(self, name: str, *, limit: int) -> list[Fields]:
        """Read a list of objects."""
        value = self.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise wrong(self.place(name), "a list", value)
        if len(value) > limit:
            raise TicketError(f"{self.place(name)}: {len(value):,} entries, at most {limit} are taken")
        return [Fields(item, f"{self.place(name)}[{number}]") for number, item in enumerate(value)]

    def json(self, name: str) -> Any:
        """Read any JSON value."""
        return _json(self.get(name), self.place(name), DEPTH_LIMIT)

    def json_object(self, name: str) -> dict[str, Any]:
        """Read an object of any JSON values; an empty one where it is absent."""
        self.object(name)
        return self.json(name) or {}


def storable(text: str) -> str:
    """Return `text` with NUL and lone surrogates, which no database stores, replaced by U+FFFD."""
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def wrong(place: str, expected: str, value: object) -> TicketError:
    """Return the error for a field that holds something else than it should."""
    return TicketError(f"{place}: expected {expected}, got {_described(value)}")


def _described(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return repr(value if len(value) <= 40 else f"{value[:37]}...")
        case float() | int():
            return f"the number {value:g}" if -1e15 < value < 1e15 else "a number out of range"
        case list() | tuple():
            return "a list"
        case _:
            return "an object"


def _time(value: object) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        time = _EPOCH + timedelta(seconds=value)
    elif isinstance(value, str):
        time = _rfc_3339(value)
    else:
        raise ValueError(value)  # noqa: TRY004 - whatever is wrong with it, the caller says the same
    if time.year not in _YEARS:
        raise ValueError(value)
    return time


def _rfc_3339(value: str) -> datetime:
    match = _RFC_3339.fullmatch(value)
    if match is None:
        raise ValueError(value)
    date, minute, second, fraction, zone = match.groups()
    # RFC 3339 allows a leap second, which Python's datetime cannot hold: it is the second after it.
    is_leap = second == "60"
    text = f"{date}T{minute}:{'59' if is_leap else second}{(fraction or '')[:7]}{zone.upper()}"
    time = datetime.fromisoformat(text).astimezone(UTC)
    return time + timedelta(seconds=1) if is_leap else time


def _json(value: Any, place: str, depth: int) -> Any:
    if depth == 0:
        raise TicketError(f"{place}: nested deeper than {DEPTH_LIMIT} levels")
    match value:
        case str():
            return storable(value)
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case list() | tuple():
            return [_json(item, place, depth - 1) for item in value]
        case dict() | Mapping():
            return {storable(str(key)): _json(item, place, depth - 1) for key, item in value.items()}
        case _:
            raise wrong(place, "a JSON value", value)
