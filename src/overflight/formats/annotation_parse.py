"""Annotations as others wrote them: any layout, one meaning.

Items may stand in any order, on one line or several, with or without their names, upper or lower
case, with blanks, commas, semicolons or bars between them. What an item says is held to its form:
what does not fit is a ``Fault`` with the paragraph, never a guess. A date stands for the
annotations after it until another comes; times that jump back by half a day mean the next one.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from overflight.errors import SensorError
from overflight.formats.annotation_text import FEET_PER_M, KM_PER_NM, words
from overflight.formats.mountings import parse_mounting
from overflight.terms import annotation as terms
from overflight.terms.annotation import Annotation, Fault, Forms, ReadAnnotation
from overflight.terms.track import SIMULATED
from overflight.units import Seconds

MARKS = (SIMULATED, "EXERCISE")
DAY_S = 86400.0
_MOST_FAULTS = 20
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_NAMED: Mapping[str, tuple[str, ...]] = {
    terms.FLIGHT: ("FLIGHT REFERENCE NUMBER", "FLIGHT REFERENCE", "FLIGHT", "REFERENCE", "REF"),
    terms.SENSOR: ("SENSOR DESCRIPTION", "SENSOR"),
    terms.CONFIGURATION: ("SENSOR CONFIGURATION", "CONFIGURATION", "CONFIG", "CONF"),
    terms.FOCAL: ("FOCAL LENGTH", "FOCAL", "FL"),
    terms.TIME: ("DATE AND TIME", "DATE/TIME", "DATE TIME", "TIME", "DTG", "UTC"),
    terms.DATE: ("DATE OF FLIGHT", "DATE"),
    terms.HEIGHT: ("HEIGHT ABOVE GROUND LEVEL", "HEIGHT ABOVE GROUND", "HEIGHT", "HGT", "AGL"),
    terms.POSITION: ("LOCATION", "POSITION", "POS", "LAT/LON", "LAT LON"),
    terms.HEADING: ("TRUE HEADING", "HEADING", "HDG"),
    terms.ROLL: ("ROLL ANGLE", "ROLL"),
    terms.PITCH: ("PITCH ANGLE", "PITCH"),
    terms.DRIFT: ("DRIFT ANGLE", "DRIFT"),
    terms.SPEED: ("GROUNDSPEED", "GROUND SPEED", "GS"),
    terms.SCAN: ("SCAN ANGLE", "SCAN"),
    terms.NEAR: ("NEAREST POINT OF THE SWATH", "NEAREST POINT", "NEAR POINT", "NEAR"),
    terms.LOOK_DOWN: ("LOOK DOWN ANGLE", "LOOKDOWN", "LOOK DOWN", "LOOK-DOWN"),
    terms.SWATH: ("SWATH WIDTH", "SWATH"),
    terms.POLARISATIONS: ("POLARISATIONS", "POLARISATION", "POLARIZATION"),
    terms.MAGAZINE: ("MAGAZINE NUMBER", "MAGAZINE", "MAG"),
    terms.FRAME: ("FRAME NUMBER", "FRAME", "FRM"),
}
_ITEM_OF = {name: item for item, names in _NAMED.items() for name in names}
_END = r"(?=[\s,;|]|$)"
_LABEL = re.compile(
    "(" + "|".join(re.escape(n) for n in sorted(_ITEM_OF, key=len, reverse=True)) + r")"
    r"(?:[ \t]*[:=][ \t]*|[ \t]+)"
)
_SPACE = re.compile(r"[\s,;|]+")
_TOKEN = re.compile(r"[^\s,;|]+")
_ISO = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?"
    r"(?: ?(?:Z|UTC)|[+-][0-9]{2}:?[0-9]{2})?"
)
_GROUP = r"[0-9]{6}Z ?(?:" + "|".join(_MONTHS) + r") ?[0-9]{4}"
_CLOCK = r"[0-9]{2}:?[0-9]{2}(?::[0-9]{2})? ?(?:Z|UTC)"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} (?:" + "|".join(_MONTHS) + r") [0-9]{4}"
_PLACE = r"[0-9][0-9.]*(?: [0-9.]+)?[NS][\s,/]{0,3}[0-9][0-9.]*(?: [0-9.]+)?[EW]"
_TAKEN: Mapping[str, str] = {
    terms.TIME: f"{_ISO}|{_GROUP}|{_CLOCK}|[0-9]{{2}}:?[0-9]{{2}}(?::[0-9]{{2}})?",
    terms.DATE: f"{_DATE}",
    terms.POSITION: _PLACE,
    terms.FOCAL: r"[0-9.]+(?: ?MM)?",
    terms.NEAR: r"[0-9.]+(?: ?KM)?",
    terms.SWATH: r"[0-9.]+(?: ?KM)?",
}
_AFTER_NAME = {item: re.compile(f"(?:{text}){_END}") for item, text in _TAKEN.items()}
_BARE = (
    (terms.TIME, re.compile(f"(?:{_ISO}|{_GROUP}|{_CLOCK}){_END}")),
    (terms.DATE, re.compile(f"(?:{_DATE}){_END}")),
    (terms.POSITION, re.compile(_PLACE + _END)),
    (terms.FOCAL, re.compile(r"[0-9.]+ ?MM" + _END)),
)
_ALMOST = (
    (terms.HEIGHT, re.compile(r"[0-9.]+[FM]")),
    (terms.SPEED, re.compile(r"[0-9.]+(?:NM|KM)")),
    (terms.CONFIGURATION, re.compile(r"(?:INT|POD)[A-Z0-9]*")),
)
"""What looks like an item and is not in its form."""
_BY_FORM = (terms.FLIGHT, terms.SENSOR, terms.CONFIGURATION, terms.HEIGHT, terms.SPEED)
_WHOLE_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(.*)"
)
_WHOLE_GROUP = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})Z ?([A-Z]{3}) ?([0-9]{4})")
_WHOLE_CLOCK = re.compile(r"([0-9]{2}):?([0-9]{2})(?::([0-9]{2}))? ?(?:Z|UTC)?")
_WHOLE_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2}) ([A-Z]{3}) ([0-9]{4})")


@dataclass(slots=True)
class _Block:
    """One annotation while it is read."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    marks: tuple[str, ...] = ()
    clock_s: Seconds | None = None


