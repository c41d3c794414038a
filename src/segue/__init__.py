"""Segue coordinates AI models, tools, knowledge and people into one durable, auditable flow.

The public names stand here and are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segue.engine.budget import Budget as Budget
    from segue.engine.calls import gather as gather
    from segue.engine.calls import map_concurrent as map_concurrent
    from segue.engine.calls import sleep as sleep
    from segue.engine.calls import wait_for_signal as wait_for_signal
    from segue.engine.chain import continue_as as continue_as
    from segue.engine.child import run_child as run_child
    from segue.engine.context import attempt_deadline as attempt_deadline
    from segue.engine.context import idempotency_key as idempotency_key
    from segue.engine.context import now as now
    from segue.engine.context import patched as patched
    from segue.engine.context import random as random
    from segue.engine.context import uuid4 as uuid4
    from segue.engine.engine import Engine as Engine
    from segue.engine.logs import RunContext as RunContext
    from segue.engine.queues import Queue as Queue
    from segue.engine.retry import RetryPolicy as RetryPolicy
    from segue.engine.step import Done as Done
    from segue.engine.step import Unknown as Unknown
    from segue.engine.step import step as step
    from segue.engine.workflow import workflow as workflow
    from segue.errors import NotDone as NotDone
    from segue.tools.declare import tool as tool
    from segue.tools.integrity import Free as Free
    from segue.tools.integrity import FromCustomer as FromCustomer
    from segue.tools.integrity import Trusted as Trusted

_PUBLIC = {
    "Budget": "engine.budget",
    "Done": "engine.step",
    "Engine": "engine.engine",
    "Free": "tools.integrity",
    "FromCustomer": "tools.integrity",
    "NotDone": "errors",
    "Queue": "engine.queues",
    "RetryPolicy": "engine.retry",
    "RunContext": "engine.logs",
    "Trusted": "tools.integrity",
    "Unknown": "engine.step",
    "attempt_deadline": "engine.context",
    "continue_as": "engine.chain",
    "gather": "engine.calls",
    "idempotency_key": "engine.context",
    "map_concurrent": "engine.calls",
    "now": "engine.context",
    "patched": "engine.context",
    "random": "engine.context",
    "run_child": "engine.child",
    "sleep": "engine.calls",
    "step": "engine.step",
    "tool": "tools.declare",
    "uuid4": "engine.context",
    "wait_for_signal": "engine.calls",
    "workflow": "engine.workflow",
}

__all__ = sorted(_PUBLIC)  # noqa: PLE0605 (a list of the names above)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module 'segue' has no attribute {name!r}")
    value = getattr(import_module(f"segue.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
