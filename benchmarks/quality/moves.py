"""Conversations: `python -m benchmarks.quality.moves` learns the moves of some customers' chats and foresees others'.

STAR in five parts by customer, each unseen once, turn by turn: what was said and done so far is as it was. A move is a
system call, or a reply by the template that the agent picked. Q5 has two figures: which template, where a reply came
(calls before it are seen); and which call, where a call came (all moves compete). Replies that were typed freely have
no right answer and are learned, but not asked for. Q7 is about the same replies: is it the one that says "I can't help
with that"? The probability from which on it is said to be one is chosen on the other parts.

The learning curve is of the first part: what the latest so many conversations teach, and in how long once their texts
are encoded. Ends are what the agent acts on: after the customer wrote, an end is foreseen with at least `SURE`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from benchmarks import data, measure
from benchmarks.quality.study import Missing, Row
from benchmarks.quality.topics import share
from segue.knowledge.vectors import VectorCache
from segue.models.encoder import DeepMiniLM, is_installed
from segue.models.moves import foresight, kept
from segue.models.moves.course import Called, Heard, Turn, Wrote
from segue.models.moves.signs import Signs, before_moves
from segue.support.moves import Kind, kind_of, kinds_of

PARTS = 5
TYPED = ("free_text", "custom")
"""Labels of replies that follow no template."""
REFUSED = "out_of_scope"
BINS = 15
COUNTS = (50, 100, 200, 500, 1_000, 2_000)
"""Of the conversations that are learned from."""
SURE = 0.7
"""The threshold of a policy that names no other one."""

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]


@dataclass(frozen=True)
class Moment:
    """A move of a chat, and what was to be seen before it."""

    before: Signs
    move: str
    kind: Kind
    is_answer: bool
    """The customer wrote just before it."""

    @property
    def is_call(self) -> bool:
        """Say whether a tool was called."""
        return self.kind == "act"

    @property
    def is_typed(self) -> bool:
        """Say whether it follows no template."""
        return self.move in TYPED


@dataclass(frozen=True)
class Foreseen:
    """What was said of unseen moments."""

    moments: Sequence[Moment]
    moves: tuple[str, ...]
    shares: Array
    """Float (n_moments, n_moves)."""

    def best(self, *, is_reply: bool) -> list[str]:
        """Return the likeliest move of each moment that is no typed reply; where `is_reply`, calls are out too."""
        calls = {moment.move for moment in self.moments if moment.is_call}
        out = [move in TYPED or (is_reply and move in calls) for move in self.moves]
        return [self.moves[n] for n in np.where(out, -1.0, self.shares).argmax(axis=1)]

    def of(self, reply: str) -> Array:
        """Return the probability of a template wherever one was picked, for each moment with one."""
        calls = {moment.move for moment in self.moments if moment.is_call}
        templates = [move not in TYPED and move not in calls for move in self.moves]
        shares = self.shares[[not (moment.is_call or moment.is_typed) for moment in self.moments]]
        return np.asarray(shares[:, self.moves.index(reply)] / shares[:, templates].sum(axis=1), float)


@dataclass(frozen=True)
class Chat:
    """A conversation of the data."""

    course: tuple[Turn, ...]
    customer: str

    def moments(self) -> Iterator[Moment]:
        """Yield its moves in order."""
        made = [(one, turn) for one, turn in pairwise((None, *self.course)) if not isinstance(turn, Heard | None)]
        for (before, move), (one, turn) in zip(before_moves(self.course), made, strict=True):
            kind: Kind = "act" if isinstance(turn, Called) else kind_of(turn.text)
            yield Moment(before, move, kind, isinstance(one, Heard))


def chats() -> list[Chat]:
    """Return every chat, in the order of time."""
    lines = data.lines(data.folder("star") / "tickets.jsonl")
    return [Chat(tuple(_course(line)), line["customer_id"]) for line in lines]


def _course(chat: dict[str, Any]) -> Iterator[Turn]:
    for number, message in enumerate([None, *chat["messages"]], start=-1):
        if message is not None:
            is_theirs = message["role"] == "customer"
            yield Heard(message["text"]) if is_theirs else Wrote(message["act"], message["text"])
        for call in chat["actions"]:
            if call["after_message"] == number:
                yield Called(f"call {call['name']}", call["args"], call["result"])


def parts_of(all_chats: Sequence[Chat], parts: int) -> Iterator[tuple[list[Chat], list[Chat]]]:
    """Yield what is learned and what is unseen, so many times: no customer is on both sides."""
    folds = GroupKFold(PARTS).split(all_chats, groups=[chat.customer for chat in all_chats])
    for _, (known, unseen) in zip(range(parts), folds, strict=False):
        yield [all_chats[n] for n in known], [all_chats[n] for n in unseen]


def foreseen(known: Sequence[Chat], unseen: Sequence[Chat], encode: Encode | None) -> Foreseen:
    """Return what is said of unseen chats; what is learned for it is kept in the system's temporary folder."""
    folder = Path(tempfile.gettempdir()) / "segue-bench-models"
    learned = kept.learned([chat.course for chat in known], folder, encode, DeepMiniLM.name if encode else "")
    asked = [moment for chat in unseen for moment in chat.moments()]
    return Foreseen(asked, learned.moves, learned.shares([moment.before for moment in asked]))


