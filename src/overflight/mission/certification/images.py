"""The images of a certification: which file each is, and what was read in it, by eye or computed.

A reading by eye is taken as it was given. A computed one comes from a document that
``overflight sensor resolution`` wrote, or is measured here; an image that carries no answer stays
in the list with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.errors import DataError, EvidenceError, ImageError, SensorError
from overflight.terms.bar_reading import BarDirection, BarReading, BarTarget
from overflight.terms.certification import RADAR, Certification, ReadLine, TestedSensor

MARK = b"SIMULATED"
_CHUNK = 1 << 20

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image: its digest, whether that was computed here (``checked``) or only stated, and
    whether the file says of itself that it is simulated."""

    name: str
    sha256: str
    checked: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading with its image. ``bar_m`` None: refused, for the reason in ``refused``.
    ``interval_95`` is that of a computed reading, metres."""

    line: ReadLine
    file: ImageFile
    bar_m: float | None
    direction: str
    interval_95: tuple[float, float] | None = None
    refused: str = ""


def measured(
    certification: Certification,
    lines: Sequence[ReadLine],
    folder: Path,
    progress: Progress | None = None,
) -> tuple[Measured, ...]:
    """Every reading, in the order of the list. ``folder`` is where names of files begin.

    Raises DataError for a sensor, target or file that is not there, EvidenceError for an image
    that is not the one whose digest was given.
    """
    sensors = {s.id for s in certification.sensors}
    targets = {t.id for t in certification.targets}
    files: dict[str, ImageFile] = {}
    found: list[Measured] = []
    for line in lines:
        if line.sensor not in sensors:
            raise _unknown("sensor", line.sensor, line.line, sorted(sensors))
        if line.target and line.target not in targets:
            raise _unknown("target", line.target, line.line, sorted(targets))
        file = files.get(line.image)
        if file is None:
            file = files[line.image] = _file(line, folder)
        if line.bar_m is not None:
            found.append(Measured(line, file, line.bar_m, line.direction))
            continue
        if progress is not None:
            progress(line.image)
        found += _computed(certification, line, file, folder)
    return tuple(found)


def _unknown(what: str, name: str, line: int, known: list[str]) -> DataError:
    return DataError(
        f"{name!r} is no {what} of this certification",
        line=line,
        remedy=f"Known: {', '.join(known) or 'none'}.",
    )


def _file(line: ReadLine, folder: Path) -> ImageFile:
    path = folder / line.image
    if not path.is_file():
        if line.sha256:
            return ImageFile(line.image, line.sha256, False, False)
        raise DataError(
            f"the image {line.image!r} is not there",
            line=line.line,
            remedy="Put it beside the list, or give its SHA-256 in a column sha256.",
        )
    digest, simulated, tail = hashlib.sha256(), False, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            simulated = simulated or MARK in tail + chunk
            tail = chunk[-len(MARK) :]
    found = digest.hexdigest()
    if line.sha256 and line.sha256 != found:
        raise EvidenceError(
            f"{line.image} has the SHA-256 {found}, not {line.sha256} (line {line.line})",
            remedy="Find the image that was read, or correct the digest.",
        )
    return ImageFile(line.image, found, True, simulated)


def _computed(
    certification: Certification, line: ReadLine, file: ImageFile, folder: Path
) -> list[Measured]:
    sensor = certification.sensor(line.sensor)
    if sensor.method == RADAR:
        return [_of_radar(certification, line, file, folder)]
    try:
        reading = _reading(certification, sensor, line, folder)
    except (ImageError, SensorError) as error:
        return [Measured(line, file, None, line.direction, refused=error.message)]
    chosen = [d for d in reading.directions if line.direction in ("", d.direction)]
    if not chosen:
        why = f"the target shows no bars {line.direction} the track"
        return [Measured(line, file, None, line.direction, refused=why)]
    return [_one(line, file, d) for d in chosen]


def _of_radar(
    certification: Certification, line: ReadLine, file: ImageFile, folder: Path
) -> Measured:
    """The resolution that the lone reflectors of an image give, by the regime's reading of which
    direction counts. Raises DataError where no reading is named."""
    from overflight.formats.radar_json import read_radar_document
    from overflight.mission.certification.radar import RESOLUTION
    from overflight.sensing.interval import mean_of

    if not line.reading:
        raise DataError(
            f"nothing was read in {line.image}",
            line=line.line,
            remedy="Name in the column reading what 'sensor radar reflectors --json' printed.",
        )
    found = read_radar_document(folder / line.reading)
    lone = [r for r in found["reflectors"] if not r["notes"]]
    if not lone:
        why = "no reflector of the image stands alone"
        return Measured(line, file, None, line.direction, refused=why)
    means = {
        "across": mean_of([r["ground_m"] for r in lone]),
        "along": mean_of([r["azimuth"]["width_m"] for r in lone]),
    }
    if line.direction:
        direction = line.direction
    else:
        pick = max if certification.readings.get(RESOLUTION) == "coarser" else min
        direction = pick(means, key=lambda key: means[key].value)
    mean = means[direction]
    return Measured(line, file, mean.value, direction, mean.interval)


def _one(line: ReadLine, file: ImageFile, found: BarDirection) -> Measured:
    if found.ground_resolution_m is None:
        why = "the image has no scale: give gsd_m of the sensor, or the target's diagram"
        return Measured(line, file, None, found.direction, refused=why)
    return Measured(
        line, file, found.ground_resolution_m, found.direction, found.ground_interval_95
    )


def _reading(
    certification: Certification, sensor: TestedSensor, line: ReadLine, folder: Path
) -> BarReading:
    if line.reading:
        from overflight.formats.bar_reading_json import read_bar_reading

        found = read_bar_reading(folder / line.reading)
        if Path(found.image).name != Path(line.image).name:
            raise DataError(
                f"{line.reading} is a reading of {found.image!r}, not of {line.image!r}",
                line=line.line,
                remedy="Name the reading of this image, or leave it out to have it measured.",
            )
        return found
    from overflight.imagery.bars.measure import CONTRAST, Asked, measure
    from overflight.imagery.frames_in import grey, read_frame

    path = folder / line.image
    if not path.is_file():
        raise DataError(
            f"the image {line.image!r} is not there, so nothing can be measured in it",
            line=line.line,
            remedy="Put it beside the list, or give what was read as bar_m.",
        )
    frame = read_frame(path)
    pixels = frame.pixels if frame.pixels.ndim == 2 else grey(frame)
    asked = Asked(
        contrast=sensor.parameters.get("agreed_contrast", CONTRAST),
        gsd=sensor.parameters.get("gsd_m"),
        target=_target(certification, line, folder),
        top=float(frame.top),
        jpeg_quality=frame.jpeg_quality,
        name=line.image,
    )
    return replace(measure(pixels, asked), image=line.image)


def _target(certification: Certification, line: ReadLine, folder: Path) -> BarTarget | None:
    from overflight.formats.bar_target_file import read_bar_target

    for target in certification.targets:
        if target.id == line.target and target.diagram:
            return read_bar_target(folder / target.diagram)
    return None
