"""What the past tickets of a workspace have taught: topics, moves, and what people answered to whom."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from segue.knowledge.vectors import Encoder, Progress, Remembering, VectorCache
from segue.models import encoder as encoders
from segue.models.language import language_of
from segue.support import moves, seeds
from segue.support.interpret import QUESTION, Classifier
from segue.support.moves import Foresight, NotKnownYet, Practice
from segue.support.past_answers import Compare, PastAnswers
from segue.support.precedents import Near, Precedents
from segue.support.ticket import PastTicket
from segue.support.workspace import Workspace
from segue.wiring.practising import Practising, told

if TYPE_CHECKING:
    from segue.models.classifier import TopicClassifier
    from segue.models.moves.course import Course


class Experience:
    """The past tickets and what is derived from them, each part made when it is first needed."""

    def __init__(
        self, workspace: Workspace, encoder: Encoder | None, examples: Callable[[], Mapping[str, Sequence[str]]]
    ) -> None:
        """Set it up; nothing is read yet.

        Args:
            workspace: Whose past tickets they are.
            encoder: Compares meaning; without one only words are.
            examples: Gives what the procedures say that customers write, by topic.
        """
        self._workspace = workspace
        self._encoder = encoder
        self._written = examples
        self._learning = threading.Lock()
        """Tickets are read in several threads."""

    @cached_property
    def history(self) -> list[PastTicket]:
        """The past tickets; `segue check` says what is wrong with the others."""
        return list(self._workspace.read_history(now=datetime.now(UTC), report=lambda _: None))

    # Vectors of texts that come again

    @cached_property
    def remembering(self) -> Remembering | None:
        """The encoder for the texts of past tickets, whose vectors are kept."""
        return None if self._encoder is None else self._new_remembering()

    @cached_property
    def outermost(self) -> encoders.Outermost | None:
        """The same for what is compared with articles, or by meaning alone."""
        return None if self.remembering is None else encoders.Outermost(self.remembering.encode)

    def _new_remembering(self) -> Remembering:
        return Remembering(VectorCache(self._workspace.index / "texts", encoders.DeepMiniLM()))

    def encode(self, past: Sequence[PastTicket], on_progress: Progress | None = None) -> None:
        """Make the vectors of past tickets, where there is an encoder, so that a backtest need not wait for them."""
        if self.remembering is not None:
            every = [*self.history, *past]
            answered = self.answered(every)
            questions = [] if answered is None else answered.questions
            self.remembering.encode([*map(_words, every), *questions], on_progress)

    # Topics

    @property
    def classifier(self) -> Classifier | None:
        """What tells topics apart, learned from procedures and history when it is first asked; `None` for one topic."""
        with self._learning:
            return self._classifier

    @cached_property
    def _classifier(self) -> Classifier | None:
        with ThreadPoolExecutor(1) as meanwhile:  # what the first ticket needs too: loading it leaves a processor free
            meanwhile.submit(self._load)
            learned = self.topics(self.history)
        if learned is not None and self._encoder is not None:
            learned.encode = encoders.DeepMiniLM().encode  # what customers write today is not kept
        return learned

    def _load(self) -> None:
        """Load what reads a ticket's words; where that fails, whoever uses it first is told why."""
        language_of("Which language is this?")
        if self._encoder is not None:
            self._encoder.encode(["What does this mean?"])

    def topics(self, past: Sequence[PastTicket]) -> TopicClassifier | None:
        """Return what tells topics apart, learned from these tickets and procedures; `None` for one topic."""
        examples = self._examples(past)
        if not examples:
            return None
        from segue.models.classifier import trained  # noqa: PLC0415 (scikit-learn takes a second to import)

        folder, encoder = self._workspace.records / "models", self.remembering
        return trained(examples, folder, encoder.encode, encoder.name) if encoder else trained(examples, folder)

    def _examples(self, past: Sequence[PastTicket]) -> list[tuple[str, str | None]]:
        """Return what the classifier learns from; none where there is nothing but questions."""
        labelled = [(_words(ticket), ticket.topic) for ticket in past if ticket.has_topic]
        written: list[tuple[str, str | None]] = [
            (text, topic) for topic, texts in self._written().items() for text in texts
        ]
        if not {topic for _, topic in (*labelled, *written)} - {QUESTION, None}:
            return []
        given = [topic for _, topic in (*labelled, *written)]
        for topic, texts in ((QUESTION, seeds.QUESTIONS), (None, seeds.STRANGERS)):
            if given.count(topic) < seeds.ENOUGH:
                written.extend((text, topic) for text in texts)
        return labelled + written

    # What is like what

    @property
    def precedents(self) -> Precedents | None:
        """The past tickets, compared by meaning; `None` without an encoder."""
        with self._learning:
            return self._precedents

    @cached_property
    def _precedents(self) -> Precedents | None:
        if self._compare is None:
            return None
        return Precedents(self.history, self._compare([_words(each) for each in self.history]))

    @property
    def past_answers(self) -> PastAnswers | None:
        """What people answered with words alone, compared by meaning; `None` without an encoder."""
        with self._learning:
            return self._past_answers

    @cached_property
    def _past_answers(self) -> PastAnswers | None:
        return self.answered(self.history)

    def answered(self, past: Sequence[PastTicket]) -> PastAnswers | None:
        """Return what people answered on these tickets, with words alone; `None` without an encoder."""
        return None if self._compare is None else PastAnswers(past, self._compare)

    @cached_property
    def _compare(self) -> Compare | None:
        known, new = self.outermost, self._encoder
        if known is None or new is None:
            return None

        def compare(texts: Sequence[str]) -> Near:
            from segue.models.neighbours import Neighbours  # noqa: PLC0415 (numpy takes a moment to import)

            return Neighbours(texts, known=known.encode, new=new.encode)

        return compare

    # Moves

    @cached_property
    def practising(self) -> Practising:
        """What people did in past conversations, learned beside the work."""
        return Practising(self._practised, self.practise)

    def practise(self, on_progress: Progress) -> Practice | NotKnownYet | None:
        """Learn what people did in past conversations, and keep it; `None` where too few customers wrote again.

        Args:
            on_progress: Told how far each part of it is, several times a second; what it raises ends it.
        """
        return self._practised(on_progress)

    def _practised(self, on_progress: Progress | None = None) -> Practice | NotKnownYet | None:
        """Return what people did in past conversations, as far as it is known; with `on_progress` it is learned."""
        ordered = sorted(self.history, key=lambda each: each.ticket.created_at)
        return moves.practice(ordered, lambda talks: self._foresight(talks, on_progress))

    def _foresight(self, talks: Sequence[Course], on_progress: Progress | None) -> Foresight | None:
        from segue.models.moves import kept  # noqa: PLC0415 (numpy takes a moment to import)

        folder = self._workspace.records / "models"
        new, name = (None, "") if self._encoder is None else (encoders.DeepMiniLM().encode, encoders.DeepMiniLM.name)
        found = kept.known(talks, folder, new, name)
        if found is not None or on_progress is None:
            return found
        # vectors of its own: whoever resolves a ticket meanwhile need not wait until all these texts are encoded
        known = None if new is None else told(self._new_remembering().encode, on_progress)
        found = kept.learned(talks, folder, known, name, on_progress)
        return replace(found, encode=new)  # what customers write today is not kept

    def close(self) -> None:
        """Break off what is being learned."""
        if "practising" in vars(self):
            self.practising.stop()


def _words(past: PastTicket) -> str:
    """Return what a past ticket began with, as the interpreter reads a new one."""
    ticket = past.opening
    return f"{ticket.subject}. {ticket.text}" if ticket.subject else ticket.text
