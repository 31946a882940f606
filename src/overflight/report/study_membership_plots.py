"""The pictures of exits (flights kept, lost, had elsewhere) and of returns (the days that the
treaty gives, and whose aircraft flights hang on)."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from overflight.report.study_style import BLUE, GREEN, ORANGE, SKY
from overflight.study.membership.exits import Comparison
from overflight.study.membership.returning import Return
from overflight.terms.study import StudyFigure, StudyTable

_AFTER = "after the return"
_MOST_OWNERS = 25
_DARK = "#8a4b00"


def _title(found: Comparison, name: Callable[[str], str]) -> str:
    """What the picture shows, in one or two lines."""
    words = {"exit": "without", "suspension": "without", "return": "with", "accession": "with"}
    which = {words[act.kind] for act in found.acts}
    what = " and ".join(dict.fromkeys(name(act.state) for act in found.acts))
    how = which.pop() if len(which) == 1 else "after acts of"
    return textwrap.fill(f"Flights a year {how} {what}", 66)


def draw_exit(found: Comparison, name: Callable[[str], str]) -> Mapping[str, Callable[[Any], None]]:
    """The figures of the report: name -> what draws it on a figure."""
    shared = found.shared_out
    if shared is None:
        return {}

    def flights(figure: Any) -> None:
        rows = sorted(
            (o for o in shared.observers if o.held or o.after), key=lambda o: (-o.held, o.observer)
        )
        figure.set_size_inches(7.2, max(3.2, 1.5 + 0.31 * len(rows)))
        axes = figure.add_subplot()
        lefts = [0] * len(rows)
        for label, widths, look in (
            ("kept", [o.held - o.lost for o in rows], {"color": BLUE}),
            ("lost, to be had elsewhere", [o.regained for o in rows],
             {"color": GREEN, "hatch": "///", "edgecolor": "white"}),
            ("lost for good", [o.lost - o.regained for o in rows],
             {"color": "white", "edgecolor": "#555b61", "linestyle": (0, (3, 2))}),
        ):  # fmt: skip
            some = [n for n, width in enumerate(widths) if width]
            if not some:
                continue
            axes.barh(some, [widths[n] for n in some], 0.66, left=[lefts[n] for n in some],
                      label=label, **look)  # fmt: skip
            lefts = [left + width for left, width in zip(lefts, widths, strict=True)]
        for place, o in enumerate(rows):
            if o.lost:
                axes.annotate(f"{o.held} \u2192 {o.after}", (lefts[place], place), xytext=(4, 0),
                              textcoords="offset points", va="center", fontsize=9)  # fmt: skip
        names = [textwrap.fill(name(o.observer), 34) for o in rows]
        axes.set_yticks(range(len(rows)), names, fontsize=9)
        axes.set_xlim(0, 1.12 * max(lefts, default=1))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("flights a year")
        figure.suptitle(_title(found, name), x=0.01, ha="left", fontweight="bold", fontsize=12)
        axes.legend(loc="lower right")

    return {"flights": flights}


def return_figures(found: Return) -> tuple[StudyFigure, ...]:
    """The figures that there are, with what they show."""
    figures = [
        StudyFigure(
            "ways",
            "By when each step must begin so that all is done on the day wanted: bars are periods "
            "of the treaty, a question mark is a step of which nobody says how long it takes.",
            "treaty data, ways.toml",
        )
    ]
    if found.dependence:
        figures.append(
            StudyFigure(
                "owners",
                "On whose aircraft the flights of a year depend: Shapley values, which add up to "
                "all flights that some aircraft reaches.",
                "treaty data; the distribution in the inputs",
            )
        )
    return tuple(figures)


def return_changes(found: Return, name: Callable[[str], str]) -> tuple[StudyTable, ...]:
    """How the answer changes: with another day, with an owner of aircraft less, with more
    flights."""
    tables = []
    dated = [way for way in found.ways if way.known_days]
    days = [found.on + dt.timedelta(days=d) for d in (-90, 0, 90, 365)]
    if dated:
        tables.append(StudyTable(
            "The latest day to begin, by the day wanted (what has no known length taking no time)",
            ("way", *(str(day) for day in days)),
            tuple((way.way.title, *(str(day - dt.timedelta(days=way.known_days)) for day in days))
                  for way in dated),
        ))  # fmt: skip
    if found.dependence:
        tables.append(StudyTable(
            "Flights a year that no aircraft reaches, if one owner falls away",
            ("owner", "flights"),
            (("none", str(found.stranded)), *(
                (name(d.player), str(found.stranded_without(d.player)))
                for d in sorted(found.dependence, key=lambda d: (-d.estimate, d.player))
            )),
            "Of the flights in the inputs, with the lending in the inputs.",
        ))  # fmt: skip
    if found.flights_wanted:
        counts = sorted({max(1, found.flights_wanted // 2), found.flights_wanted,
                         2 * found.flights_wanted})  # fmt: skip
        rows = tuple(
            (str(count), f"{low * count / found.flights_wanted:,.0f}".replace(",", "\u00a0"),
             f"{high * count / found.flights_wanted:,.0f}".replace(",", "\u00a0"), currency)
            for count in counts
            for currency, low, high in found.flight_costs()
        )  # fmt: skip
        if rows:
            tables.append(StudyTable("What flights may cost in a year",
                                     ("flights", "from", "to", "currency"), rows))  # fmt: skip
    return tuple(tables)


def draw_return(found: Return, name: Callable[[str], str]) -> Mapping[str, Callable[[Any], None]]:
    """The figures: name -> what draws it."""
    return {
        "ways": lambda figure: _draw_ways(figure, found),
        "owners": lambda figure: _draw_owners(figure, found, name),
    }


def _draw_ways(figure: Any, found: Return) -> None:
    figure.set_size_inches(7.2, 1.7 + 0.62 * len(found.ways))
    axes = figure.add_subplot()
    longest = max((way.known_days for way in found.ways), default=0) or 30
    for place, way in enumerate(found.ways):
        number = 0
        for due in way.steps:
            if due.takes == _AFTER:
                continue
            begin = (due.latest - found.on).days
            if due.days:
                axes.barh(place, due.days, 0.5, left=begin, color=(BLUE, SKY)[number % 2],
                          edgecolor="white")  # fmt: skip
                number += 1
                axes.annotate(f"{due.days}", (begin + due.days / 2, place), ha="center",
                              va="center", fontsize=8.5, fontweight="bold",
                              color="white" if number % 2 else "black")  # fmt: skip
        if way.unknown:
            first = -way.known_days
            count = len(way.unknown)
            axes.annotate(
                f"+ {count} step{'s' if count > 1 else ''} of unknown length ?",
                (first, place), xytext=(-5, 0), textcoords="offset points", ha="right",
                va="center", fontsize=8.5, color=_DARK,
            )  # fmt: skip
    titles = [textwrap.fill(way.way.title, 32) for way in found.ways]
    axes.set_yticks(range(len(titles)), titles, fontsize=9)
    axes.set_ylim(len(titles) - 0.5, -0.5)
    axes.set_xlim(-1.75 * longest, 0.04 * longest)
    axes.axvline(0, color=ORANGE, linewidth=2, linestyle="-", marker="")
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"days before {found.on}")
    ticks = [t for t in axes.get_xticks() if -1.75 * longest <= t <= 0]
    axes.set_xticks(ticks, [f"{abs(t):.0f}" for t in ticks])
    figure.suptitle("What the treaty gives a time for", x=0.01, ha="left", fontweight="bold",
                    fontsize=12)  # fmt: skip


def _draw_owners(figure: Any, found: Return, name: Callable[[str], str]) -> None:
    rows = sorted(found.dependence, key=lambda d: (-d.estimate, d.player))[:_MOST_OWNERS]
    figure.set_size_inches(7.2, max(2.4, 1.5 + 0.31 * len(rows)))
    axes = figure.add_subplot()
    places = range(len(rows))
    axes.barh(places, [d.estimate for d in rows], 0.66, color=BLUE)
    for place, d in enumerate(rows):
        if d.exact is None:
            axes.plot(d.interval_95, [place, place], color="black", linestyle="-", marker="|")
        axes.annotate(f"{d.estimate:.3g}", (max(d.estimate, d.interval_95[1]), place),
                      xytext=(4, 0), textcoords="offset points", va="center",
                      fontsize=9)  # fmt: skip
    axes.set_yticks(places, [textwrap.fill(name(d.player), 34) for d in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.12 * max((d.interval_95[1] for d in rows), default=1.0))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("flights a year that depend on it")
    figure.suptitle("Whose aircraft flights depend on", x=0.01, ha="left", fontweight="bold",
                    fontsize=12)  # fmt: skip
