"""Gaps: whether questions that want the same are put together: `python -m benchmarks.quality.gaps`.

Of BANKING77, 10 messages of each topic, as if no article answered any of them. The limit of a group was chosen on the
topics of odd places in the alphabet; what is reported are the others. `--limits` shows those it was chosen from.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks import data
from benchmarks.quality.study import Row
from segue.knowledge.vectors import VectorCache
from segue.models import groups
from segue.models.encoder import MiniLM

EACH = 10
LIMITS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
LIMITS_BY_WORDS = (0.04, 0.06, 0.08, 0.1, 0.12, 0.15)


def messages(part: int) -> tuple[list[str], list[str]]:
    """Return messages and their topics, of every second topic."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in data.lines(data.folder("banking77") / "train.jsonl"):
        found[line["intent"]].append(line["text"])
    taken = [(text, topic) for topic in sorted(found)[part::2] for text in found[topic][:EACH]]
    return [text for text, _ in taken], [topic for _, topic in taken]


def rows() -> list[Row]:
    """Return how well groups are topics, by meaning and by words alone."""
    texts, topics = messages(0)
    by_meaning = _measured(texts, topics, groups.grouped(texts, encode))
    by_words = _measured(texts, topics, groups.grouped(texts, None))
    what = "groups of questions are topics (adjusted Rand index)"
    note = (
        f"together rightly {by_meaning[1]:.3f}, of those that belong together {by_meaning[2]:.3f}; words alone beside"
    )
    return [Row(row="G3", what=what, value=by_meaning[0], baseline=by_words[0], note=note)]


def encode(texts: Sequence[str]) -> np.ndarray:
    """Return vectors, kept in the system's temporary folder."""
    vectors = VectorCache(Path(tempfile.gettempdir()) / "segue-bench-vectors", MiniLM())
    return np.asarray(vectors.of(texts))


def _measured(
    texts: Sequence[str], topics: Sequence[str], found: Sequence[Sequence[int]]
) -> tuple[float, float, float]:
    """Return the adjusted Rand index, and the precision and recall of pairs that stand together."""
    labels = np.empty(len(texts), int)
    for number, places in enumerate(found):
        labels[list(places)] = number
    named = np.unique(topics, return_inverse=True)[1]
    together, same = labels[:, None] == labels, named[:, None] == named
    above = np.triu_indices(len(texts), 1)
    both = (together & same)[above].sum()
    shares = both / max(together[above].sum(), 1), both / max(same[above].sum(), 1)
    return float(adjusted_rand_score(topics, labels)), float(shares[0]), float(shares[1])


def main() -> None:
    """Print what the limit was chosen from."""
    argparse.ArgumentParser(prog="python -m benchmarks.quality.gaps", description=__doc__).parse_args()
    texts, topics = messages(1)
    for name, way, limits in (("meaning", encode, LIMITS), ("words", None, LIMITS_BY_WORDS)):
        for limit in limits:
            index, precision, recall = _measured(texts, topics, groups.grouped(texts, way, least=limit))
            sys.stdout.write(
                f"{name} {limit:.2f}: index {index:.3f}, pairs {precision:.3f} right, {recall:.3f} found\n"
            )


if __name__ == "__main__":
    main()
