"""Vectors are encoded once, whoever asks, and whatever a killed process left behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from segue.knowledge.vectors import VectorCache
from tests.unit.knowledge.toy import ToyEncoder


def test_a_text_is_encoded_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    encoder = ToyEncoder()
    cache = VectorCache(tmp_path, encoder)

    first = cache.of(["a tent", "a stove", "a tent"])
    second = cache.of(["a stove"])

    assert encoder.encoded == ["a tent", "a stove"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[0])


def test_another_process_finds_what_this_one_encoded(tmp_path: Path) -> None:
    mine = VectorCache(tmp_path, ToyEncoder()).of(["a tent", "a stove"])

    other = ToyEncoder()
    theirs = VectorCache(tmp_path, other).of(["a stove", "a tent"])

    assert other.encoded == []
    assert np.array_equal(theirs, mine[::-1])


def test_two_that_encode_the_same_text_at_once_keep_one_row(tmp_path: Path) -> None:
    first, second = VectorCache(tmp_path, ToyEncoder()), VectorCache(tmp_path, ToyEncoder())
    first.of(["a tent"])
    second.of(["a tent", "a stove"])
    first.of(["a stove"])

    assert (tmp_path / "toy-1" / "keys").stat().st_size == 2 * 16


def test_a_row_without_its_key_is_written_over(tmp_path: Path) -> None:
    VectorCache(tmp_path, ToyEncoder()).of(["a tent"])
    with (tmp_path / "toy-1" / "vectors").open("ab") as vectors:
        vectors.write(b"x" * 300)  # a process was killed between row and key

    cache = VectorCache(tmp_path, ToyEncoder())

    assert np.array_equal(cache.of(["a stove"])[0], ToyEncoder().encode(["a stove"])[0])
    assert np.array_equal(cache.of(["a tent"])[0], ToyEncoder().encode(["a tent"])[0])


def test_half_a_key_counts_as_none(tmp_path: Path) -> None:
    VectorCache(tmp_path, ToyEncoder()).of(["a tent", "a stove"])
    keys = tmp_path / "toy-1" / "keys"
    keys.write_bytes(keys.read_bytes()[:20])

    encoder = ToyEncoder()
    VectorCache(tmp_path, encoder).of(["a tent", "a stove"])

    assert encoder.encoded == ["a stove"]


def test_progress_tells_of_what_is_missing_only(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, ToyEncoder())
    cache.of(["a tent"])
    seen: list[tuple[int, int]] = []

    cache.of(["a tent", "a stove"], lambda done, total: seen.append((done, total)))

    assert seen == [(1, 1)]


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    assert VectorCache(tmp_path, ToyEncoder()).of([]).shape == (0, 64)
