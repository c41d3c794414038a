"""Q9: does one search find the documents that a ticket needs together?

`python -m benchmarks.quality --only several_steps`

tau2-bench (MIT), domain banking: 698 articles and 49 tickets of which experts said which articles are needed, nine on
average. Each ticket is asked for in four ways, from the whole scenario to the customer's first sentence alone; the
share of the needed articles among the first ten is averaged over the tickets. With ten places at most .89 can be
reached.

`python -m benchmarks.quality.several_steps` also shows what each part of the method is worth, and tunes its numbers on
six parts of the tickets to judge them on the seventh, in turn.
"""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data, measure
from benchmarks.quality.study import Row
from benchmarks.quality.vectors import remembered
from segue.knowledge import explore, ingest
from segue.knowledge.library import Library

PLACES = 10
BASELINE, GOAL = 0.29, 0.45
FOLDS = 7
OPENING = re.compile(r'(?:Opening|Start naturally)[^"“]*["“](.+?)["”](?:\n|$)', re.DOTALL)
SITUATION = re.compile(r"\*\*Your situation:\*\*(.*?)\n\n", re.DOTALL)
SPOKEN = re.compile(r'"([^"]{20,}?)"')
GRID: dict[str, tuple[float, ...]] = {
    "FLOOR": (0.42, 0.4375, 0.45),
    "UNNAMED": (0.4, 0.6, 0.8),
    "NAMED": (0.0, 0.25),
    "INTERNAL": (1.5, 2.0, 3.0),
    "FIRST": (1.5, 2.0, 3.0),
    "BESIDE": (0.1, 0.2, 0.4),
}
"""What is tried when tuning: of each constant of `explore`."""
WITHOUT = {
    "without names": {"UNNAMED": 1.0, "NAMED": 0.0},
    "colleagues' documents as any other": {"INTERNAL": 1.0},
    "the first of a series as any other": {"FIRST": 1.0},
    "without what the best lead to": {"BESIDE": 0.0, "LINKED": 0.0},
}

Find = Callable[[str], list[str]]
"""Gives documents, best first."""


class Tickets:
    """The tickets, the documents that each needs, and the library."""

    def __init__(self, folder: Path) -> None:
        """Read the articles.

        Raises:
            FileNotFoundError: The data is not there.
        """
        source = data.folder("tau2_banking")
        knowledge = folder / "knowledge"
        knowledge.mkdir()
        for article in data.lines(source / "articles.jsonl"):
            title = json.dumps(article["title"], ensure_ascii=False)
            text = f"---\ntitle: {title}\n---\n{article['content']}\n"
            (knowledge / f"{article['id']}.md").write_text(text, encoding="utf-8")
        self.library = Library(folder / "segue.db", folder / "index", remembered())
        ingest.ingest(knowledge, self.library, now=datetime.now(UTC))
        tasks = list(data.lines(source / "tasks_dev.jsonl"))
        self.needed = [{f"{each}.md" for each in task["required_documents"]} for task in tasks]
        scenarios = [task["scenario"]["instructions"] for task in tasks]
        first = [_first(OPENING, scenario) or scenario for scenario in scenarios]
        self.asked: dict[str, list[str]] = {
            "the whole scenario": scenarios,
            "all that the customer says": [" ".join(SPOKEN.findall(scenario)) or scenario for scenario in scenarios],
            "situation and first words": [
                f"{_first(SITUATION, scenario) or scenario[:600]} {words}"
                for scenario, words in zip(scenarios, first, strict=True)
            ],
            "the first words": first,
        }

    def shares(self, questions: Sequence[str], find: Find) -> np.ndarray:
        """Return for each ticket the share of the needed documents among the first ten."""
        return np.array(
            [
                len(needed & set(find(question)[:PLACES])) / len(needed)
                for question, needed in zip(questions, self.needed, strict=True)
            ]
        )

    def in_one_step(self, question: str) -> list[str]:
        """Return documents by the best of their passages."""
        return list(dict.fromkeys(hit.document for hit in self.library.search(question, limit=100)))

    def in_several(self, question: str) -> list[str]:
        """Return documents as a search in several steps orders them."""
        return [hit.document for hit in self.library.explore(question, limit=PLACES)]


