"""The tables of a mission plan as rows of words, and how a table is set in plain text.

Text, PDF and HTML all draw from the same rows, so the three never disagree. Numbers carry no
thousands separator: 1.234 and 1,234 mean different things to the two Parties that sign.
"""

from __future__ import annotations

import datetime as dt
import math
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from overflight.geo.geodesic import azimuth_deg
from overflight.terms.mission_plan import Fix, Leg, MissionPlan, PlanAirfield
from overflight.units import Metres

DASH = "-"
"""What a cell says when the plan says nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, the side it leans to ("l" or "r"), and the most characters in it."""

    title: str
    align: str = "l"
    most: int = 200


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all already words. Every row is as long as ``columns``."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def only(self, *titles: str) -> Table:
        """The same rows with the named columns, in the order named."""
        at = [[c.title for c in self.columns].index(title) for title in titles]
        return Table(
            tuple(self.columns[i] for i in at),
            tuple(tuple(row[i] for i in at) for row in self.rows),
        )


def clean(text: object) -> str:
    """``text`` on one line and without control characters, which could rewrite a terminal.

    Format characters go too (a right-to-left override can make a name read as another).
    """
    spaced = " ".join(str(text).split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def shorten(text: str, most: int) -> str:
    """``text`` cut to ``most`` characters, the cut marked."""
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…"


def number(value: float | None, digits: int = 0) -> str:
    """A number with a fixed count of decimals; a dash for None or what is not finite."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def measure(value: float | str | None, unit: str = "") -> str:
    """A measured value or limit with its unit: at most three significant decimals, none idle."""
    if value is None:
        return DASH
    if isinstance(value, str):
        return clean(f"{value} {unit}")
    if not math.isfinite(value):
        return DASH
    text = f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:g}"
    return clean(f"{text} {unit}")


def instant(moment: dt.datetime | None) -> str:
    """An instant as the documents write it, 2021-05-19T07:00:00Z."""
    if moment is None:
        return DASH
    return moment.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def day_and_time(moment: dt.datetime | None) -> str:
    """Day of the month and time to the nearest minute, "19 07:14"; UTC."""
    if moment is None:
        return DASH
    rounded = moment.astimezone(dt.UTC) + dt.timedelta(seconds=30)
    return rounded.strftime("%d %H:%M")


def duration(first: dt.datetime | None, last: dt.datetime | None) -> str:
    """Time between two instants as hours and minutes, "5 h 07 min"."""
    if first is None or last is None:
        return DASH
    minutes = round((last - first).total_seconds() / 60)
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60} h {abs(minutes) % 60:02d} min"


def named(code: str, names: Mapping[str, str] | None) -> str:
    """A State, group or treaty with its name where one is known: "Germany (DEU)"."""
    name = (names or {}).get(code, "")
    return clean(f"{name} ({code})" if name and name != code else code)


def airfield(place: PlanAirfield | None) -> str:
    """An airfield in words: "Kubinka (UUMB), 55°36.5'N 036°39.2'E"."""
    if place is None:
        return DASH
    return clean(f"{place.name} ({place.code}), {place.position.human()}")


def leg_ends(plan: MissionPlan) -> tuple[tuple[Fix | None, Fix | None], ...]:
    """The two fixes of every leg. None where the plan has no fix of that name.

    A route may start and end at the same airfield, so fixes go by their place in the order
    wherever the order is whole, and by name only where it is not.
    """
    if len(plan.fixes) == len(plan.legs) + 1:
        pairs = zip(plan.fixes, plan.fixes[1:], strict=False)
        if all(
            (a.id, b.id) == (leg.start, leg.end)
            for (a, b), leg in zip(
                zip(plan.fixes, plan.fixes[1:], strict=False), plan.legs, strict=True
            )
        ):
            return tuple(pairs)
    by_id = {fix.id: fix for fix in plan.fixes}
    return tuple((by_id.get(leg.start), by_id.get(leg.end)) for leg in plan.legs)


def sensor_letters(plan: MissionPlan) -> dict[str, str]:
    """A short letter for each declared sensor, for the legs table: A, B, ... Z, AA, AB."""
    ids = list(
        dict.fromkeys([s.id for s in plan.sensors] + [s for g in plan.legs for s in g.sensors])
    )
    return {sensor: _letters(index) for index, sensor in enumerate(ids)}


def _letters(index: int) -> str:
    more, last = divmod(index, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + last)


def _position(fix: Fix | None) -> str:
    return DASH if fix is None else fix.position.human()


def _label(fix: Fix | None, name: str) -> str:
    if fix is not None and fix.airfield and fix.airfield != fix.id:
        return clean(f"{name} {fix.airfield}")
    return clean(name)


def legs_table(plan: MissionPlan) -> Table:
    """One row a leg, after a first row for the fix where the flight begins."""
    letters = sensor_letters(plan)
    ends = leg_ends(plan)
    rows: list[tuple[str, ...]] = []
    if plan.legs:
        first = plan.legs[0]
        rows.append(
            (
                *("", "", _label(ends[0][0], first.start), _position(ends[0][0])),
                *("", "", "", "", "", "", ""),
                day_and_time(first.departs or plan.times.commencement),
            )
        )
    for index, (leg, (start, end)) in enumerate(zip(plan.legs, ends, strict=True), 1):
        rows.append(_leg_row(index, leg, start, end, letters))
    return Table(
        (
            Column("No", "r"),
            Column("From", most=12),
            Column("To", most=12),
            Column("Position of To"),
            Column("Track", "r"),
            Column("km", "r"),
            Column("over t.", "r"),
            Column("AGL m", "r"),
            Column("terrain m", "r"),
            Column("alt m", "r"),
            Column("S", most=9),
            Column("ETA", "r"),
        ),
        tuple(rows),
    )


def _leg_row(
    index: int, leg: Leg, start: Fix | None, end: Fix | None, letters: Mapping[str, str]
) -> tuple[str, ...]:
    track = DASH
    if start is not None and end is not None and start.position != end.position:
        track = f"{round(azimuth_deg(start.position, end.position)) % 360:03d}"
    return (
        str(index),
        _label(start, leg.start),
        _label(end, leg.end),
        _position(end),
        track,
        number(leg.distance_km, 1),
        number(leg.distance_over_territory_km, 1),
        number(leg.height_agl_m),
        number(leg.terrain_max_m),
        number(leg.altitude_m),
        "".join(letters[s] for s in leg.sensors) if len(letters) <= 26 else str(len(leg.sensors)),
        day_and_time(leg.arrives),
    )


def stops_table(plan: MissionPlan, moment: Callable[[dt.datetime | None], str] = instant) -> Table:
    """The planned landings between start and end; ``moment`` is how instants are written."""
    by_id = {fix.id: fix for fix in plan.fixes}
    return Table(
        (
            Column("Fix", most=12),
            Column("Position"),
            Column("Purpose", most=20),
            Column("Arrives", "r"),
            Column("Departs", "r"),
            Column("Stay", "r"),
        ),
        tuple(
            (
                _label(by_id.get(stop.fix), stop.fix),
                _position(by_id.get(stop.fix)),
                clean(stop.purpose),
                moment(stop.arrives),
                moment(stop.departs),
                duration(stop.arrives, stop.departs),
            )
            for stop in plan.stops
        ),
    )


def sensors_table(plan: MissionPlan) -> Table:
    """The sensors that the plan declares, each with the height that binds it."""
    letters = sensor_letters(plan)
    return Table(
        (
            Column("S"),
            Column("Sensor", most=24),
            Column("Category", most=24),
            Column("H_min m", "r"),
            Column("Resolution m", "r"),
            Column("Basis"),
        ),
        tuple(
            (
                letters[sensor.id],
                clean(sensor.id),
                clean(sensor.category),
                number(sensor.h_min_m),
                _resolution(sensor.ground_resolution_m),
                clean(sensor.basis) or DASH,
            )
            for sensor in plan.sensors
        ),
    )


def _resolution(value: Metres | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def airspace_table(plan: MissionPlan) -> Table:
    """The hazardous airspace that the plan takes into account."""
    return Table(
        (
            Column("Area", most=24),
            Column("Kind", most=20),
            Column("Handling", most=20),
            Column("Corners", "r"),
            Column("First corner"),
        ),
        tuple(
            (
                clean(area.id),
                clean(area.kind),
                clean(area.handling),
                str(len(set(area.ring))),
                area.ring[0].human() if area.ring else DASH,
            )
            for area in plan.hazardous_airspace
        ),
    )


def totals(plan: MissionPlan) -> tuple[float, float]:
    """Length of the route and of its part over the observed Party's territory, km."""
    return sum(leg.distance_km for leg in plan.legs), plan.flight_distance_km


_LEAST = 8
"""How narrow a column that leans left gets before the others give, too."""


def render(table: Table, width: int = 80, *, indent: int = 2) -> list[str]:
    """The table in plain text, at most ``width`` wide; a last left column wraps, none is lost.

    A column shrinks to its own ``most``; what is still too wide is taken from the columns that
    lean left, the last first, and then from any; their cells go over several lines.
    """
    if not table.rows:
        return []
    cells = [
        [shorten(c, col.most) for c, col in zip(r, table.columns, strict=True)] for r in table.rows
    ]
    head = [column.title for column in table.columns]
    sizes = [max(len(row[i]) for row in [head, *cells]) for i in range(len(head))]
    room = width - indent - 2 * (len(head) - 1)
    for i in reversed([i for i, c in enumerate(table.columns) if c.align == "l"]):
        over = sum(sizes) - room
        if over > 0:
            sizes[i] = max(min(_LEAST, sizes[i]), sizes[i] - over)
    while sum(sizes) > room and max(sizes) > 1:
        sizes[sizes.index(max(sizes))] -= 1
    lines = list(_row_lines(head, sizes, table, indent))
    lines.append(_line(["-" * n for n in sizes], sizes, table, indent))
    for row in cells:
        lines.extend(_row_lines(row, sizes, table, indent))
    return lines


def _row_lines(
    row: Sequence[str], sizes: Sequence[int], table: Table, indent: int
) -> Iterable[str]:
    folded = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, sizes, strict=True)]
    for depth in range(max(len(parts) for parts in folded)):
        here = [parts[depth] if depth < len(parts) else "" for parts in folded]
        yield _line(here, sizes, table, indent)


def _line(row: Sequence[str], sizes: Sequence[int], table: Table, indent: int) -> str:
    parts = [
        cell.rjust(size) if column.align == "r" else cell.ljust(size)
        for cell, size, column in zip(row, sizes, table.columns, strict=True)
    ]
    return (" " * indent + "  ".join(parts)).rstrip()
