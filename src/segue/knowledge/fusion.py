"""Two rankings into one, decided on plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DENSE = 0.5
"""Weight of meaning; the rest is the words'. Measured on WixQA, see docs/explanation/search.md."""
GUIDANCE = 0.7
"""Most that answers to questions like this one count; the rest is the question's. See docs/explanation/search.md."""


def fuse(words: Mapping[int, float], meaning: Mapping[int, float]) -> list[tuple[int, float]]:
    """Return the candidates of both rankings by their weighted mean, best first.

    Both scores are comparable from query to query, so they are added as they are: on WixQA that ranked better than
    reciprocal ranks (Cormack, Clarke and Büttcher, SIGIR 2009), which forget by how much one is ahead.

    Args:
        words: Evidence by words, 0 to 1; what is absent has none.
        meaning: Cosine of the vectors; what is absent has none.
    """
    scores = {
        each: (1 - DENSE) * words.get(each, 0.0) + DENSE * max(0.0, meaning.get(each, 0.0))
        for each in {**words, **meaning}
    }
    return sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))


def guided(own: Mapping[int, float], like: Sequence[tuple[Mapping[int, float], float]]) -> list[tuple[int, float]]:
    """Return the candidates by what a question speaks for, and answers to questions like it, best first.

    Args:
        own: Joined score of each candidate, for the question.
        like: The same for each answer, and how much that counts, above 0 and up to 1; one at least.
    """
    whole, strength = sum(weight for _, weight in like), GUIDANCE * max(weight for _, weight in like)
    said = {each: sum(weight * scores.get(each, 0.0) for scores, weight in like) / whole for each in own}
    scores = {each: (1 - strength) * score + strength * said[each] for each, score in own.items()}
    return sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
