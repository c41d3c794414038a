"""What is found in the articles, and what a model answers: values that no tool gives."""

from __future__ import annotations

from segue.errors import PermanentError
from segue.plan.execute.acts import attempts
from segue.plan.execute.course import Course
from segue.plan.execute.values import Known, Values
from segue.plan.language.types import unfit
from segue.plan.origin import KNOWLEDGE, of_model
from segue.plan.plan import ModelStep, SearchStep


async def looked_up(step: SearchStep | ModelStep, course: Course, values: Values) -> Known:
    """Return what a search found, or a model answered.

    Raises:
        EvaluationError: A value that it needs is missing.
        StepFailed, PermanentError: It failed, or the model's answer is not of the type that the plan relies on.
    """
    if isinstance(step, SearchStep):
        return Known(await course.world.search(values.text(step.query)), KNOWLEDGE)
    given = values.given(step.given)
    answer = await course.world.model(step.task.value, given.value, step.output, attempts(step.on_error))
    if reason := unfit(answer, step.type):
        raise PermanentError(f"the model's answer does not fit: {reason}")
    return Known(answer, of_model(given.origin))
