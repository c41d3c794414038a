"""What people did in past conversations is learned beside the work: nobody waits for it, and it can be broken off."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from segue.knowledge.vectors import Progress
from segue.models.moves.course import Course
from segue.support.moves import NOT_KNOWN_YET, Practice
from segue.wiring.practising import AT_ONCE, Practising, Unwanted, told

LONG_S = 30.0
"""Beyond which a test would have hung."""


class Nobody:
    """A foresight that nobody asks."""

    def next(self, course: Course) -> list[tuple[str, float]]:
        raise AssertionError


KNOWN = Practice(Nobody(), {})


class Lesson:
    """What takes as long as a test lets it."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self, on_progress: Progress) -> Practice:
        self.times += 1
        self.begun.set()
        while not self.may_end.wait(0.001):
            on_progress(0, 1)
        return KNOWN


@pytest.fixture
def lesson() -> Iterator[Lesson]:
    lesson = Lesson()
    yield lesson
    lesson.may_end.set()


def until_ended() -> None:
    """Wait until nothing is learned any longer."""
    for thread in threading.enumerate():
        if thread.name == "segue-practice":
            thread.join(LONG_S)
            assert not thread.is_alive()


def test_whoever_asks_while_it_is_learned_does_without(lesson: Lesson) -> None:
    practising = Practising(lambda: NOT_KNOWN_YET, lesson)
    practising.begin()
    assert lesson.begun.wait(LONG_S)
    assert practising.now() == NOT_KNOWN_YET
    lesson.may_end.set()
    until_ended()
    assert practising.now() is KNOWN


def test_what_was_learned_before_is_known_to_the_first_who_asks(lesson: Lesson) -> None:
    assert Practising(lambda: KNOWN, lesson).now() is KNOWN
    assert Practising(lambda: None, lesson).now() is None
    assert lesson.times == 0


def test_it_is_learned_once_however_often_work_begins(lesson: Lesson) -> None:
    practising = Practising(lambda: NOT_KNOWN_YET, lesson)
    practising.begin()
    practising.begin()
    lesson.may_end.set()
    until_ended()
    practising.begin()
    until_ended()
    assert lesson.times == 1


def test_what_is_broken_off_is_learned_when_work_begins_again(lesson: Lesson) -> None:
    practising = Practising(lambda: NOT_KNOWN_YET, lesson)
    practising.begin()
    assert lesson.begun.wait(LONG_S)
    practising.stop()
    until_ended()
    assert practising.now() == NOT_KNOWN_YET
    lesson.may_end.set()
    practising.begin()
    until_ended()
    assert practising.now() is KNOWN


def test_who_never_began_has_nothing_to_stop(lesson: Lesson) -> None:
    Practising(lambda: NOT_KNOWN_YET, lesson).stop()


def test_where_it_cannot_be_learned_tickets_are_resolved_without_it(caplog: pytest.LogCaptureFixture) -> None:
    def learn(on_progress: Progress) -> Practice:
        raise OSError(28, "No space left on device")

    practising = Practising(lambda: NOT_KNOWN_YET, learn)
    practising.begin()
    until_ended()
    assert practising.now() is None
    assert "No space left on device" in caplog.text


def test_a_process_ends_while_it_is_still_learned() -> None:
    script = """
from threading import Event
from segue.support.moves import NOT_KNOWN_YET
from segue.wiring.practising import Practising
begun = Event()
def learn(on_progress):
    begun.set()
    while True:
        on_progress(0, 1)
Practising(lambda: NOT_KNOWN_YET, learn).begin()
begun.wait()
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=LONG_S, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


# Encoding


def lengths(texts: Sequence[str]) -> np.ndarray:
    return np.array([[len(text)] for text in texts], np.float32)


def test_texts_are_encoded_in_their_order_and_it_is_said_how_far_it_is() -> None:
    texts = ["x" * (n % 90) for n in range(2 * AT_ONCE + 1)]
    heard: list[tuple[int, int]] = []
    encoded = told(lengths, lambda *far: heard.append(far))(texts)
    assert encoded.tolist() == lengths(texts).tolist()
    assert heard == [(0, 2 * AT_ONCE + 1), (AT_ONCE, 2 * AT_ONCE + 1), (2 * AT_ONCE, 2 * AT_ONCE + 1)]


def test_encoding_ends_when_it_is_not_wanted_any_longer() -> None:
    encoded: list[int] = []

    def encode(texts: Sequence[str]) -> np.ndarray:
        encoded.append(len(texts))
        return lengths(texts)

    def once(done: int, _: int) -> None:
        if done:
            raise Unwanted

    with pytest.raises(Unwanted):
        told(encode, once)(["text"] * 3 * AT_ONCE)
    assert encoded == [AT_ONCE]
