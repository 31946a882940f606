"""``overflight tour``: which sites a team of inspectors visits in its days in the country."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import (
    add_json_option,
    add_reading_option,
    parse_date,
    parse_readings,
    print_json,
)
from overflight.cli.searching import steps
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.terms.sites import Site
    from overflight.terms.tour import Place, Tour
    from overflight.treaty.view import TreatyView


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser("tour", help="plan a tour of inspections", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    plan = verbs.add_parser(
        "plan",
        help="the most valuable sites within the time in the country",
        description="The most valuable sites that fit into the time in the country, in their "
        "order. Hours by road are read from a table, or estimated from the straight way. The "
        "result stays at home: it tells your sites and their values.",
    )
    plan.add_argument("--treaty", required=True, metavar="NAME", help="name or folder")
    plan.add_argument("--sites", required=True, metavar="FILE", help="GeoJSON, GeoPackage or CSV")
    plan.add_argument(
        "--from", dest="entry", required=True, metavar="POINT",
        help="point of entry: LAT,LON, or ID=LAT,LON, or the id of a site of the list",
    )  # fmt: skip
    plan.add_argument("--road-times", metavar="FILE", help="hours by road, CSV with ids both ways")
    plan.add_argument("--hours", type=_number, metavar="H", help="hours at each site (12, assumed)")
    plan.add_argument(
        "--hours-at", action="append", default=[], metavar="ID=H", help="hours at one site"
    )
    plan.add_argument("--speed", type=_number, metavar="KM/H", help="on the road (60, assumed)")
    plan.add_argument(
        "--detour", type=_number, metavar="FACTOR", help="road over straight way (1.3, assumed)"
    )
    plan.add_argument(
        "--preparation", type=_number, metavar="H",
        help="hours that the other side takes to prepare a site (what it may take)",
    )  # fmt: skip
    plan.add_argument(
        "--named-after", type=_number, metavar="H",
        help="hours from arrival to naming the first site (the least allowed)",
    )  # fmt: skip
    plan.add_argument("--on", type=parse_date, metavar="DATE", help="which values hold (today)")
    plan.add_argument("--arrives", type=_instant, metavar="INSTANT", help="arrival, for the table")
    plan.add_argument("--iterations", type=steps, default=20_000, metavar="N")
    plan.add_argument("--seed", type=int, default=1)
    plan.add_argument("--exercise", action="store_true", help="mark everything EXERCISE")
    plan.add_argument("--map", type=Path, metavar="FILE", help="write a map, .png or .svg")
    plan.add_argument("--out", type=Path, metavar="FILE", help="write the JSON document here")
    add_reading_option(plan)
    add_json_option(plan)
    plan.set_defaults(handler=_plan)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return value


def _instant(text: str) -> dt.datetime:
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="instant")
    except DataError as error:
        raise argparse.ArgumentTypeError(error.message) from None


def _plan(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.road_times import read_road_times
    from overflight.formats.sites import read_sites
    from overflight.formats.tour_json import tour_to_dict
    from overflight.mission.tour import TourRequest, plan_tour, tour_limits
    from overflight.report.tour import tour_text
    from overflight.treaty.loader import load_treaty

    arrives: dt.datetime | None = arguments.arrives
    day = arguments.on or (arrives or dt.datetime.now(dt.UTC)).date()
    view = load_treaty(arguments.treaty).on(day, parse_readings(arguments.reading))
    limits = tour_limits(view)
    entry, places = _places(arguments.entry, read_sites(arguments.sites))
    roads = read_road_times(arguments.road_times) if arguments.road_times else {}
    _refuse_strangers({entry.id, *(place.id for place in places)}, roads, arguments.road_times)
    tour = plan_tour(
        TourRequest(
            entry=entry,
            sites=places,
            roads=roads,
            hours=arguments.hours,
            at_site=_hours_at(arguments.hours_at),
            detour=arguments.detour,
            speed_km_h=arguments.speed,
            prepared=arguments.preparation,
            named=arguments.named_after,
            iterations=arguments.iterations,
            seed=arguments.seed,
            marks=("EXERCISE",) if arguments.exercise else (),
        ),
        limits,
        view.treaty.id,
    )
    document = tour_to_dict(tour)
    if arguments.out is not None:
        write_atomic(arguments.out, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    if arguments.map is not None:
        _draw(tour, view, arguments.map)
    if arguments.json:
        print_json(document)
    else:
        sys.stdout.write(tour_text(tour, arrives))
    return EXIT_OK


def _places(text: str, sites: tuple[Site, ...]) -> tuple[Place, tuple[Place, ...]]:
    """The point of entry, and the sites to choose from."""
    from overflight.geo.positions import Position
    from overflight.terms.tour import Place

    places = {s.id: Place(s.id, s.position, s.value, s.name) for s in sites}
    name, equals, point = text.rpartition("=")
    if not equals and text in places:
        site = places.pop(text)
        return Place(site.id, site.position, 0.0, site.name), tuple(places.values())
    try:
        lat, lon = (float(part) for part in point.split(","))
    except ValueError:
        raise DataError(
            f"{text!r} is neither a point nor a site of the list",
            remedy="Write --from 53.88,28.03, or --from ENTRY=53.88,28.03.",
        ) from None
    entry = Place(name.strip() or "entry", Position(lat=lat, lon=lon))
    if entry.id in places:
        raise DataError(
            f"{entry.id!r} is a site of the list too", remedy="Give the point of entry another id."
        )
    return entry, tuple(places.values())


def _refuse_strangers(ids: set[str], roads: object, file: str) -> None:
    """A table of other places is the wrong table, or ids do not agree."""
    if not isinstance(roads, dict) or not roads:
        return
    named = {place for pair in roads for place in pair}
    if not named & ids or len(named & ids) < 2:
        raise DataError(
            "the hours are between other places than the sites and the point of entry",
            file=file,
            remedy=f"Use the same ids: {', '.join(sorted(ids)[:5])}.",
        )


def _hours_at(texts: list[str]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, equals, hours = text.rpartition("=")
        try:
            found[name.strip()] = float(hours)
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            raise DataError(f"{text!r} gives no hours", remedy="Write --hours-at ID=8.")
    return found


def _draw(tour: Tour, view: TreatyView, file: Path) -> None:
    from overflight.files import write_atomic
    from overflight.mission.tour.lands import lands_around
    from overflight.report.tour import tour_map

    places = [tour.entry, *(stop.place for stop in tour.stops), *tour.left_out]
    lands, basis = lands_around(view, [place.position for place in places])
    write_atomic(file, tour_map(tour, lands, file.suffix.removeprefix(".").lower(), basis))
