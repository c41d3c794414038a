"""Vectors that are kept between studies and runs, since encoding takes most of the time."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.quality.study import Missing
from segue.knowledge.vectors import Remembering, VectorCache
from segue.models.encoder import MiniLM, is_installed

FOLDER = Path(tempfile.gettempdir()) / "segue-quality-vectors"


def remembered() -> Remembering:
    """Return the offline encoder with all that it was ever asked.

    Raises:
        Missing: It is not installed.
    """
    if not is_installed():
        raise Missing("the extra `embeddings` is not installed")
    return Remembering(VectorCache(FOLDER, MiniLM()))
