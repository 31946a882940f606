"""Writing a Cloud Optimized GeoTIFF tile by tile.

Tiles come in once, row by row; each is shrunk into the overviews as it passes, compressed
(Zstandard over horizontal differences, TIFF predictor 2) and laid aside on disk. At the end the
directories go to the front, then the smallest overview, the larger ones, the picture: the order
that GDAL's COG driver has and validators ask for. What is held in memory is one row of tiles a
level and a bounded heap of compressed ones, whatever the picture's size.
"""

from __future__ import annotations

import os
import tempfile
import threading
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.cog.directory import Form, Tag, laid_out, with_places
from overflight.imagery.cog.tags import described, geo_tags, picture_tags
from overflight.imagery.rectify.grid import MapGrid

TILE = 512
_GHOST = (
    "LAYOUT=IFDS_BEFORE_DATA\n"
    "BLOCK_ORDER=ROW_MAJOR\n"
    "BLOCK_LEADER=SIZE_AS_UINT4\n"
    "BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n"
    "KNOWN_INCOMPATIBLE_EDITION=NO\n "
)
"""What GDAL's driver says between header and directories, so that it may fetch a tile with its
size in one read: docs of the COG driver, "Header ghost area"."""
_CLASSIC_MOST = 4_000_000_000
_MOST_HELD = 256 * 2**20
"""Bytes of compressed tiles in memory before they go to disk."""
_QUEUE = 4


class _Pile:
    """Compressed tiles laid aside, with their lengths: in memory until told to spill."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._spilt = 0
        self._held: list[bytes] = []
        self.lengths: list[int] = []

    def add(self, data: bytes) -> int:
        """Lay a tile aside; returns how many bytes that takes."""
        self._held += [len(data).to_bytes(4, "little"), data, data[-4:]]
        self.lengths.append(len(data))
        return len(data) + 8

    def spill(self) -> None:
        """Out of memory, onto the disk."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - lives on
        self._file.writelines(self._held)
        self._spilt += sum(map(len, self._held))
        self._held.clear()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def total(self) -> int:
        return sum(self.lengths) + 8 * len(self.lengths)

    def places(self, start: int) -> list[int]:
        """Where each tile is once the pile lies at ``start``: behind its four bytes of size."""
        found, at = [], start
        for length in self.lengths:
            found.append(at + 4)
            at += length + 8
        return found

    def pour(self, into: IO[bytes]) -> None:
        if self._file is not None:
            self._file.flush()
            into.flush()
            at = 0
            while at < self._spilt:
                most = min(self._spilt - at, 1 << 30)
                moved = os.sendfile(into.fileno(), self._file.fileno(), at, most)
                if moved == 0:
                    raise OSError("the tiles laid aside ended early")
                at += moved
            into.seek(0, os.SEEK_END)
        into.writelines(self._held)


