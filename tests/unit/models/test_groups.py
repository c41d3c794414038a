"""Texts that want the same stand together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segue.models.groups import grouped

WIFI = ["Do you have wifi for customers?", "wifi for customers", "Is there wifi for your customers?"]
DOGS = ["Are dogs allowed in the shop?", "dogs allowed in the shop"]


def test_by_words_alone_those_that_share_them_are_together_and_the_largest_group_is_first() -> None:
    groups = grouped([DOGS[0], *WIFI, DOGS[1]], None)
    assert [sorted(group) for group in groups] == [[1, 2, 3], [0, 4]]


def test_by_meaning_the_text_nearest_to_all_of_its_group_comes_first() -> None:
    angles = np.radians([0.0, 20.0, 40.0, 100.0])

    def encode(texts: Sequence[str]) -> np.ndarray:  # type: ignore[type-arg]  # as the encoder's own
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    assert grouped(list("abcd"), encode) == [[1, 0, 2], [3]]


def test_none_and_one_are_groups_too() -> None:
    assert grouped([], None) == []
    assert grouped(["alone"], None) == [[0]]
