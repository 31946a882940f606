"""The study as a plain document, as ``--json`` prints it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from overflight.study.reciprocity.asked import Asked, Found
from overflight.study.reciprocity.play import Machine, Strategy
from overflight.study.reciprocity.quota import Quota, Year

VERSION = 1
_LONGEST = 200


def reciprocity_document(found: Found) -> dict[str, Any]:
    """``mean_payoff`` is the first side's payoff a round; with ``discount``, discounted."""
    asked, errors = found.asked, found.errors
    game = asked.game
    document: dict[str, Any] = {
        "kind": "study-reciprocity",
        "version": VERSION,
        "payoffs": {
            "temptation": float(game.temptation),
            "reward": float(game.reward),
            "punishment": float(game.punishment),
            "sucker": float(game.sucker),
        },
        "noise": float(asked.noise),
        "assumed": _assumed(asked),
    }
    if found.outcome is not None and found.strategies is not None:
        one, two = found.outcome.payoffs
        document |= {
            "pair": [_strategy(s) for s in found.strategies],
            "discount": None if asked.delta is None else float(asked.delta),
            "signals": "public" if errors.public else "private",
            "errors_of_a_round": {
                "false_alarm": float(errors.false_alarm),
                "miss": float(errors.miss),
            },
            "mean_payoff": float(one),
            "mean_payoff_exact": _fraction(one),
            "mean_payoffs": [float(one), float(two)],
            "mean_payoffs_exact": [_fraction(one), _fraction(two)],
            "share_of_rounds_kept": [float(x) for x in found.outcome.keeps],
        }
    if found.quotas:
        document["quota"] = {
            "discount": float(asked.years_weight),
            "detect": float(asked.detect),
            "false_alarm": float(asked.false_alarm),
            "most_flights": asked.most_flights,
            "model": "each side flies the same number of flights a year over the other; flights "
            "independent; alarms public; strongly symmetric perfect public equilibria",
            "rules": [_quota(q, asked) for q in found.quotas],
        }
    document["each_against_each"] = [
        {"strategy": a, "against": b, "mean_payoff": value} for (a, b), value in found.table.items()
    ]
    return document


def _assumed(asked: Asked) -> list[str]:
    """Names of the inputs in use that nobody gave."""
    used = ["payoffs", "noise"]
    if asked.quota:
        used += ["discount", "detect", "false_alarm"]
    elif asked.watched:
        used += ["detect", "false_alarm", "flights", "alarms"]
    return [name for name in used if name not in asked.given]


def _strategy(played: Strategy) -> dict[str, Any]:
    if isinstance(played, Machine):
        return {
            "name": played.name,
            "keeps_in_state": [str(p) for p in played.keeps],
            "next_after_cc_cd_dc_dd": [list(step) for step in played.steps],
        }
    return {
        "name": played.name,
        "keeps_after_cc_cd_dc_dd": [str(p) for p in played.after],
        "keeps_first": str(played.first),
    }


def _quota(quota: Quota[Any], asked: Asked) -> dict[str, Any]:
    best = quota.best
    return {
        "rule": quota.rule,
        "critical_quota": quota.critical,
        "most_flights_that_sustain": quota.most,
        "best_flights": None if best is None else best.flights,
        "critical_quota_by_least_discount": [
            {"least_discount": float(delta), "flights": flights}
            for delta, flights in quota.frontier
        ],
        "years": [_year(year, asked) for year in quota.years],
    }


def _year(year: Year[Any], asked: Asked) -> dict[str, Any]:
    held = year.found
    floor = asked.game.with_noise(asked.noise).punishment
    value = None if held is None else floor + held.worth
    return {
        "flights": year.flights,
        "alarms": year.k or None,
        "value": None if value is None else _fraction(value),
        "value_float": None if value is None else float(value),
        "punished_if_kept": None if held is None else float(held.at[0]),
        "punished_if_broken": None if held is None else float(held.at[1]),
        "least_discount": None if year.needs is None else float(year.needs),
    }


def _fraction(value: Any) -> str | None:
    """p/q, where the number is exact and can be read."""
    if not isinstance(value, Fraction):
        return None
    text = str(value)
    return text if len(text) <= _LONGEST else None
