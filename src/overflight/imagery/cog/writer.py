"""Writing a Cloud Optimized GeoTIFF tile by tile.

Tiles come in once, row by row; each is shrunk into the overviews as it passes, compressed and laid
aside. At the end the directories go to the front, then the smallest overview, the larger ones, the
picture: the order that GDAL's COG driver has and validators ask for. What is held in memory is one
row of tiles a level and a bounded heap of compressed ones, whatever the picture's size.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.cog.compress import compressed
from overflight.imagery.cog.directory import Form, Tag, laid_out, with_places
from overflight.imagery.cog.pile import Pile
from overflight.imagery.cog.tags import described, geo_tags, picture_tags
from overflight.imagery.cog.tiling import TILE, Tiling, by_tiles, fitting
from overflight.imagery.cog.whole import whole_or_none
from overflight.imagery.rectify.grid import MapGrid

__all__ = ["TILE", "CogWriter", "read_marks", "write_cog"]

_GHOST = (
    "LAYOUT=IFDS_BEFORE_DATA\n"
    "BLOCK_ORDER=ROW_MAJOR\n"
    "BLOCK_LEADER=SIZE_AS_UINT4\n"
    "BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n"
    "KNOWN_INCOMPATIBLE_EDITION=NO\n "
)
"""What GDAL's driver says between header and directories, so that it may fetch a tile with its
size in one read: docs of the COG driver, "Header ghost area"."""
_CLASSIC_MOST = 2**32
_MOST_HELD = 128 * 2**20
"""Bytes of compressed tiles in memory before they go to disk."""
_QUEUE = 4


class _Level:
    """One size of the picture: its tiles, and the row of tiles that is being filled."""

    def __init__(self, rows: int, columns: int, tiling: Tiling, folder: Path) -> None:
        self.rows, self.columns = rows, columns
        self.across, self.down = -(-columns // tiling.edge), -(-rows // tiling.edge)
        self.tiles, self.masks = Pile(folder), Pile(folder)
        self._tiling = tiling
        self.row = 0
        self.pixels: NDArray[Any] | None = None
        self.seen: NDArray[np.uint8] | None = None

    def open_row(self) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        if self.pixels is None or self.seen is None:
            edge, kind = self._tiling.edge, self._tiling.dtype
            self.pixels = np.zeros((self.across, edge, edge * self._tiling.bands), dtype=kind)
            self.seen = np.zeros((self.across, edge, edge), dtype=np.uint8)
        return self.pixels, self.seen

    def close_row(self) -> None:
        self.pixels = self.seen = None
        self.row += 1


class CogWriter:
    """Takes the tiles of a picture and leaves a file that is whole, or none at all.

    ``bands`` 1, 3 or 4; ``dtype`` uint8 or uint16. ``metadata``: texts by name for GDAL's metadata;
    TIFFTAG_IMAGEDESCRIPTION and TIFFTAG_DATETIME become tags. Every one of ``marks`` stands in the
    description and in the metadata. The same input gives the same bytes, whatever ``workers``.
    ``big`` None: a BigTIFF where a classic one cannot hold it. Raises ImageError for pixels, or a
    grid, that no such file can hold, and OSError as the disk does.
    """

    def __init__(
        self,
        path: Path,
        grid: MapGrid,
        bands: int,
        dtype: Any,
        *,
        metadata: Mapping[str, str] | None = None,
        marks: Sequence[str] = (),
        workers: int = 1,
        big: bool | None = None,
        tile: int = TILE,
    ) -> None:
        self._tiling = Tiling(grid, bands, dtype, tile)
        self._path, self._big = Path(path), big
        self._texts = described(metadata or {}, marks)
        self._geo = geo_tags(grid)
        folder = self._path.parent
        folder.mkdir(parents=True, exist_ok=True)
        rows, columns = grid.rows, grid.columns
        self._levels = [_Level(rows, columns, self._tiling, folder)]
        while max(rows, columns) > tile:
            rows, columns = -(-rows // 2), -(-columns // 2)
            self._levels.append(_Level(rows, columns, self._tiling, folder))
        self._held = 0
        self._whole = True
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None
        self._waiting: deque[tuple[_Level, Future[tuple[bytes, bytes]]]] = deque()
        self._most_waiting = _QUEUE * workers

    def __enter__(self) -> CogWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)
            for level in self._levels:
                level.tiles.close()
                level.masks.close()

    def write(
        self, row0: int, col0: int, pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None
    ) -> None:
        """The tile whose first pixel is at ``row0`` and ``col0``, those at the right and lower edge
        cut, in the order of rows. ``mask`` (rows, columns), not zero where there is something to
        see; None: all of it is. The arrays are the caller's again afterwards."""
        row, column = self._tiling.take(row0, col0, pixels, mask)
        edge, (tall, wide) = self._tiling.edge, pixels.shape[:2]
        hidden = None if mask is None or mask.all() else mask == 0
        self._whole = self._whole and hidden is None
        tile = self._tiling.squared(pixels, copy=self._pool is not None or hidden is not None)
        if hidden is None and (tall, wide) == (edge, edge):
            self._put(0, row, column, tile, None)
            return
        seen = np.zeros((edge, edge), dtype=np.uint8)
        seen[:tall, :wide] = 255
        if hidden is not None:
            seen[:tall, :wide][hidden] = 0
            # What is not seen has no value: whatever stood there would tell something of itself.
            tile.reshape(edge, edge, -1)[:tall, :wide][hidden] = 0
        self._put(0, row, column, tile, seen)

    def write_rows(
        self, row0: int, pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None
    ) -> None:
        """One or more whole rows of tiles; ``pixels`` as wide as the picture."""
        by_tiles(self.write, self._tiling.edge, row0, pixels, mask)

    def _put(
        self,
        number: int,
        row: int,
        column: int,
        tile: NDArray[Any],
        seen: NDArray[np.uint8] | None,
    ) -> None:
        """Compress a full-sized tile of a level, and shrink it into the next one."""
        level, bands = self._levels[number], self._tiling.bands
        if self._pool is None:
            self._lay_aside(level, *compressed(tile, seen, bands))
        else:
            self._waiting.append((level, self._pool.submit(compressed, tile, seen, bands)))
            while len(self._waiting) > self._most_waiting:
                self._take()
        if number + 1 < len(self._levels):
            self._shrink(number + 1, row, column, tile, seen)

    def _shrink(
        self,
        number: int,
        row: int,
        column: int,
        tile: NDArray[Any],
        seen: NDArray[np.uint8] | None,
    ) -> None:
        from overflight.imagery.cog.shrink import halved, halved_whole

        level, bands, half = self._levels[number], self._tiling.bands, self._tiling.edge // 2
        pixels, mask = level.open_row()
        top, left = half * (row % 2), half * (column % 2)
        out = pixels[column // 2, top : top + half, left * bands : (left + half) * bands]
        out_mask = mask[column // 2, top : top + half, left : left + half]
        if seen is None or seen.all():
            halved_whole(tile, bands, out)
            out_mask[:] = 255
        else:
            halved(tile, seen, bands, out, out_mask)
        below = self._levels[number - 1]
        if column == below.across - 1 and (row % 2 == 1 or row == below.down - 1):
            done = level.row
            level.close_row()
            for k in range(level.across):
                self._put(number, done, k, pixels[k], mask[k])

    def _take(self) -> None:
        level, future = self._waiting.popleft()
        self._lay_aside(level, *future.result())

    def _lay_aside(self, level: _Level, data: bytes, packed: bytes) -> None:
        self._held += level.tiles.add(data) + level.masks.add(packed)
        if self._held > _MOST_HELD:
            for each in self._levels:
                each.tiles.spill()
                each.masks.spill()
            self._held = 0

    def _finish(self) -> None:
        self._tiling.end()
        while self._waiting:
            self._take()
        piles, bare = self._directories()
        big = self._big
        if big is None:
            big = _placed(Form(False), bare, piles)[2] > _CLASSIC_MOST
        form = Form(big)
        starts, places, end = _placed(form, bare, piles)
        if not big and end > _CLASSIC_MOST:
            raise ImageError(
                f"the picture takes {end} bytes, more than a classic TIFF holds",
                remedy="Write it with big=True, or leave the choice to the writer.",
            )
        with whole_or_none(self._path) as stream:
            stream.write(form.header(starts[0]) + _intro(form))
            for k, (tags, pile) in enumerate(zip(bare, piles, strict=True)):
                full = with_places(tags, form, places[k], pile.lengths)
                following = starts[k + 1] if k + 1 < len(bare) else 0
                stream.write(form.directory(full, starts[k], following))
            for pile in reversed(piles):
                pile.pour(stream)

    def _directories(self) -> tuple[list[Pile], list[list[Tag]]]:
        """Picture, its mask, larger overview, its mask, ...: as GDAL orders them."""
        piles: list[Pile] = []
        bare: list[list[Tag]] = []
        edge, bands, kind = self._tiling.edge, self._tiling.bands, self._tiling.dtype
        for number, level in enumerate(self._levels):
            about = [*self._geo, *self._texts] if number == 0 else []
            size = (level.columns, level.rows)
            bare.append([*picture_tags(size, edge, bands, kind, reduced=number > 0), *about])
            piles.append(level.tiles)
            if not self._whole:
                bare.append(picture_tags(size, edge, 0, kind, reduced=number > 0))
                piles.append(level.masks)
        return piles, bare


def _intro(form: Form) -> bytes:
    """The ghost area, padded so that what follows the header begins at an even place."""
    intro = f"GDAL_STRUCTURAL_METADATA_SIZE={len(_GHOST):06d} bytes\n{_GHOST}".encode()
    return intro + b"\0" * ((form.header_bytes + len(intro)) % 2)


def _placed(
    form: Form, bare: Sequence[Sequence[Tag]], piles: Sequence[Pile]
) -> tuple[list[int], list[list[int]], int]:
    """Where each directory begins; where the tiles of each are, the last pile first in the file;
    and where the file ends."""
    first = form.header_bytes + len(_intro(form))
    empty = [
        with_places(tags, form, [0] * len(pile.lengths), pile.lengths)
        for tags, pile in zip(bare, piles, strict=True)
    ]
    starts = laid_out(form, empty, first)
    at = starts.pop()
    places: list[list[int]] = []
    for pile in reversed(piles):
        places.append(pile.places(at))
        at += pile.total
    return starts, places[::-1], at


def write_cog(
    path: Path,
    pixels: NDArray[Any],
    mask: NDArray[np.uint8] | None,
    grid: MapGrid,
    *,
    metadata: Mapping[str, str] | None = None,
    marks: Sequence[str] = (),
    workers: int = 1,
    tile: int = TILE,
) -> None:
    """A picture that is in memory, (rows, columns) or (rows, columns, bands), as a COG."""
    bands = fitting(grid, pixels, mask)
    with CogWriter(
        path, grid, bands, pixels.dtype, metadata=metadata, marks=marks, workers=workers, tile=tile
    ) as writer:
        writer.write_rows(0, pixels, mask)


def read_marks(path: Path) -> tuple[str, ...]:
    """The marks that a GeoTIFF carries, from its metadata or its description. Raises ImageError
    for what is no picture."""
    import rasterio
    from rasterio.errors import RasterioIOError

    from overflight.imagery.cog.tags import marks_of

    try:
        with rasterio.open(path) as source:
            return marks_of(source.tags())
    except RasterioIOError as error:
        raise ImageError(
            f"{path}: not read: {error}", remedy="Give a GeoTIFF that is whole."
        ) from None
