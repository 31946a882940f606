"""What can be seen, as a report with pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from overflight.study.coverage.flights import Seen
from overflight.terms.study import StudyFigure, StudyInput, StudyReport, StudyTable

_MOST = 12


def coverage_report(
    document: Mapping[str, Any], seen: tuple[Seen, ...], inputs: tuple[StudyInput, ...]
) -> StudyReport:
    """The study from its document; ``seen`` carries the exact figures."""
    answer, tables, figures, unknowns = [], [], [], []
    if seen:
        for one in seen:
            chances = ", ".join(f"{_percent(p)} for {d} days" for d, p in one.chance.items())
            answer.append(
                f"{one.observer}: {one.flights} flights a year see {one.sites_seen} of {one.sites} "
                f"sites" + (f"; something that lasts is seen with a chance of {chances}."
                            if chances else ".")
            )  # fmt: skip
        tables += [_seen_table(seen), _often_table(seen)]
        if any(one.chance for one in seen):
            figures.append(StudyFigure(
                "chance", "The chance that an activity at a site of the list is seen at least "
                "once by flights, by how long it lasts.", "the flights given",
            ))  # fmt: skip
    orbits = document["satellites"]
    if orbits is not None:
        counts = sorted(site["accesses"] for site in orbits["sites"])
        answer.append(
            f"Satellites, apart from that: in {orbits['days']:g} days a site has "
            f"{counts[len(counts) // 2]} accesses (half of the sites have more), and "
            f"{orbits['sites_without_access']} of {len(counts)} sites have none."
        )
        tables.append(_access_table(orbits))
        if orbits["sites"][0]["expected_clear"] is None:
            unknowns.append("Cloud: no figure was given, so nothing is said of clear accesses.")
        if orbits["oldest_elements_days"] > 30:
            unknowns.append(
                f"The oldest elements lie {orbits['oldest_elements_days']:.0f} days off: when a "
                "satellite passes is then a guess."
            )
    share = document["area_share"]
    if share is not None:
        answer.append(
            f"One flight of {share['distance_km']:g} km with a swath of {share['swath_km']:g} km "
            f"sees at most {100 * share['share']:.2f} % of {share['area_km2']:,.0f} km\u00b2."
        )
    return StudyReport(
        title="What can be seen",
        question="How much of what matters is looked at, how often, by whom?",
        answer=tuple(answer),
        inputs=inputs,
        unknowns=tuple(unknowns),
        tables=tuple(tables),
        figures=tuple(figures),
        is_not=(
            document["note"],
            "A statement that what is in the swath is recognised: that is a matter of resolution, "
            "light and cloud on the day.",
            "A finding about the sites: the list and its values are inputs.",
        ),
    )


def _percent(value: Fraction | float) -> str:
    return f"{100 * float(value):.3g} %"


def _seen_table(seen: tuple[Seen, ...]) -> StudyTable:
    durations = list(seen[0].chance)
    return StudyTable(
        "By observer",
        ("observer", "flights", "sites seen", "median gap", "9 of 10 gaps", "longest gap",
         *(f"seen, {d} days" for d in durations)),
        tuple(
            (
                s.observer, str(s.flights), f"{s.sites_seen} of {s.sites}",
                *(_days(s.gap(Fraction(n, 10))) for n in (5, 9, 10)),
                *(_percent(p) for p in s.chance.values()),
            )
            for s in seen
        ),
        "Gaps in days between one look at a site and the next, the year going round; sites that "
        "are never looked at have none.",
    )  # fmt: skip


def _days(value: int | None) -> str:
    return "-" if value is None else str(value)


def _often_table(seen: tuple[Seen, ...]) -> StudyTable:
    last = seen[-1]
    rows = sorted(last.times.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = rows[:_MOST]
    return StudyTable(
        f"How often a site is seen in the year ({last.observer})",
        ("site", "times"),
        tuple((site, f"{float(n):g}") for site, n in shown),
        f"The first {_MOST} of {len(rows)}; the JSON has all." if len(rows) > _MOST else "",
    )


def _access_table(orbits: Mapping[str, Any]) -> StudyTable:
    rows = sorted(orbits["sites"], key=lambda s: (s["accesses"], s["site"]))
    clear = rows[0]["expected_clear"] is not None
    heads = ("site", "accesses", "longest without, h", *(("expected clear",) if clear else ()))
    return StudyTable(
        f"Accesses of satellites in {orbits['days']:g} days, the fewest first",
        heads,
        tuple(
            (
                s["site"], str(s["accesses"]), f"{s['longest_gap_h']:.1f}",
                *((f"{s['expected_clear']:.1f}",) if clear else ()),
            )
            for s in rows[:_MOST]
        ),
        f"Within {orbits['off_nadir_deg']:g} degrees of straight down, the Sun at least "
        f"{orbits['min_sun_deg']:g} degrees high."
        + (f" {_MOST} of {len(rows)}; the JSON has all." if len(rows) > _MOST else ""),
    )  # fmt: skip


def draw_coverage(seen: tuple[Seen, ...]) -> Mapping[str, Callable[[Any], None]]:
    """The figures: name -> what draws it."""

    def chance(figure: Any) -> None:
        axes = figure.add_subplot()
        for one in seen:
            axes.plot(list(one.chance), [100 * float(p) for p in one.chance.values()],
                      label=one.observer)  # fmt: skip
        axes.set_xlabel("the activity lasts, days")
        axes.set_ylabel("seen at least once, %")
        axes.set_ylim(0, None)
        axes.legend()

    return {"chance": chance}
