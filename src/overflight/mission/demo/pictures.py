"""Pictures: frames rendered of the simulated flight, brought to the map, held against the limit.

The frames are of no real ground and no real camera; every one says so in its pixels.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.files import write_atomic
from overflight.formats.camera_file import read_camera
from overflight.imagery.annotate.forms import forms_of
from overflight.imagery.orient.flown import exteriors_of_exposures
from overflight.imagery.orient.interior import interior_of_camera
from overflight.imagery.process.gather import gathered
from overflight.imagery.process.job import FrameJob, Ground, Settings
from overflight.imagery.process.journal import Journal, sha256_of
from overflight.imagery.process.one import terrain_under
from overflight.imagery.process.orienting import Known, oriented
from overflight.imagery.process.run import Run, run, write_collection
from overflight.imagery.process.sharpness import SharpnessRule
from overflight.imagery.process.workers import Alone
from overflight.imagery.render.expose import Optics, expose
from overflight.imagery.render.scene import Scene
from overflight.imagery.render.store import frame_bytes, truth_of, with_target
from overflight.mission.demo.flight import Flown
from overflight.mission.demo.scenario import Stage
from overflight.terms.camera import FrameCamera
from overflight.terms.frames import OrientedFrame
from overflight.terms.track import SIMULATED, FrameExposure

FRAMES, MAPPED = "frames", "pictures"
_RULE = "resolution_no_better"
"""The predicate whose rule says how fine a sensor may resolve."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The frames as rendered, and the folder and result of bringing them to the map."""

    originals: Path
    folder: Path
    result: Run


def picture(stage: Stage, flown: Flown) -> Pictures:
    """Render a few frames of the flight and process them."""
    told, story = stage.scenario["pictures"], stage.story
    camera = read_camera(told["camera"].encode())
    assert isinstance(camera, FrameCamera)
    ground = Ground(level_m=float(told["ground_m"]))
    originals, folder = stage.out / FRAMES, stage.out / MAPPED
    chosen = _chosen(flown, told)
    truths = _render(stage, flown, camera, ground, chosen, originals)
    track, rule = flown.flight.track, _rule(stage, told["category"])
    known = Known(
        camera=camera, track=track, exposures=chosen, datum=track.datum, sensor=told["sensor"],
        marks=track.marks,
    )  # fmt: skip
    paths = gathered([originals])
    placed, failed = oriented(paths, known)
    name = stage.mission["id"].lower()
    settings = Settings(
        ground, forms_of(stage.view), rule=rule, flight=stage.mission["id"],
        treaty=stage.treaty.id, observing=stage.mission["observing"],
        observed=stage.mission["observed"], collection=name,
        span=(float(track.time_s[0]), float(track.time_s[-1])),
    )  # fmt: skip
    hashed = {frame: sha256_of(path) for frame, path in paths.items()}
    jobs = [
        FrameJob(
            frame, paths[frame], hashed[frame], one.frame, camera, one.moment, folder, settings,
            leg=one.leg,
        )
        for frame, one in placed.items()
    ]  # fmt: skip
    aside = {frame: (hashed[frame], error) for frame, error in failed.items()}
    with Journal(folder, anew=True) as journal:
        result = run(
            jobs, aside, journal, Alone(),
            lambda ready, total, _: story.progress(f"{ready} of {total} frames on the map"),
        )  # fmt: skip
    write_collection(folder, result.done, name, f"Frames of {stage.mission['id']}")
    _tell(stage, result, truths, rule, folder, originals)
    return Pictures(originals, folder, result)


def _chosen(flown: Flown, told: dict[str, Any]) -> list[FrameExposure]:
    """Frames that follow each other in the middle of the flight."""
    every = [one for one in flown.flight.exposures if one.sensor == told["sensor"]]
    longest = max(range(len(flown.flight.plan.legs)), key=lambda i: _lasts(flown, i))
    level = [one for one in every if one.leg == longest] or every
    middle = len(level) // 8
    return level[middle : middle + int(told["count"])]


