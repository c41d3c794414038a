"""What every encoder promises: unit rows in order, the same whatever stands beside them, close where meaning is."""

from __future__ import annotations

import os

import numpy as np
import pytest

from segue.knowledge.vectors import Encoder
from segue.models import encoder as encoders
from segue.models import unknown
from segue.support import seeds
from tests.unit.knowledge.toy import ToyEncoder


@pytest.fixture(scope="module", params=["minilm", "deep", "outermost", "toy"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "toy":
        return ToyEncoder()
    if not encoders.is_installed() and not os.environ.get("CI"):
        pytest.skip("the extra `embeddings` is not installed")
    deep = encoders.DeepMiniLM()
    made: dict[str, Encoder] = {"minilm": encoders.MiniLM(), "deep": deep, "outermost": encoders.Outermost(deep.encode)}
    return made[request.param]


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

    assert parcel @ package > parcel @ cake + (0.1 if encoder.name.endswith("deep-1") else 0.2)


def test_what_all_texts_have_in_common_is_what_everyday_sentences_have() -> None:
    if not encoders.is_installed() and not os.environ.get("CI"):
        pytest.skip("the extra `embeddings` is not installed")
    sentences = [*seeds.QUESTIONS, *seeds.STRANGERS, *unknown.SMALL_TALK]

    layers = np.split(encoders._encoded(sentences, *encoders.INNER), 2, axis=1)
    assert np.allclose([layer.mean(axis=0) for layer in layers], encoders._commonplace(), atol=1e-3)


def test_what_is_cut_out_of_deep_vectors_is_what_the_model_gives() -> None:
    if not encoders.is_installed() and not os.environ.get("CI"):
        pytest.skip("the extra `embeddings` is not installed")
    cut = encoders.Outermost(encoders.DeepMiniLM().encode)

    assert np.allclose(cut.encode(TEXTS), encoders.MiniLM().encode(TEXTS), atol=1e-6)
    assert (cut.name, cut.dims) == (encoders.MiniLM.name, encoders.MiniLM.dims)
