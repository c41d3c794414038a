"""Writes the year before the sample's day: 13 months of past tickets, and what was done about the orders in them.

`python year.py` fills `history/` and `data/past_actions.csv`; the same options give the same files, byte for byte.
"""

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import shop  # noqa: E402 - found only now that the workspace is on the path
from year.conversation import Writer  # noqa: E402

FIRST, LAST = date(2025, 5, 20), date(2026, 5, 19)
LAST_MONTH = date(2026, 5, 1)
TESTED = 700
"""Tickets of a file made for testing."""

SHARES = {
    "question": 20.0, "": 6.3, "order_status": 13.0, "refund": 11.0, "damaged_item": 6.5, "exchange": 5.5,
    "missing_item": 4.2, "lost_parcel": 4.6, "change_address": 4.6, "cancel_order": 4.6, "repair": 4.6,
    "gift_card": 2.6,
    "invoice": 3.2, "membership": 3.0, "account_access": 3.0, "data_request": 1.7, "price_adjustment": 2.6,
}  # fmt: skip
"""How many of a hundred tickets, over the year."""
SEASONS = {
    "order_status": {5: 1.0, 11: 1.3, 12: 1.8, 1: 0.8, 2: 0.7}, "refund": {1: 2.0, 7: 1.2, 2: 0.8, 12: 0.8},
    "gift_card": {12: 1.8, 1: 2.0}, "repair": {3: 1.4, 4: 1.4, 9: 1.3, 12: 0.5}, "lost_parcel": {12: 1.7, 11: 1.3},
    "exchange": {1: 1.7, 9: 1.3, 10: 1.3}, "damaged_item": {3: 1.4, 4: 1.2}, "missing_item": {12: 1.4},
    "change_address": {12: 1.3, 9: 1.2}, "question": {12: 1.2, 4: 1.1, 6: 1.1}, "data_request": {},
    "invoice": {1: 1.3, 4: 1.5},
    "membership": {4: 1.2}, "price_adjustment": {11: 1.6, 1: 1.4, 2: 0.6},
}  # fmt: skip
"""By topic and month, how much more there is than usual."""


def main() -> None:
    """Write the history, or the files made for testing, as the options say."""
    options = _options()
    if options.held_out or options.seen:
        _write_tested(options)
        return
    writer = Writer(random.Random(options.seed))  # noqa: S311 - made-up tickets, no secret
    tickets = [writer.ticket(topic, day) for day, topic in _calendar(options.tickets, FIRST, LAST, writer.chance)]
    _write_months(_numbered(tickets, "h"), options.history)
    _write_receipts(writer.memory.receipts, options.history.parent / "data" / "past_actions.csv")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=Path, default=HERE / "history", metavar="DIR")
    parser.add_argument("--tickets", type=int, default=6500)
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--held-out", type=Path, metavar="FILE", help="only phrasings that the history never has")
    parser.add_argument("--seen", type=Path, metavar="FILE", help="only phrasings that the history may have")
    return parser.parse_args()


def _calendar(count: int, first: date, last: date, chance: random.Random) -> list[tuple[date, str]]:
    """Return so many days and topics, by time."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    pairs = [(day, topic) for day in days for topic in SHARES]
    weights = [SHARES[topic] * _busy(topic, day) for day, topic in pairs]
    return sorted(chance.choices(pairs, weights, k=count))


def _busy(topic: str, day: date) -> float:
    busy = SEASONS.get(topic, {}).get(day.month, 1.0) * (0.6 if day.weekday() >= 5 else 1.1)
    if topic in ("order_status", "lost_parcel") and shop.STRIKE[0] <= day <= shop.STRIKE[1] + timedelta(days=4):
        busy *= 2.6 if topic == "order_status" else 1.4
    if topic in ("damaged_item", "question") and date(2026, 3, 9) <= day <= date(2026, 3, 22):
        busy *= 1.6
    if (day.month, day.day) in ((12, 25), (12, 26), (1, 1)):
        busy *= 0.3
    return busy


def _numbered(tickets: list[dict[str, Any]], letter: str) -> list[dict[str, Any]]:
    ordered = sorted(tickets, key=lambda ticket: str(ticket["created_at"]))
    return [ticket | {"id": f"{letter}-{number:05d}"} for number, ticket in enumerate(ordered, start=1)]


def _write_months(tickets: Iterable[dict[str, Any]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    months: dict[str, list[dict[str, Any]]] = {}
    for ticket in tickets:
        months.setdefault(str(ticket["created_at"])[:7], []).append(ticket)
    for month, of_month in months.items():
        _write(of_month, folder / f"{month}.jsonl")


def _write(tickets: Iterable[dict[str, Any]], path: Path) -> None:
    lines = [json.dumps(ticket, ensure_ascii=False) for ticket in tickets]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_receipts(receipts: Iterable[tuple[str, str, str]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("idempotency_key", "order_id", "action", "amount"))
        rows.writerows((f"past-{number:05d}", *receipt) for number, receipt in enumerate(receipts, start=1))


def _write_tested(options: argparse.Namespace) -> None:
    """Write the files made for testing: as the history, but of the last month and of one kind of phrasing."""
    for path, is_held_out in ((options.held_out, True), (options.seen, False)):
        if path:
            chance = random.Random(options.seed + 1000 + is_held_out)  # noqa: S311 - as above
            writer = Writer(chance, is_held_out=is_held_out)
            calendar = _calendar(TESTED, LAST_MONTH, LAST, chance)
            tickets = [writer.ticket(topic, day) for day, topic in calendar]
            _write(_numbered(tickets, "u" if is_held_out else "s"), path)


if __name__ == "__main__":
    main()