def next_move(found: Sequence[Foreseen]) -> dict[str, Any]:
    """Return the figures of Q5, with 95 % intervals as [value, low, high]."""
    replies: list[bool] = []
    calls: list[bool] = []
    both: list[bool] = []
    for each in found:
        among_all, among_replies = each.best(is_reply=False), each.best(is_reply=True)
        for moment, said, reply in zip(each.moments, among_all, among_replies, strict=True):
            if moment.is_typed:
                continue
            both.append(said == moment.move)
            (calls if moment.is_call else replies).append((said if moment.is_call else reply) == moment.move)
    return {
        "replies": len(replies),
        "which_reply": share(replies),
        "calls": len(calls),
        "which_call": share(calls),
        "reply_or_call": share(both),
        "calibration_error": _calibration_error(found),
    }


def _calibration_error(found: Sequence[Foreseen]) -> float:
    """Return how far the likeliest move's probability is from its being right, on average, typed replies included."""
    sure = np.concatenate([each.shares.max(axis=1) for each in found])
    right = np.concatenate(
        [np.array(each.moves)[each.shares.argmax(axis=1)] == [moment.move for moment in each.moments] for each in found]
    )
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs((sure - right)[bins == number].sum()) for number in range(BINS)) / len(sure))


def refusals(found: Sequence[Foreseen]) -> dict[str, Any]:
    """Return the figures of Q7: each part's limit is the best one for all other parts together."""
    shares = [each.of(REFUSED) for each in found]
    truths = [
        np.array([moment.move == REFUSED for moment in each.moments if not (moment.is_call or moment.is_typed)])
        for each in found
    ]
    said, right, limits = [], [], []
    for part in range(len(found)):
        others = [n for n in range(len(found)) if n != part] or [part]
        limits.append(
            _best_limit(np.concatenate([shares[n] for n in others]), np.concatenate([truths[n] for n in others]))
        )
        said.append(shares[part] >= limits[-1])
        right.append(truths[part])
    heard, true = np.concatenate(said), np.concatenate(right)
    hits = float((heard & true).sum())
    return {
        "refused": int(true.sum()),
        "recall": hits / float(true.sum()),
        "precision": hits / float(max(1, heard.sum())),
        "f1": 2 * hits / float(heard.sum() + true.sum()),
        "average_precision": float(average_precision_score(true, np.concatenate(shares))),
        "limits": limits,
    }


