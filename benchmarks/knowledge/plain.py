"""Tantivy alone: what it takes to index the same passages with nothing around it, and to search them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tantivy

HEAP_BYTES = 64_000_000
FIELDS = ("title", "heading", "body")
Row = tuple[str, str, str]


def schema() -> tantivy.Schema:
    """Return the fields of a passage, in the stems of English."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", fast=True, stored=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name="en_stem", index_option="freq")
    return builder.build()


def index(folder: Path, rows: Iterable[Row]) -> tantivy.Index:
    """Index passages, in one thread and one commit."""
    folder.mkdir()
    fields = schema()
    made = tantivy.Index(fields, path=str(folder))
    writer = made.writer(HEAP_BYTES, 1)
    for number, (title, heading, body) in enumerate(rows):
        document = {"passage": number, "title": title, "heading": heading, "body": body}
        writer.add_document(tantivy.Document.from_dict(document, fields))
    writer.commit()
    writer.wait_merging_threads()
    made.reload()
    return made


def search(made: tantivy.Index, question: str, limit: int) -> list[int]:
    """Return the passages nearest to a question."""
    query, _ = made.parse_query_lenient(question, list(FIELDS))
    searcher = made.searcher()
    hits = searcher.search(query, limit).hits
    return [int(each) for each in searcher.fast_field_values("passage", [address for _, address in hits]) if each]
