"""One frame from its original to a picture on the map: read, placed, annotated, rectified,
measured, held against the limit, described.

The same job gives the same bytes, in whatever process and on whatever machine it runs.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import ImageError, OverflightError
from overflight.files import write_atomic
from overflight.geo.earth_fixed import from_earth_fixed
from overflight.imagery.degrade import degraded
from overflight.imagery.process.heights import heights_told, level_of
from overflight.imagery.process.job import FRAMES, ORIGINALS, THUMBNAILS, FrameJob, Ground
from overflight.imagery.process.journal import DONE, SET_ASIDE, Outcome, sha256_of
from overflight.imagery.process.measuring import achieved_told, degrading_of, measured_in
from overflight.imagery.process.picture import (
    said_in_pixels,
    small_picture,
    with_marks_of_pixels,
    write_copy,
)
from overflight.imagery.process.sharpness import Measured, held_against
from overflight.imagery.process.swapped import refuse_swapped
from overflight.terms.findings import Finding
from overflight.terms.frame_product import Band, FrameProduct, StoredFile
from overflight.terms.frames import OrientedFrame
from overflight.version import VERSION

_TIFF = "image/tiff; application=geotiff; profile=cloud-optimized"
_JSON = "application/json"
_TYPES = {".tif": "image/tiff", ".tiff": "image/tiff", ".jpg": "image/jpeg",
          ".jpeg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp"}  # fmt: skip
_AROUND_DEG = 0.02
_SAMPLE_ROWS = 32


def process(job: FrameJob) -> Outcome:
    """Process one frame. Whatever goes wrong with it is told in the outcome, never raised: the
    others go on."""
    try:
        return _process(job)
    except OverflightError as error:
        return _aside(job, error.message, error.remedy)
    except MemoryError:
        return _aside(job, "there was not memory enough for it", "Free some, or give --pixel.")
    except OSError as error:
        return _aside(
            job, f"{error.strerror or error}: {error.filename or job.path.name}",
            "Check the disk's room and rights.",
        )  # fmt: skip
    except Exception as error:  # one frame's fault of ours must not cost the other frames
        return _aside(
            job, f"a fault of ours: {type(error).__name__}: {error}",
            "Please report it with the frame.",
        )  # fmt: skip


def _aside(job: FrameJob, reason: str, remedy: str) -> Outcome:
    return Outcome(job.name, SET_ASIDE, job.source_sha256, job.digest, reason=reason, remedy=remedy)


def _process(job: FrameJob) -> Outcome:
    from overflight.formats.annotation_text import item_texts
    from overflight.formats.stac_item import item, item_id
    from overflight.imagery.annotate.build import annotate
    from overflight.imagery.annotate.sidecars import ENDING, write_sidecar
    from overflight.imagery.annotate.tags import tags
    from overflight.imagery.annotate.view import view_angles
    from overflight.imagery.rectify.footprint import ground_sample, outline, suggested_grid
    from overflight.imagery.rectify.frame import Rectifier
    from overflight.imagery.sources import open_source

    if sha256_of(job.path) != job.source_sha256:
        raise ImageError("the original changed while the run was under way", remedy="Run it again.")
    settings, frame = job.settings, _marked(job)
    source = open_source(job.path)
    middle = max(0, source.rows // 2 - _SAMPLE_ROWS)
    refuse_swapped(
        source.window(middle, min(source.rows, middle + 2 * _SAMPLE_ROWS), 0, source.columns),
        job.name,
    )
    frame, dot_px = with_marks_of_pixels(frame, source)
    terrain = terrain_under(frame, settings.ground)
    sample = ground_sample(frame, terrain)
    grid = suggested_grid(frame, terrain, crs=settings.crs, size=settings.pixel_m)
    rectifier = Rectifier(
        frame, source, terrain, grid, sampling=settings.sampling, hidden=settings.hidden
    )
    height = float(from_earth_fixed(frame.exterior.eye)[2]) - sample.height_m
    annotated = annotate(
        replace(job.moment, height_m=height), job.camera, settings.forms, flight=settings.flight,
        number=frame.number, ground_m=0.0, marks=frame.marks,
    )  # fmt: skip
    folder = job.out / FRAMES
    stem = job.name
    copy = folder / f"{stem}.tif"
    texts = dict(tags(annotated.annotation, settings.forms))
    texts["OVERFLIGHT_ORIGINAL_SHA256"] = job.source_sha256
    texts["OVERFLIGHT_PROCESSING"] = f"rectified, {settings.sampling}"
    measured, why = (
        measured_in(job, frame, terrain) if settings.measure else (None, "not looked for")
    )
    degrading = degrading_of(job, measured)
    texts |= degrading.texts
    sigma_px = degrading.sigma_m / grid.size
    block = degraded(rectifier.block, grid.shape, sigma_px)
    block, repeated = said_in_pixels(
        block, grid.shape, frame.marks, dot_px * sample.smallest / grid.size, sigma_px
    )
    if not write_copy(copy, block, grid, source, texts, frame.marks):
        copy.unlink(missing_ok=True)
        from overflight.imagery.rectify.footprint import nothing_seen

        raise nothing_seen(frame, terrain)
    shown, words = achieved_told(job, copy, grid.size, degrading, measured)
    write_sidecar(
        job.path, stem, annotated, settings.forms, folder, sensor=frame.sensor,
        treaty=settings.treaty,
    )  # fmt: skip
    small = small_picture(copy, job.out / THUMBNAILS / f"{stem}.jpg", frame.marks)
    findings = _findings(job, sample.smallest, height, measured, (sample.lon, sample.lat))
    original = _kept(job)
    ring, notes = _ring(outline(frame, terrain))
    told_heights, more = heights_told(frame, terrain, settings.ground, grid.size)
    notes = (*notes, *more)
    bits = 8 * source.dtype.itemsize
    names = ("grey",) if source.bands == 1 else ("red", "green", "blue", "fourth")[: source.bands]
    product = FrameProduct(
        frame=frame,
        annotation=annotated.annotation,
        texts=item_texts(annotated.annotation, settings.forms),
        grid=grid,
        footprint=ring,
        ground_sample_m=sample.median,
        copy=_stored(copy, copy.name, _TIFF),
        original=_stored(
            original, f"../{ORIGINALS}/{original.name}", _TYPES.get(job.path.suffix.lower(), "")
        ),
        sidecar=_stored(folder / f"{stem}{ENDING}", f"{stem}{ENDING}", _JSON),
        thumbnail=None
        if small is None
        else _stored(small, f"../{THUMBNAILS}/{small.name}", _TYPES[small.suffix]),
        bands=tuple(Band(name, f"uint{bits}", bits=bits) for name in names),
        view=view_angles(frame),
        resolution_m=None if measured is None else measured.width_m,
        limit_m=None if settings.rule is None else settings.rule.limit_m,
        findings=findings,
        steps=(*_steps(job, rectifier.error_px), told_heights, *degrading.steps, *words, *repeated),
        decision=degrading.decision,
        software={"overflight": VERSION},
        treaty=settings.treaty,
        observing=settings.observing,
        observed=settings.observed,
        platform=settings.platform,
        leg=job.leg,
        taken=settings.span,
    )
    document = item(product, collection=settings.collection, folder="..")
    path = folder / f"{item_id(product)}.json"
    write_atomic(path, json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    files = [copy, folder / f"{stem}{ENDING}", path, original, *([small] if small else [])]
    return Outcome(
        job.name, DONE, job.source_sha256, job.digest,
        files={str(f.relative_to(job.out)): sha256_of(f) for f in files},
        told={
            "item": path.name,
            "copy": copy.name,
            "leg": job.leg,
            "marks": list(frame.marks),
            "position_source": frame.exterior.source,
            "ground_sample_m": round(sample.median, 4),
            "smallest_ground_sample_m": round(sample.smallest, 4),
            "height_above_ground_m": round(height, 1),
            "pixel_m": grid.size,
            "columns": grid.columns,
            "rows": grid.rows,
            "crs": grid.crs,
            "resolution": _resolution(measured),
            "resolution_of_copy": _resolution(shown),
            "not_measured": why,
            "degraded_by": degrading.decision or None,
            "not_annotated": list(annotated.missing),
            "findings": [finding.as_dict() for finding in findings],
            "notes": list(notes),
        },
    )  # fmt: skip


def terrain_under(frame: OrientedFrame, ground: Ground) -> Any:
    """The terrain that a frame may see: the part of the raster around it, grown until the whole
    frame's outline is on it or the raster ends."""
    from overflight.imagery.elevation import Terrain
    from overflight.imagery.rectify.footprint import outline

    lat, lon, _ = (float(value) for value in from_earth_fixed(frame.exterior.eye))
    if ground.dem is None:
        return Terrain.level(level_of(ground, lat, lon))
    around = _AROUND_DEG
    previous: Any = None
    while True:
        wide = around / max(0.05, float(np.cos(np.radians(lat))))
        box = (lon - wide, lat - around, lon + wide, lat + around)
        terrain = Terrain.read(ground.dem, geoid=ground.geoid, around=box)
        if previous is not None and terrain.posts.shape == previous:
            return terrain
        try:
            west, south, east, north = outline(frame, terrain).bounds
        except ImageError:
            inside = False
        else:
            edge = 0.1 * around
            inside = (
                box[0] + edge < west and east < box[2] - edge
                and box[1] + edge < south and north < box[3] - edge
            )  # fmt: skip
        if inside:
            return terrain
        previous = terrain.posts.shape
        around *= 3.0


