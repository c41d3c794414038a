"""The send gate against falsehoods: `python -m benchmarks.quality.falsehoods` says what it catches and wrongly blocks.

A reply is true to its sources, or one thing in it is false: a number, a name, whether it is denied, or a promise that
nobody made. Where it was written by hand, on the sample's articles, the gate was made with it in view. Of WixQA,
where experts wrote the true replies, and of tau2's bank, whose articles are quoted, it was made with every second
document in view; what is reported of them are the others. Most of WixQA's articles are here only to their 2,400th
character, and what an expert took from the rest stands in no source: "WixQA, cut" are answers that cite one of these.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks import data, measure
from benchmarks.quality.study import Row
from segue.knowledge import reading
from segue.support import gate
from segue.support.requests import sentences_of

SEED = 20261128
WRITTEN = Path(__file__).parent / "data" / "falsehoods.jsonl"
SAMPLE = Path(__file__).parents[2] / "src" / "segue" / "sample" / "knowledge"
GOAL_CAUGHT, GOAL_LET_THROUGH = 0.95, 0.85
"""Set before anything was measured."""
KINDS = ("number", "entity", "negation", "policy")
FEWEST_WORDS = 6
"""Of a sentence that is taken: fewer say nothing that could be false."""
OF_BANK = 120
"""Sentences taken from its articles, in view and held out each."""
CUT = 2_390
"""Characters from which on an article of WixQA is taken for one that is cut off."""

Part = Literal["in view", "held out"]
_LINK = re.compile(r"\[([^\]]*)\]\s*\((?:[^()]|\([^()]*\))*\)|https?://\S+")
_NUMBER = re.compile(r"(?<![\w.,-])(?!(?<!.)\d+[.)]\s)\d+(?:[.,]\d+)*(?![\w-])")
"""But for that of an item: another one is no falsehood."""
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w&'’-]+)(?: (?:[A-Z][\w&'’-]+))*")
_TURNS: tuple[tuple[str, str], ...] = (
    (r"\b(?:do|does) not ", ""),
    (r"\bcannot\b|\bcan['’]t\b", "can"),
    (r"\bis not\b", "is"),
    (r"\bare not\b", "are"),
    (r"\bwill not\b|\bwon['’]t\b", "will"),
    (r"\bcan\b", "cannot"),
    (r"\bwill\b", "will not"),
    (r"\bmust\b", "need not"),
    (r"\b(is|are|was|has been|have been)\b", r"\1 not"),
    (r"\byou (need|have) to\b", r"you do not \1 to"),
    (r"\b(you|we|they) (?!can|will|are|have|do|may|should|would|did|need|must|not)([a-z]+)\b", r"\1 do not \2"),
)
"""What says the contrary of a sentence: the first that fits is written instead."""
PROMISES = (
    "You get a full refund if you are not satisfied.",
    "We add a free month to your plan as an apology.",
    "A manager will call you back within the hour.",
    "We guarantee that this never happens again.",
    "You will receive a discount code with our next message.",
    "Our lawyers have confirmed that you are entitled to compensation.",
    "This is covered by our lifetime warranty.",
    "You can also ask us to waive the fee.",
    "We have already refunded the amount to your account.",
    "There is no charge if you cancel today.",
)
"""That no article makes; each is held against many sources."""


@dataclass(frozen=True)
class Said:
    """A reply, what it rests on, and what is wrong with it."""

    text: str
    sources: tuple[str, ...]
    kind: str
    """`true`, or what is false."""
    origin: str
    part: Part


def by_hand() -> Iterator[Said]:
    """Yield what was written on the sample's articles."""
    for line in data.lines(WRITTEN):
        path = SAMPLE / line["document"]
        document, _ = reading.read(line["document"], path.read_bytes(), file=str(path))
        sources = tuple(f"{document.title}, {passage.heading}\n{passage.text}" for passage in document.passages)
        yield Said(line["true"], sources, "true", "sample", "in view")
        for kind, text in line["false"]:
            yield Said(text, sources, kind, "sample", "in view")


