"""What a company knows: its documents in the database, and the search over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

from segue.knowledge.dense import Dense
from segue.knowledge.document import Audience, Hit, Origin
from segue.knowledge.documents import Documents, micros
from segue.knowledge.explore import Survey
from segue.knowledge.fusion import fuse, guided
from segue.knowledge.index import Index
from segue.knowledge.map import Map
from segue.knowledge.needs import needs
from segue.knowledge.pages import Pages
from segue.knowledge.scope import Scope
from segue.knowledge.vectors import Encoder, Vectors

CANDIDATES = 50
"""Passages that each ranking puts forward."""
ENOUGH = 0.45
"""Joined score from which on a passage is evidence.

About where the best hits for questions with and without an answer part, see docs/explanation/search.md."""
LONG = 60
"""Words from which on a question is searched for in several steps."""


class Narrow(TypedDict, total=False):
    """What a search is narrowed to; what is left out, or `None`, admits all."""

    as_of: datetime | None
    """Search what held at that moment, instead of now."""
    audience: Audience | None
    """Only passages for these readers. What goes to a customer needs `public`."""
    language: str | None
    """Only documents in this language, `en` or `pt-BR`, and those that do not say theirs."""
    under: str | None
    """Only this document, or what stands below this folder."""
    source: Origin | None
    """Only documents from there."""


class _Evidence(NamedTuple):
    score: float
    match: float


Evidence = Mapping[int, _Evidence]
"""Of passages, by id, best first."""
Like = Sequence[tuple[str, float]]
"""Texts, none of them empty, and how much each counts, above 0 and up to 1."""


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
        self.pages = Pages(database)
        self._map = Map(self.documents)

    def find(self, question: str, *, limit: int = 8, like: Like = (), **narrow: Unpack[Narrow]) -> list[Hit]:
        """Return what answers a question: by `explore` where it is long, by `search` where it is short."""
        if len(question.split()) >= LONG:
            return self.explore(question, limit=limit, **narrow)
        return self.search(question, limit=limit, like=like, **narrow)

    def search(self, query: str, *, limit: int = 8, like: Like = (), **narrow: Unpack[Narrow]) -> list[Hit]:
        """Return the passages nearest to `query`, best first.

        Words are compared by their English stems, those of titles and headings counting for every passage below them
        (BM25 with the weights of `lexical.BOOSTS`); with an encoder also meaning, by the cosine of vectors. The two
        are joined by `fusion.fuse`.

        Args:
            query: The customer's words; empty, or stop words only, finds nothing.
            limit: At most this many.
            like: What the passages may say, in other words; only meaning compares them, so without an encoder they
                count for nothing.
            narrow: See `Narrow`.

        Raises:
            StoreError: The database or the index cannot be read or written.
        """
        if limit < 1:
            return []
        found = self._guided(query, like, max(limit, CANDIDATES), _scope(narrow))
        hits = self._hits([(passage, *each, "") for passage, each in list(found.items())[:limit]])
        return sorted(hits, key=lambda hit: (-hit.score, hit.document, hit.start))

    def explore(self, question: str, *, limit: int = 8, **narrow: Unpack[Narrow]) -> list[Hit]:
        """Return the documents that a question needs together, each by its best passage, best first.

        For a question that asks for several things, or whose answer is spread over several documents: it is taken
        apart, and what was found leads to more; see `segue.knowledge.explore`. Arguments and errors as for `search`.
        A hit's `why` says which part of the question found it, or what led to it.
        """
        asked = needs(question)
        if limit < 1 or not asked.sentences:
            return []
        wanted = _scope(narrow)
        sentences = [_matches(found) for found in self._evidence(asked.sentences, CANDIDATES, wanted)]
        paragraphs = self._meanings(asked.paragraphs, wanted)
        survey = Survey(asked, self._map.around(wanted))
        passages = {passage for found in (*sentences, *paragraphs) for passage in found}
        survey.take(sentences, paragraphs, self.documents.documents_of(passages))
        survey.follow()
        ranked = survey.ranked()[:limit]
        unseen = self.documents.passages_of([each.document for each in ranked if each.passage is None])
        opening = {document: passages[0] for document, passages in unseen.items()}
        chosen = [(opening.get(each.document) if each.passage is None else each.passage, each) for each in ranked]
        return self._hits(
            [(passage, each.score, each.match, each.why) for passage, each in chosen if passage is not None]
        )

    def close(self) -> None:
        """Close the database."""
        self.documents.close()
        self.pages.close()

    def _guided(self, query: str, like: Like, limit: int, wanted: Scope) -> Evidence:
        """Return the passages that speak for a query and for what they may say in other words."""
        if not like or self.dense is None or not query.strip():
            return self._evidence([query], limit, wanted)[0]
        texts = [query, *(text for text, _ in like)]
        vectors = self.dense.query(texts)
        evidence = self._evidence(texts, limit, wanted, vectors)
        found = [{passage: each.score for passage, each in one.items()} for one in evidence]
        every = list(dict.fromkeys(passage for scores in found for passage in scores))
        for scores, vector in zip(found, vectors, strict=True):
            scores.update(fuse({}, self.dense.cosines(vector, [each for each in every if each not in scores])))
        weights = [weight for _, weight in like]
        return _matched(guided(found[0], list(zip(found[1:], weights, strict=True))))

    def _evidence(
        self, queries: Sequence[str], limit: int, wanted: Scope, vectors: Vectors | None = None
    ) -> list[Evidence]:
        """Return for each question the passages that speak for it; an empty one has none.

        Args:
            queries: The questions.
            limit: At most so many passages of each ranking.
            wanted: Which passages may be found.
            vectors: Of the questions, where they are known and none is empty.
        """
        found = [self.index.search(query, limit=limit, wanted=wanted) for query in queries]
        by_words: list[Evidence] = [{each.passage: _Evidence(each.score, each.match) for each in one} for one in found]
        asked = [number for number, query in enumerate(queries) if query.strip()]
        if self.dense is None or not asked:
            return by_words
        if vectors is None:
            vectors = self.dense.query([queries[number] for number in asked])
        near = self.dense.search(vectors, limit=limit, wanted=wanted)
        for number, vector, nearest in zip(asked, vectors, near, strict=True):
            words = {each.passage: each.match for each in found[number]}
            meaning = nearest | self.dense.cosines(vector, [each for each in words if each not in nearest])
            if meaning:
                by_words[number] = _joined(words, meaning)
        return by_words

    def _meanings(self, texts: Sequence[str], wanted: Scope) -> list[dict[int, float]]:
        """Return for each text the passages nearest in meaning, with their cosine; nothing without an encoder."""
        if self.dense is None:
            return []
        return self.dense.search(self.dense.query(texts), limit=CANDIDATES, wanted=wanted)

    def _hits(self, chosen: Sequence[tuple[int, float, float, str]]) -> list[Hit]:
        """Return passages with what is said in them; those that are not there any more are left out."""
        passages = self.documents.passages([passage for passage, *_ in chosen])
        return [
            Hit(**vars(passages[passage][0]), sha256=passages[passage][1], score=score, match=match, why=why)
            for passage, score, match, why in chosen
            if passage in passages
        ]


def _joined(words: Mapping[int, float], meaning: Mapping[int, float]) -> Evidence:
    return _matched(fuse(words, meaning))


def _matched(ranked: Sequence[tuple[int, float]]) -> Evidence:
    return {each: _Evidence(score, score / (score + ENOUGH)) for each, score in ranked}


def _matches(found: Evidence) -> dict[int, float]:
    return {passage: each.match for passage, each in found.items()}


def _scope(narrow: Narrow) -> Scope:
    return Scope(
        moment=micros(narrow.get("as_of") or datetime.now(UTC)),
        audience=narrow.get("audience"),
        language=narrow.get("language"),
        under=(narrow.get("under") or "").rstrip("/") or None,
        source=narrow.get("source"),
    )
