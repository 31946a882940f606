"""The monitor on board in words: one line for each happening, one screen for where things stand."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.geo.geodesic import wgs84

if TYPE_CHECKING:
    from overflight.flying.monitor.happenings import Happening
    from overflight.flying.monitor.watch import Monitor
    from overflight.terms.findings import Verdict

_WORDS = {
    "commenced": "the observation flight commences",
    "completed": "the observation flight is completed",
    "not-completed": "the flight ends before it is completed, on leg {leg}",
    "passed": "passed {fix}",
    "approaching": "{left_km} km to {fix}",
    "off-plan": "OFF THE PLAN by {off_km} km on leg {leg}",
    "on-plan": "on the plan again after {minutes} min, {most_km} km off at most, "
    "{added_km} km added",
    "beyond-limit": "BEYOND {limit_km} km from the path: {off_km} km",
    "within-limit": "within {limit_km} km of the path again",
    "leg-skipped": "LEG {leg} WAS LEFT OUT",
    "sensor-on": "{sensor} on (by {by})",
    "sensor-off": "{sensor} off",
    "sensor-outside": "{sensor} WORKS OUTSIDE OF THE FLIGHT",
    "below-minimum": "{sensor} BELOW ITS MINIMUM: {height_m} m, {minimum_m} m needed",
    "below-minimum-away": "{sensor} BELOW ITS MINIMUM in the deviation: {height_m} m, "
    "{minimum_m} m needed",
    "above-minimum": "{sensor} above its minimum again: {height_m} m",
    "hazard": "in hazardous airspace {hazard} ({type}; the plan: {handling})",
    "hazard-left": "hazardous airspace {hazard} left",
    "noted": "deviation noted: {cause}",
    "note-ended": "deviation ended: {cause}",
    "finding": "{rule} BREACH: {message}",
    "right": "{rule} a right arises: {message}",
    "finding-gone": "{rule} {verdict}: {message}",
    "unchecked": "the rules cannot be asked: {message}",
    "silent": "NO POSITION for {amount} s",
    "no-position": "THE RECEIVER HAS NO POSITION",
    "back": "positions again after {amount} s",
    "rested": "positions again after {amount} s at an airfield of the plan",
    "clock": "THE RECEIVER'S CLOCK WAS SET by {amount} s; times are corrected by that",
    "rollover": "the receiver's date is {amount} s off (week count rolled over); set right",
    "date": "the receiver's date is {amount} s from the plan's",
    "duplicate": "a position came twice; taken once",
    "conflict": "two places at one time, {amount} km apart; the second is left out",
    "order": "an earlier time came after a later one; held back",
    "ahead": "the clock runs {amount} s ahead of time; held back",
    "jump": "a place {amount} km away, too far to have been flown; held back",
    "moved": "THE PLACE MOVED by {amount} km and stays there: the track has a break",
    "untimed": "a position without a time; left out",
    "spoilt": "bytes that cannot be read ({detail})",
    "marked": "the source says {mark}: so does everything from here on",
    "link-lost": "the line is cut: {detail}",
    "link-back": "the line is there again",
    "log-failed": "THE LOG CANNOT BE WRITTEN: {detail}; it is held back and tried again",
    "log-back": "the log is written again: {detail}",
    "resumed": "resumed: {points} points were in the log, {cut} bytes of a cut line left out",
}
_LOUD = frozenset(
    {"off-plan", "beyond-limit", "leg-skipped", "sensor-outside", "below-minimum",
     "below-minimum-away", "finding", "silent", "no-position", "clock", "moved",
     "not-completed", "log-failed"}
)  # fmt: skip
"""What a bell may ring for, where somebody asked for one."""
BOLD, RED, GREEN, YELLOW, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Said:
    """A happening with its advice: (sentence, paragraphs)."""

    happening: Happening
    advice: tuple[tuple[str, str], ...]

    @property
    def loud(self) -> bool:
        return self.happening.kind in _LOUD


@dataclass(frozen=True, slots=True)
class Standing:
    """What a screen shows beside the monitor's own state.

    ``signal`` is a word on the receiver, ``menu`` a question that waits for a key (grounds of a
    deviation, whether to quit).
    """

    title: str
    seat: str
    signal: str
    sensors: tuple[str, ...]
    verdicts: Mapping[str, Verdict]
    said: Sequence[Said]
    advice: Sequence[tuple[float, str, str]]
    menu: str = ""
    bell: bool = False


def words(one: Happening) -> str:
    """What happened, in a few words."""
    known = {name: _word(value) for name, value in one.facts.items()}
    template = _WORDS.get(one.kind, one.kind)
    try:
        return template.format(**known)
    except KeyError:
        return f"{one.kind} {known}"


def happening_lines(said: Said) -> list[str]:
    """One line for what happened, and one for each sentence of advice with its paragraphs."""
    one = said.happening
    lines = [f"{_instant(one.time_s)}  {words(one)}"]
    return lines + [f"{'':22}-> {text} [{cite}]" for text, cite in said.advice]


def screen(
    monitor: Monitor, standing: Standing, width: int, height: int, *, color: bool, utf8: bool
) -> list[str]:
    """At most ``height`` lines of at most ``width`` columns; the rest of the screen is blank."""
    rule = ("\u2500" if utf8 else "-") * width
    ink = _Ink(color)
    top = _top(monitor, standing, width, ink)
    middle = _where(monitor, width, ink, utf8)
    watch = _watch(monitor, standing, width, ink)
    room = height - len(top) - len(middle) - len(watch) - 4
    say = _say(standing, width, ink, max(min(room - 1, 6), 0))
    left = room - len(say)
    past = [
        _fit(f" {_clock(s.happening.time_s)}  {words(s.happening)}", width)
        for s in list(standing.said)[-max(left, 0) :]
    ][: max(left, 0)]
    foot = standing.menu or _keys(standing)
    lines = [*top, rule, *middle, rule, *watch, rule, *say, *past]
    lines += [""] * (height - 1 - len(lines))
    return [*lines[: height - 1], ink.bold(_fit(f" {foot}", width))]


@dataclass(frozen=True, slots=True)
class _Ink:
    color: bool

    def paint(self, text: str, how: str) -> str:
        return f"{how}{text}{PLAIN}" if self.color else text

    def bold(self, text: str) -> str:
        return self.paint(text, BOLD)


def _top(monitor: Monitor, standing: Standing, width: int, ink: _Ink) -> list[str]:
    marks = f"*** {' '.join(monitor.marks)} ***" if monitor.marks else ""
    left = f" {standing.title}   {standing.seat}"
    head = _fit(left, max(width - len(marks) - 1, 0)).ljust(max(width - len(marks) - 1, 0)) + marks
    out = monitor.received - monitor.points
    signal = f" {_instant(monitor.now_s)}   {standing.signal}"
    counts = f"{monitor.points:,} points, {out:,} left out "
    line = _fit(signal, width - len(counts) - 1).ljust(width - len(counts)) + counts
    how = GREEN if standing.signal.startswith("receiving") else RED
    return [ink.bold(_fit(head, width)), ink.paint(_fit(line, width), how)]


def _where(monitor: Monitor, width: int, ink: _Ink, utf8: bool) -> list[str]:
    place, course = monitor.place, monitor.course
    last = monitor.intake.last
    if last is None:
        return [_fit(" Waiting for the first position.", width), "", "", "", "", ""]
    fix = last.fix
    beside = f" {_degrees(fix.lat, 'NS', 2)}  {_degrees(fix.lon, 'EW', 3)}"
    beside += "" if monitor.speed_km_h is None else f"   {monitor.speed_km_h:,.0f} km/h"
    beside += "" if fix.track_deg is None else f"   track {fix.track_deg:03.0f}"
    if not monitor.on_flight:
        state = "The flight is completed." if monitor.completed_s else "Not on the flight."
        return [
            ink.bold(_fit(f" {state}", width)),
            _fit(beside, width),
            *_distance(monitor, width, utf8),
            "",
        ]
    k = max(place.nearest, 0)
    leg = course.legs[k]
    now = monitor.away.now
    off = f"{place.off_km:.1f} km off the path, {place.allowed_km:.1f} allowed"
    state, how = (" ON THE PLAN", GREEN)
    if now is not None:
        state, how = (" OFF THE PLAN", RED)
        if monitor.away.beyond:
            state = f" BEYOND {course.beyond_km:g} KM"
    elif place.off_km > place.allowed_km:
        state, how = (" leaving the plan", YELLOW)
    one = f"{state}   leg {k + 1} of {len(course.legs)}  {leg.name}   {off}"
    name, to = course.fixes[k + 1]
    bearing, _, metres = wgs84().inv(fix.lon, fix.lat, to.lon, to.lat)
    left = leg.length_km - place.along_km
    when = ""
    if monitor.speed_km_h and monitor.speed_km_h > 30.0:
        seconds = metres / 1000.0 / monitor.speed_km_h * 3600.0
        when = f" in {_duration(seconds)}, at {_clock(last.time_s + seconds)}"
    next_one = f" Next     {name}{when}, {left:,.1f} km along, bearing {bearing % 360.0:03.0f}"
    return [
        ink.paint(_fit(one, width), how), _fit(beside, width), *_distance(monitor, width, utf8),
        _fit(next_one, width), _height(monitor, width, ink),
    ]  # fmt: skip


def _distance(monitor: Monitor, width: int, utf8: bool) -> list[str]:
    course = monitor.course
    done = monitor.place.planned_km
    if math.isnan(done):
        done = course.length_km if monitor.completed_s else 0.0
    part = min(done / course.length_km, 1.0) if course.length_km else 0.0
    bar = max(width - 52, 0)
    full = round(part * bar)
    blocks = "\u2588" * full + "\u2591" * (bar - full) if utf8 else "#" * full + "." * (bar - full)
    left = course.length_km - done
    lines = [f" Done     {done:,.1f} km {part:4.0%} {blocks}  {left:,.1f} km to go"]
    most = "" if course.most_km is None else f" of {course.most_km:,.0f}"
    added = f"; {monitor.added_km:,.1f} km added, not counted" if monitor.added_km else ""
    lines.append(f" Counted  {monitor.counted_km:,.1f}{most} km over the territory{added}")
    return [_fit(line, width) for line in lines]


def _height(monitor: Monitor, width: int, ink: _Ink) -> str:
    least = monitor.sensors.lowest_m
    needed = "no sensor works" if least is None else f"{least:,.0f} m needed by the sensors"
    if monitor.bounds_m is None:
        return _fit(f" Height   above ground not known; {needed}", width)
    low, high = monitor.bounds_m
    said = f"{low:,.0f} m" if low == high else f"{low:,.0f} to {high:,.0f} m"
    line = _fit(f" Height   {said} above ground; {needed}", width)
    return ink.paint(line, RED) if least is not None and high < least else line


def _watch(monitor: Monitor, standing: Standing, width: int, ink: _Ink) -> list[str]:
    cells = []
    for number, sensor in enumerate(standing.sensors, 1):
        on = monitor.sensors.on.get(sensor)
        state = f"ON {_duration(monitor.now_s - on.begun_s)}" if on else "off"
        cells.append(f"{number} {sensor} {state}")
    how = "by plan" if monitor.sensors.by_plan else "as stated"
    head = f" Sensors  ({how}) "
    lines = _cells(cells, head, width)
    excursions = monitor.excursions()
    noted = monitor.noting or "none noted now"
    blank = sum(not one.cause for one in excursions)
    text = f" Deviations  {len(excursions)}, without ground {blank}; {noted}"
    text += f"; in {', '.join(monitor.inside)}" if monitor.inside else ""
    lines.append(_fit(text, width))
    by: dict[str, list[str]] = {}
    for rule, verdict in standing.verdicts.items():
        by.setdefault(str(verdict), []).append(rule)
    parts = []
    for said in ("breach", "right arises", "undetermined"):
        if said in by:
            parts.append(f"{said}: {', '.join(by[said])}")
    line = _fit(" Rules    " + ("; ".join(parts) or "nothing to say"), width)
    return [*lines, ink.paint(line, RED) if "breach" in by else line]


def _cells(cells: Sequence[str], head: str, width: int) -> list[str]:
    """Cells side by side on two lines at most."""
    lines = [head]
    for cell in cells:
        if len(lines[-1]) + len(cell) + 3 > width and lines[-1].strip() and len(lines) < 2:
            lines.append(" " * 10)
        lines[-1] += f"{cell}   "
    return [_fit(line.rstrip(), width) for line in lines]


def _say(standing: Standing, width: int, ink: _Ink, most: int) -> list[str]:
    lines: list[str] = []
    for time_s, text, cite in reversed(standing.advice):
        one = textwrap.wrap(
            f"{_clock(time_s)}  {text} [{cite}]", max(width - 2, 20),
            initial_indent=" SAY ", subsequent_indent="     ",
        )  # fmt: skip
        if len(lines) + len(one) > most:
            break
        lines += one
    return [ink.paint(line, YELLOW) for line in lines]


def _keys(standing: Standing) -> str:
    bell = "on" if standing.bell else "off"
    last = max(len(standing.sensors), 1)
    return f"1-{last} sensor  d deviation  e it ended  b bell ({bell})  q quit"


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "~"


def _word(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _instant(seconds: float) -> str:
    return _moment(seconds).strftime("%Y-%m-%d %H:%M:%SZ")


def _clock(seconds: float) -> str:
    return _moment(seconds).strftime("%H:%M:%S")


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(math.floor(seconds), dt.UTC)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _degrees(value: float, sides: str, digits: int) -> str:
    side = sides[0] if value >= 0 else sides[1]
    return f"{abs(value):0{digits + 6}.5f} {side}"
