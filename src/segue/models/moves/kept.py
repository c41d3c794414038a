"""A foresight on disk: learned once from the same conversations, and read from then on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from segue.models.moves import foresight
from segue.models.moves.course import Called, Course, Heard, Turn
from segue.models.moves.foresight import Encode, Foresight
from segue.models.moves.network import Network

_ARRAYS = ("by_meaning", "by_sign", "unit_bias", "by_unit", "move_bias")


def learned(courses: Sequence[Course], folder: Path, encode: Encode | None = None, encoder_name: str = "") -> Foresight:
    """Return a foresight for conversations, from `folder` where the same ones were learned before with that encoder.

    Raises:
        ValueError: They hold fewer than two different moves.
    """
    told = [[_told(turn) for turn in course] for course in courses]
    known = json.dumps([foresight.VERSION, encoder_name, told], default=str)
    path = folder / f"moves-{sha256(known.encode()).hexdigest()[:32]}.npz"
    try:
        return _read(path, encode)
    except (OSError, ValueError, KeyError, BadZipFile):  # missing, or of a broken write: it is derived, and made again
        pass
    found = foresight.learn(courses, encode)
    _write(path, found)
    return found


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
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    names = json.dumps([found.moves, list(found.known)])
    arrays = {name: getattr(found.network, name) for name in _ARRAYS}
    np.savez(unfinished, names=np.array(names), weights=found.weights, axes=found.axes, **arrays)
    unfinished.replace(path)
