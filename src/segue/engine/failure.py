"""Exceptions as the journal keeps them, and exceptions made from it again."""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from segue.errors import BudgetExceeded, InDoubt, PermanentError, SegueError, StepFailed, StepTimeout

MESSAGE_CHARACTERS = 10_000
"""Longer messages are cut: an error is evidence, not a place for data."""


class RecordedError(SegueError):
    """Stands for an exception whose class this process does not have; the message says what it was."""


def message(error: BaseException) -> str:
    """Return what an exception says, also of one that fails to say it."""
    try:
        text = str(error)[:MESSAGE_CHARACTERS]
    except Exception:  # noqa: BLE001 (an error that cannot be printed is no reason to lose it)
        return "it has no readable message"
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()  # half a character has no UTF-8


def describe(error: BaseException) -> dict[str, Any]:
    """Return an exception as JSON: its type and message, and its arguments where they are plain."""
    kind = type(error)
    described: dict[str, Any] = {
        "type": f"{kind.__module__}:{kind.__qualname__}",
        "message": message(error),
    }
    try:
        args = json.loads(json.dumps(error.args, allow_nan=False))
        fields = json.loads(json.dumps(vars(error), allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return described
    if tuple(args) == error.args and args != [described["message"]]:
        described["args"] = args
    if fields:
        described["fields"] = fields
    return described


def restore(described: dict[str, Any]) -> BaseException:
    """Return the exception that was described: of its own class where that is loaded, made without calling it."""
    kind = _class(str(described.get("type", "")))
    text = str(described.get("message", ""))
    if kind is None:
        return RecordedError(f"{str(described.get('type', '')).rpartition(':')[2]}: {text}")
    args = tuple(described.get("args", [text] if text else []))
    try:
        error = kind.__new__(kind, *args)
        error.args = args
        vars(error).update(described.get("fields", {}))
    except Exception:  # noqa: BLE001 (a class may do anything when made; its record is still readable)
        return RecordedError(f"{kind.__qualname__}: {text}")
    if text and not message(error):  # what it says was in what only its constructor sets
        return RecordedError(f"{kind.__qualname__}: {text}")
    return error


def _class(name: str) -> type[BaseException] | None:
    module, _, qualname = name.partition(":")
    found: Any = sys.modules.get(module)  # never imported: a journal decides nothing about what code is loaded
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def step_error(
    step: str, attempts: int, described: dict[str, Any], cause: BaseException, *, timed_out: bool
) -> BaseException:
    """Return what the workflow sees when a step's last attempt failed, the same live and at replay.

    Args:
        step: Its name.
        attempts: How often it ran.
        described: The last attempt's error as the journal has it.
        cause: The same error, as an exception.
        timed_out: Whether time ended it.
    """
    if isinstance(cause, PermanentError | InDoubt | BudgetExceeded):
        return cause
    times = "once" if attempts == 1 else f"{attempts} times"
    kind, verb = (StepTimeout, "timed out") if timed_out else (StepFailed, "failed")
    what = described["type"].rpartition(":")[2]
    error = kind(f"step {step!r} was tried {times} and {verb}: {what}: {described['message']}")
    error.__cause__ = cause
    return error


def own_frames(error: BaseException) -> list[str]:
    """Where the workflow failed, without the engine's own frames: file name, line and function."""
    here = str(Path(__file__).parent)
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames if not f.filename.startswith(here)][-20:]
