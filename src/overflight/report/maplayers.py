"""What lies on the ground of a map: route, places, names, labels; a function for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.positions import Position
from overflight.report import labels
from overflight.report.mapframe import Array, Frame, bar_length_km
from overflight.report.tables import clean
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan, PlanAirfield

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

ROUTE = "#123f8c"
HAZARD = "#b3541e"
INK = "#22262b"
FAINT = "#6d747b"
SEEN = "#17805c"
UNSEEN = "#8b9097"
SECOND = "#b01f3c"
FLIGHTS = (ROUTE, SECOND, "#17805c", "#8a4fb0", "#c27b0a", "#0f7f8c", "#6b4a2b", "#c2479a")
"""Colours of flights on one map; after the last they begin again."""

SMALL = 6.0
MEDIUM = 7.0


def draw_hazards(
    axes: Axes, frame: Frame, areas: Iterable[HazardousAirspace]
) -> list[tuple[str, Array]]:
    """Hazardous airspace, hatched. Returns (id, middle in map coordinates) of each in view."""
    from matplotlib.patches import Polygon

    drawn = []
    for area in areas:
        if len(area.ring) < 3:
            continue
        ring = frame.path([*area.ring, area.ring[0]])
        if not np.isfinite(ring).all():
            continue
        axes.add_patch(
            Polygon(
                ring, closed=True, facecolor=(*_rgb(HAZARD), 0.10), edgecolor=HAZARD,
                linewidth=0.8, hatch="////" if area.handling == "avoided" else "....", zorder=4,
            )
        )  # fmt: skip
        middle = ring[:-1].mean(axis=0)
        if frame.x0 <= middle[0] <= frame.x1 and frame.y0 <= middle[1] <= frame.y1:
            drawn.append((clean(area.id), middle))
    return drawn


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))  # type: ignore[return-value]


def draw_route(axes: Axes, frame: Frame, plan: MissionPlan) -> list[Array]:
    """The legs with their direction; a leg without a sensor in use is dashed. Returns the lines."""
    from matplotlib.collections import PolyCollection

    lines = []
    for index, (a, b) in enumerate(zip(plan.path, plan.path[1:], strict=False)):
        line = frame.path([a, b])
        lines.append(line)
        working = index >= len(plan.legs) or bool(plan.legs[index].sensors)
        axes.plot(
            line[:, 0],
            line[:, 1],
            color="white",
            linewidth=2.6,
            alpha=0.85,
            zorder=5,
            solid_capstyle="round",
        )
        axes.plot(
            line[:, 0], line[:, 1], color=ROUTE, linewidth=1.25 if working else 0.9, zorder=5.5,
            linestyle="-" if working else (0, (3, 2)), solid_capstyle="round",
        )  # fmt: skip
    size = frame.width / 105.0
    arrows = [_arrow(line, size) for line in lines if _length(line) > 3.2 * size]
    axes.add_collection(
        PolyCollection(arrows, facecolor=ROUTE, edgecolor="white", linewidth=0.4, zorder=6)
    )
    return lines


def draw_second_route(axes: Axes, frame: Frame, plan: MissionPlan, colour: str = SECOND) -> None:
    """The legs of another plan, dashed, over those of the first."""
    for a, b in zip(plan.path, plan.path[1:], strict=False):
        line = frame.path([a, b])
        axes.plot(
            line[:, 0], line[:, 1], color=colour, linewidth=1.0, zorder=5.8,
            linestyle=(0, (4, 2)), solid_capstyle="round",
        )  # fmt: skip


def draw_line(axes: Axes, frame: Frame, path: Sequence[Position], colour: str = SECOND) -> None:
    """One thin line through many places, over everything else."""
    line = frame.path(list(path))
    axes.plot(line[:, 0], line[:, 1], color=colour, linewidth=0.8, zorder=5.9)


def _length(line: Array) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _arrow(line: Array, size: float) -> Array:
    """A small triangle in the middle of a line, pointing along it."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    middle = 0.55 * run[-1]
    i = min(int(np.searchsorted(run, middle, side="right")) - 1, len(steps) - 1)
    direction = (line[i + 1] - line[i]) / steps[i]
    tip = line[i] + direction * (middle - run[i] + size / 2)
    normal = np.array([-direction[1], direction[0]])
    back = tip - direction * size
    return np.array([tip, back + normal * size * 0.38, back - normal * size * 0.38])


def draw_fixes(axes: Axes, frame: Frame, plan: MissionPlan) -> None:
    """A dot for each fix that is no airfield."""
    points = frame.xy([fix.position for fix in plan.fixes if fix.airfield is None])
    if len(points):
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=7,
            facecolor="white",
            edgecolor=ROUTE,
            linewidth=0.8,
            zorder=7,
        )


def draw_airfields(axes: Axes, frame: Frame, places: Sequence[PlanAirfield]) -> None:
    """A square for each airfield of the plan."""
    points = frame.xy([place.position for place in places])
    if len(points):
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=34,
            marker="s",
            facecolor="white",
            edgecolor=INK,
            linewidth=1.1,
            zorder=8,
        )
        axes.scatter(
            points[:, 0], points[:, 1], s=7, marker="s", facecolor=INK, edgecolor="none", zorder=8.5
        )


