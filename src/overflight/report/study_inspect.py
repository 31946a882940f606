"""Where to fly and where to inspect, as a report; when to inspect is in ``study_inspect_time``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from overflight.report.study_inspect_time import IS_NOT, MODEL, SHOWN, in_time, in_turn
from overflight.report.study_style import Draw, counted
from overflight.study.inspection.asked import Found, InTime, InTurn, OverRoutes, OverSites
from overflight.study.inspection.payoffs import by_value
from overflight.study.inspection.spreading import spread
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

_SEEN_PLAN = StudyReading(
    "what the other side knows",
    "it knows the chances, not what is drawn",
    ("it knows nothing and guesses", "it learns of a flight when that is notified"),
    "Kiekintveld and others 2009, AAMAS; a Stackelberg game of security",
)


def inspect_report(found: Found) -> StudyReport:
    """What was asked, what is the answer, what it rests on."""
    match found:
        case OverSites():
            return _sites(found)
        case OverRoutes():
            return _routes(found)
        case InTurn():
            return in_turn(found)
        case InTime():
            return in_time(found)


def draw_inspect(found: Found) -> Mapping[str, Draw]:
    """The figures of the report: name -> what draws it."""
    from overflight.report import study_inspect_plots as plots

    match found:
        case OverSites():
            return {"coverage": lambda figure: plots.draw_coverage(figure, found)}
        case OverRoutes():
            return {"coverage": lambda figure: plots.draw_cover(figure, found)}
        case InTurn():
            return {"inspections": lambda figure: plots.draw_inspections(figure, found)}
        case InTime():
            return {"timeliness": lambda figure: plots.draw_timeliness(figure, found)}


# --- sites one at a time


def _sites(found: OverSites) -> StudyReport:
    best, payoffs, ids = found.spread, found.valued.payoffs, found.valued.ids
    looked = int((best.coverage > 0.0).sum())
    answer = [
        f"Looked at with some chance: {looked} of {len(ids)} sites; the chances add up to "
        f"{best.coverage.sum():.6g}.",
        f"At most {best.acting:.6g} is then to be had by acting at any site"
        + (f", the same at {best.tied} of them." if best.tied > 1 else f", at {ids[best.site]}."),
    ]
    if not payoffs.zero_sum:
        answer.append(f"The looking side then gets {best.looking:.6g}.")
    order = sorted(range(len(ids)), key=lambda i: (-best.coverage[i], i))[:SHOWN]
    rows = tuple((ids[i], f"{payoffs.unseen[i]:g}", f"{best.coverage[i]:.4f}") for i in order)
    tables = [
        StudyTable("Chances to look", ("site", "value unseen", "chance"), rows,
                   f"The {len(rows)} highest of {len(ids)}." if len(ids) > len(rows) else "")
    ]  # fmt: skip
    tables += _drawn([[ids[i] for i in drawn] for drawn in found.draws], found.seed)
    return StudyReport(
        title="Where to look",
        question=f"{counted(found.flights, 'look')}, {counted(len(ids), 'site')}: how often "
        "should each be looked at?",
        answer=tuple(answer),
        inputs=(*_site_inputs(len(ids), found.flights, found.detect),),
        readings=(
            _SEEN_PLAN,
            StudyReading("what a look shows", "one site", ("a route shows many: give --routes",)),
        ),
        unknowns=(
            "What a site is worth to either side, and how often a look shows what is there.",
        ),
        tables=tuple(tables),
        sensitivity=tuple(_sites_sensitivity(found)),
        figures=(
            StudyFigure(
                "coverage",
                "The chance that each site is looked at, against what acting there unseen is "
                "worth. Sites below a value are never looked at: acting there pays less than "
                "taking the risk elsewhere.",
                MODEL,
            ),
        ),
        is_not=IS_NOT,
    )


def _sites_sensitivity(found: OverSites) -> list[StudyTable]:
    flights = sorted({max(1, found.flights + d) for d in (-2, -1, 0, 1, 2, found.flights)})
    payoffs = found.valued.payoffs
    rows = [(str(n), f"{spread(payoffs, n).acting:.6g}") for n in flights]
    tables = [StudyTable("By the number of looks", ("looks", "left to gain"), tuple(rows))]
    if payoffs.zero_sum:
        worth = payoffs.unseen
        chances = sorted({0.25, 0.5, 0.75, 1.0, found.detect})
        cells = tuple(
            (f"{p:g}", f"{spread(by_value(worth, p), found.flights).acting:.6g}") for p in chances
        )
        tables.append(
            StudyTable("By the chance that a look shows what is there",
                       ("chance", "left to gain"), cells)
        )  # fmt: skip
        looked, weights = found.spread.coverage.tolist(), worth.tolist()
        curved = tuple(
            (words, f"{_part(looked, weights, power):.4f}")
            for words, power in (("all alike", 0.0), ("square roots of the values", 0.5),
                                 ("the values", 1.0), ("squares of the values", 2.0))
        )  # fmt: skip
        tables.append(
            StudyTable("How much is looked at if sites weigh otherwise",
                       ("weight of a site", "part of all weight looked at"), curved)
        )  # fmt: skip
    return tables


def _part(coverage: Sequence[float], worth: Sequence[float], power: float) -> float:
    """The part of all weight that is looked at, sites weighing a power of their worth."""
    weights = [w**power if w else 0.0 for w in worth]
    whole = math.fsum(weights) or 1.0
    return math.fsum(c * w for c, w in zip(coverage, weights, strict=True)) / whole


def _site_inputs(sites: int, flights: int, detect: float) -> list[StudyInput]:
    return [
        StudyInput("sites and their values", f"{sites} sites", "given"),
        StudyInput("flights", str(flights), "given"),
        StudyInput(
            "chance that a pass shows what is there",
            f"{detect:g}",
            "assumed" if detect == 1.0 else "given",
            "no source; 1 is the best case" if detect == 1.0 else "",
        ),
    ]


def _drawn(draws: Sequence[Sequence[str]], seed: int) -> list[StudyTable]:
    if not draws:
        return []
    rows = tuple((str(i + 1), ", ".join(drawn)) for i, drawn in enumerate(draws))
    return [StudyTable("Drawn", ("draw", "what"), rows, f"Seed {seed}; the same seed draws the "
                       "same. For use draw with a seed that nobody else knows.")]  # fmt: skip


# --- routes


def _routes(found: OverRoutes) -> StudyReport:
    mixed, names = found.mixed, found.pool.names
    lower, upper = found.bounds
    among = "all routes" if found.everywhere else f"{found.pool.routes} routes given"
    answer = [
        f"With these chances at most {upper:.6g} is to be had by acting at any site; no choice "
        f"among {among} brings that below {lower:.6g}.",
        f"Over the {len(found.shown)} sites that some route shows: from {mixed.lower:.6g} to "
        f"{mixed.upper:.6g}, a gap of {found.gap:.2%}"
        + ("." if found.gap <= found.gap_wanted else f", more than the {found.gap_wanted:.2%} "
           "asked for: give more time."),
    ]  # fmt: skip
    if found.unseen:
        answer.append(
            f"{counted(len(found.unseen), 'site')}, on no route"
            + (" that was found" if found.everywhere else "")
            + f"; who acts there is not seen (worth up to {found.floor:g})."
        )
    order = sorted(range(len(mixed.columns)), key=lambda i: (-mixed.x[i], i))
    whole = float(mixed.x.sum())
    rows = tuple(
        (", ".join(names[r] for r in mixed.columns[i].key), f"{mixed.x[i] / whole:.4f}",
         str(mixed.columns[i].sites.size))
        for i in order[:SHOWN]
    )  # fmt: skip
    cover = found.coverage
    weakest = sorted(range(len(found.ids)), key=lambda i: (-found.values[i] * (1 - cover[i]), i))
    hidden = dict(zip(found.shown, mixed.hidden.tolist(), strict=True))
    site_rows = tuple(
        (found.ids[i], f"{found.values[i]:g}", f"{cover[i]:.4f}",
         f"{found.values[i] * (1 - cover[i]):.5g}", f"{hidden.get(i, 0.0):.4f}")
        for i in weakest[:SHOWN]
    )  # fmt: skip
    detects = sorted({0.25, 0.5, 0.75, 1.0, found.detect})
    return StudyReport(
        title="Which routes to fly",
        question=f"{counted(found.flights, 'flight')}, {counted(len(found.ids), 'site')}: which of "
        f"{among} should be flown, and how often?",
        answer=tuple(answer),
        inputs=(*_site_inputs(len(found.ids), found.flights, found.detect),
                StudyInput("routes", among, "computed" if found.everywhere else "given",
                           f"bound {found.limits}" if found.limits else "")),
        readings=(
            _SEEN_PLAN,
            StudyReading(
                "several flights", "drawn together; a site seen twice counts once",
                ("each drawn for itself",),
            ),
            StudyReading("passes", "each shows what is there or not, for itself",
                         ("the same weather and cover for all",)),
        ),
        unknowns=(
            "What a site is worth to either side, and how often a pass shows what is there.",
            "Whether a flight planned is a flight flown: weather, refusals and changes of route "
            "are left out.",
        ),
        tables=(
            StudyTable("The lottery", ("routes", "chance", "sites shown"), rows,
                       f"The {len(rows)} likeliest of {len(order)}." if len(order) > len(rows)
                       else ""),
            StudyTable("Where most is left to gain",
                       ("site", "value", "chance to be seen", "left to gain", "chance to hide"),
                       site_rows, "The chances to hide are those behind the lower bound."),
            *_drawn([[names[r] for r in mixed.columns[i].key] for i in found.draws], found.seed),
        ),
        sensitivity=(
            StudyTable("The same chances to fly, if passes show less or more",
                       ("chance that a pass shows what is there", "left to gain"),
                       tuple((f"{p:g}", f"{found.left(p):.6g}") for p in detects),
                       "Not the best chances for each of these: what becomes of those above."),
        ),
        figures=(
            StudyFigure(
                "coverage",
                "The chance that each site is seen, against its value. The line is what a site "
                "has to be seen with so that acting there gains no more than the value of the "
                "game; sites above it lie on the way to others.",
                MODEL,
            ),
        ),
        is_not=IS_NOT,
    )  # fmt: skip
