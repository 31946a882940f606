"""The certification report on paper: to be read, argued about and signed.

The same report gives the same bytes. The foot of each page has the digest of the report's JSON.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from overflight.formats.certification_json import report_bytes
from overflight.report.certification import SENSOR_TITLES, bar, how, sensor_row
from overflight.report.outgoing import DIGEST_CHARACTERS
from overflight.report.pdfpage import (
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
    watermark,
    words,
)
from overflight.report.pdfparts import cells, fields, gap, room, signature
from overflight.report.tables import Column, clean, named

Names = Mapping[str, str] | None

_DIGEST_OF = "Report digest (SHA-256 of the report's JSON)"
_SENSOR_MM = (18, 22, 15, 16, 12, 22, 24, 14, 16, 21)
_MEASURED_MM = (8, 28, 14, 12, 15, 15, 35, 29, 14, 10)
_IMAGE_MM = (30, 57, 14, 15, 15, 13, 36)
_FINDING_MM = (42, 25, 70, 43)


def certification_pdf(document: Mapping[str, Any], *, names: Names = None) -> bytes:
    """The report (document ``certification-report``) as a PDF, A4. ``names`` of Parties' codes."""
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    register_fonts()
    digest = hashlib.sha256(report_bytes(document)).hexdigest()
    marks = tuple(clean(mark) for mark in document["marks"])
    title = f"Certification report {clean(document['id'])}"
    buffer = io.BytesIO()
    pages = BaseDocTemplate(
        buffer,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=HEAD,
        bottomMargin=FOOT,
        invariant=1,
        title=" - ".join((title, *marks)),
        author=clean(document["certifying"]),
        subject=f"Certification under {clean(document['treaty_name'])}",
        keywords=", ".join(("certification", *marks, f"sha256:{digest}")),
        creator="overflight",
        lang="en",
    )
    body = Frame(
        MARGIN, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    template = PageTemplate("page", [body], onPage=lambda canvas, _: watermark(canvas, marks))
    pages.addPageTemplates([template])
    story = _front(document, names)
    for part in (_items, _sensors, _notes, _targets, _measurements, _images, _findings):
        story += part(document)
    story += _signatures(document, names, digest)
    sheet = Sheet(title, marks, digest[:DIGEST_CHARACTERS], _DIGEST_OF)
    pages.build(story, canvasmaker=numbered_canvas(sheet))
    return buffer.getvalue()


def _front(document: Mapping[str, Any], names: Names) -> list[Any]:
    people = [named(p["party"], names) + _people(p["people"]) for p in document["participants"]]
    rows = [
        ("Certification", clean(document["id"])),
        ("Aircraft", clean(document["aircraft_name"])),
        ("Conducted by", named(document["certifying"], names)),
        ("Place", clean(document["place"]) or "not stated"),
        ("Period", f"{document['begins']} to {document['ends']}"),
        ("Took part", "; ".join(people) or "nobody"),
        ("Weather", clean(document["weather"]) or "not stated"),
    ]
    if document["note"]:
        rows.append(("Remarks", clean(document["note"])))
    subtitle = f"{document['treaty_name']}: {document['aircraft_name']}"
    return [words("Certification report", "title"), words(subtitle, "subtitle"), fields(rows)]


def _people(count: int | None) -> str:
    return "" if count is None else f": {count} {'person' if count == 1 else 'people'}"


def _items(document: Mapping[str, Any]) -> list[Any]:
    rows = [
        [
            words(item["letter"], "cell"),
            markup(f"{safe(item['title'])}<br/>{_faint(_short(item['cite']))}", "cell"),
            _verdict(item["verdict"]),
            words(item["says"] or "To be stated by those that sign.", "cell"),
        ]
        for item in document["items"]
    ]
    columns = [Column(""), Column("Item"), Column("Verdict"), Column("What it establishes")]
    return [words("What the report establishes", "section"), cells(columns, rows, (8, 42, 24, 106))]


def _sensors(document: Mapping[str, Any]) -> list[Any]:
    rows = [[words(cell, "cell") for cell in sensor_row(s)] for s in document["sensors"]]
    columns = [Column(title[0].upper() + title[1:]) for title in SENSOR_TITLES]
    flow = [words("Sensors", "section"), cells(columns, rows, _SENSOR_MM, tight=True)]
    if any(s["our_model"] for s in document["sensors"]):
        flow.append(words("* OUR MODEL in part: the notes below say what of it.", "small"))
    return flow


def _notes(document: Mapping[str, Any]) -> list[Any]:
    """What the value of each sensor rests on."""
    flow: list[Any] = []
    for sensor in document["sensors"]:
        rows: list[tuple[str, Any]] = []
        rows.append(("Limit", f"{sensor['limit_m']:g} m, {clean(_short(sensor['limit_cite']))}"))
        covers = clean(sensor["covers_note"])
        if covers:
            rows.append(("Check of covers", covers))
        for label, key in (("Public", "settled"), ("Our model", "ours"), ("Doubts", "doubts")):
            if sensor[key]:
                text = "<br/>".join(safe(line) for line in sensor[key])
                rows.append((label, markup(text, "cell")))
        if sensor["computed_h_min_m"] is not None:
            told = f"{sensor['computed_h_min_m']:.0f} m, for comparison only"
            rows.append(("H_min of computed readings", told))
        decisions = [f"{d['number']}: {d['note'] or d['title']}" for d in sensor["decisions"]]
        if decisions:
            rows.append(("Decisions", "; ".join(map(clean, decisions))))
        if rows:
            names = dict.fromkeys((sensor["id"], sensor["name"]))
            flow += [words(", ".join(names), "section"), fields(rows)]
    return flow


def _targets(document: Mapping[str, Any]) -> list[Any]:
    if not document["targets"]:
        return []
    rows = [
        [
            words(t["id"], "cell"),
            words(t["kind"], "cell"),
            words("not told" if t["contrast"] is None else f"{t['contrast']:g}:1", "cell"),
            words(t["stands"], "cell"),
            words(t["note"] or t["diagram"], "cell"),
        ]
        for t in document["targets"]
    ]
    columns = [Column(t) for t in ("Target", "Kind", "Contrast", "Lies or stands", "Remarks")]
    return [words("Calibration targets", "section"), cells(columns, rows, (24, 24, 24, 30, 78))]


def _measurements(document: Mapping[str, Any]) -> list[Any]:
    covers = {True: "yes", False: "NO", None: "?"}
    rows = [
        [
            words(m["number"], "cell"),
            words(m["image"], "cell"),
            words(m["sensor"], "cell"),
            words(m["pass"], "cell"),
            words(f"{m['height_m']:g}", "cell-right"),
            words(m["direction"], "cell"),
            words(bar(m), "cell"),
            words(how(m), "cell"),
            words("" if m["h_min_m"] is None else f"{m['h_min_m']:.0f}", "cell-right"),
            words(covers[m["covers"]], "cell"),
        ]
        for m in document["measurements"]
    ]
    columns = [
        Column("No."), Column("Image"), Column("Sensor"), Column("Pass"), Column("Height m", "r"),
        Column("Bars to track"), Column("Smallest bar m"), Column("Read"), Column("H_min m", "r"),
        Column("Co- vers"),
    ]  # fmt: skip
    return [words("Measurements", "section"), cells(columns, rows, _MEASURED_MM, tight=True)]


def _images(document: Mapping[str, Any]) -> list[Any]:
    rows, known = [], set()
    for m in document["measurements"]:
        if m["image"] in known:
            continue
        known.add(m["image"])
        said = "of the file" if m["digest_checked"] else "stated, file not here"
        rows.append(
            [
                words(m["image"], "cell"),
                markup(f"{m['sha256'][:32]}<br/>{m['sha256'][32:]}<br/>{_faint(said)}", "cell"),
                words(m["target"], "cell"),
                words(_number(m["track_offset_deg"]), "cell-right"),
                words(_number(m["centre_offset_percent"]), "cell-right"),
                words(_number(m["tilt_deg"]), "cell-right"),
                words(m["at"] or "not told", "cell"),
            ]
        )
    columns = [
        Column("Image"), Column("SHA-256"), Column("Target"), Column("Track deg", "r"),
        Column("Centre %", "r"), Column("Tilt deg", "r"), Column("Taken"),
    ]  # fmt: skip
    return [words("Images", "section"), cells(columns, rows, _IMAGE_MM, tight=True)]


def _findings(document: Mapping[str, Any]) -> list[Any]:
    rows = [
        [
            words(f["title"], "cell"),
            _verdict(f["verdict"]),
            words(f["message"], "cell"),
            words(_short(f["cite"]), "cell"),
        ]
        for f in document["findings"]["findings"]
    ]
    columns = [Column(t) for t in ("Rule", "Verdict", "Finding", "Paragraph")]
    return [words("Findings", "section"), cells(columns, rows, _FINDING_MM, tight=True)]


def _signatures(document: Mapping[str, Any], names: Names, digest: str) -> list[Any]:
    """Boxes, two or three beside each other, never torn over two pages."""
    from reportlab.platypus import Table

    flow: list[Any] = []
    signs: Sequence[Mapping[str, str]] = document["signatures"]
    beside = 3 if len(signs) > 2 else 2
    inner = (WIDTH - (beside - 1) * 6 * MM) / beside
    for place in range(0, len(signs), beside):
        boxes: list[Any] = [
            signature(safe(s["role"][0].upper() + s["role"][1:]), named(s["party"], names), inner)
            for s in signs[place : place + beside]
        ]
        boxes += [""] * (beside - len(boxes))
        row = [part for box in boxes for part in ("", box)][1:]
        table = Table([row], colWidths=([6 * MM, inner] * beside)[1:])
        table.setStyle(
            [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        )
        _, high = table.wrap(WIDTH, HEIGHT)
        lead = 30 if place == 0 else 6
        flow.append(room(high / MM + lead))
        if place == 0:
            flow.append(words("Agreement on the contents of this report", "section"))
            flow.append(words(_SIGNING, "body"))
            flow.append(words(f"{_DIGEST_OF}: {digest}", "small"))
        flow += [gap(4), table]
    return flow


_SIGNING = (
    "By signing, a Party agrees to the contents of this report. Until all that took part have "
    "agreed, the aircraft and its sensors are not certified by it."
)


def _verdict(verdict: str) -> Any:
    colour = VERDICT_COLOURS.get(verdict, "#6d747b")
    return markup(f'<font color="{colour}"><b>{safe(verdict or "open")}</b></font>', "cell")


def _faint(text: str) -> str:
    return f'<font color="#6d747b" size="6.4">{safe(text)}</font>'


def _number(value: float | None) -> str:
    return "not told" if value is None else f"{value:g}"


def _short(cite: str) -> str:
    return ", ".join(part.split(" (")[0].strip() for part in clean(cite).split(";") if part.strip())
