"""A certificate: how far a plan can be from the best there is.

The value of a plan is compared with an upper bound on the value of every lawful plan. The bound
is that of a problem with fewer limits, so it holds for the true one: if anything it is too high.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from overflight.planning.problem import PlanningProblem
from overflight.terms.certificates import Certificate
from overflight.units import Kilometres, Seconds

__all__ = ["Certificate", "bound_for", "certificate_for_nodes", "method"]

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from overflight.planning.bound.node_bound import NodeBound
    from overflight.planning.bound.rows import Floats

_MARGIN_KM = 0.002
"""A site is also seen from a leg that ends up to a metre before the foot of its perpendicular."""


def certificate_for_nodes(
    distance: ArrayLike,
    scores: ArrayLike,
    limit: float,
    start: int = 0,
    end: int | None = None,
    *,
    value: float = 0.0,
    seconds: Seconds = 10.0,
    clock: Callable[[], float] = time.monotonic,
) -> Certificate:
    """What a route over nodes worth ``value`` is worth against the best (see ``bound_nodes``)."""
    from overflight.planning.bound.node_bound import bound_nodes

    found = bound_nodes(
        distance, scores, limit, start, end, incumbent=value, seconds=seconds, clock=clock
    )
    return Certificate(value, max(found.bound, value), method(found), found.seconds)


def bound_for(
    problem: PlanningProblem,
    incumbent_value: float,
    seconds: Seconds = 10.0,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Certificate:
    """What a plan worth ``incumbent_value`` is worth against the best lawful plan of ``problem``.

    The plans compared with are all paths from start to end of at most ``max_total_km`` that come
    to within the furthest strip's reach of a site, wherever they are. Every lawful plan is one
    of them: its sites are seen from a foot on one of its legs, no further off than the strip
    reaches. Blocked legs, near edges of strips, sides, whole minutes, crossings, circling, limits
    over parts of the territory and the number of stages are left out; of the limit on a stage it
    remains that a site is seen on some stage between two airfields, which has to reach it.
    Raises PlanError when the end is out of reach.
    """
    import numpy as np

    from overflight.geo.geodesic import distance_matrix_km
    from overflight.planning.bound.disc_bound import bound_discs

    begun = time.monotonic()
    closed = problem.start.position == problem.end.position
    airfields = list(
        dict.fromkeys(p.position for p in (problem.start, problem.end, *problem.stations))
    )
    useful = [t for t in problem.targets if t.strips and t.value > 0.0]
    every = distance_matrix_km([*airfields, *(t.position for t in useful)])
    radius = np.array([max(s.far_km for s in t.strips) + _MARGIN_KM for t in useful])
    m = len(airfields)
    seen = _within_a_stage(every[:m, m:], radius, problem.max_stage_km)
    ends = [0] if closed else [0, 1]
    rows = np.concatenate([ends, m + np.flatnonzero(seen)]).astype(np.intp)
    found = bound_discs(
        every[np.ix_(rows, rows)],
        np.concatenate([np.zeros(len(ends)), radius[seen]]),
        np.concatenate(
            [np.zeros(len(ends)), [t.value for t, s in zip(useful, seen, strict=True) if s]]
        ),
        problem.max_total_km,
        closed=closed,
        incumbent=incumbent_value,
        seconds=seconds,
        clock=clock,
    )
    out = len(problem.targets) - int(seen.sum()) + found.left_out
    how = (
        f"bound for any path of at most {problem.max_total_km:,.0f} km from {problem.start.code} "
        f"to {problem.end.code} that comes within the furthest strip of its sites, all other "
        f"limits left out: {method(found, out)}"
    )
    return Certificate(
        incumbent_value, max(found.bound, incumbent_value), how, time.monotonic() - begun
    )


def method(found: NodeBound, left_out: int | None = None) -> str:
    """How a bound came about, in words."""
    out = found.left_out if left_out is None else left_out
    words = f"{out} out of reach; " if out else ""
    if found.rounds == 0:
        return words + "all that can be reached at all, counted together"
    words += f"linear relaxation with {found.cuts} cuts over all legs"
    if found.branches > 1:
        words += f", {found.branches} branches"
    return words + ", rounding errors counted against the plan"


def _within_a_stage(distance: Floats, radius: Floats, longest: Kilometres) -> Floats:
    """Which sites (n,) some stage of at most ``longest`` km can see; ``distance`` (m, n)."""
    import numpy as np

    if not distance.shape[1]:
        return np.zeros(0, dtype=bool)
    # the nearest airfield serves as both ends of the stage that reaches furthest
    near = np.maximum(0.0, distance.min(axis=0) - radius)
    return np.asarray(2.0 * near <= longest * (1.0 + 1e-9), dtype=bool)