def by_experts() -> Iterator[Said]:
    """Yield the sentences that experts answered Wix' customers with, and what is made of them."""
    folder = data.folder("wixqa_sample")
    articles = {
        article["id"]: f"{article['title']}\n{article['text']}" for article in data.lines(folder / "articles.jsonl")
    }
    for number, line in enumerate(data.lines(folder / "questions.jsonl")):
        sources = tuple(articles[each] for each in line["article_ids"] if each in articles)
        is_cut = any(len(articles[each].partition("\n")[2]) >= CUT for each in line["article_ids"])
        part: Part = "held out" if number % 2 else "in view"
        answer = _LINK.sub(lambda found: found.group(1) or "", line["answer"])
        for sentence in _sentences(answer):
            yield from _with_falsehoods(sentence, sources, "WixQA, cut" if is_cut else "WixQA", part)


def by_a_bank() -> Iterator[Said]:
    """Yield sentences as they stand in a bank's articles, and what is made of them."""
    articles = list(data.lines(data.folder("tau2_banking") / "articles.jsonl"))
    random.Random(SEED).shuffle(articles)  # noqa: S311 (nothing is secret here)
    taken: dict[Part, int] = defaultdict(int)
    for number, article in enumerate(articles):
        part: Part = "held out" if number % 2 else "in view"
        sources = (f"{article['title']}\n{article['content']}",)
        for sentence in _sentences(article["content"])[:2]:
            if taken[part] < OF_BANK and _NUMBER.search(sentence):
                taken[part] += 1
                yield from _with_falsehoods(sentence, sources, "bank", part)


def _sentences(text: str) -> list[str]:
    """Return what could be false: no heading, no row of a table."""
    found = [sentence.strip("*-# \t") for line in text.splitlines() for sentence in sentences_of(line)]
    return [each for each in found if len(each.split()) >= FEWEST_WORDS and "|" not in each and "`" not in each]


def _with_falsehoods(sentence: str, sources: tuple[str, ...], origin: str, part: Part) -> Iterator[Said]:
    chance = random.Random(f"{SEED} {sentence}")  # noqa: S311
    yield Said(sentence, sources, "true", origin, part)
    whole = "\n".join(sources)
    made: dict[str, str | None] = {
        "number": _other(_NUMBER, sentence, whole, chance, _is_another_number),
        "entity": _other(_NAME, sentence, whole, chance, _is_another_name),
        "negation": _turned(sentence),
        "policy": f"{sentence} {chance.choice(PROMISES)}",
    }
    for kind, text in made.items():
        if text is not None:
            yield Said(text, sources, kind, origin, part)


def _other(
    pattern: re.Pattern[str], sentence: str, source: str, chance: random.Random, is_another: Callable[[str, str], bool]
) -> str | None:
    """Return a sentence with one number or name replaced by another one that stands in the source too."""
    there = list(pattern.finditer(sentence))
    known = sorted({found.group() for found in pattern.finditer(source)} - {found.group() for found in there})
    if not there:
        return None
    found = chance.choice(there)
    others = [each for each in known if is_another(each, found.group())]
    if not others:
        return None
    other = chance.choice(others)
    return f"{sentence[: found.start()]}{other}{sentence[found.end() :]}"


def _is_another_number(one: str, other: str) -> bool:
    """Say whether two numbers differ in more than how they are written: `1 %` is `1.0 %`."""
    return _shortest(one) != _shortest(other)


def _shortest(number: str) -> str:
    plain = number.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _is_another_name(one: str, other: str) -> bool:
    """Say whether a name is more than a part of another one, which it may stand for: `ATMs`, `Account`, `Google`."""
    return not {word.rstrip("s") for word in one.split()} <= {word.rstrip("s") for word in other.split()}


def _turned(sentence: str) -> str | None:
    """Return the contrary of a sentence, where it is simple to say."""
    for pattern, instead in _TURNS:
        turned, times = re.subn(pattern, instead, sentence, count=1, flags=re.IGNORECASE)
        if times:
            return turned
    return None


