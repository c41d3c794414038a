"""The world as it was recorded: a tool gives what it gave then, and what nobody called then is unrecorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

from segue.backtest.case import Call, Case
from segue.errors import PermanentError
from segue.tools.integrity import Integrity
from segue.tools.schema import JSON
from segue.tools.tool import Tool, ToolArgumentError, ToolResultError

_WORDS = re.compile(r"\w+")


class Unrecorded(PermanentError):
    """Nobody made this call then: what it would have given is not known."""


@dataclass
class Recording:
    """The case that is being played."""

    case: Case | None = None
    unrecorded: list[Call] = field(default_factory=list)

    def begin(self, case: Case) -> None:
        """Play another case."""
        self.case = case
        self.unrecorded = []


@dataclass(frozen=True, kw_only=True)
class RecordedTool(Tool):
    """A tool that gives what was recorded, and does nothing."""

    recording: Recording

    async def call(self, args: Mapping[str, JSON]) -> JSON:
        """Return the recorded result of this call.

        Raises:
            ToolArgumentError: An argument does not fit.
            Unrecorded: The call was not made then, or what it gave was not written down.
        """
        self.arguments(args)
        case = self.recording.case
        found = next((call for call in case.calls if is_same(self, call, args)), None) if case else None
        if found is not None:
            with suppress(ToolResultError):
                return self.encode(found.result)
        asked = Call(tool=self.name, args=dict(args))
        self.recording.unrecorded.append(asked)
        raise Unrecorded(f"{asked} is not among what was recorded")


def recorded(tools: Mapping[str, Tool], recording: Recording) -> dict[str, Tool]:
    """Return tools of the same declarations that give what was recorded, as fast as they are asked."""
    return {
        name: RecordedTool(
            **{each.name: getattr(tool, each.name) for each in fields(Tool)} | {"rate": None}, recording=recording
        )
        for name, tool in tools.items()
    }


def is_same(tool: Tool, call: Call, args: Mapping[str, Any]) -> bool:
    """Say whether a recorded call is the one with these arguments.

    Arguments are compared as the tool's own types: £64.00 is £64.0. What a customer may say in their own words, such
    as an address, is the same where the words of the one are all among those of the other.
    """
    if call.tool != tool.name:
        return False
    try:
        theirs, ours = tool.arguments(dict(call.args)), tool.arguments(dict(args))
    except ToolArgumentError:
        return False
    return all(
        left == right or (parameter.integrity is Integrity.FROM_CUSTOMER and _are_alike(left, right))
        for parameter, left, right in zip(tool.parameters, theirs, ours, strict=True)
    )


def _are_alike(left: object, right: object) -> bool:
    one, other = (set(_WORDS.findall(str(value).lower())) for value in (left, right))
    return bool(one and other) and (one <= other or other <= one)
