"""Fixtures for plans that are executed: a company at work."""

from __future__ import annotations

from tests.unit.support.conftest import no_hanging, office, shop

__all__ = ["no_hanging", "office", "shop"]
