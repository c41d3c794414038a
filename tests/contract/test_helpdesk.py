"""What every helpdesk promises: the same key again has happened once, also after a crash in the middle."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import pytest

from segue.errors import SegueError
from segue.support.helpdesk import Helpdesk
from segue.support.helpdesks.local import LocalHelpdesk
from segue.support.outcome import Action, Doubt, Evidence, Fact, Handoff, Try
from segue.support.ticket import TicketId, parse_ticket

ONE, OTHER = TicketId("t-1"), TicketId("t-2")
PACKET = Handoff(
    reason="in_doubt",
    ask="Where is my ☂?",
    facts=(Fact(name="order", value={"total": "1.10"}, source="tool:orders.lookup"),),
    tried=(Try(step="order", result="done"),),
    done=(Action(tool="mark", args={"n": 1}, effect="write", result=None),),
    in_doubt=(Doubt(tool="pay", args={"sum": Decimal("1.10")}, key="run:4"),),
    evidence=(Evidence(document="a.md", heading="A", start=0, end=9, text="…"),),
    proposed_reply="Soon.",
    missing=("code",),
    urgency="high",
    run="ticket-t-1",
)


class Rig(Protocol):
    """A helpdesk, and a look at what it shows to the people who work with it."""

    def open(self) -> Helpdesk:
        """Connect to it as a new process would."""

    def shown(self, ticket: TicketId) -> list[tuple[str, str]]:
        """Return kind and text of what stands on a ticket, in order: reply, question, draft, note or handoff."""

    def state(self, ticket: TicketId) -> str | None:
        """Return `open`, `pending` or `solved`; `None` for an unknown ticket."""

    def packet(self, ticket: TicketId) -> dict[str, Any]:
        """Return the packet of the handoff on a ticket."""

    @contextmanager
    def breaking_after(self, writes: int) -> Iterator[None]:
        """Let so many writes through and no more, as a crash or a lost connection would."""
        yield


class Local:
    """The helpdesk in the workspace's database."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "segue.db"
        self._opened: list[LocalHelpdesk] = []

    def open(self) -> LocalHelpdesk:
        self._opened.append(LocalHelpdesk(self._path))
        return self._opened[-1]

    def close(self) -> None:
        for opened in self._opened:
            opened.shut()

    def shown(self, ticket: TicketId) -> list[tuple[str, str]]:
        return [(post.kind, post.text) for post in self.open().posts(ticket)]

    def state(self, ticket: TicketId) -> str | None:
        return self.open().state(ticket)

    def packet(self, ticket: TicketId) -> dict[str, Any]:
        return next(post.data for post in self.open().posts(ticket) if post.kind == "handoff")

    @contextmanager
    def breaking_after(self, writes: int) -> Iterator[None]:
        with closing(sqlite3.connect(self._path)) as saboteur, saboteur:
            (so_far,) = saboteur.execute("SELECT count(*) FROM helpdesk_posts").fetchone()
            saboteur.execute("CREATE TABLE allowed AS SELECT ? AS posts", (so_far + writes,))
            saboteur.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON helpdesk_posts "
                "WHEN (SELECT count(*) FROM helpdesk_posts) >= (SELECT posts FROM allowed) "
                "BEGIN SELECT RAISE(ABORT, 'the line dropped'); END"
            )
        try:
            yield
        finally:
            with closing(sqlite3.connect(self._path)) as saboteur, saboteur:
                saboteur.execute("DROP TRIGGER broken")
                saboteur.execute("DROP TABLE allowed")


