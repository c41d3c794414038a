"""The hash chain: whole as made, and broken at exactly the entry where anything was changed."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.engine.journal import (
    GENESIS,
    Record,
    break_in,
    chained,
    checked_name,
    entry,
    from_us,
    header,
    link,
    to_us,
)
from segue.errors import AuditError, DefinitionError

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
payloads = st.sampled_from([b"{}", b'{"result":1}', b'{"args":["x"]}', b"{" + b" " * 50 + b"}"])
drafts = st.lists(st.tuples(texts, texts, payloads, st.integers(0, 10**6), st.integers(0, 5)), min_size=1, max_size=6)


def chain(entries: list[tuple[str, str, bytes, int, int]], run_id: str = "r") -> list[Record]:
    records: list[Record] = []
    previous, at_us = GENESIS, 0
    for path, name, payload, later_us, attempt in entries:
        at_us += later_us
        record = chained(previous, run_id, len(records), path, "step_finished", name, at_us, attempt, payload)
        records.append(record)
        previous = record.hash
    return records


@given(drafts)
def test_a_chain_is_whole_as_it_was_made(entries: list[tuple[str, str, bytes, int, int]]) -> None:
    assert break_in(chain(entries)) is None


CHANGES: dict[str, Any] = {
    "run_id": lambda value: value + "x",
    "path": lambda value: value + ".0",
    "kind": lambda value: "step_failed",
    "name": lambda value: value + "x",
    "at_us": lambda value: value + 1,
    "attempt": lambda value: value + 1,
    "salt": lambda value: bytes(32),
    "payload": lambda value: value + b" ",
    "hash": lambda value: bytes(32),
}


@given(drafts, st.data())
def test_a_change_of_any_field_is_found_at_its_entry(
    entries: list[tuple[str, str, bytes, int, int]], data: st.DataObject
) -> None:
    records = chain(entries)
    bad = data.draw(st.integers(0, len(records) - 1))
    field = data.draw(st.sampled_from(sorted(CHANGES)))
    records[bad] = records[bad]._replace(**{field: CHANGES[field](getattr(records[bad], field))})
    found = break_in(records)
    assert found is not None
    assert found[0] == bad


@given(drafts, st.data())
def test_a_flipped_bit_of_a_payload_salt_or_hash_is_found(
    entries: list[tuple[str, str, bytes, int, int]], data: st.DataObject
) -> None:
    records = chain(entries)
    bad = data.draw(st.integers(0, len(records) - 1))
    field = data.draw(st.sampled_from(["payload", "salt", "hash"]))
    value = bytearray(getattr(records[bad], field))
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed: dict[str, Any] = {field: bytes(value)}
    records[bad] = records[bad]._replace(**changed)
    found = break_in(records)
    assert found is not None
    assert found[0] == bad


@given(drafts.filter(lambda entries: len(entries) > 1), st.data())
def test_a_missing_entry_is_named(entries: list[tuple[str, str, bytes, int, int]], data: st.DataObject) -> None:
    records = chain(entries)
    missing = data.draw(st.integers(0, len(records) - 2))
    found = break_in(records[:missing] + records[missing + 1 :])
    assert found == (missing, f"entry {missing} is missing, entry {missing + 1} follows")


@given(drafts.filter(lambda entries: len(entries) > 1), st.data())
def test_entries_that_changed_places_are_found_even_when_renumbered(
    entries: list[tuple[str, str, bytes, int, int]], data: st.DataObject
) -> None:
    records = chain(entries)
    first = data.draw(st.integers(0, len(records) - 2))
    one, two = records[first], records[first + 1]
    records[first : first + 2] = [two._replace(seq=first), one._replace(seq=first + 1)]
    found = break_in(records)
    assert found is not None
    assert found[0] == first


def test_a_rewritten_chain_is_whole_but_has_another_head() -> None:
    """Why heads are published: whoever rewrites everything leaves a chain that is consistent in itself."""
    one, other = chain([("0", "a", b"{}", 0, 1)]), chain([("0", "b", b"{}", 0, 1)])
    assert break_in(other) is None
    assert one[-1].hash != other[-1].hash


def test_an_entry_older_than_the_one_before_is_found() -> None:
    first = chained(GENESIS, "r", 0, "", "run_started", "w", 10, 0, b"{}")
    second = chained(first.hash, "r", 1, "0", "step_finished", "s", 9, 1, b"{}")
    assert break_in([first, second]) == (1, "it is older than the entry before")


def test_an_erased_entry_leaves_its_chain_whole() -> None:
    records = chain([("0", "a", b'{"args":["Ada"]}', 0, 1), ("1", "b", b"{}", 1, 1)])
    salt, payload = records[0].salt, records[0].payload
    assert salt is not None
    assert payload is not None
    digest = hashlib.sha256(salt + payload).digest()
    records[0] = records[0]._replace(salt=None, payload=None, digest=digest)
    assert break_in(records) is None
    assert entry(records[0]).payload is None


def test_an_entry_that_lost_its_payload_and_its_digest_is_found() -> None:
    records = chain([("0", "a", b"{}", 0, 1)])
    records[0] = records[0]._replace(salt=None, payload=None)
    assert break_in(records) is not None


def test_the_hash_is_what_the_documentation_says() -> None:
    record = chained(GENESIS, "run", 0, "2.0.1", "step_finished", "work", 1_700_000_000_000_000, 3, b'{"result":1}')
    assert record.salt is not None
    head = b"run\x1f0\x1f2.0.1\x1fstep_finished\x1fwork\x1f1700000000000000\x1f3"
    assert header(record) == head
    inner = hashlib.sha256(record.salt + b'{"result":1}').digest()
    assert record.hash == hashlib.sha256(bytes(32) + head + inner).digest() == link(GENESIS, record)


def test_every_entry_has_a_salt_of_its_own() -> None:
    salts = {record.salt for record in chain([("0", "a", b"{}", 0, 1)] * 20)}
    assert len(salts) == 20
    assert all(salt is not None and len(salt) == 32 for salt in salts)


def test_no_chain_is_a_whole_chain() -> None:
    assert break_in([]) is None


def test_reading_a_damaged_payload_names_the_entry() -> None:
    record = chain([("0", "a", b"{not json", 0, 1)])[0]
    with pytest.raises(AuditError, match="entry 0 of run r"):
        entry(record)


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_go_to_microseconds_and_back(at: datetime) -> None:
    assert from_us(to_us(at)) == at


def test_a_time_beyond_the_calendar_is_its_last_moment() -> None:
    assert from_us(10**25) == from_us(10**26)
    assert from_us(10**25).year == 9999


@given(texts)
def test_readable_names_are_taken_as_they_are(name: str) -> None:
    assert checked_name(name, "step") == name


@pytest.mark.parametrize("name", ["", "a\x1fb", "a\nb", "\x7f", "x" * 201, "\udcff"])
def test_names_that_would_break_a_header_are_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="step"):
        checked_name(name, "step")
