"""K2: articles into a library, the encoder excluded, beside tantivy's own indexing. `python -m … FOLDER ARTICLES`."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.knowledge import plain
from benchmarks.knowledge.corpus import Corpus
from benchmarks.usage import peak_mb
from segue.knowledge.ingest import ingest
from segue.knowledge.library import Library

NOW = datetime(2026, 5, 20, tzinfo=UTC)
ROUNDS = 3


def main() -> None:
    """Measure both in turn, each from nothing, and print the best of each."""
    folder, articles = Path(sys.argv[1]), int(sys.argv[2])
    knowledge = folder / "knowledge"
    knowledge.mkdir()
    rows: list[plain.Row] = []
    for number, (title, sections) in enumerate(Corpus().articles(articles)):
        rows += [(title, heading, text) for heading, text in sections]
        body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections)
        (knowledge / f"{number:06}.md").write_text(f"# {title}\n\n{body}\n", encoding="utf-8")
    ours, theirs, again = [], [], []
    for attempt in range(ROUNDS):
        start = time.perf_counter()
        plain.index(folder / f"plain-{attempt}", rows)
        theirs.append(len(rows) / (time.perf_counter() - start))
        library = Library(folder / f"{attempt}.db", folder / f"index-{attempt}")
        start = time.perf_counter()
        done = ingest(knowledge, library, now=NOW)
        ours.append(done.passages / (time.perf_counter() - start))
        assert done.documents == articles, done.problems
        start = time.perf_counter()
        ingest(knowledge, library, now=NOW)
        again.append(time.perf_counter() - start)
        library.close()
    figures = {"ours_per_s": max(ours), "tantivy_per_s": max(theirs), "again_s": min(again), "passages": len(rows)}
    print(json.dumps(figures | {"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
