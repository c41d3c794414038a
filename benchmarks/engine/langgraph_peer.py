"""LangGraph with its SQLite checkpointer at the same work; runs in the peers' own environment."""

from __future__ import annotations

import asyncio
import json
import operator
import resource
import sys
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

PAYLOAD = "x" * 1000


class State(TypedDict):
    """What the nodes pass on: the last step's kilobyte, and how many branches ended."""

    last: str
    ended: Annotated[int, operator.add]


def _chain(steps: int) -> Any:
    graph = StateGraph(State)
    for number in range(steps):
        graph.add_node(f"step-{number}", _node)
        graph.add_edge(START if number == 0 else f"step-{number - 1}", f"step-{number}")
    graph.add_edge(f"step-{steps - 1}", END)
    return graph


def _fan_out(steps: int) -> Any:
    graph = StateGraph(State)
    graph.add_node("join", _joined)
    for number in range(steps):
        graph.add_node(f"step-{number}", _branch)
        graph.add_edge(START, f"step-{number}")
        graph.add_edge(f"step-{number}", "join")
    graph.add_edge("join", END)
    return graph


async def _node(state: State) -> dict[str, Any]:
    return {"last": PAYLOAD}


async def _branch(state: State) -> dict[str, Any]:
    return {"ended": 1}


async def _joined(state: State) -> dict[str, Any]:
    return {"last": PAYLOAD}


async def _work(folder: Path, runs: int, steps: int, mode: str) -> float:
    async with AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.db")) as saver:
        await saver.conn.execute("PRAGMA synchronous = FULL")
        graph = (_fan_out if mode == "fan-out" else _chain)(steps).compile(checkpointer=saver)

        async def run(number: int) -> None:
            thread = {"configurable": {"thread_id": f"run-{number}"}, "recursion_limit": steps + 10}
            await graph.ainvoke({"last": "", "ended": 0}, thread, durability="sync")

        begun = time.perf_counter()
        if mode == "at-once":
            await asyncio.gather(*(run(number) for number in range(runs)))
        else:
            for number in range(runs):
                await run(number)
        return time.perf_counter() - begun


if __name__ == "__main__":
    folder, runs, steps, mode = sys.argv[1:]
    seconds = asyncio.run(_work(Path(folder), int(runs), int(steps), mode))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))
