"""The documents of a library and all their versions, in the database: the truth that every index is made from."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from segue.knowledge.document import Article, Audience, Document, Origin, Passage
from segue.knowledge.scope import Scope
from segue.store.sqlite import Database, Transaction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class State:
    """What an index was made from, to be compared with what is there now."""

    identity: str
    """Of the library."""
    revision: int
    """Rises with every change."""


@dataclass(frozen=True, kw_only=True)
class Current:
    """What is known of a file."""

    sha256: str
    reading: int
    """Version of the rules it was read by."""


@dataclass(frozen=True, kw_only=True)
class IndexRow:
    """A passage as an index sees it."""

    document: int
    passage: int
    title: str
    heading: str
    text: str
    audience: Audience
    since: int | None
    """Microseconds, see `micros`; `None`: since ever."""
    until: int | None
    """Exclusive; `None`: without end."""
    path: str
    language: str | None
    source: Origin


@dataclass(frozen=True, kw_only=True)
class Title:
    """A version of a document by name."""

    document: int
    path: str
    title: str
    audience: Audience


def micros(moment: datetime) -> int:
    """Return the moment in microseconds since 1970, UTC."""
    return (moment - EPOCH) // MICROSECOND


class Documents:
    """Safe to use from any thread, and by any number of processes at once."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, room="knowledge")

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def state(self) -> State:
        """Return which library this is and its revision."""
        ((identity, revision),) = self._database.rows("state")
        return State(identity=identity, revision=revision)

    def current(self, source: Origin = "files") -> dict[str, Current]:
        """Return by path the documents of a source that were there at the last ingest."""
        return {
            path: Current(sha256=sha256, reading=reading)
            for path, sha256, reading in self._database.rows("current", {"source": source})
        }

    def articles(self, now: datetime) -> list[Article]:
        """Return the documents that hold now, by path."""
        rows = self._database.rows("articles", {"now": micros(now)})
        return [Article(path=path, title=title, audience=audience) for path, title, audience in rows]

    def text(self, path: str) -> str:
        """Return what a document says as it was read: each passage below its heading; empty where there is none."""
        parts: list[str] = []
        last = ""
        for heading, text in self._database.rows("text", {"path": path}):
            parts += [heading, text] if heading and heading != last else [text]
            last = heading
        return "\n\n".join(parts)

    def counts(self) -> tuple[int, int]:
        """Return how many documents have their file there, and how many passages those have."""
        ((documents, passages),) = self._database.rows("counts")
        return documents, passages

    def save(self, documents: Iterable[Document], *, reading: int, now: datetime) -> None:
        """Make each of these the version of its path that holds from now on, all in one transaction.

        The first version ever of a path holds since ever, a later one from now; `valid_from` moves either to a later
        moment, and `valid_to` ends it. A document that is known already, read by other rules, keeps its times.
        """
        with self._database.transaction() as transaction:
            ((revision,),) = transaction.rows("next_revision")
            for document in documents:
                _save(transaction, document, reading, micros(now), revision)

    def withdraw(self, paths: Iterable[str], *, now: datetime) -> None:
        """End the validity of documents whose files are gone."""
        with self._database.transaction() as transaction:
            ((revision,),) = transaction.rows("next_revision")
            for path in paths:
                _close(transaction, path, micros(now), micros(now), revision)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete documents with every version and all that was said in them, without a trace."""
        with self._database.transaction() as transaction:
            ((revision,),) = transaction.rows("next_revision")
            for path in paths:
                transaction.run("delete", {"path": path})
            transaction.run("touch", {"revision": revision})

    def changed(self, after: int) -> list[int]:
        """Return the documents that changed after a revision."""
        return [document for (document,) in self._database.rows("changed", {"after": after})]

    def index_rows(self, documents: Sequence[int]) -> list[IndexRow]:
        """Return all passages of some documents."""
        return [
            IndexRow(
                document=row[0],
                passage=row[1],
                title=row[2],
                heading=row[3],
                text=row[4],
                audience=row[5],
                since=row[6],
                until=row[7],
                path=row[8],
                language=row[9],
                source=row[10],
            )
            for row in self._database.rows("to_index", {"ids": json.dumps(documents)})
        ]

    def titles(self, wanted: Scope) -> list[Title]:
        """Return by name the versions that a filter admits."""
        rows = self._database.rows(
            "titles", {"moment": wanted.moment, "audience": wanted.audience, **_narrowed(wanted)}
        )
        return [Title(document=row[0], path=row[1], title=row[2], audience=row[3]) for row in rows]

    def all_titles(self) -> list[str]:
        """Return every title that there ever was."""
        return [title for (title,) in self._database.rows("all_titles")]

    def sayings(self, limit: int) -> list[tuple[int, str]]:
        """Return what the newest passages say, each with its document; at most so many."""
        return [(row[0], row[1]) for row in self._database.rows("sayings", {"limit": limit})]

    def links(self) -> list[tuple[int, int]]:
        """Return which version points to which."""
        return [(row[0], row[1]) for row in self._database.rows("links")]

    def documents_of(self, passages: Iterable[int]) -> dict[int, int]:
        """Return the document of each passage."""
        return dict(self._database.rows("documents_of", {"ids": json.dumps(list(passages))}))

    def passages_of(self, documents: Sequence[int]) -> dict[int, list[int]]:
        """Return the passages of some documents, in order."""
        found: dict[int, list[int]] = {}
        for document, passage in self._database.rows("passages_of", {"ids": json.dumps(documents)}):
            found.setdefault(document, []).append(passage)
        return found

    def matching(self, wanted: Scope) -> list[int]:
        """Return the documents of a filter's language, place and source, at whichever moment."""
        return [document for (document,) in self._database.rows("matching", _narrowed(wanted))]

    def source_text(self, path: str, sha256: str | None = None) -> str | None:
        """Return the text that offsets of a document count in, where it is stored; `None` where a file holds it.

        Args:
            path: Of the document.
            sha256: Of the version; the newest one without.
        """
        name = "source_text" if sha256 is None else "source_text_of_version"
        rows = self._database.rows(name, {"path": path, **({} if sha256 is None else {"sha256": sha256})})
        return zlib.decompress(rows[0][0]).decode("utf-8", "surrogatepass") if rows else None

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, str]]:
        """Return passages by id, each with its version's SHA-256; those that are not there any more are left out."""
        return {
            row[0]: (
                Passage(document=row[1], title=row[2], heading=row[3], start=row[4], end=row[5], text=row[6]),
                row[7],
            )
            for row in self._database.rows("passages", {"ids": json.dumps(ids)})
        }


