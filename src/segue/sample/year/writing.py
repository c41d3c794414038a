"""How a customer writes: the request with what stands around it, the channel's manners and the slips of a keyboard."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from year import foreign, frame
from year.phrasing import lines, mended, say

CHANNELS = {"email": 62, "chat": 22, "form": 16}
_CONTEXTS = tuple(lines(frame.CONTEXTS))
_STORIES = tuple(lines(frame.STORIES))


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How somebody writes this time."""

    channel: str
    language: str = "en"
    is_lower: bool = False
    is_angry: bool = False
    typos: float = 0.0
    """Share of words with a slip."""
    length: int = 0
    """Sentences of context around the request."""
    has_story: bool = False
    """True where a longer story comes first."""


def manner(chance: random.Random, language: str) -> Manner:
    """Return how somebody writes: most people shortly and correctly, some in other ways."""
    channel = chance.choices((*CHANNELS,), (*CHANNELS.values(),))[0]
    is_chat = channel == "chat"
    careless = chance.random() < (0.45 if is_chat else 0.12)
    return Manner(
        channel=channel,
        language=language,
        is_lower=chance.random() < (0.5 if is_chat else 0.06),
        is_angry=chance.random() < 0.05,
        typos=chance.choice((0.02, 0.05, 0.1)) if careless else 0.0,
        length=0
        if language != "en"
        else chance.choices((0, 1, 2, 3), (84, 14, 2, 0) if is_chat else (60, 26, 10, 4))[0],
        has_story=language == "en" and not is_chat and chance.random() < 0.05,
    )


def letter(core: str, how: Manner, values: Mapping[str, str], chance: random.Random) -> str:
    """Return a whole message around a request that is in words already."""
    about = "item" if values["about"] else ""
    known = [line.removeprefix("[item] ") for line in _CONTEXTS if about or not line.startswith("[item]")]
    sentences = chance.sample(known, min(how.length, 1) if values["is_nothing"] else how.length)
    before = chance.randint(0, len(sentences))
    if how.is_angry and how.language == "en":
        core = f"{ended(core)} {chance.choice(frame.ANGRY)}"
    if how.has_story and not values["is_nothing"]:
        core = f"{_filled(chance.choice(_STORIES), values, chance)} {core}"
    middle = [*(_filled(each, values, chance) for each in sentences[:before]), core]
    middle += [_filled(each, values, chance) for each in sentences[before:]]
    body = " ".join(ended(each) for each in middle[:-1]) + (" " if middle[:-1] else "") + middle[-1]
    return slipped("\n".join(filter(None, _paragraphs(body, how, values, chance))), how, chance)


def _filled(text: str, values: Mapping[str, str], chance: random.Random) -> str:
    return text.format_map({**values, "place": chance.choice(frame.PLACES.split(","))})


def ended(text: str) -> str:
    """Return a text that ends like a sentence."""
    return text if text[-1] in ".!?:)" else f"{text}."


def _paragraphs(body: str, how: Manner, values: Mapping[str, str], chance: random.Random) -> list[str]:
    """Return greeting, body, closing and name, as many of them as the channel's manners ask for."""
    polite = {"email": 0.62, "form": 0.3, "chat": 0.22}[how.channel]
    greeting = chance.choice(_of(foreign.GREETINGS, how, frame.GREETINGS)) if chance.random() < polite else ""
    closing = chance.choice(_of(foreign.CLOSINGS, how, frame.CLOSINGS)) if chance.random() < polite else ""
    name = chance.choice(frame.SIGNATURES).format_map(values) if chance.random() < polite * 0.9 else ""
    greeting = greeting.format_map(values)
    if how.channel == "chat" or chance.random() < 0.35:
        first = " ".join(filter(None, (greeting, body)))
        last = " ".join(filter(None, (closing, name.split("\n")[0] if how.channel == "chat" else name)))
        return [f"{ended(first)} {last}" if last and chance.random() < 0.6 else first]
    return [greeting, body, closing, name]


def _of(by_language: Mapping[str, tuple[str, ...]], how: Manner, english: tuple[str, ...]) -> tuple[str, ...]:
    return by_language.get(how.language, english)


def slipped(text: str, how: Manner, chance: random.Random) -> str:
    """Return a text with the slips of whoever types it; numbers, codes and addresses stay whole."""
    if how.is_lower:
        text = " ".join(word if any(char.isdigit() for char in word) else word.lower() for word in text.split(" "))
        if chance.random() < 0.4:
            text = re.sub(r"(?<![\d.])[.](?= |$)|['’](?=[a-z])", "", text)
    if how.typos:
        text = " ".join(_slip(word, chance) if chance.random() < how.typos else word for word in text.split(" "))
    return text


def _slip(word: str, chance: random.Random) -> str:
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return frame.TYPOS.get(word, word)
    if word.lower() in frame.TYPOS:
        return frame.TYPOS[word.lower()]
    at = chance.randint(1, len(word) - 2)
    kind = chance.randint(0, 3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + frame.NEIGHBOURS.get(word[at], word[at]) + word[at + 1 :]


def reference(number: str, values: Mapping[str, str], chance: random.Random) -> str:
    """Return how an order is named inside a sentence, with its number or without one."""
    shapes = frame.REFERENCES if number else frame.UNNUMBERED
    return chance.choice(shapes).format_map({**values, "no": number})


def with_number(core: str, number: str, chance: random.Random) -> str:
    """Return a request with the order's number before or behind it."""
    added = chance.choice(frame.NUMBERED).format(no=number)
    if chance.random() < 0.2:
        return f"{added.rstrip('.').capitalize()}. {core}" if not added.startswith("(") else f"{added} {core}"
    return f"{ended(core)} {added}" if not added.startswith("(") else f"{core.rstrip('.')} {added}"


def joined(core: str, other: str, chance: random.Random) -> str:
    """Return two requests as one."""
    joint = chance.choice(frame.JOINTS)
    if not joint.startswith("PS"):
        other = other[0].lower() + other[1:] if not re.match(r"I\b|I'|[A-Z]{2}", other) else other
    return f"{ended(core)} {joint.format(other=other)}"


def subject(topic: str, number: str, how: Manner, values: Mapping[str, str], chance: random.Random) -> str:
    """Return a subject; chats have none."""
    if how.channel == "chat":
        return ""
    shapes = frame.SUBJECTS[topic].split(",")
    if number and chance.random() < 0.2:
        return chance.choice(("Order {no}", "Re: Your order {no}", "{no}", "Order number {no}")).format(no=number)
    shape = chance.choice([each for each in shapes if number or "{no}" not in each])
    return mended(say(shape, {**values, "no": number}, chance))
