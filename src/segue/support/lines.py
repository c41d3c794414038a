"""Reads tickets from JSON Lines; a bad line is a finding and never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from segue.errors import Finding, TicketError
from segue.support.ticket import LINE_LIMIT, JsonError, TicketId

RULES = {
    "T101": "A file of tickets cannot be read.",
    "T102": "A line is not UTF-8.",
    "T103": "A line is longer than 5 MB.",
    "T104": "A line is not JSON.",
    "T105": "A line is JSON, but no ticket.",
    "T106": "A line has the id of an earlier ticket; the first one counts.",
}
"""What each finding of this room means."""

Report = Callable[[Finding], None]
"""Takes each finding as it is made."""

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20


class Identified(Protocol):
    """What a line holds: a ticket, or a past one."""

    @property
    def id(self) -> TicketId:
        """Unique over all lines that are read together."""


_T = TypeVar("_T", bound=Identified)
_Parse = Callable[[str, datetime], _T]


@dataclass(frozen=True)
class _Line:
    file: str
    number: int
    content: bytes | None
    """Without the line's end; `None` where it is over the limit."""

    def finding(self, code: str, message: str, *, column: int = 0, hint: str = "") -> Finding:
        return Finding(self.file, self.number, column, code, "error", message, hint)


def read_stream(stream: BinaryIO, parse: _Parse[_T], *, file: str, now: datetime, report: Report) -> Iterator[_T]:
    """Yield what the lines of an open stream hold, with one line in memory at a time.

    Args:
        stream: JSON Lines in UTF-8; a byte order mark, CRLF and blank lines are fine.
        parse: Takes a line's text and `now`; raises `TicketError`.
        file: What findings call it.
        now: Stands for a missing `created_at`.
        report: Is called for each line that is refused.
    """
    return _parsed(_lines(stream, file), parse, now, report)


def read_files(files: Iterable[tuple[Path, str]], parse: _Parse[_T], *, now: datetime, report: Report) -> Iterator[_T]:
    """Yield what the lines of files hold, as `read_stream` does; each comes with its name in findings."""
    return _parsed(_lines_of_all(files, report), parse, now, report)


def _parsed(lines: Iterator[_Line], parse: _Parse[_T], now: datetime, report: Report) -> Iterator[_T]:
    seen: dict[TicketId, str] = {}
    for line in lines:
        ticket = _read(line, parse, now)
        if isinstance(ticket, Finding):
            report(ticket)
            continue
        place = f"{line.file}:{line.number}"
        first = seen.setdefault(ticket.id, place)
        if first != place:
            message = f'ticket "{ticket.id}" stands in {first} already; this one is left out'
            report(line.finding("T106", message, hint="give each ticket an id of its own"))
            continue
        yield ticket


def _read(line: _Line, parse: _Parse[_T], now: datetime) -> _T | Finding:
    if line.content is None:
        return line.finding("T103", f"the line is longer than {LINE_LIMIT:,} bytes")
    try:
        return parse(line.content.decode(), now)
    except UnicodeDecodeError as error:
        return line.finding("T102", f"not UTF-8: byte {error.start + 1} of the line")
    except JsonError as error:
        return line.finding("T104", str(error), column=error.column)
    except TicketError as error:
        return line.finding("T105", str(error))


def _lines_of_all(files: Iterable[tuple[Path, str]], report: Report) -> Iterator[_Line]:
    for path, file in files:
        try:
            with path.open("rb") as stream:
                yield from _lines(stream, file)
        except OSError as error:
            report(Finding(file, 0, 0, "T101", "error", f"cannot be read: {error.strerror or error}"))


def _lines(stream: BinaryIO, file: str) -> Iterator[_Line]:
    for number in count(1):
        line = stream.readline(LINE_LIMIT + len(b"\r\n"))
        if not line:
            return
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        if len(content) > LINE_LIMIT:
            _skip_rest(stream, line)
            yield _Line(file, number, None)
        elif content.removeprefix(_BOM).strip():
            yield _Line(file, number, content.removeprefix(_BOM))


def _skip_rest(stream: BinaryIO, read: bytes) -> None:
    while read and not read.endswith(b"\n"):
        read = stream.readline(_CHUNK)
