"""Studies of membership as plain documents, as ``--json`` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from overflight.study.membership.case import Case, Claim, claims_by_verdict
from overflight.study.membership.exits import Comparison, Membership
from overflight.study.membership.quotas import Flights, PassiveTotal
from overflight.study.membership.redistribution import ASSUMPTION, Redistribution
from overflight.study.membership.returning import Lender, Return, WayBack
from overflight.study.membership.shapley import Dependence
from overflight.terms.membership import Cost

VERSION = 1


def exit_document(found: Comparison) -> dict[str, Any]:
    """A comparison of two treaties. ``passive_quota_total`` is of the holders whose quota is known
    (``passive_quota_holders``), after the acts; nothing stands in for the others."""
    return {
        "kind": "study-exit",
        "version": VERSION,
        "treaty": found.treaty,
        "on": str(found.on),
        "acts": [
            {"kind": act.kind, "state": act.state, "on": str(act.on)}
            | ({"notice_by": str(found.notices[act])} if act in found.notices else {})
            for act in found.acts
        ],
        "readings": dict(found.readings),
        "passive_quota_total": found.passive_after.flights,
        "passive_quota_total_before": found.passive_before.flights,
        "passive_quota_total_is": "the sum over the holders whose quota is public, no more",
        "passive_quota_reckoned_with": [
            {
                "state": act.state, "status": "assumed",
                "reading": "the quota that it had before; what would be agreed is not known",
            }
            for act in found.acts
            if act.kind == "return"
        ],
        "passive_quota_holders": _holders(found.passive_after),
        "passive_quota_holders_before": _holders(found.passive_before),
        "passive_quota_not_known": [
            {"holder": holder, "why": why} for holder, why in found.passive_after.unknown
        ],
        "parties_before": _membership(found.before),
        "parties_after": _membership(found.after),
        "gone": list(found.gone),
        "come": list(found.come),
        "pairs_that_may_observe": {"before": found.pairs_before, "after": found.pairs_after},
        "holders_that_may_observe_each_other": {
            "before": list(found.holders_before),
            "after": list(found.holders_after),
        },
        "observers": [
            {
                "observer": loss.observer,
                "flights_lost": _flights(loss.lost),
                "over": [{"observed": o, **_flights(f)} for o, f in loss.over],
            }
            for loss in found.observers
        ],
        "distribution": _shared(found.distribution, found.shared_out, found.set_apart),
        "territory_no_longer_observed_km2": [
            {"state": code, "km2": round(area)} for code, area in found.territory_km2
        ],
        "aircraft_gone": [
            {
                "aircraft": a.aircraft, "name": a.name, "state": a.state, "standing": a.standing,
                "certified_sensors": list(a.sensors), "flew_for": list(a.lent_to),
            }
            for a in found.aircraft
        ],
        "may_ask_for_copies": {
            "before": list(found.before.parties),
            "after": list(found.after.parties),
            "of_each": "every other State Party that observes",
        },
    }  # fmt: skip


def sweep_document(found: Iterable[Comparison], treaty: str, on: object) -> dict[str, Any]:
    """Many exits, a line each."""
    lines, reckoned_in = [], ""
    for one in found:
        reckoned_in = one.distribution
        shared = one.shared_out
        lines.append(
            {
                "leave": [act.state for act in one.acts],
                "passive_quota_total": one.passive_after.flights,
                "pairs_that_may_observe": one.pairs_after,
                "aircraft_gone": len(one.aircraft),
                "observers_that_lose_for_certain": sum(o.lost.low > 0 for o in one.observers),
                "distribution_flights": None if shared is None else shared.flights_after,
                "distribution_lost_for_good": None
                if shared is None
                else sum(o.lost - o.regained for o in shared.observers),
            }
        )
    return {
        "kind": "study-exit-sweep",
        "version": VERSION,
        "treaty": treaty,
        "on": str(on),
        "reckoned_in": reckoned_in,
        "exits": lines,
    }


def return_document(found: Return) -> dict[str, Any]:
    """What a return takes."""
    return {
        "kind": "study-return",
        "version": VERSION,
        "treaty": found.treaty,
        "state": found.state,
        "on": str(found.on),
        "standing": found.standing,
        "left": None if found.left is None else str(found.left),
        "parties_that_must_agree": found.parties_to_agree,
        "ways": [_way(way) for way in found.ways],
        "certified_aircraft_of_others": [_lender(lender) for lender in found.lenders],
        "aircraft_of_others_in_doubt": [_lender(lender) for lender in found.uncertain],
        "contingent": [
            {
                "id": c.id, "kind": c.kind, "date": None if c.date is None else str(c.date),
                "what": c.what, "condition": c.condition, "standing": c.standing,
                "note": c.note, "cite": [str(x) for x in c.citations],
            }
            for c in found.contingent
        ],
        "dependence": dependence_rows(found.dependence),
        "flights_no_aircraft_reaches": found.stranded,
        "flights_a_year": found.flights_wanted,
        "cost_of_flights_a_year": [
            {"currency": c, "low": low, "high": high} for c, low, high in found.flight_costs()
        ],
    }  # fmt: skip


def case_document(found: Case) -> dict[str, Any]:
    """A case worked through."""
    return {
        "kind": "study-case",
        "version": VERSION,
        "title": found.title,
        "source": found.source,
        "treaty": found.treaty,
        "on": str(found.on),
        "clocks": [
            {
                "state": clock.state,
                "notice": str(clock.notice),
                "notice_given": clock.given,
                "effective": str(clock.effective),
                "conference": None
                if clock.conference is None
                else [str(day) for day in clock.conference],
            }
            for clock in found.clocks
        ],
        "continues": list(found.continues),
        "claims": [_claim(claim) for claim in found.claims],
        "verdicts": claims_by_verdict(found.claims),
        "checks_that_fail": [claim.number for claim in found.wrong],
        "comparison": exit_document(found.comparison),
    }


def dependence_rows(found: Iterable[Dependence]) -> list[dict[str, Any]]:
    """Shapley values; exact ones as a fraction."""
    return [
        {
            "owner": d.player,
            "value": None if d.exact is None else str(d.exact),
            "value_float": d.estimate,
            "interval_95": list(d.interval_95),
        }
        for d in found
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "number": claim.number, "text": claim.text, "verdict": claim.verdict, "why": claim.why,
        "sources": list(claim.sources), "computed": claim.computed, "holds": claim.holds,
    }  # fmt: skip


def _holders(total: PassiveTotal) -> list[dict[str, Any]]:
    return [
        {
            "holder": held.holder, "flights": held.flights, "cite": held.cite,
            "held_by": list(held.held_by),
        }
        for held in total.known
    ]  # fmt: skip


def _membership(who: Membership) -> dict[str, Any]:
    return {
        "number": len(who.parties),
        "states": list(who.parties),
        "suspended": list(who.suspended),
        "not_known": list(who.undetermined),
    }


def _flights(flights: Flights) -> dict[str, Any]:
    return {
        "known": flights.known, "low": flights.low, "high": flights.high, "basis": flights.basis,
    }  # fmt: skip


def _shared(name: str, found: Redistribution | None, apart: Iterable[str]) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "reckoned_in": name,
        "assumption": ASSUMPTION,
        "year": found.year,
        "proved": found.proved,
        "flights_before": found.flights_before,
        "flights_after": found.flights_after,
        "observers": [
            {
                "observer": o.observer, "held": o.held, "lost": o.lost, "regained": o.regained,
                "after": o.after, "regained_over": dict(o.again),
            }
            for o in found.observers
        ],
        "not_shared_out": list(found.not_shared),
        "left_out": [*apart, *found.lapsed_before],
    }  # fmt: skip


def _lender(lender: Lender) -> dict[str, Any]:
    return {
        "aircraft": lender.aircraft,
        "name": lender.name,
        "state": lender.state,
        "standing": lender.standing,
        "flew_for": [
            {"date": str(day), "state": to, "cite": cite} for day, to, cite in lender.precedents
        ],
    }


def _way(found: WayBack) -> dict[str, Any]:
    return {
        "id": found.way.id,
        "title": found.way.title,
        "kind": found.way.kind,
        "cite": [str(c) for c in found.way.citations],
        "reading": found.way.reading,
        "note": " ".join(found.way.note.split()),
        "at_least_days": found.known_days,
        "not_known": list(found.unknown),
        "needs": list(found.needs),
        "steps": [
            {
                "id": due.step.id, "text": due.step.text, "who": due.step.who, "days": due.days,
                "takes": due.takes, "begin_by": str(due.latest),
                "cite": [str(c) for c in due.step.citations],
            }
            for due in found.steps
        ],
        "costs": [cost_row(cost) for cost in found.costs],
        "not_costed": list(found.not_costed),
    }  # fmt: skip


def cost_row(cost: Cost) -> dict[str, Any]:
    """A cost as it was given."""
    return {
        "name": cost.name, "low": cost.low, "high": cost.high, "currency": cost.currency,
        "per": cost.per, "source": cost.source, "note": cost.note,
    }  # fmt: skip
