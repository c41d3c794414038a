"""Values for a plan's inputs, found in the customer's own words by pattern and type, never by guessing.

Each knows its place in the text, so that a page can show it, redaction can hide it, and anybody can check that it was
extracted and not made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from segue.plan.plan import Input
from segue.support.ticket import Ticket

SCANNED_CHARACTERS = 20_000
"""A longer text is read up to here: patterns are the company's, and may be slow."""

_AMOUNT = r"\d{1,15}(?:[.,'’ \u00a0\u202f]\d{1,15}){0,6}"
_MONEY = re.compile(
    rf"(?P<left>{_AMOUNT})\s[$€£]\s(?P<right>{_AMOUNT})|"  # of which is it the sign?
    rf"(?:[$€£]|\b(?:USD|EUR|GBP|CHF))\s?(?P<after>{_AMOUNT})(?![\w%]|[.,]\d)|"
    rf"(?<![\w.,’'])(?<!\d[-–])(?<!\d [-–])(?P<before>{_AMOUNT})(?:[.,][-–])?"
    r"\s?(?:[$€£](?!\d)|(?:USD|EUR|GBP|CHF|dollars?|euros?|pounds?)\b)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*")
_CENTS = re.compile(r"(.+?)(?:[.,](\d{1,2}))?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    r"(?<![\d./-])(?:(?P<iso>\d{4}([-/])\d{1,2}\2\d{1,2})|(?P<dots>\d{1,2}\.\d{1,2}\.\d{4})|(?P<slashes>\d{1,2}/\d{1,2}/\d{4}))"
    r"(?!\d|[./-]\d)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH}),?\s(?P<year>\d{{4}})\b"
    rf"|\b(?P<month2>{_MONTH})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year2>\d{{4}})\b",
    re.IGNORECASE,
)
_INTEGER = re.compile(r"(?<![\w.,])-?\d{1,15}(?![\w]|[.,]\d)")
_NUMBER = re.compile(r"(?<![\w.,])-?\d{1,15}(?:\.\d{1,9})?(?![\w]|[.,]\d)")
_YES = re.compile(r"\b(?:yes|yep|yeah|sure|correct|right|ok(?:ay)?)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|nope|not|don't|never)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A value, and the part of a text that it was read from."""

    value: Any
    """As JSON, in the form of the input's type: `£1,250` as money is `1250`."""
    start: int
    end: int
    """Code points of the text; the end is not included."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A value for one of a plan's inputs, and where the customer wrote it."""

    name: str
    """Of the input."""
    value: Any
    """As JSON."""
    message: int | None
    """Index of the ticket's message; `None` is the subject."""
    start: int
    end: int
    """Code points of that message's text, exactly as the customer wrote it; the end is not included."""

    def written(self, ticket: Ticket) -> str:
        """Return the words of the ticket that the value was read from."""
        text = ticket.subject if self.message is None else ticket.messages[self.message].text
        return text[self.start : self.end]


def find(wanted: Input, text: str) -> Any:
    """Return the one value for an input that stands in a text, as JSON; `None` for none, or for a choice.

    Two different order numbers are no order number: the customer is asked which one. A `yes` that answers no question
    is none.
    """
    return _one(spans(wanted, text))


def spans(wanted: Input, text: str) -> list[Span]:
    """Return every value for an input that stands in a text, in its order; what can be read in two ways twice.

    A `yes` that answers no question is none.
    """
    if wanted.type == "boolean" and not wanted.pattern:
        return []
    return list(_candidates(wanted, text[:SCANNED_CHARACTERS]))


def in_ticket(wanted: Sequence[Input], ticket: Ticket) -> tuple[Entity, ...]:
    """Return every value for inputs in what a customer asks, in the order of the inputs and then of the text."""
    asked = enumerate(ticket.messages)
    parts = [
        (None, ticket.subject),
        *((n, message.text) for n, message in asked if n >= ticket.since and message.role == "customer"),
    ]
    return tuple(
        Entity(name=entry.name, value=span.value, message=number, start=span.start, end=span.end)
        for entry in wanted
        for number, text in parts
        for span in spans(entry, text)
    )


def read_answer(wanted: Input, text: str) -> Any:
    """Return the value that a customer's answer to the question for it gives; `None` if it gives none.

    Free text is taken whole.
    """
    if wanted.type == "string" and not wanted.pattern and not wanted.choices:
        return text.strip()[:2000] or None
    return _one(_candidates(wanted, text[:SCANNED_CHARACTERS]))


def _one(found: Iterable[Span]) -> Any:
    values = list(dict.fromkeys(span.value for span in found))
    return values[0] if len(values) == 1 else None


def _candidates(wanted: Input, text: str) -> Iterator[Span]:
    if wanted.pattern:
        yield from _matching(wanted, text)
    elif wanted.choices:
        yield from _chosen(wanted.choices, text)
    elif wanted.type in _READERS:
        yield from _READERS[wanted.type](text)


def _matching(wanted: Input, text: str) -> Iterator[Span]:
    """Yield what the pattern's last group finds, read as the input's type."""
    read = _READERS.get(wanted.type)
    for match in re.finditer(wanted.pattern, text):
        group = match.lastindex or 0
        written = match.group(group)
        value = written.strip()
        if not value:
            continue
        start = match.start(group) + len(written) - len(written.lstrip())
        if read is None:
            yield Span(value=value, start=start, end=start + len(value))
        else:
            for span in read(value):
                yield Span(value=span.value, start=start + span.start, end=start + span.end)


def _chosen(choices: Sequence[str], text: str) -> Iterator[Span]:
    """Yield the choices that are named; who says `extra large` does not say `large`."""
    longest_first = sorted(choices, key=len, reverse=True)
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", text, re.IGNORECASE):
        named = next(choice for choice in choices if re.fullmatch(re.escape(choice), match.group(), re.IGNORECASE))
        yield _span(named, match)


def _span(value: Any, match: re.Match[str]) -> Span:
    return Span(value=value, start=match.start(), end=match.end())


def _money(text: str) -> Iterator[Span]:
    for match in _MONEY.finditer(text):
        amounts = map(_amount, filter(None, match.groupdict().values()))
        yield from (_span(amount, match) for amount in amounts if amount is not None)


def _amount(written: str) -> str | None:
    """Return an amount in plain digits: `1.250,00`, `1,250.00`, `1 250` and `1250` are the same."""
    if _GROUPED.fullmatch(written):
        return _digits(written)
    match = _CENTS.fullmatch(written)
    if match is None:
        return None
    whole, cents = match.groups()
    if not whole.isdigit() and not _GROUPED.fullmatch(whole):
        return None
    return _digits(whole) + (f".{_digits(cents)}" if cents else "")


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdigit())


