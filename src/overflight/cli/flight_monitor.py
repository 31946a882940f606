"""``overflight flight monitor``: the audit on board, while the flight is flown."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from overflight.cli.common import add_json_option, add_reading_option

SEATS = ("observed", "observing")


def add_verbs(verbs: Any) -> None:
    """Add the verb monitor."""
    parser = verbs.add_parser(
        "monitor",
        help="watch a flight from on board, live or replayed, and log it as it goes",
        description="The audit of a flight while it is flown: where it is on the plan, how far "
        "off the path, how high above ground, which sensors work, what to say to the pilot and "
        "under which paragraph. Positions come from NMEA 0183 or GDL 90, or from any track that "
        "'flight read' reads. Exit status as for 'flight audit', which answers at the end.",
    )
    parser.add_argument("plan", help="the mission plan that was handed over, JSON; no working plan")
    parser.add_argument(
        "source",
        nargs="?",
        help="a recording, a folder of flight simulate, a serial device, '-' (standard input), "
        "tcp:HOST:PORT, udp:PORT (this machine only) or udp:ADDRESS:PORT; "
        "may be left out with --resume, to close a log",
    )
    parser.add_argument(
        "--seat", choices=SEATS, default="observed", help="for whom it speaks (%(default)s)"
    )
    parser.add_argument(
        "--log", type=Path, metavar="FILE",
        help="write the log here (monitor.jsonl in the folder of --out)",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help="go on with the log that is there after a crash"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR",
        help="at the end write track.csv, sensors.csv, deviations.csv and monitor.json here",
    )  # fmt: skip
    parser.add_argument("--sensors", type=Path, metavar="FILE", help="CSV sensor,begun,completed")
    parser.add_argument(
        "--deviations", type=Path, metavar="FILE", help="CSV cause,begun,completed[,note]"
    )
    parser.add_argument(
        "--terrain", type=Path, metavar="FILE",
        help="elevations, a raster, for heights above ground",
    )  # fmt: skip
    parser.add_argument(
        "--tolerance-km", type=float, default=1.0, metavar="KM",
        help="so near counts as on the plan (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--treaty", help="name or folder (the one the plan names)")
    parser.add_argument("--borders", type=Path, metavar="FILE", help="other borders")
    parser.add_argument("--exercise", action="store_true", help="mark everything EXERCISE")
    parser.add_argument("--bell", action="store_true", help="ring for what is loud")
    parser.add_argument(
        "--json-lines", action="store_true",
        help="print each happening as a line of JSON, the final document as the last",
    )  # fmt: skip
    _source_options(parser)
    add_reading_option(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_monitor)


def _source_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the source")
    group.add_argument(
        "--format",
        choices=("nmea", "gdl90", "csv", "gpx", "kml", "igc", "parquet", "monitor"),
        help="where it cannot be told from what comes",
    )
    group.add_argument(
        "--speed", type=float, default=1.0, metavar="N",
        help="replay a recording N times as fast; 0: as fast as it goes (%(default)s)",
    )  # fmt: skip
    group.add_argument("--baud", type=int, metavar="N", help="speed of a serial line")
    group.add_argument(
        "--retry", type=float, default=60.0, metavar="S",
        help="try a line that was cut again for so long (%(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--recorded", action="store_true", help="standard input is a recording, not live"
    )
    group.add_argument("--aircraft", metavar="ICAO24", help="which one, where a track has several")
    group.add_argument("--height-unit", choices=("m", "ft"), help="of a column that does not say")
    group.add_argument("--assume-utc", action="store_true", help="times without a zone are UTC")


def _monitor(arguments: argparse.Namespace) -> int:
    from overflight.cli.monitor_run import run

    return run(arguments)
