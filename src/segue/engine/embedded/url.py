"""The URL of a database that one process drives."""

from __future__ import annotations

from pathlib import Path


def sqlite_path(url: str) -> Path:
    """Return the file of `sqlite:///relative` or `sqlite:////absolute`.

    Raises:
        ValueError: It is no such URL.
    """
    prefix = "sqlite:///"
    if not url.startswith(prefix) or len(url) == len(prefix):
        raise ValueError(
            f"{url!r} is no database this version can drive: use sqlite:///file (relative), "
            "sqlite:////file (absolute) or sqlite:///:memory:"
        )
    return Path(url[len(prefix) :])
