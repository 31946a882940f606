"""How the plots of studies look: readable in print, told apart by everybody, the same bytes again.

Colours are those of Okabe and Ito (2008, Color Universal Design), which people with any of the
common kinds of colour blindness tell apart.

A drawing is a function that takes an empty matplotlib figure::

    def gaps(figure):
        axes = figure.add_subplot()
        axes.plot(days, chance, label="two flights a year", **line(0, len(days)))
        axes.set_xlabel("days without a flight")
        axes.set_ylabel("chance")
        axes.legend()

Everything about looks is set here; a drawing sets labels, units and limits. ``COLD`` and ``BOTH``
name colour maps that keep their order in grey and for the colour blind.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from typing import Any

BLACK, ORANGE, SKY, GREEN = "#000000", "#e69f00", "#56b4e9", "#009e73"
YELLOW, BLUE, RED, PURPLE = "#f0e442", "#0072b2", "#d55e00", "#cc79a7"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK)
"""In the order in which lines take them; yellow is too faint for lines on white."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
"""Lines differ in dash and marker, too: a copy in grey must do."""

COLD, BOTH = "cividis", "PuOr"
"""Colour maps: from little to much, and from one side over nothing to the other."""

Draw = Callable[[Any], None]
"""Draws on an empty matplotlib figure."""


def counted(number: int, what: str) -> str:
    """A number with its noun, which takes an s where it is not one."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


_STYLE: dict[Any, Any] = {
    "image.cmap": COLD,
    "figure.figsize": (7.2, 4.4),
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#d9dde2",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "legend.frameon": False,
    "svg.hashsalt": "overflight",
    "svg.fonttype": "path",
}


def line(number: int, points: int = 0) -> dict[str, Any]:
    """How the line of that number looks: colour, dash, marker. Of more than 15 ``points`` some nine
    carry a marker, each line's own in other places."""
    place = number % len(CYCLE)
    step = max(1, points // 9) if points > 15 else 1
    return {
        "color": CYCLE[place],
        "linestyle": DASHES[place],
        "marker": MARKERS[place],
        "markevery": (number * step // 5 % step, step),
    }


def rendered(draw: Draw, *, source: str = "") -> tuple[bytes, bytes]:
    """(SVG, PNG) of the figure that ``draw`` draws, with a line of its source below.

    The same drawing gives the same bytes: no date, fixed ids, fonts that matplotlib carries, its
    own defaults whatever the user's matplotlibrc says. The figure's ``supxlabel`` is taken.
    """
    import matplotlib
    from cycler import cycler
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines = cycler(color=CYCLE) + cycler(linestyle=DASHES) + cycler(marker=MARKERS)
    with matplotlib.rc_context(dict(matplotlib.rcParamsDefault)):
        matplotlib.rcParams.update({**_STYLE, "axes.prop_cycle": lines})
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        if source:
            told = textwrap.fill(f"Source: {source}", round(figure.get_figwidth() * 16))
            figure.supxlabel(told, x=0.01, ha="left", fontsize=8, color="#555b61")
        # laid out once, so that both pictures are the same and no time goes into it twice
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": "overflight"})
        figure.savefig(png, format="png", metadata={"Software": "overflight"})
    return svg.getvalue(), png.getvalue()
