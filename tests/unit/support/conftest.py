"""Fixtures for the support application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FakeClock, without_hanging
from tests.unit.support.company import Office, Shop

pytest_pyfunc_call = without_hanging


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock) -> Iterator[Office]:
    opened = Office(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def shop(office: Office) -> Shop:
    """The world outside, its tools in the office."""
    shop = Shop()
    shop.serve(office)
    return shop
