"""Has a file read by a process of its own, and waits only so long for it."""

from __future__ import annotations

import json
import subprocess
import sys

from segue.knowledge.blocks import Block, Source
from segue.knowledge.extract.part import Part, assembled
from segue.knowledge.problems import Refused

LONGEST_S = 90
"""That a file may take, on a busy machine."""
LARGEST_ANSWER = 50_000_000


def extract(kind: str, data: bytes) -> tuple[str, Source]:
    """Return the text of a file, and what a reader finds in it.

    Args:
        kind: `pdf` or `docx`.
        data: The file's bytes.

    Raises:
        Refused: It cannot be read, or not within the limits.
    """
    command = [sys.executable, "-I", "-m", "segue.knowledge.extract", kind]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=LONGEST_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refused("K114", f"it took longer than {LONGEST_S} s to read", hint="divide it") from None
    if done.returncode or not done.stdout or len(done.stdout) > LARGEST_ANSWER:
        raise Refused("K114", "it takes too much time or memory to read", hint="divide it, or save it anew")
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise Refused(answer["code"], answer["message"])
    text, blocks = assembled(Part(*each) for each in answer["parts"])
    title = " ".join((answer["title"] or "").split())
    return text, Source(blocks, title or _first_heading(blocks), answer["language"])


def _first_heading(blocks: list[Block]) -> str | None:
    return next((each.text for each in blocks if each.kind == "heading" and each.level == 1), None)
