"""What no file here may carry, and what no line of code may know."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "overflight"

# Written in pieces, so that this file does not carry what it looks for.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "files." + "pythonhosted",
)
MACHINE_PATH = re.compile(
    r"(?<![\w./~-])/(?:" + "|".join(("work", "root", "home", "Users", "opt", "mnt")) + r")/[\w.-]+"
)


def tracked() -> list[Path]:
    """Files under version control, and new ones that git would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if result.returncode != 0:
        pytest.skip("not a git checkout")
    names = [name for name in result.stdout.decode().split("\0") if name]
    return [ROOT / name for name in sorted(set(names)) if (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield str(path.relative_to(ROOT)), content.decode("utf-8")


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_text_file_is_utf8_and_there_are_some() -> None:
    assert len(list(texts())) > 50


def test_no_file_names_a_registry_host() -> None:
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRY_HOSTS)))) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see /" + "work/main/x.py", True),
        ("'/" + "home/anna/plan.json'", True),
        ("C: /" + "Users/anna", True),
        ("docs/home/index.md", False),
        ("out/home/working-plan.json", False),
        ("OUT/" + "home/ stays", False),
        ("https://example.org/home/page", False),
    ],
)
def test_the_pattern_for_machine_paths(line: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is found


def test_no_trailing_blanks_and_every_file_ends_with_a_newline() -> None:
    kinds = (".py", ".toml", ".md", ".yml", ".json", ".txt", "Makefile", "run", "step", ".geojson")
    wrong = []
    for name, text in texts():
        if not name.endswith(kinds):
            continue
        if text and not text.endswith("\n"):
            wrong.append(f"{name}: no newline at the end")
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip() and not name.endswith((".md", ".icao.txt")):
                wrong.append(f"{name}:{number}: blanks at the end of the line")
    assert wrong == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCE.rglob("*.py")
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


# --- no treaty's name in the code


def treaty_words() -> tuple[set[str], set[str]]:
    """Names that may not stand inside a string, and codes that may not be a whole string.

    Both come from the data, so a treaty that is added later is covered as well. A code of a
    State may be part of a longer text (an example in a message is in capitals, too), but a
    string that *is* a code means that code decides something.
    """
    names: set[str] = set()
    codes: set[str] = set()
    for folder in (SOURCE / "data" / "treaties").iterdir():
        if not (folder / "treaty.toml").exists():
            continue
        head = tomllib.loads((folder / "treaty.toml").read_text(encoding="utf-8"))["treaty"]
        names |= {folder.name, head["id"], head["name"]}
        for file, key in (("parties.toml", "state"), ("groups.toml", "group")):
            if (folder / file).exists():
                rows = tomllib.loads((folder / file).read_text(encoding="utf-8")).get(key, ())
                codes |= {row["code"] for row in rows}
    return names, codes


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a module, docstrings left out (a docstring may cite a treaty)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    # float("inf") is a number, whatever regime has that name.
    bare |= {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "float"
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, node.value


def test_the_words_are_read_from_the_data() -> None:
    names, codes = treaty_words()
    assert "open-skies" in names
    assert {"DEU", "RUS", "RUBY"} <= codes


# "Open Skies airfield" is the word for a role, in this treaty and in any other (design: words).
A_ROLE = r"(?![- ]airfield)"


def test_no_treaty_stands_in_the_code() -> None:
    names, codes = treaty_words()
    # A short name may be part of a word, or a number ("inf"): it counts as an abbreviation in
    # capitals, and where it is the whole of a string.
    short = {name for name in names if len(name) < 5}
    either = "|".join(re.escape(name) for name in sorted(names - short))
    capitals = "|".join(rf"\b{re.escape(name.upper())}\b" for name in sorted(short))
    pattern = re.compile(f"(?i:(?:{either}){A_ROLE})|{capitals or '(?!)'}")
    codes |= short
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]!r}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, text in strings(path)
        if pattern.search(text) or text in codes
    ]
    assert found == []
