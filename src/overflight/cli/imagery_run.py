"""What ``overflight imagery process`` does with what was typed."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, EXIT_USAGE, DataError

if TYPE_CHECKING:
    import numpy as np

    from overflight.imagery.process.bettering import Better
    from overflight.imagery.process.job import Ground, Settings
    from overflight.imagery.process.orienting import Known
    from overflight.imagery.process.run import Run
    from overflight.imagery.process.sharpness import SharpnessRule
    from overflight.imagery.process.workers import Workers
    from overflight.terms.camera import FrameCamera
    from overflight.treaty.view import TreatyView

_TRACK, _EXPOSURES = "track.csv", "exposures.csv"
_RULE = "resolution_no_better"
"""The predicate whose rule says how fine a sensor may resolve."""


def run(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.imagery.process.bettering import (
        bettered,
        clock_offset,
        report_to_dict,
        resected,
    )
    from overflight.imagery.process.gather import gathered
    from overflight.imagery.process.job import FRAMES, ORIGINALS, THUMBNAILS, FrameJob
    from overflight.imagery.process.journal import Journal, sha256_of
    from overflight.imagery.process.orienting import oriented
    from overflight.imagery.process.run import run as work
    from overflight.imagery.process.run import write_collection
    from overflight.report.processed import processed_text, processed_to_dict

    paths = gathered(arguments.frames)
    _refuse_inside(paths, arguments.out)
    known = _known(arguments)
    clock = None
    if arguments.time_offset is None:
        clock = clock_offset(paths, known)
        known = replace(known, offset_s=clock.seconds)
    placed, failed = oriented(paths, known)
    better = _better(arguments)
    placed |= resected(paths, failed, known, better)
    report = None
    if placed and (better.control or better.tie):
        placed, report = bettered(placed, paths, _ground(arguments), known, better)
    when = [p.frame.time_s for p in placed.values() if p.frame.time_s is not None]
    settings = _settings(arguments, known, min(when) if when else None, bool(placed))
    require_writable(arguments.out, (FRAMES, ORIGINALS, THUMBNAILS))
    hashed = {name: sha256_of(path) for name, path in paths.items()}
    jobs = [
        FrameJob(
            name, paths[name], hashed[name], one.frame, known.camera, one.moment, arguments.out,
            settings, leg=one.leg,
        )
        for name, one in placed.items()
    ]  # fmt: skip
    aside = {name: (hashed[name], error) for name, error in failed.items()}
    progress = _Progress()
    with Journal(arguments.out, anew=arguments.again) as journal:
        result = work(jobs, aside, journal, _workers(arguments), progress)
    progress.close()
    write_collection(
        arguments.out, result.done, settings.collection, f"Frames of {settings.collection}"
    )
    orientation = report_to_dict(report, clock)
    document = processed_to_dict(result, settings.treaty, settings.rule, orientation)
    _write(arguments.out / "processed.json", document)
    if arguments.json:
        print_json(document)
    else:
        print(processed_text(result, arguments.out, orientation))
    return _status(result)


def _status(result: Run) -> int:
    verdicts = {f["verdict"] for one in result.done for f in one.told["findings"]}
    if "breach" in verdicts:
        return EXIT_BREACH
    if result.set_aside:
        return EXIT_USAGE
    return EXIT_UNDETERMINED if "undetermined" in verdicts else EXIT_OK


def _write(path: Path, document: Mapping[str, Any]) -> None:
    import json

    from overflight.files import write_atomic

    write_atomic(path, json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _refuse_inside(paths: Mapping[str, Path], out: Path) -> None:
    folder = out.resolve()
    for path in paths.values():
        if path.resolve().is_relative_to(folder):
            raise DataError(
                "this frame lies in the folder that the results go to", file=path,
                remedy="Name another folder with --out; originals stay where they are.",
            )  # fmt: skip


def _known(arguments: argparse.Namespace) -> Known:
    from overflight.formats.annotation_exposures import read_exposures
    from overflight.formats.orientation_files import read_orientations
    from overflight.imagery.orient.flown import Mount
    from overflight.imagery.process.orienting import Known

    track, beside = _track(arguments.track)
    path = arguments.exposures or (beside if arguments.orientation is None else None)
    exposures, marks = ((), ()) if path is None else read_exposures(path)
    if track is not None:
        marks = (*marks, *track.marks)
    given = () if arguments.orientation is None else read_orientations(arguments.orientation)
    return Known(
        camera=camera_of(arguments.camera),
        track=track,
        exposures=exposures,
        datum="" if track is None else track.datum,
        sensor=arguments.sensor,
        given=given,
        crs=_crs(arguments.orientation_crs),
        source="" if arguments.orientation is None else arguments.orientation.name,
        mount=Mount(arguments.boresight, arguments.lever_arm),
        offset_s=arguments.time_offset or 0.0,
        takeoff_m=arguments.takeoff,
        undulation=undulation_of(arguments.geoid),
        marks=tuple(dict.fromkeys(marks)),
    )


def _better(arguments: argparse.Namespace) -> Better:
    from overflight.formats.control_points import read_control
    from overflight.imagery.process.bettering import Better

    control = () if arguments.control is None else read_control(arguments.control)
    return Better(control, arguments.tie, tuple(arguments.calibrate))


def _track(given: Path | None) -> tuple[Any, Path | None]:
    """The track and the file of exposures beside it, where there is one."""
    from overflight.flying.repair import repair
    from overflight.formats.tracks.reading import read_track_file

    if given is None:
        return None, None
    folder = given if given.is_dir() else given.parent
    beside = folder / _EXPOSURES
    track = repair(read_track_file(str(given / _TRACK if given.is_dir() else given))).track
    return track, beside if beside.is_file() and _has_rows(beside) else None


def _has_rows(path: Path) -> bool:
    """Whether there is more than a head in a CSV: a flight without exposures has an empty one."""
    from overflight.files import read_bounded

    lines = read_bounded(path).splitlines()
    return sum(1 for line in lines if line.strip() and not line.lstrip().startswith(b"#")) > 1


def camera_of(path: Path | None) -> FrameCamera | None:
    from overflight.formats.camera_file import read_camera
    from overflight.terms.camera import FrameCamera

    if path is None:
        return None
    camera = read_camera(path)
    if not isinstance(camera, FrameCamera):
        raise DataError(
            f"a {camera.kind} does not take whole frames", file=path,
            remedy="Give a framing, digital-framing or video camera.",
        )  # fmt: skip
    return camera


def _crs(text: str | None) -> str | None:
    """A coordinate system by name, or the content of a .prj or .wkt file."""
    if text is not None and text.lower().endswith((".prj", ".wkt")):
        from overflight.files import read_bounded

        return read_bounded(Path(text)).decode("utf-8", "replace").strip()
    return text


def geoid_of(text: str | None) -> Path | float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return Path(text)


def undulation_of(text: str | None) -> Callable[[np.ndarray, np.ndarray], np.ndarray] | None:
    geoid = geoid_of(text)
    if geoid is None:
        return None
    if isinstance(geoid, float):
        import numpy as np

        return lambda lat, _: np.full(len(lat), geoid)
    from overflight.imagery.elevation import geoid_heights

    return lambda lat, lon: geoid_heights(geoid, lat, lon)


def _ground(arguments: argparse.Namespace) -> Ground:
    from overflight.imagery.process.job import Ground

    if (arguments.dem is None) == (arguments.flat is None):
        raise DataError(
            "the ground is not known" if arguments.dem is None else "the ground is given twice",
            remedy="Give --dem FILE, or --flat M for level ground.",
        )
    geoid = geoid_of(arguments.geoid)
    if arguments.dem is None:
        return Ground(geoid=geoid, level_m=arguments.flat)
    return Ground(dem=arguments.dem, geoid=geoid)


def _settings(
    arguments: argparse.Namespace, known: Known, when: float | None, placed: bool
) -> Settings:
    from overflight.cli.common import parse_readings
    from overflight.formats.annotation_text import moment
    from overflight.formats.bar_target_file import read_bar_target
    from overflight.imagery.annotate.build import check_inputs
    from overflight.imagery.annotate.forms import forms_of
    from overflight.imagery.degrade import read_decision
    from overflight.imagery.process.job import Settings
    from overflight.treaty.loader import default_treaty, load_treaty

    treaty = load_treaty(arguments.treaty or default_treaty())
    flown = None if when is None else moment(when).date()
    day = arguments.date or flown or dt.datetime.now(dt.UTC).date()
    view = treaty.on(day, parse_readings(arguments.reading))
    forms = forms_of(view)
    check_inputs(forms, arguments.flight, None)
    span = None
    if when is None:
        start = dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()
        if arguments.date is None and placed:
            raise DataError(
                "the frames do not say when they were taken (a time in EXIF counts with its zone)",
                remedy="Give the day with --date YYYY-MM-DD, or the times with --exposures FILE.",
            )
        span = (start, start + 86399.0)
    elif known.track is not None:
        span = (float(known.track.time_s[0]), float(known.track.time_s[-1]))
    return Settings(
        ground=_ground(arguments),
        forms=forms,
        crs=arguments.crs,
        pixel_m=arguments.pixel,
        sampling=arguments.resample,
        hidden=arguments.hidden,
        measure=not arguments.no_measure,
        target=None if arguments.target is None else read_bar_target(arguments.target),
        rule=_rule(arguments, view, known.camera),
        decision=None if arguments.decision is None else read_decision(arguments.decision),
        own_m=arguments.own_resolution,
        flight=arguments.flight,
        treaty=treaty.short,
        collection=arguments.flight or arguments.out.resolve().name,
        span=span,
    )


def _rule(
    arguments: argparse.Namespace, view: TreatyView, camera: FrameCamera | None
) -> SharpnessRule | None:
    """The regime's rule on how fine the camera's category may resolve, with its limit."""
    from overflight.imagery.annotate.build import CATEGORY_OF_KIND
    from overflight.imagery.process.sharpness import SharpnessRule

    binding = next((r for r in view.treaty.rules if r.predicate == _RULE), None)
    if binding is None:
        return None
    category = arguments.category
    if category is None:
        letters = CATEGORY_OF_KIND[camera.kind if camera is not None else "digital-framing"]
        category = next((c.id for c in view.treaty.categories if letters in c.annotation), None)
    if category not in {c.id for c in view.treaty.categories}:
        raise DataError(
            f"{view.treaty.short} knows no category {category}",
            remedy=f"One of {', '.join(c.id for c in view.treaty.categories)}.",
        )
    limit = view.category_limit(category, "resolution_limit")
    return SharpnessRule(
        binding.id, binding.title, ", ".join(map(str, binding.citations)), float(limit.value),
        limit.cite,
        arguments.h_min, "as given" if arguments.h_min is not None else "",
    )  # fmt: skip


def _workers(arguments: argparse.Namespace) -> Workers:
    from overflight.imagery.process.workers import Alone, Cluster, Processes

    if arguments.dask is not None:
        return Cluster(arguments.dask)
    if arguments.workers < 0:
        raise DataError("workers are counted from 1", remedy="Give --workers 2, or 0 for all.")
    count = arguments.workers or len(os.sched_getaffinity(0))
    return Alone() if count == 1 else Processes(count)


class _Progress:
    """One line on a terminal: frames that are ready, and how long the rest will take."""

    def __init__(self) -> None:
        from overflight.cli.searching import Progress

        self._line = Progress()

    def __call__(self, ready: int, total: int, left: float | None) -> None:
        rest = "" if left is None or ready == total else f", about {_duration(left)} left"
        self._line(f"{ready} of {total} frames{rest}")

    def close(self) -> None:
        self._line.close()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
