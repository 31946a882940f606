"""The pictures that a frame becomes: the copy on the map, and a small one to look at.

Whatever is simulated says so in the pixels of both. A rendered frame's own words come through
rectification; where a blur, or a coarse grid, would make them illegible, or where the frame bears
none, they are written over the copy again.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.files import write_atomic
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.render import mark
from overflight.imagery.render.marked import Block, borne, legible, said_again
from overflight.imagery.sources import Source
from overflight.terms.frames import OrientedFrame
from overflight.terms.track import SIMULATED

THUMBNAIL_PX = 512
_QUALITY = 85
_WHITE = 255
_QUARTERS = 4


def with_marks_of_pixels(frame: OrientedFrame, source: Source) -> tuple[OrientedFrame, int]:
    """The frame with the mark that its pixels bear, if they do, whatever its metadata say; and the
    pixels of a dot of the words, 0 where not every quarter has one."""
    quarters, dot = borne(source)
    if quarters and SIMULATED not in frame.marks:
        frame = replace(frame, marks=(*frame.marks, SIMULATED))
    return frame, dot if quarters == _QUARTERS else 0


def said_in_pixels(
    block: Block, shape: tuple[int, int], marks: Sequence[str], dot_px: float, sigma_px: float
) -> tuple[Block, tuple[str, ...]]:
    """Blocks in which a simulated frame's words are legible, and what was done for that.

    ``dot_px``: a dot of the frame's own words, in pixels of the copy; ``sigma_px``: the Gaussian
    that went over them. Raises ImageError for a copy that has no room for the word.
    """
    if SIMULATED not in marks or legible(dot_px, sigma_px):
        return block, ()
    return said_again(block, shape), (f"{SIMULATED} written over the copy.",)


def write_copy(
    path: Path, block: Block, grid: MapGrid, source: Source, texts: Mapping[str, str],
    marks: Sequence[str],
) -> bool:  # fmt: skip
    """Write the copy tile by tile; whether there is anything to see in it."""
    from overflight.imagery.cog import CogWriter
    from overflight.imagery.cog.writer import TILE

    seen = False
    with CogWriter(path, grid, source.bands, source.dtype, metadata=texts, marks=marks) as writer:
        for row in range(0, grid.rows, TILE):
            for column in range(0, grid.columns, TILE):
                pixels, mask = block(row, row + TILE, column, column + TILE)
                writer.write(row, column, pixels, mask)
                seen = seen or bool(mask.any())
    return seen


def small_picture(copy: Path, path: Path, marks: Sequence[str]) -> Path | None:
    """A JPEG of 512 pixels at most, from the copy's overviews, as STAC clients show it; white is
    what was not seen. None for a simulated copy too narrow for the word."""
    from PIL import Image

    pixels, seen = _overview(copy)
    small = _eight_bits(pixels, seen)
    small[seen == 0] = _WHITE
    if SIMULATED in marks:
        if not mark.has_room(*small.shape[:2]):
            return None
        mark.write(small, mark.layout(*small.shape[:2])[:_QUARTERS])
    out = io.BytesIO()
    comment = ", ".join(marks).encode() or None
    Image.fromarray(small).save(out, format="JPEG", quality=_QUALITY, comment=comment)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, out.getvalue())
    return path


def _overview(copy: Path) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Pixels (rows, columns) or (rows, columns, 3) and mask, no side longer than a thumbnail's."""
    import rasterio
    from rasterio.enums import Resampling

    with rasterio.open(copy) as raster:
        less = max(1.0, max(raster.height, raster.width) / THUMBNAIL_PX)
        shape = max(1, round(raster.height / less)), max(1, round(raster.width / less))
        bands = [1] if raster.count < 3 else [1, 2, 3]
        read = raster.read(bands, out_shape=(len(bands), *shape), resampling=Resampling.average)
        seen = raster.dataset_mask(out_shape=shape)
    return read[0] if len(bands) == 1 else np.ascontiguousarray(np.moveaxis(read, 0, 2)), seen


def _eight_bits(pixels: NDArray[Any], seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """8 bits as they are; 16 stretched from the darkest to the lightest hundredth of what is
    seen."""
    if pixels.dtype == np.uint8:
        return np.array(pixels)
    inner = pixels[seen != 0]
    low, high = np.percentile(inner, (1.0, 99.0)) if inner.size else (0.0, 1.0)
    scaled = (pixels.astype(np.float64) - low) / max(1.0, high - low) * 255.0
    return np.asarray(np.clip(np.rint(scaled), 0.0, 255.0), dtype=np.uint8)