def parse_annotation(text: str, forms: Forms, *, day_s: Seconds | None = None) -> ReadAnnotation:
    """One annotation. ``day_s``: the day that a time without a date belongs to."""
    found = parse_annotations(text, forms, one=True, day_s=day_s)
    return found[0] if found else ReadAnnotation(Annotation())


def parse_annotations(
    text: str, forms: Forms, *, where: str = "", one: bool = False, day_s: Seconds | None = None
) -> tuple[ReadAnnotation, ...]:
    """Every annotation of a text: a new one begins at a blank line, or where an item that has
    been told comes again on another line. Lines with "#" are remarks, but for a mark in them."""
    blocks: list[_Block] = []
    marks: tuple[str, ...] = ()
    open_one = False
    for number, line in enumerate(text.translate(_UPPER).splitlines(), 1):
        if line.lstrip().startswith("#"):
            marks += tuple(m for m in MARKS if re.search(rf"\b{m}\b", line) and m not in marks)
            continue
        if not line.strip():
            open_one = one and bool(blocks)
            continue
        fresh = _Block(number)
        _read_line(line, fresh, forms)
        if not (fresh.texts or fresh.faults or fresh.marks):
            continue
        repeats = any(item in blocks[-1].texts for item in fresh.texts) if blocks else False
        if open_one and (one or not repeats):
            _join(blocks[-1], fresh)
        else:
            blocks.append(fresh)
        open_one = True
    return tuple(_resolved(blocks, marks, where, day_s))


def value_of(item: str, text: str, forms: Forms) -> Mapping[str, Any] | Fault:
    """Fields of an Annotation that an item's text stands for, or what is wrong with it.

    Dates and times come from ``parse_annotation``; this is for the other items.
    """
    form = forms.forms.get(item)
    if form is None:
        return Fault(item, text, f"the regime gives no form to {words(item)}")
    if not text.isascii() or not form.pattern.fullmatch(text):
        return Fault(item, text, f"{text[:40]!r} is not the form of {words(item)}", form.cite)
    found = _plain_value(item, text, forms)
    return Fault(item, text, found, form.cite) if isinstance(found, str) else found


