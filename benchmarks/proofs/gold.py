"""Q10, gold plans: `python -m benchmarks.proofs.gold` runs what was right in tau2's tasks as verified plans.

Each sequence of calls becomes a plan: the calls in their order, after what the domain requires of them, with the ids of
records looked up as the customer's own. Each must be accepted, and leave the records as the same calls made directly
do. The same plan with the identity dropped or looked at too late, or with a wrong type, is rejected by `verify`; with
somebody else's record, which only the record shows, it changes nothing of theirs.
"""

from __future__ import annotations

import asyncio
import copy
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import data, measure, workspaces
from benchmarks.proofs import tasks
from benchmarks.proofs.tasks import Call, Task
from benchmarks.witness import Company, Ran, people, ticket
from segue import Engine, workflow
from segue.engine.step import Step
from segue.errors import Finding, SegueError
from segue.plan.catalogue import Catalogue
from segue.plan.plan import Plan
from segue.plan.procedure import parse
from segue.plan.verify import verify
from segue.tools import python
from segue.tools.tool import Tool

JSON = Any
Lines = list[dict[str, JSON]]
"""Steps as a procedure writes them."""

WHO: dict[str, Lines] = {
    "tau2_retail": [{"id": "who", "tool": "find_user_id_by_email", "args": {"email": "${ticket.customer.email}"}}],
    "tau2_banking": [
        {"id": "user", "tool": "get_user_information_by_id", "args": {"user_id": "${ticket.customer.id}"}},
        {"id": "time", "tool": "get_current_time"},
        {
            "id": "logged",
            "tool": "log_verification",
            "args": {
                **{key: f"${{user.{key}}}" for key in ("name", "user_id", "address", "email", "phone_number")},
                "date_of_birth": "${user.date_of_birth}",
                "time_verified": "${time}",
            },
        },
    ],
}
"""How a domain wants to know who it is."""
YES: Lines = [
    {"id": "sure", "ask": "Shall I do all this? Please answer yes or no.", "into": "confirmed"},
    {"id": "agreed", "tool": "confirm", "args": {"answer": "${inputs.confirmed}"}},
]
OWNERS = {
    "order_id": ("get_order_details", "order_id"),
    "source_account_id": ("get_bank_account_transactions_9173", "account_id"),
    "destination_account_id": ("get_bank_account_transactions_9173", "account_id"),
    "account_id": ("get_bank_account_transactions_9173", "account_id"),
    "credit_card_account_id": ("get_pending_replacement_orders_5765", "credit_card_account_id"),
}
"""For an argument that is the id of a record: what shows whose it is, and the argument there."""
END: Lines = [{"id": "done", "reply": "It is done."}]


@dataclass(frozen=True)
class Domain:
    """A company of tau2."""

    name: str
    tools: Mapping[str, Tool]

    @property
    def ledger(self) -> Any:
        """The records, as the tools read and change them."""
        fn: Any = next(iter(self.tools.values())).runner
        return fn.fn.__globals__["LEDGER"]

    def begin(self, records: str) -> None:
        """Let everything be as at the beginning of a task."""
        self.ledger.data = json.loads(records)
        self.ledger._done.clear()  # noqa: SLF001 (each task is a new world)

    async def directly(self, calls: tuple[Call, ...]) -> JSON:
        """Return the records after calls that no plan and no desk stand before."""
        tools = self.tools

        async def make(name: str, args: dict[str, JSON]) -> JSON:
            return await tools[name].call(args)

        step: Step[[str, dict[str, JSON]], JSON] = Step(make, name="direct", effect="write")

        @workflow(name="directly")
        async def run(made: list[tuple[str, dict[str, JSON]]]) -> None:
            for name, args in made:
                await step(name, args)

        async with Engine("sqlite:///:memory:", workflows=[run]) as engine:
            await (await engine.start(run, list(calls), run_id="direct")).result()
        return self.ledger.data


