"""A folder of articles and the library made from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segue.knowledge.ingest import Ingested, ingest
from segue.knowledge.library import Library

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Shelf:
    """A workspace's `knowledge/` with its library; each ingest happens a day after the one before."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "knowledge"
        self.folder.mkdir()
        self.database = root / ".segue" / "segue.db"
        self.index = root / ".segue" / "index"
        self.library = Library(self.database, self.index)
        self.now = START - DAY

    def write(self, path: str, text: str) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")

    def ingest(self) -> Ingested:
        self.now += DAY
        return ingest(self.folder, self.library, now=self.now)

    def found(self, query: str, **how: object) -> list[str]:
        """Return the documents of the passages found, best first."""
        return [hit.document for hit in self.library.search(query, **how)]  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.library.close()
