"""What ``overflight sensor resolution IMAGE`` does where the target has bars, or is a star."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from overflight.cli.common import print_json
from overflight.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from overflight.imagery.frames_in import Frame


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those of a bar target."""
    bars = parser.add_argument_group("groups of bars (unless --edge or --star)")
    bars.add_argument(
        "--target-file",
        metavar="TARGET.toml",
        help="the target's diagram: widths of its bars, so that the answer is in metres",
    )
    bars.add_argument("--gsd", type=float, metavar="M", help="ground covered by a pixel, metres")
    bars.add_argument(
        "--target", type=int, metavar="N", help="which target, where several are in the frame"
    )
    bars.add_argument(
        "--contrast",
        type=float,
        metavar="C",
        help="agreed contrast of the bars, light over dark (1.6, the least that may be agreed)",
    )
    bars.add_argument(
        "--threshold", type=float, metavar="M", help="modulation still told apart (0.04, ours)"
    )
    bars.add_argument(
        "--track",
        type=float,
        default=0.0,
        metavar="DEG",
        help="direction of flight in the picture, degrees clockwise from its top (0)",
    )
    star = parser.add_argument_group("a Siemens star")
    star.add_argument(
        "--star", action="store_true", help="the picture (or crop) holds one star of equal sectors"
    )


def run(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.formats.bar_reading_json import bar_reading_document
    from overflight.formats.bar_target_file import read_bar_target
    from overflight.imagery.bars.measure import CONTRAST, THRESHOLD, Asked, measure
    from overflight.report.bar_reading import bar_reading_text

    frame, values, top = _frame(arguments)
    target = None if arguments.target_file is None else read_bar_target(arguments.target_file)
    asked = Asked(
        contrast=CONTRAST if arguments.contrast is None else arguments.contrast,
        threshold=THRESHOLD if arguments.threshold is None else arguments.threshold,
        gsd=arguments.gsd,
        target=target,
        number=arguments.target,
        track_deg=arguments.track,
        top=top,
        jpeg_quality=frame.jpeg_quality,
        name=frame.name,
    )
    reading = measure(values, asked, _progress())
    if arguments.json:
        print_json(bar_reading_document(reading))
    else:
        print(bar_reading_text(reading, table))
    return 0


def run_star(arguments: argparse.Namespace) -> int:
    from overflight.imagery.bars.star import measure_star

    frame, values, top = _frame(arguments)
    reading = measure_star(values, top=top)
    if arguments.json:
        print_json({"kind": "sensor-star", "version": 1, "image": frame.name, **reading.document()})
    else:
        print(reading.text())
    return 0


def _frame(arguments: argparse.Namespace) -> tuple[Frame, Any, float]:
    """The frame, its codes (one band, cut out, straightened), and the highest code."""
    import io

    import numpy as np

    from overflight.cli.sensor_edge import _cut
    from overflight.imagery.frames_in import grey, read_frame

    source: Any = arguments.image
    if source == "-":
        source = io.BytesIO(sys.stdin.buffer.read())
    frame = read_frame(source)
    if frame.undone:
        print(f"by its EXIF the camera was {frame.undone}; undone", file=sys.stderr)
    values: Any = frame.pixels
    if values.ndim == 3 or arguments.band is not None:
        if values.ndim == 3 and arguments.band is None and _equal_bands(values):
            values = np.ascontiguousarray(values[..., 0])
        else:
            values = grey(frame, arguments.band)
    top = float(frame.top)
    if arguments.crop is not None:
        values = np.ascontiguousarray(_cut(values, arguments.crop))
    if arguments.gamma != 1.0:
        if not 0.2 <= arguments.gamma <= 5.0:
            raise DataError(f"a gamma of {arguments.gamma:g}", remedy="Give 0.2 to 5; sRGB is 2.2.")
        values = top * (values.astype(np.float64) / top) ** arguments.gamma
    return frame, values, top


def _equal_bands(values: Any) -> bool:
    return bool(
        (values[..., 0] == values[..., 1]).all() and (values[..., 1] == values[..., 2]).all()
    )


def _progress() -> Callable[[float], None] | None:
    """A line of progress on a terminal; nothing where the output goes elsewhere."""
    if not sys.stderr.isatty():
        return None

    def say(share: float) -> None:
        end = "\n" if share >= 1.0 else ""
        print(f"\rsearching the frame: {share:4.0%}", end=end, file=sys.stderr, flush=True)

    return say
