"""Signed heads: how far the workspace chain had come at a time, said by whoever has the key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from segue.engine.journal import from_us
from segue.engine.signature import PrivateKey, is_signed
from segue.engine.workspace import WorkspaceRecord
from segue.errors import UsageError

FORMAT = "segue-head-1"


@dataclass(frozen=True, kw_only=True)
class Head:
    """A head as it is published; an audit against it proves everything up to its entry."""

    format: str = FORMAT
    seq: int
    """Of the last entry of the workspace chain then."""
    hash: str
    """Of that entry: 64 hexadecimal digits."""
    at: str
    """Its time, ISO 8601 in UTC."""
    key: str
    """Public, of whoever signed: 64 hexadecimal digits."""
    signature: str
    """Ed25519, over `text`: 128 hexadecimal digits."""

    @property
    def text(self) -> str:
        """What is signed."""
        return "\n".join((self.format, str(self.seq), self.hash, self.at, self.key))

    @property
    def line(self) -> str:
        """The head as one line of JSON."""
        return json.dumps(asdict(self))

    def is_signed_by(self, key: str) -> bool:
        """Say whether the owner of this public key signed it."""
        return self.key == key and is_signed(self.text, self.signature, key)


def signed(record: WorkspaceRecord, key: PrivateKey) -> Head:
    """Return the head that an entry of the workspace chain is."""
    at = from_us(record.at_us).isoformat().replace("+00:00", "Z")
    bare = Head(seq=record.seq, hash=record.hash.hex(), at=at, key=key.public, signature="")
    return Head(**asdict(bare) | {"signature": key.sign(bare.text)})


def heads(text: str) -> list[Head]:
    """Return the heads in a text, one a line; empty lines are nothing.

    Raises:
        UsageError: A line holds something else, or there is none.
    """
    found = [_head(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not found:
        raise UsageError("there is no head: `segue audit head` prints one")
    return found


def _head(line: str, number: int) -> Head:
    try:
        read = json.loads(line)
    except ValueError:
        read = None
    if not _is_head(read):
        raise UsageError(f"line {number} is no head as `segue audit head` prints it: {line[:60]}")
    return Head(**{name: read[name] for name in Head.__dataclass_fields__})


def _is_head(read: Any) -> bool:
    digits = {"hash": 64, "key": 64, "signature": 128}
    return (
        isinstance(read, Mapping)
        and read.get("format") == FORMAT
        and type(read.get("seq")) is int
        and read["seq"] >= 0
        and isinstance(read.get("at"), str)
        and all(re.fullmatch(f"[0-9a-f]{{{n}}}", str(read.get(name))) for name, n in digits.items())
    )
