"""How much flights planned together can see at most.

Two bounds hold. What N flights see is no more than the sum of what each could see alone. And N
flights put one after the other, with the way from where one ends to where the next begins between
them, are one path that sees the same: no path of that length sees more than its own bound. The
smaller of the two is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from overflight.geo.geodesic import distance_km
from overflight.mission.certified import MOST_SITES
from overflight.mission.pairings import Pairing
from overflight.planning.bound.certificate import bound_for
from overflight.planning.problem import PlanningProblem
from overflight.terms.certificates import Certificate
from overflight.units import Seconds

_ROUNDING = 1.0 + 1e-9


def campaign_bound(
    pairs: Sequence[Pairing], value: float, total: float, seconds: Seconds
) -> Certificate:
    """What flights worth ``value`` together are worth against the best between these airfields.

    ``total`` is the value of all sites. With 0 seconds it is the bound that takes no search.
    """
    different = list({id(pair): pair for pair in pairs}.values())
    parts = len(different) + int(len(different) == 1)
    found = [_single(pair, seconds / parts) for pair in different]
    spent = math.fsum(f.seconds for f in found)
    by_pair = {id(pair): f.bound for pair, f in zip(different, found, strict=True)}
    bound = math.fsum(by_pair[id(pair)] for pair in pairs) * _ROUNDING
    how = f"the sum of what each of {len(pairs)} flights could see alone ({found[0].how})"
    if len(different) == 1 and len(pairs) > 1:
        joined = _chain(pairs[0], len(pairs), seconds / parts)
        spent += joined.seconds
        if joined.bound < bound:
            bound = joined.bound
            how = f"{len(pairs)} flights as one path, one after the other: {joined.how}"
    if total < bound:
        bound, how = total, "all sites that were given, counted together"
    return Certificate(value, max(bound, value), how, spent if seconds > 0 else 0.0)


def _single(pair: Pairing, seconds: Seconds) -> Certificate:
    return _bound(pair.problem, seconds)


def _chain(pair: Pairing, flights: int, seconds: Seconds) -> Certificate:
    """All flights as one path of the same start and end."""
    problem = pair.problem
    back = distance_km(problem.end.position, problem.start.position)
    km = flights * problem.max_total_km + (flights - 1) * back
    # A site is on a stage of one of the flights, so the limit on a stage holds for the path too.
    return _bound(replace(problem, max_total_km=km * _ROUNDING), seconds)


def _bound(problem: PlanningProblem, seconds: Seconds) -> Certificate:
    if len(problem.targets) > MOST_SITES:
        most = math.fsum(t.value for t in problem.targets if t.strips)
        how = f"all sites that a sensor can show, counted together (more than {MOST_SITES} sites)"
        return Certificate(0.0, most, how, 0.0)
    return bound_for(problem, 0.0, seconds)
