"""Annotations as text: each item in the form that the regime gives it, and all in one line.

The forms leave some things open: how a date is laid out (here as ISO 8601), to what fraction of a
degree roll, pitch and drift are told (tenths), what separates items (a blank; items that could be
taken for others have a name before them). What is written is held against the regime's own
pattern: a value that does not fit it is an error, never a text that looks like one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from overflight.errors import DataError
from overflight.formats.mountings import write_mounting
from overflight.terms import annotation as terms
from overflight.terms.annotation import (
    FEET,
    ITEMS,
    KNOTS,
    MINUTES,
    VALUES,
    Annotation,
    Forms,
    Style,
)
from overflight.units import Degrees

FEET_PER_M = 1.0 / 0.3048
KM_PER_NM = 1.852

NAMES: Mapping[str, str] = {
    terms.FOCAL: "FOCAL",
    terms.HEADING: "HEADING",
    terms.ROLL: "ROLL",
    terms.PITCH: "PITCH",
    terms.DRIFT: "DRIFT",
    terms.SPEED: "GROUNDSPEED",
    terms.SCAN: "SCAN",
    terms.NEAR: "NEAR",
    terms.LOOK_DOWN: "LOOKDOWN",
    terms.SWATH: "SWATH",
    terms.POLARISATIONS: "POLARISATION",
    terms.MAGAZINE: "MAG",
    terms.FRAME: "FRAME",
}
"""What stands before an item in a line; the others are known by their form."""

PLAIN = Style()

_DIGITS: Mapping[str, int] = {"lat": 8, "lon": 8, "time_s": 6, "day_s": 6}
_FEWER = 4


def item_texts(annotation: Annotation, forms: Forms, style: Style = PLAIN) -> dict[str, str]:
    """Item -> text, for the items that are there, in the order of ITEMS.

    Raises DataError for a value that the item's form cannot hold.
    """
    return {item: item_text(item, annotation, forms, style) for item in annotation.items}


def item_text(item: str, annotation: Annotation, forms: Forms, style: Style = PLAIN) -> str:
    """One item as the regime writes it. DataError where it is not there or does not fit."""
    if not annotation.has(item):
        raise DataError(f"the annotation has no {words(item)}", remedy="Give it, or leave it out.")
    form = forms.forms.get(item)
    if form is None:
        raise DataError(
            f"the regime gives no form to {words(item)}", remedy="Leave it out of the annotation."
        )
    for name in terms.FIELDS_OF[item]:
        value = getattr(annotation, name)
        if isinstance(value, float) and not math.isfinite(value):
            raise DataError(
                f"{words(item)} is not a finite number", remedy="Leave out what is not known."
            )
    text = _WRITERS[item](tidy(annotation), style)
    if not form.pattern.fullmatch(text):
        raise DataError(
            f"{words(item)} does not fit its form: {text[:40]!r} [{form.cite}]",
            remedy="Look at the value and its unit; another unit of the form may hold it.",
        )
    return text


def one_line(
    annotation: Annotation, forms: Forms, style: Style = PLAIN, texts: Mapping[str, str] = {}
) -> str:
    """The whole annotation in a line; marks first. ``texts`` where they are written already."""
    written = texts or item_texts(annotation, forms, style)
    parts = list(annotation.marks)
    for item in ITEMS:
        if item not in written or (item == terms.DATE and terms.TIME in written):
            continue
        name = NAMES.get(item)
        parts.append(f"{name} {written[item]}" if name else written[item])
    return " ".join(parts)


def tidy(annotation: Annotation) -> Annotation:
    """The values as a document keeps them: a millimetre of place, ten-thousandths of the rest,
    microseconds. Texts are made of these, so that they agree with what stands beside them."""
    rounded: dict[str, float] = {}
    for name in VALUES:
        value = getattr(annotation, name)
        if isinstance(value, float):
            rounded[name] = round(value, _DIGITS.get(name, _FEWER)) + 0.0
    return replace(annotation, **rounded)  # type: ignore[arg-type]


def words(item: str) -> str:
    """An item's name in a sentence."""
    return item.replace("-", " ")


def nearest_minute(seconds: float) -> float:
    """Seconds since 1970 of the nearest whole minute; half a minute counts to the next."""
    return math.floor(seconds / 60.0 + 0.5) * 60.0


