"""The line index against tomllib: every key it names exists, on the line that holds it."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from overflight.treaty.lines import line_index, line_of

DOCUMENT = '''# a comment with [brackets]
[treaty]
id = "x"            # [[not a table]]
cite = [
  "text I",  # [ [
  "b # not a comment",
]
note = """a
[[fake]]
k = 1 \\"""
"""
[[airfield]]
id = "a"
[[airfield.distance]]
value = 1
[[airfield.distance]]
value = 2
a.b = { x = 1, y = "}" }
[[airfield]]
"quoted id" = "b"
[[airfield.distance]]
v = 'it"s ['
w = "ends with a backslash \\\\"
[airfield.place]
lat = 2
'''


def test_lines_worked_out_by_hand() -> None:
    tomllib.loads(DOCUMENT)  # the sample is TOML
    index = line_index(DOCUMENT)
    assert index[("treaty",)] == 2
    assert index[("treaty", "cite")] == 4
    assert index[("treaty", "note")] == 8
    assert ("fake", 0) not in index
    assert index[("airfield", 0, "id")] == 13
    assert index[("airfield", 0, "distance", 0, "value")] == 15
    assert index[("airfield", 0, "distance", 1)] == 16
    assert index[("airfield", 0, "distance", 1, "a", "b")] == 18
    assert index[("airfield", 1, "quoted id")] == 20
    assert index[("airfield", 1, "distance", 0, "w")] == 23
    assert index[("airfield", 1, "place", "lat")] == 25


def test_what_has_no_line_of_its_own_has_that_of_what_holds_it() -> None:
    index = line_index(DOCUMENT)
    assert line_of(index, ("airfield", 0, "distance", 1, "missing")) == 16
    assert line_of(index, ("treaty", "cite", 1)) == 4
    assert line_of(index, ("nowhere",)) is None


TEXTS = st.text(alphabet=st.sampled_from("ab [](){}#='\"\\.\n"), max_size=8)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """TOML with tables, arrays of tables and awkward strings."""
    lines: list[str] = []
    for table in range(draw(st.integers(1, 4))):
        lines.append(draw(st.sampled_from([f"[t{table}]", "[[rows]]", f"# {table}\n[[rows]]"])))
        for key in range(draw(st.integers(0, 3))):
            text = draw(TEXTS)
            basic = text.replace("\\", "\\\\").replace('"', '\\"')
            form = draw(st.sampled_from(["basic", "long", "literal", "list"]))
            if form == "long":
                value = f'"""{basic}"""'
            elif form == "literal":
                value = "'''" + text.replace("'", "") + "'''"
            elif form == "list":
                value = '[\n  "' + basic.replace("\n", "\\n") + '",\n]'
            else:
                value = '"' + basic.replace("\n", "\\n") + '"'
            lines.append(f"k{key} = {value}")
    return "\n".join(lines) + "\n"


@given(documents())
def test_every_key_is_found_on_its_own_line(text: str) -> None:
    index, lines = line_index(text), text.split("\n")
    expected = set(_paths(tomllib.loads(text)))
    assert set(index) == expected
    for path, line in index.items():
        name = path[-1]
        wanted = f"{name} =" if isinstance(name, str) and name.startswith("k") else "["
        assert lines[line - 1].startswith(wanted)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path and path != ("rows",) else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _paths(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for position, inner in enumerate(value):
            found += _paths(inner, (*path, position))
    return found
