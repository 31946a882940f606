"""Tables of TOML read key by key: every mistake with its file, its place and a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.plain_toml import PlainTable


def table(tmp_path: Path, text: str) -> PlainTable:
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    return PlainTable.read(path)


def test_what_is_there_is_given(tmp_path: Path) -> None:
    found = table(
        tmp_path, "a = 1\nb = 'x'\nc = true\nd = [1, 2, 3, 4]\nf = 'p.tif'\n[t]\nx = 2.5\n[[r]]\n"
    )
    assert found.number("a", 0, 2) == 1.0
    assert found.text("b", "x", "y") == "x"
    assert found.flag("c") is True
    assert found.flag("none") is None
    assert found.box("d") == (1, 2, 3, 4)
    assert found.path("f") == tmp_path / "p.tif"
    assert found.table("t").number("x", 0, 3) == 2.5
    assert len(list(found.tables("r"))) == 1
    found.done()


ASKED: list[tuple[str, Callable[[PlainTable], Any], str]] = [
    ("a = 'x'", lambda t: t.number("a", 0, 1), "is no number"),
    ("a = true", lambda t: t.number("a", 0, 1), "is no number"),
    ("a = nan", lambda t: t.number("a", 0, 1), "is nan"),
    ("a = 3", lambda t: t.number("a", 0, 1), "is 3"),
    ("", lambda t: t.number("a", 0, 1), "is missing"),
    ("a = [1, 'x']", lambda t: t.numbers("a", 0, 1), "holds 'x'"),
    ("a = []", lambda t: t.numbers("a", 0, 1), "no list"),
    ("a = [1, 2, 3]", lambda t: t.box("a"), "no box"),
    ("a = [1, 2, 3.5, 4]", lambda t: t.box("a"), "no box"),
    ("a = 1", lambda t: t.text("a"), "is no text"),
    ("a = 'z'", lambda t: t.text("a", "x"), "is 'z'"),
    ("a = 'yes'", lambda t: t.flag("a"), "is 'yes'"),
    ("a = 1", lambda t: t.table("a"), "is no table"),
    ("a = 1", lambda t: list(t.tables("a")), "no list of tables"),
    ("a = 1", lambda t: t.done(), "is not known here"),
    ("[t]\nz = 1", lambda t: (t.table("t"), t.done()), "z is not known"),
]


@pytest.mark.parametrize(("text", "ask", "said"), ASKED)
def test_what_is_wrong_is_told(
    tmp_path: Path, text: str, ask: Callable[[PlainTable], Any], said: str
) -> None:
    found = table(tmp_path, text)
    with pytest.raises(DataError, match=said) as caught:
        ask(found)
    assert caught.value.file == str(tmp_path / "a.toml")
    assert caught.value.remedy


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=60))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("toml") / "a.toml"
    path.write_bytes(data)
    try:
        found = PlainTable.read(path)
        found.number_or_none("a", 0, 1)
        found.done()
    except DataError as error:
        assert error.remedy
