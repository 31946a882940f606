"""Maps of a plan: one to hand over, one that stays at home.

They are two functions. ``release_map`` takes a mission plan and has no parameter through which a
site could come in; ``home_map`` takes the working plan, draws the sites and says on its face that
it is not for release. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.report import labels
from overflight.report import maplayers as layers
from overflight.report.mapframe import Frame, frame_around
from overflight.report.mapfurniture import (
    FOOT_IN,
    LEFT_IN,
    RIGHT_IN,
    TOP_IN,
    WIDTH_IN,
    Key,
    draw_furniture,
)
from overflight.report.mapground import STRIP, draw_graticule, draw_ground, draw_strips
from overflight.report.maplands import Ground, ground_of
from overflight.report.tables import clean
from overflight.report.text import NOT_FOR_RELEASE
from overflight.terms.mission_plan import MissionPlan, PlanAirfield
from overflight.terms.working_plan import WorkingPlan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 220

FORMATS = ("png", "svg")

Extra = Callable[["Axes", Frame], None]


def release_map(plan: MissionPlan, geography: Any = None, fmt: str = "png") -> bytes:
    """The map of the mission plan, to hand over.

    ``geography`` is a Geography, a ``maplands.Ground``, an iterable of (name, standing, shape),
    or None for a map without land. Raises DataError for another ``fmt`` than png or svg, and
    PlanError for a plan that one map cannot show.
    """
    return _draw(plan, ground_of(geography), fmt, title=_title(plan), positions=_extent(plan))


def home_map(working: WorkingPlan, geography: Any = None, fmt: str = "png") -> bytes:
    """The map of the working plan with its sites, seen and unseen. It is not for release."""
    plan = working.plan
    observed = working.sites_observed
    seen = [(site.position, site.value) for site in working.sites if site.id in observed]
    unseen = [(site.position, site.value) for site in working.sites if site.id not in observed]

    def sites(axes: Axes, frame: Frame) -> None:
        layers.draw_sites(axes, frame, seen, unseen)

    return _draw(
        plan,
        ground_of(geography),
        fmt,
        title=_title(plan),
        positions=[*_extent(plan), *(where for where, _ in seen)],
        extra=sites,
        banner=NOT_FOR_RELEASE,
        keys=(
            (f"site seen ({len(seen)})", layers.SEEN, layers.SEEN),
            (f"site not seen ({len(unseen)})", "white", layers.UNSEEN),
        ),
    )


def comparison_map(
    a: WorkingPlan, b: WorkingPlan, geography: Any = None, fmt: str = "png"
) -> bytes:
    """Both routes on one map, with what each sees: A as a plan is drawn, B over it in another
    colour. It is not for release."""
    where = {site.id: (site.position, site.value) for plan in (a, b) for site in plan.sites}
    here, there = a.sites_observed, b.sites_observed
    parts = (here & there, here - there, there - here)
    both, only_a, only_b = ([where[site] for site in sorted(part)] for part in parts)

    def second(axes: Axes, frame: Frame) -> None:
        layers.draw_second_route(axes, frame, b.plan)
        most = max((value for _, value in where.values()), default=1.0)
        for sites, colour in ((both, layers.SEEN), (only_a, layers.ROUTE), (only_b, layers.SECOND)):
            layers.draw_dots(axes, frame, sites, colour, most)

    return _draw(
        a.plan,
        ground_of(geography),
        fmt,
        title=f"A and B, {_title(a.plan)}",
        positions=[*_extent(a.plan), *_extent(b.plan)],
        extra=second,
        banner=NOT_FOR_RELEASE,
        keys=(
            (f"seen by both ({len(both)})", layers.SEEN, layers.SEEN),
            (f"by A only ({len(only_a)}), blue leg", layers.ROUTE, layers.ROUTE),
            (f"by B only ({len(only_b)}), red leg", layers.SECOND, layers.SECOND),
        ),
    )


def flown_map(
    plan: MissionPlan, flown: MissionPlan, geography: Any = None, fmt: str = "png"
) -> bytes:
    """A plan and, dashed over it, the path that was flown, which is given in the form of a plan.

    Whatever mark the path bears (SIMULATED), the map bears.
    """

    def path(axes: Axes, frame: Frame) -> None:
        layers.draw_line(axes, frame, flown.path)

    return _draw(
        replace(plan, marks=flown.marks),
        ground_of(geography),
        fmt,
        title=f"Plan and flight, {_title(plan)}",
        positions=[*_extent(plan), *flown.path],
        extra=path,
        keys=(("as flown", layers.SECOND, layers.SECOND),),
    )


def campaign_map(
    flights: Sequence[tuple[WorkingPlan, Sequence[str]]], geography: Any = None, fmt: str = "png"
) -> bytes:
    """The routes of several flights on one map, each with its colour and the sites that count for
    it: the first as a plan is drawn, the others over it. It is not for release."""
    first = flights[0][0]
    where = {site.id: (site.position, site.value) for plan, _ in flights for site in plan.sites}
    most = max((value for _, value in where.values()), default=1.0)
    colours = [layers.FLIGHTS[i % len(layers.FLIGHTS)] for i in range(len(flights))]

    def others(axes: Axes, frame: Frame) -> None:
        for (plan, _), colour in zip(flights[1:], colours[1:], strict=True):
            layers.draw_second_route(axes, frame, plan.plan, colour)
        for (_, sites), colour in zip(flights, colours, strict=True):
            layers.draw_dots(axes, frame, [where[s] for s in sorted(sites)], colour, most)

    return _draw(
        first.plan,
        ground_of(geography),
        fmt,
        title=f"{len(flights)} flights, {_title(first.plan)}",
        positions=[position for plan, _ in flights for position in _extent(plan.plan)],
        extra=others,
        banner=NOT_FOR_RELEASE,
        keys=tuple(
            (f"flight {i}: {len(sites)} sites", colour, colour)
            for i, ((_, sites), colour) in enumerate(zip(flights, colours, strict=True), 1)
        ),
    )


def _title(plan: MissionPlan) -> str:
    date = "" if plan.date is None else f", {plan.date.isoformat()}"
    return f"{clean(plan.observing)} over {clean(plan.observed)}{date}"


def _extent(plan: MissionPlan) -> list[Position]:
    return [*plan.path, *(place.position for place in _airfields(plan))]


def _airfields(plan: MissionPlan) -> tuple[PlanAirfield, ...]:
    """The airfields that the plan lands at, each once: start, end, stops."""
    by_code = {place.code: place for place in plan.alternates}
    found = {plan.start.code: plan.start, plan.end.code: plan.end}
    for fix in plan.fixes:
        if fix.airfield and fix.airfield not in found:
            named = by_code.get(fix.airfield)
            found[fix.airfield] = named or PlanAirfield(fix.airfield, fix.airfield, fix.position)
    return tuple(found.values())


@contextmanager
def _settled() -> Iterator[None]:
    """matplotlib's own defaults, whatever the user's matplotlibrc says, for the time of a map."""
    import matplotlib

    with matplotlib.rc_context(rc=dict(matplotlib.rcParamsDefault)):
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": "overflight",
                "svg.fonttype": "path",
                "font.family": "DejaVu Sans",
                "hatch.linewidth": 0.5,
                "path.simplify": False,
            }
        )
        yield


def _draw(
    plan: MissionPlan,
    ground: Ground,
    fmt: str,
    *,
    title: str,
    positions: Iterable[Position],
    extra: Extra | None = None,
    banner: str = "",
    keys: Sequence[Key] = (),
) -> bytes:
    if fmt not in FORMATS:
        raise DataError(f"{fmt!r} is not a form of a map", remedy="Choose png or svg.")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    frame = frame_around(positions)
    wide = WIDTH_IN - LEFT_IN - RIGHT_IN
    high = wide * frame.height / frame.width
    total = high + TOP_IN + FOOT_IN
    with _settled():
        figure = Figure(figsize=(WIDTH_IN, round(total * DPI) / DPI), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((LEFT_IN / WIDTH_IN, FOOT_IN / total, wide / WIDTH_IN, high / total))
        _prepare(axes, frame)
        kinds = _layers(figure, axes, frame, plan, ground, extra)
        draw_furniture(figure, plan, ground, kinds, title=title, banner=banner, keys=keys)
        buffer = io.BytesIO()
        metadata = {"Date": None, "Creator": "overflight"} if fmt == "svg" else {"Software": None}
        figure.savefig(buffer, format=fmt, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


def _prepare(axes: Axes, frame: Frame) -> None:
    axes.set_xlim(frame.x0, frame.x1)
    axes.set_ylim(frame.y0, frame.y1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_autoscale_on(False)
    for side in axes.spines.values():
        side.set(color=layers.INK, linewidth=0.8)
        side.set_zorder(30)


def _layers(
    figure: Figure, axes: Axes, frame: Frame, plan: MissionPlan, ground: Ground, extra: Extra | None
) -> set[str]:
    import shapely

    pixels = axes.get_window_extent().width
    detail = 0.4 * frame.width / pixels
    shapes, kinds = draw_ground(axes, frame, ground, detail)
    if draw_strips(axes, frame, ground, detail):
        kinds.add(STRIP)
    draw_graticule(axes, frame)
    hazards = layers.draw_hazards(axes, frame, plan.hazardous_airspace)
    lines = layers.draw_route(axes, frame, plan)
    if extra is not None:
        extra(axes, frame)
    layers.draw_fixes(axes, frame, plan)
    layers.draw_airfields(axes, frame, _airfields(plan))
    bar = layers.draw_scale_bar(axes, frame, pixels)

    placed = _label(figure, axes, frame, plan, hazards, lines, bar)
    per = frame.width / pixels

    def metres(text: str) -> tuple[float, float]:
        wide, high = _text_size(figure, text, layers.SMALL, "normal")
        return 1.15 * wide * per, 1.7 * high * per

    corners = np.array([bar, *(item.box for item in placed)]) * per
    corners += [frame.x0, frame.y0, frame.x0, frame.y0]
    boxes = [shapely.box(*box) for box in corners]
    taken = shapely.union_all(
        [
            *boxes,
            *(shapely.buffer(shapely.LineString(line), 4 * per) for line in lines),
        ]
    )
    layers.draw_state_names(axes, frame, shapes, metres, taken)
    return kinds


_STYLES: dict[str, dict[str, Any]] = {
    "2": {"fontsize": 8.0, "fontweight": "bold", "color": layers.INK},
    "1": {"fontsize": layers.SMALL, "color": layers.HAZARD, "fontstyle": "italic"},
    "0": {"fontsize": layers.SMALL, "color": layers.ROUTE},
}


def _label(
    figure: Figure,
    axes: Axes,
    frame: Frame,
    plan: MissionPlan,
    hazards: Sequence[tuple[str, Any]],
    lines: Sequence[Any],
    bar: labels.Box,
) -> tuple[labels.Placed, ...]:
    """Airfields first, then hazards, then as many fixes as find room; the table has them all."""
    extent = axes.get_window_extent()
    scale = extent.width / frame.width

    def pixel(point: Any) -> tuple[float, float]:
        return float((point[0] - frame.x0) * scale), float((point[1] - frame.y0) * scale)

    wanted = []
    for place in _airfields(plan):
        wanted.append((clean(place.code), pixel(frame.xy([place.position])[0]), 2, 14.0))
    wanted += [(name, pixel(middle), 1, labels.CENTRED) for name, middle in hazards]
    for fix in plan.fixes:
        if fix.airfield is None:
            wanted.append((clean(fix.id), pixel(frame.xy([fix.position])[0]), 0, 7.0))
    boxes = [
        labels.Wanted(text, x, y, *_text_size(figure, text, _STYLES[str(rank)]["fontsize"],
                      _STYLES[str(rank)].get("fontweight", "normal")), gap=gap, rank=rank)
        for text, (x, y), rank, gap in wanted
    ]  # fmt: skip
    segments = [(*pixel(a), *pixel(b)) for line in lines for a, b in itertools.pairwise(line)]
    bounds = (6.0, 6.0, extent.width - 6.0, extent.height - 6.0)
    placed = labels.place(boxes, bounds, segments=segments, taken=[bar])
    layers.draw_labels(axes, placed, _STYLES)
    return placed


def _text_size(figure: Figure, text: str, size: float, weight: str) -> tuple[float, float]:
    """Width and height of a text, pixels."""
    from matplotlib.font_manager import FontProperties

    renderer: Any = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    wide, high, _ = renderer.get_text_width_height_descent(
        text, FontProperties(family="DejaVu Sans", size=size, weight=weight), False
    )
    return float(wide) + 4.0, float(high) + 2.0
