"""``overflight flight simulate``: a flight that was never flown, marked as such throughout."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, print_json
from overflight.cli.flying_options import add_flying_options, handling_by, wind_by
from overflight.errors import EXIT_OK, TrackError

if TYPE_CHECKING:
    from overflight.flying.simulate import Curtailment
    from overflight.terms.mission_plan import MissionPlan
    from overflight.terms.track import PlannedDeviation

_DEVIATION_KEYS = {"leg", "from", "to", "right", "left", "up", "down"}


def add_verbs(verbs: Any) -> None:
    """Add the verb simulate."""
    parser = verbs.add_parser(
        "simulate",
        help="fly a mission plan on paper: track, attitude, exposures, all marked SIMULATED",
        description="Fly a mission plan with its turns, climbs and the wind, at a clock's rate, "
        "with the unrest of the air. The same plan, options and seed give the same bytes. "
        "Everything that is written says SIMULATED.",
    )
    parser.add_argument("plan", help="mission plan, JSON; '-' reads standard input")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write track.csv and the rest here")
    parser.add_argument("--rate", type=float, default=1.0, metavar="HZ", help="points a second (1)")
    parser.add_argument("--seed", type=int, default=1, help="of the unrest (%(default)s)")
    parser.add_argument(
        "--departs", type=_moment, metavar="TIME", help="when it commences (as planned)"
    )
    parser.add_argument(
        "--deviate",
        action="append",
        default=[],
        metavar="CAUSE:leg=N,from=KM,to=KM,right=KM",
        help="leave the plan on leg N between two distances along it: right or left by KM, up or "
        "down by M; causes: weather-safety, technical, medical, atc-force-majeure, "
        "weather-sensors (repeatable)",
    )
    parser.add_argument(
        "--curtail",
        metavar="CAUSE:leg=N,at=KM,to=AIRFIELD",
        help="leave the plan for good, direct to an airfield of the plan",
    )
    parser.add_argument(
        "--frames",
        action="append",
        default=[],
        metavar="SENSOR=SECONDS|FILE",
        help="exposures of a sensor: one every so many seconds, or by the camera's file with "
        "--overlap (repeatable)",
    )
    parser.add_argument(
        "--overlap", type=float, default=0.6, help="forward overlap of frames (%(default)s)"
    )
    parser.add_argument(
        "--still", action="store_true", help="no unrest: attitude by the path alone"
    )
    add_flying_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_simulate)


def _simulate(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.flying.attitude import Unrest
    from overflight.flying.simulate import Options, simulate
    from overflight.formats.plan_json import read_mission_plan
    from overflight.performance.handling import Handling
    from overflight.report.flown import simulated_text

    if arguments.out is not None:
        require_writable(arguments.out)
    plan = read_mission_plan(arguments.plan)
    flight = simulate(
        plan,
        Options(
            seed=arguments.seed,
            rate_hz=arguments.rate,
            unrest=Unrest(0.0, 0.0, 0.0) if arguments.still else Unrest(),
            handling=handling_by(arguments) or Handling(),
            wind=wind_by(arguments),
            deviations=tuple(_deviation(text) for text in arguments.deviate),
            curtailed=None if arguments.curtail is None else _curtailed(arguments.curtail, plan),
            interval_s=_intervals(arguments.frames, arguments.overlap, plan),
            departs=arguments.departs,
        ),
    )
    from overflight.flying.kernels import steps_km
    from overflight.report.flown_json import simulated_to_dict

    distance = float(steps_km(flight.track.lat, flight.track.lon).sum())
    files = [] if arguments.out is None else _write(flight, arguments.out)
    if arguments.json:
        print_json({**simulated_to_dict(flight), "files": files})
    else:
        sys.stdout.write(simulated_text(flight, distance))
        for name in files:
            print(f"wrote {name}", file=sys.stderr)
    return EXIT_OK


def _write(flight: Any, out: Path) -> list[str]:
    import json

    from overflight.files import write_atomic
    from overflight.formats.flight_files import (
        deviations_to_csv,
        exposures_to_csv,
        sensor_times_to_csv,
    )
    from overflight.formats.tracks.csv_track import track_to_csv
    from overflight.report.flown_json import simulated_to_dict

    marks = flight.track.marks
    parts: dict[str, str | bytes] = {
        "track.csv": track_to_csv(flight.track),
        "sensors.csv": sensor_times_to_csv(flight.sensors, marks),
        "deviations.csv": deviations_to_csv(flight.deviations, marks),
        "exposures.csv": exposures_to_csv(flight.exposures, marks),
        "flight.json": json.dumps(simulated_to_dict(flight), ensure_ascii=False, indent=2) + "\n",
    }
    for name, content in parts.items():
        write_atomic(out / name, content)
    return [str(out / name) for name in parts]


def _moment(text: str) -> dt.datetime:
    from overflight.errors import DataError
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="--departs")
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _deviation(text: str) -> PlannedDeviation:
    from overflight.terms.track import PlannedDeviation

    cause, given = _parts(text, _DEVIATION_KEYS, "--deviate")
    if not {"leg", "from", "to"} <= set(given) or len(given) < 4:
        raise TrackError(
            f"--deviate {text!r} does not say where and how far",
            remedy="Write CAUSE:leg=12,from=20,to=90,right=15 (or left=, up=M, down=M).",
        )
    return PlannedDeviation(
        cause,
        int(given["leg"]) - 1,
        given["from"],
        given["to"],
        given.get("right", 0.0) - given.get("left", 0.0),
        given.get("up", 0.0) - given.get("down", 0.0),
    )


def _curtailed(text: str, plan: MissionPlan) -> Curtailment:
    from overflight.flying.simulate import Curtailment

    head, _, code = text.rpartition("to=")
    cause, given = _parts(head.rstrip(","), {"leg", "at"}, "--curtail")
    fields = {
        field.code: field.position
        for field in (plan.start, plan.end, plan.point_of_exit, *plan.alternates)
        if field is not None
    }
    if code not in fields or set(given) != {"leg", "at"}:
        raise TrackError(
            f"--curtail {text!r} cannot be flown",
            remedy="Write CAUSE:leg=30,at=50,to=AIRFIELD with one of the plan's airfields: "
            f"{', '.join(sorted(fields))}.",
        )
    return Curtailment(cause, int(given["leg"]) - 1, given["at"], code, fields[code])


def _parts(text: str, keys: set[str], option: str) -> tuple[str, dict[str, float]]:
    cause, colon, rest = text.partition(":")
    given: dict[str, float] = {}
    for part in rest.split(",") if colon else ():
        key, _, value = part.partition("=")
        try:
            given[key.strip()] = float(value)
        except ValueError:
            given = {}
            break
    if not colon or not cause or not given or set(given) - keys:
        raise TrackError(
            f"{option} {text!r} cannot be read",
            remedy=f"Write CAUSE:key=number,... with keys among {', '.join(sorted(keys))}.",
        )
    return cause.strip(), given


def _intervals(texts: list[str], overlap: float, plan: MissionPlan) -> dict[str, float]:
    """Seconds between exposures, by sensor."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise TrackError(
                f"--frames {text!r} cannot be read",
                remedy="Write SENSOR=SECONDS, or SENSOR=FILE with the camera's data.",
            )
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = _cycle(Path(value), overlap, plan)
    return found


def _cycle(path: Path, overlap: float, plan: MissionPlan) -> float:
    """The time between frames for the overlap at the lowest leg, no shorter than the camera can."""
    from overflight.formats.camera_file import read_camera
    from overflight.sensing.frame import least_length_m
    from overflight.terms.camera import FrameCamera

    camera = read_camera(path)
    if not isinstance(camera, FrameCamera):
        raise TrackError(
            f"{path} is not a frame camera",
            remedy="Give SENSOR=SECONDS for a sensor without frames.",
        )
    if not 0.0 <= overlap < 1.0:
        raise TrackError(f"an overlap of {overlap:g}", remedy="Give one from 0 to below 1.")
    height = min(leg.height_agl_m for leg in plan.legs)
    step = least_length_m(camera, height) * (1.0 - overlap)
    return max(step / (plan.cruise_km_h / 3.6), camera.interval_s or 0.0)