def _lasts(flown: Flown, leg: int) -> float:
    span = flown.flight.legs[leg]
    return 0.0 if span is None else span[1] - span[0]


def _render(
    stage: Stage, flown: Flown, camera: FrameCamera, ground: Ground,
    chosen: list[FrameExposure], out: Path,
) -> list[dict[str, Any]]:  # fmt: skip
    told = stage.scenario["pictures"]
    assert camera.pitch_um is not None
    columns = round(camera.across_mm / camera.pitch_um * 1000.0)
    rows = round(camera.along_mm / camera.pitch_um * 1000.0)
    interior = interior_of_camera(camera, columns, rows)
    names = {f"{one.sensor}-{one.number:05d}": one for one in chosen}
    placed, failed = exteriors_of_exposures(list(names.items()), flown.flight.track.datum, camera)
    for error in failed.values():
        raise error
    frames = [
        OrientedFrame(name, interior, placed[name], e.time_s, e.sensor, e.number, (SIMULATED,))
        for name, e in names.items()
    ]
    optics = Optics(blur_px=told["blur_px"], bits=told["bits"])
    middle = frames[len(frames) // 2]
    scene = with_target(Scene(), middle, terrain_under(middle, ground), told["target_m"])
    truths = []
    for number, frame in enumerate(frames, start=1):
        stage.story.progress(f"rendering frame {number} of {len(frames)}")
        made = expose(
            frame, terrain_under(frame, ground), scene, optics, told["seed"] * 1_000_003 + number
        )
        name = f"{frame.name}.tif"
        write_atomic(out / name, frame_bytes(frame, made.pixels))
        truths.append(truth_of(frame, made, name))
    return truths


def _rule(stage: Stage, category: str) -> SharpnessRule | None:
    """The regime's rule on how fine this category may resolve, with its limit."""
    binding = next((r for r in stage.treaty.rules if r.predicate == _RULE), None)
    if binding is None:
        return None
    limit = stage.view.category_limit(category, "resolution_limit")
    return SharpnessRule(
        binding.id, binding.title, ", ".join(map(str, binding.citations)), float(limit.value),
        limit.cite,
    )  # fmt: skip


def _tell(
    stage: Stage, result: Run, truths: list[dict[str, Any]], rule: SharpnessRule | None,
    folder: Path, originals: Path,
) -> None:  # fmt: skip
    from overflight.report.processed import processed_to_dict

    story = stage.story
    nothing = {"clock": None, "adjustment": None}
    document = processed_to_dict(result, stage.treaty.short, rule, nothing)
    write_atomic(folder / "processed.json", json.dumps(document, indent=2, allow_nan=False) + "\n")
    rows = [
        (one.told["resolution"], finding)
        for one in result.done for finding in one.told["findings"]
    ]  # fmt: skip
    shown = [row for row in rows if row[0] is not None] or rows[:1]
    story.chapter("The pictures", shown[0][1]["verdict"] if shown else "", simulated=True)
    story.tell(
        f"{len(truths)} frames rendered, of ground and camera that do not exist; "
        f"{len(result.done)} brought to the map with annotation and STAC item, "
        f"{len(result.set_aside)} set aside."
    )
    for found, finding in shown:
        if found is not None:
            low, high = found["interval_95"]
            story.tell(
                f"Measured on the bar target in it: {found['bar_width_m']:.2f} m "
                f"({low:.2f} to {high:.2f} m)" + (
                    f", where nothing finer than {rule.limit_m:g} m is allowed." if rule else "."
                )
            )  # fmt: skip
        story.tell(f"{finding['rule']}: {finding['message']} [{finding['cite']}]")
    for outcome in result.set_aside:
        story.tell(f"{outcome.frame} set aside: {outcome.reason}")
    for thumbnail in sorted((folder / "thumbnails").glob("*.jpg"))[:3]:
        story.picture(thumbnail, f"{thumbnail.stem}, on the map: SIMULATED, no real ground")
    story.file(originals, "frames as rendered")
    story.file(folder / "collection.json", "the STAC collection")
