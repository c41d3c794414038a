"""Calls of tools: what must hold before one, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from segue.errors import InDoubt, PermanentError, StepFailed
from segue.plan import demands, expression
from segue.plan.catalogue import Entry
from segue.plan.execute.course import Course
from segue.plan.execute.ended import Call, Leave, escalate
from segue.plan.execute.values import Known, Values
from segue.plan.expression import Compiled
from segue.plan.language.types import MONEY, present
from segue.plan.plan import OnError, ToolStep
from segue.plan.trace import approved, of_result
from segue.tools import JSON


def attempts(on_error: OnError | None) -> int | None:
    """Return how often a step is tried at most; `None` where the plan does not say."""
    return on_error.retries + 1 if on_error is not None and on_error.retries else None


class Acts:
    """The tool calls of a plan under way."""

    def __init__(self, course: Course) -> None:
        self._course = course

    async def take(self, step: ToolStep) -> Known:
        """Call the tool of a step at its turn, once everything that must be has been looked at.

        Raises:
            Leave: A fact does not hold, an argument may not be believed, the agent may not act alone, or a person
                says no.
            StepFailed, PermanentError, InDoubt: As `World.call` does.
        """
        course = self._course
        entry = course.entry(step)
        lacking = [fact for fact in entry.requires if fact not in course.facts]
        if lacking:
            course.deeds.note(step, f"needs {', '.join(lacking)}")
            raise escalate("policy", f"{entry.name} needs {', '.join(lacking)}, which does not hold")
        call = self.prepared(step, course.values)
        if entry.effect != "read":
            await self._pass_gate(step, call)
        return await self.call(step, await self._accepted(step, entry, call))

    def prepared(self, step: ToolStep, values: Values) -> Call:
        """Return the call of a step with its arguments.

        Raises:
            EvaluationError: A value in them is missing.
        """
        entry = self._course.entry(step)
        args, origins = values.args(step)
        return Call(tool=entry.name, args=args, effect=entry.effect, origins=origins)

    async def call(self, step: ToolStep, call: Call, *, is_early: bool = False) -> Known:
        """Make the call of a step, and keep what came of it."""
        deeds, world = self._course.deeds, self._course.world
        is_made = False

        async def make() -> JSON:
            nonlocal is_made
            await world.turn(call.tool)
            is_made = True
            return await world.call(call, attempts(step.on_error))

        try:
            value = await self._course.lookups.read(call, make) if call.effect == "read" else await self._act(make)
        except InDoubt as error:
            deeds.doubt(call, error.key)
            raise
        except asyncio.CancelledError:
            if call.effect != "read" and is_made:
                deeds.doubt(call, "")  # it was under way, and what became of it is not told any more
            raise
        except (StepFailed, PermanentError) as error:
            if is_made:
                deeds.called(step, replace(call, error=str(error)), is_early=is_early)
            raise
        if is_made:
            deeds.called(step, replace(call, result=value), is_early=is_early)
        return Known(value, of_result(self._course.entry(step), call.origins.values(), is_record=value is not None))

    async def _act(self, make: Callable[[], Awaitable[JSON]]) -> JSON:
        self._course.lookups.forget()
        return await make()

    def may_act(self, step: ToolStep) -> bool:
        """Say whether a step does more than read, or may have to wait for a person."""
        entry = self._course.entry(step)
        return entry.effect != "read" or step.approve is not None or entry.approve is not None

    async def _pass_gate(self, step: ToolStep, call: Call) -> None:
        try:
            await self._course.world.gate(step, ())
        except Leave as leave:
            if leave.ended.way == "propose":
                raise Leave(replace(leave.ended, proposed=(call,))) from leave
            raise

    async def _accepted(self, step: ToolStep, entry: Entry, call: Call) -> Call:
        """Return the call once every argument may be believed as far as the tool demands, or a person has agreed."""
        course = self._course
        short = [str(each) for each in demands.short(entry, call.origins)]
        why = self._why_approval(step, entry, call.args)
        if short and not why:
            course.deeds.note(step, f"refused: {short[0]}")
            raise escalate("policy", f"{entry.name}: {'; '.join(short)}")
        if not why:
            return call
        await course.world.approval(course.label(step), call, "; ".join((why, *short)))
        course.lookups.forget()
        return replace(call, origins=approved(call.origins))

    def _why_approval(self, step: ToolStep, entry: Entry, args: Mapping[str, JSON]) -> str:
        """Return why a person must say yes to these arguments, empty where nobody must; in doubt somebody must."""
        if step.approve is not None and self._course.values.holds(step.approve):
            return f"the procedure asks for it where {step.approve.value}"
        if entry.approve is None:
            return ""
        condition = expression.compile(entry.approve, entry.arguments)
        defaults = {parameter.name: parameter.default for parameter in entry.parameters if not parameter.required}
        given = {**defaults, **{name: _as_read(entry, name, value) for name, value in args.items()}}
        is_wanted = not isinstance(condition, Compiled) or condition.holds(given)
        return f"{entry.name} asks for it where {entry.approve}" if is_wanted else ""


def _as_read(entry: Entry, name: str, value: JSON) -> JSON:
    """Return an argument as expressions read it: money is written as text, also where a plan gives a plain number."""
    parameter = entry.parameter(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and parameter is not None and present(parameter.type) == MONEY else value
