"""Quotes the part of a passage that answers a question: sentences that stand alone, lists with what leads to them.

Nothing is reworded. A row of a table is read out with the names of its columns, and lines that were only wrapped are
joined; every word stands in the passage.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

SENTENCES = 4
"""At most, lists and the rows of tables apart."""
CHARACTERS = 700
"""Of quoted text, about."""
FULL_LINE = 60
"""Characters from which a line was perhaps wrapped."""
LEADS = 2
"""Sentences at most that are quoted because the one after them leans on them."""

_STOP = frozenset(re.findall(r"\w+", """
    a about after all also am an and any are as at be because been but by can could did do does for from get had has
    have he hello hi her his how i if in into is it its just me my no not of off on or our out please she so some
    than thank thanks that the their them then there they this to too up us was we were what when where which who
    why will with would you your
"""))  # fmt: skip
_WORD = re.compile(r"[^\W_]{2,}")
_SPACES = re.compile(r"\s+")
_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+•]|\d{1,3}[.)])[ \t]")
_SENTENCE = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]{0,3}\s+(?=[^a-z\s])"
    r"|(?<=[a-z)\]”’\"][.!?:])(?=[A-Z][a-z])"  # in a text that lost its line ends
)
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_ENDS = (".", "!", "?", ":", "…")
_LEANS = re.compile(
    r"\W*(?:however|but|and|or|so|also|then|therefore|thus|hence|otherwise|instead|additionally|moreover|furthermore"
    r"|similarly|likewise|alternatively|afterwards|both|neither|such|they|them|it|its|he|she|his|her|their|these|those"
    r"|this(?! (?:article|guide|page|policy|section))|that|in (?:this|that|these|those|such|either) (?:cases?|way)"
    r"|if (?:so|not|it|they|this|that|incorrect)|after (?:this|that)|for (?:example|instance)|as a result"
    r"|to do (?:so|this|that))\b",
    re.IGNORECASE,
)
"""What begins like this goes on with the thought before it."""
_POINTS = re.compile(r"\b(?:table|list|below|following|as follows|look up)\b|:\Z", re.IGNORECASE)
"""Speaks of what stands below it."""
_CONTENTS = re.compile(r"\b(?:in this (?:article|guide)|on this page|table of contents)\b[^.!?]*:\Z", re.IGNORECASE)
"""Introduces a list of what the article is about."""

_Kind = Literal["text", "item", "row"]


@dataclass(frozen=True)
class _Unit:
    """A sentence, an item of a list or a row of a table."""

    text: str
    kind: _Kind
    block: int
    """Number of its paragraph; each item and each row is one."""
    lead: int | None
    """The sentence that ends with a colon and introduces it, as an index."""
    table: int | None = None
    """Of a row: the block in which its table begins."""

    @property
    def is_lead(self) -> bool:
        """It says that something follows."""
        return self.text.endswith(":")


def excerpt(text: str, question: str, *, whole: int = 0) -> str:
    """Return the part of a passage that is closest to a question; empty where the passage holds no words.

    Args:
        text: The passage, as a reader sees it.
        question: The customer's words; those that say little do not count.
        whole: Characters up to which a passage without tables is quoted whole.
    """
    units = _units(text)
    if not units:
        return ""
    if sum(len(unit.text) for unit in units) <= whole and all(unit.kind != "row" for unit in units):
        return _joined(units, range(len(units)))
    scores = _scores(units, stems(question))
    best = max(range(len(units)), key=lambda n: (scores[n], not units[n].is_lead, not _LEANS.match(units[n].text)))
    chosen = _rows(units, scores, best) if units[best].kind == "row" else _grown(units, scores, best)
    following = max(chosen) + 1
    if following < len(units) and units[following].kind == "row" and _POINTS.search(units[following - 1].text):
        rows = _rows(units, scores, following)
        chosen |= rows if len(rows) == 1 else _rows(units, [0.0] * len(units), following)
    return _joined(units, _with_leads(units, chosen))


def stems(text: str) -> frozenset[str]:
    """Return the content words of a text, cut short so that their forms meet."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[:5] for word in words if word not in _STOP)


def _scores(units: Sequence[_Unit], wanted: frozenset[str]) -> list[float]:
    """Return how much of a question each unit holds; a word that stands everywhere in the passage says little."""
    held = [frozenset() if _is_contents(units, n) else wanted & stems(units[n].text) for n in range(len(units))]
    counts = Counter(stem for each in held for stem in each)
    return [sum(math.log(1 + len(units) / counts[stem]) for stem in sorted(each)) for each in held]


def _is_contents(units: Sequence[_Unit], n: int) -> bool:
    """Say whether a unit only lists what an article is about."""
    lead = units[n].lead
    if lead is None or not (n == lead + 1 or units[n].kind == "item"):
        return _CONTENTS.search(units[n].text) is not None
    return _CONTENTS.search(units[lead].text) is not None


# Choosing


def _rows(units: Sequence[_Unit], scores: Sequence[float], one: int) -> set[int]:
    """Return the rows of a table that are closest to the question, as many as there is room for."""
    rows = [n for n, unit in enumerate(units) if unit.kind == "row" and unit.table == units[one].table]
    most = max(scores[n] for n in rows)
    chosen: set[int] = set()
    size = 0
    for n in rows:
        if scores[n] == most and (size + len(units[n].text) <= CHARACTERS or not chosen):
            size += len(units[n].text)
            chosen.add(n)
    return chosen


