"""``overflight imagery render``: frames of a simulated flight, each marked SIMULATED."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.imagery.render.scene import Scene
    from overflight.terms.track import FrameExposure

_TRACK, _EXPOSURES = "track.csv", "exposures.csv"


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``render``."""
    parser = verbs.add_parser(
        "render",
        help="simulated frames of a simulated flight",
        description="Render what a camera would have seen on a simulated flight: textured ground "
        "with bar targets and discs where the scene has them. Every frame says SIMULATED in its "
        "pixels, its tags and its documents, and there is no way to leave it out.",
    )
    parser.add_argument("flight", type=Path, metavar="FLIGHT", help="folder of flight simulate")
    parser.add_argument("--camera", type=Path, required=True, metavar="FILE", help="TOML")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the frames")
    parser.add_argument("--sensor", metavar="ID", help="whose exposures (the camera's id)")
    parser.add_argument(
        "--frames", metavar="A-B", help="only frames numbered A to B, or A alone (all)"
    )
    ground = parser.add_mutually_exclusive_group(required=True)
    ground.add_argument("--dem", type=Path, metavar="FILE", help="elevations, a raster")
    ground.add_argument("--flat", type=float, metavar="M", help="level ground at this height")
    parser.add_argument("--geoid", metavar="FILE|M", help="as for imagery process")
    parser.add_argument(
        "--scene", type=Path, metavar="FILE", help="TOML with seed, [[bars]] and [[disc]]"
    )
    parser.add_argument(
        "--target-at-middle", type=float, metavar="M",
        help="lay a bar target in the middle of the first frame, its bars from twice to half of M",
    )  # fmt: skip
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="(8)")
    parser.add_argument(
        "--blur", type=float, default=0.45, metavar="PX", help="of lens and focus, pixels (0.45)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the noise (1)")
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.cli.imagery_run import camera_of, geoid_of, undulation_of
    from overflight.cli.outfolder import require_writable
    from overflight.cli.searching import Progress
    from overflight.errors import TrackError
    from overflight.files import write_atomic
    from overflight.formats.annotation_exposures import read_exposures
    from overflight.formats.tracks.reading import read_track_file
    from overflight.imagery.orient.flown import exteriors_of_exposures
    from overflight.imagery.orient.interior import interior_of_camera
    from overflight.imagery.process.job import Ground
    from overflight.imagery.process.one import terrain_under
    from overflight.imagery.render.expose import Optics, expose
    from overflight.imagery.render.store import frame_bytes, scene_to_list, truth_of
    from overflight.terms.frames import OrientedFrame
    from overflight.terms.track import SIMULATED

    camera = camera_of(arguments.camera)
    if camera is None or camera.pitch_um is None:
        raise DataError(
            "a camera without detector elements takes no digital frames", file=arguments.camera,
            remedy="Give pitch_um.",
        )  # fmt: skip
    exposures, marks = read_exposures(arguments.flight / _EXPOSURES)
    datum = read_track_file(str(arguments.flight / _TRACK)).track.datum
    if SIMULATED not in marks:
        raise DataError(
            "this flight was not simulated; frames are rendered of simulated flights only",
            file=arguments.flight, remedy="Give a folder of flight simulate --frames.",
        )  # fmt: skip
    chosen = _chosen(exposures, arguments, camera.id)
    if not (math.isfinite(arguments.blur) and 0.0 <= arguments.blur <= 10.0):
        raise DataError("a blur is from 0 to 10 pixels", remedy="Give --blur 0.45.")
    columns = round(camera.across_mm / camera.pitch_um * 1000.0)
    rows = round(camera.along_mm / camera.pitch_um * 1000.0)
    interior = interior_of_camera(camera, columns, rows)
    names = {f"{e.sensor}-{e.number:05d}": e for e in chosen}
    placed, failed = exteriors_of_exposures(
        list(names.items()), datum, camera, undulation=undulation_of(arguments.geoid)
    )
    for error in failed.values():
        raise TrackError(error.message, remedy=error.remedy)
    require_writable(arguments.out)
    ground = Ground(arguments.dem, geoid_of(arguments.geoid), arguments.flat)
    optics = Optics(blur_px=arguments.blur, bits=arguments.bits)
    frames = [
        OrientedFrame(name, interior, placed[name], e.time_s, e.sensor, e.number, (SIMULATED,))
        for name, e in names.items()
    ]
    scene = _scene(arguments, frames[0], ground)
    told: list[dict[str, Any]] = []
    line = Progress()
    for number, frame in enumerate(frames, start=1):
        line(f"frame {number} of {len(frames)}")
        terrain = terrain_under(frame, ground)
        made = expose(frame, terrain, scene, optics, arguments.seed * 1_000_003 + number)
        name = f"{frame.name}.tif"
        write_atomic(arguments.out / name, frame_bytes(frame, made.pixels))
        told.append(truth_of(frame, made, name))
    line.close()
    document = {
        "kind": "simulated-frames",
        "version": 1,
        "marks": [SIMULATED],
        "camera": camera.id,
        "seed": arguments.seed,
        "optics": {
            "blur_px": optics.blur_px, "electrons": optics.electrons, "read": optics.read,
            "bits": optics.bits, "assumed": "all of it: no camera that exists",
        },
        "scene": scene_to_list(scene),
        "frames": told,
    }  # fmt: skip
    # Not among the frames: a folder of frames is given to other commands as it is.
    write_atomic(
        arguments.out / "truth.json", json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    )
    if arguments.json:
        print_json(document)
    else:
        print(f"SIMULATED: {len(told)} frames in {arguments.out}", file=sys.stdout)
    return EXIT_OK


def _chosen(
    exposures: tuple[FrameExposure, ...], arguments: argparse.Namespace, camera: str
) -> list[FrameExposure]:
    sensors = sorted({e.sensor for e in exposures})
    sensor = arguments.sensor or (camera if camera in sensors else None)
    if sensor is None and len(sensors) == 1:
        sensor = sensors[0]
    first, last = _range(arguments.frames)
    chosen = [e for e in exposures if e.sensor == sensor and first <= e.number <= last]
    if not chosen:
        raise DataError(
            f"there is no exposure of {sensor or 'the sensor'} with such a number",
            file=arguments.flight,
            remedy=f"Its sensors are {', '.join(sensors)}: give --sensor; and --frames in range.",
        )
    return chosen


def _range(text: str | None) -> tuple[int, int]:
    if text is None:
        return 0, 10**9
    first, dash, last = text.partition("-")
    try:
        return int(first), int(last) if dash else int(first)
    except ValueError:
        raise DataError(f"{text!r} is no range of frames", remedy="Write 3-9, or 4.") from None


def _scene(arguments: argparse.Namespace, first: Any, ground: Any) -> Scene:
    from overflight.imagery.render.scene import Scene, read_scene

    scene = Scene() if arguments.scene is None else read_scene(arguments.scene)
    if arguments.target_at_middle is None:
        return scene
    from overflight.imagery.process.one import terrain_under
    from overflight.imagery.render.store import with_target

    return with_target(scene, first, terrain_under(first, ground), arguments.target_at_middle)
