"""Every mistake of the table is found, in the right file, on the right line, with a remedy."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.treaty.loader import load_treaty
from overflight.treaty.validate import validate

FIXTURES = Path(__file__).parent / "fixtures"
CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "treaty_mistakes.toml").read_text(encoding="utf-8")
)["mistake"]


def spoilt(folder: Path, case: dict[str, Any]) -> str:
    """Put the mistake into the folder; return the file's text."""
    file = folder / case["file"]
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    assert case["old"] in text
    text = text.replace(case["old"], case["new"], 1) if case["old"] else text + case["new"]
    file.write_text(text, encoding="utf-8")
    return text


def expected_line(text: str, case: dict[str, Any]) -> int | None:
    if not case["at"]:
        return None
    assert case["at"] in text
    line = text[: text.index(case["at"])].count("\n") + 1
    return line - int(case.get("line_above", 0)) + int(case.get("line_below", 0))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_mistake_is_found(case: dict[str, Any], copied: Path) -> None:
    text = spoilt(copied, case)
    problems = validate(copied)
    assert problems, "the mistake was not found"
    files = {case["file"], case.get("either", case["file"])}
    wanted = [p for p in problems if Path(p.file).name in files and case["says"] in p.message]
    assert wanted, [str(p) for p in problems]
    line = expected_line(text, case)
    assert line in {p.line for p in wanted} or "either" in case, (line, [str(p) for p in problems])
    assert any(case["remedy"] in p.remedy and p.remedy for p in wanted), [str(p) for p in problems]
    with pytest.raises(DataError) as caught:  # and nobody can load it by oversight
        load_treaty(copied)
    assert caught.value.file is not None and caught.value.remedy


def test_the_unspoilt_folder_has_none(copied: Path) -> None:
    assert validate(copied) == ()


def test_all_mistakes_are_found_at_once(copied: Path) -> None:
    names = {"a mistyped key", "a latitude beyond the pole", "a status that there is not"}
    for case in CASES:
        if case["name"] in names:
            spoilt(copied, case)
    found = " ".join(problem.message for problem in validate(copied))
    assert "'untill'" in found and "latitude" in found and "'decidet'" in found
    with pytest.raises(DataError, match="more: run 'overflight treaty validate'"):
        load_treaty(copied)


def test_one_broken_row_hides_nothing_in_the_others(copied: Path) -> None:
    from overflight.cli.treaty import find_problems

    values = copied / "values.toml"
    text = values.read_text(encoding="utf-8")
    values.write_text(text.replace("until", "untill", 1), encoding="utf-8")
    quotas = copied / "quotas.toml"
    text = quotas.read_text(encoding="utf-8")
    quotas.write_text(text.replace('holder = "XAA"', 'holder = "XQQ"', 1), encoding="utf-8")
    (copied / "rules.toml").write_text(
        '[[rule]]\nid = "1"\ntitle = "Keep off"\nphase = "plan"\n'
        'predicate = "keeps_distance_from_nobody"\nlimit = "value:stand-off"\ncite = ["text 6"]\n',
        encoding="utf-8",
    )
    found, complete = find_problems(copied)
    messages = " ".join(problem.message for problem in found)
    assert "'untill'" in messages and "'XQQ'" in messages
    assert "keeps_distance_from_nobody" in messages and complete
    (copied / "parties.toml").write_text("[[state]\n", encoding="utf-8")
    _, complete = find_problems(copied)
    assert not complete  # what no row can be held against is said to come later


@pytest.mark.parametrize("name", ["treaty.toml", "sources.toml", "parties.toml"])
def test_a_file_that_must_be_there(copied: Path, name: str) -> None:
    (copied / name).unlink()
    assert any(Path(p.file).name == name and "missing" in p.message for p in validate(copied))
    with pytest.raises(DataError):
        load_treaty(copied)


def test_the_other_files_may_be_left_out(copied: Path) -> None:
    for name in ("sensors.toml", "airfields.toml", "quotas.toml", "aircraft.toml"):
        (copied / name).unlink()
    assert validate(copied) == ()
    assert load_treaty(copied).airfields == ()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"\x00", b"a = [" + b"[" * 5000, b"a = 1\r\nb = [\r\n"]
)
def test_what_is_not_toml_at_all(copied: Path, content: bytes) -> None:
    (copied / "values.toml").write_bytes(content)
    (problem,) = [p for p in validate(copied) if p.file.endswith("values.toml")]
    assert problem.message and problem.remedy


def test_a_file_too_large_to_be_one(copied: Path) -> None:
    with (copied / "values.toml").open("wb") as stream:
        stream.truncate(200_000_000)
    (problem,) = [p for p in validate(copied) if p.file.endswith("values.toml")]
    assert "200 MB" in problem.message


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        validate(tmp_path / "nowhere")
    with pytest.raises(DataError, match="a regime is a folder"):
        validate(__file__)


def test_a_changed_file_is_read_again(copied: Path) -> None:
    before = load_treaty(copied)
    assert load_treaty(copied) is before
    text = (copied / "values.toml").read_text(encoding="utf-8")
    (copied / "values.toml").write_text(text.replace("value = 100", "value = 1000"), "utf-8")
    assert {v.value for v in load_treaty(copied).values if v.key == "limit"} == {1000, 50}
    assert {v.value for v in before.values if v.key == "limit"} == {100, 50}


def test_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    messages = [problem.message for problem in validate(folder)]
    assert any("missing" in message for message in messages)


def test_the_problem_reads_as_two_lines(copied: Path) -> None:
    shutil.copy(copied / "values.toml", copied / "valeus.toml")
    (problem,) = validate(copied)
    assert str(problem).splitlines()[1].startswith("  -> ")
    assert problem.as_dict()["file"].endswith("valeus.toml")


LITERALS = st.sampled_from(
    [
        "1",
        "-1",
        "0.5",
        "nan",
        "1e400",
        "true",
        '""',
        '"XAA"',
        '"open"',
        '"eta=first"',
        "[]",
        '["x"]',
        '[" "]',
        "[[1]]",
        "[{}]",
        "{}",
        "{a=1}",
        "2004-01-01",
        "2004-01-01T00:00:00Z",
        "07:00:00",
        "9999-12-31",
        "0001-01-01",
    ]
)


@given(
    st.sampled_from(sorted(file.name for file in (FIXTURES / "deposits").glob("*.toml"))),
    st.lists(st.tuples(st.integers(0, 10_000), LITERALS | st.none()), min_size=1, max_size=3),
)
def test_whatever_is_written_it_is_never_a_traceback(
    name: str, edits: list[tuple[int, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = Path(shutil.copytree(FIXTURES / "deposits", Path(root) / "deposits"))
        lines = (folder / name).read_text(encoding="utf-8").split("\n")
        for number, literal in edits:
            line = lines[number % len(lines)]
            key, equals, _ = line.partition(" = ")
            lines[number % len(lines)] = f"{key} = {literal}" if equals and literal else ""
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
        problems = validate(folder)
        assert all(problem.message and problem.remedy for problem in problems)
        if any(Path(problem.file).parent == folder.resolve() for problem in problems):
            with pytest.raises(DataError):
                load_treaty(folder)
        else:  # a mistake in an aircraft's file only shows when that aircraft is asked for
            view = load_treaty(folder).on(dt.date(2004, 1, 1))
            assert view.statuses
