"""What the study of the bound takes for true is what it draws."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.bound import AS_SURE_OUTSIDE, JUST_ABOVE, LATER, RIGHT_INSIDE, World, falling, level

LEVEL = level(RIGHT_INSIDE, AS_SURE_OUTSIDE)


@pytest.mark.parametrize("world", [falling(0.15, 1), falling(0.1, 6), level(JUST_ABOVE, 0), LEVEL])
def test_the_true_risk_is_that_of_very_many_tickets(world: World) -> None:
    trial = next(world.trials(LATER, LATER, 10, 400_000))
    tickets = trial.calibrate.all()
    for threshold in (0.0, 0.3, 0.6):
        alone = tickets.alone(threshold)
        risk, coverage = trial.truth(threshold)
        assert tickets.wrong_alone(threshold) / alone == pytest.approx(risk, abs=0.002)
        assert alone / 400_000 == pytest.approx(coverage, abs=0.003)


def test_where_nothing_may_be_proven_the_risk_is_above_what_is_allowed_at_every_threshold() -> None:
    for world, later in ((level(JUST_ABOVE, 0), 0.0), (LEVEL, LATER)):
        truth = next(world.trials(later, later, 10, 10)).truth
        assert [truth(float(threshold))[0] for threshold in np.linspace(0, 0.99, 12)] == pytest.approx(
            [JUST_ABOVE] * 12
        )