def _narrowed(wanted: Scope) -> dict[str, str | None]:
    return {"source": wanted.source, "language": wanted.primary_language, "under": wanted.under}


def _save(transaction: Transaction, document: Document, reading: int, now: int, revision: int) -> None:
    values = {
        "path": document.path,
        "title": document.title,
        "language": document.language,
        "audience": document.audience,
        "sha256": document.sha256,
        "reading": reading,
        "now": now,
        "revision": revision,
        "source": document.source,
    }
    known = transaction.rows("find_current", {"path": document.path})
    if known and known[0][1] == document.sha256:
        number = known[0][0]
        transaction.run("reread", {**values, "id": number})
        for statement in ("drop_passages", "drop_text", "drop_links"):
            transaction.run(statement, {"id": number})
    else:
        ((is_known,),) = transaction.rows("is_known", {"path": document.path})
        since, until = _validity(document, now, is_first=not is_known)
        if is_known:
            _close(transaction, document.path, now if since is None else since, now, revision)
        ((number,),) = transaction.rows("add", {**values, "valid_from": since, "valid_to": until})
    rows = [(number, each.heading, each.start, each.end, each.text) for each in document.passages]
    transaction.run_many("add_passage", rows)
    if document.text is not None:
        packed = zlib.compress(document.text.encode("utf-8", "surrogatepass"), 6)
        transaction.run("add_text", {"id": number, "text": packed})
    transaction.run_many("add_link", [(number, target) for target in document.links])


def _validity(document: Document, now: int, *, is_first: bool) -> tuple[int | None, int | None]:
    since = None if document.valid_from is None else micros(document.valid_from)
    until = None if document.valid_to is None else micros(document.valid_to)
    if not is_first:
        since = now if since is None else max(now, since)
    return since, until


def _close(transaction: Transaction, path: str, moment: int, now: int, revision: int) -> None:
    """End what holds of `path` at `moment`; its file says something else, or is gone, from `now` on."""
    transaction.run("end_validity", {"path": path, "moment": moment, "revision": revision})
    transaction.run("close", {"path": path, "now": now, "revision": revision})
