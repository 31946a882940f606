"""A mission's timeline as a table for a terminal and as a picture: who acts, until when, what is
late. It draws from the timeline alone, so that it can say nothing that one seat does not know."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.report.tables import Column, Table, clean, duration, render, shorten
from overflight.report.text import WIDTH
from overflight.terms.timeline import Entry, Happening, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = ("png", "svg")
DPI = 150

_MARK = {
    Happening.DONE: "done",
    Happening.LATE: "LATE",
    Happening.DUE: "due",
    Happening.OVERDUE: "OVERDUE",
    Happening.OPENS: "from",
}
_COLOUR = {
    Happening.DONE: "#2f6f4f",
    Happening.LATE: "#c4312b",
    Happening.DUE: "#1f5f9f",
    Happening.OVERDUE: "#c4312b",
    Happening.OPENS: "#7a7a7a",
}
_ROW_IN, _LABEL_IN, _AXIS_IN, _EDGE_IN = 0.34, 4.9, 6.1, 0.7


def timeline_text(timeline: Timeline, width: int = WIDTH) -> str:
    """The entries in order, with what is late first of all in words."""
    lines = [clean(timeline.title), *timeline.marks, ""]
    late = [e for e in timeline.entries if e.kind is Happening.OVERDUE]
    for entry in late:
        text = f"OVERDUE by {duration(entry.due, timeline.now)}: {_who(entry, timeline)} - "
        text += f"{clean(entry.what)} [{clean(entry.cite)}]"
        if entry.if_not:
            text += f" {clean(entry.if_not)}"
        lines += textwrap.wrap(text, width, subsequent_indent="  ")
    if late:
        lines.append("")
    rows = tuple(
        (
            _minute(entry.when),
            _MARK[entry.kind],
            _who(entry, timeline),
            _left(entry, timeline.now),
            f"{clean(entry.what)} [{_paragraphs(entry.cite)}]",
        )
        for entry in timeline.entries
    )
    columns = (
        Column("UTC"),
        Column(""),
        Column("Who", most=14),
        Column("Left", "r"),
        Column("What"),
    )
    lines += render(Table(columns, rows), width, indent=0)
    lines += ["", f"Seen at {_minute(timeline.now)} UTC."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def timeline_picture(timeline: Timeline, fmt: str = "png") -> bytes:
    """The same as a picture. Raises DataError for another ``fmt`` than png or svg."""
    if fmt not in FORMATS:
        raise DataError(
            f"a timeline cannot be drawn as {fmt!r}", remedy=f"Choose one of {', '.join(FORMATS)}."
        )
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    entries = timeline.entries
    height = _ROW_IN * max(1, len(entries)) + 2 * _EDGE_IN
    width = _LABEL_IN + _AXIS_IN
    with matplotlib.rc_context(rc=dict(matplotlib.rcParamsDefault)):
        matplotlib.rcParams.update({"svg.hashsalt": "overflight", "font.family": "DejaVu Sans"})
        figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
        (FigureCanvasAgg if fmt == "png" else FigureCanvasSVG)(figure)
        box = (_LABEL_IN / width, _EDGE_IN / height,
               (_AXIS_IN - 0.35) / width, 1 - 2 * _EDGE_IN / height)  # fmt: skip
        _draw(figure.add_axes(box), timeline)
        title = clean(timeline.title)
        if timeline.marks:
            title = f"{', '.join(timeline.marks)} - {title}"
        figure.text(0.02, 1 - 0.33 / height, title, fontsize=12, weight="bold", va="center")
        stream = io.BytesIO()
        metadata = {"Date": None} if fmt == "svg" else {"Software": "overflight"}
        figure.savefig(stream, format=fmt, metadata=metadata)
    return stream.getvalue()


def _draw(axes: Axes, timeline: Timeline) -> None:
    import matplotlib.dates

    dates: Any = matplotlib.dates
    entries, now = timeline.entries, float(dates.date2num(timeline.now))
    times = [now, *(float(dates.date2num(entry.when)) for entry in entries)]
    first, last = min(times), max(times)
    edge = max((last - first) * 0.03, 1 / 24)
    axes.set_xlim(first - edge, last + edge)
    axes.set_ylim(max(1, len(entries)) - 0.4, -0.6)
    axes.axvline(now, color="#c98a00", linewidth=1.4, zorder=1)
    axes.annotate("now", (now, -0.6), color="#8a5f00", fontsize=8, ha="center", va="bottom")
    for row, entry in enumerate(entries):
        at, colour = float(dates.date2num(entry.when)), _COLOUR[entry.kind]
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color="#f4f4f2", zorder=0)
        if entry.kind in (Happening.DUE, Happening.OVERDUE):
            axes.plot([now, at], [row, row], color=colour, linewidth=3, alpha=0.35, zorder=2)
        elif entry.kind is Happening.LATE and entry.due is not None:
            due = float(dates.date2num(entry.due))
            axes.plot([due, at], [row, row], color=colour, linewidth=3, alpha=0.35, zorder=2)
        marker = {"done": "o", "done late": "o", "opens": ">"}.get(str(entry.kind), "D")
        hollow = entry.kind in (Happening.DUE, Happening.OPENS)
        axes.plot(
            [at], [row], marker=marker, markersize=7, zorder=3, color=colour,
            markerfacecolor="white" if hollow else colour, markeredgewidth=1.5,
        )  # fmt: skip
        label = f"{_who(entry, timeline)}: {shorten(clean(entry.what), 58)}"
        axes.annotate(
            label, (0, row), xycoords=("axes fraction", "data"), xytext=(-8, 3.6),
            textcoords="offset points", ha="right", va="center", fontsize=8, color="#202020",
        )  # fmt: skip
        axes.annotate(
            f"{_minute(entry.when)}  {_MARK[entry.kind]}  {shorten(_paragraphs(entry.cite), 30)}",
            (0, row), xycoords=("axes fraction", "data"), xytext=(-8, -5.8),
            textcoords="offset points", ha="right", va="center", fontsize=6.3, color=colour,
        )  # fmt: skip
    locator = dates.AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6, zorder=0)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("UTC", fontsize=8)


def _who(entry: Entry, timeline: Timeline) -> str:
    return clean(timeline.names.get(entry.who, entry.who))


def _minute(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")


def _left(entry: Entry, now: dt.datetime) -> str:
    if entry.kind is Happening.DUE:
        return duration(now, entry.due)
    if entry.kind is Happening.OVERDUE:
        return "-" + duration(entry.due, now)
    return ""


def _paragraphs(cite: str) -> str:
    """ "VI.I.6" out of "VI.I.6 (Treaty on Open Skies); …"."""
    return ", ".join(part.split(" (")[0].strip() for part in clean(cite).split(";") if part.strip())
