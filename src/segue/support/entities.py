"""Values for a plan's inputs, found in the customer's own words by pattern and type, never by guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from segue.plan.plan import Input

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


def find(wanted: Input, text: str) -> Any:
    """Return the one value for an input that stands in a text, as JSON; `None` for none, or for a choice.

    Two different order numbers are no order number: the customer is asked which one. A `yes` that answers no question
    is none.
    """
    if wanted.type == "boolean" and not wanted.pattern:
        return None
    return _one(wanted, text)


def read_answer(wanted: Input, text: str) -> Any:
    """Return the value that a customer's answer to the question for it gives; `None` if it gives none.

    Free text is taken whole.
    """
    if wanted.type == "string" and not wanted.pattern and not wanted.choices:
        return text.strip()[:2000] or None
    return _one(wanted, text)


def _one(wanted: Input, text: str) -> Any:
    found = list(dict.fromkeys(_candidates(wanted, text[:SCANNED_CHARACTERS])))
    return found[0] if len(found) == 1 else None


def _candidates(wanted: Input, text: str) -> Iterable[Any]:
    if wanted.pattern:
        matches = (match.group(match.lastindex or 0).strip() for match in re.finditer(wanted.pattern, text))
        read = _READERS.get(wanted.type)
        for match in filter(None, matches):
            yield from (match,) if read is None else read(match)
    elif wanted.choices:
        yield from _chosen(wanted.choices, text)
    elif wanted.type in _READERS:
        yield from _READERS[wanted.type](text)


def _chosen(choices: Sequence[str], text: str) -> Iterable[str]:
    """Yield the choices that are named; who says `extra large` does not say `large`."""
    longest_first = sorted(choices, key=len, reverse=True)
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", text, re.IGNORECASE):
        yield next(choice for choice in choices if re.fullmatch(re.escape(choice), match.group(), re.IGNORECASE))


def _money(text: str) -> Iterable[str]:
    for match in _MONEY.finditer(text):
        amounts = map(_amount, filter(None, match.groupdict().values()))
        yield from (amount for amount in amounts if amount is not None)


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


def _dates(text: str) -> Iterable[str]:
    for match in _DATE.finditer(text):
        for year, month, day in _readings(match):
            try:
                yield date(year, month, day).isoformat()
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


def _booleans(text: str) -> Iterable[bool]:
    if _YES.search(text):
        yield True
    if _NO.search(text):
        yield False


_READERS: dict[str, Callable[[str], Iterable[Any]]] = {
    "integer": lambda text: (int(match) for match in _INTEGER.findall(text)),
    "number": lambda text: (float(match) for match in _NUMBER.findall(text)),
    "money": _money,
    "date": _dates,
    "email": lambda text: (match.group(0) for match in _EMAIL.finditer(text)),
    "boolean": _booleans,
}
