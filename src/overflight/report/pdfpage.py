"""The paper that a plan is printed on: fonts, styles, header, footer, watermark, page x of y."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from overflight.report.tables import clean

MM = 72.0 / 25.4
"""Points in a millimetre (PDF: 72 points to the inch)."""

PAGE = (210 * MM, 297 * MM)
MARGIN = 15 * MM
HEAD = 20 * MM
FOOT = 18 * MM
WIDTH = PAGE[0] - 2 * MARGIN
HEIGHT = PAGE[1] - HEAD - FOOT

REGULAR, BOLD, ITALIC = "OverflightSans", "OverflightSans-Bold", "OverflightSans-Oblique"

INK = "#22262b"
FAINT = "#6d747b"
RULE = "#b9bec4"
SHADE = "#eef1f4"
ALARM = "#a61b1b"

VERDICT_COLOURS = {
    "breach": ALARM,
    "undetermined": "#96590a",
    "right arises": "#1c5b8f",
    "compliant": "#1d6b3f",
    "does not apply": FAINT,
}


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """DejaVu Sans, which has Latin, Greek and Cyrillic, from where matplotlib keeps it."""
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    files = {
        REGULAR: "DejaVuSans.ttf",
        BOLD: "DejaVuSans-Bold.ttf",
        ITALIC: "DejaVuSans-Oblique.ttf",
    }
    for name, file in files.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD
    )


def style(name: str) -> Any:
    """One of the paragraph styles: title, section, body, cell, cell-right, head, small, label."""
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    base = ParagraphStyle("body", fontName=REGULAR, fontSize=8.2, leading=11, textColor=INK)
    made: dict[str, dict[str, Any]] = {
        "body": {},
        "title": {"fontName": BOLD, "fontSize": 17, "leading": 21, "spaceAfter": 2},
        "subtitle": {"fontSize": 10.5, "leading": 14, "textColor": FAINT, "spaceAfter": 6},
        "section": {
            "fontName": BOLD, "fontSize": 9.5, "leading": 13,
            "spaceBefore": 9, "spaceAfter": 3, "keepWithNext": 1,
        },
        "cell": {"fontSize": 7.4, "leading": 9.4},
        "cell-right": {"fontSize": 7.4, "leading": 9.4, "alignment": TA_RIGHT},
        "head": {"fontName": BOLD, "fontSize": 7, "leading": 8.6, "textColor": INK},
        "head-right": {"fontName": BOLD, "fontSize": 7, "leading": 8.6, "alignment": TA_RIGHT},
        "small": {"fontSize": 6.6, "leading": 8.6, "textColor": FAINT},
        "label": {"fontSize": 7.2, "leading": 9.4, "textColor": FAINT},
    }  # fmt: skip
    return ParagraphStyle(name, parent=base, **made[name])


def words(text: object, kind: str = "body") -> Any:
    """A paragraph of plain words; nothing in them is read as mark-up."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(clean(text)), style(kind))


def markup(text: str, kind: str = "body") -> Any:
    """A paragraph of our own mark-up. What comes from a plan goes through ``safe`` first."""
    from reportlab.platypus import Paragraph

    return Paragraph(text, style(kind))


def safe(text: object) -> str:
    """Words of a plan for use inside mark-up."""
    return escape(clean(text))


def stretching(content: Any, least: float, below: float) -> Any:
    """A box around ``content`` that takes the rest of the page but ``below``, points.

    Where less than ``least`` is left it is that high all the same.
    """
    from reportlab.platypus import Flowable

    class Stretching(Flowable):  # type: ignore[misc]
        """Knows its height only once it is told what the page has left."""

        def wrap(self, width: float, height: float) -> tuple[float, float]:
            self.width, self.height = width, max(least, height - below)
            return self.width, self.height

        def draw(self) -> None:
            pad = 2 * MM
            _, high = content.wrap(self.width - 2 * pad, self.height)
            content.drawOn(self.canv, pad, self.height - pad - high)
            self.canv.setStrokeColor(RULE)
            self.canv.setLineWidth(0.6)
            self.canv.rect(0, 0, self.width, self.height)

    return Stretching()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on every page."""

    heading: str
    marks: tuple[str, ...]
    digest: str
    digest_of: str = "Plan digest (SHA-256 of the mission plan's JSON)"


def numbered_canvas(sheet: Sheet) -> type:
    """A canvas class that draws header and footer once the number of pages is known."""
    from reportlab.pdfgen.canvas import Canvas

    class NumberedCanvas(Canvas):  # type: ignore[misc]
        """Keeps each finished page, and finishes all of them when the last is done."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 (reportlab's name)
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            total = len(self._pages)
            for page in self._pages:
                self.__dict__.update(page)
                _furniture(self, sheet, self._pageNumber, total)
                super().showPage()
            super().save()

    return NumberedCanvas


def watermark(canvas: Any, marks: Sequence[str]) -> None:
    """The marks across the page, under what is printed on it."""
    text = " · ".join(clean(mark) for mark in marks)
    if not text:
        return
    from reportlab.lib.colors import HexColor

    size = min(92.0, 880.0 / max(len(text), 1))
    canvas.saveState()
    canvas.setFillColor(HexColor("#5a6068"), alpha=0.09)
    canvas.setFont(BOLD, size)
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(52)
    canvas.drawCentredString(0, -size / 3, text)
    canvas.restoreState()


def _furniture(canvas: Any, sheet: Sheet, number: int, total: int) -> None:
    from reportlab.lib.colors import HexColor

    canvas.saveState()
    top, foot = PAGE[1] - 11 * MM, 10 * MM
    canvas.setFont(REGULAR, 7.4)
    canvas.setFillColor(HexColor(FAINT))
    canvas.drawString(MARGIN, top, sheet.heading)
    canvas.drawString(MARGIN, foot, f"{sheet.digest_of}: {sheet.digest}")
    canvas.drawRightString(PAGE[0] - MARGIN, foot, f"Page {number} of {total}")
    if sheet.marks:
        canvas.setFont(BOLD, 9)
        canvas.setFillColor(HexColor(ALARM))
        canvas.drawRightString(
            PAGE[0] - MARGIN, top, "   ".join(clean(mark) for mark in sheet.marks)
        )
    canvas.setStrokeColor(HexColor(RULE))
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, top - 2.2 * MM, PAGE[0] - MARGIN, top - 2.2 * MM)
    canvas.line(MARGIN, foot + 3.6 * MM, PAGE[0] - MARGIN, foot + 3.6 * MM)
    canvas.restoreState()
