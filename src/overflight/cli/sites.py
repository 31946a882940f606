"""``overflight sites``: make and look at lists of sites."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from overflight.cli.common import add_treaty_options, parse_date, parse_readings, print_json
from overflight.treaty.loader import default_treaty


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser("sites", help="make and look at lists of sites")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)

    airfields = verbs.add_parser(
        "airfields",
        help="illustrative sites: civil airfields inside a State, values drawn by seed",
    )
    airfields.add_argument(
        "--treaty", default=default_treaty(), help="name or folder (%(default)s)"
    )
    airfields.add_argument(
        "--in", dest="state", required=True, metavar="CODE", help="State or group"
    )
    airfields.add_argument("--on", required=True, type=parse_date, metavar="DATE")
    airfields.add_argument(
        "--bbox", metavar="W,S,E,N", type=parse_bbox, help="only inside this box"
    )
    airfields.add_argument("--limit", type=int, metavar="N", help="draw N of them")
    airfields.add_argument("--seed", type=int, default=1)
    airfields.add_argument("--out", type=Path, metavar="FILE.csv", help="write here, not to stdout")
    airfields.add_argument("--json", action="store_true", help="one JSON document on stdout")
    add_treaty_options(airfields)
    airfields.set_defaults(handler=_airfields)

    show = verbs.add_parser("show", help="read a list of sites and say what is in it")
    show.add_argument("file", help="GeoJSON, GeoPackage or CSV; '-' reads standard input")
    show.add_argument("--json", action="store_true", help="one JSON document on stdout")
    show.set_defaults(handler=_show)


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """W,S,E,N in degrees."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a box; write west,south,east,north in degrees, e.g. 27,43,66,70"
        ) from None
    if not (-90 <= south < north <= 90 and abs(west) <= 180 and abs(east) <= 180):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a box: south must be less than north, degrees in range"
        )
    return west, south, east, north


def _airfields(arguments: argparse.Namespace) -> int:
    from overflight.formats.sites import sites_to_csv, sites_to_geojson
    from overflight.mission.airfield_sites import airfield_sites
    from overflight.treaty.geography import geography
    from overflight.treaty.loader import load_treaty

    treaty = load_treaty(arguments.treaty, overlay=arguments.overlay)
    view = treaty.on(arguments.on, parse_readings(arguments.reading))
    land = geography(view, arguments.state)
    sites = airfield_sites(
        land.in_territory, seed=arguments.seed, bbox=arguments.bbox, limit=arguments.limit
    )
    if arguments.json:
        print_json(sites_to_geojson(sites))
    elif arguments.out:
        from overflight.files import write_atomic

        write_atomic(arguments.out, sites_to_csv(sites))
    else:
        sys.stdout.write(sites_to_csv(sites))
    print(f"{len(sites)} airfields of {arguments.state}; values are illustrative", file=sys.stderr)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from overflight.formats.sites import read_sites, sites_to_geojson

    sites = read_sites(arguments.file)
    if arguments.json:
        print_json(sites_to_geojson(sites))
        return 0
    print(f"{len(sites)} sites, total value {sum(s.value for s in sites):g}")
    for site in sites:
        print(f"  {site.id:<16} {site.position.human():<26} {site.value:>8g}  {site.name}")
    return 0
