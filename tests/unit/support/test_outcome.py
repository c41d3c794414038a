"""Every ticket is counted once, by the worst end of its requests."""

from itertools import permutations
from typing import get_args

import pytest

from segue.plan.plan import REASONS
from segue.support.outcome import WORST_FIRST, Outcome, Reason, worst


@pytest.mark.parametrize(
    ("outcomes", "of_all"),
    [
        (["resolved"], "resolved"),
        (["resolved", "skipped"], "skipped"),
        (["resolved", "drafted", "skipped"], "drafted"),
        (["waiting_expired", "drafted"], "waiting_expired"),
        (["waiting_expired", "escalated"], "escalated"),
        (["escalated", "failed", "resolved"], "failed"),
    ],
)
def test_the_worst_of_the_requests_is_the_ticket_s(outcomes: list[Outcome], of_all: Outcome) -> None:
    for order in permutations(outcomes):
        assert worst(order) == of_all


def test_every_outcome_is_either_final_or_of_a_ticket_that_lives() -> None:
    assert {*WORST_FIRST, "waiting", "running"} == set(get_args(Outcome))


def test_plans_and_handoffs_know_the_same_reasons() -> None:
    assert get_args(Reason) == REASONS
