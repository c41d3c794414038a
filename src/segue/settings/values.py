"""The kinds of value a key may have: what each is called, and how it is read from TOML."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

SQLITE = "sqlite:///"

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]+)", re.ASCII)
_UNITS = {
    timedelta(seconds=1): ("s", "sec", "second", "seconds"),
    timedelta(minutes=1): ("min", "m", "minute", "minutes"),
    timedelta(hours=1): ("h", "hour", "hours"),
    timedelta(days=1): ("d", "day", "days"),
}
_SHORTEST = timedelta(milliseconds=1)
_LONGEST = timedelta(days=3650)


class Unfit(ValueError):
    """A value that its key does not take."""

    code = "S105"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NotBuilt(Unfit):
    """A value that a later version will take."""

    code = "S106"


@dataclass(frozen=True)
class Kind(Generic[T]):
    """One kind of value."""

    expected: str
    """Completes "expected ...", and is the reference's word for it."""
    read: Callable[[Any], T]
    """Takes a value of TOML; raises `Unfit`."""
    show: Callable[[T], str] = str
    """The inverse of `read`, for the reference."""


def nearest(word: str, known: list[str]) -> str:
    """Return a hint that names the known word closest to `word`, or some of them where none is close."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known[:10])}"


def choice(built: tuple[str, ...], later: tuple[str, ...] = ()) -> Kind[Any]:
    """Return the kind of value that is one of a few words, of which `later` are refused for now."""
    *others, last = [f'"{word}"' for word in built]
    expected = f"{', '.join(others)} or {last}" if others else last

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise _unfit(expected, value)
        if value in later:
            raise NotBuilt(f'"{value}" is not built yet', hint=f"use {expected}")
        if value not in built:
            raise Unfit(f"expected {expected}, got {shown(value)}", hint=nearest(value, [*built]))
        return value

    return Kind(expected, read, lambda value: f'"{value}"')


def optional(kind: Kind[T]) -> Kind[T | None]:
    """Return the kind of the same values, whose key may also be left out."""
    return Kind(kind.expected, kind.read, lambda value: "" if value is None else kind.show(value))


def shown(value: object) -> str:
    """Return a value of TOML for a message: short, on one line."""
    match value:
        case str():
            return repr(value if len(value) <= 40 else f"{value[:37]}...")
        case bool():
            return str(value).lower()
        case float() | int():
            return f"the number {value:g}" if -1e15 < value < 1e15 else "a number out of range"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"{value}"  # a date or a time


def one_line(message: str) -> str:
    """Return a message, which may quote any name of the file, as one line of bounded length."""
    short = message if len(message) <= 300 else f"{message[:297]}..."
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in short)


def _unfit(expected: str, value: object, *, hint: str = "") -> Unfit:
    return Unfit(f"expected {expected}, got {shown(value)}", hint=hint)


def _number(expected: str, fits: Callable[[float], bool]) -> Kind[float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
            raise _unfit(expected, value)
        return float(value)

    return Kind(expected, read, lambda value: f"{value:g}")


SHARE = _number("a number from 0 to 1", lambda value: 0 <= value <= 1)
LEVEL_OF_ERROR = _number("a number between 0 and 1", lambda value: 0 < value < 1)


def _read_count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise _unfit(COUNT.expected, value)
    return value or None


def _read_amount(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**9:
        raise _unfit(AMOUNT.expected, value)
    return float(value) or None


COUNT: Kind[int | None] = Kind("a whole number; 0 is without limit", _read_count, lambda value: str(value or 0))
AMOUNT: Kind[float | None] = Kind(
    "a number from 0 up; 0 is without limit", _read_amount, lambda value: f"{value or 0:g}"
)


def _read_duration(value: Any) -> timedelta:
    expected = DURATION.expected
    if not isinstance(value, str):
        hint = "a bare number has no unit" if isinstance(value, int | float) else ""
        raise _unfit(expected, value, hint=hint)
    match = _DURATION.fullmatch(value.strip().lower())
    unit = next((unit for unit, names in _UNITS.items() if match and match[2] in names), None)
    if match is None or unit is None:
        raise _unfit(expected, value, hint="units: s, min, h, d")
    duration = float(match[1]) * unit
    if not _SHORTEST <= duration <= _LONGEST:
        raise _unfit(expected, value, hint="at least a millisecond, at most ten years")
    return duration


def _show_duration(duration: timedelta) -> str:
    unit = max(unit for unit in _UNITS if duration % unit == timedelta(0))
    return f'"{duration // unit} {_UNITS[unit][0]}"'


DURATION = Kind('a duration such as "2 s", "15 min", "2 h" or "3 d"', _read_duration, _show_duration)


def _read_url(value: Any) -> str:
    expected = URL.expected
    if not isinstance(value, str):
        raise _unfit(expected, value)
    if value.startswith(("postgresql:", "postgres:")):
        raise NotBuilt("postgresql:// is not built yet", hint="use sqlite:///.segue/segue.db")
    path = value.removeprefix(SQLITE)
    if path == value or not path.isprintable():
        raise _unfit(expected, value)
    if path.endswith("/") or Path(path).name in {"", "..", ":memory:"} or "?" in path:
        raise _unfit(expected, value, hint="name a file; there are no options")
    return value


def _read_file(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or value.endswith("/") or Path(value).name in {"", ".."}:
        raise _unfit(FILE.expected, value)
    return value


FILE = Kind("the path of a file", _read_file, lambda value: f'"{value}"')
URL = Kind("sqlite:/// and the path of a file", _read_url, lambda value: f'"{value}"')


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _unfit(BOOL.expected, value)
    return value


def _read_word(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 128:
        raise _unfit(WORD.expected, value)
    return value


BOOL = Kind("true or false", _read_bool, lambda value: str(value).lower())
WORD = Kind("a word", _read_word, lambda value: f'"{value}"')
