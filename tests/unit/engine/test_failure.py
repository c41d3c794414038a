"""Errors as the journal keeps them, and as they are made again."""

import json
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.engine.failure import MESSAGE_CHARACTERS, RecordedError, describe, message, own_frames, restore, step_error
from segue.errors import InDoubt, PermanentError, StepFailed, StepTimeout


class Declined(Exception):
    """An error with facts, made by keyword."""

    def __init__(self, reason: str, *, code: int, details: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.details = details or {}


class TwoArguments(Exception):
    """An error that cannot be made from its message alone."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(one, two)
        self.total = one + two


class WithAnObject(Exception):
    """An error that holds what has no JSON form."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.request = object()


class Unreadable(Exception):
    """An error that fails to say what it is."""

    def __str__(self) -> str:
        raise ValueError("no")


class Refusing(Exception):
    """An error that cannot be made without its constructor."""

    def __new__(cls, *args: object) -> Self:
        if len(args) != 2:
            raise TypeError("two, please")
        return super().__new__(cls, *args)

    def __init__(self, *args: object) -> None:
        super().__init__("a message of its own")


def again(error: BaseException) -> BaseException:
    """As it comes back from the journal."""
    return restore(json.loads(json.dumps(describe(error))))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no such order"),
        ValueError(),
        KeyError("order"),
        PermanentError("closed"),
        Declined("limit", code=402, details={"limit": 100}),
        TwoArguments(1, 2),
        OSError(2, "No such file"),
        TimeoutError(),
        InDoubt("who knows", step="refund", key="r:0"),
        UnicodeError("é\ud800"),
        ValueError(("nested", 1)),
    ],
    ids=repr,
)
def test_an_error_comes_back_with_its_class_message_and_facts(error: BaseException) -> None:
    back = again(error)
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_an_error_that_holds_objects_comes_back_with_its_message() -> None:
    back = again(WithAnObject("bad gateway"))
    assert isinstance(back, WithAnObject)
    assert str(back) == "bad gateway"


@pytest.mark.parametrize(
    ("described", "says"),
    [
        ({"type": "nowhere.at_all:Gone", "message": "it was"}, "Gone: it was"),
        ({"type": "tests:f.<locals>.Local", "message": "it was"}, "Local: it was"),
        ({"type": "json:loads", "message": "no error"}, "loads: no error"),
        ({"type": "builtins:int", "message": "no error"}, "int: no error"),
        ({"type": "", "message": "nothing known"}, "nothing known"),
        ({}, ""),
    ],
)
def test_a_class_that_is_not_loaded_is_stood_for(described: dict[str, Any], says: str) -> None:
    back = restore(described)
    assert type(back) is RecordedError
    assert says in str(back)


def test_a_class_that_cannot_be_made_is_stood_for() -> None:
    back = again(Refusing("a", "b"))
    assert type(back) is RecordedError
    assert "Refusing: a message of its own" in str(back)


@pytest.mark.parametrize(
    "error",
    [ExceptionGroup("two things", [ValueError("a")]), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")],
    ids=repr,
)
def test_an_error_that_cannot_be_made_again_keeps_its_message(error: Exception) -> None:
    assert str(error) in str(again(error))


def test_an_error_that_cannot_be_printed_is_still_described() -> None:
    assert "no readable message" in describe(Unreadable())["message"]
    assert message(Unreadable())


def test_a_class_is_never_imported_for_a_journals_sake() -> None:
    import sys

    assert "antigravity" not in sys.modules
    restore({"type": "antigravity:Error", "message": ""})
    assert "antigravity" not in sys.modules


def test_a_long_message_is_cut() -> None:
    assert len(describe(ValueError("x" * 50_000))["message"]) == MESSAGE_CHARACTERS


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5).filter(bool))
def test_any_plain_argument_comes_back(argument: Any) -> None:
    assert again(ValueError(argument)).args == (argument,)


def test_a_permanent_error_and_a_doubt_reach_the_workflow_as_themselves() -> None:
    for cause in (PermanentError("no"), InDoubt("who knows")):
        assert step_error("work", 1, describe(cause), cause, timed_out=False) is cause


@pytest.mark.parametrize(
    ("attempts", "timed_out", "kind", "says"),
    [
        (1, False, StepFailed, "step 'work' was tried once and failed: ValueError: no"),
        (3, False, StepFailed, "step 'work' was tried 3 times and failed: ValueError: no"),
        (2, True, StepTimeout, "step 'work' was tried 2 times and timed out: ValueError: no"),
    ],
)
def test_other_errors_reach_it_as_step_failed(attempts: int, timed_out: bool, kind: type, says: str) -> None:
    cause = ValueError("no")
    error = step_error("work", attempts, describe(cause), cause, timed_out=timed_out)
    assert type(error) is kind
    assert str(error) == says
    assert error.__cause__ is cause


def test_frames_name_files_without_their_folders() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        (frame,) = own_frames(error)
    assert frame.startswith("test_failure.py:")
