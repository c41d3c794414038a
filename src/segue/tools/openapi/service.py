"""An HTTP service as `segue.toml` names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from segue.tools.remote import Terms

ALL = ("*",)
"""Stands for every operation that there is."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """What the company says of a service; what it does not say has its safest meaning."""

    name: str
    description: str
    """Path of its document in the workspace, or a URL."""
    url: str = ""
    """Where it is reached, if not where the document says."""
    auth: str = ""
    """The environment variable that holds its credentials."""
    scheme: str = "bearer"
    """`bearer`, `basic` (`name:password`), `header NAME` or `query NAME`."""
    idempotency: str = "Idempotency-Key"
    """Header in which a call that changes something sends its key; empty where none is sent."""
    allow_private: bool = False
    timeout: timedelta = timedelta(seconds=30)
    prefix: str = ""
    """What the names of its operations begin with in plans, if not its own name."""
    tools: tuple[str, ...] = ALL
    """The operations that are taken, by their ids."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    line: int = 0
    """Where it stands in `segue.toml`."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether its document has to be fetched."""
        return "://" in self.description

    @property
    def begins(self) -> tuple[str, ...]:
        """What the names of its operations begin with in plans, and those that begin otherwise."""
        return (self.prefix or self.name, *(terms.name for terms in self.terms.values() if terms.name))

    @property
    def withheld(self) -> frozenset[tuple[str, str]]:
        """Where, and under which name, only we ourselves send something."""
        where, _, name = self.scheme.partition(" ")
        own = {("header", self.idempotency.lower())} if self.idempotency else set()
        return frozenset(own | ({(where, name.lower())} if self.auth and name else set()))
