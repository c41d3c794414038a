"""Calls of tools: what must hold before one, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from segue.errors import InDoubt, PermanentError, StepFailed
from segue.plan import expression
from segue.plan.catalogue import Entry
from segue.plan.execute.course import Course
from segue.plan.execute.ended import Call, Leave, escalate
from segue.plan.execute.values import Values
from segue.plan.expression import Compiled
from segue.plan.plan import ToolStep
from segue.tools import JSON


class Acts:
    """The tool calls of a plan under way."""

    def __init__(self, course: Course) -> None:
        self._course = course

    async def take(self, step: ToolStep) -> JSON:
        """Call the tool of a step at its turn, once everything that must be has been looked at.

        Raises:
            Leave: A fact does not hold, the agent may not act alone, or a person says no.
            StepFailed, PermanentError, InDoubt: As `World.call` does.
        """
        course = self._course
        entry = course.entry(step)
        lacking = [fact for fact in entry.requires if fact not in course.facts]
        if lacking:
            course.deeds.note(step, f"needs {', '.join(lacking)}")
            raise escalate("policy", f"{entry.name} needs {', '.join(lacking)}, which does not hold")
        args = course.values.args(step)
        if entry.effect != "read":
            await self._pass_gate(step, Call(tool=entry.name, args=args, effect=entry.effect))
        if self._needs_approval(step, entry, args):
            await course.world.approval(entry.name, args)
        return await self.call(step, course.values)

    async def call(self, step: ToolStep, values: Values, *, is_early: bool = False) -> JSON:
        """Call the tool of a step, and keep what came of it."""
        course = self._course
        entry = course.entry(step)
        call = Call(tool=entry.name, args=values.args(step), effect=entry.effect)
        retries = step.on_error.retries if step.on_error is not None else 0
        try:
            value = await course.world.call(entry.name, call.args, retries + 1 if retries else None)
        except InDoubt as error:
            course.deeds.doubt(call, error.key)
            raise
        except asyncio.CancelledError:
            if entry.effect != "read":
                course.deeds.doubt(call, "")  # it was under way, and what became of it is not told any more
            raise
        except (StepFailed, PermanentError) as error:
            course.deeds.called(step, replace(call, error=str(error)), is_early=is_early)
            raise
        course.deeds.called(step, replace(call, result=value), is_early=is_early)
        return value

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

    def _needs_approval(self, step: ToolStep, entry: Entry, args: Mapping[str, JSON]) -> bool:
        """Say whether the plan or the tool wants a person's yes to these arguments; in doubt it does."""
        if step.approve is not None and self._course.values.holds(step.approve):
            return True
        if entry.approve is None:
            return False
        condition = expression.compile(entry.approve, entry.arguments)
        defaults = {parameter.name: parameter.default for parameter in entry.parameters if not parameter.required}
        return not isinstance(condition, Compiled) or condition.holds({**defaults, **args})