def _dates(text: str) -> Iterator[Span]:
    for match in _DATE.finditer(text):
        for year, month, day in _readings(match):
            try:
                yield _span(date(year, month, day).isoformat(), match)
            except ValueError:
                continue


def _readings(match: re.Match[str]) -> list[tuple[int, int, int]]:
    """Return a date as year, month and day; two readings of one with slashes, where both could be meant."""
    parts = match.groupdict()
    if parts["month"] or parts["month2"]:
        name, day, year = (parts[key] or parts[f"{key}2"] for key in ("month", "day", "year"))
        return [(int(year), _MONTHS.index(name[:3].lower()) + 1, int(day))]
    first, second, last = (int(number) for number in re.split(r"[-./]", match.group()))
    if parts["iso"]:
        return [(first, second, last)]
    return [(last, second, first)] if parts["dots"] else [(last, second, first), (last, first, second)]


def _booleans(text: str) -> Iterator[Span]:
    for value, pattern in ((True, _YES), (False, _NO)):
        if match := pattern.search(text):
            yield _span(value, match)


_READERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "integer": lambda text: (_span(int(match[0]), match) for match in _INTEGER.finditer(text)),
    "number": lambda text: (_span(float(match[0]), match) for match in _NUMBER.finditer(text)),
    "money": _money,
    "date": _dates,
    "email": lambda text: (_span(match[0], match) for match in _EMAIL.finditer(text)),
    "boolean": _booleans,
}
