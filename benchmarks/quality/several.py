"""Several requests in one ticket: `python -m benchmarks.quality.several` says how often they are found, and made up.

Two unseen requests of different topics are joined in ways that people join them: each must be found, with its topic.
Unseen tickets as they are hold one request: what is cut into two is a false split. CLINC150 and BANKING77 are joined;
they, and the first three turns of STAR, are also looked at as they are. Half of what is unseen was for choosing the
limits of `support/requests.py` (`--tuning`), and is not reported on.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from benchmarks.quality import topics
from benchmarks.quality.topics import Examples
from segue.knowledge.vectors import VectorCache
from segue.models.classifier import trained
from segue.models.encoder import DeepMiniLM
from segue.support import requests

PAIRS = 100
"""Of each way to join them."""
SINGLE = 600
SEED = 20260520


def _sentence(text: str) -> str:
    end = "" if text.rstrip()[-1:] in "?!." else "."
    return f"{text[:1].upper()}{text[1:].strip()}{end}"


def _bare(text: str) -> str:
    return text.strip().rstrip("?!.")


JOINED: dict[str, Callable[[str, str], str]] = {
    "Also, …": lambda a, b: f"{_sentence(a)} Also, {b}",
    "Another question: …": lambda a, b: f"{_sentence(a)} Another question: {b}",
    "by the way": lambda a, b: f"Hello,\n\n{_sentence(a)}\n\nBy the way, {b}\n\nThanks",
    "two numbered lines": lambda a, b: f"Hi, I have two requests:\n1. {_sentence(a)}\n2. {_sentence(b)}",
    "two sentences": lambda a, b: f"{_sentence(a)} {_sentence(b)}",
    "two paragraphs": lambda a, b: f"Dear team,\n\n{_sentence(a)}\n\n{_sentence(b)}\n\nBest regards\nAlex",
    "… and …": lambda a, b: f"{_bare(a)} and {b}",
    "…, and also …": lambda a, b: f"{_bare(a)}, and also {b}",
}


def main() -> None:
    """Measure, print and write the figures to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.several", description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="look at the half for choosing limits; keep nothing")
    options = parser.parse_args()
    temp = Path(tempfile.gettempdir())
    vectors = VectorCache(temp / "segue-bench-vectors", DeepMiniLM())
    results: dict[str, Any] = {}
    for name in ("CLINC150", "BANKING77", "STAR"):
        learned, unseen = next(iter(_PARTS[name]()))
        unseen = [example for example in random.Random(SEED).sample(unseen, len(unseen)) if example[1] is not None]  # noqa: S311
        half = unseen[::2] if options.tuning else unseen[1::2]
        classifier = trained(
            learned, temp / "segue-bench-models", lambda texts: np.asarray(vectors.of(texts)), DeepMiniLM.name
        )
        results[name] = {"one request, cut": _false_splits(half, classifier)}
        if name != "STAR":
            results[name] |= {way: _found(half, join, classifier) for way, join in JOINED.items()}
    rows = [("data", "tickets", "as they should be", "of", "share")]
    for name, found in results.items():
        rows += [(name, way, str(n), str(of), f"{n / of:.1%}") for way, (n, of) in found.items()]
    measure.table(rows)
    if not options.tuning:
        measure.keep("several", results)


_PARTS = {"CLINC150": topics.clinc150, "BANKING77": topics.banking77, "STAR": topics.star}


def _found(unseen: Examples, join: Callable[[str, str], str], classifier: requests.Classifier) -> tuple[int, int]:
    """Return of how many joined pairs both requests were found, each with its topic, and of how many."""
    chance = random.Random(SEED)  # noqa: S311 (nothing is secret)
    right = 0
    for _ in range(PAIRS):
        (first, one), (second, other) = chance.sample(unseen, 2)
        while one == other:
            second, other = chance.choice(unseen)
        found = requests.found("", join(first, second), classifier)
        right += [request.topic for request in found] == [one, other]
    return right, PAIRS


def _false_splits(unseen: Sequence[tuple[str, str | None]], classifier: requests.Classifier) -> tuple[int, int]:
    """Return how many tickets of one request were cut into several, and of how many."""
    some = unseen[:SINGLE]
    return sum(len(requests.found("", text, classifier)) > 1 for text, _ in some), len(some)


if __name__ == "__main__":
    main()
