"""A message on paper: its envelope, its items with their paragraphs, boxes for those who sign.

The same message gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

from overflight.formats.messages.document import lookup, message_bytes
from overflight.formats.messages.text import field_code, item_paragraphs
from overflight.formats.messages.values import value_to_text
from overflight.formats.times import write_time
from overflight.report import tables
from overflight.report.outgoing import DIGEST_CHARACTERS
from overflight.report.pdfpage import (
    FOOT,
    HEAD,
    HEIGHT,
    MARGIN,
    MM,
    PAGE,
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
from overflight.report.tables import clean, named
from overflight.terms.messages import Field, Item, Message, MessageType

Names = Mapping[str, str] | None

_WIDE_COLUMNS = 7
"""A list with more fields than this is printed one record below the other."""
_CHARACTER_MM, _PADDING_MM, _LONGEST_WORD = 1.6, 3.0, 22
"""About what a bold character of a table takes, what lies beside a word, and the longest word, in
characters, for which a column is made wide enough; an instant has 20."""
_DIGEST_OF = "Message digest (SHA-256 of the message's JSON)"


def message_pdf(message: Message, kind: MessageType, *, names: Names = None) -> bytes:
    """The message as a PDF (A4). ``names`` gives names for the codes of Parties and addressees."""
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    register_fonts()
    digest = hashlib.sha256(message_bytes(message)).hexdigest()
    marks = tuple(clean(mark) for mark in message.marks)
    title = f"{kind.title}, {message.number}"
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
        author=message.by,
        subject=f"Message under {kind.paragraphs}",
        keywords=", ".join(("message", kind.id, *marks, f"sha256:{digest}")),
        creator="overflight",
        lang="en",
    )
    body = Frame(
        MARGIN, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    template = PageTemplate("page", [body], onPage=lambda canvas, _: watermark(canvas, marks))
    document.addPageTemplates([template])
    story = [words(kind.title, "title"), words(_subtitle(message, names), "subtitle")]
    story += [fields(_envelope(message, kind, names))]
    for item in kind.items:
        story += _item(item, message.content, names)
    if message.remarks:
        story += [words("Remarks", "section"), _text(message.remarks, "body")]
    story += _signatures(kind)
    sheet = Sheet(title, marks, digest[:DIGEST_CHARACTERS], _DIGEST_OF)
    document.build(story, canvasmaker=numbered_canvas(sheet))
    return buffer.getvalue()


def _subtitle(message: Message, names: Names) -> str:
    to = ", ".join(named(code, names) for code in message.to)
    return f"{named(message.by, names)} to {to}"


def _envelope(message: Message, kind: MessageType, names: Names) -> list[tuple[str, Any]]:
    sources = "; ".join(str(citation) for citation in kind.citations)
    rows = [
        ("Message number", message.number),
        ("Date, time (UTC)", write_time(message.sent)),
        ("From", named(message.by, names)),
        ("To", ", ".join(named(code, names) for code in message.to)),
        ("Treaty reference", sources),
        ("Earlier message", ", ".join(message.earlier) or "none"),
        ("Type", f"{message.treaty}/{kind.id}"),
    ]
    if kind.official:
        rows.append(("Official format", f"{kind.official} (this layout is not that of the format)"))
    return list(rows)


def _item(item: Item, content: Mapping[str, Any], names: Names) -> list[Any]:
    """Heading and fields of an item; nothing where the message says nothing of it."""
    head = markup(
        f"{item.letter}. {safe(item.title)} "
        f'<font color="#6d747b" size="7.4">{safe(item_paragraphs(item))}</font>',
        "section",
    )
    if not item.records:
        rows = _rows(item, content, None, names)
        return [head, fields(rows)] if rows else []
    if item.records not in content:
        return []
    records = content[item.records]
    if not records:
        return [head, words("none", "cell")]
    shown = [
        field for field in item.fields if any(lookup(record, field.name)[0] for record in records)
    ]
    if len(shown) > _WIDE_COLUMNS:
        flow = [head]
        for number, record in enumerate(records, start=1):
            flow += [fields(_rows(item, record, number, names)), gap(2)]
        return flow
    return [head, _list(item, shown, records, names)]


def _rows(
    item: Item, record: Mapping[str, Any], number: int | None, names: Names
) -> list[tuple[str, Any]]:
    rows = []
    for field in item.fields:
        there, value = lookup(record, field.name)
        if there:
            code = field_code(item, field, number, None)
            rows.append((f"{code}. {field.words}", _value(field, value, names)))
    return rows


def _list(item: Item, shown: list[Field], records: list[Mapping[str, Any]], names: Names) -> Any:
    columns = [tables.Column("")] + [tables.Column(field.words) for field in shown]
    rows = [
        [
            words(f"{item.letter}({number})", "label"),
            *(_value(field, record.get(field.name), names, "") for field in shown),
        ]
        for number, record in enumerate(records, start=1)
    ]
    first = 11.0
    return cells(columns, rows, [first, *_widths(shown, records, WIDTH / MM - first)])


def _widths(shown: list[Field], records: list[Mapping[str, Any]], room_mm: float) -> list[float]:
    """Widths of columns, mm: each takes its longest word where the page is wide enough for all, and
    what is left is shared by weight."""
    weights = [_weight(field, records) for field in shown]
    needs = [_need_mm(field, records) for field in shown]
    rest = room_mm - sum(needs)
    if rest < 0:
        needs, rest = [0.0] * len(shown), room_mm
    return [
        need + rest * weight / sum(weights) for need, weight in zip(needs, weights, strict=True)
    ]


def _need_mm(field: Field, records: list[Mapping[str, Any]]) -> float:
    said = " ".join(str(record.get(field.name, "")) for record in records)
    longest = max(map(len, f"{field.words} {said}".split()))
    return min(longest, _LONGEST_WORD) * _CHARACTER_MM + _PADDING_MM


def _weight(field: Field, records: list[Mapping[str, Any]]) -> float:
    """How wide a column should be beside the others: by its longest value, within bounds."""
    longest = max(len(str(record.get(field.name, ""))) for record in records)
    head = 1.5 * max(map(len, field.words.split()))
    return min(max(longest, head, 10.0), 40.0)


def _value(field: Field, value: Any, names: Names, absent: str = "none") -> Any:
    if value is None:
        return words(absent, "cell")
    values = value if field.many else [value]
    if not values:
        return words("none", "cell")
    told = (
        named(one, names) if field.kind == "code" else value_to_text(field, one) for one in values
    )
    return _text("\n".join(told), "cell")


def _text(text: str, style: str) -> Any:
    return markup("<br/>".join(safe(line) for line in text.split("\n")), style)


def _signatures(kind: MessageType) -> list[Any]:
    """Boxes for those who sign, two beside each other, never torn over two pages."""
    from reportlab.platypus import Table

    inner = (WIDTH - 6 * MM) / 2
    boxes: list[Any] = []
    for place in range(0, len(kind.signed), 2):
        pair = kind.signed[place : place + 2]
        made = [_box(role, inner) for role in pair]
        made += [""] * (2 - len(made))
        table = Table([[made[0], "", made[1]]], colWidths=[inner, 6 * MM, inner])
        table.setStyle(
            [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        )
        _, high = table.wrap(WIDTH, HEIGHT)
        boxes += [room(high / MM + 8), gap(5), table]
    return boxes


def _box(role: str, width: float) -> Any:
    party = f"{role} Party" if role.islower() else role
    return signature(safe(f"For the {party}"), "", width)
