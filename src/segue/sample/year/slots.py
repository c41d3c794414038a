"""What fills the slots of a phrasing: the item, the days, the sums and names of one request."""

import random
from datetime import date, timedelta

import people
import shop

from year.deeds import Request

NOUNS = {
    "raven-45": "pack", "raven-65": "rucksack", "wagtail-22": "day pack", "puffin-20": "dry bag", "dipper-2": "tent",
    "dipper-3": "tent", "sandpiper": "tarp", "plover": "sleeping bag", "eider": "down bag", "wren": "sleeping mat",
    "merlin": "jacket", "goldcrest": "down jacket", "siskin": "fleece", "heron": "base layer", "redshank": "trousers",
    "ousel": "gloves", "lapwing": "socks", "corrie": "boots", "otter": "shoes", "stoat": "trail shoes",
    "curlew": "head torch", "nightjar": "lantern", "kittiwake": "stove", "gas-230": "gas", "bothy": "mug",
    "tern": "pot",
    "teal": "water filter", "snipe": "poles", "grebe-60": "rope", "gannet": "harness", "harrier": "crampons",
    "fieldfare": "ice axe",
}  # fmt: skip
_PLURAL = frozenset({"redshank", "ousel", "lapwing", "corrie", "otter", "stoat", "snipe", "harrier"})
_PARTS = ("instructions", "stuff sack", "spare part bag", "bag", "buckle", "repair kit", "strap")
_STREETS = people.STREETS.split(",")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_COUNTS = ("one", "two", "three", "four", "five", "six")


def slots(request: Request, chance: random.Random) -> dict[str, str]:
    """Return a value for every slot that a phrasing may have; `{order}` and `{no}` come later."""
    customer, day = request.customer, request.day
    first, _, last = customer.name.partition(" ")
    words = {
        "whole": customer.name, "first": first, "last": last, "initial": first[0], "mail": customer.email,
        "title": f"{chance.choice(('Mr', 'Ms', 'Mrs'))} {last}", "town": _town(customer.address),
        "city": chance.choice(("Leeds", "Carlisle", "Perth", "Swindon", "Preston", "Daventry",
        _town(customer.address))),
        "lastmonth": f"{day.replace(day=1) - timedelta(days=1):%B}",
        "nextmonth": f"{day.replace(day=28) + timedelta(9):%B}",
        "day": chance.choice(_WEEKDAYS), "nextday": chance.choice(_WEEKDAYS), "code": request.code,
        "code_start": request.code[:7], "address": request.address, "newsize": _size(request.size, chance),
        "part": chance.choice(_PARTS), "days": chance.choice(_COUNTS[1:]),
    }  # fmt: skip
    return words | _of_order(request, chance)


def _town(address: str) -> str:
    parts = address.split(", ")
    town = parts[-2] if parts[-1] in people.COUNTRIES else parts[-1]
    return (
        " ".join(
            word
            for word in town.split()
            if word[0].isupper() and not any(char.isdigit() for char in word) and (not word.isupper() or len(word) > 4)
        )
        or town
    )


def _size(size: str, chance: random.Random) -> str:
    return chance.choice((size, size, size, f"size {size}")) if size else "the next size"


def _of_order(request: Request, chance: random.Random) -> dict[str, str]:
    order = request.placed
    line = request.item or (order.lines[0] if order else None)
    product = line.product if line else chance.choice([*shop.products().values()])
    is_plural = product.id in _PLURAL
    noun = NOUNS.get(product.id, product.name.split()[-1])
    return {
        "item": chance.choice((noun, noun, noun, product.name)), "name": product.name,
        "a_item": noun if is_plural else f"a{'n' if noun[0] in 'aeiou' else ''} {noun}",
        "it": "them" if is_plural else "it", "they": "They" if is_plural else "It",
        "cap_it": "They" if is_plural else "It",
        "is": "are" if is_plural else "is", "was": "were" if is_plural else "was",
        "has": "have" if is_plural else "has",
        "doesnt": "don't" if is_plural else "doesn't", "wasnt": "weren't" if is_plural else "wasn't",
        **_sums(order, line, request.day, chance),
    }  # fmt: skip


def _sums(order: shop.PastOrder | None, line: shop.Line | None, day: date, chance: random.Random) -> dict[str, str]:
    if order is None or line is None:
        return dict.fromkeys(
            ("price", "now", "lower", "total", "delivered", "delivered_ago", "ordered", "count", "fewer"), ""
        )
    price = shop.prices_on(order, day)
    count = sum(each.quantity for each in order.lines)
    lower = price.difference or chance.choice((5, 8, 10, 15))
    now = line.unit_price - lower if price.difference == 0 else price.current
    return {
        "price": _pounds(line.unit_price), "now": _pounds(now)[1:], "lower": _pounds(lower)[1:],
        "total": str(order.total), "delivered": shop.in_words(order.delivered_on or day),
        "delivered_ago": chance.choice(("last week", "Monday", "days ago", "the weekend")),
        "ordered": chance.choice((f"{order.placed_on:%A}", f"{order.placed_on.day} {order.placed_on:%B}")),
        "count": _COUNTS[min(max(count, 2), 6) - 1], "fewer": _COUNTS[min(max(count, 2), 6) - 2],
    }  # fmt: skip


def _pounds(amount: object) -> str:
    return f"£{amount}".removesuffix(".00")


def new_address(chance: random.Random) -> str:
    """Return an address in Britain that nobody has."""
    town = chance.choice((*people.TOWNS,))
    letters = "".join(chance.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    flat = f"Flat {chance.randint(1, 20)}, " if chance.random() < 0.15 else ""
    street = f"{flat}{chance.randint(1, 140)} {chance.choice(_STREETS)}"
    return f"{street}, {town} {people.TOWNS[town]}0 {chance.randint(1, 9)}{letters}"


def other_size(line: shop.Line, chance: random.Random) -> str:
    """Return another size than the one bought, mostly its neighbour, as people write it."""
    sizes = [size for size in line.product.sizes if size != line.variant]
    if not sizes:
        return ""
    at = line.product.sizes.index(line.variant) if line.variant in line.product.sizes else 0
    near = [size for size in sizes if abs(line.product.sizes.index(size) - at) == 1] or sizes
    return chance.choice(near).removeprefix("size ")
