"""Placeholders for personal data: the same text gets the same one all through a request, and comes back exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from segue.redaction.personal import NOBODY, Personal, find

PLACEHOLDER = re.compile(r"\[(?:EMAIL|IBAN|CARD|ID|PHONE|IP|CUSTOMER|NAME)_\d{1,6}\]")


def redact(texts: Iterable[tuple[str, Personal]], *, region: str = "") -> Redacted:
    """Return texts that belong together with their personal data replaced, `[EMAIL_1]` and the like.

    What looks like a placeholder in the texts stays as it is and stands for nothing: its number is not given again.
    Of any text `x` it holds that `redacted.restore(redacted.texts[i]) == x`.

    Args:
        texts: All that is sent together, each with what is known of the customer and is to be hidden in it.
        region: As for `find`.
    """
    given = list(texts)
    redacted = Redacted({match for text, _ in given for match in PLACEHOLDER.findall(text)}, region)
    redacted.texts = tuple(redacted.hide(text, personal) for text, personal in given)
    return redacted


def untouched(texts: Iterable[str]) -> Redacted:
    """Return texts as they are, where nothing is to be hidden."""
    redacted = Redacted((), "", is_hiding=False)
    redacted.texts = tuple(texts)
    return redacted


class Redacted:
    """Texts without their personal data, and the way back."""

    def __init__(self, literal: Iterable[str], region: str, *, is_hiding: bool = True) -> None:
        """Begin without any text; `literal` are placeholders that the texts hold themselves."""
        self.texts: tuple[str, ...] = ()
        """As they may be sent, in the order given."""
        self._literal = frozenset(literal)
        self._region = region
        self._is_hiding = is_hiding
        self._placeholders: dict[tuple[str, str], str] = {}
        self._originals: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def hide(self, text: str, personal: Personal = NOBODY) -> str:
        """Return a further text of the same request; what was hidden before gets the same placeholder."""
        if not self._is_hiding:
            return text
        pieces, end = [], 0
        for found in find(text, personal, region=self._region):
            pieces += [text[end : found.start], self._placeholder(found.kind, found.text)]
            end = found.end
        return "".join([*pieces, text[end:]])

    def restore(self, text: str) -> str:
        """Return a text with everything in it that was hidden; placeholders that stand for nothing stay."""
        return PLACEHOLDER.sub(lambda match: self._originals.get(match[0], match[0]), text)

    def restored(self, value: Any) -> Any:
        """Return a JSON value with everything that was hidden, in texts at any depth, keys too."""
        match value:
            case str():
                return self.restore(value)
            case list():
                return [self.restored(item) for item in value]
            case dict():
                return {self.restore(key): self.restored(item) for key, item in value.items()}
            case _:
                return value

    def invented(self, text: str) -> tuple[str, ...]:
        """Return the placeholders of an answer that stand for nothing, and were in none of the texts."""
        found = dict.fromkeys(PLACEHOLDER.findall(text) if self._is_hiding else ())
        return tuple(one for one in found if one not in self._originals and one not in self._literal)

    def _placeholder(self, kind: str, original: str) -> str:
        known = self._placeholders.get((kind, original))
        if known is not None:
            return known
        while True:
            number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
            made = f"[{kind}_{number}]"
            if made not in self._literal:
                break
        self._placeholders[kind, original] = made
        self._originals[made] = original
        return made
