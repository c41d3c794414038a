"""Which items of an order, and which variants, a customer's words mean; where that is not clear, they are refused."""

from __future__ import annotations

import re
from typing import Any

import shop
from ledger import Data

from segue.errors import PermanentError

Record = dict[str, Any]


def items(order: Record, words: str) -> list[tuple[Record, str]]:
    """Return the lines of an order that are named, by number or name, each with the words about it."""
    numbered = [(line, "") for line in order["items"] if line["item_id"] in words]
    if numbered:
        return numbered
    places = _places(order, words)
    if not places:
        raise PermanentError(f"order {order['order_id']} holds {contents(order)}: unclear which is meant")
    ends = [start for start, _, _ in places[1:]] + [len(words)]
    return [(line, words[after:end]) for (_, after, line), end in zip(places, ends, strict=True)]


def _places(order: Record, words: str) -> list[tuple[int, int, Record]]:
    """Return where the lines of an order are named; of two with one name, the one whose options are told."""
    found: list[tuple[int, int, Record]] = []
    for name in sorted({line["name"] for line in order["items"]}):
        match = re.search(rf"\b{re.escape(name)}s?\b", words, re.IGNORECASE)
        if match is None:
            continue
        alike = [line for line in order["items"] if line["name"] == name]
        before = re.split(r"\bto\b|[;\n]", words[match.end() :], maxsplit=1)[0].lower()
        told = [line for line in alike if all(value.lower() in before for value in line["options"].values())]
        meant = told if len(alike) > 1 else alike
        if len(meant) != 1:
            raise PermanentError(f"order {order['order_id']} holds several of {name}: unclear which is meant")
        found.append((match.start(), match.end(), meant[0]))
    return sorted(found, key=lambda each: each[:2])


def replacement(data: Data, line: Record, words: str) -> Record:
    """Return the one available variant of a line's product that has the options which are wished for."""
    wished = re.split(r"\bto\b|\bfor\b", re.split(r"[;\n]", words, maxsplit=1)[0], maxsplit=1)[-1]
    for option in line["options"]:
        wished = re.sub(rf"\b{re.escape(option)}\b\W*:", "", wished)
    variants = data["products"][line["product_id"]]["variants"].values()
    wanted = dict(line["options"])
    for option, value in line["options"].items():
        named = {variant["options"][option] for variant in variants if _names(variant["options"][option], wished)}
        longest = [one for one in named if not any(one != other and one in other for other in named)]
        if len(longest) > 1:
            raise PermanentError(f"unclear which {option} of {line['name']} is wished for")
        wanted[option] = longest[0] if longest else value
    found = [variant for variant in variants if variant["options"] == wanted and variant["available"]]
    if len(found) != 1 or wanted == line["options"]:
        raise PermanentError(f"unclear which {line['name']} is wished for instead, or it is not available")
    return found[0]


def _names(value: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", words, re.IGNORECASE) is not None


def address(words: str) -> tuple[str, ...]:
    """Return an address from one line, its six parts separated by commas: street, suite, city, state, country, zip."""
    parts = [part.strip() for part in words.strip().rstrip(".").split(",")]
    if len(parts) != len(shop.ADDRESS) or not re.fullmatch(r"\d{5}", parts[-1]):
        raise PermanentError("an address has six parts, the second of them may be empty, and the last is a zip code")
    return tuple(parts)


def contents(order: Record) -> str:
    """Return what is in an order, in words."""
    return ", ".join(f"{line['name']} ({', '.join(line['options'].values())})" for line in order["items"])
