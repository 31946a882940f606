"""The page and the text of a study."""

from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.report.study_page import study_html, study_text, write_study
from overflight.report.study_style import rendered
from overflight.terms.study import StudyFigure, StudyInput, StudyReport, StudyTable

REPORT = StudyReport(
    title="A <study>", question="What of it?", answer=("So & so.",),
    inputs=(StudyInput("noise", "0.05", "assumed", "ours"),),
    tables=(StudyTable("Numbers", ("name", "value", "left out"), (("one", "1", ""),)),),
    figures=(StudyFigure("line", "A line \u2018rises\u2019.", "treaty data"),),
    unknowns=("Who knows.",), is_not=("A forecast.",),
)  # fmt: skip


def draw(figure: Any) -> None:
    figure.add_subplot().plot([0, 1], [0, 1], label="a")


def test_what_is_written_is_escaped_and_whole(tmp_path: Path) -> None:
    written = write_study(REPORT, {"line": draw}, tmp_path)
    assert [p.name for p in written] == ["index.html", "line.svg", "line.png"]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "A &lt;study&gt;" in page and "<study>" not in page
    assert "So &amp; so." in page and "default-src 'none'" in page
    assert "left out" not in page, "a column without a cell"
    assert (tmp_path / "line.png").read_bytes()[:4] == b"\x89PNG"


def test_a_figure_that_nothing_draws_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing draws"):
        write_study(REPORT, {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_bytes_and_no_date() -> None:
    assert rendered(draw) == rendered(draw)
    svg, png = rendered(draw, source="a source")
    assert b"<dc:date>" not in svg and b"tIME" not in png


def test_two_pictures_on_a_page_share_no_ids() -> None:
    import re

    svg = rendered(draw)[0].decode()
    two = StudyReport("t", "q", (), (), figures=(StudyFigure("a", "x"), StudyFigure("b", "y")))
    page = study_html(two, {"a": svg, "b": svg})
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'href="#([^"]+)"', page))
    assert used <= set(ids)


def test_the_text_fits_its_columns() -> None:
    long = StudyTable("T", ("a", "b"), (("word " * 30, "more " * 30),))
    text = study_text(StudyReport("t", "q " * 90, ("answer " * 40,), (), tables=(long,)), width=60)
    assert max(map(len, text.splitlines())) <= 60
