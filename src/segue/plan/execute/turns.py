"""Turns: each step takes effect after every step above it has finished, been skipped or taken its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segue.engine.calls import Promise, gather
from segue.errors import BudgetExceeded, InDoubt, PermanentError, StepFailed
from segue.plan import reads
from segue.plan.execute.acts import Acts
from segue.plan.execute.ahead import OPEN, Ahead, Result
from segue.plan.execute.course import Course
from segue.plan.execute.ended import Ended, Leave, NotTheirs, escalate
from segue.plan.execute.knowing import looked_up
from segue.plan.execute.questions import Questions
from segue.plan.execute.values import Known
from segue.plan.expression import EvaluationError
from segue.plan.plan import (
    AskStep,
    CheckStep,
    ChooseStep,
    EachStep,
    EscalateStep,
    ModelStep,
    OnError,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
    Work,
    nested,
)
from segue.plan.reads import Reads
from segue.tools import JSON


class Turns:
    """The steps of a plan under way, from top to bottom."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._acts = Acts(course)
        self._questions = Questions(course)

    async def take(self, steps: Sequence[Step]) -> None:
        """Let each step have its turn.

        Raises:
            Leave: The plan ends in one of them.
        """
        at = 0
        while at < len(steps):
            end = at
            while end < len(steps) and not self._holds_up(steps[end]):
                end += 1
            early = [step for step in steps[at:end] if isinstance(step, Work)]
            if len(early) > 1:
                promises: dict[str, Promise[Result]] = {step.id: Promise() for step in early}
                ahead = Ahead(self._course, self._acts, promises)
                await gather(self._in_order(steps[at:end], promises), *map(ahead.run, early))
            else:
                await self._in_order(steps[at:end], {})
            if end < len(steps):
                await self._in_order(steps[end : end + 1], {})
            at = end + 1

    def _holds_up(self, step: Step) -> bool:
        """Say whether nothing below a step may begin before it has had its turn."""
        if isinstance(step, AskStep) or self._questions.is_open(step):
            return True
        if isinstance(step, ToolStep) and self._acts.may_act(step):
            return True
        if isinstance(step, CheckStep):  # what stands in its `else` ends the plan
            return False
        if isinstance(step, Work) and (step.on_error is None or not step.on_error.goes_on):
            return False
        return any(map(self._holds_up, nested(step)))

    async def _in_order(self, steps: Sequence[Step], early: Mapping[str, Promise[Result]]) -> None:
        for step in steps:
            result = await early[step.id] if step.id in early else OPEN
            if result.is_skipped or (result.is_open and not await self._is_wanted(step)):
                self._course.deeds.note(step, "skipped")
                continue
            await self._turn(step, result)

    async def _is_wanted(self, step: Step) -> bool:
        """Say whether a step is not skipped; then all that it needs of the customer is there."""
        if step.when is not None:
            await self._questions.complete(Reads((), (step.when,)))
            if not self._course.values.holds(step.when):
                return False
        await self._questions.complete(reads.all_of(step))
        return True

    async def _turn(self, step: Step, result: Result) -> None:
        match step:
            case ToolStep() | SearchStep() | ModelStep():
                await self._work(step, result)
            case CheckStep():
                await self._check(step)
            case ChooseStep():
                await self._choose(step)
            case EachStep():
                await self._each(step)
            case AskStep():
                await self._questions.ask(step)
            case ReplyStep():
                await self._reply(step)
            case EscalateStep():
                self._course.deeds.note(step, step.reason.value)
                raise escalate(step.reason.value, "the procedure hands this over")

    async def _check(self, step: CheckStep) -> None:
        if self._course.values.holds(step.condition):
            self._course.deeds.note(step, "holds")
        else:
            self._course.deeds.note(step, f"does not hold: {step.condition.value}")
            await self.take(step.otherwise)

    async def _choose(self, step: ChooseStep) -> None:
        course = self._course
        text = None if step.given is None else course.values.text(step.given)
        names = ", ".join(option.name for option in step.options)
        try:
            name = await course.world.choose(step.by, text, step.options)
        except BudgetExceeded:
            raise
        except (StepFailed, PermanentError) as error:
            course.deeds.note(step, f"failed: {error}")
            raise escalate("low_confidence", f"nobody could say which of these is meant: {names}") from error
        chosen = next((option for option in step.options if option.name == name), None)
        if chosen is None:
            course.deeds.note(step, "unsure")
            raise escalate("low_confidence", f"it cannot be told which of these is meant: {names}")
        course.deeds.note(step, chosen.name)
        await self.take(chosen.steps)

    async def _each(self, step: EachStep) -> None:
        course = self._course
        items, kind, origin = course.values.items(step.items)
        if len(items) > step.most:
            course.deeds.note(step, f"{len(items)} items")
            raise escalate("policy", f"{step.id} is for {step.most} items at most, and there are {len(items)}")
        for number, item in enumerate(items):
            values = course.values.with_item(step.name, kind, Known(item, origin))
            await Turns(course.inside(values, number)).take(step.steps)
        course.deeds.note(step, f"{len(items)} items")

    # Steps that give a value

    async def _work(self, step: Work, result: Result) -> None:
        deeds = self._course.deeds
        try:
            if result.error is not None:
                raise result.error
            known = result.known or await self._known(step)
        except NotTheirs as error:
            deeds.note(step, "not the customer's")
            raise escalate("policy", str(error)) from error
        except BudgetExceeded as error:
            deeds.note(step, f"left out: {error}")
            raise
        except InDoubt as error:
            deeds.note(step, "in doubt")
            raise escalate("in_doubt", str(error)) from error
        except (StepFailed, PermanentError) as error:
            deeds.settle(step)
            deeds.note(step, f"failed: {error}")
            await self._instead(step, str(error))
            return
        deeds.settle(step)
        if step.expect is not None and not self._course.is_expected(step, known):
            deeds.note(step, f"not as expected: {step.expect.value}")
            await self._instead(step, f"{step.id}: {step.expect.value} does not hold")
            return
        self._done(step, known)

    async def _known(self, step: Work) -> Known:
        if isinstance(step, ToolStep):
            return await self._acts.take(step)
        return await looked_up(step, self._course, self._course.values)

    async def _instead(self, step: Work, why: str) -> None:
        """Go the declared other way after a failure."""
        on_error = step.on_error or OnError()
        if not on_error.steps:
            raise escalate("tool_failed", why)
        await self.take(on_error.steps)

    def _done(self, step: Work, known: Known) -> None:
        course = self._course
        course.values.put(step.id, known)
        if isinstance(step, ToolStep):
            course.facts.update(course.entry(step).provides)
            course.deeds.note(step, "done")
        elif isinstance(step, ModelStep):
            course.deeds.note(step, "answered")
        else:
            passages = known.value.get("passages", [])
            course.deeds.found.extend(passages)
            course.deeds.note(step, f"{len(passages)} passages" if known.value.get("found") else "nothing found")

    # Replies

    async def _reply(self, step: ReplyStep) -> None:
        course = self._course
        found = [passage for source in step.answer for passage in course.values.passages(source.value)]
        await course.world.gate(step, found)
        if step.answer:
            composed = await course.world.compose(found, step.guidance or course.plan.guidance)
            if composed is None:
                raise escalate("not_grounded", "the passages found do not answer the question")
            text, cited = composed
        else:
            text, cited = self._filled(step)
        by_models = course.values.by_models(step.text) if step.text is not None else ()
        course.deeds.note(step, "replied")
        raise Leave(Ended(way="reply", reply=text, cited=tuple(cited), by_models=by_models))

    def _filled(self, step: ReplyStep) -> tuple[str, list[JSON]]:
        if step.text is None:
            raise EvaluationError(f"{step.id}: no text and no answer")
        cited: list[JSON] = []

        def cite(name: str) -> str:
            passages = self._course.values.passages(name)
            if not passages:
                raise escalate("not_grounded", f"the reply cites {name}, which found nothing")
            cited.append(passages[0])
            return f"“{passages[0]['title']}”"

        return self._course.values.text(step.text, cite), cited
