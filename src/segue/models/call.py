"""One request on its way: what it has used up so far, and what an answer must be before it counts."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import TypeVar

from segue.errors import AnswerTruncated, BadAnswer, ModelBudgetExceeded, ModelError, ModelRefused
from segue.models import price, schema
from segue.models.candidate import Candidate, Contact
from segue.models.model import Answer, Attempt, Prompt, Reply, Request
from segue.models.pace import Clock
from segue.models.prompt import digest, repaired
from segue.redaction import Redacted

CHARACTERS_A_TOKEN = 4
"""For the worst that a request may cost, before anybody has counted its tokens."""

E = TypeVar("E", bound=ModelError)


class Call:
    """What is known of a request while models are asked."""

    def __init__(self, request: Request, prompt: Prompt, hidden: Redacted, clock: Clock) -> None:
        self._request = request
        self._prompt = prompt
        self._hidden = hidden
        self._clock = clock
        self._begun_s = self._tried_s = clock.now_s()
        self._digest = digest(prompt)
        self._attempts: list[Attempt] = []
        self._noted: list[ModelError] = []
        self._input = self._output = self._cached = 0
        self._cost: Decimal | None = Decimal(0)
        self.asked = ""
        """The model that is asked now, or was last."""

    @property
    def left_s(self) -> float:
        """Seconds until the answer comes too late."""
        return self._begun_s + self._request.limits.seconds - self._clock.now_s()

    def wait_s(self, first_s: float, failures: int) -> float:
        """Return the wait after so many rounds: each twice the one before, and a little apart from other requests'."""
        return first_s * 2.0 ** (failures - 1) * (1 + int(self._digest[:4], 16) / 0xFFFF / 4)

    def note(self, error: ModelError) -> None:
        """Count a try that failed."""
        now = self._clock.now_s()
        self._noted.append(error)
        self._attempts.append(
            Attempt(model=error.model, kind=error.kind, message=str(error), seconds=round(now - self._tried_s, 3))
        )
        self._tried_s = now

    def failed(self, error: E) -> E:
        """Return an error that says what was tried before."""
        if not any(error is noted for noted in self._noted):
            self.note(error)
        error.attempts = [asdict(attempt) for attempt in self._attempts]
        error.cost_usd = None if self._cost is None else str(self._cost)
        error.tokens = self._input + self._output
        return error

    async def answer(self, contact: Contact) -> Answer:
        """Ask one model, and once more with its fault shown where its answer is not of the schema.

        Raises:
            ModelError: There is no answer that can be used.
        """
        self._tried_s = self._clock.now_s()
        candidate, prompt = contact.candidate, self._prompt
        self.asked = candidate.name
        reply = await self._reply(contact, prompt)
        if self._request.schema is None:
            return self._answer(candidate, reply, None)
        try:
            return self._answer(candidate, reply, self._value(reply))
        except schema.Unfit as unfit:
            fault = self._hidden.hide(str(unfit), self._request.personal)
        self.note(BadAnswer(f"{candidate.name}: {fault}", kind="schema", model=candidate.name))
        reply = await self._reply(contact, repaired(prompt, reply.text, fault))
        try:
            return self._answer(candidate, reply, self._value(reply))
        except schema.Unfit as unfit:
            fault = self._hidden.hide(str(unfit), self._request.personal)
            message = f"{candidate.name}, though it was told what was wrong: {fault}"
            raise BadAnswer(message, kind="schema", model=candidate.name) from None

    async def _reply(self, contact: Contact, prompt: Prompt) -> Reply:
        """Return a reply that is whole, and count what it cost."""
        candidate = contact.candidate
        self._afford(candidate, prompt)
        until_s = self._begun_s + self._request.limits.seconds
        reply = await contact.ask(prompt, task=self._request.task, until_s=until_s, failed=self.note)
        self._count(candidate, reply)
        if reply.finish == "refused":
            raise ModelRefused(f"{candidate.name} declined to answer", kind="refused", model=candidate.name)
        if reply.finish == "length":
            cut = f"{candidate.name} was cut off after {prompt.output_tokens} tokens"
            raise AnswerTruncated(cut, kind="truncated", model=candidate.name)
        if not reply.text.strip():
            raise BadAnswer(f"{candidate.name} answered nothing", kind="empty", model=candidate.name)
        return reply

    def _value(self, reply: Reply) -> object:
        """Return the value of an answer with personal data put back.

        Raises:
            Unfit: It is not of the schema.
        """
        value = self._hidden.restored(schema.read(reply.text))
        schema.fit(value, self._request.schema or {})
        return value

    def _answer(self, candidate: Candidate, reply: Reply, value: object) -> Answer:
        return Answer(
            text=self._hidden.restore(reply.text) if value is None else json.dumps(value, ensure_ascii=False),
            value=value,
            model=candidate.name,
            provider=reply.provider,
            version=reply.version,
            prompt_digest=self._digest,
            input_tokens=self._input,
            output_tokens=self._output,
            cached_tokens=self._cached,
            cost_usd=self._cost,
            seconds=round(self._clock.now_s() - self._begun_s, 3),
            attempts=tuple(self._attempts),
            invented=self._hidden.invented(reply.text),
        )

    def _count(self, candidate: Candidate, reply: Reply) -> None:
        self._input += reply.input_tokens
        self._output += reply.output_tokens
        self._cached += reply.cached_tokens
        cost = price.cost(reply, candidate.model, own=candidate.price, listed=candidate.listed)
        self._cost = None if cost is None or self._cost is None else self._cost + cost

    def _afford(self, candidate: Candidate, prompt: Prompt) -> None:
        """Refuse what may cost more than is left, by the longest answer that is allowed."""
        limits = self._request.limits
        length = len(prompt.system) + sum(len(turn.text) for turn in prompt.turns)
        asked = (length // CHARACTERS_A_TOKEN, prompt.output_tokens)
        used = self._input + self._output
        if limits.tokens is not None and used + sum(asked) > limits.tokens:
            message = f"{candidate.name} may need {sum(asked)} tokens, and {max(limits.tokens - used, 0)} are left"
            raise ModelBudgetExceeded(message, kind="budget", model=candidate.name)
        if limits.usd is None:
            return
        left = limits.usd - (self._cost or 0)
        worst = price.most(candidate.model, asked, own=candidate.price, listed=candidate.listed)
        if left <= 0 if worst is None else worst > left:
            may = "something" if worst is None else f"{worst:f} USD"
            message = f"{candidate.name} may cost {may}, and {max(left, Decimal(0)):f} USD are left"
            raise ModelBudgetExceeded(message, kind="budget", model=candidate.name)
