"""A tour of inspections from what was asked: the ways, the search, and the hours of the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from overflight.errors import PlanError
from overflight.mission.tour.search import Found, search
from overflight.terms.tour import Assumption, Place, Tour, TourLimits, TourStop, Way
from overflight.units import Hours

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_SITES = 500

DETOUR = Assumption(
    "detour", 1.3, "", "a road is taken to be so many times as long as the straight way"
)
SPEED = Assumption("speed", 60.0, "km/h", "of the vehicles on the road, halts included")
AT_SITE = Assumption("hours at a site", 12.0, "h", "briefing, inspection and report")

NOTES = (
    "Whether a further site may follow another one (the same point of entry, or near to it) is "
    "not checked here.",
    "The inspected side chooses means and route; what it needs more is counted only up to the "
    "limit of one way.",
)


@dataclass(frozen=True, slots=True)
class TourRequest:
    """What is asked: sites with their values, the point of entry, hours by road where they are
    known ((from, to) -> hours, by id), and what stands for what is not known.

    ``at_site`` are hours at single sites, by id. ``prepared`` and ``named`` None: as the regime
    lets the sides take.
    """

    entry: Place
    sites: tuple[Place, ...]
    roads: Mapping[tuple[str, str], Hours] = field(default_factory=dict)
    hours: float | None = None
    at_site: Mapping[str, Hours] = field(default_factory=dict)
    detour: float | None = None
    speed_km_h: float | None = None
    prepared: Hours | None = None
    named: Hours | None = None
    iterations: int = 20_000
    seed: int = 1
    marks: tuple[str, ...] = ()


def plan_tour(request: TourRequest, limits: TourLimits, treaty: str) -> Tour:
    """The most valuable tour that keeps the limits.

    Raises PlanError for hours that the regime does not allow at a site, for too many sites, and
    for ids that are not there.
    """
    import numpy as np

    _check(request, limits)
    places = (request.entry, *request.sites)
    road, given = road_hours(request, places)
    service = np.array([_at(request, site.id) for site in request.sites])
    prepared = limits.prepared if request.prepared is None else request.prepared
    named = limits.named if request.named is None else request.named
    there = np.minimum(np.maximum(road, prepared), limits.counted)
    half = service / 2.0
    found = search(
        named + there[0, 1:] + half,
        there[1:, 1:] + half[:, None] + half[None, :],
        np.minimum(road[1:, 0], limits.counted) + half,
        np.array([site.value for site in request.sites]),
        road,
        limits,
        iterations=request.iterations,
        seed=request.seed,
    )
    return _told(request, limits, treaty, found, (road, given, named, prepared))


def road_hours(request: TourRequest, places: Sequence[Place]) -> tuple[Floats, NDArray[np.bool_]]:
    """Hours by road between all places, shape (n, n), symmetric: the longer of both ways; and
    which of them were given. What was not given is estimated."""
    import numpy as np

    from overflight.geo.geodesic import distance_matrix_km

    detour = DETOUR.value if request.detour is None else request.detour
    speed = SPEED.value if request.speed_km_h is None else request.speed_km_h
    road = distance_matrix_km([p.position for p in places]) * detour / speed
    given = np.zeros(road.shape, dtype=bool)
    number = {place.id: n for n, place in enumerate(places)}
    pairs: dict[tuple[int, int], float] = {}
    for (first, last), hours in request.roads.items():
        if first in number and last in number and first != last:
            pair = (min(number[first], number[last]), max(number[first], number[last]))
            pairs[pair] = max(pairs.get(pair, 0.0), hours)
    for (i, j), hours in pairs.items():
        road[i, j] = road[j, i] = hours
        given[i, j] = given[j, i] = True
    return road, given


def _check(request: TourRequest, limits: TourLimits) -> None:
    ids = [site.id for site in request.sites]
    if not ids:
        raise PlanError("there is no site to inspect", remedy="Give at least one.")
    if len(ids) > MOST_SITES:
        raise PlanError(
            f"{len(ids)} sites are too many for a tour", remedy=f"Give {MOST_SITES} at most."
        )
    unknown = sorted(set(request.at_site) - set(ids))
    if unknown:
        raise PlanError(
            f"there is no site {unknown[0]!r}", remedy="Give hours for sites of the list."
        )
    for what, value, least in (
        ("the detour", request.detour, 1.0),
        ("the speed", request.speed_km_h, 1.0),
        ("the time to prepare", request.prepared, 0.0),
    ):
        if value is not None and not least <= value < 1e6:
            raise PlanError(f"{what} is {value:g}", remedy=f"Give {least:g} or more.")
    if request.named is not None and not limits.named <= request.named < 1e6:
        raise PlanError(
            f"the first site is named {request.named:g} h after arrival, the earliest is "
            f"{limits.named:g} h",
            remedy="Name it later.",
        )
    for site in ids:
        hours = _at(request, site)
        if not 0 < hours <= limits.stay:
            raise PlanError(
                f"{hours:g} hours at {site!r}: a team stays {limits.stay:g} h at most",
                remedy="Give more than 0 and no more than that.",
            )


def _at(request: TourRequest, site: str) -> Hours:
    return request.at_site.get(site, AT_SITE.value if request.hours is None else request.hours)


def _told(
    request: TourRequest,
    limits: TourLimits,
    treaty: str,
    found: Found,
    used: tuple[Floats, NDArray[np.bool_], Hours, Hours],
) -> Tour:
    """The tour with its hours, from the order of its sites."""
    road, given, named, prepared = used
    stops: list[TourStop] = []
    at, clock, counted = 0, named, named
    estimated = False

    def way(first: int, last: int, least: Hours) -> Way:
        hours = float(road[first, last])
        takes = max(hours, least)
        return Way(hours, bool(given[first, last]), takes, min(takes, limits.counted))

    for number, index in enumerate(found.order, 1):
        site, leg = request.sites[index], way(at, index + 1, prepared)
        arrives = clock + leg.takes
        leaves = arrives + _at(request, site.id)
        counted += leg.counts + leaves - arrives
        stops.append(TourStop(site, leg, clock, arrives, leaves, counted, limits.allowed(number)))
        at, clock, estimated = index + 1, leaves, estimated or not leg.given
    back = way(at, 0, 0.0)
    visited = set(found.order)
    return Tour(
        treaty=treaty,
        entry=request.entry,
        stops=tuple(stops),
        back=back,
        returns=clock + back.takes if stops else 0.0,
        counted=counted + back.counts if stops else 0.0,
        limits=limits,
        left_out=tuple(s for n, s in enumerate(request.sites) if n not in visited),
        best=found.best,
        assumptions=_assumed(request, estimated or not back.given),
        notes=NOTES,
        marks=request.marks,
        search={"runs": found.runs, "iterations": found.iterations, "seed": request.seed},
    )


def _assumed(request: TourRequest, estimated: bool) -> tuple[Assumption, ...]:
    """What nobody said, and the result rests on."""
    found = []
    if estimated or not request.roads:
        for known, said in ((DETOUR, request.detour), (SPEED, request.speed_km_h)):
            found.append(known if said is None else _given(known, said))
    if request.hours is None and len(request.at_site) < len(request.sites):
        found.append(AT_SITE)
    return tuple(found)


def _given(known: Assumption, value: float) -> Assumption:
    return Assumption(known.name, value, known.unit, f"given: {known.why}")