@dataclass
class Result:
    """What came of the tasks of a domain."""

    tasks: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """Tasks that are no sequence of calls which can be made, by why."""
    accepted: int = 0
    same_end: int = 0
    mutants: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Tasks that were not left out."""
        return self.tasks - self.left_out.total()


def plan_of(domain: str, calls: tuple[Call, ...], tools: Mapping[str, Tool]) -> Lines:
    """Return the steps that make calls in their order, as the domain wants it."""
    acts = [name for name, _ in calls if tools[name].effect != "read" and name != "log_verification"]
    steps: Lines = [*WHO[domain], *(YES if acts else [])]
    for number, (name, args) in enumerate(calls):
        if name == "log_verification" or name.startswith("find_user_id"):
            continue  # the plan begins with it
        given = dict(args)
        for key in args if tools[name].effect != "read" else ():
            if key in OWNERS and OWNERS[key][0] in tools:
                tool, parameter = OWNERS[key]
                steps.append({"id": f"{key}_{number}", "tool": tool, "args": {parameter: args[key]}})
                if tool == "get_order_details":
                    given[key] = f"${{{key}_{number}.order_id}}"
        if "user_id" in given:
            given["user_id"] = "${who.user_id}" if domain == "tau2_retail" else "${user.user_id}"
        steps.append({"id": f"call_{number}", "tool": name, "args": given})
    return [*steps, *END]


def read(steps: Lines) -> tuple[Plan | None, list[Finding]]:
    """Return the plan of some steps."""
    inputs = {"confirmed": {"type": "boolean", "required": False}}
    return parse(json.dumps({"topic": "gold", "inputs": inputs, "steps": steps}), "gold.yaml")


def mutated(steps: Lines, other: Mapping[str, str]) -> Iterator[tuple[str, Lines]]:
    """Yield the steps with faults; `other` gives somebody else's id for each that is looked up."""
    head = [step["id"] for step in steps if step["id"] in ("who", "logged")]
    yield "identity dropped", [step for step in steps if step["id"] not in head]
    late = [step for step in steps if step["id"] not in head]
    yield "order swapped", [*late[:-1], *(step for step in steps if step["id"] in head), late[-1]]
    typed = copy.deepcopy(steps)
    call = next((step for step in typed if step["id"].startswith("call_") and step["args"]), None)
    if call is not None:
        call["args"][next(iter(call["args"]))] = {"not": "what is wanted"}
        yield "wrong type", typed
    theirs, is_other = copy.deepcopy(steps), False
    for step in theirs:
        for key, value in step.get("args", {}).items():
            if isinstance(value, str) and value in other:
                step["args"][key], is_other = other[value], True
    if is_other:
        yield "somebody else's", theirs


async def prove(domain: Domain, found: Iterator[Task], every: int = 1) -> Result:
    """Try the tasks of a domain; `every` takes each so-manieth."""
    result = Result()
    for number, task in enumerate(found):
        if number % every:
            continue
        result.tasks += 1
        why = await _try(domain, task, result)
        if why:
            result.left_out[why] += 1
    return result


async def _try(domain: Domain, task: Task, result: Result) -> str:
    """Try a task; says why it is left out, if it is."""
    unknown = sorted({name for name, _ in task.calls} - domain.tools.keys())
    if unknown:
        return f"a customer's own tool, or one of another desk: {unknown[0]}"
    if not task.customer or not task.calls:
        return "no calls, or nobody's"
    domain.begin(task.records)
    try:
        wanted = await domain.directly(task.calls)
    except SegueError:
        return "the records refuse a call"
    steps = plan_of(domain.name, task.calls, domain.tools)
    plan, findings = read(steps)
    if plan is not None:
        findings = verify(plan, Catalogue.of(domain.tools.values()))
    if plan is None or findings:
        result.wrong.append(f"{task.name}: not accepted: {findings[0]}")
        return ""
    result.accepted += 1
    ran = await _run(domain, task, plan)
    if ran.resolution.outcome == "resolved" and _same(domain.ledger.data, wanted):
        result.same_end += 1
    else:
        result.wrong.append(f"{task.name}: ended {ran.resolution.outcome} {ran.resolution.reason}")
    await _mutate(domain, task, steps, result)
    return ""


