"""Log records that say which run, and which step of it, they are about."""

from __future__ import annotations

import logging
from typing import Any

from segue.engine.context import attempt_around, driving

_log = logging.getLogger("segue.engine")


def about(run_id: str, path: str = "") -> logging.LoggerAdapter[logging.Logger]:
    """Return a logger whose records carry the run's id as `run_id`, and the path of a call as `path`."""
    return logging.LoggerAdapter(_log, {"run_id": run_id, "path": path})


class RunContext(logging.Filter):
    """Gives every record that a handler sees a `run_id` and a `path`: `handler.addFilter(RunContext())`.

    They are those of the step or workflow whose code logs, in threads too; empty outside of both. A record that has
    them already, as Segue's own about a run, keeps them.
    """

    def filter(self, record: Any) -> bool:
        """Let every record through, with the two fields."""
        if not hasattr(record, "run_id"):
            record.run_id, record.path = _here()
        return True


def _here() -> tuple[str, str]:
    """Return run id and path of the code that is running."""
    run, scope = driving.here.run, driving.here.scope
    if run is not None and scope is not None:
        return run.run_id, scope.prefix.rstrip(".")
    around = attempt_around()
    return ("", "") if around is None else (around.run_id, around.path)
