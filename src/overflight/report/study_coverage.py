"""What can be seen, as a report with pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from statistics import median
from typing import Any

from overflight.study.coverage.flights import Seen, area_share
from overflight.study.coverage.variations import Narrower, Otherwise
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

_MOST = 12


def coverage_report(
    document: Mapping[str, Any],
    seen: tuple[Seen, ...],
    inputs: tuple[StudyInput, ...],
    others: Sequence[Otherwise] = (),
    tighter: Sequence[Narrower] = (),
) -> StudyReport:
    """The study from its document; ``seen`` carries the exact figures, ``others`` and ``tighter``
    what comes out under other assumptions."""
    answer, tables, figures, unknowns = [], [], [], []
    readings: list[StudyReading] = []
    sensitivity: list[StudyTable] = []
    if seen:
        answer += _seen_answers(seen)
        tables += [_seen_table(seen), _chance_table(seen), _often_table(seen)]
        if any(one.chance for one in seen):
            figures.append(StudyFigure(
                "chance", "The chance that an activity at a site of the list is seen at least "
                "once by flights, by how long it lasts.", "the flights and sites given",
            ))  # fmt: skip
        if any(one.gaps for one in seen):
            figures.append(StudyFigure(
                "gaps", "How long sites wait from one look to the next, as a share of all gaps; "
                "the year goes round, and sites that are never looked at have none.",
                "the flights and sites given",
            ))  # fmt: skip
        readings += _FLIGHT_READINGS
        unknowns.append(
            "Whether a look shows what is there: light, cloud and cover on the day, and what a "
            "resolution lets one recognise."
        )
        sensitivity.append(_otherwise_table(others))
    orbits = document["satellites"]
    if orbits is not None:
        counts = [site["accesses"] for site in orbits["sites"]]
        answer.append(
            f"Satellites, apart from that: in {_span(orbits['days'])} a site has "
            f"{median(counts):g} accesses (the middle one of all sites), and "
            f"{orbits['sites_without_access']} of {len(counts)} sites have none."
        )
        tables.append(_access_table(orbits))
        figures.append(StudyFigure(
            "accesses", "Satellite passes within the limits, by site: accesses, not images, and "
            "not to be added to flights.", "the orbits and limits given",
        ))  # fmt: skip
        readings.append(StudyReading(
            "what an access is", "a pass within the angle, the Sun high enough, whatever the "
            "satellite does", ("an image taken", "a pass of a sensor that was switched on"),
        ))  # fmt: skip
        if tighter:
            sensitivity.append(_narrower_table(tighter))
        unknowns.append("Which passes were used, by whom, and with which sensor.")
        if orbits["sites"][0]["expected_clear"] is None:
            unknowns.append("Cloud: no figure was given, so nothing is said of clear accesses.")
        if orbits["oldest_elements_days"] > 30:
            unknowns.append(
                f"The oldest elements lie {orbits['oldest_elements_days']:.0f} days off: when a "
                "satellite passes is then a guess."
            )
    share = document["area_share"]
    if share is not None:
        far, area = _thousands(share["distance_km"]), _thousands(share["area_km2"])
        answer.append(
            f"One flight of {far} km with a swath of {share['swath_km']:g} km sees at most "
            f"{100 * share['share']:.2f} % of {area} km\u00b2."
        )
        unknowns.append("How much of the strip lies within the territory, and how often it crosses "
                        "itself.")  # fmt: skip
        sensitivity.append(_share_table(share))
        readings.append(StudyReading(
            "share of an area", "length times swath: the strip never leaves the territory nor "
            "crosses itself", ("less, by what overlaps or lies outside",),
        ))  # fmt: skip
    return StudyReport(
        title="What can be seen",
        question="How much of what matters is looked at, how often, by whom?",
        answer=tuple(answer),
        inputs=inputs,
        readings=tuple(readings),
        unknowns=tuple(unknowns),
        tables=tuple(tables),
        sensitivity=tuple(sensitivity),
        figures=tuple(figures),
        is_not=(
            document["note"],
            "A statement that what is in the swath is recognised: that is a matter of resolution, "
            "light and cloud on the day.",
            "A finding about the sites: the list and its values are inputs.",
        ),
    )


_FLIGHT_READINGS = (
    StudyReading("when an activity begins", "on a day drawn evenly from the year",
                 ("right after a flight, by one who knows the days",)),
    StudyReading("the end of the year", "it goes round: the last look is followed by the first",
                 ("gaps before the first and after the last look stand open",)),
    StudyReading("who has the pictures", "each observer its own; all together, any Party",
                 (), "copies may be had by every Party"),
)  # fmt: skip


def _seen_answers(seen: tuple[Seen, ...]) -> list[str]:
    lines = []
    for one in (seen[-1], *seen[:-1]):
        words = "1 flight a year sees" if one.flights == 1 else f"{one.flights} flights a year see"
        chances = ", ".join(f"{_percent(p)} if it lasts {_span(d)}" for d, p in one.chance.items())
        told = f"{one.observer}: {words} {one.sites_seen} of {one.sites} sites"
        if one is seen[-1] and chances:
            told += f"; something there is seen with a chance of {chances}"
        lines.append(f"{told[0].upper()}{told[1:]}.")
    return lines


def _span(days: float) -> str:
    return "1 day" if days == 1 else f"{days:g} days"


def _thousands(value: float) -> str:
    return f"{value:,.15g}".replace(",", "\u00a0")


def _share_table(share: Mapping[str, Any]) -> StudyTable:
    far, wide, area = share["distance_km"], share["swath_km"], share["area_km2"]
    parts = (0.5, 1.0, 2.0)
    return StudyTable(
        "Share of the area seen, by length and swath of the flight",
        ("length, km", *(f"swath {wide * w:g} km" for w in parts)),
        tuple(
            (f"{far * n:g}", *(f"{100 * area_share(far * n, wide * w, area):.2f} %" for w in parts))
            for n in parts
        ),
    )


def _otherwise_table(others: Sequence[Otherwise]) -> StudyTable:
    durations = list(others[0].chance) if others else []
    return StudyTable(
        "Chance to be seen, all together, were it otherwise",
        ("if", *(_span(d) for d in durations)),
        tuple(
            (one.what + (" (as above)" if one.as_taken else ""),
             *(_percent(p) for p in one.chance.values()))
            for one in others
        ),
        "By how long the activity lasts.",
    )  # fmt: skip


def _narrower_table(tighter: Sequence[Narrower]) -> StudyTable:
    return StudyTable(
        "Accesses within narrower limits",
        ("off straight down, degrees", "Sun at least, degrees", "accesses of the middle site",
         "sites with none"),
        tuple(
            (f"{one.off_nadir_deg:.3g}", f"{one.min_sun_deg:g}", f"{one.middle:g}", str(one.never))
            for one in tighter
        ),
    )  # fmt: skip


def _percent(value: Fraction | float) -> str:
    return f"{100 * float(value):.3g} %"


def _seen_table(seen: tuple[Seen, ...]) -> StudyTable:
    return StudyTable(
        "By observer",
        ("observer", "flights", "sites seen", "median gap", "9 of 10 gaps", "longest gap"),
        tuple(
            (
                s.observer, str(s.flights), f"{s.sites_seen} of {s.sites}",
                *(_days(s.gap(Fraction(n, 10))) for n in (5, 9, 10)),
            )
            for s in seen
        ),
        "Gaps in days between one look at a site and the next, the year going round; sites that "
        "are never looked at have none.",
    )  # fmt: skip


def _chance_table(seen: tuple[Seen, ...]) -> StudyTable:
    return StudyTable(
        "Chance that an activity is seen, by how long it lasts",
        ("observer", *(_span(d) for d in seen[0].chance)),
        tuple((s.observer, *(_percent(p) for p in s.chance.values())) for s in seen),
    )


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
        f"Accesses of satellites in {_span(orbits['days'])}, the fewest first",
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


def draw_coverage(
    document: Mapping[str, Any], seen: tuple[Seen, ...]
) -> Mapping[str, Callable[[Any], None]]:
    """The figures: name -> what draws it."""
    from overflight.report import study_coverage_plots as plots

    return {
        "chance": lambda figure: plots.draw_chance(figure, seen),
        "gaps": lambda figure: plots.draw_gaps(figure, seen),
        "accesses": lambda figure: plots.draw_accesses(figure, document["satellites"]),
    }