ORIGINS: dict[str, Callable[[], Iterable[Said]]] = {"sample": by_hand, "WixQA": by_experts, "bank": by_a_bank}
NAMES = ("sample", "WixQA", "WixQA, cut", "bank")
"""Of what they yield."""


def gathered() -> tuple[list[Said], list[str]]:
    """Return all that was said, and which data was not there."""
    found: list[Said] = []
    absent: list[str] = []
    for name, origin in ORIGINS.items():
        try:
            found += origin()
        except FileNotFoundError:
            absent.append(name)
    return found, absent


def stopped(
    said: Sequence[Said], objection: Callable[[str, Sequence[str]], str]
) -> dict[tuple[str, Part, str], list[bool]]:
    """Return which replies were stopped, by origin, part and kind."""
    found: dict[tuple[str, Part, str], list[bool]] = defaultdict(list)
    for each in said:
        found[each.origin, each.part, each.kind].append(bool(objection(each.text, each.sources)))
    return dict(found)


def rows() -> list[Row]:
    """Return what the gate catches, and what it wrongly blocks, of everything and of what it was made without."""
    said, _ = gathered()
    found = stopped(said, gate.objection)
    return [row for part in (None, "held out") for row in _rows(found, part)]


def _rows(found: dict[tuple[str, Part, str], list[bool]], part: str | None) -> Iterator[Row]:
    def of(*kinds: str) -> list[bool]:
        return [
            each
            for (_, there, kind), stops in found.items()
            if part in (None, there) and kind in kinds
            for each in stops
        ]

    caught = of(*KINDS)
    if not caught:
        return
    name = part or "all"
    each = ", ".join(f"{kind} {measured(of(kind))}" for kind in KINDS)
    what, note = f"falsehoods caught, {name}", f"of {len(caught)}: {each}"
    yield Row(row="G1", what=what, value=share(caught), goal=GOAL_CAUGHT, note=note)
    for origin in NAMES:
        blocked = [stop for (where, there, kind), stops in found.items() for stop in stops
                   if part in (None, there) and (where, kind) == (origin, "true")]  # fmt: skip
        if blocked:
            is_cut = origin == "WixQA, cut"
            what, goal = f"true replies let through, {origin}, {name}", None if is_cut else GOAL_LET_THROUGH
            note = f"of {len(blocked)}" + ("; the articles are cut off, and many stand in none" if is_cut else "")
            yield Row(row="G2", what=what, value=1 - share(blocked), goal=goal, note=note)


def share(stops: Sequence[bool]) -> float:
    """Return the share that was stopped."""
    return sum(stops) / len(stops) if stops else 0.0


def measured(stops: Sequence[bool]) -> str:
    """Return a share as it is shown."""
    return f"{share(stops):.3f}"


def main() -> None:
    """Measure, print a table; with `--missed`, what was decided wrongly and was in view."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.falsehoods", description=__doc__)
    parser.add_argument("--missed", metavar="KIND", help="print what of this kind was in view and decided wrongly")

    wanted = parser.parse_args().missed
    said, absent = gathered()
    if wanted:
        _print_missed(said, wanted)
        return
    found = stopped(said, gate.objection)
    table: list[tuple[str, ...]] = [("origin", "part", "true, blocked", *KINDS)]
    for origin, part in dict.fromkeys((each.origin, each.part) for each in said):
        cells = [found.get((origin, part, kind), []) for kind in ("true", *KINDS)]
        table.append((origin, part, *(f"{measured(cell)} of {len(cell)}" for cell in cells)))
    measure.table(table)
    for name in absent:
        print(f"{name} is not here")
    results: Any = {" ".join(key): {"n": len(stops), "stopped": share(stops)} for key, stops in found.items()}
    measure.keep("falsehoods", results)


def _print_missed(said: Iterable[Said], kind: str) -> None:
    for each in said:
        if each.part == "in view" and each.kind == kind:
            why = gate.objection(each.text, each.sources)
            if bool(why) == (kind == "true"):
                print(f"{each.origin}: {each.text}" + (f"\n    {why}" if why else ""))


if __name__ == "__main__":
    main()
