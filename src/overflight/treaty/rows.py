"""Rows of a regime's files as they were read, each knowing where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.treaty.lines import KeyPath, line_index, line_of
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.schema import FILES, Table

MAX_FILE_BYTES = 8 * 1024 * 1024
"""A regime's file is written by hand; a larger one is a mistake."""

Tables = dict[str, list["Row"]]
"""Qualified table name ("parties.toml/event") -> its rows in order."""


@dataclass(slots=True)
class Row:
    """One row, and the rows ``nested`` in it; ``private`` rows are an overlay's."""

    data: dict[str, Any]
    file: Path
    path: KeyPath
    private: bool = False
    nested: dict[str, list[Row]] = field(default_factory=dict)

    def problem(self, message: str, remedy: str, *keys: str) -> Problem:
        """A problem at this row, or at one of its keys."""
        return Problem(str(self.file), self.line(*keys), message, remedy)

    def line(self, *keys: str) -> int | None:
        return line_of(_index(self.file), (*self.path, *keys))


@lru_cache(maxsize=64)
def _index(file: Path) -> Mapping[KeyPath, int]:
    return line_index(file.read_bytes().decode("utf-8"))


def forget_lines() -> None:
    """Drop what is remembered of files, which may have changed since."""
    _index.cache_clear()


def parse(file: Path) -> dict[str, Any] | Problem:
    """The parsed TOML file, or what keeps it from being read."""
    try:
        return tomllib.loads(read_bounded(file, limit=MAX_FILE_BYTES).decode("utf-8"))
    except DataError as error:
        return Problem(str(file), error.line, error.message, error.remedy)
    except UnicodeDecodeError as error:
        return Problem(str(file), None, f"not UTF-8: byte {error.start}", "Save it as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        return _syntax_problem(file, str(error))
    except RecursionError:
        return Problem(str(file), None, "nested too deeply", "Write flat tables.")


def _syntax_problem(file: Path, message: str) -> Problem:
    import re

    match = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(match[1]) if match else None
    text = re.sub(r"\s*\(at .*\)$", "", message)
    if line is None and "(at end of document)" in message:
        line = file.read_bytes().count(b"\n") + 1
    return Problem(str(file), line, f"not TOML: {text}", "Mend this line; see https://toml.io.")


def read_folder(folder: Path, *, private: bool) -> tuple[Tables, list[Problem]]:
    """All rows of a regime's folder, and what is wrong with the shape of its files."""
    tables: Tables = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.toml")):
        spec = FILES.get(file.name)
        if spec is None:
            remedy = did_you_mean(file.name, FILES)
            problems.append(Problem(str(file), None, "no file of that name is read", remedy))
            continue
        document = parse(file)
        if isinstance(document, Problem):
            problems.append(document)
            continue
        for name, content in document.items():
            if name not in spec:
                remedy = did_you_mean(name, spec)
                here = Row({}, file, (name,))
                problems.append(here.problem(f"no table {name!r} is read here", remedy))
                continue
            rows, mistakes = rows_of(file, name, content, spec[name], private)
            tables[f"{file.name}/{name}"] = rows
            problems.extend(mistakes)
    return tables, problems


def rows_of(
    file: Path, name: str, content: Any, table: Table, private: bool
) -> tuple[list[Row], list[Problem]]:
    """The rows of one table of a parsed document."""
    here = Row({}, file, (name,))
    if table.single:
        if not isinstance(content, dict):
            return [], [here.problem(f"{name!r} is not a table", f"Write it as [{name}].")]
        return [make_row(content, file, (name,), table, private)], []
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        return [], [here.problem(f"{name!r} is not a list of rows", f"Write [[{name}]].")]
    rows = [
        make_row(item, file, (name, position), table, private)
        for position, item in enumerate(content)
    ]
    return rows, []


def make_row(data: dict[str, Any], file: Path, path: KeyPath, table: Table, private: bool) -> Row:
    """A row and the rows nested in it."""
    plain: dict[str, Any] = {}
    nested: dict[str, list[Row]] = {}
    for key, value in data.items():
        inner = nested_table(table, key, value)
        if inner is None:
            plain[key] = value
        else:
            nested[key] = [
                make_row(item, file, (*path, key, position), inner, private)
                for position, item in enumerate(value)
            ]
    return Row(plain, file, path, private, nested)


def nested_table(table: Table, key: str, value: Any) -> Table | None:
    """What a list of tables under ``key`` holds, or None where it is not one that is read."""
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        return None
    if key in table.nested:
        return table.nested[key]
    from overflight.treaty.schema import LIMIT

    return LIMIT if table.limits else None
