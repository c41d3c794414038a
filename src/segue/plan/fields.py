"""Reads a mapping of a procedure file as its table says."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Keyed
from typing import Any, TypeAlias

from segue.plan.document import Mapping, Node
from segue.plan.form import Form
from segue.plan.grammar import INLINE, Shape, Table

Read: TypeAlias = Callable[[Form, Node, str, str], Any]
"""Takes the form, what stands under a key, the key, and whose it is; gives `None` where it is unfit."""
Shapes: TypeAlias = Keyed[Shape, Read]


def fields(
    form: Form, mapping: Mapping, table: Table, owner: str, shapes: Shapes, *, beside: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """Return the fields that a mapping's keys give; `None` where a required one is missing or unfit.

    Args:
        form: Takes the findings.
        mapping: What stands in the file.
        table: What may stand there.
        owner: The id of the step, or the name of the input.
        shapes: How each shape of the table is read.
        beside: Further keys, which somebody else reads.
    """
    found = form.keys(mapping, table.what, (*beside, *table.keys), table.required())
    made: dict[str, Any] = {}
    is_whole = True
    for name, key in table.keys.items():
        value = shapes[key.shape](form, found[name], name, owner) if name in found else None
        if value is None:
            is_whole = is_whole and not key.is_required
        elif key.field == INLINE:
            made.update(value)
        else:
            made[key.field] = value
    return made if is_whole else None
