"""What stands round a map: title, banner, legend, source, watermark."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from overflight.report import maplayers as layers
from overflight.report.mapground import BORDER, COLOURS, OUTSIDE, STRIP, WATERS
from overflight.report.maplands import OBSERVED, PARTY, UNDETERMINED, Ground
from overflight.report.tables import clean, number, shorten, totals
from overflight.terms.mission_plan import MissionPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN = 7.1
"""Width of a map, inches: what an A4 page holds between its margins, so type prints true."""

LEFT_IN, RIGHT_IN, TOP_IN, FOOT_IN = 0.42, 0.06, 0.50, 0.82

Key = tuple[str, str, str]
"""An entry of the legend for a round mark: words, fill, edge."""


def draw_furniture(
    figure: Figure,
    plan: MissionPlan,
    ground: Ground,
    kinds: set[str],
    *,
    title: str,
    banner: str = "",
    keys: Sequence[Key] = (),
) -> None:
    """All of it. ``banner`` says what the map is not for; ``kinds`` of ground are in view."""
    total = figure.get_size_inches()[1]
    marks = [clean(mark) for mark in plan.marks]
    left = LEFT_IN / WIDTH_IN
    right = 1 - RIGHT_IN / WIDTH_IN

    def up(inches: float) -> float:
        return float(inches / total)

    figure.text(
        left,
        1 - up(0.08),
        shorten(title, 46),
        fontsize=10.5,
        fontweight="bold",
        color=layers.INK,
        va="top",
    )
    note = "   ".join([banner] if banner else marks)
    if note:
        figure.text(
            right,
            1 - up(0.09),
            note,
            fontsize=8.5,
            fontweight="bold",
            color="#a61b1b",
            va="top",
            ha="right",
        )
    figure.text(
        left,
        1 - up(0.29),
        shorten(_subtitle(plan), 128),
        fontsize=layers.MEDIUM - 0.3,
        color=layers.FAINT,
        va="top",
    )
    _legend(figure, plan, ground, kinds, keys, up)
    figure.text(
        left, up(0.34), "\n".join(_source(ground.basis)), fontsize=5.4,
        color=layers.FAINT, va="top", linespacing=1.25,
    )  # fmt: skip
    for text, colour in ((" · ".join(marks), "#5a6068"), (banner, "#a61b1b")):
        if text:
            offset = 0.0 if not (banner and marks) else (0.11 if colour == "#5a6068" else -0.11)
            _watermark(figure, text, colour, offset)


def _source(basis: str, most: int = 3, width: int = 150) -> list[str]:
    """As many sentences on where the lines come from as fit, and what the map is not for."""
    last = "Distances on the WGS 84 ellipsoid. Not for navigation."
    told = last
    for count in range(1, len(sentences := re.split(r"(?<=\.) (?=[A-Z])", clean(basis))) + 1):
        longer = " ".join((*sentences[:count], last))
        if len(textwrap.wrap(longer, width)) > most:
            break
        told = longer
    return textwrap.wrap(told, width)


def _watermark(figure: Figure, text: str, colour: str, offset: float) -> None:
    size = min(64.0, 700.0 / max(len(text), 1))
    figure.text(
        0.5, 0.54 + offset, text, fontsize=size, fontweight="bold", color=colour, alpha=0.11,
        rotation=28, ha="center", va="center", zorder=50,
    )  # fmt: skip


def _legend(
    figure: Figure,
    plan: MissionPlan,
    ground: Ground,
    kinds: set[str],
    keys: Sequence[Key],
    up: Callable[[float], float],
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], color=layers.ROUTE, linewidth=1.4, label="leg")]
    if any(not leg.sensors for leg in plan.legs):
        handles.append(
            Line2D(
                [],
                [],
                color=layers.ROUTE,
                linewidth=0.9,
                linestyle=(0, (3, 2)),
                label="leg, no sensor in use",
            )
        )
    dot: dict[str, Any] = {"linestyle": "none", "markerfacecolor": "white"}
    handles.append(
        Line2D([], [], marker="o", markersize=3, markeredgecolor=layers.ROUTE, label="fix", **dot)
    )
    handles.append(
        Line2D(
            [], [], marker="s", markersize=5, markeredgecolor=layers.INK, label="airfield", **dot
        )
    )
    if plan.hazardous_airspace:
        handles.append(
            Patch(
                facecolor="#f5e9e1",
                edgecolor=layers.HAZARD,
                hatch="//////",
                label="hazardous airspace",
            )
        )
    words = {
        OBSERVED: "observed Party",
        WATERS: "its waters",
        PARTY: "other Party",
        OUTSIDE: "not a party",
        UNDETERMINED: "status not determined",
    }
    handles += [
        Patch(facecolor=COLOURS[kind], edgecolor=BORDER, linewidth=0.5, label=word)
        for kind, word in words.items()
        if kind in kinds
    ]
    if STRIP in kinds:
        handles.append(
            Patch(
                facecolor=STRIP,
                alpha=0.38,
                label=f"{ground.stand_off_km:g} km from a State not a party",
            )
        )
    for word, face, edge in keys:
        handles.append(
            Line2D([], [], marker="o", linestyle="none", markersize=5, markerfacecolor=face,
                   markeredgecolor=edge, label=word)
        )  # fmt: skip
    figure.legend(
        handles=handles, loc="upper left",
        bbox_to_anchor=(LEFT_IN / WIDTH_IN - 0.008, up(FOOT_IN - 0.16)),
        ncols=6, frameon=False, fontsize=layers.SMALL, handlelength=1.7, columnspacing=1.5,
        handletextpad=0.6, borderaxespad=0, labelspacing=0.35,
    )  # fmt: skip


def _subtitle(plan: MissionPlan) -> str:
    whole, over = totals(plan)
    legs = f"{len(plan.legs)} leg" + ("" if len(plan.legs) == 1 else "s")
    return (
        f"{clean(plan.start.name)} ({clean(plan.start.code)}) to {clean(plan.end.name)} "
        f"({clean(plan.end.code)}): {legs}, {number(whole)} km, of which {number(over)} km over "
        f"the observed Party's territory"
    )
