"""What the documentation says is there: every command parses, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

# Made by `make docs`, so not in the checkout.
GENERATED = {
    "cli.md",
    "predicates.md",
    "readings.md",
    "rules-table.md",
    "schemas.md",
    "treaty-files.md",
}

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of a page's console blocks, as argument lists, continuation lines joined."""
    for block in CONSOLE.findall(page.read_text(encoding="utf-8")):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if not line.startswith("$ "):
                continue  # output
            for part in re.split(r"\s(?:\||>|&&|;)\s", line.removeprefix("$ ")):
                words = shlex.split(part)
                if words and words[0] in ("overflight", ".venv/bin/overflight", "make"):
                    yield words


ALL = [(name(page), words) for page in PAGES for words in commands(page)]


def test_there_are_commands_to_look_at() -> None:
    assert len([words for _, words in ALL if words[0] != "make"]) > 20


@pytest.mark.parametrize(
    "words", [words for _, words in ALL if words[0] != "make"], ids=lambda words: " ".join(words)
)
def test_a_documented_command_is_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from overflight.cli.main import build_parser

    try:
        build_parser().parse_args(words[1:])
    except SystemExit as leaving:
        assert leaving.code == 0, capsys.readouterr().err


def test_a_documented_make_target_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page, words in ALL:
        if words[0] == "make":
            assert set(words[1:]) <= targets, page


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" in target or target.startswith("#"):
            continue
        assert (page.parent / target.split("#", 1)[0]).exists(), target


def test_every_page_is_in_the_table_of_contents_and_the_other_way_round() -> None:
    listed = re.findall(r"^\s+- (?:.*: )?(\S+\.md)$", _mkdocs(), re.MULTILINE)
    there = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(there)


def test_what_pages_take_in_is_what_make_docs_writes() -> None:
    taken_in = {
        found
        for page in PAGES
        for found in re.findall(r'^--8<-- "(.+)"$', page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert taken_in == GENERATED


def test_the_examples_in_python_run() -> None:
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "python.md", "exec"), {})


def test_the_built_pages_fetch_nothing_when_read() -> None:
    """No font, script or picture from elsewhere: neither by theme nor by page."""
    assert re.search(r"^\s+font: false", _mkdocs(), re.MULTILINE)
    for page in PAGES:
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        assert not re.search(r"!\[[^\]]*\]\(https?:|<(script|img|link|iframe)\b", text), name(page)


def _mkdocs() -> str:
    return (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
