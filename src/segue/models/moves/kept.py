"""A foresight on disk: learned once from the same conversations, and read from then on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import get_ident
from zipfile import BadZipFile

import numpy as np

from segue.models.moves import foresight
from segue.models.moves.course import Called, Course, Heard, Turn
from segue.models.moves.foresight import Encode, Foresight
from segue.models.moves.network import Network, Progress

_ARRAYS = ("by_meaning", "by_sign", "unit_bias", "by_unit", "move_bias")


def known(
    courses: Sequence[Course], folder: Path, encode: Encode | None = None, encoder_name: str = ""
) -> Foresight | None:
    """Return the foresight that was learned from the same conversations with that encoder; `None` without one."""
    try:
        return _read(_path(courses, folder, encoder_name), encode)
    except (OSError, ValueError, KeyError, BadZipFile):  # missing, or of a broken write: it is derived, and made again
        return None


def learned(
    courses: Sequence[Course],
    folder: Path,
    encode: Encode | None = None,
    encoder_name: str = "",
    on_progress: Progress | None = None,
) -> Foresight:
    """Return a foresight for conversations: that which is known, or one that is learned now and kept in `folder`.

    Args:
        courses: As for `foresight.learn`.
        folder: Of what was learned; any number of threads and processes may use it.
        encode: As there.
        encoder_name: Of the weights and of all that is done with them.
        on_progress: As there.

    Raises:
        ValueError: They hold fewer than two different moves.
    """
    found = known(courses, folder, encode, encoder_name)
    if found is None:
        found = foresight.learn(courses, encode, on_progress)
        _write(_path(courses, folder, encoder_name), found)
    return found


def _path(courses: Sequence[Course], folder: Path, encoder_name: str) -> Path:
    told = [[_told(turn) for turn in course] for course in courses]
    all_of_it = json.dumps([foresight.VERSION, encoder_name, told], default=str)
    return folder / f"moves-{sha256(all_of_it.encode()).hexdigest()[:32]}.npz"


def _told(turn: Turn) -> list[object]:
    if isinstance(turn, Heard):
        return [turn.text]
    if isinstance(turn, Called):
        return [turn.move, dict(turn.args), turn.result]
    return [turn.move, turn.text]


def _read(path: Path, encode: Encode | None) -> Foresight:
    with np.load(path, allow_pickle=False) as kept:
        moves, signs = json.loads(str(kept["names"]))
        network = Network(*(kept[name] for name in _ARRAYS))
        known = {sign: column for column, sign in enumerate(signs)}
        return Foresight(tuple(moves), known, kept["weights"], kept["axes"], network, encode)


def _write(path: Path, found: Foresight) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}-{get_ident()}.npz")
    names = json.dumps([found.moves, list(found.known)])
    arrays = {name: getattr(found.network, name) for name in _ARRAYS}
    np.savez(unfinished, names=np.array(names), weights=found.weights, axes=found.axes, **arrays)
    unfinished.replace(path)
