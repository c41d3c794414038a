"""Who writes: for a topic and a day, an order in the state that people write about, or a customer."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import shop

from year.deeds import Memory

CATEGORIES = frozenset(
    {"tents", "footwear", "clothing", "packs", "sleeping", "cooking", "lights", "poles", "climbing", "winter"}
)
_ACCESSORIES = frozenset({"puffin-20", "lapwing", "ousel", "sandpiper", "gas-230"})
"""What a phrasing about packs, clothing, tents or cooking hardly means."""
_NAMED = {
    "kittiwake": ("stove", "leg snapped", "hisses", "pump", "doesn't light"),
    "teal": ("filter", "hose and the clip"),
    "bothy": ("enamel",),
    "wren": ("mat ", "valve was broken"),
    "curlew": ("torch", "strap"),
    "grebe-60": ("rope",),
    "gannet": ("harness", "leg loop"),
    "raven-45": ("lid", "hip belt", "frame sheet", "back length", "s/m"),
    "raven-65": ("lid", "hip belt", "frame sheet", "back length", "s/m"),
    "plover": ("footbox", "six foot", "sleeping bag"),
    "eider": ("footbox", "six foot", "sleeping bag"),
    "merlin": ("zip", "sleeve", "shoulder", "armpit", "arms", "arm."),
    "goldcrest": ("zip", "sleeve", "shoulder", "armpit", "arms", "arm."),
    "siskin": ("zip", "sleeve", "shoulder", "armpit", "arms", "arm."),
    "heron": ("sleeve", "shoulder", "armpit", "ladder", "arm."),
}
"""The words by which a phrasing names a product."""
WITH_ORDER = frozenset(
    {
        "order_status", "refund", "change_address", "cancel_order", "damaged_item", "exchange", "missing_item",
        "lost_parcel", "invoice", "price_adjustment",
    }
)  # fmt: skip
SEEN_TOO = frozenset({"refund", "cancellation"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an order must be like."""

    topic: str
    needs: str
    day: date
    goods: frozenset[str] = frozenset()
    """Ids of products, one of which the order must hold; any where there is none."""


def goods_meant(needs: str, text: str) -> frozenset[str]:
    """Return the ids of the products that a phrasing about a category can mean; none where it is about any."""
    if needs == "recall":
        return frozenset({"kittiwake"})
    if needs not in CATEGORIES:
        return frozenset()
    ids = {each.id for each in shop.products().values() if each.category == needs} - _ACCESSORIES
    named = {each for each in ids if any(word in text.lower() for word in _NAMED.get(each, ()))}
    return frozenset(named or ids)


def holds(needs: str, day: date) -> bool:
    """Say whether a season or an event that a phrasing speaks of is on."""
    match needs:
        case "strike":
            return shop.STRIKE[0] <= day <= shop.STRIKE[1] + timedelta(days=4)
        case "xmas":
            return date(2025, 11, 24) <= day <= date(2025, 12, 24)
        case "presents":
            return date(2025, 12, 20) <= day <= date(2026, 1, 31)
        case "recall":
            return date(2026, 3, 9) <= day <= date(2026, 5, 2)
        case "old":
            return day < shop.LONGER_RETURNS_SINCE
        case _:
            return True


_TRIES = 40
"""Orders drawn before all are looked at; most requests fit many."""


def pick_order(wanted: Wanted, memory: Memory, chance: random.Random) -> shop.PastOrder | None:
    """Return an order in the right state, or none where the day has none; one that is done with hardly ever."""
    nearby = _nearby(wanted)
    for _ in range(_TRIES if nearby else 0):
        order = chance.choice(nearby)
        if _fits(order, wanted, memory) and (order.id not in memory.actions or chance.random() < 0.12):
            return order
    found = [order for order in nearby if _fits(order, wanted, memory)]
    if not found:
        return None
    weights = [0.12 if memory.actions.get(order.id) else 1.0 for order in found]
    return chance.choices(found, weights)[0]


def _nearby(wanted: Wanted) -> list[shop.PastOrder]:
    """Return the orders of the time that counts: those in transit, those lately delivered, or older ones."""
    day = wanted.day
    if wanted.topic in ("order_status", "change_address", "cancel_order"):
        return _placed_between(day - timedelta(days=21), day)
    if wanted.needs == "recall":
        return _placed_between(date(2025, 10, 4), date(2026, 3, 1))
    reach = {"refund": 90, "exchange": 60, "invoice": 150, "damaged_item": 50}.get(wanted.topic, 32)
    return _placed_between(day - timedelta(days=reach), day)


@cache
def _by_day() -> dict[date, list[shop.PastOrder]]:
    days: dict[date, list[shop.PastOrder]] = defaultdict(list)
    for order in shop.orders():
        days[order.placed_on].append(order)
    return days


def _placed_between(first: date, last: date) -> list[shop.PastOrder]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [order for day in days for order in _by_day().get(day, ())]


