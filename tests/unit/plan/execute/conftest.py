"""Fixtures for plans that are executed: a company at work."""

from __future__ import annotations

from tests.unit.support.conftest import office, shop

__all__ = ["office", "shop"]
