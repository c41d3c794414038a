"""A tool that keeps failing is left alone for a while, then tried by one call alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from segue.support.circuit import FAILURES, REST, Circuit

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def failing(times: int) -> Circuit:
    circuit = Circuit()
    for _ in range(times):
        circuit = circuit.begun().failed(NOW)
    return circuit


def test_it_lets_every_call_through_until_so_many_have_failed_in_a_row() -> None:
    assert failing(FAILURES - 1).refusal(NOW) is None
    assert failing(FAILURES).refusal(NOW) == REST
    assert failing(FAILURES - 1).succeeded().failed(NOW).refusal(NOW) is None


def test_it_says_how_long_it_still_rests() -> None:
    circuit = failing(FAILURES)
    assert circuit.refusal(NOW + REST - SECOND) == SECOND
    assert circuit.refusal(NOW + REST) is None


def test_when_it_has_rested_one_call_is_let_through_and_its_end_decides() -> None:
    later = NOW + REST
    probing = failing(FAILURES).begun()
    assert probing.refusal(later) == REST
    assert probing.succeeded() == Circuit()
    again = probing.failed(later)
    assert again.refusal(later) == REST
    assert again.refusal(later + REST) is None


def test_a_probe_that_we_cut_off_says_nothing_and_the_next_call_is_the_probe() -> None:
    probing = failing(FAILURES).begun()
    assert probing.abandoned().refusal(NOW + REST) is None
    assert Circuit().begun().abandoned() == Circuit()


EVENTS = st.lists(st.sampled_from(["call", "fail", "succeed", "abandon", "wait"]), max_size=60)


@given(events=EVENTS)
def test_it_never_stays_shut_and_never_lets_two_probes_through(events: list[str]) -> None:
    circuit, now, under_way = Circuit(), NOW, 0
    for event in events:
        if event == "wait":
            now += REST
        elif event == "call" and circuit.refusal(now) is None:
            assert not (circuit.rests_until is not None and under_way and circuit.is_probing)
            circuit, under_way = circuit.begun(), under_way + 1
        elif under_way and event in ("fail", "succeed", "abandon"):
            under_way -= 1
            circuit = {"fail": circuit.failed(now), "succeed": circuit.succeeded(), "abandon": circuit.abandoned()}[
                event
            ]
    if not circuit.is_probing:
        assert circuit.refusal(now + REST) is None