def _fits(order: shop.PastOrder, wanted: Wanted, memory: Memory) -> bool:
    needs, day = wanted.needs, wanted.day
    if SEEN_TOO & set(memory.actions.get(order.id, ())) and wanted.topic != "order_status":
        return False
    if wanted.goods and wanted.goods.isdisjoint(line.product.id for line in order.lines):
        return False
    if needs == "abroad" and shop.country_of(order.address) == "United Kingdom":
        return False
    if needs == "recall":
        return _is_here(order, day)
    return _STATES[wanted.topic](order, needs, day)


def _is_here(order: shop.PastOrder, day: date) -> bool:
    return order.delivered_on is not None and order.delivered_on <= day


def _age(order: shop.PastOrder, day: date) -> int:
    return (day - order.delivered_on).days if order.delivered_on else -1


def _is_away(order: shop.PastOrder, day: date) -> bool:
    return order.shipped_on is not None and order.shipped_on <= day and not _is_here(order, day)


def _in_warehouse(order: shop.PastOrder, day: date) -> bool:
    return order.shipped_on is not None and order.shipped_on > day


def _asked_for(order: shop.PastOrder, needs: str, day: date) -> bool:
    """Of an order that is still to come; a few of those that came lately are asked for too."""
    if needs == "packed":
        return _in_warehouse(order, day)
    if needs == "late":
        return _is_away(order, day) and order.due_on is not None and order.due_on < day
    return _is_away(order, day) or (_age(order, day) in (0, 1) and int(order.id) % 9 == 0)


def _to_return(order: shop.PastOrder, needs: str, day: date) -> bool:
    if not _is_here(order, day):
        return False
    age, days = _age(order, day), shop.return_days(order, day)
    if needs in ("late", "old"):
        return days < age <= days + 40
    return age <= min(days, 34) or (age <= days + 20 and int(order.id) % 5 == 0)


def _to_exchange(order: shop.PastOrder, needs: str, day: date) -> bool:
    return bool(order.lines[0].product.sizes) and _to_return(order, needs, day) and _mostly_single(order)


def _mostly_single(order: shop.PastOrder) -> bool:
    return len(order.lines) == 1 or int(order.id) % 4 == 0


def _to_stop(order: shop.PastOrder, _: str, day: date) -> bool:
    return _in_warehouse(order, day) or (_is_away(order, day) and int(order.id) % 11 == 0)


def _to_redirect(order: shop.PastOrder, needs: str, day: date) -> bool:
    return _to_stop(order, needs, day) and shop.country_of(order.address) == "United Kingdom"


def _to_replace(order: shop.PastOrder, _: str, day: date) -> bool:
    return _is_here(order, day) and (_age(order, day) <= 14 or (_age(order, day) <= 45 and int(order.id) % 9 == 0))


def _to_complete(order: shop.PastOrder, _: str, day: date) -> bool:
    several = len(order.lines) > 1 or int(order.id) % 6 == 0
    return several and _is_here(order, day) and _age(order, day) <= (20 if int(order.id) % 7 == 0 else 13)


def _to_search(order: shop.PastOrder, _: str, day: date) -> bool:
    if order.lost_on is not None and order.shipped_on is not None and order.shipped_on < day:
        return (day - order.shipped_on).days > 7
    late = _is_away(order, day) and order.due_on is not None and shop.working_days(order.due_on, day) >= 2
    return late or (_is_here(order, day) and _age(order, day) <= 5 and int(order.id) % 3 == 0)


def _to_adjust(order: shop.PastOrder, needs: str, day: date) -> bool:
    age = _age(order, day)
    if not _is_here(order, day) or (age > 14) != (needs == "late") or age > 40:
        return False
    return shop.prices_on(order, day).difference > 0 or int(order.id) % 8 == 0


def _was_placed(order: shop.PastOrder, _: str, day: date) -> bool:
    return order.placed_on < day


_STATES = {
    "order_status": _asked_for, "refund": _to_return, "change_address": _to_redirect, "cancel_order": _to_stop,
    "damaged_item": _to_replace, "missing_item": _to_complete, "exchange": _to_exchange, "lost_parcel": _to_search,
    "price_adjustment": _to_adjust, "invoice": _was_placed,
}  # fmt: skip


def pick_customer(topic: str, needs: str, day: date, memory: Memory, chance: random.Random) -> shop.Customer:
    """Return somebody who writes without an order; about the club mostly members."""
    if topic == "membership" and chance.random() < 0.88:
        members = [each for each in shop.customers() if each.member_since and each.member_since <= day]
        if needs == "renew":
            due = [each for each in members if each.id not in memory.renewed and _is_due(each, day)]
            members = due if due and chance.random() < 0.75 else members
        return chance.choice(members)
    return chance.choice(shop.customers())


def _is_due(customer: shop.Customer, day: date) -> bool:
    kept = shop.membership_on(customer, day)
    return kept is not None and not customer.renews and abs((kept.ends_on - day).days) <= 60
