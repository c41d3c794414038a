"""Values of a schema by chance, the same again for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

JSON = Any


def values(schema: JSON, seed: str, words: Sequence[str], numbers: Sequence[int]) -> JSON:
    """Return a value of a schema.

    Args:
        schema: JSON Schema, as tools and model steps declare it.
        seed: Says which one.
        words: Texts that a plan tells apart; others come too.
        numbers: Likewise.
    """
    return _Maker(schema, random.Random(seed), words, numbers).of(schema, 0)  # noqa: S311 (nothing is secret)


class _Maker:
    def __init__(self, root: JSON, chance: random.Random, words: Sequence[str], numbers: Sequence[int]) -> None:
        self._root = root
        self._chance = chance
        self._words = words
        self._numbers = numbers

    def of(self, schema: JSON, depth: int) -> JSON:
        match schema:
            case {"$ref": str(name)}:
                return self.of(self._root["$defs"][name.rpartition("/")[2]], depth)
            case {"anyOf": [*parts]} | {"oneOf": [*parts]}:
                return self.of(self._chance.choice(parts), depth)
            case {"enum": [*choices]}:
                return self._chance.choice(choices)
            case {"type": [*kinds]}:
                return self.of({**schema, "type": self._chance.choice(kinds)}, depth)
            case {"type": "array"}:
                return [self.of(schema.get("items", {}), depth + 1) for _ in range(self._chance.randint(1, 3))]
            case {"type": "object"}:
                return self._record(schema, depth)
        return self._scalar(schema)

    def _record(self, schema: JSON, depth: int) -> JSON:
        if "properties" in schema:
            return {name: self.of(part, depth + 1) for name, part in schema["properties"].items()}
        extra = schema.get("additionalProperties")
        return {self.word(): self.of(extra if isinstance(extra, dict) else {"type": "string"}, depth + 1)}

    def _scalar(self, schema: JSON) -> JSON:
        if isinstance(schema, dict) and "const" in schema:
            return schema["const"]
        kind = schema.get("type") if isinstance(schema, dict) else None
        if kind == "string" and schema.get("format") == "decimal":
            return f"{self._chance.randint(1, 40_000) / 100:.2f}"
        if kind == "integer":
            return self._number()
        if kind == "number":
            return self._number() + 0.5
        if kind == "boolean":
            return self._chance.random() < 0.5
        return None if kind == "null" else self.word()

    def _number(self) -> int:
        near = self._chance.choice(self._numbers) if self._numbers else 0
        return self._chance.choice((near - 1, near, near + 1, self._chance.randint(0, 500)))

    def word(self) -> str:
        """Return a text: often one that the plan looks for, sometimes none at all."""
        if self._words and self._chance.random() < 0.6:
            return self._chance.choice(self._words)
        return self._chance.choice(("", f"w{self._chance.randint(0, 10**9)}", f"w{self._chance.randint(0, 10**9)}"))
