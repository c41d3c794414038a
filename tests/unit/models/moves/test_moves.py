"""Moves: what people did in a conversation is foreseen in another one that stands like it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from segue.models.moves import foresight, kept
from segue.models.moves.course import Called, Course, Heard, Turn, Wrote
from segue.models.moves.foresight import Foresight
from segue.models.moves.signs import after, before_moves, words_of

ASKS = ("my parcel is late", "where is the parcel", "that parcel has not come")
PAYS = ("refund me", "i want a refund", "a refund for it please")


def conversation(chance: random.Random, *, pays: bool, fails: bool) -> list[Turn]:
    """Return one: a question for the number, a call, and a reply that depends on the request and the call's result."""
    number = str(chance.randint(100, 999))
    tool = "refund" if pays else "lookup"
    return [
        Heard(chance.choice(PAYS if pays else ASKS)),
        Wrote("ask number", "Which number?"),
        Heard(f"it is {number}"),
        Called(tool, {"number": number}, {"state": "failed" if fails else "done"}),
        Wrote("sorry" if fails else f"{tool} told", "Here you are."),
        Heard(chance.choice(("thanks", "thank you, bye"))),
        Wrote("goodbye", "Goodbye."),
    ]


def conversations(count: int, seed: int = 7) -> list[list[Turn]]:
    chance = random.Random(seed)  # noqa: S311 (nothing is secret)
    return [conversation(chance, pays=n % 2 == 0, fails=n % 3 == 0) for n in range(count)]


@pytest.fixture(scope="module")
def learned() -> Foresight:
    return foresight.learn(conversations(120))


def foreseen(learned: Foresight, course: Course) -> str:
    return learned.next(course)[0][0]


def test_the_next_move_depends_on_what_the_customer_wants(learned: Foresight) -> None:
    asked = [Wrote("ask number", "Which number?"), Heard("it is 555")]
    assert foreseen(learned, [Heard("i want a refund"), *asked]) == "refund"
    assert foreseen(learned, [Heard("where is the parcel"), *asked]) == "lookup"


def test_it_depends_on_what_was_done_and_what_came_of_it(learned: Foresight) -> None:
    course = conversations(6, seed=8)[4]
    assert foreseen(learned, course[:1]) == "ask number"
    assert foreseen(learned, course[:4]) == "refund told"
    failed = Called("refund", {"number": "100"}, {"state": "failed"})
    assert foreseen(learned, [*course[:3], failed]) == "sorry"
    assert foreseen(learned, course[:6]) == "goodbye"


def test_every_move_has_a_probability_and_they_add_up(learned: Foresight) -> None:
    ranked = learned.next([Heard("something quite different")])
    assert {move for move, _ in ranked} == {
        "ask number",
        "refund",
        "lookup",
        "refund told",
        "lookup told",
        "sorry",
        "goodbye",
    }
    assert sum(share for _, share in ranked) == pytest.approx(1, abs=1e-5)
    assert ranked == sorted(ranked, key=lambda entry: -entry[1])


def test_before_anything_was_said_something_is_foreseen_too(learned: Foresight) -> None:
    assert len(learned.next([])) == len(learned.moves)


def test_the_same_conversations_teach_the_same(learned: Foresight) -> None:
    course = conversations(1, seed=9)[0][:3]
    assert foresight.learn(conversations(120)).next(course) == learned.next(course)


def test_meaning_tells_apart_what_no_word_does() -> None:
    def encode(texts: Sequence[str]) -> np.ndarray:
        words = ("refund", "cash", "parcel", "box")
        means = [next((n // 2 for n, word in enumerate(words) if word in text), 2) for text in texts]
        return np.eye(3, dtype=np.float32)[means]

    learned = foresight.learn(conversations(120), encode)
    asked = [Wrote("ask number", "Which number?"), Heard("it is 555")]
    assert foreseen(learned, [Heard("give my cash back"), *asked]) == "refund"
    assert foreseen(learned, [Heard("no box yet"), *asked]) == "lookup"


@pytest.mark.parametrize(
    "course", [[], [Heard("hello")], [Heard("hello"), Wrote("hello"), Heard("you"), Wrote("hello")]]
)
def test_from_fewer_than_two_different_moves_nothing_is_learned(course: Course) -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        foresight.learn([course])


# What is seen


def test_a_move_is_not_among_the_signs_before_it() -> None:
    course = conversations(1)[0]
    for before, move in before_moves(course):
        assert f"ago 0 {move}" not in before.events
    assert [move for _, move in before_moves(course)] == ["ask number", "refund", "sorry", "goodbye"]


def test_the_end_of_a_conversation_shows_what_would_be_seen_before_its_next_move() -> None:
    course = conversations(1)[0]
    places = [n for n, turn in enumerate(course) if not isinstance(turn, Heard)]
    assert [after(course[:n]) for n in places] == [before for before, _ in before_moves(course)]


def test_numbers_of_as_many_digits_look_alike_and_words_have_no_case() -> None:
    assert words_of("Order 481000, NOW!") == words_of("order 123456 now !") == ["order", "0" * 6, "now", "!"]


def test_what_a_call_returned_counts_as_new_until_the_customer_writes_again() -> None:
    call = Called("pay", {"to": "me"}, {"state": "done", "note": "x" * 100})
    assert {"now field state done", "now field note", "calls 1", "called pay"} <= set(after([Heard("a"), call]).events)
    assert {"before field state done", "calls 0"} <= set(after([Heard("a"), call, Heard("b")]).events)


def test_a_result_that_is_no_object_is_seen_by_its_kind() -> None:
    assert "now result list" in after([Called("find", {}, [1, 2])]).events


# On disk


def test_what_was_learned_is_read_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = conversations(60)
    first = kept.learned(talks, tmp_path)
    monkeypatch.setattr(foresight, "learn", lambda *_: pytest.fail("it was learned again"))
    assert kept.learned(talks, tmp_path).next(talks[0][:3]) == first.next(talks[0][:3])


def test_other_conversations_another_encoder_or_a_broken_file_are_learned_anew(tmp_path: Path) -> None:
    talks = conversations(60)
    kept.learned(talks, tmp_path)
    kept.learned(talks[1:], tmp_path)
    kept.learned(talks, tmp_path, None, "another")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    for file in files:
        file.write_bytes(b"PK broken")
    assert kept.learned(talks, tmp_path).next(talks[0][:1])[0][0] == "ask number"
