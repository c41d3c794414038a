"""What entries hold, as JSON: read and written without decoding more of it than is asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from segue.engine.journal import Record

_DECODER = json.JSONDecoder()


def value_of(record: Record) -> bytes:
    """Return the value of a signal's entry, as JSON."""
    payload = record.payload or b""
    return payload[payload.index(b',"value":') + len(b',"value":') : -1]


def microseconds(duration: timedelta | None) -> int:
    """Return a duration as entries hold it; none is 0."""
    return 0 if duration is None else duration // timedelta(microseconds=1)


def fields_of(payload: bytes | None) -> dict[str, Any]:
    """Read a payload, or what follows its arguments."""
    text = payload or b"{}"
    fields: dict[str, Any] = json.loads(text if text[:1] == b"{" else b"{" + text[1:])
    return fields


def end_of_args(payload: bytes) -> int:
    """Return where the arguments that a payload begins with end, as an index of bytes."""
    start = len(b'{"args":')
    if payload.find(b"]") == len(payload) - 2 and payload.startswith(b"[", start):
        return len(payload) - 1  # no other bracket is closed: nothing follows, and to read them takes its time
    text = payload[start:].decode()
    _, end = _DECODER.raw_decode(text)
    return start + (end if text.isascii() else len(text[:end].encode()))


def split(payload: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return the arguments that a payload begins with, as JSON, and its other fields."""
    end = end_of_args(payload)
    rest = payload[end:]
    return payload[len(b'{"args":') : end], {} if rest == b"}" else fields_of(rest)


def beside_args(payload: bytes) -> dict[str, Any]:
    """Return the other fields of a payload that begins with arguments."""
    return split(payload)[1]


def result_of(payload: bytes) -> bytes:
    """Return the result of a run's last entry, as JSON."""
    start = len(b'{"result":')
    if b',"unread":[' not in payload:
        return payload[start:-1]
    text = payload[start:].decode()
    return text[: _DECODER.raw_decode(text)[1]].encode()


def more_fields(fields: dict[str, Any]) -> bytes:
    """Return fields as they stand behind others in a payload."""
    return b"," + json.dumps(fields).encode()[1:-1] if fields else b""


def start_payload(module: str, encoded: bytes, more: bytes) -> bytes:
    """Return what a `start` message carries: the workflow's arguments and module, and what else the run is given."""
    return b'{"args":%s,"module":%s%s}' % (encoded, json.dumps(module).encode(), more)


def start_fields(payload: bytes) -> tuple[str, bytes, bytes]:
    """Return module and arguments of a `start` message, and what else the run is given."""
    encoded, fields = split(payload)
    module = fields.pop("module")
    return module, encoded, more_fields(fields)
