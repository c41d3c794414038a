"""K1: a hybrid search in a large library beside tantivy alone and numpy alone. `python -m … FOLDER PASSAGES`."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.knowledge import plain
from benchmarks.knowledge.corpus import SECTIONS, Corpus, Embedded, Instant
from benchmarks.usage import peak_mb
from segue.knowledge.document import Document, Passage
from segue.knowledge.library import Library

QUESTIONS = 200
LIMIT = 8
NOW = datetime(2026, 5, 20, tzinfo=UTC)


def main() -> None:
    """Build, measure question by question in turn, and print."""
    folder, passages = Path(sys.argv[1]), int(sys.argv[2])
    rows = _build(folder, passages)
    corpus = Corpus(seed=7)
    chance = np.random.default_rng(7)
    questions = [
        f"{corpus.text(5)} {' '.join(rows[n][2].split()[10:14])}" for n in chance.integers(0, passages, QUESTIONS)
    ]
    alone = plain.index(folder / "plain", rows)
    vectors = Instant().encode([each[2] for each in rows])
    np.save(folder / "vectors.npy", vectors)
    del vectors
    matrix = np.load(folder / "vectors.npy", mmap_mode="r")
    queries = Instant().encode(questions)
    library = Library(folder / "segue.db", folder / "index", Embedded(questions))

    def dense(number: int) -> object:
        return np.argpartition(-(matrix @ queries[number]), LIMIT)[:LIMIT]

    ways: dict[str, Callable[[int], object]] = {
        "ours": lambda number: library.search(questions[number], limit=LIMIT),
        "tantivy": lambda number: plain.search(alone, questions[number], LIMIT),
        "numpy": dense,
    }
    for way in ways.values():
        way(0)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(QUESTIONS):
        for name, way in ways.items():
            start = time.perf_counter()
            way(number)
            times[name].append((time.perf_counter() - start) * 1000)
    library.close()
    print(json.dumps({f"{name}_ms": statistics.median(each) for name, each in times.items()} | {"peak_mb": peak_mb()}))


def _build(folder: Path, passages: int) -> list[plain.Row]:
    """Fill a library, and return what is in it."""
    rows: list[plain.Row] = []

    def documents() -> Iterator[Document]:
        for number, (title, sections) in enumerate(Corpus().articles(passages // SECTIONS)):
            path = f"{number:06}.md"
            rows.extend((title, heading, text) for heading, text in sections)
            yield Document(
                path=path,
                title=title,
                language=None,
                audience="public",
                sha256=path,
                valid_from=None,
                valid_to=None,
                passages=tuple(
                    Passage(document=path, title=title, heading=heading, start=0, end=len(text), text=text)
                    for heading, text in sections
                ),
            )

    library = Library(folder / "segue.db", folder / "index", Instant())
    library.documents.save(documents(), reading=1, now=NOW)
    with library.index.updating() as update:
        update.catch_up()
    assert library.dense is not None
    library.dense.build()
    library.close()
    return rows


if __name__ == "__main__":
    main()
