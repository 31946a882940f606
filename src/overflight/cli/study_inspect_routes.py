"""``overflight study inspect`` over all routes: the planner's question put again and again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.study.inspection.asked import OverRoutes
    from overflight.treaty.model import Airfield

_NEEDED = ("sites", "observing", "observed", "on", "aircraft", "start")
_CALLED = {"start": "from"}
_LIMITS = (
    "for any path within the maximum flight distance and the range that comes within the "
    "furthest strip of its sites, all other limits left out"
)


def over_all_routes(arguments: argparse.Namespace) -> OverRoutes:
    """The game over all routes that the planner can find. Raises DataError where something that it
    needs is missing."""
    import numpy as np

    from overflight.cli.common import parse_readings
    from overflight.cli.searching import Stop
    from overflight.formats.sites import read_sites
    from overflight.mission.landing_places import ends_at, starts_from
    from overflight.mission.pairings import pairing
    from overflight.mission.prepared import prepared
    from overflight.planning.track.planner import TrackPlanner
    from overflight.study.inspection.asked import OverRoutes, drawn_sets
    from overflight.study.inspection.payoffs import by_value
    from overflight.study.inspection.pool import Pool
    from overflight.study.inspection.pricing import fly_anywhere
    from overflight.treaty.loader import default_treaty

    missing = [name for name in _NEEDED if getattr(arguments, name) is None]
    if missing or arguments.routes:
        raise DataError(
            "routes are given and to be sought at once" if arguments.routes
            else f"{', '.join('--' + _CALLED.get(n, n) for n in missing)} is missing",
            remedy="To have routes sought give --sites, --observing, --observed, --on, "
            "--aircraft, --from and --flights; to choose among given ones, --routes.",
        )  # fmt: skip
    sites = read_sites(arguments.sites)
    ready = prepared(
        sites, treaty=arguments.treaty or default_treaty(), observing=arguments.observing,
        observed=arguments.observed, on=arguments.on, aircraft=arguments.aircraft,
        overlay=arguments.overlay, readings=parse_readings(arguments.reading),
    )  # fmt: skip
    by_value([0.0], arguments.detect)  # refuses what is no chance
    setting, observed = ready.setting, arguments.observed
    start = _only(starts_from(setting.view, observed, arguments.start))
    end = start if arguments.end is None else _only(ends_at(setting.view, observed, arguments.end))
    problem = pairing(setting, start, end, seed=arguments.seed).problem
    with Stop("stopping; what was found follows") as stop:
        flown = fly_anywhere(
            problem, arguments.flights, TrackPlanner, seconds=arguments.seconds,
            iterations=arguments.iterations, seed=arguments.seed, detect=arguments.detect,
            gap=arguments.gap, stop=stop,
        )  # fmt: skip
    ids = tuple(site.id for site in sites)
    where = {site.id: i for i, site in enumerate(sites)}
    place = [where[setting.sites[row].id] for row in flown.rows]
    names = tuple(f"R{i + 1}" for i in range(flown.pool.routes))
    paths = tuple(
        tuple((round(p.lat, 6), round(p.lon, 6)) for p in route.path) for route in flown.routes
    )
    pool = Pool(flown.pool.sites, flown.pool.starts, flown.pool.shown, names)
    resolved = {where[setting.sites[row].id] for row in flown.useful}
    never = tuple(i for i, s in enumerate(sites) if i not in resolved and s.value > 0.0)
    found = OverRoutes(
        ids, np.array([site.value for site in sites]), tuple(place), arguments.flights,
        arguments.detect, pool, flown.mixed, True, _LIMITS, paths,
        drawn_sets(flown.mixed, arguments.draw, arguments.seed), arguments.seed, arguments.gap,
        never,
    )  # fmt: skip
    if arguments.save_routes is not None:
        _save(found, arguments)
    return found


def _only(airfields: Sequence[Airfield]) -> Airfield:
    if len(airfields) != 1:
        raise DataError(
            "one airfield has to be named to begin and one to end at",
            remedy="Give the code of an airfield, not 'any'.",
        )
    return airfields[0]


def _save(found: OverRoutes, arguments: argparse.Namespace) -> None:
    """All routes found, as ``--routes`` reads them."""
    from overflight.files import write_atomic

    document = {
        "sites": [
            {"id": site, "value": value}
            for site, value in zip(found.ids, found.values.tolist(), strict=True)
        ],
        "routes": [
            {
                "id": name,
                "sees": [found.ids[found.shown[i]] for i in found.pool.of(r)],
                "path": [list(point) for point in found.paths[r]],
            }
            for r, name in enumerate(found.pool.names)
        ],
    }
    write_atomic(arguments.save_routes, json.dumps(document, indent=1) + "\n")