def draw_scale_bar(axes: Axes, frame: Frame, pixels: float) -> tuple[float, float, float, float]:
    """A scale bar in the lower left corner. Returns its box (left, bottom, right, top), pixels."""
    from matplotlib.patches import Rectangle

    length = bar_length_km(frame.width)
    x, y = frame.x0 + 0.025 * frame.width, frame.y0 + 0.03 * frame.width
    wide, high = length * 1000.0, 0.006 * frame.width
    pad = 0.012 * frame.width
    box = Rectangle(
        (x - pad, y - pad), wide + 2 * pad, high + 2 * pad + 0.018 * frame.width,
        facecolor="white", alpha=0.75, edgecolor="none", zorder=20,
    )  # fmt: skip
    axes.add_patch(box)
    for half, colour in ((0, INK), (1, "white")):
        axes.add_patch(
            Rectangle(
                (x + half * wide / 2, y),
                wide / 2,
                high,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.6,
                zorder=21,
            )
        )
    axes.text(x + wide / 2, y + high + 0.5 * pad, f"{length:g} km", ha="center", va="bottom",
              fontsize=SMALL, color=INK, zorder=21)  # fmt: skip
    per = pixels / frame.width
    right, top = (x + wide + pad - frame.x0) * per, (y + high + 2 * pad - frame.y0) * per + 8
    return (0.0, 0.0, right, top)


def draw_state_names(
    axes: Axes,
    frame: Frame,
    shapes: dict[str, BaseGeometry],
    size_of: Callable[[str], tuple[float, float]],
    taken: BaseGeometry,
) -> None:
    """The names of States, each inside what can be seen of it, where there is room.

    ``size_of`` gives the width and height of a text, metres on the map; ``taken`` is where
    route and labels already are.
    """
    import shapely

    box = shapely.box(frame.x0, frame.y0, frame.x1, frame.y1).buffer(-0.01 * frame.width)
    shapely.prepare(taken)
    for name, shape in sorted(shapes.items()):
        visible = shapely.intersection(shape, box)
        parts = [p for p in getattr(visible, "geoms", [visible]) if p.area > 0]
        if not parts:
            continue
        wide, high = size_of(name.upper())
        spot = _room_for(max(parts, key=lambda p: p.area), wide, high, taken)
        if spot is not None:
            axes.text(*spot, name.upper(), ha="center", va="center", fontsize=SMALL,
                      color="#837c6d", zorder=4.5)  # fmt: skip


def _room_for(
    shape: Any, wide: float, high: float, taken: BaseGeometry
) -> tuple[float, float] | None:
    """The free place for a box nearest to the middle of a shape; None where there is none."""
    import shapely

    middle = shapely.maximum_inscribed_circle(shape, wide / 10).coords[0]
    x0, y0, x1, y1 = shape.bounds
    step = max(wide / 5, (x1 - x0) / 60)
    gx, gy = np.meshgrid(
        np.arange(x0 + wide / 2, x1 - wide / 2, step), np.arange(y0 + high, y1 - high, step / 2)
    )
    x, y = np.append(gx.ravel(), middle[0]), np.append(gy.ravel(), middle[1])
    boxes = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    shapely.prepare(shape)
    free = shapely.contains_properly(shape, boxes) & ~shapely.intersects(taken, boxes)
    if not free.any():
        return None
    best = np.nonzero(free)[0][np.argmin(np.hypot(x[free] - middle[0], y[free] - middle[1]))]
    return (float(x[best]), float(y[best]))


def draw_labels(
    axes: Axes, placed: Iterable[labels.Placed], styles: dict[str, dict[str, Any]]
) -> None:
    """The labels that found a place, each with a white halo. ``styles`` by rank, as text.

    A leader, a thin line in the label's colour, joins one that lies farther off to its point.
    """
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=1.8, foreground="white", alpha=0.9)]
    for item in placed:
        left, bottom, right, top = item.box
        if item.leader is not None:
            x0, y0, x1, y1 = item.leader
            line = {"arrowstyle": "-", "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 0.0}
            line["color"] = styles[str(item.label.rank)]["color"]
            axes.annotate(
                "",
                (x0, y0),
                (x1, y1),
                xycoords="axes pixels",
                textcoords="axes pixels",
                arrowprops=line,
                zorder=6.9,
            )
        axes.annotate(
            item.label.text,
            ((left + right) / 2, (bottom + top) / 2),
            xycoords="axes pixels",
            ha="center",
            va="center_baseline",
            path_effects=halo,
            zorder=12,
            **styles[str(item.label.rank)],
        )


def draw_sites(
    axes: Axes,
    frame: Frame,
    seen: Sequence[tuple[Position, float]],
    unseen: Sequence[tuple[Position, float]],
) -> None:
    """Sites, the area of a circle by value: filled where seen, hollow where not."""
    most = max((value for _, value in [*seen, *unseen]), default=1.0) or 1.0
    for sites, face, edge, order in ((unseen, "none", UNSEEN, 6.2), (seen, SEEN, "white", 6.4)):
        if not sites:
            continue
        points = frame.xy([where for where, _ in sites])
        sizes = [6.0 + 44.0 * max(value, 0.0) / most for _, value in sites]
        axes.scatter(
            points[:, 0], points[:, 1], s=sizes, facecolor=face, edgecolor=edge,
            linewidth=0.7 if face == "none" else 0.5, alpha=0.9, zorder=order,
        )  # fmt: skip


def draw_dots(
    axes: Axes,
    frame: Frame,
    sites: Sequence[tuple[Position, float]],
    colour: str,
    most: float,
) -> None:
    """Sites in one colour, the area of a circle by value, ``most`` being the largest."""
    if not sites:
        return
    points = frame.xy([where for where, _ in sites])
    sizes = [6.0 + 44.0 * max(value, 0.0) / (most or 1.0) for _, value in sites]
    axes.scatter(
        points[:, 0], points[:, 1], s=sizes, facecolor=colour, edgecolor="white",
        linewidth=0.5, alpha=0.9, zorder=6.5,
    )  # fmt: skip