class _Level:
    """One size of the picture: its tiles, and the row of tiles that is being filled."""

    def __init__(self, rows: int, columns: int, bands: int, dtype: Any, folder: Path) -> None:
        self.rows, self.columns = rows, columns
        self.across, self.down = -(-columns // TILE), -(-rows // TILE)
        self.tiles, self.masks = _Pile(folder), _Pile(folder)
        self._bands, self._dtype = bands, dtype
        self.row = 0
        self.pixels: NDArray[Any] | None = None
        self.seen: NDArray[np.uint8] | None = None

    def open_row(self) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        if self.pixels is None or self.seen is None:
            self.pixels = np.zeros((self.across, TILE, TILE * self._bands), dtype=self._dtype)
            self.seen = np.zeros((self.across, TILE, TILE), dtype=np.uint8)
        return self.pixels, self.seen

    def close_row(self) -> None:
        self.pixels = self.seen = None
        self.row += 1


class CogWriter:
    """Takes the tiles of a picture and leaves a file that is whole, or none at all.

    ``bands`` 1, 3 or 4; ``dtype`` uint8 or uint16. ``metadata``: texts by name for GDAL's metadata;
    TIFFTAG_IMAGEDESCRIPTION and TIFFTAG_DATETIME become tags. Every one of ``marks`` stands in the
    description and in the metadata. The same input gives the same bytes, whatever ``workers``.
    Raises ImageError for pixels, or a grid, that no such file can hold.
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
    ) -> None:
        kind = np.dtype(dtype).newbyteorder("=")
        if bands not in (1, 3, 4) or kind not in (np.uint8, np.uint16):
            raise ImageError(
                f"no such picture is written: {bands} bands of {kind}",
                remedy="Give 1, 3 or 4 bands of 8 or 16 bits without a sign.",
            )
        self._path, self._grid, self._bands, self._dtype = Path(path), grid, bands, kind
        self._texts = described(metadata or {}, marks)
        self._geo = geo_tags(grid)
        bound = grid.rows * grid.columns * bands * kind.itemsize * 3 // 2
        self._form = Form(bound > _CLASSIC_MOST if big is None else big)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        rows, columns = grid.rows, grid.columns
        self._levels = [_Level(rows, columns, bands, kind, self._path.parent)]
        while max(rows, columns) > TILE:
            rows, columns = -(-rows // 2), -(-columns // 2)
            self._levels.append(_Level(rows, columns, bands, kind, self._path.parent))
        self._next = 0
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
        """The tile whose first pixel is at ``row0`` and ``col0``: tiles of 512 x 512, those at the
        right and lower edge cut, in the order of rows. ``mask`` None: all of it is seen."""
        level = self._levels[0]
        row, column = divmod(self._next, level.across)
        tall = min(TILE, level.rows - row * TILE)
        wide = min(TILE, level.columns - column * TILE)
        shape = (tall, wide) if self._bands == 1 else (tall, wide, self._bands)
        if (row0, col0) != (row * TILE, column * TILE) or pixels.shape != shape:
            raise ImageError(
                f"a tile of shape {pixels.shape} at {row0}, {col0}, where one of {shape} at "
                f"{row * TILE}, {column * TILE} comes next",
                remedy="Give every tile once, row by row.",
            )
        self._next += 1
        flat = pixels.reshape(tall, wide * self._bands)
        tile = np.zeros((TILE, TILE * self._bands), dtype=self._dtype)
        seen = np.zeros((TILE, TILE), dtype=np.uint8)
        tile[:tall, : wide * self._bands] = flat
        if mask is None:
            seen[:tall, :wide] = 255
        else:
            seen[:tall, :wide] = mask
            self._whole = self._whole and bool(mask.all())
            # What is not seen has no value: whatever stood there would tell something of itself.
            hidden = mask == 0
            if hidden.any():
                tile[:tall, : wide * self._bands].reshape(tall, wide, self._bands)[hidden] = 0
        self._put(0, row, column, tile, seen)

    def _put(
        self, number: int, row: int, column: int, tile: NDArray[Any], seen: NDArray[np.uint8]
    ) -> None:
        """Compress a full-sized tile of a level, and shrink it into the next one."""
        level = self._levels[number]
        if self._pool is None:
            self._lay_aside(level, *_compressed(tile, seen, self._bands))
        else:
            self._waiting.append((level, self._pool.submit(_compressed, tile, seen, self._bands)))
            while len(self._waiting) > self._most_waiting:
                self._take()
        if number + 1 < len(self._levels):
            self._shrink(number + 1, row, column, tile, seen)

    def _shrink(
        self, number: int, row: int, column: int, tile: NDArray[Any], seen: NDArray[np.uint8]
    ) -> None:
        from overflight.imagery.cog.shrink import halved, halved_whole

        level = self._levels[number]
        pixels, mask = level.open_row()
        half = TILE // 2
        top, left = half * (row % 2), half * (column % 2)
        out = pixels[column // 2, top : top + half,
                     left * self._bands : (left + half) * self._bands]  # fmt: skip
        out_mask = mask[column // 2, top : top + half, left : left + half]
        if seen.all():
            halved_whole(tile, self._bands, out)
            out_mask[:] = 255
        else:
            halved(tile, seen, self._bands, out, out_mask)
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
        level = self._levels[0]
        if self._next != level.across * level.down:
            raise ImageError(
                f"{self._next} of {level.across * level.down} tiles were given",
                remedy="Give every tile once, row by row.",
            )
        while self._waiting:
            self._take()
        descriptor, name = tempfile.mkstemp(
            dir=self._path.parent, prefix=f".{self._path.name}.", suffix=".tmp"
        )
        try:
            with os.fdopen(descriptor, "wb") as stream:
                self._assemble(stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _assemble(self, stream: IO[bytes]) -> None:
        piles: list[_Pile] = []
        bare: list[list[Tag]] = []
        for number, level in enumerate(self._levels):
            about = [*self._geo, *self._texts] if number == 0 else []
            size = (level.columns, level.rows)
            bare.append([*picture_tags(size, TILE, self._bands, self._dtype, number > 0), *about])
            piles.append(level.tiles)
            if not self._whole:
                bare.append(picture_tags(size, TILE, 0, self._dtype, number > 0))
                piles.append(level.masks)
        form = self._form
        intro = f"GDAL_STRUCTURAL_METADATA_SIZE={len(_GHOST):06d} bytes\n{_GHOST}".encode()
        first = form.header_bytes + len(intro)
        intro += b"\0" * (first % 2)
        first += first % 2
        empty = [
            with_places(tags, form, [0] * len(pile.lengths), pile.lengths)
            for tags, pile in zip(bare, piles, strict=True)
        ]
        starts = laid_out(form, empty, first)
        at = starts[-1]
        order = list(range(len(piles)))[::-1]
        places: dict[int, list[int]] = {}
        for which in order:
            places[which] = piles[which].places(at)
            at += piles[which].total
        if not form.big and at >= 2**32:
            raise ImageError("the picture outgrew a classic TIFF", remedy="Write it with big=True.")
        stream.write(form.header(first) + intro)
        for which, (tags, pile) in enumerate(zip(bare, piles, strict=True)):
            full = with_places(tags, form, places[which], pile.lengths)
            following = starts[which + 1] if which + 1 < len(bare) else 0
            stream.write(form.directory(full, starts[which], following))
        for which in order:
            piles[which].pour(stream)


def write_cog(
    path: Path,
    pixels: NDArray[Any],
    mask: NDArray[np.uint8] | None,
    grid: MapGrid,
    *,
    metadata: Mapping[str, str] | None = None,
    marks: Sequence[str] = (),
    workers: int = 1,
) -> None:
    """A picture that is in memory, (rows, columns) or (rows, columns, bands), as a COG."""
    if pixels.shape[:2] != grid.shape or (mask is not None and mask.shape != grid.shape):
        raise ImageError(
            f"pixels of {pixels.shape} on a grid of {grid.shape}", remedy="Give them alike."
        )
    bands = 1 if pixels.ndim == 2 else int(pixels.shape[2])
    held = pixels[:, :, 0] if pixels.ndim == 3 and bands == 1 else pixels
    with CogWriter(
        path, grid, bands, pixels.dtype, metadata=metadata, marks=marks, workers=workers
    ) as writer:
        for row in range(0, grid.rows, TILE):
            for column in range(0, grid.columns, TILE):
                part = np.s_[row : row + TILE, column : column + TILE]
                writer.write(row, column, held[part], None if mask is None else mask[part])


def read_marks(path: Path) -> tuple[str, ...]:
    """The marks that a GeoTIFF carries, from its metadata or its description."""
    import rasterio

    from overflight.imagery.cog.tags import marks_of

    with rasterio.open(path) as source:
        return marks_of(source.tags())


def _compressed(tile: NDArray[Any], seen: NDArray[np.uint8], bands: int) -> tuple[bytes, bytes]:
    """A tile after predictor 2 as a Zstandard frame, and its mask with a bit a pixel, deflated."""
    different = np.empty_like(tile)
    different[:, :bands] = tile[:, :bands]
    np.subtract(tile[:, bands:], tile[:, :-bands], out=different[:, bands:])
    little = different.astype(different.dtype.newbyteorder("<"), copy=False)
    packed = _all_seen() if seen.all() else _packed(seen)
    return _compressor().compress(little.tobytes()), packed


_own = threading.local()


def _compressor() -> Any:
    """One for each thread. A small hash table: neighbours' differences repeat nearby or not at
    all, and a table that fits the fastest cache is a quarter quicker for 1 % of size."""
    if not hasattr(_own, "compressor"):
        import zstandard

        parameters = zstandard.ZstdCompressionParameters.from_level(
            1, strategy=zstandard.STRATEGY_FAST, window_log=19, hash_log=12, write_checksum=False
        )
        _own.compressor = zstandard.ZstdCompressor(compression_params=parameters)
    return _own.compressor


@cache
def _all_seen() -> bytes:
    return _packed(np.ones((TILE, TILE), dtype=np.uint8))


def _packed(seen: NDArray[np.uint8]) -> bytes:
    return zlib.compress(np.packbits(seen != 0, axis=1).tobytes(), 6)
