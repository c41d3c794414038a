"""The phrasings of all books, as values, and how one of them becomes words."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from year import asks, foreign, nothing, question

TOPICS = (
    "order_status", "refund", "change_address", "cancel_order", "damaged_item", "repair", "exchange", "missing_item",
    "lost_parcel", "gift_card", "invoice", "membership", "account_access", "data_request", "price_adjustment",
)  # fmt: skip
"""Those with a book of their own; `question` and the empty one, which is nothing the shop handles, come on top."""

HELD_OUT_EVERY, HELD_OUT_AT = 10, 7
"""One phrasing in ten of each book never occurs in the history."""


@dataclass(frozen=True, kw_only=True)
class Phrasing:
    """One way of saying something, with `{slots}` and `(one|other)` choices."""

    topic: str
    """Empty for what the shop does not handle."""
    text: str
    needs: str = ""
    """What must hold for it: a category of goods, `late`, `xmas`; nothing for most."""
    language: str = "en"
    answer: str = ""
    """What an agent answers, of a question; empty where nobody knows."""
    is_held_out: bool = False


@cache
def phrasings(topic: str) -> tuple[Phrasing, ...]:
    """Return all phrasings of a topic, held out or not, English ones first."""
    if topic == "question":
        return _numbered([*_questions(), *_plain("question", question.UNKNOWN)])
    if topic == "":
        return _numbered(_plain("", nothing.BOOK))
    book = _plain(topic, import_module(f"year.{topic}").BOOK)
    return _numbered(book) + _numbered([each for each in _foreign() if each.topic == topic])


def _numbered(book: list[Phrasing], every: int = HELD_OUT_EVERY, at: int = HELD_OUT_AT) -> tuple[Phrasing, ...]:
    marks = [number % every == at for number in range(len(book))]
    return tuple(Phrasing(**{**vars(each), "is_held_out": mark}) for each, mark in zip(book, marks, strict=True))


def lines(book: str) -> list[str]:
    """Return the lines of a book; one that begins with blanks goes on with the line above."""
    return [line for line in re.sub(r"\n +", " ", book).splitlines() if line]


def _plain(topic: str, book: str) -> list[Phrasing]:
    return [_read(topic, line, "") for line in lines(book)]


def _read(topic: str, line: str, answer: str) -> Phrasing:
    needs, text = re.findall(r"^(?:\[(\w+)\] )?(.*)$", line)[0]
    return Phrasing(topic=topic, text=text, needs=needs, answer=answer)


def _questions() -> list[Phrasing]:
    found, answer = [], ""
    for line in lines(question.BOOK):
        if line.startswith("= "):
            answer = line[2:]
        else:
            found.append(_read("question", line, answer))
    return found


@cache
def asked(topic: str) -> tuple[Phrasing, ...]:
    """Return the short requests of a topic, held out or not."""
    split = [line.split(" ", 1) for line in lines(asks.BOOK)]
    return _numbered([Phrasing(topic=each, text=text) for each, text in split if each == topic], 5, 3)


@cache
def _foreign() -> tuple[Phrasing, ...]:
    split = [line.split(" ", 2) for line in lines(foreign.BOOK)]
    return tuple(Phrasing(topic=topic, text=text, language=language) for language, topic, text in split)


def say(text: str, values: Mapping[str, str], chance: random.Random) -> str:
    """Return the words of a phrasing: its choices made, its slots filled, its grammar mended."""
    chosen = re.sub(r"\(([^()]*\|[^()]*)\)", lambda found: chance.choice(found[1].split("|")), text)
    return mended(chosen.format_map(values))


def mended(text: str) -> str:
    """Return a text whose verbs agree with what the slots put before them, and without stray blanks."""
    text = re.sub(r"\b([Tt]hey|boots|shoes|gloves|socks|poles|trousers|crampons) (is|was|has|doesn't)\b", _plural, text)
    text = text.replace("size size", "size").replace("the the ", "the ")
    return re.sub(r"\b([Aa]) (?=(?:S|M|L|XS|XL|XXL|S/M|M/L)\b)", _article, text).replace(" ,", ",")


def _plural(found: re.Match[str]) -> str:
    return f"{found[1]} {_PLURALS[found[2]]}"


def _article(found: re.Match[str]) -> str:
    is_vowel = found.string[found.end()] in "SMLX"
    return f"{found[1]}{'n' if is_vowel else ''} "


_PLURALS = {"is": "are", "was": "were", "has": "have", "doesn't": "don't"}
