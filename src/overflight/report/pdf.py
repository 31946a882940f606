"""The mission plan on paper: what the two Parties sign.

``mission_plan_pdf`` takes the mission plan, the findings of a check of it and the release map,
and nothing else: there is no parameter through which a site could come in. A rule that a private
value decides is printed without that value and without the answer. The same input gives the same
bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.errors import DataError
from overflight.report import tables
from overflight.report.outgoing import (
    DIGEST_CHARACTERS,
    is_not_decided,
    not_decided,
    outgoing_verdict,
    plan_digest,
    public_findings,
)
from overflight.report.pdfpage import (
    FAINT,
    FOOT,
    HEAD,
    HEIGHT,
    MARGIN,
    MM,
    PAGE,
    VERDICT_COLOURS,
    WIDTH,
    Sheet,
    markup,
    numbered_canvas,
    register_fonts,
    safe,
    stretching,
    watermark,
    words,
)
from overflight.report.pdfparts import cells as _cells
from overflight.report.pdfparts import fields as _fields
from overflight.report.pdfparts import gap as _gap
from overflight.report.pdfparts import room as _room
from overflight.report.pdfparts import signature as _signature
from overflight.report.tables import clean, named, number
from overflight.report.text import header_fields, times_fields
from overflight.report.wording import (
    HEADINGS,
    facts,
    limit_source,
    not_applied,
    rule_source,
)
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan

MEASURED = (
    "Distances are lengths of geodesics on the WGS 84 ellipsoid between the positions stated. "
    "The distance over territory counts the part of each leg that lies over land, islands, "
    "internal and territorial waters of the observed Party, as the borders used draw them. "
    "Heights above ground are the least along a leg; altitudes are above mean sea level."
)

_STATED_MM = 34.0
"""Least room for what the Parties state, mm."""
_HEAD_MM = 32.0
"""What stands around that room and above the boxes, gaps included, mm."""

_PNG = b"\x89PNG\r\n\x1a\n"


def mission_plan_pdf(
    plan: MissionPlan,
    findings: Findings | None = None,
    map_png: bytes | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> bytes:
    """The mission plan as a PDF (A4). ``names`` gives names for codes, e.g. of States.

    Raises DataError when ``map_png`` is not a PNG.
    """
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    register_fonts()
    digest = plan_digest(plan)
    marks = tuple(clean(mark) for mark in plan.marks)
    date = "" if plan.date is None else f", {plan.date.isoformat()}"
    title = f"Mission plan, {clean(plan.observing)} over {clean(plan.observed)}{date}"
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=HEAD,
        bottomMargin=FOOT,
        invariant=1,
        title=" - ".join((title, *marks)),
        author=clean(plan.observing),
        subject=f"Mission plan under {clean(plan.treaty)}",
        keywords=", ".join(("mission plan", *marks, f"sha256:{digest}")),
        creator="overflight",
        lang="en",
    )
    body = Frame(
        MARGIN, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    template = PageTemplate("page", [body], onPage=lambda canvas, _: watermark(canvas, marks))
    document.addPageTemplates([template])
    story = [
        *_front(plan, names),
        *_map(map_png),
        *_legs(plan),
        *_findings(None if findings is None else _outgoing(findings, plan)),
        *_signatures(plan, names, digest),
    ]
    sheet = Sheet(title, marks, digest[:DIGEST_CHARACTERS])
    document.build(story, canvasmaker=numbered_canvas(sheet))
    return buffer.getvalue()


def _front(plan: MissionPlan, names: Mapping[str, str] | None) -> list[Any]:
    """Everything but the legs: who, with what, from where, when, with which sensors."""
    date = "" if plan.date is None else f", {plan.date.isoformat()}"
    subtitle = f"{named(plan.observing, names)} over {named(plan.observed, names)}{date}"
    flow = [words("Mission plan", "title"), words(subtitle, "subtitle")]
    flow += [_fields(header_fields(plan, names))]
    flow += [words("Times (UTC)", "section"), _fields(times_fields(plan))]
    flow += [words("Stops", "section"), _table(tables.stops_table(plan), (24, 40, 26, 36, 36, 18))]
    flow += [
        words("Sensors", "section"),
        _table(tables.sensors_table(plan), (8, 38, 36, 16, 22, 60)),
    ]
    airspace = tables.airspace_table(plan)
    if airspace.rows:
        flow += [words("Hazardous airspace", "section"), _table(airspace, (56, 30, 30, 18, 46))]
    flow += _listed("Agreements", plan.agreements)
    if plan.readings:
        pairs = tuple((clean(name), clean(option)) for name, option in plan.readings.items())
        flow += [words("Readings of the text", "section"), _fields(pairs)]
    return flow + _listed("Remarks", plan.remarks)


def _map(map_png: bytes | None) -> list[Any]:
    if map_png is None:
        return []
    if not map_png.startswith(_PNG):
        raise DataError("the map is not a PNG", remedy="Give what release_map makes as png.")
    from reportlab.platypus import Image, Spacer

    picture = Image(io.BytesIO(map_png))
    scale = min(WIDTH / picture.imageWidth, (HEIGHT - 2) / picture.imageHeight)
    picture.drawWidth, picture.drawHeight = picture.imageWidth * scale, picture.imageHeight * scale
    return [Spacer(1, 5 * MM), picture]


def _legs(plan: MissionPlan) -> list[Any]:
    whole, over = tables.totals(plan)
    letters = tables.sensor_letters(plan)
    total = (
        f"Length of the route {number(whole, 1)} km, of which {number(over, 1)} km over the "
        "territory of the observed Party."
    )
    key = (
        "Track: true, degrees, at the start of the leg. over t.: km over the territory. "
        "AGL: least height above ground. alt: altitude above mean sea level. "
        "ETA: day hh:mm, UTC. S: sensors in use"
    )
    key += "".join(f"; {letter} {name}" for name, letter in letters.items()) + "."
    table = _table(
        tables.legs_table(plan), (8, 15, 15, 36, 11, 14, 15, 12, 16, 12, 9, 17), tight=True
    )
    return [
        _room(60),
        words("Legs", "section"),
        words("The aircraft flies directly between these positions in this order.", "body"),
        _gap(2), table, _gap(2), words(total), words(MEASURED, "small"), words(key, "small"),
    ]  # fmt: skip


def _outgoing(findings: Findings, plan: MissionPlan) -> Findings:
    return not_decided(public_findings(findings), plan.not_decided_here)


def _findings(shown: Findings | None) -> list[Any]:
    if shown is None:
        return []
    flow = [_room(50), words("How the plan stands with the treaty", "section")]
    flow += [_verdict_line(shown), _gap(2)]
    rows = [
        _finding_cells(finding)
        for verdict in HEADINGS
        if verdict is not Verdict.DOES_NOT_APPLY
        for finding in shown.of(verdict)
    ]
    if rows:
        columns = tuple(
            tables.Column(t) for t in ("Rule", "Verdict", "Finding", "Paragraph and source")
        )
        flow.append(_cells(columns, rows, (27, 22, 80, 51)))
    if not_applied(shown):
        flow += [_gap(2), words(not_applied(shown), "small")]
    for note in shown.notes:
        flow += [_gap(1), words(note, "small")]
    return flow


def _verdict_line(findings: Findings) -> Any:
    colour = VERDICT_COLOURS[str(findings.verdict)]
    return markup(f'<font color="{colour}"><b>{safe(outgoing_verdict(findings))}</b></font>')


def _finding_cells(finding: Finding) -> list[Any]:
    colour = VERDICT_COLOURS[str(finding.verdict)]
    verdict = "not decided here" if is_not_decided(finding) else finding.verdict
    told = f"<b>{safe(finding.title)}</b><br/>{safe(finding.message)}"
    if facts(finding):
        told += f'<br/><font color="{FAINT}">{safe(facts(finding))}</font>'
    source = safe(rule_source(finding))
    if limit_source(finding):
        source += f"<br/>limit: {safe(limit_source(finding))}"
    return [
        words(finding.rule, "cell"),
        markup(f'<font color="{colour}"><b>{safe(verdict)}</b></font>', "cell"),
        markup(told, "cell"),
        markup(source, "cell"),
    ]


def _signatures(plan: MissionPlan, names: Mapping[str, str] | None, digest: str) -> list[Any]:
    """Room for what the Parties state, and a box for each to sign; never torn over two pages.

    The room takes what the page has left, so that the boxes stand at its foot.
    """
    from reportlab.platypus import Table

    room = words("Changes proposed, answers and facts stated by the Parties:", "label")
    inner = (WIDTH - 6 * MM) / 2
    boxes = Table(
        [[
            _signature("For the observing Party", named(plan.observing, names), inner),
            "",
            _signature("For the observed Party", named(plan.observed, names), inner),
        ]],
        colWidths=[inner, 6 * MM, inner],
    )  # fmt: skip
    boxes.setStyle(
        [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    )
    sentence = "Upon agreement this mission plan is signed by the observing and the observed Party."
    whole, over = tables.totals(plan)
    which = (
        f"What is signed: {len(plan.legs)} legs, {number(whole, 1)} km, of which "
        f"{number(over, 1)} km over the territory; SHA-256 {digest}"
    )
    _, below = boxes.wrap(WIDTH, HEIGHT)
    return [
        _room(_HEAD_MM + _STATED_MM + below / MM),
        words("Agreement", "section"), words(sentence), words(which, "small"), _gap(2),
        stretching(room, _STATED_MM * MM, below + 6 * MM), _gap(4), boxes,
    ]  # fmt: skip


def _table(table: tables.Table, widths_mm: Sequence[float], *, tight: bool = False) -> Any:
    """A table of words; "none" where it has no rows."""
    if not table.rows:
        return words("none", "cell")
    rows = [
        [
            words(cell, "cell-right" if c.align == "r" else "cell")
            for cell, c in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    return _cells(table.columns, rows, widths_mm, tight=tight)


def _listed(title: str, texts: Sequence[str]) -> list[Any]:
    return [words(title, "section"), *(words(f"– {text}") for text in texts)] if texts else []