def learning_curve(known: Sequence[Chat], unseen: Sequence[Chat], encode: Encode | None) -> dict[str, Any]:
    """Return what the latest so many conversations teach, by their number; the texts are encoded before."""
    asked = [moment for chat in unseen for moment in chat.moments()]
    curve = {}
    for count in COUNTS:
        courses = [chat.course for chat in known[-count:]]
        if encode is not None:
            encode([turn.text for course in courses for turn in course if not isinstance(turn, Called)])
        began, began_cpu = time.perf_counter(), time.process_time()
        learned = foresight.learn(courses, encode)
        took = {"seconds": time.perf_counter() - began, "processor_seconds": time.process_time() - began_cpu}
        found = _with_unknown(Foreseen(asked, learned.moves, learned.shares([moment.before for moment in asked])))
        figures = next_move([found])
        taken = {name: figures[name][0] for name in ("which_reply", "which_call", "reply_or_call")}
        sure = acted_on(found, kinds_of(courses), "close", SURE)
        curve[str(count)] = {**taken, **{f"ends_{name}": number for name, number in sure.items()}, **took}
    return curve


def _with_unknown(found: Foreseen) -> Foreseen:
    """Return the same with the moves that nobody made where it was learned: they are never foreseen."""
    more = sorted({moment.move for moment in found.moments} - {*found.moves})
    shares = np.pad(found.shares, ((0, 0), (0, len(more))))
    return Foreseen(found.moments, (*found.moves, *more), shares)


def acted_on(found: Foreseen, kinds: Mapping[str, Kind], kind: Kind, sure: float) -> dict[str, int]:
    """Return how often the agent would act on a kind after the customer wrote, and what people did there.

    Args:
        found: What was said of unseen moments.
        kinds: Of the moves that were learned.
        kind: That must be the likeliest.
        sure: Its least probability.
    """
    names = sorted({*kinds.values()})
    columns = [[kinds.get(move) == name for move in found.moves] for name in names]
    shares = np.stack([found.shares[:, each].sum(axis=1) for each in columns])
    is_said = (shares.argmax(axis=0) == names.index(kind)) & (shares.max(axis=0) >= sure)
    said = [moment for moment, heard in zip(found.moments, is_said, strict=True) if heard and moment.is_answer]
    typed = sum(moment.is_typed for moment in said)
    right = sum(not moment.is_typed and moment.kind == kind for moment in said)
    return {"foreseen": len(said), "right": right, "typed": typed}


