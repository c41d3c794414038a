"""What a company knows: its documents in the database, and the search over them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from segue.knowledge.dense import Dense
from segue.knowledge.document import Audience, Hit
from segue.knowledge.documents import Documents, micros
from segue.knowledge.fusion import fuse
from segue.knowledge.index import Index
from segue.knowledge.vectors import Encoder

CANDIDATES = 50
"""Passages that each ranking puts forward."""
ENOUGH = 0.45
"""Joined score from which on a passage is evidence.

About where the best hits for questions with and without an answer part, see docs/explanation/search.md."""


class Library:
    """Documents with passages, searched by many threads and processes while one of them ingests."""

    def __init__(self, database: Path, index: Path, encoder: Encoder | None = None) -> None:
        """Open the library; it is made where there is none.

        Args:
            database: The SQLite file that holds the documents.
            index: A folder for what is derived from them; it can be deleted at any time.
            encoder: For search by meaning; without one, only words are compared.

        Raises:
            StoreError: The database cannot be opened.
        """
        self.documents = Documents(database)
        self.index = Index(self.documents, index)
        self.dense = None if encoder is None else Dense(self.documents, index, encoder)

    def search(
        self, query: str, *, limit: int = 8, as_of: datetime | None = None, audience: Audience | None = None
    ) -> list[Hit]:
        """Return the passages nearest to `query`, best first.

        Words are compared by their English stems, those of titles and headings counting for every passage below them
        (BM25 with the weights of `lexical.BOOSTS`); with an encoder also meaning, by the cosine of vectors. The two
        are joined by `fusion.fuse`.

        Args:
            query: The customer's words; empty, or stop words only, finds nothing.
            limit: At most this many.
            as_of: Search what held at that moment, instead of now.
            audience: Only passages for these readers; `None` for all. What goes to a customer needs `public`.

        Raises:
            StoreError: The database or the index cannot be read or written.
        """
        if limit < 1:
            return []
        moment = micros(as_of or datetime.now(UTC))
        found = self.index.search(query, limit=max(limit, CANDIDATES), moment=moment, audience=audience)
        words = {each.passage: each.match for each in found}
        ranked = [(each.passage, each.score, each.match) for each in found]
        if self.dense is not None and query.strip():
            vector = self.dense.query(query)
            meaning = self.dense.search(vector, limit=max(limit, CANDIDATES), moment=moment, audience=audience)
            meaning |= self.dense.cosines(vector, [each for each in words if each not in meaning])
            if meaning:
                ranked = [(each, score, score / (score + ENOUGH)) for each, score in fuse(words, meaning)]
        best = ranked[:limit]
        passages = self.documents.passages([each for each, _, _ in best])
        hits = [
            Hit(**vars(passages[each][0]), sha256=passages[each][1], score=score, match=match)
            for each, score, match in best
            if each in passages
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.document, hit.start))

    def close(self) -> None:
        """Close the database."""
        self.documents.close()
