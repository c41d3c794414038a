"""A text that is used and never shown."""

from __future__ import annotations

from typing import Final, NoReturn

SHOWN: Final = "***"
"""What stands where a secret was."""


class Secret:
    """A password, token or key: it is not printed, compared, pickled or written as JSON by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({SHOWN})"

    def __str__(self) -> str:
        return SHOWN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")
