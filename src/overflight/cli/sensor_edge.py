"""What ``overflight sensor resolution IMAGE --edge`` does once its words are parsed."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from overflight.cli.common import print_json
from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.imagery.edge import EdgeReading


def run(arguments: argparse.Namespace) -> int:
    from overflight.imagery.edge import measure
    from overflight.imagery.frames_in import grey, read_frame

    source = sys.stdin.buffer if arguments.image == "-" else arguments.image
    frame = read_frame(_seekable(source) if arguments.image == "-" else source)
    if frame.undone:
        print(f"by its EXIF the camera was {frame.undone}; undone", file=sys.stderr)
    values: Any
    if frame.pixels.ndim == 2:
        values = frame.pixels
        grey(frame, arguments.band)
    elif arguments.band is None:
        values = grey(frame)
    else:
        grey(frame, arguments.band)
        values = frame.pixels[..., arguments.band]
    if arguments.crop is not None:
        values = _cut(values, arguments.crop)
    reading = measure(values, top=float(frame.top), gamma=arguments.gamma)
    document = {
        "kind": "sensor-edge", "version": 1, "image": frame.name, "crop": arguments.crop,
        **reading.document(),
    }  # fmt: skip
    print_json(document) if arguments.json else print(_text(reading))
    return 0


def _seekable(stream: Any) -> Any:
    import io

    return io.BytesIO(stream.read())


def _cut(values: Any, crop: tuple[int, int, int, int]) -> Any:
    x, y, width, height = crop
    rows, columns = values.shape
    if x < 0 or y < 0 or width < 1 or height < 1 or x + width > columns or y + height > rows:
        raise DataError(
            f"the crop {x},{y},{width},{height} does not lie in {columns} x {rows} pixels",
            remedy="Give X,Y,WIDTH,HEIGHT in pixels from the upper left corner.",
        )
    return values[y : y + height, x : x + width]


def parse_crop(text: str) -> tuple[int, int, int, int]:
    """X,Y,WIDTH,HEIGHT; for ``type=`` of an argument."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not X,Y,WIDTH,HEIGHT in whole pixels"
        ) from None
    return x, y, width, height


def _text(reading: EdgeReading) -> str:
    low, high = reading.interval_95
    lines = [
        f"MTF50 {reading.mtf50:.4f} cycles per pixel, 95 % interval {low:.4f} to {high:.4f}",
        f"transfer at 0.25 and 0.5 cycles per pixel: {reading.at(0.25):.3f}, {reading.at(0.5):.3f}",
        f"edge leans {reading.angle_degrees:.2f} degrees from the pixel grid and bows by "
        f"{reading.bow_pixels:+.2f} pixels",
        f"dark {reading.dark:.0f}, light {reading.light:.0f}, noise {reading.noise:.1%} of the "
        f"contrast, {reading.pixels} pixels used",
        "blur: " + ", ".join(f"{name} ({p:.0%})" for name, p in reading.blurs),
    ]
    return "\n".join([*lines, *(f"note: {note}" for note in reading.notes)])
