"""Reading and writing a radar's data: NPY and complex GeoTIFF, with their description beside them.

CFloat32 and CInt16 GeoTIFFs, NPY of complex64, complex128, or of int16 with the real and the
imaginary part as a third axis. Everything is complex64 inside.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.formats.radar_files import (
    read_description,
    read_track,
    write_description,
    write_track,
)
from overflight.terms.radar import (
    IMAGE,
    PHASE_HISTORY,
    PhaseHistory,
    RadarDeclared,
    RadarImage,
)

_MOST = 400_000_000
_LARGEST = 32767
_LEAST = 2


def read_complex(path: Path) -> NDArray[np.complex64]:
    """Complex samples, (rows, columns). Raises DataError for what holds none."""
    values = _read(path)
    if min(values.shape) < _LEAST:
        raise _wrong(path, " x ".join(map(str, values.shape)) + " samples")
    return values


def _read(path: Path) -> NDArray[np.complex64]:
    if path.suffix.casefold() == ".npy":
        return _of_npy(path)
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as source:
                kind = source.dtypes[0]
                if source.count != 1 or not kind.startswith("complex"):
                    raise _wrong(path, f"{source.count} bands of {kind}")
                if source.width * source.height > _MOST:
                    raise _wrong(path, f"{source.height} x {source.width} samples")
                values = source.read(1)
    except RasterioIOError as error:
        raise DataError(
            f"not read: {error}", file=path, remedy="Give a file that is whole."
        ) from None
    return np.ascontiguousarray(values, dtype=np.complex64)


def _of_npy(path: Path) -> NDArray[np.complex64]:
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"not read: {error}", file=path, remedy="Give a file that is whole."
        ) from None
    if values.size > 2 * _MOST:
        raise _wrong(path, f"{values.size} samples")
    if values.ndim == 3 and values.shape[2] == 2 and values.dtype == np.int16:
        pairs = values.astype(np.float32)
        return np.ascontiguousarray(pairs).view(np.complex64)[..., 0]
    if values.ndim != 2 or values.dtype.kind != "c":
        raise _wrong(path, f"{values.ndim} axes of {values.dtype}")
    return np.ascontiguousarray(values, dtype=np.complex64)


def _wrong(path: Path, what: str) -> DataError:
    return DataError(
        f"{what} are no single-look complex data",
        file=path,
        remedy="Give one band of complex numbers: CFloat32 or CInt16 GeoTIFF, or NPY.",
    )


def read_image(source: Path) -> tuple[RadarImage, RadarDeclared]:
    """A single-look complex image by its description. Raises DataError."""
    about, said, declared = read_description(source)
    _require(said, IMAGE, source)
    pixels = read_complex(source.parent / said.pop("data"))
    track = read_track(source.parent / said.pop("track"))
    return RadarImage(about, pixels, track, name=str(source), **said), declared


def read_echoes(source: Path) -> tuple[PhaseHistory, RadarDeclared]:
    """Phase history by its description. Raises DataError where pulses and places differ."""
    about, said, declared = read_description(source)
    _require(said, PHASE_HISTORY, source)
    echoes = read_complex(source.parent / said.pop("data"))
    track = read_track(source.parent / said.pop("track"))
    if len(track.time_s) != echoes.shape[0]:
        raise DataError(
            f"{echoes.shape[0]} pulses and {len(track.time_s)} places",
            file=source,
            remedy="Give the antenna's place for each pulse.",
        )
    return PhaseHistory(about, echoes, track, **said), declared


def _require(said: dict[str, Any], form: str, source: Path) -> None:
    if said.pop("form") != form:
        raise DataError(
            f"this does not describe {'an image' if form == IMAGE else 'phase history'}",
            file=source,
            remedy="Focus phase history first: overflight sensor radar focus."
            if form == IMAGE
            else "Give the description whose form is phase-history.",
        )


def write_echoes(history: PhaseHistory, folder: Path, stem: str = "echoes") -> Path:
    """NPY, track and description; the description's path."""
    said: dict[str, Any] = {
        "form": PHASE_HISTORY,
        "data": f"{stem}.npy",
        "track": f"{stem}-track.csv",
        "pulse_us": history.pulse_us,
        "sample_mhz": history.sample_mhz,
        "first_us": history.first_us,
        "ground_m": history.ground_m,
    }
    held = io.BytesIO()
    np.save(held, history.echoes)
    write_atomic(folder / said["data"], held.getvalue())
    write_atomic(folder / said["track"], write_track(history.track))
    path = folder / f"{stem}.toml"
    write_atomic(path, write_description(history.about, said))
    return path


def write_image(
    image: RadarImage,
    folder: Path,
    stem: str = "image",
    *,
    kind: str = "cfloat32",
    declared: Mapping[str, float] | None = None,
) -> Path:
    """A complex GeoTIFF (``kind`` cfloat32 or cint16) or NPY (``kind`` npy), track and
    description; the description's path. CInt16 is scaled to its whole range."""
    name = f"{stem}.npy" if kind == "npy" else f"{stem}.tif"
    if kind == "npy":
        held = io.BytesIO()
        np.save(held, image.pixels)
        write_atomic(folder / name, held.getvalue())
    else:
        write_atomic(folder / name, _tiff(image, kind))
    said = {
        "form": IMAGE,
        "data": name,
        "track": f"{stem}-track.csv",
        "first_s": image.first_s,
        "line_s": image.line_s,
        "near_m": image.near_m,
        "range_m": image.range_m,
        "ground_m": image.ground_m,
        "doppler_hz": image.doppler_hz,
        "range_weighting": image.range_weighting,
        "azimuth_weighting": image.azimuth_weighting,
    }
    write_atomic(folder / f"{stem}-track.csv", write_track(image.track))
    path = folder / f"{stem}.toml"
    plain = {k: float(v) if isinstance(v, np.floating) else v for k, v in said.items()}
    write_atomic(path, write_description(image.about, plain, declared))
    return path


def _tiff(image: RadarImage, kind: str) -> bytes:
    from rasterio.errors import NotGeoreferencedWarning
    from rasterio.io import MemoryFile

    pixels = image.pixels
    if kind == "cint16":
        most = float(np.abs(pixels.view(np.float32)).max()) or 1.0
        pixels = pixels * np.float32(_LARGEST / most)
        pixels = (np.round(pixels.real) + 1j * np.round(pixels.imag)).astype(np.complex64)
    tags = {"TIFFTAG_IMAGEDESCRIPTION": " ".join((*image.about.marks, image.about.sensor))}
    if image.about.marks:
        tags["OVERFLIGHT_MARKS"] = " ".join(image.about.marks)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile() as memory:
            dtype = "complex_int16" if kind == "cint16" else "complex64"
            rows, columns = pixels.shape
            with memory.open(
                driver="GTiff", width=columns, height=rows, count=1, dtype=dtype
            ) as out:
                out.write(pixels, 1)
                out.update_tags(**tags)
            return bytes(memory.read())
