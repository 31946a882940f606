"""A study as a page and as text: question, answer, pictures, and all that it rests on.

The page needs nothing else: its pictures are inside it, it has no script and no address. It can be
read at 390 points and at 1280, in light and dark, and on paper. A command's use of it::

    report = StudyReport(title=..., question=..., answer=(...), inputs=(...),
                         figures=(StudyFigure("gaps", "What it shows.", "where from"),))
    if arguments.out is not None:
        for path in write_study(report, {"gaps": draw_gaps}, arguments.out):
            print(path, file=sys.stderr)
    print(study_text(report))

``draw_gaps`` takes an empty matplotlib figure; looks and colours are in ``study_style``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.report.study_style import Draw, rendered
from overflight.terms.study import StudyFigure, StudyReading, StudyReport, StudyTable

_NUMBER = re.compile(r"-?[\d \u00a0,.]*\d(e[-+]\d+|/\d+)?( ?%)?|-|")
_CHANGES = "How the answer changes with the inputs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_CSS = """
:root{color-scheme:light dark;--ink:#1b1f23;--soft:#555b61;--paper:#fff;--line:#d5dae0;
--tint:#f3f5f8}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a9b0b8;--paper:#14171a;--line:#3a4149;
--tint:#1e2328}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.2rem;margin:2.2rem 0 .5rem}
.question{font-size:1.15rem;color:var(--soft);margin:0 0 1.2rem}
.answer{background:var(--tint);border-left:4px solid #0072b2;padding:.7rem 1rem .7rem 2rem;margin:0}
.answer li,.plain li{margin:.25rem 0}ul{padding-left:1.2rem}
figure{margin:1.5rem 0;background:#fff;border:1px solid var(--line);padding:.5rem}
figure svg{width:100%;min-width:33rem;height:auto;display:block}
figcaption a{color:#0072b2}
figcaption{color:#333;background:#fff;padding:.4rem .3rem 0;font-size:.93rem}
.scroll{overflow-x:auto}.scroll:focus-visible{outline:2px solid #0072b2}
table{border-collapse:collapse;min-width:min(100%,22rem);font-size:.93rem}
h3{font-size:1rem;margin:1.5rem 0 .2rem}
th,td{text-align:left;vertical-align:top;padding:.3rem 1.1rem .3rem .3rem;
border-bottom:1px solid var(--line)}
th{vertical-align:bottom}td:first-child:not(.n){min-width:8rem}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
.note{color:var(--soft);font-size:.9rem;margin:.3rem 0 1rem}
@media print{body{font-size:10pt}figure,tr{break-inside:avoid}figure svg{min-width:0}}
"""


def write_study(report: StudyReport, figures: Mapping[str, Draw], out: Path) -> list[Path]:
    """Write index.html, and NAME.svg and NAME.png for each figure of the report, into ``out``.

    ``figures``: name -> what draws it on an empty matplotlib figure. The same report gives the
    same bytes. Raises DataError for a figure of the report that nothing draws.
    """
    pictures: dict[str, tuple[bytes, bytes]] = {}
    for figure in report.figures:
        if figure.name not in figures or not _NAME.fullmatch(figure.name):
            raise DataError(
                f"nothing draws the figure {figure.name!r}",
                remedy="Give a drawing for every figure of the report.",
            )
        pictures[figure.name] = rendered(figures[figure.name], source=figure.source)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (svg, png) in pictures.items():
        for suffix, content in ((".svg", svg), (".png", png)):
            write_atomic(out / f"{name}{suffix}", content)
            written.append(out / f"{name}{suffix}")
    page = study_html(report, {name: svg.decode() for name, (svg, _) in pictures.items()})
    write_atomic(out / "index.html", page)
    return [out / "index.html", *written]


def study_html(report: StudyReport, pictures: Mapping[str, str]) -> str:
    """The page; ``pictures``: name of a figure -> its SVG."""
    parts = [
        f"<header><h1>{escape(report.title)}</h1>",
        f'<p class="question">{escape(report.question)}</p></header>',
        f'<ul class="answer">{_items(report.answer)}</ul>',
        *(_figure(figure, pictures[figure.name]) for figure in report.figures),
        *(_table(table) for table in report.tables),
    ]
    if report.sensitivity:
        parts.append(f"<h2>{_CHANGES}</h2>")
        parts += [_table(table) for table in report.sensitivity]
    parts += _ground(report)
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{escape(report.title)}</title><style>{_CSS}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _ground(report: StudyReport) -> list[str]:
    """What the answer rests on, and what it is not."""
    parts = ["<h2>What it rests on</h2>"]
    rows = tuple((i.name, i.value, i.basis, i.source) for i in report.inputs)
    parts.append(_table(StudyTable("Inputs", ("input", "as used", "basis", "source"), rows)))
    if report.readings:
        chosen = tuple(
            (r.name, r.chosen, ", ".join(r.others), r.source) for r in report.readings
        )  # fmt: skip
        heads = ("question", "taken", "could also be", "source")
        parts.append(_table(StudyTable("Readings", heads, chosen)))
    for title, lines in (("Not known", report.unknowns), ("What this is not", report.is_not)):
        if lines:
            parts.append(f'<h2>{title}</h2><ul class="plain">{_items(lines)}</ul>')
    return parts


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _figure(figure: StudyFigure, svg: str) -> str:
    inner = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    # ids are made anew for each picture, so that two on one page do not share any
    inner = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{figure.name}-", inner)
    inner = inner.replace("<svg", f'<svg role="img" aria-label="{escape(figure.caption)}"', 1)
    files = ", ".join(
        f'<a href="{figure.name}.{kind.lower()}">{kind}</a>' for kind in ("SVG", "PNG")
    )
    return (
        f'<figure><div class="scroll" tabindex="0" role="group">{inner}</div>'
        f"<figcaption>{escape(figure.caption)} ({files})</figcaption></figure>"
    )


def _table(table: StudyTable) -> str:
    if not table.rows:
        return f'<p class="note">{escape(table.title)}: none.</p>'
    used = [n for n, _ in enumerate(table.columns) if any(row[n] for row in table.rows)]
    kind = {n: _column(row[n] for row in table.rows) for n in used}
    heads = "".join(f'<th scope="col"{kind[n]}>{escape(table.columns[n])}</th>' for n in used)
    rows = "".join(
        "<tr>" + "".join(f"<td{kind[n]}>{escape(row[n])}</td>" for n in used) + "</tr>"
        for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    title = escape(table.title)
    return (
        f'<h3>{title}</h3><div class="scroll" tabindex="0" role="group" aria-label="{title}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def _column(cells: Iterable[str]) -> str:
    """Numbers stand to the right, where the whole column is numbers."""
    return ' class="n"' if all(_NUMBER.fullmatch(cell) for cell in cells) else ""


def study_text(report: StudyReport, *, width: int = 100) -> str:
    """The study for a terminal of that many columns."""
    parts = [report.title, *_wrapped([report.question], width, "")]
    parts += ["", *_wrapped(report.answer, width, "- ")]
    for table in report.tables:
        parts += _told(table, width)
    if report.sensitivity:
        parts += ["", f"{_CHANGES}:"]
    for table in report.sensitivity:
        parts += _told(table, width)
    if report.inputs:
        parts += ["", "Inputs"]
        parts += _wrapped(
            [
                f"{i.name}: {i.value} ({i.basis}{'; ' + i.source if i.source else ''})"
                for i in report.inputs
            ],
            width, "- ",
        )  # fmt: skip
    if report.readings:
        parts += ["", "Readings"]
        parts += _wrapped([_reading(r) for r in report.readings], width, "- ")
    for title, lines in (("Not known", report.unknowns), ("What this is not", report.is_not)):
        if lines:
            parts += ["", title, *_wrapped(lines, width, "- ")]
    return "\n".join(parts)


def _told(table: StudyTable, width: int) -> list[str]:
    note = _wrapped([table.note], width, "") if table.note else []
    return ["", table.title, _columns(table, width), *note]


def _reading(reading: StudyReading) -> str:
    others = f" (could also be: {'; '.join(reading.others)})" if reading.others else ""
    return f"{reading.name}: {reading.chosen}{others}"


def _wrapped(lines: Iterable[str], width: int, bullet: str) -> list[str]:
    return [
        textwrap.fill(line, width, initial_indent=bullet, subsequent_indent=" " * len(bullet))
        for line in lines
    ]


def _columns(table: StudyTable, width: int) -> str:
    """Columns as wide as they need; the last and widest wrap until all fit."""
    if not table.rows:
        return "  none"
    used = [n for n, _ in enumerate(table.columns) if any(row[n] for row in table.rows)]
    rows = [[row[n] for n in used] for row in (table.columns, *table.rows)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(used))]
    room = width - 2 - 2 * (len(used) - 1)
    while sum(widths) > room and max(widths) > 10:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    lines = []
    for row in rows:
        cells = [textwrap.wrap(cell, w) or [""] for cell, w in zip(row, widths, strict=True)]
        for n in range(max(map(len, cells))):
            lines.append(
                "  "
                + "  ".join(
                    (c[n] if n < len(c) else "").ljust(w)
                    for c, w in zip(cells, widths, strict=True)
                ).rstrip()
            )
    return "\n".join(lines)