def _best_limit(shares: Array, truth: Array) -> float:
    """Return the probability from which on the harmonic mean of recall and precision is best."""
    order = np.argsort(-shares, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(shares[order][f1.argmax()])


def baseline(known: Sequence[Chat], unseen: Sequence[Chat]) -> dict[bool, list[bool]]:
    """Say whether a support vector machine on the last message's words and all moves so far is right, by `is_call`."""
    learned, asked = ([m for chat in some for m in chat.moments() if not m.is_typed] for some in (known, unseen))
    said = {}
    for is_call in (True, False):  # as above: of calls all moves compete, of replies only replies
        some = learned if is_call else [moment for moment in learned if not moment.is_call]
        those = [moment for moment in asked if moment.is_call == is_call]
        model = make_pipeline(_words_and_moves(), LinearSVC(C=0.3)).fit(some, [moment.move for moment in some])
        said[is_call] = [a == moment.move for a, moment in zip(model.predict(those), those, strict=True)]
    return said


def _words_and_moves() -> Any:
    """Return what makes a row of the last message's words and word pairs, and of the moves."""
    last = FunctionTransformer(lambda rows: [row.before.said[-1] if row.before.said else "" for row in rows])
    made = FunctionTransformer(lambda rows: [_moves(row.before.events) for row in rows])
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    moves = TfidfVectorizer(tokenizer=_parts, token_pattern=None, lowercase=False, norm=None, use_idf=False)
    return make_union(make_pipeline(last, words), make_pipeline(made, moves))


def _parts(moves: str) -> list[str]:
    return moves.split("|")


def _moves(events: Sequence[str]) -> str:
    return "|".join(event for event in events if event.startswith(("ago 0", "ago 1", "ago 2", "made ")))


def rows() -> list[Row]:
    """Return the figures of Q5 and Q7, beside what a support vector machine reaches."""
    encode = _encode()
    found = [foreseen(known, unseen, encode) for known, unseen in parts_of(chats(), PARTS)]
    moves, refused = next_move(found), refusals(found)
    made = [
        Row(row="Q5", what=f"STAR {what}", value=value, low=low, high=high, baseline=baseline, goal=goal)
        for what, (value, low, high), baseline, goal in (
            ("next reply", moves["which_reply"], 0.709, 0.74),
            ("next call", moves["which_call"], 0.736, 0.77),
        )
    ]
    note = f"recall {refused['recall']:.2f}, precision {refused['precision']:.2f}"
    return [*made, Row(row="Q7", what="STAR refusals, F1", value=refused["f1"], baseline=0.26, goal=0.45, note=note)]


def _encode() -> Encode:
    if not is_installed():
        raise Missing("the extra `embeddings` is not installed")
    return VectorCache(Path(tempfile.gettempdir()) / "segue-bench-vectors", DeepMiniLM()).of


def main() -> None:
    """Measure, print a table and write the figures to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.moves", description=__doc__)
    parser.add_argument("--parts", type=int, default=PARTS, help="look at so many of the five; fewer keep nothing")
    parser.add_argument("--no-baseline", action="store_true", help="leave the support vector machine out")
    parser.add_argument("--words-only", action="store_true", help="without the encoder; keeps nothing")
    options = parser.parse_args()
    encode = None if options.words_only else _encode()
    found: list[Foreseen] = []
    curve: dict[str, Any] = {}
    acted = {"ends, from .8": Counter[str](), "refusals, from .5": Counter[str]()}
    beside: dict[bool, list[bool]] = {True: [], False: []}
    for known, unseen in parts_of(chats(), options.parts):
        found.append(foreseen(known, unseen, encode))
        curve = curve or learning_curve(known, unseen, encode)
        kinds = kinds_of([chat.course for chat in known])
        acted["ends, from .8"].update(acted_on(found[-1], kinds, "close", 0.8))
        acted["refusals, from .5"].update(acted_on(found[-1], kinds, "refuse", 0.5))
        for is_call, right in ({} if options.no_baseline else baseline(known, unseen)).items():
            beside[is_call] += right
    names = {True: "baseline_which_call", False: "baseline_which_reply"}
    results: dict[str, Any] = {
        "Q5 STAR": {
            **next_move(found),
            **{names[is_call]: share(right) for is_call, right in beside.items() if right},
            "goal": "74 % of replies, 77 % of calls, where a support vector machine has 70.9 % and 73.6 %",
        },
        "Q7 STAR": {**refusals(found), "goal": "F1 .45, where the same has recall 19 % at precision 41 %"},
        "acted on": {name: dict(counts) for name, counts in acted.items()},
        "learning curve": curve,
    }
    measure.table([("study", "figure", "value", "95 % interval"), *_rows(results)])
    if options.parts == PARTS and not options.words_only:
        measure.keep("moves", results)


def _rows(results: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for study, figures in results.items():
        for name, value in figures.items():
            if isinstance(value, dict):
                yield study, name, ", ".join(f"{part} {np.round(figure, 4)}" for part, figure in value.items()), ""
            elif isinstance(value, list) and len(value) == 3:
                yield study, name, f"{value[0]:.4f}", f"{value[1]:.4f} to {value[2]:.4f}"
            elif not isinstance(value, str):
                yield study, name, str(np.round(value, 4)), ""


if __name__ == "__main__":
    main()
