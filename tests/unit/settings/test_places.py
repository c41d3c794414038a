import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segue.settings.places import KeyPath, places


def test_every_key_has_the_place_where_it_stands_first() -> None:
    text = '\n[a]\nb = 1\n  c.d = "x"\n[[e]]\n[a."f g"]\nh = { i = 1, j = 2 }\n'
    assert places(text) == {
        ("a",): (2, 2),
        ("a", "b"): (3, 1),
        ("a", "c"): (4, 3),
        ("a", "c", "d"): (4, 5),
        ("e",): (5, 3),
        ("a", "f g"): (6, 4),
        ("a", "f g", "h"): (7, 1),
        ("a", "f g", "h", "i"): (7, 7),
        ("a", "f g", "h", "j"): (7, 14),
    }


def test_text_that_only_looks_like_keys_is_no_key() -> None:
    text = (
        'a = """\n[b]\nc = 1 \\"""\n"""""\n'
        "d = '''\ne = 1\n''' # f = 1\n"
        "g = [ \"h = 1\", # i = 1\n  [1, 2.5],\n  { j = 'k = {' } ]\n"
        "l = 1979-05-27 07:32:00.5\n"
    )
    assert {".".join(path): line for path, (line, _) in places(text).items()} == {
        "a": 1,
        "d": 5,
        "g": 8,
        "g.j": 10,
        "l": 11,
    }


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
SCALARS = st.integers(-(2**40), 2**40) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
TABLES = st.recursive(
    st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=3), max_size=4),
    lambda inner: st.dictionaries(NAMES, inner | SCALARS, max_size=3),
    max_leaves=8,
)


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(written(item) for item in value) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def paths(table: dict[str, Any], outer: KeyPath = ()) -> set[KeyPath]:
    found = set()
    for key, value in table.items():
        found |= {(*outer, key)} | (paths(value, (*outer, key)) if isinstance(value, dict) else set())
    return found


@given(TABLES)
def test_every_key_of_any_text_is_found_where_it_is_written(table: dict[str, Any]) -> None:
    text = "".join(
        f"[{quoted(key)}]\n" + "".join(f"  {quoted(word)} = {written(item)}\n" for word, item in value.items())
        for key, value in table.items()
        if isinstance(value, dict)
    )
    document = tomllib.loads(text)
    found = places(text)
    assert found.keys() == paths(document)
    lines = text.split("\n")
    for path, (line, column) in found.items():
        assert lines[line - 1][column - 1 :].startswith(quoted(path[-1]))
