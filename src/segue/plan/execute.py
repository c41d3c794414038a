"""Executes a verified plan: from top to bottom, its reads early and side by side, as part of a durable run.

A step takes effect at its turn: after every step above it has finished, been skipped or taken its way out. Reads and
searches between two steps that act or ask are begun together as soon as their values are there, and what they gave
counts at their turn. No read begins before an action above it: it would see the world as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, TypeAlias

from segue.engine.calls import Promise, gather
from segue.errors import InDoubt, NondeterminismError, PermanentError, SegueError, StepFailed
from segue.plan import expression, template
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.expression import Compiled, EvaluationError
from segue.plan.plan import (
    AskStep,
    CheckStep,
    EscalateStep,
    Fields,
    Input,
    Items,
    OnError,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
    Value,
)
from segue.plan.scope import environment
from segue.plan.template import Template

JSON: TypeAlias = Any
Effect = Literal["read", "write", "once"]
_Reader: TypeAlias = Template | Compiled
"""What reads values of the plan."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call that a plan made."""

    tool: str
    args: dict[str, JSON]
    effect: Effect
    result: JSON = None
    error: str = ""
    """Why it failed; empty where it did not."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that had its turn."""

    id: str
    kind: str
    result: str
    """In a few words."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a plan ended, and what it did on its way."""

    way: Literal["reply", "escalate", "propose", "expire"]
    """`propose`: the next step would act, and that is left to a person; `expire`: the customer did not answer."""
    reason: str = ""
    """Of an escalation."""
    why: str = ""
    """The same in words, for a person."""
    reply: str = ""
    cited: tuple[JSON, ...] = ()
    """Passages that the reply cites, as searches gave them."""
    proposed: tuple[Call, ...] = ()
    """The action that is left to a person."""
    calls: tuple[Call, ...] = ()
    """Every tool call, in the order of the plan."""
    in_doubt: tuple[tuple[Call, str], ...] = ()
    """Actions that may or may not have happened, with their idempotency keys where these are known."""
    taken: tuple[Taken, ...] = ()
    found: tuple[JSON, ...] = ()
    """Passages that searches found, in order."""
    missing: tuple[str, ...] = ()
    """Inputs that nobody gave."""
    inputs: Mapping[str, JSON] = field(default_factory=dict)


