"""An encoder small enough to reason about; held to `tests/contract/test_encoder.py` like the real one."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from segue.knowledge.vectors import Vectors

SYNONYMS = {"parcel": "package", "money": "refund", "cash": "refund"}


class ToyEncoder:
    """Each word is a direction, words of like meaning the same one."""

    name = "toy-1"
    dims = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.array([self._vector(text) for text in texts], np.float32).reshape(len(texts), self.dims)

    def _vector(self, text: str) -> Vectors:
        total = np.full(self.dims, 1e-3, np.float32)
        for word in text.lower().replace(".", " ").replace("?", " ").split():
            seed = int.from_bytes(sha256(SYNONYMS.get(word, word).encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).normal(size=self.dims).astype(np.float32)
        vector: Vectors = total / np.linalg.norm(total)
        return vector
