"""When to inspect, in turn or once, as a report."""

from __future__ import annotations

from fractions import Fraction

from overflight.report.study_style import counted
from overflight.study.inspection.asked import COLUMNS, InTime, InTurn
from overflight.study.inspection.sequential import Sequential, value
from overflight.study.inspection.timeliness import LATEST, LIMIT, timely
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

SHOWN = 25
MODEL = "this model, reckoned from the inputs below"
IS_NOT = (
    "A prediction of what any government will do. An equilibrium is a pair of plans of which "
    "neither side gains by leaving its own alone; that somebody follows one is not said.",
    "A judgement that somebody cheats or means to: the side that hides is assumed to act where it "
    "pays most because a plan that holds against that holds against everything else.",
    "A statement about sites. Values and chances of detection are inputs, never facts.",
)


# --- in turn


def in_turn(found: InTurn) -> StudyReport:
    """Inspections over stages, the other side seeing each."""
    game, stage = found.game, found.erring_stage or found.stage
    answer = [
        f"The inspected side gains {_exact(found.value)} in expectation, in units of what one "
        "violation is worth.",
        f"At the first stage the inspector inspects with chance {_exact(stage.inspect)}, a "
        f"violation comes with chance {_exact(stage.violate)}.",
    ]
    if found.erring_stage is not None:
        answer.append(f"Without errors the value would be {_exact(found.stage.value)}.")
        if found.erring_stage.several:
            answer.append("Another pair of plans is stable too; the inspector's better is taken.")
    wide = min(game.inspections, game.stages, COLUMNS)
    rows = tuple(
        (str(game.stages - i), *(f"{float(p):.4f}" for p in row[1 : wide + 1]))
        for i, row in enumerate(found.plan)
    )
    inputs = [
        StudyInput("stages", str(game.stages), "given"),
        StudyInput("inspections", str(game.inspections), "given")
        if found.allowed is None
        else StudyInput("inspections", str(game.inspections), "enacted",
                        f"{found.allowed.title}: {found.allowed.cite}"),
        _assumed(found, "violations", "violations wanted at most", str(game.violations)),
        _assumed(found, "penalty", "cost of being found", str(game.penalty)),
    ]  # fmt: skip
    readings = [
        StudyReading(
            "what the inspected side sees",
            "each inspection when it happens, and how many are left",
            ("nothing (see --timely)",),
            "Dresher 1962, RAND RM-2972",
        ),
        StudyReading(
            "what a found violation undoes",
            "nothing that succeeded before; it ends the game and costs the penalty",
            ("it takes back what was gained",),
            "von Stengel 2016, Mathematics of Operations Research 41:935",
        ),
    ]
    if found.erring is not None:
        erring = found.erring
        inputs += [
            _assumed(found, "false_alarm", "chance of a false alarm", str(erring.false_alarm)),
            _assumed(found, "missed", "chance to miss a violation", str(erring.missed)),
            _assumed(found, "alarm_cost", "cost of a false alarm", str(erring.alarm_cost)),
        ]
        readings.append(
            StudyReading(
                "after an alarm and after a miss",
                "a false alarm is cleared up and play goes on; both know what happened at a stage "
                "before the next",
                ("a false alarm ends the game", "the inspector does not learn what he missed"),
                "Rinderle 1996; Avenhaus, von Stengel and Zamir 2002: models differ",
            )
        )
    if found.allowed is not None and found.allowed.note:
        readings.append(StudyReading("rounding of the quota", found.allowed.note))
    return StudyReport(
        title="When to inspect",
        question=f"{counted(game.inspections, 'inspection')} over {counted(game.stages, 'stage')}, "
        f"at most {counted(game.violations, 'violation')}: when to inspect?",
        answer=tuple(answer),
        inputs=tuple(inputs),
        readings=tuple(readings),
        unknowns=("What a violation is worth to a side, and what being found costs it.",),
        tables=(
            StudyTable(
                "Chance to inspect, without errors",
                ("stages left", *(f"{m} left" for m in range(1, wide + 1))), rows,
                "By inspections left. It does not depend on the violations that succeeded.",
            ),
        ) if wide else (),
        sensitivity=tuple(_in_turn_sensitivity(game)),
        figures=(
            StudyFigure(
                "inspections",
                "What the inspected side gains against the number of inspections, for penalties "
                "of half, once and twice what is given; without errors.",
                MODEL,
            ),
        ),
        is_not=IS_NOT,
    )  # fmt: skip