@pytest.fixture(params=["local"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    rig = {"local": Local}[request.param](tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def helpdesk(rig: Rig) -> Helpdesk:
    """A helpdesk that knows two tickets."""
    opened = rig.open()
    for ticket in (ONE, OTHER):
        receive(opened, ticket)
    return opened


def receive(helpdesk: Helpdesk, ticket: TicketId, run_id: str = "ticket-t-1") -> None:
    source = {"id": ticket, "subject": "Umbrella", "messages": [{"role": "customer", "text": "Where is it?"}]}
    helpdesk.receive(parse_ticket(source, datetime(2026, 1, 1, tzinfo=UTC)), run_id=run_id)


def test_a_ticket_that_was_received_is_open(rig: Rig, helpdesk: Helpdesk) -> None:
    assert (rig.state(ONE), rig.shown(ONE)) == ("open", [])
    assert rig.state(TicketId("t-9")) is None


def test_receiving_it_again_changes_nothing(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "Which one?", key="k", is_final=False)
    receive(helpdesk, ONE)
    assert (rig.state(ONE), rig.shown(ONE)) == ("pending", [("question", "Which one?")])


def test_a_question_waits_and_a_final_reply_solves(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "Which one?", key="k1", is_final=False)
    assert rig.state(ONE) == "pending"
    helpdesk.reply(ONE, "Here it is.", key="k2", is_final=True)
    assert rig.state(ONE) == "solved"
    assert rig.shown(ONE) == [("question", "Which one?"), ("reply", "Here it is.")]


def test_what_is_written_on_one_ticket_stands_on_no_other(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "For you.", key="k", is_final=True)
    assert (rig.state(OTHER), rig.shown(OTHER)) == ("open", [])


def test_a_draft_is_not_sent_and_its_note_stands_beside_it(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.draft(ONE, "Soon.", "Please check the day.", key="k")
    assert rig.shown(ONE) == [("draft", "Soon."), ("note", "Please check the day.")]
    assert rig.state(ONE) == "open"


def test_without_a_text_there_is_only_the_note(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.draft(ONE, "", "Please approve.", key="k")
    assert rig.shown(ONE) == [("note", "Please approve.")]


def test_a_handoff_opens_the_ticket_and_holds_the_whole_packet(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "Which one?", key="k1", is_final=False)
    helpdesk.hand_over(ONE, PACKET, key="k2")
    assert rig.state(ONE) == "open"
    packet = rig.packet(ONE)
    assert set(packet) == set(vars(PACKET))
    assert (packet["reason"], packet["ask"], packet["urgency"]) == ("in_doubt", "Where is my ☂?", "high")
    assert packet["in_doubt"] == [{"tool": "pay", "args": {"sum": "1.10"}, "key": "run:4"}]


def test_a_closed_ticket_can_be_closed_again(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "Here it is.", key="k1", is_final=True)
    for _ in range(2):
        helpdesk.close(ONE, "resolved", key="k2")
    assert (rig.state(ONE), len(rig.shown(ONE))) == ("solved", 1)


# The same again

CALLS = {
    "reply": lambda helpdesk: helpdesk.reply(ONE, "Here it is.", key="k", is_final=True),
    "question": lambda helpdesk: helpdesk.reply(ONE, "Which one?", key="k", is_final=False),
    "draft": lambda helpdesk: helpdesk.draft(ONE, "Soon.", "Please check.", key="k"),
    "hand_over": lambda helpdesk: helpdesk.hand_over(ONE, PACKET, key="k"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_same_key_again_has_happened_once(rig: Rig, helpdesk: Helpdesk, call: Any) -> None:
    call(helpdesk)
    once = rig.shown(ONE)
    call(helpdesk)
    call(rig.open())
    assert rig.shown(ONE) == once


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_repetition_that_comes_late_changes_nothing_any_more(rig: Rig, helpdesk: Helpdesk, call: Any) -> None:
    call(helpdesk)
    helpdesk.reply(ONE, "It is solved.", key="later", is_final=True)
    shown = rig.shown(ONE)
    call(helpdesk)
    assert (rig.state(ONE), rig.shown(ONE)) == ("solved", shown)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_overlapping_attempts_under_one_key_happen_once(rig: Rig, helpdesk: Helpdesk, call: Any) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: call(helpdesk), range(8)))
    shown = rig.shown(ONE)
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("writes", [0, 1])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_that_was_cut_off_is_completed_by_the_next_attempt(
    rig: Rig, helpdesk: Helpdesk, call: Any, writes: int
) -> None:
    with rig.breaking_after(writes):
        try:
            call(helpdesk)
        except SegueError:
            was_cut_off = True
        else:
            was_cut_off = False
    assert was_cut_off or writes
    call(rig.open())
    once = rig.shown(ONE)
    assert once
    assert len(once) == len(set(once))


def test_the_same_words_under_another_key_are_said_again(rig: Rig, helpdesk: Helpdesk) -> None:
    helpdesk.reply(ONE, "Which one?", key="k1", is_final=False)
    helpdesk.reply(ONE, "Which one?", key="k2", is_final=False)
    assert rig.shown(ONE) == [("question", "Which one?")] * 2
