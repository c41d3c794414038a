"""What every encoder promises: unit rows in order, the same whatever stands beside them, close where meaning is."""

from __future__ import annotations

import os

import numpy as np
import pytest

from segue.knowledge.vectors import Encoder
from segue.models import encoder as encoders
from tests.unit.knowledge.toy import ToyEncoder


@pytest.fixture(scope="module", params=["minilm", "toy"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "toy":
        return ToyEncoder()
    if not encoders.is_installed() and not os.environ.get("CI"):
        pytest.skip("the extra `embeddings` is not installed")
    return encoders.MiniLM()


TEXTS = ["Where is my parcel?", "", "What is the weather on the moon", "refund " * 600, "¿Dónde está mi paquete? 📦"]


def test_each_text_gives_a_row_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), encoder.dims)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)

    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=2e-2)  # int8 activations are scaled a batch at a time


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dims)


def test_meaning_is_closer_than_chance(encoder: Encoder) -> None:
    parcel, package, cake = encoder.encode(["where is my parcel", "where is my package", "how do I bake a cake"])

    assert parcel @ package > parcel @ cake + 0.2
