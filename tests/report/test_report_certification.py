"""The certification report on paper and as text."""

from __future__ import annotations

import copy
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from overflight.cli.tables import table
from overflight.formats.certification_file import read_certification
from overflight.formats.certification_json import report_bytes
from overflight.mission.certification.document import report_of
from overflight.report.certification import report_text
from overflight.report.certification_pdf import certification_pdf
from overflight.treaty.loader import load_treaty

EXAMPLE = Path(__file__).parents[2] / "examples" / "certification"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The example's readings by eye; its pictures are not measured here."""
    folder = tmp_path_factory.mktemp("certification")
    for file in EXAMPLE.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    rows = (folder / "images.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if ",computed," not in row]
    (folder / "images.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    certification = read_certification(folder / "certification.toml")
    view = load_treaty(certification.treaty).on(certification.on)
    found = report_of(certification, view, folder)
    return json.loads(report_bytes(found))  # type: ignore[no-any-return]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_page_is_marked_and_bears_the_digest(document: dict[str, Any]) -> None:
    digest = hashlib.sha256(report_bytes(document)).hexdigest()
    for text in pages(certification_pdf(document)):
        assert "SIMULATED" in text
        assert digest[:16] in text


def test_the_paper_has_every_image_letter_and_signature(document: dict[str, Any]) -> None:
    text = "\n".join(pages(certification_pdf(document, names={"POL": "Poland"})))
    for one in document["measurements"]:
        assert one["image"] in text
        assert one["sha256"][:32] in text and one["sha256"][32:] in text
    for letter in ("Ann.D.IV.1(A)", "Ann.D.IV.1(D)", "Ann.D.IV.1(F)"):
        assert letter in text
    assert text.count("Signature") == 3  # the certifying Party and two that took part
    assert "Poland" in text
    assert "OUR MODEL" in text and "1805*" in text


def test_the_same_report_gives_the_same_bytes(document: dict[str, Any]) -> None:
    assert certification_pdf(document) == certification_pdf(copy.deepcopy(document))


def test_without_a_mark_there_is_none(document: dict[str, Any]) -> None:
    real = {**document, "marks": []}
    assert not any("SIMULATED" in text for text in pages(certification_pdf(real)))


def test_words_of_a_file_are_no_mark_up(document: dict[str, Any]) -> None:
    odd = copy.deepcopy(document)
    odd["note"] = odd["sensors"][0]["name"] = "<b>&</b><br/>"
    assert any("<b>&</b>" in text for text in pages(certification_pdf(odd)))


def test_the_text_says_what_is_ours_and_what_was_read(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # a narrow terminal breaks cells
    text = report_text(document, table)
    assert text.startswith("SIMULATED\n")
    assert "by eye, POL" in text and "our model" in text
    assert "1805*" in text
    broken = copy.deepcopy(document)
    broken["findings"]["findings"][0]["verdict"] = "breach"
    assert "Not as asked" in report_text(broken, table)
    assert "Not as asked" not in text
