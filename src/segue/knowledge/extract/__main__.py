"""The process that reads one file: bytes on standard input, parts as JSON on standard output."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import sys
from dataclasses import astuple

from segue.knowledge.extract.part import Part, Unreadable

MEMORY_BYTES = 1_500_000_000
PROCESSOR_S = 60


def main() -> None:
    """Read, within limits that this process cannot lift again."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, PROCESSOR_S)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    logging.disable()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="surrogatepass")
    os.dup2(2, 1)  # whatever a library prints
    sys.stdout = sys.stderr
    data = sys.stdin.buffer.read()
    try:
        found = _parts(sys.argv[1], data)
    except Unreadable as unreadable:
        answer: object = {"code": unreadable.code, "message": unreadable.message}
    except (MemoryError, RecursionError):
        answer = {"code": "K114", "message": "it takes too much memory to read"}
    except Exception as error:  # noqa: BLE001 (whatever a library raises: the file is what is wrong)
        message = f"it cannot be read as {sys.argv[1].upper()}: {type(error).__name__}: {str(error)[:150]}"
        answer = {"code": "K115", "message": " ".join(message.split())}
    else:
        parts, title, language = found
        answer = {"parts": [astuple(part) for part in parts], "title": title, "language": language}
    output.write(json.dumps(answer))
    output.flush()


def _parts(kind: str, data: bytes) -> tuple[list[Part], str | None, str | None]:
    if kind == "pdf":
        from segue.knowledge.extract import pdf  # noqa: PLC0415 (only what is needed)

        return pdf.parts(data)
    from segue.knowledge.extract import docx  # noqa: PLC0415

    return docx.parts(data)


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system without this limit has the parent's clock
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