def _read_line(line: str, block: _Block, forms: Forms) -> None:
    at = 0
    while at < len(line) and len(block.faults) < _MOST_FAULTS:
        if (space := _SPACE.match(line, at)) is not None:
            at = space.end()
            continue
        item, text, at = _next_item(line, at, forms)
        if item in MARKS:
            block.marks += (item,) if item not in block.marks else ()
        elif item:
            _take(block, item, text, forms)
        else:
            block.faults.append(Fault("", text[:40], f"{text[:40]!r} is not understood"))


def _next_item(line: str, at: int, forms: Forms) -> tuple[str, str, int]:
    """The next item, its text and where the line goes on; item "" for what is not understood."""
    token = _TOKEN.match(line, at)
    word = token[0] if token else line[at:]
    end = at + len(word)
    if word in MARKS:
        return word, word, end
    if (label := _LABEL.match(line, at)) is not None:
        item = _ITEM_OF[label[1]]
        taken = _AFTER_NAME.get(item, _TOKEN).match(line, label.end())
        if taken is None and item == terms.DATE:  # "DATE 2021-05-19T10:32Z" holds both
            item, taken = terms.TIME, _AFTER_NAME[terms.TIME].match(line, label.end())
            item = item if taken else terms.DATE
        taken = taken or _TOKEN.match(line, label.end())
        if taken is not None:
            return item, taken[0], taken.end()
    for item, pattern in _BARE:
        if (found := pattern.match(line, at)) is not None:
            return item, found[0], found.end()
    for item in _BY_FORM:
        form = forms.forms.get(item)
        if form is not None and form.pattern.fullmatch(word):
            return item, word, end
    almost = (item for item, pattern in _ALMOST if pattern.fullmatch(word))
    return next(almost, ""), word, end


def _take(block: _Block, item: str, text: str, forms: Forms) -> None:
    text = " ".join(text.split())
    if item == terms.POSITION:
        text = re.sub(r"(?<=[NS])[ ,/]*(?=[0-9])", " ", text)
    if block.texts.get(item, text) != text:
        message = f"{words(item)} is told twice: {block.texts[item][:40]!r} and {text[:40]!r}"
        block.faults.append(Fault(item, text, message, _cite(forms, item)))
        return
    block.texts[item] = text
    if item in (terms.DATE, terms.TIME):
        fault = _take_time(block, item, text)
        if fault:
            block.faults.append(Fault(item, text, fault, _cite(forms, item)))
        return
    found = value_of(item, text, forms)
    if isinstance(found, Fault):
        block.faults.append(found)
    else:
        block.values |= found


def _cite(forms: Forms, item: str) -> str:
    form = forms.forms.get(item)
    return "" if form is None else form.cite


def _plain_value(item: str, text: str, forms: Forms) -> Mapping[str, Any] | str:
    """Fields and values, or in words what cannot be meant."""
    number = re.match(r"[0-9]+(?:\.[0-9]+)?", text)
    value = float(number[0]) if number else 0.0
    sign = -1.0 if text[-1] in "LD" else 1.0
    match item:
        case terms.FLIGHT:
            return {"flight": text}
        case terms.SENSOR:
            category = max((c for c in forms.categories if text.startswith(c)), key=len)
            return {"category": category, "medium": text[len(category) :]}
        case terms.CONFIGURATION:
            try:
                return {"mounting": parse_mounting(text)}
            except SensorError as error:
                return error.message
        case terms.POSITION:
            return _position(text)
        case terms.HEIGHT:
            return {"height_agl_m": value / FEET_PER_M if text[-1] == terms.FEET else value}
        case terms.SPEED:
            return {"speed_km_h": value * (KM_PER_NM if text.endswith(terms.KNOTS) else 1.0)}
        case terms.HEADING:
            if value > 360.0:
                return f"a heading of {text} degrees"
            return {"heading_deg": value % 360.0}
        case terms.POLARISATIONS:
            return {"polarisations": tuple(text.split("/"))}
        case terms.MAGAZINE | terms.FRAME:
            return {terms.FIELDS_OF[item][0]: int(text)}
        case terms.FOCAL if value <= 0.0:
            return "a focal length of nothing"
        case terms.ROLL | terms.PITCH | terms.DRIFT | terms.LOOK_DOWN if value > 90.0:
            return f"an angle of {value:g} degrees"
        case terms.SCAN if value > 360.0:
            return f"an angle of {value:g} degrees"
    return {terms.FIELDS_OF[item][0]: sign * value if item in _SIGNED else value}