def _grown(units: Sequence[_Unit], scores: Sequence[float], best: int) -> set[int]:
    """Return the best sentence with its neighbours: of its paragraph, of its list, or others that match as well."""
    first = last = best
    size = len(units[best].text)
    while True:
        near = [n for n in (first - 1, last + 1) if 0 <= n < len(units) and units[n].kind != "row"]
        fitting = [
            n
            for n in near
            if size + len(units[n].text) <= CHARACTERS and _belongs(units, scores, n, range(first, last + 1))
        ]
        if not fitting:
            return set(range(first, last + 1))
        added = max(fitting, key=lambda n: (scores[n], n))
        first, last, size = min(first, added), max(last, added), size + len(units[added].text)


def _belongs(units: Sequence[_Unit], scores: Sequence[float], n: int, chosen: range) -> bool:
    """Say whether a neighbour adds to what was chosen."""
    if _is_contents(units, n):
        return False
    beside = units[chosen[0] if n < chosen[0] else chosen[-1]]
    if units[n].lead is not None and units[n].lead == beside.lead:  # a list is quoted whole
        return True
    if n > chosen[-1] and units[n].lead == chosen[-1]:
        return True
    if sum(units[m].kind == "text" and units[m].lead is None for m in chosen) >= SENTENCES:
        return False
    return scores[n] > 0 or units[n].block == beside.block


def _with_leads(units: Sequence[_Unit], chosen: set[int]) -> list[int]:
    """Return what was chosen with what introduces it, in order; what leans on something absent is left out."""
    wanted = set(chosen)
    for n in sorted(chosen):
        lead = units[n].lead
        if lead is not None and (units[n].kind != "text" or lead == n - 1):
            wanted.add(lead)
    first = min(wanted)
    for _ in range(LEADS):
        if first == 0 or not _LEANS.match(units[first].text) or units[first - 1].kind == "row":
            break
        first -= 1
        wanted.add(first)
    ordered = sorted(wanted)
    while len(ordered) > 1 and (_LEANS.match(units[ordered[0]].text) or _leads_nowhere(units, ordered)):
        ordered = ordered[1:]
    while len(ordered) > 1 and units[ordered[-1]].is_lead:
        ordered.pop()
    return ordered


def _leads_nowhere(units: Sequence[_Unit], ordered: Sequence[int]) -> bool:
    return units[ordered[0]].is_lead and all(units[n].lead != ordered[0] for n in ordered)


def _joined(units: Sequence[_Unit], chosen: Sequence[int]) -> str:
    parts = [units[chosen[0]].text]
    for before, n in pairwise(chosen):
        is_beside = units[n].kind == units[before].kind == "text" and units[n].block == units[before].block
        parts += [" " if is_beside else "\n", units[n].text]
    return "".join(parts)


# Reading a passage


def _units(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    head: list[str] = []
    table: int | None = None
    lead: int | None = None
    for number, (kind, words, is_apart) in enumerate(_blocks(text)):
        if units and units[-1].is_lead:
            lead = len(units) - 1
        elif is_apart and kind == "text":
            lead = None
        if kind != "row":
            table = None
            units += [_Unit(sentence, kind, number, lead) for sentence in _sentences(words, kind)]
            continue
        cells = [cell.strip() for cell in words.strip().strip("|").split("|")]
        if table is None:
            table, head = number, cells
            if _is_head(cells, is_first=number == 0):
                continue
            head = []
        if any(cells):
            units.append(_Unit(_read_out(head, cells), "row", number, lead, table))
    return units


def _blocks(text: str) -> Iterator[tuple[_Kind, str, bool]]:
    """Yield paragraphs, items and rows with their words, and whether a blank line stands before them."""
    words = last = ""
    kind: _Kind = "text"
    is_apart = gap = False
    for line in (found.group() for found in _LINE.finditer(text)):
        stripped = line.strip()
        begins: _Kind = "row" if stripped.startswith("|") else "item" if _ITEM.match(line) else "text"
        if begins == "text" and kind != "row" and not gap and _is_wrapped(words, stripped, last):
            words, last = f"{words} {stripped}", stripped
            continue
        if words and (stripped or kind == "row"):
            yield kind, words, is_apart
            words = ""
        if stripped:
            kind, words, last, is_apart, gap = begins, stripped, stripped, gap, False
        else:
            gap = True
    if words:
        yield kind, words, is_apart


def _is_wrapped(words: str, line: str, last: str) -> bool:
    """Say whether a line goes on with the words before it, of which `last` is the last line."""
    return bool(words and line) and not words.endswith(_ENDS) and (len(last) >= FULL_LINE or line[0].islower())


def _sentences(words: str, kind: _Kind) -> list[str]:
    sentences = [words] if kind == "item" else _SENTENCE.split(words)
    return [_SPACES.sub(" ", sentence).strip() for sentence in sentences if sentence.strip()]


def _is_head(cells: Sequence[str], *, is_first: bool) -> bool:
    """Say whether the first row of a table names its columns; a passage may begin in the middle of a table."""
    return not is_first or not any(char.isdigit() for cell in cells for char in cell)


def _read_out(head: Sequence[str], cells: Sequence[str]) -> str:
    """Return a row as words, as in “Where to: Norway; Cost: £19.00”, with a full stop."""
    named = zip(head, cells, strict=False) if len(head) == len(cells) else (("", cell) for cell in cells)
    parts = [f"{name}: {cell}" if name else cell for name, cell in named if cell]
    return "; ".join(parts) + ("." if parts and not parts[-1].endswith(_ENDS) else "")
