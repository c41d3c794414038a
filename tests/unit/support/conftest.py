"""Fixtures for the support application."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FakeClock
from tests.unit.support.company import Office, Shop

PATIENCE_S = 30
"""A test that takes longer waits for something that never comes."""


@pytest.fixture(autouse=True)
def no_hanging() -> Iterator[None]:
    def give_up(*_: object) -> None:
        pytest.fail(f"still waiting after {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S, 1)  # again, for the event loop swallows what its callbacks raise
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


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
