"""LangGraph with its SQLite checkpointer at the same work; runs in the peers' own environment.

`durability="sync"`: the next step begins when the one before is on disk; `synchronous=FULL` like ours. LangGraph keeps
the state, so each step's kilobyte is in the state that its checkpoint holds, and a branch's in its pending write.
"""

from __future__ import annotations

import asyncio
import operator
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from benchmarks import usage

PAYLOAD = "x" * 1000


class Last(TypedDict):
    """What the nodes of a chain pass on: the last step's kilobyte."""

    last: str


class Joined(TypedDict):
    """What branches give, and what was made of it."""

    given: Annotated[list[str], operator.add]
    length: int


def _chain(steps: int) -> Any:
    graph = StateGraph(Last)
    for number in range(steps):
        graph.add_node(f"step-{number}", _node)
        graph.add_edge(START if number == 0 else f"step-{number - 1}", f"step-{number}")
    graph.add_edge(f"step-{steps - 1}", END)
    return graph


def _fan_out(steps: int) -> Any:
    graph = StateGraph(Joined)
    graph.add_node("join", _joined)
    for number in range(steps):
        graph.add_node(f"step-{number}", _branch)
        graph.add_edge(START, f"step-{number}")
        graph.add_edge(f"step-{number}", "join")
    graph.add_edge("join", END)
    return graph


async def _node(state: Last) -> dict[str, Any]:
    return {"last": PAYLOAD}


async def _branch(state: Joined) -> dict[str, Any]:
    return {"given": [PAYLOAD]}


async def _joined(state: Joined) -> dict[str, Any]:
    return {"length": len("".join(state["given"]))}


async def _work(folder: Path, runs: int, steps: int, mode: str) -> dict[str, float]:
    is_fan_out = mode == "fan-out"
    async with AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.db")) as saver:
        await saver.setup()
        await saver.conn.execute("PRAGMA synchronous = FULL")
        graph = (_fan_out if is_fan_out else _chain)(steps).compile(checkpointer=saver)
        begun: Any = {"given": [], "length": 0} if is_fan_out else {"last": ""}

        async def run(number: int) -> None:
            thread = {"configurable": {"thread_id": f"run-{number}"}, "recursion_limit": steps + 10}
            state = await graph.ainvoke(begun, thread, durability="sync")
            assert state["length"] == 1000 * steps if is_fan_out else state["last"] == PAYLOAD

        watch = usage.Stopwatch()
        if mode == "at-once":
            await asyncio.gather(*(run(number) for number in range(runs)))
        else:
            for number in range(runs):
                await run(number)
        figures = watch.figures()
        async with saver.conn.execute("PRAGMA synchronous") as asked:
            assert await asked.fetchone() == (2,), "not FULL"
        async with saver.conn.execute("PRAGMA journal_mode") as asked:
            assert await asked.fetchone() == ("wal",)
    _check(folder / "langgraph.db", runs, steps, is_fan_out=is_fan_out)
    return figures


def _check(file: Path, runs: int, steps: int, *, is_fan_out: bool) -> None:
    """See that every step's kilobyte is on disk."""
    count = (
        "SELECT count(*) FROM writes WHERE channel = 'given' AND length(value) > 1000"
        if is_fan_out
        else "SELECT count(*) FROM checkpoints WHERE length(checkpoint) > 1000"
    )
    with closing(sqlite3.connect(file)) as database:
        assert database.execute(count).fetchone()[0] >= runs * steps


if __name__ == "__main__":
    folder, runs, steps, mode = sys.argv[1:]
    usage.say(asyncio.run(_work(Path(folder), int(runs), int(steps), mode)))