def _assumed(found: InTurn, key: str, name: str, text: str) -> StudyInput:
    given = key in found.given
    return StudyInput(name, text, "given" if given else "assumed", "" if given else "no source")


def _in_turn_sensitivity(game: Sequential) -> list[StudyTable]:
    n, m, k, b = game.stages, game.inspections, game.violations, game.penalty
    counts = sorted({max(0, min(n, m + d)) for d in (-2, -1, 0, 1, 2)})
    penalties = sorted({b / 4, b / 2, b, 2 * b, 4 * b})
    wanted = sorted({max(0, min(n, k + d)) for d in (-1, 0, 1, 2)} | {n})
    return [
        StudyTable("By inspections", ("inspections", "value"),
                   tuple((str(c), _exact(value(Sequential(n, c, k, b)))) for c in counts)),
        StudyTable("By penalty", ("penalty", "value"),
                   tuple((str(p), _exact(value(Sequential(n, m, k, p)))) for p in penalties)),
        StudyTable("By violations wanted", ("violations", "value"),
                   tuple((str(w), _exact(value(Sequential(n, m, w, b)))) for w in wanted)),
    ]  # fmt: skip


# --- in time


def in_time(found: InTime) -> StudyReport:
    """One inspection that nobody sees, in a period that ends with one."""
    game = found.timely
    rows = tuple(
        (str(n), _exact(timely(n).value), f"{float(timely(n).value) - LIMIT:.2e}")
        for n in sorted({2, 3, 4, 12, 52, 365, found.dates})
    )
    last = len(game.inspect)
    return StudyReport(
        title="When to inspect once, unannounced",
        question=f"A period of {counted(found.dates, 'date')}, one inspection in it and one "
        "at its end: how long can a violation stay unnoticed?",
        answer=(
            f"For {_exact(game.value)} of the period in expectation, when both play their best; "
            f"on a continuous clock for 1/e = {LIMIT:.6f} of it.",
            f"The inspection falls on dates 1 to {last}, never later: after 1 - 1/e = "
            f"{LATEST:.1%} of a continuous period it is of no more use.",
        ),
        inputs=(StudyInput("dates", str(found.dates), "given"),),
        readings=(
            StudyReading(
                "what the inspected side sees",
                "nothing: it does not learn whether the inspection has been",
                ("each inspection when it happens (see --sequential)",),
                "Diamond 1982, Mathematics of Operations Research 7:139",
            ),
            StudyReading("on the same date", "the inspection comes before the violation",
                         ("it comes after",)),
            StudyReading("the end of the period", "an inspection that is certain",
                         ("none: then a violation is never found",)),
        ),
        unknowns=("Whether time is what a violation gains by; it may be worth its mere success.",),
        sensitivity=(
            StudyTable("By the number of dates",
                       ("dates", "part of the period", "above 1/e by"), rows),
        ),
        figures=(
            StudyFigure(
                "timeliness",
                "The chance that the inspection has been, and that the violation has been, by each "
                "date; the lines are those of a continuous clock.",
                MODEL,
            ),
        ),
        is_not=IS_NOT,
    )  # fmt: skip


def _exact(number: Fraction) -> str:
    text = str(number)
    short = f"{float(number):.6g}"
    return f"{short} ({text})" if "/" in text and len(text) <= 24 else short
