"""The lexical index: tantivy, one folder, BM25 over title, heading and text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import FieldType, Filter, Occur, Query

from segue.knowledge.documents import IndexRow
from segue.knowledge.scope import Scope, places, primary

VERSION = 2
"""Of fields and tokenizer; an index of another version is not opened but built anew."""

BOOSTS = {"title": 1.5, "heading": 1.0, "body": 1.0}
"""Weight of a word found there."""
MOST_WORDS = 64
"""Of a longer query the rarest words count."""
SHORTEST_MISSPELT, MOST_MISSPELT = 5, 8
"""A word that stands nowhere counts as misspelt if it has so many letters; the first few such words of a query do."""
MISSPELT = 0.6
"""What a word one letter away counts, in parts of the weight of the rarest word."""
SHORTEST_PART = 3
"""Letters of each part of a word that was written as two, or of two that were written as one."""
ENOUGH, ENOUGH_PER_WORD = 1.25, 0.12
"""See `_match`."""
ANALYZER = "segue"
STATE_KEY = "state"
HEAP_BYTES = 64_000_000
EVER, NEVER = -(2**62), 2**62


WORD = re.compile(r"[^\W_]+")
Part = tuple[Occur, Query]


class Ranked(NamedTuple):
    """A passage that the index found."""

    passage: int
    score: float
    match: float


class Damaged(Exception):
    """The folder holds no index that can be used."""


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    """Words of letters and digits in lower case without accents; English stems, English stop words left out."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        Filter.remove_long(60),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stopword("english"),
        Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", fast=True)
    builder.add_integer_field("document", indexed=True)
    builder.add_integer_field("since", indexed=True, fast=True)
    builder.add_integer_field("until", indexed=True, fast=True)
    builder.add_integer_field("internal", indexed=True)
    for field in ("language", "source", "under"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in BOOSTS:
        builder.add_text_field(field, tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("value", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def stems(text: str) -> list[str]:
    """Return a text's words as they are compared."""
    return list(_analyzer().analyze(text))


class Lexical:
    """An index that is there, as it was when it was last loaded; safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        """Open the index of `folder`.

        Raises:
            Damaged: There is none, or not one that can be read.
        """
        with _reporting(folder):
            self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer(ANALYZER, _analyzer())
            self._index.config_reader("manual")
        self.load()

    @classmethod
    def create(cls, folder: Path) -> Lexical:
        """Make an empty index in an empty folder, and open it."""
        with _reporting(folder):
            tantivy.Index(_schema(), path=str(folder), reuse=False)
        return cls(folder)

    def load(self) -> None:
        """See what has been written meanwhile, by whichever process.

        Raises:
            Damaged: It cannot be read any more; what was loaded before stays usable.
        """
        with _reporting("the index"):
            self._index.reload()
            searcher = self._index.searcher()
            hits = searcher.search(Query.term_query(_schema(), "key", STATE_KEY), 1, count=False).hits
            state = str(searcher.doc(hits[0][1]).get_first("value")) if hits else ""
        self._loaded = (state, searcher)

    @property
    def state(self) -> str:
        """What the last commit said it was made from; empty if there was none."""
        return self._loaded[0]

    def search(self, query: str, *, limit: int, wanted: Scope) -> list[Ranked]:
        """Return the passages nearest to `query` among those wanted, best first.

        Raises:
            Damaged: It cannot be read any more.
        """
        searcher = self._loaded[1]
        with _reporting("the index"):
            words = list(dict.fromkeys(stems(query)))
            known, unknown = _chosen(words, searcher)
            together, apart = list(_together(query, searcher)), _apart(unknown, searcher)
            if not known and not unknown and not together:
                return []
            rarest = math.log(1 + (searcher.num_docs + 0.5) / 0.5)
            misspelt = _similar([word for word in unknown if word not in apart], rarest)
            parts = [*_known(known), *together, *chain(*apart.values()), *misspelt, *_unwanted(wanted)]
            if wanted.narrows:
                parts = [(Occur.Must, Query.boolean_query(parts)), *_demanded(wanted)]
            hits = searcher.search(Query.boolean_query(parts), limit, count=False).hits
            passages = searcher.fast_field_values("passage", [address for _, address in hits])
        return [
            Ranked(int(passage), score, _match(score, min(len(words), MOST_WORDS), rarest))
            for (score, _), passage in zip(hits, passages, strict=True)
            if passage is not None
        ]

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Change the index; whoever does holds the folder's lock. What was not committed at the end is dropped."""
        with _reporting("the index"):
            writer = self._index.writer(HEAP_BYTES, 1)
        try:
            yield Writer(writer)
        finally:
            with _reporting("the index"):
                writer.wait_merging_threads()


class Writer:
    """Changes to an index, seen by nobody until they are committed."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer

    def replace(self, documents: Sequence[int], rows: Iterable[IndexRow]) -> None:
        """Take these documents out and put these passages in."""
        schema = _schema()
        with _reporting("the index"):
            for document in documents:
                self._writer.delete_documents_by_term("document", document)
            for row in rows:
                self._writer.add_document(tantivy.Document.from_dict(_fields(row), schema))

    def commit(self, state: str) -> None:
        """Make all changes visible at once, together with what they were made from."""
        with _reporting("the index"):
            self._writer.delete_documents_by_term("key", STATE_KEY)
            self._writer.add_document(tantivy.Document.from_dict({"key": STATE_KEY, "value": state}, _schema()))
            self._writer.commit()


def _fields(row: IndexRow) -> dict[str, str | int | list[str]]:
    return {
        "passage": row.passage,
        "document": row.document,
        "since": EVER if row.since is None else row.since,
        "until": NEVER if row.until is None else row.until,
        "internal": int(row.audience == "internal"),
        "language": primary(row.language),
        "source": row.source,
        "under": places(row.path),
        "title": row.title,
        "heading": row.heading,
        "body": row.text,
    }


def _chosen(words: list[str], searcher: tantivy.Searcher) -> tuple[list[str], list[str]]:
    """Return the words of a query to look for, and those that stand nowhere but may be misspelt."""
    frequency = {word: max(searcher.doc_freq(field, word) for field in BOOSTS) for word in words}
    known = [word for word in words if frequency[word]]
    unknown = [word for word in words if not frequency[word] and len(word) >= SHORTEST_MISSPELT and word.isalpha()]
    return sorted(known, key=lambda word: frequency[word])[:MOST_WORDS], unknown[:MOST_MISSPELT]


def _known(words: list[str]) -> list[Part]:
    schema = _schema()
    return [
        (Occur.Should, Query.boost_query(Query.term_query(schema, field, word), boost))
        for word in words
        for field, boost in BOOSTS.items()
    ]


def _similar(words: list[str], rarest: float) -> list[Part]:
    """Return queries for what is one letter away; what they find scores the same, however rare it is."""
    schema = _schema()
    return [
        (Occur.Should, Query.boost_query(Query.fuzzy_term_query(schema, field, word), boost * MISSPELT * rarest))
        for word in words
        for field, boost in BOOSTS.items()
    ]


def _together(query: str, searcher: tantivy.Searcher) -> Iterator[Part]:
    """Yield queries for words that stand here as one and in the query as two: `eco card`."""
    words = WORD.findall(query.lower())[:MOST_WORDS]
    for first, second in pairwise(words):
        if min(len(first), len(second)) >= SHORTEST_PART and (joined := stems(first + second)):
            yield from _either(joined[0], searcher)


def _apart(unknown: list[str], searcher: tantivy.Searcher) -> dict[str, list[Part]]:
    """Return queries for words that stand here as two and in the query as one: `lightblue`."""
    found: dict[str, list[Part]] = {}
    for word in unknown:
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            parts = [list(_either(part, searcher)) for half in (word[:cut], word[cut:]) for part in stems(half)]
            if len(parts) == 2 and all(parts):
                both = Query.boolean_query([(Occur.Must, Query.boolean_query(each)) for each in parts])
                found.setdefault(word, []).append((Occur.Should, both))
    return found


def _either(word: str, searcher: tantivy.Searcher) -> Iterator[Part]:
    """Yield queries for a word in each field, if it stands anywhere."""
    if any(searcher.doc_freq(field, word) for field in BOOSTS):
        for field, boost in BOOSTS.items():
            yield Occur.Should, Query.boost_query(Query.term_query(_schema(), field, word), boost)


def _unwanted(wanted: Scope) -> list[Part]:
    """Return what to leave out: what does not hold at the moment, and what is for others.

    Leaving out is cheaper than demanding the rest: there is little of it.
    """
    schema = _schema()
    later = Query.range_query(schema, "since", FieldType.Integer, wanted.moment, None, include_lower=False)
    over = Query.range_query(schema, "until", FieldType.Integer, None, wanted.moment)
    parts = [(Occur.MustNot, later), (Occur.MustNot, over)]
    if wanted.audience is not None:
        parts.append((Occur.MustNot, Query.term_query(schema, "internal", int(wanted.audience == "public"))))
    return parts


def _demanded(wanted: Scope) -> Iterator[Part]:
    """Yield what a passage must have besides words, without any weight."""
    terms: dict[str, list[str]] = {
        "language": [wanted.primary_language, ""] if wanted.primary_language else [],
        "source": [wanted.source] if wanted.source else [],
        "under": [wanted.under] if wanted.under else [],
    }
    for field, values in terms.items():
        if values:
            yield Occur.Must, Query.const_score_query(Query.term_set_query(_schema(), field, values), 0.0)


def _match(score: float, words: int, rarest: float) -> float:
    """Return how much evidence a score is, from 0 to 1; 0.5 where it is just enough.

    A score grows with the size of the library and with the length of the query. So it is compared with what would be
    enough for such a query: in units of the weight of a word that stands in one passage only, a fixed amount and some
    for each word.
    """
    enough = rarest * (ENOUGH + ENOUGH_PER_WORD * words)
    return score / (score + enough)


@contextmanager
def _reporting(what: object) -> Iterator[None]:
    """Turn what tantivy raises into `Damaged`; a file that was cut or altered can make it panic."""
    try:
        yield
    except Damaged:
        raise
    except Exception as error:
        raise Damaged(f"{what}: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged(f"{what}: {error}") from error
