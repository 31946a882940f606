"""The page of a study: whole, self-contained, the same again; and the same study as text."""

from __future__ import annotations

import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pytest
from PIL import Image

from overflight.errors import DataError
from overflight.report.study_page import study_html, study_text, write_study
from overflight.report.study_style import CYCLE, line, rendered
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

REPORT = StudyReport(
    title="Gaps <of> a year",
    question="How long is nobody watched & why?",
    answer=("Up to 40 days.", 'A second "line".'),
    inputs=(
        StudyInput("flights", "12", "given"),
        StudyInput("cloud", "0.6", "assumed", "no source"),
    ),
    readings=(StudyReading("when a gap begins", "at landing", ("at take-off",), "Article VI"),),
    unknowns=("Who flew in May.",),
    sensitivity=(StudyTable("With other clouds", ("cloud", "days"), (("0.5", "38"),)),),
    tables=(
        StudyTable("Gaps", ("site", "days", "note"), (("A", "40", ""), ("B", "7.5", ""))),
        StudyTable("Nothing here", ("a", "b"), ()),
    ),
    figures=(
        StudyFigure("gaps", "Days between flights.", "the inputs"),
        StudyFigure("again", "Days once more <b>."),
    ),
    is_not=("A forecast.",),
)


def draw(figure: Any) -> None:
    axes = figure.add_subplot()
    for number in range(3):
        axes.plot([0, 1, 2], [number, 2, 1], label=str(number), **line(number))
    axes.fill_between([0, 1], [0, 1], hatch="//")
    axes.set_xlabel("days")
    axes.legend()


DRAWN = {"gaps": draw, "again": draw}


class Page(HTMLParser):
    """Tags with their attributes, which tags are open, and all ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "deep" / "page"
    written = write_study(REPORT, DRAWN, out)
    assert {p.name for p in written} == {p.name for p in out.iterdir()}
    return out


def test_every_file_is_there_and_is_what_its_name_says(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert names == {"index.html", "gaps.svg", "gaps.png", "again.svg", "again.png"}
    for path in folder.glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            assert image.width >= 900 and image.info.get("Software") == "overflight"
    assert stat.S_IMODE((folder / "index.html").stat().st_mode) == 0o644


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    tags = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe", "object", "img"} & set(tags)
    assert tags.count("h1") == tags.count("main") == 1 and tags.count("svg") == 2
    for tag, attributes in page.tags:
        for name in ("src", "href", "xlink:href"):
            target = attributes.get(name)
            assert target is None or re.fullmatch(r"#[\w-]+|(gaps|again)\.(svg|png)", target), tag
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    policy = next(a for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_ids_are_unique_and_every_reference_meets_one(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids)) > 10
    wanted = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert wanted and wanted <= set(ids)


def test_all_that_the_report_says_is_on_the_page_and_in_the_text(folder: Path) -> None:
    from html import unescape

    page = unescape(re.sub(r"<svg.*?</svg>", "", (folder / "index.html").read_text(), flags=re.S))
    text = study_text(REPORT)
    for said in (
        REPORT.title, REPORT.question, *REPORT.answer, "cloud", "assumed", "no source",
        "at landing", "at take-off", "Who flew in May.", "With other clouds", "38", "A forecast.",
        "Nothing here", "7.5",
    ):  # fmt: skip
        assert said in page, said
        assert said in text, said
    for caption in ("Days between flights.", "Days once more <b>."):
        assert caption in page


def test_what_is_said_cannot_become_markup() -> None:
    nasty = '"><script>alert(1)</script>&'
    report = StudyReport(
        title=nasty, question=nasty, answer=(nasty,), inputs=(StudyInput(nasty, nasty, nasty),),
        tables=(StudyTable(nasty, (nasty,), ((nasty,),), nasty),),
        figures=(StudyFigure("x", nasty),),
    )  # fmt: skip
    page = study_html(report, {"x": "<?xml?><svg></svg>"})
    assert "<script" not in page
    assert Page(page).open == []


def test_the_same_study_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    matplotlib.rcParams["lines.linewidth"] = 9  # somebody's own settings do not matter
    try:
        write_study(REPORT, DRAWN, tmp_path)
    finally:
        matplotlib.rcdefaults()
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", ["gaps", "../gaps", "Gaps", ""])
def test_a_figure_that_nothing_draws_or_with_an_odd_name_is_refused(
    tmp_path: Path, name: str
) -> None:
    report = StudyReport("t", "q", (), (), figures=(StudyFigure(name, "c"),))
    with pytest.raises(DataError):
        write_study(report, {} if name == "gaps" else {name: draw}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_drawing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fails(figure: Any) -> None:
        raise ValueError("no data")

    report = StudyReport("t", "q", (), (), figures=(StudyFigure("a", "c"), StudyFigure("b", "c")))
    with pytest.raises(ValueError, match="no data"):
        write_study(report, {"a": draw, "b": fails}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_lines_are_told_apart_without_colour() -> None:
    looks = [line(n) for n in range(len(CYCLE))]
    for key in ("color", "marker"):
        assert len({look[key] for look in looks}) == len(CYCLE)
    assert len({str(look["linestyle"]) for look in looks}) == len(CYCLE)


def test_the_source_is_in_the_picture() -> None:
    def empty(figure: Any) -> None:
        figure.add_subplot()

    assert rendered(empty, source="a" * 5)[0] != rendered(empty)[0]


def test_text_keeps_to_its_width() -> None:
    for width in (60, 80, 100):
        for said in study_text(REPORT, width=width).splitlines():
            assert len(said) <= width