@contextmanager
def tickets() -> Iterator[Tickets]:
    """Give the tickets and their library, and let go of it."""
    with tempfile.TemporaryDirectory() as folder:
        found = Tickets(Path(folder))
        yield found
        found.library.close()


def rows() -> list[Row]:
    """Return Q9, and each way of asking in one step and in several."""
    found = []
    with tickets() as given:
        for name, questions in given.asked.items():
            one = given.shares(questions, given.in_one_step)
            several = given.shares(questions, given.in_several)
            is_goal = name == "the whole scenario"
            low, high = _interval(several)
            found.append(
                Row(
                    row="Q9",
                    what=f"needed documents in ten, {name}",
                    value=float(several.mean()),
                    low=low,
                    high=high,
                    baseline=BASELINE if is_goal else None,
                    goal=GOAL if is_goal else None,
                    note=f"in one step {one.mean():.3f}",
                )
            )
    return found


def main() -> None:
    """Show what each part is worth, and what tuning with cross-validation gives."""
    with tickets() as given:
        _memorise(given.library)
        results: dict[str, Any] = {"parts": {}, "tuned": {}}
        shown = [("", *given.asked)]
        for name, constants in {"as it is": {}, **WITHOUT}.items():
            with _set(constants):
                means = [float(given.shares(each, given.in_several).mean()) for each in given.asked.values()]
            results["parts"][name] = means
            shown.append((name, *(f"{mean:.3f}" for mean in means)))
        measure.table(shown)
        results["tuned"] = _tuned(given)
        measure.keep("several_steps", results)


def _tuned(given: Tickets) -> dict[str, float]:
    """Choose constants on six parts, by the mean over the ways of asking, and judge them on the seventh."""
    chance = np.random.default_rng(7)
    choices = list(itertools.product(*GRID.values()))
    tried = [choices[number] for number in chance.choice(len(choices), 60, replace=False)]
    shares = []
    for choice in tried:
        with _set(dict(zip(GRID, choice, strict=True))):
            shares.append([given.shares(each, given.in_several) for each in given.asked.values()])
    table = np.array(shares)  # choices, ways of asking, tickets
    order = chance.permutation(table.shape[2])
    judged = np.zeros(table.shape[1:])
    for fold in range(FOLDS):
        left = order[fold::FOLDS]
        learned = np.setdiff1d(order, left)
        best = int(np.argmax(table[:, :, learned].mean(axis=(1, 2))))
        judged[:, left] = table[best][:, left]
    found = {name: float(mean) for name, mean in zip(given.asked, judged.mean(axis=1), strict=True)}
    print(
        "tuned, each judged on tickets that were not tuned on:", {name: round(mean, 3) for name, mean in found.items()}
    )
    return found


def _memorise(library: Library) -> None:
    """Let the parts of a question be searched for once, since only what is made of them changes."""
    for room in (library.index, library.dense):
        known: dict[Any, Any] = {}
        search = room.search  # type: ignore[union-attr]

        def remembering(asked: Any, *, _search: Any = search, _known: Any = known, **how: Any) -> Any:
            key = (asked if isinstance(asked, str) else asked.tobytes(), how["limit"])
            if key not in _known:
                _known[key] = _search(asked, **how)
            return _known[key]

        room.search = remembering  # type: ignore[union-attr,method-assign]


@contextmanager
def _set(constants: dict[str, float]) -> Iterator[None]:
    before = {name: getattr(explore, name) for name in constants}
    for name, value in constants.items():
        setattr(explore, name, value)
    yield
    for name, value in before.items():
        setattr(explore, name, value)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _interval(values: np.ndarray) -> tuple[float, float]:
    draws = np.random.default_rng(7).choice(values, (5_000, len(values))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
