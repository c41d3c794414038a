"""What a workspace is told in `segue.toml` and the environment, as one frozen value."""

from segue.settings.load import RULES, load, parse, unknown_topics, unready_models
from segue.settings.models import Endpoint, Models
from segue.settings.reference import reference
from segue.settings.sections import Audit, Autonomy, Backtest, Database, Helpdesk, Knowledge, Level, Policy, Settings

__all__ = [
    "RULES",
    "Audit",
    "Autonomy",
    "Backtest",
    "Database",
    "Endpoint",
    "Helpdesk",
    "Knowledge",
    "Level",
    "Models",
    "Policy",
    "Settings",
    "load",
    "parse",
    "reference",
    "unknown_topics",
    "unready_models",
]
