"""What must be known of the customer, asked when the first step needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segue.plan import reads
from segue.plan.execute.course import Course
from segue.plan.execute.ended import Ended, escalate
from segue.plan.execute.values import Known, Reader
from segue.plan.expression import Compiled, EvaluationError
from segue.plan.origin import ANSWER
from segue.plan.plan import AskStep, Input, Step
from segue.plan.reads import Reads
from segue.tools import JSON


class Questions:
    """The customer's part in a plan under way."""

    def __init__(self, course: Course) -> None:
        self._course = course

    async def ask(self, step: AskStep) -> None:
        """Ask what a step asks."""
        course = self._course
        wanted = [e for e in course.plan.inputs if step.into is not None and e.name == step.into.value]
        answer = await self._answer(course.values.text(step.question), wanted, course.values.by_models(step.question))
        course.values.put(step.id, Known({"text": answer["text"]}, ANSWER))
        self._take(answer, wanted)
        course.deeds.note(step, "answered")

    async def complete(self, read: Reads) -> None:
        """Ask for the inputs that are read and that nobody gave.

        Raises:
            Leave: There is no question for one of them, or no answer.
        """
        missing = self._missing(read)
        if not missing:
            return
        silent = [entry.name for entry in missing if not entry.ask]
        if silent:
            raise escalate("low_confidence", f"the ticket does not say: {', '.join(silent)}")
        self._take(await self._answer("\n".join(entry.ask for entry in missing), missing), missing)

    async def _answer(
        self, question: str, wanted: Sequence[Input], by_models: tuple[str, ...] = ()
    ) -> Mapping[str, JSON]:
        asked = Ended(way="reply", reply=question, by_models=by_models)
        answer = await self._course.world.ask(self._course.deeds.told(asked, {}, ()), wanted)
        self._course.lookups.forget()
        return answer

    def is_open(self, step: Step) -> bool:
        """Say whether something must be asked before a step; where that cannot be said yet, it may have to be."""
        try:
            return bool(self._missing(reads.all_of(step)))
        except EvaluationError:
            return True

    def _missing(self, read: Reads) -> list[Input]:
        """Return the required inputs that are read and not known, but for those an ask step fills."""
        course = self._course
        used, asked, known = inputs_in(course.values.readers(read)), course.plan.asked_inputs(), course.values.inputs
        return [
            e
            for e in course.plan.inputs
            if e.required and e.name in used and e.name not in known and e.name not in asked
        ]

    def _take(self, answer: Mapping[str, JSON], wanted: Sequence[Input]) -> None:
        self._course.values.give({entry.name: answer[entry.name] for entry in wanted if entry.name in answer})


def inputs_in(readers: Sequence[Reader]) -> set[str]:
    """Return the inputs whose values are read, not those that are only asked about with `has`."""
    used: set[str] = set()
    for read in readers:
        parts = [read] if isinstance(read, Compiled) else [part for part in read.parts if isinstance(part, Compiled)]
        used.update(path[1] for part in parts for path in part.reads if path[0] == "inputs" and len(path) > 1)
    return used
