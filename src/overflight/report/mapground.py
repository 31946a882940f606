"""The ground of a map: sea, land, borders, stand-offs and the graticule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.report.mapframe import Array, Frame, nice_step
from overflight.report.maplands import OBSERVED, PARTY, UNDETERMINED, Ground, is_outside
from overflight.report.tables import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

OUTSIDE, WATERS = "outside", "waters"
"""Kinds of ground besides the standings of States: not a party, and the sea of the territory."""

SEA = "#dce8ef"
COLOURS = {
    OBSERVED: "#fdf7e2",
    PARTY: "#ebebe6",
    UNDETERMINED: "#e3dfe9",
    OUTSIDE: "#ddd3d0",
    WATERS: "#f4f3e4",
}
BORDER = "#9a958c"
OBSERVED_BORDER = "#857d66"
STRIP = "#c0392b"
LETTERING = "#6d747b"
SIZE = 6.0


def draw_ground(
    axes: Axes, frame: Frame, ground: Ground, detail: float
) -> tuple[dict[str, BaseGeometry], set[str]]:
    """Sea, land and borders.

    Returns what is in view of each State, in map coordinates, and the kinds of ground in view:
    keys of ``COLOURS``.
    """
    import shapely

    axes.set_facecolor(SEA)
    kinds: set[str] = set()
    if ground.territory is not None:
        kinds.add(WATERS)
        _fill(
            axes,
            frame.shape(ground.territory, detail=detail),
            facecolor=COLOURS[WATERS],
            edgecolor="#a9b7a8",
            linewidth=0.5,
            zorder=1,
            linestyle=(0, (4, 2)),
        )
    pieces: dict[tuple[str, str], list[BaseGeometry]] = {}
    for land in ground.lands:
        shape = frame.shape(land.shape, detail=detail)
        if not shape.is_empty:
            kind = OUTSIDE if is_outside(land.standing) else land.standing
            pieces.setdefault((clean(land.name), kind), []).append(shape)
    shapes: dict[str, BaseGeometry] = {}
    for (name, kind), parts in pieces.items():
        # A State drawn in pieces shows no border between them.
        whole = shapely.union_all(parts)
        observed = kind == OBSERVED
        _fill(
            axes,
            whole,
            facecolor=COLOURS[kind],
            edgecolor=OBSERVED_BORDER if observed else BORDER,
            linewidth=0.55 if observed else 0.4,
            zorder=2.5 if observed else 2,
        )
        shapes[name] = shapely.union(shapes[name], whole) if name in shapes else whole
    return shapes, kinds | {kind for _, kind in pieces}


def draw_strips(axes: Axes, frame: Frame, ground: Ground, detail: float) -> bool:
    """The strip along States that are not parties in which the path may not lie."""
    if not ground.stand_off_km:
        return False
    import shapely

    inside = [
        frame.shape(land.shape, detail=detail) for land in ground.lands if land.standing == OBSERVED
    ]
    if ground.territory is not None:
        inside.append(frame.shape(ground.territory, detail=detail))
    outside = [frame.shape(land.shape, detail=detail) for land in ground.lands if land.keep_off]
    home = shapely.union_all(inside)
    foreign = shapely.union_all(outside)
    if home.is_empty or foreign.is_empty:
        return False
    # The projection is conformal and close to true scale over the frame, so a plane buffer will do.
    strip = shapely.intersection(
        shapely.buffer(foreign, ground.stand_off_km * 1000.0, quad_segs=4), home
    )
    strip = shapely.difference(strip, foreign)
    if strip.is_empty:
        return False
    _fill(axes, strip, facecolor=STRIP, edgecolor="none", alpha=0.38, zorder=3)
    return True


def draw_graticule(axes: Axes, frame: Frame) -> None:
    """Meridians and parallels, labelled where they leave the frame at the foot and on the left."""
    west, south, east, north = frame.window
    choices = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
    up = nice_step(north - south, 7, choices)
    across = nice_step(east - west, 9, choices)
    for k in range(math.ceil(west / across), math.floor(east / across) + 1):
        lat = np.linspace(south, min(north, 89.5), 200)
        lon = np.full(200, k * across)
        _meridian(axes, frame, lon, lat, _degrees(k * across, "E", "W"), bottom=True)
    for k in range(math.ceil(south / up), math.floor(north / up) + 1):
        if abs(k * up) >= 89.9:
            continue
        lon = np.linspace(west, east, 400)
        lat = np.full(400, k * up)
        _meridian(axes, frame, lon, lat, _degrees(k * up, "N", "S"), bottom=False)


def _meridian(axes: Axes, frame: Frame, lon: Array, lat: Array, text: str, *, bottom: bool) -> None:
    x, y = frame.transformer.transform(lon, lat)
    x, y = np.asarray(x), np.asarray(y)
    axes.plot(x, y, color="#8fa3b0", linewidth=0.35, alpha=0.75, zorder=3.5)
    level, along = (y - frame.y0, x) if bottom else (x - frame.x0, y)
    low, high = (frame.x0, frame.x1) if bottom else (frame.y0, frame.y1)
    crossing = np.nonzero(np.diff(np.signbit(level)))[0]
    for i in crossing[:1]:
        share = level[i] / (level[i] - level[i + 1])
        at = float(along[i] + share * (along[i + 1] - along[i]))
        if not low + 0.015 * (high - low) < at < high - 0.015 * (high - low):
            continue
        spot = (at, frame.y0) if bottom else (frame.x0, at)
        axes.annotate(
            text,
            spot,
            xytext=(0, -3) if bottom else (-3, 0),
            textcoords="offset points",
            ha="center" if bottom else "right",
            va="top" if bottom else "center",
            fontsize=SIZE,
            color=LETTERING,
            annotation_clip=False,
        )


def _degrees(value: float, plus: str, minus: str) -> str:
    value = (value + 180.0) % 360.0 - 180.0 if plus == "E" else value
    if value in (0.0, -180.0):
        return f"{abs(value):g}°"
    return f"{abs(value):g}°{plus if value > 0 else minus}"


def _fill(axes: Axes, shape: BaseGeometry, **style: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        rings = [part.exterior, *part.interiors]
        paths = [Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings]
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), **style))
