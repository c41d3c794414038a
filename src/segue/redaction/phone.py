"""Telephone numbers, proven by Google's numbering plans (the package `phonenumbers`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_GROUPED = re.compile(r"\d[ \t\xa0().\-/]+\d")


def spans(number: str, region: str, *, is_announced: bool) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers stand in a run of digits and separators.

    Args:
        number: The run; it may hold an order number or a date beside them.
        region: Whose national numbers are known, such as `GB`; empty: none.
        is_announced: Words before it say that it is one, so that it need not be grouped as one.
    """
    from phonenumbers import Leniency, PhoneNumberMatcher  # noqa: PLC0415 (loaded where there are digits)

    offset = 0
    if number.startswith("00"):  # read as `+`, which holds in most countries
        number, offset = f"+{number[2:]}", 1
    if not number.startswith(("+", "(+")) and not region:
        return
    leniency = Leniency.VALID if is_announced or number.startswith(("+", "(+")) else Leniency.STRICT_GROUPING
    for match in PhoneNumberMatcher(number, region or None, leniency=leniency):
        is_national = not match.raw_string.startswith(("+", "(+"))
        if is_national and not is_announced and not _looks_national(match.raw_string):
            continue
        yield match.start + (offset if match.start else 0), match.end + offset


def _looks_national(number: str) -> bool:
    """Say whether it is written as people write telephone numbers, and not as a plain number."""
    return number.startswith(("0", "(")) or _GROUPED.search(number) is not None


def is_region(word: str) -> bool:
    """Say whether a country has numbers of its own."""
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 (see above)

    return word in SUPPORTED_REGIONS
