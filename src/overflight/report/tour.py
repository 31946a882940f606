"""A tour of inspections as a table and as a map. Both stay at home: they tell sites and values."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.report.tables import Column, Table, clean, instant, render
from overflight.report.text import WIDTH
from overflight.terms.tour import Tour, TourStop, Way

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from overflight.report.mapframe import Frame

STAYS = "TOUR - NOT FOR RELEASE"
FORMATS = ("png", "svg")


def tour_text(tour: Tour, arrives: dt.datetime | None = None, width: int = WIDTH) -> str:
    """The inspections in order, what is left out, and what the hours rest on.

    ``arrives`` is when the team arrives; without it hours are counted from then.
    """
    title = f"{STAYS} - {len(tour.stops)} inspections worth {tour.value:g} from "
    lines = [
        *tour.marks,
        *textwrap.wrap(title + clean(tour.entry.name or tour.entry.id), width),
        "",
    ]
    if tour.stops:
        columns = (
            Column("", "r"),
            Column("Site"),
            Column("Named"),
            Column("Road", "r"),
            Column("Arrives"),
            Column("Leaves"),
            Column("Counted", "r"),
            Column("Allowed", "r"),
        )
        rows = [_row(number, stop, arrives) for number, stop in enumerate(tour.stops, 1)]
        rows.append(
            ("", f"back at {clean(tour.entry.name or tour.entry.id)}", "", _road(tour.back),
             _when(tour.returns, arrives), "", _h(tour.counted), _h(tour.allowed)),
        )  # fmt: skip
        lines += [*render(Table(columns, tuple(rows)), width, indent=0), ""]
        lines += ["Road: hours; ~ where they are estimated. Counted: hours in the country.", ""]
    else:
        lines += ["No inspection fits.", ""]
    if tour.left_out:
        names = ", ".join(clean(place.id) for place in tour.left_out)
        lines += [*textwrap.wrap(f"Left out: {names}.", width), ""]
    lines.append(
        "No better tour exists within these hours."
        if tour.best
        else "The best tour that was found; a better one is not ruled out."
    )
    for value in tour.limits.values:
        lines += _bullet(f"{value.value} {value.unit}: {value.key} [{value.cite}]", width)
    for one in tour.assumptions:
        lines += _bullet(f"ASSUMED {one.name} = {one.value:g} {one.unit}: {one.why}", width)
    for note in tour.notes:
        lines += _bullet(note, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(number: int, stop: TourStop, arrives: dt.datetime | None) -> tuple[str, ...]:
    return (
        str(number),
        clean(stop.place.id),
        _when(stop.named, arrives),
        _road(stop.way),
        _when(stop.arrives, arrives),
        _when(stop.leaves, arrives),
        _h(stop.counted),
        _h(stop.allowed),
    )


def _road(way: Way) -> str:
    return f"{'' if way.given else '~'}{way.road:.1f}"


def _when(hours: float, arrives: dt.datetime | None) -> str:
    if arrives is None:
        return f"+{_h(hours)}"
    return instant(arrives + dt.timedelta(seconds=round(hours * 3600)))[5:16].replace("T", " ")


def _h(hours: float) -> str:
    minutes = round(hours * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _bullet(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  - ", subsequent_indent="    ")


def tour_map(tour: Tour, lands: Any = None, fmt: str = "png", basis: str = "") -> bytes:
    """The tour on a map: straight lines for its ways. ``lands`` are rows of name, standing, shape.

    Raises DataError for another ``fmt`` than png or svg. The same input gives the same bytes.
    """
    if fmt not in FORMATS:
        raise DataError(
            f"a tour cannot be drawn as {fmt!r}", remedy=f"Choose one of {', '.join(FORMATS)}."
        )
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from overflight.report.mapframe import frame_around
    from overflight.report.mapground import draw_graticule, draw_ground
    from overflight.report.maplands import ground_of
    from overflight.report.maplayers import draw_scale_bar

    places = [tour.entry, *(stop.place for stop in tour.stops), *tour.left_out]
    frame = frame_around([place.position for place in places])
    wide, edge, head, foot = 8.0, 0.35, 0.5, 0.35
    high = (wide - 2 * edge) * frame.height / frame.width
    total = high + head + foot
    with matplotlib.rc_context(rc=dict(matplotlib.rcParamsDefault)):
        matplotlib.rcParams.update(
            {"svg.hashsalt": "overflight", "svg.fonttype": "path", "font.family": "DejaVu Sans"}
        )
        figure = Figure(figsize=(wide, round(total * 150) / 150), dpi=150, facecolor="white")
        FigureCanvasAgg(figure)
        box = (edge / wide, foot / total, 1 - 2 * edge / wide, high / total)
        axes = figure.add_axes(box)
        axes.set_xlim(frame.x0, frame.x1)
        axes.set_ylim(frame.y0, frame.y1)
        axes.set_xticks([])
        axes.set_yticks([])
        pixels = axes.get_window_extent().width
        draw_ground(axes, frame, ground_of(lands), 0.4 * frame.width / pixels)
        draw_graticule(axes, frame)
        _draw_tour(axes, frame, tour)
        draw_scale_bar(axes, frame, pixels)
        title = " - ".join([*(clean(m) for m in tour.marks), STAYS])
        figure.text(edge / wide, 1 - 0.25 / total, title, fontsize=10, weight="bold",
                    color="#a61b1b", va="center")  # fmt: skip
        words = f"Lines are not the roads. {clean(basis)}".strip()
        figure.text(edge / wide, 0.1 / total, textwrap.shorten(words, 150), fontsize=5.4,
                    color="#5a6068")  # fmt: skip
        stream = io.BytesIO()
        metadata = {"Date": None, "Creator": "overflight"} if fmt == "svg" else {"Software": None}
        figure.savefig(stream, format=fmt, metadata=metadata)
    return stream.getvalue()


def _draw_tour(axes: Axes, frame: Frame, tour: Tour) -> None:
    line = [tour.entry, *(stop.place for stop in tour.stops), tour.entry]
    xy = frame.path([place.position for place in line])
    axes.plot(xy[:, 0], xy[:, 1], color="#1f5f9f", linewidth=1.6, zorder=8)
    if tour.left_out:
        out = frame.xy([place.position for place in tour.left_out])
        axes.plot(out[:, 0], out[:, 1], "o", markersize=5, markerfacecolor="white",
                  markeredgecolor="#777777", zorder=9)  # fmt: skip
    for number, stop in enumerate(tour.stops, 1):
        (x, y), *_ = frame.xy([stop.place.position])
        axes.plot([x], [y], "o", markersize=11, color="#1f5f9f", zorder=10)
        axes.annotate(str(number), (x, y), color="white", fontsize=7, weight="bold", ha="center",
                      va="center", zorder=11)  # fmt: skip
        axes.annotate(clean(stop.place.id), (x, y), xytext=(8, 6), textcoords="offset points",
                      fontsize=7, color="#202020", zorder=11)  # fmt: skip
    (x, y), *_ = frame.xy([tour.entry.position])
    axes.plot([x], [y], "s", markersize=9, color="#202020", zorder=12)
    axes.annotate(clean(tour.entry.name or tour.entry.id), (x, y), xytext=(8, -9), zorder=12,
                  textcoords="offset points", fontsize=7.5, weight="bold")  # fmt: skip
