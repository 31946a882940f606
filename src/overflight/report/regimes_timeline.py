"""Regimes over the years as a picture: in force, how many parties, who suspended, who left."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from overflight.treaty.model import Treaty

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAND_IN, _EDGE_IN, _WIDTH_IN = 2.1, 0.7, 12.0
Row = tuple[dt.date, frozenset[str], frozenset[str], frozenset[str]]
"""Day, States Parties, those of them that have suspended, and those of which it is not known."""

_UNSURE = "#b9c9c0"
_BOUND, _SUSPENDED = "#2f6f4f", "#c98a00"
_MOST_NAMES = 3


def days_of_change(treaty: Treaty, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """The days in the span on which an answer about the regime can change, its first among them."""
    days = {first, treaty.signed}
    for event in treaty.events:
        days |= {event.earliest, event.latest} | ({event.effective} if event.effective else set())
    if treaty.termination is not None:
        days.add(treaty.termination.date)
    view = treaty.on(last)
    days |= {status.since for status in view.statuses.values() if status.since is not None}
    for status in view.statuses.values():
        days |= set(status.since_between or ())
    days |= {status.left for status in view.statuses.values() if status.left is not None}
    return tuple(sorted(day for day in days if first <= day <= last))


def counts(treaty: Treaty, first: dt.date, last: dt.date) -> tuple[Row, ...]:
    """One row for each change in who is bound."""
    found: list[Row] = []
    for day in days_of_change(treaty, first, last):
        view = treaty.on(day)
        bound, suspended, unsure = (
            frozenset(status.state for status in statuses)
            for statuses in (view.states_parties, view.suspended, view.undetermined)
        )
        if not found or found[-1][1:] != (bound, suspended, unsure):
            found.append((day, bound, suspended, unsure))
    return tuple(found)


def regimes_picture(treaties: Sequence[Treaty], first: dt.date, last: dt.date) -> bytes:
    """One band for each regime, from ``first`` to ``last``, as SVG."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    height = _BAND_IN * len(treaties) + _EDGE_IN
    with matplotlib.rc_context(rc=dict(matplotlib.rcParamsDefault)):
        matplotlib.rcParams.update({"svg.hashsalt": "overflight", "font.family": "DejaVu Sans"})
        figure = Figure(figsize=(_WIDTH_IN, height), facecolor="white", layout="constrained")
        FigureCanvasSVG(figure)
        grid: Any = figure.subplots(len(treaties), 1, sharex=True, squeeze=False)
        for axes, treaty in zip(grid[:, 0], treaties, strict=True):
            _band(axes, treaty, first, last)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def _band(axes: Axes, treaty: Treaty, first: dt.date, last: dt.date) -> None:
    import matplotlib.dates

    number: Any = matplotlib.dates.date2num
    rows = counts(treaty, first, last)
    days = [float(number(row[0])) for row in rows] + [float(number(last))]
    bound = [len(row[1]) for row in rows]
    suspended = [len(row[2]) for row in rows]
    unsure = [len(row[1]) + len(row[3]) for row in rows]
    most = max([*unsure, 1])
    if any(row[3] for row in rows):
        axes.stairs(unsure, days, fill=True, color=_UNSURE, alpha=0.6, label="day not known")
    axes.stairs(bound, days, fill=True, color=_BOUND, alpha=0.55, label="States Parties")
    axes.stairs(suspended, days, fill=True, color=_SUSPENDED, alpha=0.9, label="of them suspended")
    for part in treaty.parts:
        if part.valid_until is not None and first <= part.valid_until <= last:
            at = float(number(part.valid_until))
            axes.axvline(at, color="#7a7a7a", linewidth=0.8, linestyle=":")
    _signed(axes, treaty, float(number(treaty.signed)), most)
    for place, (day, words) in enumerate(_marks(rows)):
        axes.annotate(
            words, (float(number(day)), most), xytext=(0, 4 + 9 * (place % 4)),
            textcoords="offset points", fontsize=6.3, color="#202020", ha="right",
        )  # fmt: skip
    axes.set_title(treaty.name, fontsize=10, loc="left", weight="bold", pad=42)
    axes.set_xlim(float(number(first)), float(number(last)))
    axes.set_ylim(0, most * 1.02)
    axes.set_ylabel("States", fontsize=8)
    axes.xaxis_date()
    axes.tick_params(labelsize=8)
    axes.legend(loc="upper left", fontsize=7, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _signed(axes: Axes, treaty: Treaty, at: float, most: int) -> None:
    axes.plot([at], [most * 0.04], marker="v", color="#1f5f9f", markersize=6, clip_on=False)
    axes.annotate(
        f"signed {treaty.signed}", (at, most * 0.04), xytext=(5, 3),
        textcoords="offset points", fontsize=6.3, color="#1f5f9f",
    )  # fmt: skip


def _marks(rows: Sequence[Row]) -> list[tuple[dt.date, str]]:
    """What happened on each day of change, in few words."""
    marks = []
    bound: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    for day, now_bound, now_held, now_unsure in rows:
        words = [
            *_said("+", now_bound - bound - unsure),
            *_said("at the latest +", (now_bound - bound) & unsure),
            *_said("-", bound - now_bound),
            *_said("suspended: ", now_held - held),
        ]
        if words:
            marks.append((day, ", ".join(words)))
        bound, held, unsure = now_bound, now_held, now_unsure
    return _by_year(marks)


def _by_year(marks: Sequence[tuple[dt.date, str]]) -> list[tuple[dt.date, str]]:
    """One mark a year, at its first day: the day in full where it is the only one."""
    years: dict[int, list[tuple[dt.date, str]]] = {}
    for day, words in marks:
        years.setdefault(day.year, []).append((day, words))
    return [
        (
            held[0][0],
            f"{held[0][0]} {held[0][1]}"
            if len(held) == 1
            else f"{year}: " + "; ".join(f"{day:%m-%d} {words}" for day, words in held),
        )
        for year, held in years.items()
    ]


def _said(sign: str, codes: frozenset[str]) -> list[str]:
    if not codes:
        return []
    names = " ".join(sorted(codes)) if len(codes) <= _MOST_NAMES else str(len(codes))
    return [f"{sign}{names}"]
