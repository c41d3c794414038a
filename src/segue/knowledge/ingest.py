"""A folder into the library: only what changed since the last time, and whatever was left undone then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segue.errors import Finding
from segue.knowledge import reading
from segue.knowledge.document import Document
from segue.knowledge.documents import Current
from segue.knowledge.library import Library
from segue.knowledge.problems import Refused
from segue.knowledge.sources import files, tickets
from segue.knowledge.sources.tickets import PastConversation

BATCH_PASSAGES = 1000
"""A transaction takes documents with about so many: it holds the database's write lock for some 20 ms."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What an ingest did, and what it found wrong."""

    documents: int
    """In the library now."""
    added: int
    changed: int
    removed: int
    passages: int
    """In the library now."""
    problems: tuple[Finding, ...]
    """By file; the folder's own name stands in front of each."""

    def __add__(self, later: Ingested) -> Ingested:
        """Return both together."""
        return Ingested(
            documents=later.documents,
            added=self.added + later.added,
            changed=self.changed + later.changed,
            removed=self.removed + later.removed,
            passages=later.passages,
            problems=self.problems + later.problems,
        )


def ingest(folder: Path, library: Library, *, now: datetime, on_progress: Progress | None = None) -> Ingested:
    """Make the library say what the files of `folder` say.

    A file is known by its bytes: where they have not changed, nothing is done. Of a changed file the version before
    ends and a new one begins, both at `now`; of a removed one the last version ends. A file that cannot be used is a
    problem, its version before stays, and all others go on. Killed at any point, the next call completes the work. A
    second process waits for the first.

    Args:
        folder: The workspace's `knowledge/`.
        library: Where to.
        now: When this happens.
        on_progress: Called after each file with how many are done, and of how many; then, with an encoder, likewise
            for the passages that are encoded.

    Raises:
        StoreError: The database or the index cannot be written.
    """
    documents = library.documents
    with library.index.updating() as update:
        scan = _Scan(folder, documents.current())
        for batch in _batches(scan.new_documents(on_progress)):
            documents.save(batch, reading=reading.VERSION, now=now)
            update.catch_up()
        gone = scan.gone()
        if gone:
            documents.withdraw(gone, now=now)
        update.catch_up()
    return finished(
        library,
        added=scan.added,
        changed=scan.changed,
        removed=len(gone),
        problems=scan.problems,
        on_progress=on_progress,
    )


def ingest_tickets(
    past: Iterable[PastConversation], library: Library, *, now: datetime, on_progress: Progress | None = None
) -> Ingested:
    """Make the library say what people answered in past tickets; for the company's own people alone.

    A ticket's answer holds from the moment at which it was given, so that a search of the past finds no later one.
    What is no longer among the tickets is deleted with all that was ever known of it. Otherwise as `ingest`.

    Args:
        past: All tickets that count; without any, every one that is known is deleted.
        library: Where to.
        now: When this happens.
        on_progress: As for `ingest`.
    """
    known = library.documents.current("tickets")
    counts = {"added": 0, "changed": 0}
    seen: set[str] = set()

    def fresh() -> Iterator[Document]:
        for document in tickets.documents(past):
            before = known.get(document.path)
            seen.add(document.path)
            if before != Current(sha256=document.sha256, reading=reading.VERSION):
                counts["changed" if before else "added"] += 1
                yield document

    for batch in _batches(fresh()):
        library.documents.save(batch, reading=reading.VERSION, now=now)
    gone = sorted(known.keys() - seen)
    if gone:
        library.documents.delete(gone)
        library.index.drop()
    library.index.catch_up()
    return finished(library, **counts, removed=len(gone), problems=(), on_progress=on_progress)


def finished(
    library: Library,
    *,
    added: int,
    changed: int,
    removed: int,
    problems: Sequence[Finding],
    on_progress: Progress | None = None,
) -> Ingested:
    """Return what was done, once the vectors are in step with it."""
    if library.dense is not None:
        library.dense.build(on_progress)
    documents, passages = library.documents.counts()
    return Ingested(
        documents=documents, added=added, changed=changed, removed=removed, passages=passages, problems=tuple(problems)
    )


def check(folder: Path) -> list[Finding]:
    """Return what is wrong with the files of `folder`, reading all of them and storing nothing."""
    scan = _Scan(folder, {})
    for _ in scan.new_documents():
        pass
    return scan.problems


class _Scan:
    """One pass over the files, compared with what is known of them."""

    def __init__(self, folder: Path, known: dict[str, Current]) -> None:
        self.problems: list[Finding] = []
        self.added = 0
        self.changed = 0
        self._name = folder.name
        self._known = known
        self._files: list[files.File] = []
        self._unlisted: tuple[str, ...] = ("",)
        try:
            self._files = files.listed(folder, reading.SUFFIXES)
            self._unlisted = tuple(f"{file.path}/" for file in self._files if file.problem is not None)
        except Refused as refused:
            self.problems.append(refused.finding(self._name, stays=bool(known)))

    def new_documents(self, on_progress: Progress | None = None) -> Iterator[Document]:
        """Yield what is new or has changed, noting what is wrong."""
        for done, file in enumerate(self._files, start=1):
            document = self._document(file)
            if document is not None:
                yield document
            if on_progress is not None:
                on_progress(done, len(self._files))

    def gone(self) -> list[str]:
        """Return the known documents whose files are not there, those left out of which nothing can be known."""
        present = {file.path for file in self._files}
        return sorted(path for path in self._known if path not in present and not path.startswith(self._unlisted))

    def _document(self, file: files.File) -> Document | None:
        name = f"{self._name}/{file.path}"
        known = self._known.get(file.path)
        try:
            if file.problem is not None:
                raise file.problem
            data = files.content(file)
            if known == Current(sha256=reading.digest(data), reading=reading.VERSION):
                return None
            document, warnings = reading.read(file.path, data, file=name)
        except Refused as refused:
            self.problems.append(refused.finding(name, stays=known is not None))
            return None
        self.problems += warnings
        self.added += known is None
        self.changed += known is not None
        return document


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    passages = 0
    for document in documents:
        batch.append(document)
        passages += len(document.passages)
        if passages >= BATCH_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch
