"""The pictures of where to inspect."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from overflight.report.study_style import BLUE, ORANGE, RED, counted, line
from overflight.study.inspection.asked import InTime, InTurn, OverRoutes, OverSites
from overflight.study.inspection.sequential import Sequential, value
from overflight.study.inspection.timeliness import inspected_by, violated_by

_MOST_POINTS = 5000
_MOST_COUNTS = 60


def draw_coverage(figure: Any, found: OverSites) -> None:
    """Chance to look against what acting unseen is worth."""
    axes = figure.add_subplot()
    worth, cover = found.valued.payoffs.unseen, found.spread.coverage
    thin = slice(None, None, max(1, worth.size // _MOST_POINTS))
    axes.plot(worth[thin], cover[thin], "o", color=BLUE, alpha=0.7, label="a site")
    axes.axvline(found.spread.acting, color=RED, linestyle="--", marker="", label="left to gain")
    _chances(axes, f"{counted(found.flights, 'look')}, {counted(worth.size, 'site')}")
    axes.set_xlabel("what acting there unseen is worth")
    axes.set_ylabel("chance to be looked at")


def draw_cover(figure: Any, found: OverRoutes) -> None:
    """Chance to be seen against value, and the least that the value of the game asks for."""
    axes = figure.add_subplot()
    cover = found.coverage
    thin = slice(None, None, max(1, cover.size // _MOST_POINTS))
    axes.plot(found.values[thin], cover[thin], "o", color=BLUE, alpha=0.7, label="a site")
    low, high = float(found.values.min()), float(found.values.max())
    grid = np.linspace(max(low, 1e-9 * high), high, 200)
    need = np.maximum(0.0, 1.0 - found.mixed.upper / grid)
    axes.plot(grid, need, color=RED, linestyle="--", marker="", label="least that is asked for")
    _chances(
        axes,
        f"{counted(found.flights, 'flight')}, {counted(cover.size, 'site')}, "
        f"{counted(found.pool.routes, 'route')}",
    )
    axes.set_xlabel("value of the site")
    axes.set_ylabel("chance to be seen")


def draw_inspections(figure: Any, found: InTurn) -> None:
    """Value against inspections, by penalty."""
    axes = figure.add_subplot()
    game = found.game
    step = max(1, game.stages // _MOST_COUNTS)
    counts = list(range(0, game.stages + 1, step))
    penalties = (game.penalty / 2, game.penalty, 2 * game.penalty)
    for number, penalty in enumerate(dict.fromkeys(penalties)):
        worth = [
            float(value(Sequential(game.stages, m, game.violations, Fraction(penalty))))
            for m in counts
        ]
        axes.plot(counts, worth, label=f"penalty {float(penalty):g}", **line(number, len(counts)))
    axes.axvline(min(game.inspections, game.stages), color="#555b61", linewidth=1, linestyle=":",
                 marker="")  # fmt: skip
    axes.annotate(
        f"{game.inspections} given", (min(game.inspections, game.stages), 1),
        xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points", va="top",
        fontsize=9, color="#555b61",
    )  # fmt: skip
    axes.set_xlabel("inspections")
    axes.set_ylabel("gain of the inspected side")
    axes.set_ylim(bottom=0.0)
    axes.set_title(
        f"{counted(game.stages, 'stage')}, at most {counted(game.violations, 'violation')}"
    )
    axes.legend()


def draw_timeliness(figure: Any, found: InTime) -> None:
    """When the inspection and the violation have been, discrete steps over continuous lines."""
    axes = figure.add_subplot()
    n = found.dates
    grid = np.linspace(0.0, 1.0, 401)
    for chances, first, by, color, words in (
        (found.timely.inspect, 1, inspected_by, BLUE, "inspection"),
        (found.timely.violate, 0, violated_by, ORANGE, "violation"),
    ):
        sums = np.cumsum([float(p) for p in chances])
        at = (np.arange(len(chances)) + first) / n
        few = len(chances) <= _MOST_COUNTS
        axes.step(
            [0.0, *at, 1.0], [0.0, *sums, 1.0], where="post", color=color, linestyle="-",
            marker="", label=f"{words}, {n} dates", linewidth=1.8 if few else 1.0,
        )  # fmt: skip
        axes.plot(
            grid, [by(float(x)) for x in grid], color=color, linestyle="--", marker="",
            linewidth=1.4, label=f"{words}, continuous",
        )  # fmt: skip
    _chances(axes, f"One unannounced inspection, {counted(n, 'date')}")
    axes.set_xlabel("part of the period")
    axes.set_ylabel("chance to have been by then")


def _chances(axes: Any, title: str) -> None:
    axes.set_ylim(-0.03, 1.05)
    axes.set_title(title)
    axes.legend()
