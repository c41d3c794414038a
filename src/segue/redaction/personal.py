"""Finds personal data in a text: what is known of the customer, and what proves itself by its form or check digits.

Postal addresses and names that nobody told are not found: that takes a model, and its misses could not be counted.
Order numbers are not personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

from segue.redaction import phone
from segue.redaction.numbers import RULES

Kind = Literal["EMAIL", "IBAN", "CARD", "ID", "PHONE", "IP", "CUSTOMER", "NAME"]

_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{0,63}[\w+~-]\Z")
_AT = re.compile(r"@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_DIGITS = re.compile(r"(?<![\w#.,-])(?:\+|\(\+?)?\d(?:[ \t\xa0().\-/]{0,3}\d){5,18}(?![\w])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(r"(?:\bv|version|release|firmware|build)\s*$", re.IGNORECASE)
_PHONE_WORD = re.compile(
    r"(?<!\w)(?:tel|phone|telephone|mobile|mobil|cell|call|ring|text|sms|whatsapp|fax|telefon|handy|tél|téléphone"
    r"|teléfono|telefono|móvil)\w*(?:\W+\w+){0,4}\W+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What is known of the customer and is found wherever it stands."""

    names: tuple[str, ...] = ()
    """As the helpdesk has them; their parts are found too, where they are written with a capital."""
    emails: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Of the customer, not of orders; one of fewer than 3 characters, or 5 digits, is too common to be found."""


NOBODY = Personal()
"""Nothing is known."""


@dataclass(frozen=True, kw_only=True, order=True)
class Found:
    """One piece of personal data."""

    start: int
    end: int
    """Code points; the end is not included."""
    kind: Kind
    text: str


def find(text: str, personal: Personal = NOBODY, *, region: str = "") -> list[Found]:
    """Return the personal data of a text from left to right; no two overlap.

    Args:
        text: Any text.
        personal: What is known of the customer.
        region: The country, such as `GB`, as whose national telephone numbers those without `+` or `00` are read;
            empty: these are not found.
    """
    taken = bytearray(len(text))
    found: list[Found] = []
    for start, end, kind in _candidates(text, personal, region):
        if start < end and not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Found(start=start, end=end, kind=kind, text=text[start:end]))
    return sorted(found)


def _candidates(text: str, personal: Personal, region: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield what may be hidden, what is surest first."""
    yield from _emails(text)
    known = _known(personal)
    if known is not None:
        for match in known.finditer(text):
            yield *match.span(), _KINDS[match.lastgroup or ""]
    if _DIGIT.search(text):
        yield from _numbers(text)
        yield from _addresses(text)
        yield from _phones(text, region)


_DIGIT = re.compile(r"\d|::")
_KINDS: dict[str, Kind] = {"email": "EMAIL", "id": "CUSTOMER", "name": "NAME"}


def _emails(text: str) -> Iterator[tuple[int, int, Kind]]:
    for match in _AT.finditer(text):
        local = _LOCAL.search(text[max(match.start() - 64, 0) : match.start()])
        if local is not None:
            begin = match.start() - len(local[0])
            lead = len(local[0]) - len(local[0].lstrip(".'`{|/=&!#$%^*?"))
            yield begin + lead, match.end(), "EMAIL"


def _numbers(text: str) -> Iterator[tuple[int, int, Kind]]:
    for rule in RULES:
        for start, end in rule.spans(text):
            yield start, end, rule.kind


def _addresses(text: str) -> Iterator[tuple[int, int, Kind]]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            if _is_address(match[0]) and not _VERSION.search(text, max(match.start() - 20, 0), match.start()):
                yield match.start(), match.end(), "IP"


def _is_address(word: str) -> bool:
    try:
        return ip_address(word).packed.strip(b"\0") not in (b"", b"\1")  # `::` and `::1` name nobody
    except ValueError:
        return False


def _phones(text: str, region: str) -> Iterator[tuple[int, int, Kind]]:
    for match in _DIGITS.finditer(text):
        for start, end in phone.spans(match[0], region, is_announced=_is_announced(text, match.start())):
            yield match.start() + start, match.start() + end, "PHONE"


def _is_announced(text: str, start: int) -> bool:
    return _PHONE_WORD.search(text, max(start - 60, 0), start) is not None


@lru_cache(maxsize=256)
def _known(personal: Personal) -> re.Pattern[str] | None:
    """Return what finds the words that are known of a customer, the longest first."""
    words: dict[str, list[str]] = {
        "email": [re.escape(email) for email in personal.emails if len(email) > 2],
        "id": [re.escape(one) for one in personal.ids if len(one) > 2 and (len(one) > 4 or not one.isdigit())],
        "name": [pattern for name in personal.names for pattern in _name_patterns(name)],
    }
    groups = []
    for group, patterns in words.items():
        if patterns:
            options = "|".join(sorted(dict.fromkeys(patterns), key=len, reverse=True))
            groups.append(f"(?P<{group}>{options})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)") if groups else None


def _name_patterns(name: str) -> Iterator[str]:
    """Yield the name as a whole, in any case, and its parts where they are written as names are."""
    parts = [part for part in name.split() if re.search(r"\w\w", part)]
    if len(parts) > 1:
        yield "(?i:{})".format(r"\s+".join(re.escape(part) for part in name.split()))
    for part in parts:
        yield from {re.escape(part[:1].upper() + part[1:]), re.escape(part.upper())}
