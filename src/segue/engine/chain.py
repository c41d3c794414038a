"""Runs that go on as a new one: a journal need not grow for ever."""

from __future__ import annotations

import re
from typing import Any, Never

from segue.engine.workflow import Workflow

_LINK = re.compile(r"(.*)~(\d{1,9})", re.DOTALL)


class ContinueAs:
    """Returned by a workflow that goes on as a new run of itself."""

    __slots__ = ("args", "kwargs")

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs

    def encoded(self, workflow: Workflow[..., Any]) -> bytes:
        """Return the next run's arguments as JSON.

        Raises:
            TypeError: They do not fit the workflow.
            CodecError: One is not of its declared type, or could not be read back.
        """
        signature = workflow.signature
        encoded = signature.encode(signature.bind(self.args, self.kwargs))
        signature.decode(encoded)
        return encoded


def continue_as(*args: Any, **kwargs: Any) -> Never:
    """End this run as `continued` and start the next of its chain, when its workflow returns this.

    The next run is of the same workflow, begins with an empty journal and gets the signals that were not consumed.
    Its id is this one's and `~2`, then `~3`; handles, signals and `cancel` under the first id follow the chain.

    Args:
        args: Of the workflow, for the next run.
        kwargs: The same, by name.
    """
    return ContinueAs(args, kwargs)  # type: ignore[misc]  # so that any workflow may return it, whatever it declares


def predecessor(run_id: str) -> str | None:
    """Return the id of the run that comes before this one, by its name; `None` for what can only be a first one."""
    found = _LINK.fullmatch(run_id)
    if found is None or int(found[2]) < 2:
        return None
    return found[1] if int(found[2]) == 2 else f"{found[1]}~{int(found[2]) - 1}"


def successor(run_id: str) -> str:
    """Return the id of the run that comes after this one in its chain."""
    found = _LINK.fullmatch(run_id)
    return f"{run_id}~2" if found is None else f"{found[1]}~{int(found[2]) + 1}"
