"""The tools of a moment: one name is one tool, nobody is waited for twice, and what is gone is still known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from segue.tools import Tool
from segue.tools.remote import Described, Terms, remote_tool
from segue.tools.toolbox import AGAIN_S, Offer, Toolbox


class Nowhere:
    async def run(self, values: Mapping[str, Any]) -> Any:
        raise AssertionError("nothing is called here")


class Elsewhere:
    """A source that offers what the test says."""

    def __init__(self, offer: Offer) -> None:
        self.version = 0
        self.now = offer
        self.asked: list[bool] = []
        self.refreshed = 0
        self.is_closed = False

    def offer(self, *, reach: bool) -> Offer:
        self.asked.append(reach)
        return self.now

    def refresh(self) -> None:
        self.refreshed += 1

    def close(self) -> None:
        self.is_closed = True


def tool(name: str, line: int = 1) -> Tool:
    return remote_tool(name, Described(name=name), Terms(), Nowhere(), timeout=timedelta(seconds=1), line=line)


def test_a_name_stands_for_the_tool_that_had_it_first_and_the_other_is_an_error() -> None:
    own, first, second = tool("pay"), tool("find", 3), tool("find", 7)
    box = Toolbox([own], [Elsewhere(Offer(tools=(tool("pay", 5), first))), Elsewhere(Offer(tools=(second,)))])
    now = box.now()
    assert now.tools == {"pay": own, "find": first}
    hint = "give it another name, or its server a prefix"
    assert [(each.line, each.code, each.severity, each.hint) for each in now.findings] == [
        (5, "C106", "error", hint),
        (7, "C106", "error", hint),
    ]
    assert now.findings[1].message == 'tool "find" is declared at segue.toml:3 already'


def test_everybody_is_asked_once_and_what_changes_is_followed() -> None:
    source = Elsewhere(Offer(tools=(tool("a"),)))
    box = Toolbox([], [source])
    assert not box.recalled().tools.keys() - {"a"}
    first = box.now()
    assert box.now() is first
    source.now, source.version = Offer(tools=(tool("b"),), gone=(tool("a"),)), 1
    assert box.now().tools.keys() == {"b"}
    assert box.now().callable.keys() == {"a", "b"}  # a run under way may still name it
    assert source.asked == [False, True, False]
    box.close()
    assert source.is_closed


def test_who_could_not_be_asked_is_asked_again_from_time_to_time_and_never_waited_for() -> None:
    time = [0.0]
    source = Elsewhere(Offer(unknown=("crm", "customers.find")))
    box = Toolbox([tool("crm.own")], [source], clock=lambda: time[0])
    now = box.now()
    assert [now.is_unknown(name) for name in ("crm.x", "customers.find", "crm.own", "crmx", "other.x")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    time[0] = AGAIN_S
    box.now()
    assert source.refreshed == 0
    time[0] = AGAIN_S + 1
    box.now()
    box.now()
    assert source.refreshed == 1
    assert source.asked == [True]
