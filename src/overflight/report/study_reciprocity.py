"""When reciprocity holds, as a report and its plots."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from overflight.report.study_style import Draw
from overflight.study.reciprocity.asked import SHOWN, Asked, Found, spans
from overflight.study.reciprocity.game import NAMED, generosity
from overflight.study.reciprocity.quota import Quota
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

NAMES = {
    "any": "any alarm, punished for ever",
    "any-lot": "any alarm, punished by lot",
    "k-of-n": "k of n alarms",
    "best": "best rule there is",
}


def reciprocity_report(found: Found) -> StudyReport:
    """What was asked, what is the answer, what it rests on."""
    asked = found.asked
    played = f"the model of this study with payoffs {asked.game}"
    if asked.watched:
        errors = found.errors
        played += (
            f", false alarms {_n(errors.false_alarm)} and breaches unseen {_n(errors.miss)} a round"
        )
    at_noise = f"{played}, noise {_n(asked.noise)}"
    kept = (
        f"the model of this study with payoffs {asked.game}, noise {_n(asked.noise)}, discount "
        f"{_n(asked.years_weight)}"
    )
    figures = [
        StudyFigure(
            "noise",
            "What each strategy gets from its like in the long run, against the chance that a move "
            "fails. Tit for tat gets the same low payoff at any noise; generous strategies lose "
            "little while errors are rare.",
            played,
        ),
        StudyFigure(
            "pairs",
            "What the strategy of the row gets from the strategy of the column in the long run.",
            at_noise,
        ),
    ]
    if found.quotas:
        figures += [
            StudyFigure(
                "flights",
                "What keeping to the agreement is worth to each side, against flights a year, by "
                "rule of alarm. A line stops where the rule no longer makes keeping worth it.",
                f"{kept}, detection {_n(asked.detect)}, false alarm {_n(asked.false_alarm)}",
            ),
            StudyFigure(
                "discounts",
                "Critical quota: the fewest flights a year that sustain keeping, against the "
                "weight of the next year, by rule of alarm. Left of where a line ends no number of "
                "flights in the range does.",
                f"the model of this study with payoffs {asked.game}, noise {_n(asked.noise)}, "
                f"detection {_n(asked.detect)}, false alarm {_n(asked.false_alarm)}",
            ),
            StudyFigure(
                "quotas",
                "Fewest flights a year that sustain keeping, by the chances that a flight shows a "
                "breach and that it alarms without one: left any alarm punished by lot, right the "
                "best rule there is. Empty: no number of flights in the range does.",
                kept,
            ),
        ]
    return StudyReport(
        title="When reciprocity holds",
        question=_question(asked),
        answer=tuple(_answers(found)),
        inputs=tuple(_inputs(asked)),
        readings=tuple(_readings(asked)),
        unknowns=tuple(_unknowns(asked)),
        tables=tuple(_tables(found)),
        sensitivity=tuple(_sensitivity(found)),
        figures=tuple(figures),
        is_not=(
            "A forecast of what any government will do, or advice to punish: it says what follows "
            "from payoffs, errors and patience that somebody must first believe in.",
            "An equilibrium says that nobody gains by leaving it alone. It does not say that it "
            "will be played; all breaking for ever is an equilibrium too.",
            "The values of detection and false alarm are inputs; no source for them is claimed.",
        ),
    )


def _question(asked: Asked) -> str:
    parts = []
    if asked.pair:
        parts.append(f"What do {asked.pair[0]} and {asked.pair[1]} come to when moves fail?")
    if asked.quota:
        parts.append("How few flights a year make it worth while for both to keep the agreement?")
    return " ".join(parts) or "What do strategies of reciprocity come to when moves fail?"


def _answers(found: Found) -> list[str]:
    asked, lines = found.asked, []
    if found.outcome is not None and asked.pair:
        one, two = found.outcome.payoffs
        kept = ", ".join(f"{float(x):.1%}" for x in found.outcome.keeps)
        span = "in the long run" if asked.delta is None else f"discounted by {_n(asked.delta)}"
        lines.append(
            f"Mean payoff a round, {span}: {_exact(one)} for {asked.pair[0]}, {_exact(two)} for "
            f"{asked.pair[1]}; rounds really kept: {kept}."
        )
    for quota in found.quotas:
        lines.append(f"{NAMES[quota.rule][0].upper()}{NAMES[quota.rule][1:]}: {_told(quota)}.")
    if not lines:
        lines.append(
            f"The most generous reciprocator that nobody gains by exploiting passes over "
            f"{generosity(asked.game)} of breaches, where errors are rare."
        )
    return lines


def _told(quota: Quota[Any]) -> str:
    top = quota.years[-1].flights
    if quota.critical is None:
        return f"no number of flights up to {top} a year sustains keeping"
    text = f"{_flights(quota.critical)} a year at the least"
    if quota.most is not None and quota.most < top:
        text += f", and no more than {quota.most}: beyond that false alarms undo it"
    best = quota.best
    if best is not None and best.flights < top:
        text += f"; the highest value is at {_flights(best.flights)}"
    return text


def _inputs(asked: Asked) -> list[StudyInput]:
    def row(key: str, name: str, value: str) -> StudyInput:
        given = key in asked.given
        return StudyInput(name, value, "given" if given else "assumed",
                          "" if given else "a default of this command, no source")  # fmt: skip

    rows = [
        row("payoffs", "payoffs T,R,P,S", str(asked.game)),
        row("noise", "chance that a move fails", _n(asked.noise)),
    ]
    if asked.quota or asked.delta is not None:
        rows.append(row("discount", "weight of the next year", _n(asked.years_weight)))
    if asked.quota or asked.watched:
        rows += [
            row("detect", "chance that a flight shows a breach", _n(asked.detect)),
            row("false_alarm", "chance that a flight alarms without one", _n(asked.false_alarm)),
        ]
    if asked.watched and asked.pair:
        rows += [
            row("flights", "flights a round over each side", str(asked.flights)),
            row("alarms", "alarms that count as a breach", str(asked.alarms)),
        ]
    return rows


def _readings(asked: Asked) -> list[StudyReading]:
    found = []
    if asked.pair or not asked.quota:
        views = ("each has its own view of the other, knows its own move",
                 "both see the same alarms about both")  # fmt: skip
        found.append(StudyReading("who sees what in a pair", views[asked.public],
                                  (views[not asked.public],)))  # fmt: skip
    if asked.quota:
        found += [
            StudyReading(
                "which equilibria count for a quota",
                "strongly symmetric perfect public ones in which both keep, with a public lot",
                ("those in which the sides take turns", "those on private views"),
                "Abreu, Milgrom and Pearce 1991, Econometrica 59:1713",
            ),
            StudyReading(
                "how flights add up", "independent given whether there is a breach in that year",
                ("dependent: the same place and sensor again",),
            ),
        ]  # fmt: skip
    return found


def _unknowns(asked: Asked) -> list[str]:
    lines = [
        "What breaking and keeping are worth to a side, and how it weighs later years: nobody can "
        "measure it. Only T - R, R - P and the discount matter for quotas.",
    ]
    if asked.quota or asked.watched:
        lines.append(
            "How often a flight shows a breach, or seems to: no record of flights and breaches is "
            "public from which it could be had."
        )
    return lines


def _tables(found: Found) -> list[StudyTable]:
    tables = []
    if found.quotas:
        tables.append(StudyTable(
            "Quotas by rule",
            ("rule", "fewest flights", "most flights", "best at", "alarms there", "value there",
             "least discount there"),
            tuple(_quota_row(q, found.asked) for q in found.quotas),
            "Value: a year, in the payoffs given. Flights: of each side over the other.",
        ))  # fmt: skip
    rows = tuple(
        (a, NAMED[a][0], *(_cell(found.table[a, b]) for b in SHOWN)) for a in SHOWN
    )  # fmt: skip
    tables.append(StudyTable(
        "Mean payoff of each against each, long run", ("", "what it does", *SHOWN), rows,
        "-: depends on how play begins; give a noise above 0.",
    ))  # fmt: skip
    return tables


def _quota_row(quota: Quota[Any], asked: Asked) -> tuple[str, ...]:
    best = quota.best
    if best is None or best.found is None:
        return (NAMES[quota.rule], "none", "none", "-", "-", "-", "-")
    floor = asked.game.with_noise(asked.noise).punishment
    return (
        NAMES[quota.rule], str(quota.critical), str(quota.most), str(best.flights),
        str(best.k or "-"), f"{float(floor + best.found.worth):.4f}",
        "-" if best.needs is None else f"{float(best.needs):.3f}",
    )  # fmt: skip


def _sensitivity(found: Found) -> list[StudyTable]:
    tables = []
    if found.elsewhere and found.outcome:
        rows = [("as above", found.outcome), *found.elsewhere]
        tables.append(StudyTable(
            "The pair under other errors", ("changed", "first", "second"),
            tuple(
                (what, *((_cell(float(x)) for x in o.payoffs) if o else ("-", "-")))
                for what, o in rows
            ),
        ))  # fmt: skip
    if found.outlook:
        rules = found.asked.rules
        top = found.asked.most_flights
        tables.append(StudyTable(
            "Flights a year that sustain keeping, under other inputs",
            ("changed", *(NAMES[r] for r in rules)),
            tuple(
                (what, *(_span(by[r], top) for r in rules))
                for what, by in (("as above", spans(found.quotas)), *found.outlook)
            ),
            f"None: no number up to {top}, which is where the search ends.",
        ))  # fmt: skip
    return tables


def draw_reciprocity(found: Found) -> Mapping[str, Draw]:
    """The figures of the report: name -> what draws it."""
    from overflight.report.study_reciprocity_plots import (
        draw_discounts,
        draw_flights,
        draw_noise,
        draw_pairs,
        draw_quotas,
    )

    return {
        "noise": lambda figure: draw_noise(figure, found),
        "pairs": lambda figure: draw_pairs(figure, found),
        "flights": lambda figure: draw_flights(figure, found),
        "discounts": lambda figure: draw_discounts(figure, found),
        "quotas": lambda figure: draw_quotas(figure, found),
    }


def _exact(value: Fraction) -> str:
    text = str(value)
    return f"{float(value):.6g}" + (f" ({text})" if "/" in text and len(text) <= 24 else "")


def _n(value: Fraction) -> str:
    return f"{float(value):.12g}"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _span(span: tuple[int | None, int | None], top: int) -> str:
    few, many = span
    if few is None:
        return "none"
    return f"from {few}" if many == top else f"{few} to {many}"


def _flights(count: int) -> str:
    return f"{count} flight{'' if count == 1 else 's'}"