def _marked(job: FrameJob) -> OrientedFrame:
    """The frame with the marks that its own file carries as well."""
    from overflight.imagery.process.marks import marks_of_original

    return replace(
        job.frame, marks=tuple(dict.fromkeys((*job.frame.marks, *marks_of_original(job.path))))
    )


def _resolution(measured: Measured | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    return {
        "bar_width_m": round(measured.width_m, 4),
        "interval_95": [round(measured.low_m, 4), round(measured.high_m, 4)],
    }


def _findings(
    job: FrameJob, sample_m: float, height_m: float, measured: Measured | None,
    place: tuple[float, float],
) -> tuple[Finding, ...]:  # fmt: skip
    if job.settings.rule is None:
        return ()
    point = {"type": "Point", "coordinates": [round(place[0], 7), round(place[1], 7)]}
    return (
        held_against(
            job.settings.rule, job.name, sample_m=sample_m, height_m=height_m, measured=measured,
            place=point,
        ),
    )  # fmt: skip


def _kept(job: FrameJob) -> Path:
    """A copy of the original among the results, byte for byte; the original is only read."""
    kept = job.out / ORIGINALS / f"{job.name}{job.path.suffix}"
    if kept.is_file() and sha256_of(kept) == job.source_sha256:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        dir=kept.parent, prefix=f".{kept.name}.", suffix=".tmp", delete=False
    ) as stream:
        temporary = Path(stream.name)
    try:
        shutil.copyfile(job.path, temporary)
        if sha256_of(temporary) != job.source_sha256:
            raise ImageError("the original changed while it was copied", remedy="Run it again.")
        with temporary.open("rb") as copied:
            os.fsync(copied.fileno())
        temporary.chmod(0o644)
        temporary.replace(kept)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return kept


def _stored(path: Path, href: str, media_type: str) -> StoredFile:
    return StoredFile(href, path.stat().st_size, sha256_of(path), media_type)


def _ring(ground: Any) -> tuple[tuple[tuple[float, float], ...], tuple[str, ...]]:
    """The outer ring of the largest part of a footprint, and what was left out of it."""
    parts = list(getattr(ground, "geoms", [ground]))
    largest = max(parts, key=lambda part: part.area)
    notes = []
    if len(parts) > 1:
        notes.append(f"the footprint has {len(parts)} parts; the outline is that of the largest")
    if largest.interiors:
        notes.append("ground without a height lies inside the outline")
    ring = tuple((float(x), float(y)) for x, y in largest.exterior.coords)
    return ring, tuple(notes)


def _steps(job: FrameJob, error_px: float) -> tuple[str, ...]:
    ground = job.settings.ground
    over = f"level ground at {ground.level_m or 0.0:g} m" if ground.dem is None else ground.dem.name
    return (
        f"Oriented by {job.frame.exterior.source or 'the orientation given'}.",
        f"Rectified over {over} by exact collinearity ({job.settings.sampling}; positions within "
        f"{max(error_px, 0.01):.2f} pixel).",
    )
