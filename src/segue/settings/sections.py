"""Every section and key of `segue.toml`: reading, checking, hints and the reference all come from here."""

# ruff: noqa: RUF009 - a default is a call because `key` and `other_keys` declare fields

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from segue.knowledge.sources.site import Site
from segue.settings.keys import key, other_keys
from segue.settings.models import Models
from segue.settings.sites import FLAG, SITES
from segue.settings.tools import Tools
from segue.settings.values import AMOUNT, COUNT, DURATION, FILE, LEVEL_OF_ERROR, SHARE, SQLITE, URL, Kind, choice

Level = Literal["off", "shadow", "draft", "approve", "auto"]
"""What the agent may do alone."""

LEVELS: Kind[Level] = choice(built=("off", "draft", "auto"), later=("shadow", "approve"))
ENCODERS: Kind[str] = choice(built=("auto", "none"))
HELPDESKS: Kind[str] = choice(built=("local",), later=("zendesk", "freshdesk", "chatwoot", "zammad", "email"))


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where everything is recorded."""

    url: str = key(
        "sqlite:///.segue/segue.db",
        URL,
        "The database file. Three slashes: relative to the workspace; four: an absolute path.",
        variable="SEGUE_URL",
    )

    @property
    def path(self) -> Path:
        """The file that `url` names; relative to the workspace unless absolute, so `root / path` is it."""
        return Path(self.url.removeprefix(SQLITE))


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """How articles are read and searched."""

    encoder: str = key(
        "auto",
        ENCODERS,
        "`auto` also compares meaning where the extra `embeddings` is installed; `none` compares words alone.",
        variable="SEGUE_ENCODER",
    )
    sites: tuple[Site, ...] = key(
        (),
        SITES,
        "Web pages that `segue ingest` reads: a sitemap (`…/sitemap.xml`), a page, or with `follow = true` also what "
        "it leads to in its folder. `interval` (1 d) says how often, `pages` (1000) how many at most; `audience` may "
        'be `"internal"`; `private = true` allows a server of this machine or a private network.',
    )
    tickets: bool = key(
        False,
        FLAG,
        "Whether `segue ingest` also reads what people answered in past tickets, without personal data, for the "
        "company's own people alone.",
    )


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the agent may conclude, and how long it waits for people."""

    threshold: float = key(
        0.7, SHARE, "The confidence from which it acts or replies, while no proof has set a threshold."
    )
    min_match: float = key(
        0.5, SHARE, "How much evidence a passage must be; 0.5 is about where questions with and without an answer part."
    )
    ask_timeout: timedelta = key(
        timedelta(days=3), DURATION, "How long a question waits for the customer; then: `waiting_expired`."
    )
    ask_reminder: timedelta = key(
        timedelta(hours=36),
        DURATION,
        "When the customer is reminded of it once; half of `ask_timeout` if absent.",
    )
    approval_timeout: timedelta = key(
        timedelta(days=2), DURATION, "How long an approval waits for a person; then: `approval_timeout`."
    )
    budget_steps: int | None = key(
        None, COUNT, "Lookups, searches, actions and questions to models of one run; beyond: `budget`."
    )
    budget_usd: float | None = key(None, AMOUNT, "US dollars that one run may cost; beyond: `budget`.")
    budget_time: timedelta = key(
        timedelta(hours=1), DURATION, "How long one run may be at work, its waits not counted; beyond: `budget`."
    )


@dataclass(frozen=True, kw_only=True)
class Autonomy:
    """What the agent may do alone, per topic; starting values, which a recorded change wins over."""

    default: Level = key("draft", LEVELS, "For every topic that is not named.")
    topics: Mapping[str, Level] = other_keys(LEVELS, "For this topic.")

    def of(self, topic: str) -> Level:
        """Return what holds for a topic."""
        return self.topics.get(topic, self.default)


@dataclass(frozen=True, kw_only=True)
class Helpdesk:
    """Where tickets come from and replies go."""

    kind: str = key("local", HELPDESKS, "`local` keeps them in the workspace's database and reaches nobody.")


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What a backtest has to prove."""

    alpha: float = key(0.05, LEVEL_OF_ERROR, "The share of wrong results that is allowed at most.")
    delta: float = key(0.05, LEVEL_OF_ERROR, "The risk that the proof is wrong: 1 less its confidence.")


@dataclass(frozen=True, kw_only=True)
class Audit:
    """How it can be proven that nothing was altered."""

    key: str = key(
        ".segue/audit.key",
        FILE,
        "The private key that signs heads, made on first use; relative to the workspace, better kept elsewhere.",
        variable="SEGUE_AUDIT_KEY",
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that `segue.toml` and the environment say, or the defaults where they are silent."""

    segue: Database = Database()
    knowledge: Knowledge = Knowledge()
    policy: Policy = Policy()
    autonomy: Autonomy = field(default_factory=Autonomy)
    helpdesk: Helpdesk = Helpdesk()
    backtest: Backtest = Backtest()
    audit: Audit = Audit()
    tools: Tools = field(default_factory=Tools)
    models: Models = field(default_factory=Models)


SECTIONS: dict[str, type] = {
    "segue": Database,
    "knowledge": Knowledge,
    "policy": Policy,
    "autonomy": Autonomy,
    "helpdesk": Helpdesk,
    "backtest": Backtest,
    "audit": Audit,
    "tools": Tools,
    "models": Models,
}
"""The sections that hold keys, by the name of their field in `Settings`."""

LATER: dict[tuple[str, ...], str] = {
    ("server",): "How the console and the API are served.",
}
"""The sections that are known, but take no key yet."""
