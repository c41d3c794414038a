"""Fixtures for plans that are executed: a company at work."""

from __future__ import annotations

from tests.unit.support.conftest import office, pytest_pyfunc_call, shop

__all__ = ["office", "pytest_pyfunc_call", "shop"]
