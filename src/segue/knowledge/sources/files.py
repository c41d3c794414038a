"""The files of a folder: which of them may be documents, and their bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segue.knowledge.problems import Refused

LARGEST_BYTES = 5_000_000
LARGEST_PACKED_BYTES = 50_000_000
PACKED = (".pdf", ".docx")
"""Types that hold more than text."""
RESERVED = "ticket:"
"""What the names of past tickets begin with."""
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class File:
    """Something in the folder that has to be looked at."""

    path: str
    """Under the folder, with `/`."""
    place: Path
    problem: Refused | None = None
    """Why it cannot be a document; of a folder that cannot be listed, it goes for all below it."""


def listed(folder: Path, suffixes: frozenset[str]) -> list[File]:
    """Return what stands in the folder and below it, by path; names that begin with `.` or `_` are left out.

    Args:
        folder: Where to look.
        suffixes: Of the types that are read, in lower case with the dot.

    Raises:
        Refused: The folder itself is missing or cannot be listed.
    """
    try:
        root = folder.resolve(strict=True)
        entries = _entries(root)
    except OSError as error:
        raise Refused("K100", f"the folder cannot be listed: {error.strerror}") from error
    return sorted(_files(root, "", entries, suffixes), key=lambda file: file.path)


def at(folder: Path, path: str) -> File:
    """Return the file of a path.

    Raises:
        Refused: It is not in the folder.
    """
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise Refused("K102", "it is outside of the knowledge folder")
    return File(path=path, place=place)


def content(file: File) -> bytes:
    """Return a file's bytes.

    Raises:
        Refused: It cannot be read, or is too large.
    """
    try:
        status = file.place.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused("K101", "this is no ordinary file")
        most = LARGEST_PACKED_BYTES if file.path.lower().endswith(PACKED) else LARGEST_BYTES
        if status.st_size > most:
            size = f"{most // 1_000_000} MB"
            raise Refused("K103", f"the file is larger than {size}", hint="divide it into articles")
        return file.place.read_bytes()
    except OSError as error:
        raise Refused("K101", f"the file cannot be read: {error.strerror}") from error


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return [entry for entry in entries if not entry.name.startswith((".", "_"))]


def _files(root: Path, above: str, entries: list[os.DirEntry[str]], suffixes: frozenset[str]) -> Iterator[File]:
    for entry in entries:
        path, place = _shown(above + entry.name), Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            yield File(path=path, place=place, problem=_problem(root, entry, suffixes))
            continue
        try:
            yield from _files(root, f"{path}/", _entries(place), suffixes)
        except OSError as error:
            problem = Refused("K101", f"the folder cannot be listed: {error.strerror}")
            yield File(path=path, place=place, problem=problem)


def _problem(root: Path, entry: os.DirEntry[str], suffixes: frozenset[str]) -> Refused | None:
    if UNPRINTABLE.search(entry.name):
        return Refused("K112", "the file's name is not UTF-8, or contains control characters", hint="rename it")
    if entry.name.startswith(RESERVED):
        return Refused("K112", f"the file's name begins with `{RESERVED}`", hint="rename it")
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        if not target.is_relative_to(root):
            return Refused("K102", "the link points outside of the knowledge folder", hint="put the file itself here")
        if target.is_dir():
            return Refused("K111", "a link to a folder is not followed")
    suffix = os.path.splitext(entry.name)[1]  # noqa: PTH122 - a thousand files are listed in milliseconds
    if suffix.lower() not in suffixes:
        known = ", ".join(sorted(suffixes))
        return Refused("K110", f"files of type `{suffix}` are not read", hint=f"known are {known}")
    return None


def _shown(path: str) -> str:
    """Return the path as it can be printed and stored, whatever bytes it is made of."""
    return path.encode("utf-8", "replace").decode("utf-8")
