"""Approvals: what a person is asked to say yes to, and whose word counts."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final

from pydantic import BaseModel

from segue.plan.origin import Origin
from segue.tools import JSON

AGENT: Final = "segue"
"""Who proposes the actions of a plan."""
AGENTS: Final = frozenset(
    (AGENT, "agent", "ai", "assistant", "automation", "bot", "llm", "model", "robot", "system", "the")
)
"""Words of which the names are made that the agent may go by, such as `the AI-assistant`."""
_DIGITS: Final = 16
"""Of an id: enough that no two requests of a workspace ever share one."""


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    """A question to a person: may this be done, exactly like this?"""

    id: str
    """A digest of run, step, tool and arguments: other arguments are another request."""
    run: str
    step: str
    """Topic and step, and in a loop which item."""
    tool: str
    args: dict[str, JSON]
    origins: dict[str, Origin] = field(default_factory=dict)
    """Where each argument comes from."""
    why: str = ""
    """Why a person is asked."""
    proposer: str = AGENT

    def call(self) -> str:
        """Return the call as it is told to people."""
        return f"{self.tool}({', '.join(f'{name}={value!r}' for name, value in self.args.items())})"

    def sources(self) -> list[str]:
        """Return a line for each argument that says how far it may be believed, and where it comes from."""
        return [f"{name} is {origin}" for name, origin in self.origins.items()]


class Decision(BaseModel):
    """What a person says to a request."""

    approved: bool
    by: str = ""
    """Who they are."""
    reason: str = ""
    request: str = ""
    """The id of the request that they mean; empty for the one that is open."""


def request(
    *, run: str, step: str, tool: str, args: dict[str, JSON], origins: dict[str, Origin], why: str
) -> ApprovalRequest:
    """Return a request with its id."""
    known = json.dumps([run, step, tool, args], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return ApprovalRequest(id=digest, run=run, step=step, tool=tool, args=args, origins=origins, why=why)


def refusal(decision: Decision, open_: ApprovalRequest, *customer: str) -> str:
    """Say why a decision does not count for the open request; empty where it does.

    Args:
        decision: As it came.
        open_: What is asked.
        customer: Id and email address of the ticket's customer; what is not known is empty.
    """
    if decision.request and decision.request != open_.id:
        return f"it is about request {decision.request}, and {open_.id} is open"
    who = _plain(decision.by)
    words = re.findall(r"\w+", who)
    if (words and AGENTS.issuperset(words)) or who == _plain(open_.proposer):
        return "who proposes an action does not approve it"
    theirs = {_plain(name) for name in customer if name.strip()}
    if {who, _plain(parseaddr(decision.by)[1])} & theirs:
        return "the ticket's customer does not decide about it"
    return ""


def _plain(name: str) -> str:
    """Return a name without what makes no difference: case, space, and in a word what stands for space."""
    plain = name.casefold().strip()
    return plain if "@" in plain else " ".join(plain.replace("_", " ").replace("-", " ").split())
