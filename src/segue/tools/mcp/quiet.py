"""The library's log records, which may hold a peer's own words: passed on as ours, on one line, without tracebacks."""

from __future__ import annotations

import logging
from typing import Final

from segue.tools.unfold import one_line

_THEIRS: Final = ("mcp", "client")
"""The loggers above all of the library's; `client` is its session's."""
_log = logging.getLogger("segue.mcp")


class _Relay(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        level = min(record.levelno, logging.INFO)  # what goes wrong is raised where it matters
        _log.log(level, "%s: %s", record.name, one_line(record.getMessage(), 300))


def quieten() -> None:
    """Let the library's records go this way from now on; a second time changes nothing."""
    for name in _THEIRS:
        logger = logging.getLogger(name)
        if not any(isinstance(handler, _Relay) for handler in logger.handlers):
            logger.addHandler(_Relay())
            logger.propagate = False