async def _run(domain: Domain, task: Task, plan: Plan) -> Ran:
    domain.begin(task.records)
    company = Company(plans={"gold": plan}, tools=list(domain.tools.values()))
    return await company.resolve(ticket("as agreed", customer=task.customer), "gold", people("yes", approves=True))


async def _mutate(domain: Domain, task: Task, steps: Lines, result: Result) -> None:
    for kind, lines in mutated(steps, _others(task)):
        result.mutants[kind] += 1
        plan, findings = read(lines)
        if plan is not None:
            findings = verify(plan, Catalogue.of(domain.tools.values()))
        if any(finding.severity == "error" for finding in findings):
            result.rejected[kind] += 1
            continue
        assert plan is not None
        ran = await _run(domain, task, plan)
        if _theirs(domain.ledger.data, task) == _theirs(json.loads(task.records), task):
            result.rejected[kind] += 1
        else:
            result.wrong.append(f"{task.name}: {kind}: {[made.tool for made in ran.acts]}")


def _others(task: Task) -> dict[str, str]:
    """Return for the id of each record of the customer one of somebody else."""
    found: dict[str, str] = {}
    everything = json.loads(task.records)
    for table in ("orders", "accounts", "credit_card_accounts"):
        records: Mapping[str, JSON] = everything.get(table, {})
        strange = next((key for key, each in records.items() if each["user_id"] != task.customer["id"]), None)
        for key, record in records.items() if strange else ():
            if record["user_id"] == task.customer["id"]:
                found[key] = str(strange)
    return found


def _theirs(records: JSON, task: Task) -> JSON:
    """Return the records of everybody but the task's customer."""
    return {
        name: {key: each for key, each in table.items() if each.get("user_id") != task.customer["id"]}
        for name, table in records.items()
    }


def _same(one: JSON, other: JSON) -> bool:
    """Say whether records are the same; when a customer was verified is the bank's own note."""
    left, right = (
        {key: value for key, value in each.items() if key != "verification_history"} for each in (one, other)
    )
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


SOURCES: dict[str, Callable[[Path], Iterator[Task]]] = {"tau2_retail": tasks.retail, "tau2_banking": tasks.banking}


def domain(name: str, folder: Path) -> Domain:
    """Build a domain's workspace and return it.

    Raises:
        FileNotFoundError: Its data is not here.
    """
    workspaces.BUILDERS[name](folder / name)
    return Domain(name, {tool.name: tool for tool in python.load(folder / name)})


def main() -> int:
    """Try, print and write the figures to `benchmarks/results`; gives 1 where something came out wrong."""
    about, results, wrong = measure.machine(), {}, []
    rows: list[tuple[str, ...]] = [("domain", "tasks", "tried", "accepted", "same end", "mutants", "rejected")]
    for name, source in SOURCES.items():
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(prove(domain(name, Path(folder)), source(data.folder(name))))
        counts = (found.tasks, found.tried, found.accepted, found.same_end)
        rows.append((name, *map(str, counts), str(found.mutants.total()), str(found.rejected.total())))
        wrong += found.wrong
        results[name] = {
            "tasks": found.tasks,
            "left_out": dict(found.left_out),
            "accepted": found.accepted,
            "same_end": found.same_end,
            "mutants": {kind: [found.rejected[kind], n] for kind, n in found.mutants.items()},
        }
    measure.table(rows)
    for name, each in results.items():
        print(f"{name}, rejected of each kind: {each['mutants']}; left out: {each['left_out']}")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    measure.keep("gold", {**results, "wrong": wrong}, about)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
