"""Q8: does the search find the article that an expert named? `python -m benchmarks.quality --only retrieval`.

WixQA (MIT licence), 83 questions of customers and 173 articles of a real help center. Prints hit@5 and MRR@10 of words
alone, meaning alone and both joined by several weights, with a paired bootstrap interval against words alone, and how
well the joined score tells answerable questions from those of a bank (BANKING77), which no article answers.
`python -m benchmarks.quality.retrieval` compares the weights of meaning and words.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks import data, measure, workspaces
from benchmarks.quality.study import Missing, Row
from benchmarks.quality.vectors import remembered
from segue.knowledge import fusion, ingest
from segue.knowledge.library import Library
from segue.knowledge.vectors import Encoder

STRANGE = 200
"""Questions of the bank."""
WEIGHTS = (0.3, 0.5, 0.6, 0.7)
"""Of meaning, beside the one in use."""
DRAWS = 5_000

Ranked = Callable[[str], list[tuple[str, float]]]
"""Gives articles, best first, each with the score of its best passage."""


BASELINES = {"hit@5": 0.961, "MRR@10": 0.845}
"""BM25 and the encoder joined by their ranks, the best of the simple ways."""
GOALS = {"hit@5": 0.961, "MRR@10": 0.87}


class Questions:
    """The questions, the articles that are right for each, and the articles' folder."""

    def __init__(self, folder: Path) -> None:
        """Write the articles.

        Raises:
            FileNotFoundError: The data is not there.
        """
        workspaces.wixqa(folder / "wixqa")
        tickets = data.lines(folder / "wixqa" / "inbox" / "questions.jsonl")
        asked = {ticket["id"]: ticket["messages"][0]["text"] for ticket in tickets}
        expected = json.loads((folder / "wixqa" / "expected.json").read_text(encoding="utf-8"))
        self._folder = folder
        self.asked = list(asked.values())
        self.right = [set(expected[each]) for each in asked]

    def library(self, encoder: Encoder | None) -> Library:
        """Return a library that has read the articles."""
        name = "words" if encoder is None else "joined"
        library = Library(self._folder / f"{name}.db", self._folder / f"{name}-index", encoder)
        ingest.ingest(self._folder / "wixqa" / "knowledge", library, now=datetime.now(UTC))
        return library


def rows() -> list[Row]:
    """Return hit@5 and MRR@10 as a search is, with the interval of the difference to words alone."""
    with tempfile.TemporaryDirectory() as folder:
        questions = Questions(Path(folder))
        words, joined = questions.library(None), questions.library(remembered())
        alone, found = (judged(each, questions.asked, questions.right) for each in (words, joined))
        words.close()
        joined.close()
    made = []
    for name, ours, theirs in zip(GOALS, found, alone, strict=True):
        low, high = _interval(ours - theirs)
        note = f"words alone {theirs.mean():.3f}; difference {low:+.3f} … {high:+.3f}"
        own = _interval(ours)
        value = float(ours.mean())
        made.append(
            Row(row="Q8", what=f"WixQA {name}", value=value, baseline=BASELINES[name], goal=GOALS[name], low=own[0],
                high=own[1], note=note)
        )  # fmt: skip
    return made


def judged(library: Library, asked: Sequence[str], right: Sequence[set[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each question whether a right article is among the first five, and one over its rank up to ten."""
    ranked = _of(library)
    return _judged([ranked(question) for question in asked], right)


def main() -> None:
    """Compare, print and keep."""
    try:
        bank = list(data.lines(data.folder("banking77") / "train.jsonl"))
        encoder = remembered()
    except (FileNotFoundError, Missing) as error:
        sys.exit(str(error))
    strange = [bank[row]["text"] for row in np.random.default_rng(7).choice(len(bank), STRANGE, replace=False)]
    with tempfile.TemporaryDirectory() as folder:
        questions = Questions(Path(folder))
        results = _compare(questions, encoder, strange)
    measure.keep("retrieval", results)


def _compare(questions: Questions, encoder: Encoder, strange: Sequence[str]) -> dict[str, dict[str, float]]:
    asked, right = questions.asked, questions.right
    libraries = {"words": questions.library(None), "joined": questions.library(encoder)}
    ways: dict[str, Ranked] = {"words": _of(libraries["words"]), "joined, as in use": _of(libraries["joined"])}
    rows = [("search", "hit@5", "MRR@10", "MRR against words", "answerable AUC")]
    results = {}
    baseline: np.ndarray | None = None
    in_use = fusion.DENSE
    for name, weight in (("words", 0.0), ("joined, as in use", in_use), *((f"joined, {w}", w) for w in WEIGHTS)):
        fusion.DENSE = weight
        ranked = ways.get(name, ways["joined, as in use"])
        found = [ranked(question) for question in asked]
        hits, ranks = _judged(found, right)
        baseline = ranks if baseline is None else baseline
        low, high = _interval(ranks - baseline)
        best = [_best(each) for each in found] + [_best(ranked(question)) for question in strange]
        auc = float(roc_auc_score([1] * len(asked) + [0] * len(strange), best))
        results[name] = {
            "hit@5": float(hits.mean()),
            "mrr@10": float(ranks.mean()),
            "low": low,
            "high": high,
            "auc": auc,
        }
        rows.append((name, f"{hits.mean():.3f}", f"{ranks.mean():.3f}", f"{low:+.3f} … {high:+.3f}", f"{auc:.3f}"))
    fusion.DENSE = in_use
    measure.table(rows)
    for library in libraries.values():
        library.close()
    return results


def _of(library: Library) -> Ranked:
    def ranked(question: str) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for hit in library.search(question, limit=50):
            best.setdefault(hit.document, hit.score)
        return list(best.items())

    return ranked


def _best(found: list[tuple[str, float]]) -> float:
    return found[0][1] if found else 0.0


def _judged(found: Sequence[list[tuple[str, float]]], right: Sequence[set[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each question whether a right article is among the first five, and one over its rank up to ten."""
    ranks = [
        next((place for place, (name, _) in enumerate(each, start=1) if name in wanted), 99)
        for each, wanted in zip(found, right, strict=True)
    ]
    return np.array([rank <= 5 for rank in ranks], float), np.array([1 / rank if rank <= 10 else 0 for rank in ranks])


def _interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean."""
    draws = np.random.default_rng(7).choice(differences, (DRAWS, len(differences))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