def moment(seconds: float) -> dt.datetime:
    """The instant. DataError for one that no calendar holds."""
    try:
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise DataError(
            "a time lies outside the calendar", remedy="Give seconds since 1970, UTC."
        ) from None


def position_text(lat: Degrees, lon: Degrees, style: str) -> str:
    """Hundredths of a degree, 48.12N 011.58E, or minutes, 48 07N 011 35E. DataError off Earth."""
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        raise DataError(
            f"{lat:g}, {lon:g} is no latitude and longitude",
            remedy="Give degrees, latitude first: -90 to 90, -180 to 180.",
        )
    return f"{_angle(lat, 2, 'NS', style)} {_angle(lon, 3, 'EW', style)}"


def _angle(value: Degrees, digits: int, letters: str, style: str) -> str:
    per_degree = 60 if style == MINUTES else 100
    units = _nearest(abs(value) * per_degree)
    letter = letters[1] if value < 0 and units else letters[0]
    whole, part = divmod(units, per_degree)
    return f"{whole:0{digits}d}{' ' if style == MINUTES else '.'}{part:02d}{letter}"


def _nearest(value: float) -> int:
    """Half goes up, as a person rounds."""
    return math.floor(value + 0.5)


def _height(annotation: Annotation, style: Style) -> str:
    value = annotation.height_agl_m or 0.0
    units = _nearest(value * FEET_PER_M if style.height == FEET else value)
    return f"{units:05d}{style.height}"


def _speed(annotation: Annotation, style: Style) -> str:
    value = annotation.speed_km_h or 0.0
    return f"{_nearest(value / KM_PER_NM if style.speed == KNOTS else value):03d}{style.speed}"


def _sided(name: str, letters: str) -> Callable[[Annotation, Style], str]:
    """Tenths of a degree and a letter; nothing at all counts as the second (right, up)."""

    def write(annotation: Annotation, _: Style) -> str:
        value = float(getattr(annotation, name))
        tenths = _nearest(abs(value) * 10.0)
        letter = letters[0] if value < 0 and tenths else letters[1]
        return f"{tenths // 10}.{tenths % 10}{letter}"

    return write


def _number(name: str, digits: int, unit: str = "") -> Callable[[Annotation, Style], str]:
    def write(annotation: Annotation, _: Style) -> str:
        text = f"{float(getattr(annotation, name)):.{digits}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) + unit

    return write


_WRITERS: Mapping[str, Callable[[Annotation, Style], str]] = {
    terms.FLIGHT: lambda a, _: str(a.flight),
    terms.SENSOR: lambda a, _: f"{a.category}{a.medium}",
    terms.CONFIGURATION: lambda a, _: write_mounting(a.mounting) if a.mounting else "",
    terms.FOCAL: _number("focal_mm", 3, "MM"),
    terms.DATE: lambda a, _: _day(a),
    terms.TIME: lambda a, _: f"{moment(nearest_minute(a.time_s or 0.0)):%Y-%m-%dT%H:%MZ}",
    terms.HEIGHT: _height,
    terms.POSITION: lambda a, s: position_text(a.lat or 0.0, a.lon or 0.0, s.position),
    terms.HEADING: lambda a, _: f"{_nearest(float(a.heading_deg or 0.0) % 360.0) % 360:03d}",
    terms.ROLL: _sided("roll_deg", "LR"),
    terms.PITCH: _sided("pitch_deg", "DU"),
    terms.DRIFT: _sided("drift_deg", "LR"),
    terms.SPEED: _speed,
    terms.SCAN: _number("scan_deg", 1),
    terms.NEAR: _number("near_km", 2, "KM"),
    terms.LOOK_DOWN: _number("look_down_deg", 1),
    terms.SWATH: _number("swath_km", 2, "KM"),
    terms.POLARISATIONS: lambda a, _: "/".join(a.polarisations),
    terms.MAGAZINE: lambda a, _: str(a.magazine),
    terms.FRAME: lambda a, _: str(a.frame),
}


def _day(annotation: Annotation) -> str:
    if annotation.time_s is not None:
        return f"{moment(nearest_minute(annotation.time_s)):%Y-%m-%d}"
    return f"{moment(annotation.day_s or 0.0):%Y-%m-%d}"