class Leave(Exception):
    """Ends the plan here."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.reason or ended.way)
        self.ended = ended


def escalate(reason: str, why: str = "") -> Leave:
    """Return the way out that hands the ticket to a person."""
    return Leave(Ended(way="escalate", reason=reason, why=why))


class NotTheirs(PermanentError):
    """A record belongs to somebody else than the authenticated customer, so nothing of it is told or kept."""


class World(Protocol):
    """What a plan acts on; each method is a step or a wait of the run."""

    def call(self, tool: str, args: dict[str, JSON], attempts: int | None) -> Awaitable[JSON]:
        """Call a tool; `attempts` is how often at most, `None` for the tool's own number.

        Raises:
            NotTheirs: Its record belongs to somebody else.
            StepFailed, PermanentError: It failed.
            InDoubt: Nobody knows whether it happened.
        """

    def search(self, query: str) -> Awaitable[JSON]:
        """Search the knowledge; gives `{found, passages}`."""

    def ask(self, question: str, wanted: Sequence[Input]) -> Awaitable[Mapping[str, JSON]]:
        """Ask the customer; gives the values of `wanted` and the answer as `text`.

        Raises:
            Leave: There is no answer to go on with.
        """

    def approval(self, tool: str, args: dict[str, JSON]) -> Awaitable[None]:
        """Wait for a person's yes.

        Raises:
            Leave: They said no, or nothing in time.
        """

    def gate(self, step: Step, found: Sequence[JSON]) -> Awaitable[None]:
        """Decide whether to go on, before each action and each reply; `found` is what a reply is composed from.

        Raises:
            Leave: Not alone.
        """

    def compose(self, found: Sequence[JSON], guidance: str) -> Awaitable[tuple[str, Sequence[JSON]] | None]:
        """Compose a reply from passages; gives it and what it cites, or `None` where they hold no answer."""


@dataclass(frozen=True)
class _Result:
    """What an early step gave, until its turn."""

    value: JSON = None
    error: Exception | None = None
    is_skipped: bool = False
    is_open: bool = False
    """It could not begin early: it is run at its turn."""


async def execute(
    plan: Plan,
    catalogue: Catalogue,
    world: World,
    *,
    ticket: Mapping[str, JSON],
    inputs: Mapping[str, JSON],
    facts: frozenset[str],
) -> Ended:
    """Run a plan to its end.

    Args:
        plan: Verified against this catalogue.
        catalogue: The tools it uses.
        world: What it acts on.
        ticket: The value of `ticket` in expressions.
        inputs: Inputs known so far; the others are asked for when a step needs them.
        facts: What holds at the beginning, such as `identity_verified`.
    """
    run = _Execution(plan, catalogue, world, {"ticket": dict(ticket), "inputs": dict(inputs)}, facts)
    try:
        await run.steps(plan.steps)
    except Leave as leave:
        return run.ended(leave.ended)
    except asyncio.CancelledError:
        return run.ended(Ended(way="escalate", reason="cancelled", why="somebody cancelled the run"))
    except NondeterminismError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever is wrong with us, what was done so far must not get lost)
        return run.ended(Ended(way="escalate", reason="defect", why=f"{type(error).__name__}: {error}"))
    return run.ended(Ended(way="escalate", reason="defect", why="the plan ended without a reply"))


class _Execution:
    """One plan under way."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, world: World, values: dict[str, JSON], facts: frozenset[str]
    ) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._world = world
        self._environment = environment(plan, catalogue)
        self._values = values
        self._facts = set(facts)
        self._calls: list[Call] = []
        self._early_calls: dict[str, Call] = {}
        self._doubts: list[tuple[Call, str]] = []
        self._taken: list[Taken] = []
        self._found: list[JSON] = []

    def ended(self, ended: Ended) -> Ended:
        """Return how the plan ended with all it did; reads that never had their turn were made all the same."""
        inputs = self._values["inputs"]
        missing = tuple(e.name for e in self._plan.inputs if e.required and e.name not in inputs)
        return replace(
            ended,
            calls=(*self._calls, *self._early_calls.values()),
            in_doubt=tuple(self._doubts),
            taken=tuple(self._taken),
            found=tuple(self._found),
            missing=missing,
            inputs=inputs,
        )

    async def steps(self, steps: Sequence[Step]) -> None:
        """Let each step have its turn."""
        at = 0
        while at < len(steps):
            end = at
            while end < len(steps) and not self._holds_up(steps[end]):
                end += 1
            early = [step for step in steps[at:end] if isinstance(step, ToolStep | SearchStep)]
            if len(early) > 1:
                promises: dict[str, Promise[_Result]] = {step.id: Promise() for step in early}
                await gather(self._turns(steps[at:end], promises), *(self._ahead(step, promises) for step in early))
            else:
                await self._turns(steps[at:end], {})
            if end < len(steps):
                await self._turns(steps[end : end + 1], {})
            at = end + 1

    def _holds_up(self, step: Step) -> bool:
        """Say whether nothing below a step may begin before it has had its turn."""
        if isinstance(step, AskStep) or self._unasked(self._needs(step)):
            return True
        if not isinstance(step, ToolStep | SearchStep):
            return False
        if step.on_error is not None and step.on_error.goes_on and any(map(self._holds_up, step.on_error.steps)):
            return True
        return isinstance(step, ToolStep) and (self._entry(step).effect != "read" or self._may_need_approval(step))

    async def _turns(self, steps: Sequence[Step], early: Mapping[str, Promise[_Result]]) -> None:
        for step in steps:
            result = await early[step.id] if step.id in early else _Result(is_open=True)
            if result.is_skipped or (result.is_open and not await self._is_wanted(step)):
                self._note(step, "skipped")
                continue
            await self._turn(step, result)

    async def _turn(self, step: Step, result: _Result) -> None:
        match step:
            case ToolStep() | SearchStep():
                await self._work(step, result)
            case CheckStep():
                if self._holds(step.condition):
                    self._note(step, "holds")
                else:
                    self._note(step, f"does not hold: {step.condition.value}")
                    await self.steps(step.otherwise)
            case AskStep():
                await self._ask(step)
            case ReplyStep():
                await self._reply(step)
            case EscalateStep():
                self._note(step, step.reason.value)
                raise escalate(step.reason.value, "the procedure hands this over")

    async def _is_wanted(self, step: Step) -> bool:
        """Say whether a step is not skipped; then all that it needs of the customer is there."""
        if step.when is not None:
            await self._complete([self._condition(step.when)])
            if not self._holds(step.when):
                return False
        await self._complete(self._needs(step))
        return True

    # Reads, searches and actions

    async def _ahead(self, step: ToolStep | SearchStep, early: Mapping[str, Promise[_Result]]) -> None:
        """Run a read as soon as what it needs is there; what it gave waits for its turn."""
        early[step.id].keep(await self._begun(step, early))

    async def _begun(self, step: ToolStep | SearchStep, early: Mapping[str, Promise[_Result]]) -> _Result:
        values = dict(self._values)
        for name in sorted(self._names(step)):
            if name in early and name != step.id:
                result = await early[name]
                if result.error is not None or result.is_open or not self._is_expected(self._step(name), result.value):
                    return _Result(is_open=True)
                if not result.is_skipped:
                    values[name] = result.value
            elif name not in self._values:
                return _Result(is_open=True)
        try:
            if step.when is not None and not self._condition(step.when).holds(values):
                return _Result(is_skipped=True)
            if isinstance(step, SearchStep):
                return _Result(value=await self._world.search(self._text(step.query).text(values)))
            if not set(self._entry(step).requires) <= self._facts:
                return _Result(is_open=True)  # a fact of an early step counts from that step's turn on
            return _Result(value=await self._call(step, values, is_early=True))
        except EvaluationError:
            return _Result(is_open=True)
        except (StepFailed, PermanentError) as error:
            return _Result(error=error)

    async def _work(self, step: ToolStep | SearchStep, result: _Result) -> None:
        try:
            if result.error is not None:
                raise result.error
            value = await self._value(step) if result.is_open else result.value
        except NotTheirs as error:
            self._note(step, "not the customer's")
            raise escalate("policy", str(error)) from error
        except InDoubt as error:
            self._note(step, "in doubt")
            raise escalate("in_doubt", str(error)) from error
        except (StepFailed, PermanentError) as error:
            self._settle_early(step)
            self._note(step, f"failed: {error}")
            await self._instead(step, str(error))
            return
        self._settle_early(step)
        if step.expect is not None and not self._is_expected(step, value):
            self._note(step, f"not as expected: {step.expect.value}")
            await self._instead(step, f"{step.id}: {step.expect.value} does not hold")
            return
        self._values[step.id] = value
        if isinstance(step, ToolStep):
            self._facts.update(self._entry(step).provides)
            self._note(step, "done")
        else:
            passages = value.get("passages", [])
            self._found.extend(passages)
            self._note(step, f"{len(passages)} passages" if value.get("found") else "nothing found")

    async def _value(self, step: ToolStep | SearchStep) -> JSON:
        if isinstance(step, SearchStep):
            return await self._world.search(self._text(step.query).text(self._values))
        entry = self._entry(step)
        lacking = [fact for fact in entry.requires if fact not in self._facts]
        if lacking:
            self._note(step, f"needs {', '.join(lacking)}")
            raise escalate("policy", f"{entry.name} needs {', '.join(lacking)}, which does not hold")
        args = self._args(step, self._values)
        if entry.effect != "read":
            await self._pass_gate(step, Call(tool=entry.name, args=args, effect=entry.effect))
        if self._needs_approval(step, args):
            await self._world.approval(entry.name, args)
        return await self._call(step, self._values, is_early=False)

    async def _pass_gate(self, step: ToolStep, call: Call) -> None:
        try:
            await self._world.gate(step, ())
        except Leave as leave:
            if leave.ended.way == "propose":
                raise Leave(replace(leave.ended, proposed=(call,))) from leave
            raise

    def _may_need_approval(self, step: ToolStep) -> bool:
        return step.approve is not None or self._entry(step).approve is not None

    def _needs_approval(self, step: ToolStep, args: Mapping[str, JSON]) -> bool:
        """Say whether the plan or the tool wants a person's yes to these arguments; in doubt it does."""
        entry = self._entry(step)
        asks = step.approve is not None and self._holds(step.approve)
        if not asks and entry.approve is not None:
            condition = expression.compile(entry.approve, entry.arguments)
            defaults = {parameter.name: parameter.default for parameter in entry.parameters if not parameter.required}
            asks = not isinstance(condition, Compiled) or condition.holds({**defaults, **args})
        return asks

    async def _call(self, step: ToolStep, values: Mapping[str, JSON], *, is_early: bool) -> JSON:
        entry = self._entry(step)
        call = Call(tool=entry.name, args=self._args(step, values), effect=entry.effect)
        retries = step.on_error.retries if step.on_error is not None else 0
        try:
            value = await self._world.call(entry.name, call.args, retries + 1 if retries else None)
        except InDoubt as error:
            self._doubts.append((call, error.key))
            raise
        except asyncio.CancelledError:
            if entry.effect != "read":
                self._doubts.append((call, ""))  # it was under way, and what became of it is not told any more
            raise
        except (StepFailed, PermanentError) as error:
            self._called(step, replace(call, error=str(error)), is_early=is_early)
            raise
        self._called(step, replace(call, result=value), is_early=is_early)
        return value

    def _called(self, step: Step, call: Call, *, is_early: bool) -> None:
        if is_early:
            self._early_calls[step.id] = call
        else:
            self._calls.append(call)

    def _settle_early(self, step: Step) -> None:
        if step.id in self._early_calls:
            self._calls.append(self._early_calls.pop(step.id))

    async def _instead(self, step: ToolStep | SearchStep, why: str) -> None:
        """Go the declared other way after a failure."""
        on_error = step.on_error or OnError()
        if not on_error.steps:
            raise escalate("tool_failed", why)
        await self.steps(on_error.steps)

    def _is_expected(self, step: Step, value: JSON) -> bool:
        """Say whether a step's result is what the plan expects; one of which that cannot be said is not."""
        expect = step.expect if isinstance(step, ToolStep | SearchStep) else None
        try:
            return expect is None or self._condition(expect).holds({**self._values, step.id: value})
        except EvaluationError:
            return False

    # The customer

    async def _complete(self, readers: Sequence[_Reader]) -> None:
        """Ask for the inputs that are read and that nobody gave."""
        missing = self._unasked(readers)
        if not missing:
            return
        silent = [entry.name for entry in missing if not entry.ask]
        if silent:
            raise escalate("low_confidence", f"the ticket does not say: {', '.join(silent)}")
        answer = await self._world.ask("\n".join(entry.ask for entry in missing), missing)
        self._take(answer, missing)

    async def _ask(self, step: AskStep) -> None:
        wanted = [e for e in self._plan.inputs if step.into is not None and e.name == step.into.value]
        answer = await self._world.ask(self._text(step.question).text(self._values), wanted)
        self._values[step.id] = {"text": answer["text"]}
        self._take(answer, wanted)
        self._note(step, "answered")

    def _take(self, answer: Mapping[str, JSON], wanted: Sequence[Input]) -> None:
        given = {entry.name: answer[entry.name] for entry in wanted if entry.name in answer}
        self._values["inputs"] = {**self._values["inputs"], **given}

    def _unasked(self, readers: Sequence[_Reader]) -> list[Input]:
        """Return the required inputs that are read and not known, but for those an ask step fills."""
        asked = self._plan.asked_inputs()
        known = self._values["inputs"]
        used = _inputs_used(readers)
        return [
            e
            for e in self._plan.inputs
            if e.required and e.name in used and e.name not in known and e.name not in asked
        ]

    async def _reply(self, step: ReplyStep) -> None:
        found = [p for source in step.answer for p in self._values.get(source.value, {}).get("passages", ())]
        await self._world.gate(step, found)
        if step.answer:
            composed = await self._world.compose(found, step.guidance or self._plan.guidance)
            if composed is None:
                raise escalate("not_grounded", "the passages found do not answer the question")
            text, cited = composed
        else:
            text, cited = self._filled(step)
        self._note(step, "replied")
        raise Leave(Ended(way="reply", reply=text, cited=tuple(cited)))

    def _filled(self, step: ReplyStep) -> tuple[str, list[JSON]]:
        if step.text is None:
            raise EvaluationError(f"{step.id}: no text and no answer")
        cited: list[JSON] = []

        def cite(name: str) -> str:
            passages = self._values.get(name, {}).get("passages", [])
            if not passages:
                raise escalate("not_grounded", f"the reply cites {name}, which found nothing")
            cited.append(passages[0])
            return f"“{passages[0]['title']}”"

        return self._text(step.text).text(self._values, cite), cited

    # Values

    def _step(self, name: str) -> Step:
        return next(step for step in self._plan.all_steps() if step.id == name)

    def _entry(self, step: ToolStep) -> Entry:
        entry = self._catalogue.get(step.tool.value)
        if entry is None:
            raise SegueError(f"the plan uses tool {step.tool.value}, which is not there any more")
        return entry

    def _text(self, text: Text) -> Template:
        compiled = template.compile(text.value, self._environment)
        if not isinstance(compiled, Template):
            raise EvaluationError(f"{text.value}: {compiled[0].message}")
        return compiled

    def _condition(self, text: Text) -> Compiled:
        compiled = expression.compile(text.value, self._environment)
        if not isinstance(compiled, Compiled):
            raise EvaluationError(f"{text.value}: {compiled[0].message}")
        return compiled

    def _holds(self, text: Text) -> bool:
        return self._condition(text).holds(self._values)

    def _args(self, step: ToolStep, values: Mapping[str, JSON]) -> dict[str, JSON]:
        return {argument.name: self._filled_in(argument.value, values) for argument in step.args}

    def _filled_in(self, value: Value, values: Mapping[str, JSON]) -> JSON:
        match value:
            case Text():
                return self._text(value).value(values)
            case Items():
                return [self._filled_in(item, values) for item in value.items]
            case Fields():
                return {entry.name: self._filled_in(entry.value, values) for entry in value.fields}
            case _:
                return value.value

    def _names(self, step: ToolStep | SearchStep) -> frozenset[str]:
        """Return the steps, and `inputs` and `ticket`, that a step needs to begin."""
        names: set[str] = set()
        for read in self._readers(step):
            names |= read.names
        return frozenset(names)

    def _readers(self, step: Step) -> list[_Reader]:
        """Return everything in a step that reads values before the step has its own."""
        texts: list[Text] = []
        conditions: list[Text] = [step.when] if step.when is not None else []
        match step:
            case ToolStep():
                for argument in step.args:
                    texts.extend(_texts(argument.value))
                conditions.extend([step.approve] if step.approve is not None else [])
            case SearchStep():
                texts.append(step.query)
            case AskStep():
                texts.append(step.question)
            case CheckStep():
                conditions.append(step.condition)
            case ReplyStep(text=Text() as text):
                texts.append(text)
            case _:
                pass
        return [*map(self._text, texts), *map(self._condition, conditions)]

    def _needs(self, step: Step) -> list[_Reader]:
        """Return everything in a step that reads values."""
        expect = step.expect if isinstance(step, ToolStep | SearchStep) else None
        return [*self._readers(step), *([self._condition(expect)] if expect is not None else [])]

    def _note(self, step: Step, result: str) -> None:
        self._taken.append(Taken(id=step.id, kind=step.kind, result=result[:300]))


def _inputs_used(readers: Sequence[_Reader]) -> set[str]:
    """Return the inputs whose values are read, not those that are only asked about with `has`."""
    used: set[str] = set()
    for read in readers:
        parts = [read] if isinstance(read, Compiled) else [p for p in read.parts if isinstance(p, Compiled)]
        used.update(path[1] for part in parts for path in part.reads if path[0] == "inputs" and len(path) > 1)
    return used


def _texts(value: Value) -> list[Text]:
    match value:
        case Text():
            return [value]
        case Items():
            return [text for item in value.items for text in _texts(item)]
        case Fields():
            return [text for entry in value.fields for text in _texts(entry.value)]
        case _:
            return []


__all__ = ["Call", "Ended", "Leave", "NotTheirs", "Taken", "World", "escalate", "execute"]
