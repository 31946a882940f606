"""Which airfields a flight may begin and end at, and which of those pairs are worth a search.

With "any" there are many pairs and little time. What cannot work (the bare way is longer than
the limit or out of range, no site is within reach) is told apart by arithmetic, without a search,
and the rest is put in order: the pair that promises most goes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.errors import OverflightError
from overflight.geo.geodesic import distance_matrix_km, wgs84
from overflight.mission.landing_places import Landings, landings_for
from overflight.mission.setting import Setting, problem_for
from overflight.planning.board import chain, pairs
from overflight.planning.problem import Place, PlanningProblem
from overflight.terms.values import CitedValue
from overflight.treaty.model import Airfield
from overflight.units import Kilometres

_SLACK_KM: Kilometres = 10.0
"""Added to how far a sensor sees: a fix is a whole minute, not the best point."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A flight from ``start`` to ``end`` and the search's question for it.

    ``most`` is what no route of it can exceed: the value of all sites within its reach.
    ``promise`` guesses what a route sees, each site counted by how little of the way it takes.
    """

    start: Airfield
    end: Airfield
    landings: Landings
    limit: CitedValue
    problem: PlanningProblem
    most: float
    promise: float

    @property
    def label(self) -> str:
        """UUMB, or UUMB-UUYW."""
        ends = dict.fromkeys((self.start.code, self.end.code))
        return "-".join(ends)


def pairing(
    setting: Setting,
    start: Airfield,
    end: Airfield,
    *,
    refuel: Sequence[str] = (),
    condition: str = "",
    seed: int = 0,
) -> Pairing:
    """The pair with its limits. Raises UnknownValueError where its distance is not known."""
    landings = landings_for(setting.view, setting.land.observed, start, end, refuel)
    limit = setting.view.maximum_flight_distance(start, condition)
    problem = problem_for(setting, landings, limit, seed)
    most, promise = _within_reach(problem)
    return Pairing(start, end, landings, limit, problem, most, promise)


def asking(pair: Pairing, problem: PlanningProblem) -> Pairing:
    """The pair with another question."""
    most, promise = _within_reach(problem)
    return replace(pair, problem=problem, most=most, promise=promise)


def hopeful(
    candidates: Sequence[tuple[Airfield, Airfield]],
    setting: Setting,
    *,
    refuel: Sequence[str] = (),
    condition: str = "",
    seed: int = 0,
) -> tuple[list[Pairing], list[str]]:
    """The pairs worth a search, the most promising first, and why each other one is not."""
    found: list[Pairing] = []
    dropped: list[str] = []
    for start, end in candidates:
        try:
            pair = pairing(setting, start, end, refuel=refuel, condition=condition, seed=seed)
        except OverflightError as error:
            dropped.append(f"{start.code}-{end.code}: {error.message}")
            continue
        why = hopeless(pair.problem) or ("" if pair.most > 0 else "no site within reach")
        if why:
            dropped.append(f"{pair.label}: {why}")
        else:
            found.append(pair)
    found.sort(key=lambda pair: (-pair.promise, pair.label))
    return found, dropped


def hopeless(problem: PlanningProblem) -> str:
    """Why not even the bare way from start to end can be flown; "" where nothing says so.

    Borders and areas to avoid are not looked at: a search finds its way round them, or does not.
    """
    places = _places(problem)
    first, last = places.index(problem.start), places.index(problem.end)
    if first == last:
        return ""
    km = distance_matrix_km([place.position for place in places])
    direct = f"the bare way is {km[first, last]:,.0f} km"
    if km[first, last] > problem.max_total_km:
        return f"{direct}, the limit {problem.max_total_km:,.0f} km"
    hops = km <= problem.max_stage_km
    np.fill_diagonal(hops, False)
    way = chain(hops, km, first, last)
    if way is None:
        return (
            f"{direct}, more than the {problem.max_stage_km:,.0f} km that can be flown between "
            "two landings, and no airfield on the way helps"
        )
    length = sum(float(km[a, b]) for a, b in pairs(way))
    if length > problem.max_total_km:
        return (
            f"by way of airfields to refuel at it is {length:,.0f} km, the limit "
            f"{problem.max_total_km:,.0f} km"
        )
    return ""


def _within_reach(problem: PlanningProblem) -> tuple[float, float]:
    """Value of the sites within reach, and the same weighed by how little of the way each takes."""
    seen = [target for target in problem.targets if target.strips]
    if not seen:
        return 0.0, 0.0
    beside = np.array([max(s.far_km for s in target.strips) for target in seen]) + _SLACK_KM
    value = np.array([target.value for target in seen])
    places = _places(problem)
    lon, lat = np.array([t.position.xy for t in seen]).T
    away = np.array([_from(place, lon, lat) for place in places]) - beside
    first, last = places.index(problem.start), places.index(problem.end)
    whole = np.maximum(away[first], 0.0) + np.maximum(away[last], 0.0)
    near = np.maximum(away.min(axis=0), 0.0)
    inside = (whole <= problem.max_total_km) & (2.0 * near <= problem.max_stage_km)
    share = 1.0 - whole / problem.max_total_km
    return float(value @ inside), float(value @ (inside * share))


def _from(place: Place, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances from a place to n positions, km, shape (n,)."""
    x, y = np.full_like(lon, place.position.lon), np.full_like(lat, place.position.lat)
    return np.asarray(wgs84().inv(x, y, lon, lat)[2]) / 1000.0


def _places(problem: PlanningProblem) -> tuple[Place, ...]:
    return tuple(dict.fromkeys((problem.start, problem.end, *problem.stations)))
