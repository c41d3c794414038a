"""Q8: does the search find the article that an expert named? `python -m benchmarks.quality.retrieval`.

WixQA (MIT licence), 83 questions of customers and 173 articles of a real help center. Prints hit@5 and MRR@10 of words
alone, meaning alone and both joined by several weights, with a paired bootstrap interval against words alone, and how
well the joined score tells answerable questions from those of a bank (BANKING77), which no article answers.
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
from segue.knowledge import fusion, ingest
from segue.knowledge.library import Library
from segue.models.encoder import MiniLM, is_installed

STRANGE = 200
"""Questions of the bank."""
WEIGHTS = (0.3, 0.5, 0.6, 0.7)
"""Of meaning, beside the one in use."""
DRAWS = 5_000

Ranked = Callable[[str], list[tuple[str, float]]]
"""Gives articles, best first, each with the score of its best passage."""


def main() -> None:
    """Measure and print."""
    if not is_installed():
        sys.exit("the extra `embeddings` is not installed, so there is nothing to compare")
    try:
        data.folder("wixqa_sample")
        bank = list(data.lines(data.folder("banking77") / "train.jsonl"))
    except FileNotFoundError as error:
        sys.exit(str(error))
    strange = [bank[row]["text"] for row in np.random.default_rng(7).choice(len(bank), STRANGE, replace=False)]
    with tempfile.TemporaryDirectory() as folder:
        workspaces.wixqa(Path(folder) / "wixqa")
        tickets = data.lines(Path(folder) / "wixqa" / "inbox" / "questions.jsonl")
        asked = {ticket["id"]: ticket["messages"][0]["text"] for ticket in tickets}
        expected = json.loads((Path(folder) / "wixqa" / "expected.json").read_text(encoding="utf-8"))
        right = [set(expected[each]) for each in asked]
        results = _compare(Path(folder), list(asked.values()), right, strange)
    measure.keep("retrieval", results)


def _compare(
    folder: Path, asked: Sequence[str], right: Sequence[set[str]], strange: Sequence[str]
) -> dict[str, dict[str, float]]:
    knowledge = folder / "wixqa" / "knowledge"
    libraries = {}
    for name, encoder in (("words", None), ("joined", MiniLM())):
        libraries[name] = Library(folder / f"{name}.db", folder / f"{name}-index", encoder)
        ingest.ingest(knowledge, libraries[name], now=datetime.now(UTC))
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
