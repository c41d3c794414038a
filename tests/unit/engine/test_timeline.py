"""What a timeline makes of a journal."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segue.engine.journal import Entry, to_us
from segue.engine.timeline import Scale, Span, Stretch, spans

START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Story:
    """A journal, told line by line."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.tell(0, "", "run_started", "flow")

    def tell(
        self, seconds: float, path: str, kind: str, name: str = "work", attempt: int = 1, **payload: Any
    ) -> "Story":
        entry = Entry(len(self.entries), path, kind, name, at(seconds), attempt, payload, "")
        self.entries.append(entry)
        return self

    def spans(self, until: float = 0) -> list[Span]:
        return spans(self.entries, at(until))

    def lines(self, until: float = 0) -> list[tuple[str, str, float, float]]:
        """Path, state, start and end of each span."""
        return [
            (span.path, span.state, (span.start - START).total_seconds(), (span.end - START).total_seconds())
            for span in self.spans(until)
        ]


def test_a_step_begins_where_the_one_before_it_ended() -> None:
    story = Story().tell(2, "0", "step_finished").tell(5, "1", "step_failed").tell(5, "", "run_failed")
    assert story.lines(99) == [("0", "done", 0, 2), ("1", "failed", 2, 5)]


def test_attempts_and_the_time_between_them_are_told_apart() -> None:
    story = Story()
    story.tell(1, "0", "attempt_failed", attempt=1, next_us=to_us(at(4)))
    story.tell(6, "0", "step_finished", attempt=2)
    (span,) = story.spans()
    assert span.stretches == (
        Stretch("failed", at(0), at(1)),
        Stretch("pause", at(1), at(4)),
        Stretch("work", at(4), at(6)),
    )
    assert span.attempts == 2


def test_a_step_that_waits_for_its_next_attempt_is_under_way() -> None:
    story = Story().tell(1, "0", "attempt_failed", attempt=1, next_us=to_us(at(60)))
    (span,) = story.spans(until=10)
    assert (span.state, span.stretches[-1]) == ("under way", Stretch("pause", at(1), at(10)))


def test_what_must_not_be_repeated_begins_with_its_intent() -> None:
    story = Story().tell(1, "0", "step_finished").tell(3, "1", "step_intended").tell(7, "1", "step_in_doubt")
    assert story.lines()[1] == ("1", "in doubt", 3, 7)


def test_waits_are_from_their_beginning_to_their_end() -> None:
    story = Story().tell(1, "0", "sleep_started").tell(61, "0", "sleep_ended")
    story.tell(62, "1", "wait_started", "word").tell(90, "1", "signal_refused", "word").tell(99, "1", "signal_received")
    story.tell(100, "2", "wait_timed_out", "word")
    story.tell(100, "3", "child_started", "pack").tell(130, "3", "child_ended", "pack", status="failed")
    assert story.lines() == [
        ("0", "done", 1, 61), ("1", "done", 62, 99), ("2", "timed out", 99, 100), ("3", "failed", 100, 130),
    ]  # fmt: skip
    assert [span.what for span in story.spans()] == ["sleep", "signal", "signal", "child"]


def test_branches_are_below_each_other_and_each_has_a_time_of_its_own() -> None:
    story = Story().tell(1, "0", "step_finished")
    story.tell(2, "1.1.0", "step_finished").tell(5, "1.0.0", "step_finished").tell(6, "1.1.1", "step_finished")
    story.tell(8, "2", "step_finished")
    assert story.lines() == [
        ("0", "done", 0, 1), ("1", "done", 1, 6), ("1.0.0", "done", 1, 5), ("1.1.0", "done", 1, 2),
        ("1.1.1", "done", 2, 6), ("2", "done", 6, 8),
    ]  # fmt: skip
    assert [span.depth for span in story.spans()] == [0, 0, 1, 1, 1, 0]
    assert story.spans()[1].name == "2 side by side"


def test_branches_in_branches_begin_where_the_outer_branch_was() -> None:
    story = Story().tell(3, "0.1.0", "step_finished").tell(9, "0.1.1.4.0", "step_finished")
    assert ("0.1.1", "done", 3, 9) in story.lines()
    assert ("0.1.1.4.0", "done", 3, 9) in story.lines()


def test_more_than_ten_branches_stay_in_their_order() -> None:
    story = Story()
    for n in range(12):
        story.tell(n, f"0.{n}.0", "step_finished")
    assert [span.path for span in story.spans()] == ["0", *(f"0.{n}.0" for n in range(12))]


def test_a_wait_that_lost_a_race_was_left_when_the_race_was_over() -> None:
    story = Story().tell(1, "0.0.0", "wait_started", "yes").tell(1, "0.1.0", "sleep_started")
    story.tell(30, "0.0.0", "signal_received", "yes").tell(80, "1", "step_finished").tell(80, "", "run_completed")
    assert ("0.1.0", "left", 1, 30) in story.lines()


def test_after_a_cancel_what_was_waited_for_is_left_and_cleaning_up_begins() -> None:
    story = Story().tell(1, "0", "wait_started", "yes").tell(50, "", "cancel_requested")
    story.tell(52, "1", "step_finished").tell(53, "", "run_cancelled")
    assert story.lines() == [("0", "left", 1, 50), ("", "done", 50, 50), ("1", "done", 50, 52)]


def test_what_is_under_way_goes_to_the_present_and_nothing_beyond_the_end() -> None:
    story = Story().tell(1, "0", "wait_started", "yes")
    assert story.lines(until=40) == [("0", "under way", 1, 40)]
    story.tell(2, "", "run_cancelled")
    assert story.lines(until=40) == [("0", "left", 1, 2)]


def test_a_run_that_has_only_begun_has_no_spans() -> None:
    assert Story().spans() == []
    assert spans([], START) == []
    assert Scale([]).at(START) in (0.0, 1.0)


def test_a_scale_without_waits_is_even() -> None:
    scale = Scale(Story().tell(1, "0", "step_finished").tell(4, "1", "step_finished").spans())
    assert [scale.at(at(seconds)) for seconds in (0, 1, 2, 4)] == [0, 0.25, 0.5, 1]
    assert not scale.is_folded


def test_days_of_waiting_do_not_hide_seconds_of_work() -> None:
    story = Story().tell(2, "0", "step_finished").tell(2, "1", "sleep_started")
    story.tell(86_402, "1", "sleep_ended").tell(86_404, "2", "step_finished")
    scale = Scale(story.spans())
    assert scale.is_folded
    assert [round(scale.at(at(seconds)), 2) for seconds in (0, 2, 86_402, 86_404)] == [0, 0.4, 0.6, 1]


@given(
    st.lists(st.tuples(st.sampled_from(["work", "wait"]), st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1),
    st.lists(st.floats(-10, 2e6), min_size=2),
)
def test_a_later_moment_is_never_further_left(parts: list[tuple[Any, float, float]], moments: list[float]) -> None:
    found = [
        Span(path="0", name="x", what="step", state="done", attempts=1, last=None,
             stretches=(Stretch(kind, at(since), at(since + lasts)),))
        for kind, since, lasts in parts
    ]  # fmt: skip
    scale = Scale(found)
    places = [scale.at(at(moment)) for moment in sorted(moments)]
    assert places == sorted(places)
    assert all(0 <= place <= 1.000001 for place in places)
