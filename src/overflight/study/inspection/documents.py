"""The study as a plain document, as ``--json`` prints it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from overflight.study.inspection.asked import Found, InTime, InTurn, OverRoutes, OverSites
from overflight.study.inspection.timeliness import LIMIT

VERSION = 1
_MOST_HIDDEN = 1e-9


def inspect_document(found: Found) -> dict[str, Any]:
    """``value`` is what the side that is looked for gains; see the schema."""
    head = {"kind": "study-inspect", "version": VERSION}
    match found:
        case OverSites():
            return head | _sites(found)
        case OverRoutes():
            return head | _routes(found)
        case InTurn():
            return head | _in_turn(found)
        case InTime():
            return head | _in_time(found)


def _sites(found: OverSites) -> dict[str, Any]:
    ids, best = found.valued.ids, found.spread
    return {
        "game": "sites",
        "flights": found.flights,
        "detect": found.detect,
        "zero_sum": found.valued.payoffs.zero_sum,
        "value": best.acting,
        "value_to_looking_side": best.looking,
        "sites": list(ids),
        "coverage": best.coverage.tolist(),
        "acted_at": ids[best.site],
        "equally_good": best.tied,
        "seed": found.seed,
        "draws": [[ids[i] for i in drawn] for drawn in found.draws],
    }


def _routes(found: OverRoutes) -> dict[str, Any]:
    mixed = found.mixed
    lower, upper = found.bounds
    names = found.pool.names
    used = sorted({r for column in mixed.columns for r in column.key})
    whole = float(mixed.x.sum())
    return {
        "game": "routes",
        "flights": found.flights,
        "detect": found.detect,
        "zero_sum": True,
        "value": upper,
        "bounds": {
            "lower": lower,
            "upper": upper,
            "over": "all routes" if found.everywhere else "the routes given",
            "shown_sites": {"lower": mixed.lower, "upper": mixed.upper, "gap": found.gap},
            "gap_wanted": found.gap_wanted,
            "limits": found.limits,
        },
        "sites": list(found.ids),
        "coverage": found.coverage.tolist(),
        "hidden": {
            found.ids[site]: float(chance)
            for site, chance in zip(found.shown, mixed.hidden, strict=True)
            if chance > _MOST_HIDDEN
        },
        "not_shown": [found.ids[i] for i in found.unseen],
        "lottery": [
            {"chance": float(x) / whole, "routes": [names[r] for r in column.key]}
            for column, x in zip(mixed.columns, mixed.x, strict=True)
        ],
        "routes": [
            {
                "id": names[r],
                "sees": [found.ids[found.shown[i]] for i in found.pool.of(r)],
                **({"path": [list(p) for p in found.paths[r]]} if found.paths else {}),
            }
            for r in used
        ],
        "seed": found.seed,
        "draws": [[names[r] for r in mixed.columns[i].key] for i in found.draws],
    }


def _in_turn(found: InTurn) -> dict[str, Any]:
    game, stage = found.game, found.erring_stage or found.stage
    document: dict[str, Any] = {
        "game": "sequential",
        "stages": game.stages,
        "inspections": game.inspections,
        "violations": game.violations,
        "penalty": str(game.penalty),
        "value": str(found.value),
        "value_float": float(found.value),
        "inspect_first": str(stage.inspect),
        "violate_first": str(stage.violate),
    }
    if found.erring is not None and found.erring_stage is not None:
        erring = found.erring
        document["errors"] = {
            "false_alarm": str(erring.false_alarm),
            "missed": str(erring.missed),
            "alarm_cost": str(erring.alarm_cost),
            "alarm_cost_inspector": _or_null(erring.alarm_cost_inspector),
            "found_cost": _or_null(erring.found_cost),
            "value_to_inspector": str(found.erring_stage.payoffs[0]),
            "several_equilibria": found.erring_stage.several,
            "exact": found.erring_stage.exact,
            "value_without_errors": str(found.stage.value),
        }
    if found.allowed is not None:
        document["quota"] = {
            "inspections": found.allowed.inspections,
            "title": found.allowed.title,
            "cite": found.allowed.cite,
        }
    return document


def _in_time(found: InTime) -> dict[str, Any]:
    return {
        "game": "timeliness",
        "dates": found.dates,
        "value": str(found.timely.value),
        "value_float": float(found.timely.value),
        "limit": LIMIT,
        "inspect": [float(p) for p in found.timely.inspect],
        "violate": [float(q) for q in found.timely.violate],
    }


def _or_null(number: Fraction | None) -> str | None:
    return None if number is None else str(number)
