"""Running a verified plan: what it acts on, what it did, how it ended."""

from segue.plan.execute.ended import Call, Ended, Leave, NotTheirs, Taken, escalate
from segue.plan.execute.execution import execute
from segue.plan.execute.lookups import Lookups
from segue.plan.execute.world import World

__all__ = ["Call", "Ended", "Leave", "Lookups", "NotTheirs", "Taken", "World", "escalate", "execute"]
