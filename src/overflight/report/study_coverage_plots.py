"""The pictures of what can be seen: flights, and on a picture of their own satellites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from overflight.report.study_style import BLUE, CYCLE, line
from overflight.study.coverage.flights import YEAR, Seen

_MOST_BARS = 30
_NAMES = 26


def draw_chance(figure: Any, seen: Sequence[Seen]) -> None:
    """Chance to be seen against how long an activity lasts; equal observers share a line."""
    axes = figure.add_subplot()
    alike: dict[tuple[float, ...], list[Seen]] = {}
    for one in seen:
        alike.setdefault(tuple(map(float, one.chance.values())), []).append(one)
    rows = sorted(alike.items(), key=lambda row: row[0], reverse=True)[: len(CYCLE)]
    for number, (chances, those) in enumerate(rows):
        days = list(those[0].chance)
        axes.plot(days, [100 * p for p in chances], label=_names(those),
                  **line(number, len(days)))  # fmt: skip
    axes.set_xlabel("the activity lasts, days")
    axes.set_ylabel("seen at least once, %")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    figure.suptitle("Seen from flights at least once", x=0.01, ha="left", fontweight="bold")
    figure.legend(loc="outside right center", title="observer")


def draw_gaps(figure: Any, seen: Sequence[Seen]) -> None:
    """Share of gaps that are no longer than so many days."""
    axes = figure.add_subplot()
    alike: dict[tuple[tuple[int, ...], tuple[float, ...]], list[Seen]] = {}
    for one in seen:
        if one.gaps:
            days = tuple(day for day, _ in one.gap_counts)
            sums = list(accumulate(count for _, count in one.gap_counts))
            share = tuple(100 * n / sums[-1] for n in sums)
            alike.setdefault((days, share), []).append(one)
    rows = sorted(alike.items(), key=lambda row: row[0][0])[: len(CYCLE)]
    for number, ((days, share), those) in enumerate(rows):
        look = line(number) | {"marker": ""}
        axes.plot([0, *days, YEAR], [0, *share, 100], drawstyle="steps-post",
                  label=_names(those), **look)  # fmt: skip
    axes.set_xlim(0, YEAR * 1.01)
    axes.set_ylim(0, 103)
    axes.set_xlabel("days from one look at a site to the next")
    axes.set_ylabel("share of gaps no longer than that, %")
    figure.suptitle("How long sites wait for the next look", x=0.01, ha="left", fontweight="bold")
    figure.legend(loc="outside right center", title="observer")


def draw_accesses(figure: Any, orbits: Mapping[str, Any]) -> None:
    """Accesses by site: bars for few sites, else how many sites have so many."""
    rows = sorted(orbits["sites"], key=lambda s: (-s["accesses"], s["site"]))
    counts = [row["accesses"] for row in rows]
    few = len(rows) <= _MOST_BARS
    figure.set_size_inches(7.2, max(3.0, 1.5 + 0.29 * len(rows)) if few else 4.4)
    axes = figure.add_subplot()
    if few:
        axes.barh(range(len(rows)), counts, 0.66, color=BLUE)
        axes.set_yticks(range(len(rows)), [_short(row["site"]) for row in rows], fontsize=9)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(f"accesses in {orbits['days']:g} days")
    else:
        axes.hist(counts, bins=min(40, max(counts) - min(counts) + 1), color=BLUE,
                  edgecolor="white", linewidth=0.5)  # fmt: skip
        axes.set_xlabel(f"accesses in {orbits['days']:g} days")
        axes.set_ylabel("sites")
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.suptitle("Satellite passes within the limits: no images", x=0.01, ha="left",
                    fontweight="bold")  # fmt: skip


def _names(those: Sequence[Seen]) -> str:
    shown = [_short(one.observer) for one in those[:3]]
    more = f" and {len(those) - 3} more" if len(those) > 3 else ""
    return ", ".join(shown) + more


def _short(name: str) -> str:
    return name if len(name) <= _NAMES else name[: _NAMES - 1] + "\u2026"
