"""The list of passes over a calibration target, from CSV: one reading of one image a line.

    image,sensor,pass,height_m,how,direction,bar_m,reader,target,track_deg,offset_percent,clear
    p1.tif,V1,1,1480,visual,along,0.28,POL,T1,4,-12,yes

Needed are image, sensor, pass, height_m and how (visual or computed). A computed line may leave
out ``bar_m``: it is taken from the document ``reading``, or measured in the image. Lines of one
image agree on everything but the reading. Comma, semicolon or tab.
"""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.certification import COMPUTED, HOW, ReadLine

_NEEDED = ("image", "sensor", "pass", "height_m", "how")
_TEXTS = ("reader", "reading", "target", "at")
_NUMBERS = {
    "bar_m": (1e-4, 1e4),
    "track_deg": (-360.0, 360.0),
    "offset_percent": (-100.0, 100.0),
    "tilt_deg": (0.0, 90.0),
    "modulation": (1e-6, 1.0),
    "difference_k": (1e-6, 1e3),
}
_KNOWN = (*_NEEDED, "direction", *_NUMBERS, *_TEXTS, "clear", "sha256")
_SHARED = (
    "sensor", "flown", "height_m", "target", "at", "track_deg", "offset_percent", "tilt_deg",
    "clear", "sha256",
)  # fmt: skip
_FLAGS = {"": None, "yes": True, "true": True, "no": False, "false": False}
_MOST_ROWS = 100_000


def read_pass_rows(source: str | Path | bytes) -> tuple[ReadLine, ...]:
    """The lines of the list. Raises DataError, with the line, for anything else."""
    data, label = read_source(source)
    text = decode_utf8(data, label)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    lines: list[ReadLine] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _header(cells, label, reader.line_num)
            elif len(lines) < _MOST_ROWS:
                lines.append(_line(header, cells, label, reader.line_num))
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}",
            file=label,
            line=reader.line_num,
            remedy="Close every quote, and double a quote inside a quoted cell.",
        ) from None
    if not lines:
        raise DataError("there are no readings", file=label, remedy=_remedy())
    _agree(lines, label)
    return tuple(lines)


def _header(cells: list[str], label: str, line: int) -> list[str]:
    names = [cell.casefold() for cell in cells]
    wrong = [n for i, n in enumerate(names) if n not in _KNOWN or n in names[:i]]
    wrong += [n for n in _NEEDED if n not in names]
    if wrong:
        raise DataError(
            f"the column {wrong[0]!r} is not known, is missing, or stands twice",
            file=label,
            line=line,
            remedy=_remedy(),
        )
    return names


def _line(header: list[str], cells: list[str], label: str, line: int) -> ReadLine:
    if len(cells) != len(header):
        raise DataError(
            f"the line has {len(cells)} cells, the header {len(header)}",
            file=label,
            line=line,
            remedy="Write decimals with a point, and leave a cell empty for what is not known.",
        )
    said = dict(zip(header, cells, strict=True))

    def wrong(name: str, remedy: str) -> DataError:
        text = f"{name} is {said.get(name, '')!r}"
        return DataError(text, file=label, line=line, where=name, remedy=remedy)

    for name in ("image", "sensor", "pass"):
        if not said[name]:
            raise wrong(name, "Name it.")
    how, direction = said["how"].casefold(), said.get("direction", "").casefold()
    if how not in HOW:
        raise wrong("how", f"One of {', '.join(HOW)}.")
    if direction not in ("", "along", "across"):
        raise wrong("direction", "Bars lie along or across the track.")
    clear = said.get("clear", "").casefold()
    if clear not in _FLAGS:
        raise wrong("clear", "Write yes, no or nothing.")
    digest = said.get("sha256", "").casefold()
    if digest and not re.fullmatch("[0-9a-f]{64}", digest):
        raise wrong("sha256", "Write 64 hexadecimal digits, or nothing.")
    numbers: dict[str, float | None] = {}
    for name, (least, most) in {"height_m": (1.0, 1e5), **_NUMBERS}.items():
        text = said.get(name, "")
        if not text and name != "height_m":
            numbers[name] = None
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise wrong(name, f"Give a number from {least:g} to {most:g}, with a decimal point.")
        numbers[name] = value
    if numbers["bar_m"] is None and how != COMPUTED:
        raise wrong("bar_m", "Give the smallest bar told apart, metres.")
    height = numbers.pop("height_m")
    assert height is not None
    return ReadLine(
        image=said["image"],
        sensor=said["sensor"],
        flown=said["pass"],
        height_m=height,
        how=how,
        direction=direction,
        bar_m=numbers["bar_m"],
        reader=said.get("reader", ""),
        reading=said.get("reading", ""),
        target=said.get("target", ""),
        at=said.get("at", ""),
        track_deg=numbers["track_deg"],
        offset_percent=numbers["offset_percent"],
        tilt_deg=numbers["tilt_deg"],
        modulation=numbers["modulation"],
        difference_k=numbers["difference_k"],
        clear=_FLAGS[clear],
        sha256=digest,
        line=line,
    )


def _agree(lines: list[ReadLine], label: str) -> None:
    """Lines of one image say the same of it."""
    known: dict[str, ReadLine] = {}
    for line in lines:
        first = known.setdefault(line.image, line)
        for name in _SHARED:
            if getattr(first, name) != getattr(line, name):
                raise DataError(
                    f"{line.image} has another {name.replace('flown', 'pass')} in line "
                    f"{first.line}",
                    file=label,
                    line=line.line,
                    remedy="Say the same of one image in each of its lines.",
                )


def _remedy() -> str:
    return f"Begin with a line of column names: {','.join(_NEEDED)}; known are {','.join(_KNOWN)}."