_SIGNED = (terms.ROLL, terms.PITCH, terms.DRIFT)


def _position(text: str) -> Mapping[str, float] | str:
    north, east = re.findall(r"([0-9. ]+)[NSEW]", text)
    angles = []
    for part in (north, east):
        whole, *minutes = part.split()
        if minutes and int(minutes[0]) > 59:
            return f"{minutes[0]} minutes of arc"
        angles.append(float(whole) + (int(minutes[0]) / 60.0 if minutes else 0.0))
    lat, lon = angles
    if lat > 90.0 or lon > 180.0:
        return f"{text} is not on the Earth"
    return {"lat": -lat if "S" in text else lat, "lon": -lon if "W" in text else lon}


def _take_time(block: _Block, item: str, text: str) -> str:
    """Put a date or a time into the block; "" or what is wrong with it."""
    try:
        if (match := _WHOLE_ISO.fullmatch(text)) is not None:
            if match[7].strip() not in ("", "Z", "UTC"):
                return f"{text} is not in Co-ordinated Universal Time"
            year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
            block.values["time_s"] = _seconds(year, month, day, hour, minute, int(match[6] or 0))
        elif (match := _WHOLE_GROUP.fullmatch(text)) is not None:
            month = _MONTHS.index(match[4]) + 1
            day, hour, minute = int(match[1]), int(match[2]), int(match[3])
            block.values["time_s"] = _seconds(int(match[5]), month, day, hour, minute, 0)
        elif item == terms.DATE and (match := _WHOLE_DATE.fullmatch(text)) is not None:
            if match[1]:
                day_s = _seconds(int(match[1]), int(match[2]), int(match[3]), 0, 0, 0)
            else:
                month = _MONTHS.index(match[5]) + 1
                day_s = _seconds(int(match[6]), month, int(match[4]), 0, 0, 0)
            block.values["day_s"] = day_s
        elif item == terms.TIME and (match := _WHOLE_CLOCK.fullmatch(text)) is not None:
            hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
            block.clock_s = _seconds(1970, 1, 1, hour, minute, second)
        else:
            return f"{text[:40]!r} is no {item}"
    except ValueError:
        return f"there is no such {item}: {text[:40]!r}"
    return ""


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC).timestamp()


def _join(block: _Block, more: _Block) -> None:
    for item, text in more.texts.items():
        if block.texts.get(item, text) != text:
            told = f"{words(item)} is told twice: {block.texts[item][:40]!r} and {text[:40]!r}"
            block.faults.append(Fault(item, text, told))
    block.values = {**more.values, **block.values}
    block.texts = {**more.texts, **block.texts}
    block.faults += more.faults
    block.marks = tuple(dict.fromkeys((*block.marks, *more.marks)))
    block.clock_s = more.clock_s if block.clock_s is None else block.clock_s


def _resolved(
    blocks: Iterable[_Block], marks: tuple[str, ...], where: str, day_s: Seconds | None
) -> Iterable[ReadAnnotation]:
    """Blocks with the dates that their times belong to."""
    day, last = day_s, None
    for block in blocks:
        values, faults = block.values, block.faults
        if "day_s" in values:
            day, last = values["day_s"], None
        if "time_s" in values:
            day, last = values["time_s"] // DAY_S * DAY_S, values["time_s"]
        elif block.clock_s is not None:
            if day is None:
                text = block.texts.get(terms.TIME, "")
                faults.append(Fault(terms.TIME, text, "a time, and no date before it"))
            else:
                if last is not None and day + block.clock_s < last - DAY_S / 2.0:
                    day += DAY_S
                values["time_s"] = last = day + block.clock_s
        kept = tuple(dict.fromkeys((*marks, *block.marks)))
        place = f"{where}:{block.line}" if where else f"line {block.line}"
        annotation = replace(Annotation(marks=kept), **values)
        yield ReadAnnotation(annotation, block.texts, tuple(faults), place)
