"""What was recorded of a call, held against the call that is made now."""

from __future__ import annotations

from segue.engine.codec import Signature
from segue.engine.journal import Record
from segue.engine.payloads import end_of_args
from segue.engine.tree import Pending
from segue.errors import CodecError, NondeterminismError


def after_args(record: Record, pending: Pending, signature: Signature) -> bytes:
    """Return what follows a call's arguments in its entry.

    Raises:
        NondeterminismError: They are not those that it is called with now.
    """
    payload = record.payload or b""
    start = len(b'{"args":')
    end = start + len(pending.form)
    if payload[start:end] == pending.form and payload[end : end + 1] in b",}":
        return payload[end:]
    recorded = payload[start : end_of_args(payload)]
    try:
        is_same = signature.decode(recorded) == signature.decode(pending.encoded)
    except CodecError:
        is_same = False
    if not is_same:
        raise NondeterminismError(
            f"run {record.run_id}: {pending.call} at path {record.path} was recorded with arguments "
            f"{recorded[:200].decode(errors='replace')} and called with "
            f"{pending.encoded[:200].decode(errors='replace')}: its arguments must follow from the workflow's own"
        )
    return payload[start + len(recorded) :]
