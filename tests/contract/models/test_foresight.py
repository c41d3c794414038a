"""What every foresight promises, learned now or read from disk: each move once, with a probability, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from segue.models.moves import foresight, kept
from segue.models.moves.course import Called, Course, Heard, Wrote
from segue.support.moves import Foresight

COURSES: list[Course] = [
    [
        Heard(f"{wish} {number}"),
        Called(f"call {tool}", {"number": number}, {"done": True}),
        Wrote("say answer", "Done."),
        Heard("thanks"),
        Wrote("say close", "You are welcome."),
    ]
    for number in range(20)
    for wish, tool in (("refund", "pay"), ("where is", "look"))
]
MOVES = {"call pay", "call look", "say answer", "say close"}


def encode(texts: Sequence[str]) -> np.ndarray:
    return np.eye(3, dtype=np.float32)[[len(text) % 3 for text in texts]]


def read(folder: Path) -> Foresight:
    kept.learned(COURSES, folder, encode, "toy")
    found = kept.known(COURSES, folder, encode, "toy")
    assert found is not None
    return found


MAKERS: dict[str, Callable[[Path], Foresight]] = {
    "by words": lambda _: foresight.learn(COURSES),
    "by meaning": lambda _: foresight.learn(COURSES, encode),
    "read": read,
}


@pytest.fixture(params=MAKERS)
def foreseeing(request: pytest.FixtureRequest, tmp_path: Path) -> Foresight:
    return MAKERS[request.param](tmp_path)


@pytest.mark.parametrize(
    "course", [[], [Heard("")], COURSES[0][:1], COURSES[0], [Wrote("say unheard of", "?"), Called("call nobody")]]
)
def test_every_move_is_named_once_with_its_probability_the_likeliest_first(
    foreseeing: Foresight, course: Course
) -> None:
    ranked = foreseeing.next(course)
    assert sorted(move for move, _ in ranked) == sorted(MOVES)
    assert sum(share for _, share in ranked) == pytest.approx(1, abs=1e-5)
    assert [share for _, share in ranked] == sorted((share for _, share in ranked), reverse=True)


def test_asked_twice_it_says_the_same(foreseeing: Foresight) -> None:
    assert foreseeing.next(COURSES[1][:2]) == foreseeing.next(COURSES[1][:2])


def test_it_foresees_what_people_did(foreseeing: Foresight) -> None:
    assert foreseeing.next(COURSES[0][:4])[0][0] == "say close"


def test_what_is_read_says_what_was_learned(tmp_path: Path) -> None:
    assert read(tmp_path).next(COURSES[0][:2]) == foresight.learn(COURSES, encode).next(COURSES[0][:2])


def test_what_was_not_learned_is_not_known(tmp_path: Path) -> None:
    assert kept.known(COURSES, tmp_path) is None
    kept.learned(COURSES, tmp_path)
    assert kept.known(COURSES, tmp_path) is not None
    assert kept.known(COURSES[1:], tmp_path) is None
    assert kept.known(COURSES, tmp_path, encode, "toy") is None


def test_learning_that_is_broken_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.learned(COURSES, tmp_path, on_progress=stop)
    assert list(tmp_path.iterdir()) == []
