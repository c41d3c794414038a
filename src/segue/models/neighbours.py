"""Which of many known texts are closest in meaning to another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Encode = Callable[[Sequence[str]], "np.ndarray[Any, Any]"]
"""Texts to float32 (n_texts, n_dims), rows of length 1."""


class Neighbours:
    """Known texts, compared with others one by one."""

    def __init__(self, texts: Sequence[str], *, known: Encode, new: Encode) -> None:
        """Nothing is encoded before the first comparison.

        Args:
            texts: The known ones.
            known: Makes their vectors.
            new: Makes that of a text that is compared with them.
        """
        self._texts = texts
        self._known = known
        self._new = new
        self._matrix: np.ndarray[Any, Any] | None = None

    def of(self, text: str, *, least: float) -> list[tuple[int, float]]:
        """Return the known texts whose cosine with a text is at least so much: place and cosine, the closest first."""
        if not self._texts:
            return []
        if self._matrix is None:
            self._matrix = self._known(self._texts)
        cosines = self._matrix @ self._new([text])[0]
        return [(int(row), float(cosines[row])) for row in np.argsort(-cosines, kind="stable") if cosines[row] >= least]
