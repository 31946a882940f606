"""A tiled GeoTIFF that is not compressed and has no overviews: written with no work but copying.

All tiles have one size, so every place in the file is known beforehand: header and directories are
written first and the tiles after them as they come, each with its mask, if there is one, behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.cog.directory import Form, Tag, laid_out, with_places
from overflight.imagery.cog.tags import described, geo_tags, picture_tags
from overflight.imagery.cog.tiling import TILE, Tiling, by_tiles, fitting
from overflight.imagery.cog.whole import whole_or_none
from overflight.imagery.rectify.grid import MapGrid

_PAGE = 4096


class TiledWriter:
    """Takes the tiles of a picture as CogWriter does and keeps none of them.

    ``masked``: a mask of a bit a pixel goes with every tile. ``sync`` False leaves it to the system
    when the bytes reach the disk; the name comes last all the same. Raises as CogWriter.
    """

    def __init__(
        self,
        path: Path,
        grid: MapGrid,
        bands: int,
        dtype: Any,
        *,
        masked: bool = False,
        metadata: Mapping[str, str] | None = None,
        marks: Sequence[str] = (),
        tile: int = TILE,
        sync: bool = True,
    ) -> None:
        self._tiling = Tiling(grid, bands, dtype, tile)
        size = (grid.columns, grid.rows)
        kind = self._tiling.dtype
        self._directories = [
            [
                *picture_tags(size, tile, bands, kind, plain=True),
                *geo_tags(grid),
                *described(metadata or {}, marks),
            ]
        ]
        self._sizes = [tile * tile * bands * kind.itemsize]
        if masked:
            self._directories.append(picture_tags(size, tile, 0, kind, plain=True))
            self._sizes.append(tile * tile // 8)
        self._path, self._sync = Path(path), sync
        self._stack = ExitStack()
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> TiledWriter:
        head = _head(self._directories, self._sizes, self._tiling.count)
        self._stream = self._stack.enter_context(whole_or_none(self._path, sync=self._sync))
        self._stream.write(head)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if kind is not None:
                self._stack.pop_all().__exit__(kind, error, trace)
            else:
                self._tiling.end()

    def write(
        self, row0: int, col0: int, pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None
    ) -> None:
        """The next tile, as for CogWriter. A mask, or none, where the file has no masks, changes
        nothing but that what is not seen is written as zero."""
        self._tiling.take(row0, col0, pixels, mask)
        edge, (tall, wide) = self._tiling.edge, pixels.shape[:2]
        hidden = None if mask is None or mask.all() else mask == 0
        tile = self._tiling.squared(pixels, copy=hidden is not None)
        if hidden is not None:
            tile.reshape(edge, edge, -1)[:tall, :wide][hidden] = 0
        assert self._stream is not None, "use it in a with block"
        self._stream.write(_little(tile))
        if len(self._sizes) > 1:
            seen = np.zeros((edge, edge), dtype=bool)
            seen[:tall, :wide] = True if hidden is None else ~hidden
            self._stream.write(np.packbits(seen, axis=1).data)

    def write_rows(
        self, row0: int, pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None
    ) -> None:
        """One or more whole rows of tiles; ``pixels`` as wide as the picture."""
        by_tiles(self.write, self._tiling.edge, row0, pixels, mask)


def write_tiled(
    path: Path,
    pixels: NDArray[Any],
    mask: NDArray[np.uint8] | None,
    grid: MapGrid,
    *,
    metadata: Mapping[str, str] | None = None,
    marks: Sequence[str] = (),
    tile: int = TILE,
    sync: bool = True,
) -> None:
    """A picture that is in memory as a tiled GeoTIFF, not compressed."""
    bands = fitting(grid, pixels, mask)
    with TiledWriter(
        path, grid, bands, pixels.dtype, masked=mask is not None, metadata=metadata, marks=marks,
        tile=tile, sync=sync,
    ) as writer:  # fmt: skip
        writer.write_rows(0, pixels, mask)


def _head(directories: Sequence[Sequence[Tag]], sizes: Sequence[int], count: int) -> bytes:
    """Header and directories, up to the page on which the first tile begins; a BigTIFF's where a
    classic one cannot hold the tiles."""
    step = sum(sizes)
    for form in (Form(False), Form(True)):
        empty = [
            with_places(tags, form, [0] * count, [size] * count)
            for tags, size in zip(directories, sizes, strict=True)
        ]
        starts = laid_out(form, empty, form.header_bytes)
        first = -(-starts.pop() // _PAGE) * _PAGE
        if form.big or first + step * count <= 2**32:
            break
    head = form.header(starts[0])
    for k, (tags, size) in enumerate(zip(directories, sizes, strict=True)):
        places = [first + sum(sizes[:k]) + step * n for n in range(count)]
        full = with_places(tags, form, places, [size] * count)
        following = starts[k + 1] if k + 1 < len(starts) else 0
        head += form.directory(full, starts[k], following)
    return head.ljust(first, b"\0")


def _little(tile: NDArray[Any]) -> memoryview:
    return tile.astype(tile.dtype.newbyteorder("<"), copy=False).data
