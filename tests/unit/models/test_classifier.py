"""The local sense of topics: from a handful of examples, with probabilities that mean what they say."""

import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from segue.models.classifier import TopicClassifier, trained
from segue.support.workspace import Workspace

TWO = [
    ("I want my money back", "refund"),
    ("please refund me", "refund"),
    ("send the money back to my card", "refund"),
    ("a refund for the boots", "refund"),
    ("where is my parcel", "status"),
    ("when will it arrive", "status"),
    ("has my order been sent", "status"),
    ("the tracking has not changed", "status"),
]


def best(classifier: TopicClassifier, text: str) -> str | None:
    return classifier.classify([text])[0][0][0]


def test_it_tells_two_topics_apart() -> None:
    classifier = TopicClassifier(TWO)
    assert best(classifier, "refund please") == "refund"
    assert best(classifier, "where is my order") == "status"


@pytest.mark.parametrize("topics", [("refund", "status"), ("refund", None), ("refund", "status", "question", None)])
def test_its_probabilities_are_a_distribution_the_likeliest_first(topics: tuple[str | None, ...]) -> None:
    examples = [(f"{topic} words number {n} of {topic}", topic) for topic in topics for n in range(6)]
    for ranked in TopicClassifier(examples).classify(["refund words", "", "zzz", "status, none, refund"]):
        shares = [share for _, share in ranked]
        assert sum(shares) == pytest.approx(1)
        assert shares == sorted(shares, reverse=True)
        assert {topic for topic, _ in ranked} == set(topics)


def test_one_example_of_each_is_enough_to_begin_with() -> None:
    classifier = TopicClassifier([("money back", "refund"), ("where is it", None)])
    assert best(classifier, "my money back") == "refund"
    assert best(classifier, "where is it now") is None


def test_a_topic_with_one_example_does_not_stop_the_others_from_being_learned() -> None:
    classifier = TopicClassifier([*TWO, ("my tent is torn", "repair")])
    assert best(classifier, "the tent has torn again") == "repair"
    assert best(classifier, "refund please") == "refund"


@pytest.mark.parametrize("examples", [[], [("a", "x")], [("a", "x"), ("b", "x")]])
def test_there_must_be_something_to_tell_apart(examples: list[tuple[str, str | None]]) -> None:
    with pytest.raises(ValueError, match="two topics"):
        TopicClassifier(examples)


def test_every_script_can_be_learned_and_read() -> None:
    examples = [
        ("Ich möchte mein Geld zurück", "refund"),
        ("Geld zurück, bitte", "refund"),
        ("返金してください", "refund"),
        ("верните деньги", "refund"),
        ("Wo ist mein Päckchen", "status"),
        ("荷物はどこですか", "status"),
        ("где моя посылка", "status"),
        ("où est mon colis", "status"),
    ]
    classifier = TopicClassifier(examples)
    assert [best(classifier, text) for text in ("geld zuruck", "где посылка", "返金", "Päckchen?")] == [
        "refund",
        "status",
        "refund",
        "status",
    ]
    for odd in ("", " ", "\0", "\ud7ff", "🙂" * 1000, "x" * 100_000):
        assert len(classifier.classify([odd])[0]) == 2


def test_nothing_to_classify_gives_nothing() -> None:
    assert TopicClassifier(TWO).classify([]) == []


def test_the_same_examples_make_the_same_classifier() -> None:
    texts = ["refund please", "where is it", "hm"]
    assert TopicClassifier(TWO).classify(texts) == TopicClassifier(TWO).classify(texts)


def test_texts_are_judged_each_on_its_own() -> None:
    classifier = TopicClassifier(TWO)
    texts = ["refund please", "where is it", "hm"]
    together = classifier.classify(texts)
    for text, ranked in zip(texts, together, strict=True):
        assert dict(classifier.classify([text])[0]) == pytest.approx(dict(ranked))


# Kept on disk


def test_what_was_learned_is_learned_once(tmp_path: Path) -> None:
    first = trained(TWO, tmp_path / "models")
    (kept,) = (tmp_path / "models").iterdir()
    written = kept.stat().st_mtime_ns
    again = trained(list(reversed(TWO)), tmp_path / "models")
    assert kept.stat().st_mtime_ns == written
    assert again.classify(["refund"]) == first.classify(["refund"])


def test_other_examples_are_learned_anew(tmp_path: Path) -> None:
    trained(TWO, tmp_path)
    classifier = trained([*TWO, ("my tent is torn", "repair"), ("mend my boots", "repair")], tmp_path)
    assert best(classifier, "mend the tent") == "repair"


@pytest.mark.parametrize("damage", [b"", b"not a model", None])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    trained(TWO, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100] if damage is None else damage)
    assert best(trained(TWO, tmp_path), "refund please") == "refund"
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


# Calibration


def history() -> list[tuple[str, str | None]]:
    """Return the sample company's past tickets."""
    past = Workspace(root=Path(str(files("segue") / "sample"))).read_history(
        now=datetime.now(UTC), report=lambda _: None
    )
    return [(f"{each.ticket.subject}. {each.ticket.text}", each.topic) for each in past if each.has_topic]


def test_its_confidence_on_tickets_it_has_not_seen_is_about_as_often_right() -> None:
    tickets = history()
    results: list[tuple[float, bool]] = []
    for part in (0, 1):
        held_out = tickets[part::2]
        ranked = TopicClassifier(tickets[1 - part :: 2]).classify([text for text, _ in held_out])
        results += [(first[0][1], first[0][0] == topic) for first, (_, topic) in zip(ranked, held_out, strict=True)]
    sure, right = (sum(column) / len(results) for column in zip(*results, strict=True))
    acted = [is_right for share, is_right in results if share >= 0.7]
    figures = (
        f"{right:.2f} right, {sure:.2f} sure; from 0.7 up {len(acted)} tickets, {sum(acted) / len(acted):.2f} right"
    )
    print(f"{len(results)} tickets held out, learned from half of them: {figures}")  # noqa: T201 (seen with -s)
    assert abs(right - sure) <= 0.06
    assert sum(acted) / len(acted) >= 0.75


def test_one_stray_label_changes_little() -> None:
    tickets = history()[:120]
    texts = [text for text, _ in tickets[:20]]
    before = TopicClassifier(tickets).classify(texts)
    after = TopicClassifier([*tickets, ("hello there", "misc")]).classify(texts)
    for old, new in zip(before, after, strict=True):
        assert dict(new)[old[0][0]] == pytest.approx(old[0][1], abs=0.15)


def test_where_words_say_nothing_it_is_not_sure() -> None:
    examples = [(f"the word number {n}", topic) for n in range(40) for topic in ("one", "two")]
    (ranked,) = TopicClassifier(examples).classify(["the word number 3"])
    assert ranked[0][1] < 0.6


def test_what_it_has_never_heard_of_is_not_surely_anything() -> None:
    (ranked,) = TopicClassifier(TWO).classify(["xylophone zebra quux"])
    assert ranked[0][1] < 0.8


def test_a_long_history_is_learned_in_seconds() -> None:
    words = [f"word{n}" for n in range(300)]
    examples = [
        (" ".join(words[(n * 7 + k * 13) % 300] for k in range(20)) + f" topic{n % 8}", f"topic{n % 8}")
        for n in range(1000)
    ]
    began = time.process_time()
    TopicClassifier(examples)
    assert time.process_time() - began < 20
