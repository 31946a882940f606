"""Tiles into bytes: Zstandard over horizontal differences; masks with a bit a pixel, deflated."""

from __future__ import annotations

import threading
import zlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


def compressed(
    tile: NDArray[Any], seen: NDArray[np.uint8] | None, bands: int
) -> tuple[bytes, bytes]:
    """A tile (edge, edge * bands) after TIFF's predictor 2 as a Zstandard frame, and its mask
    (edge, edge), None where all is seen."""
    different = _scratch(tile)
    different[:, :bands] = tile[:, :bands]
    np.subtract(tile[:, bands:], tile[:, :-bands], out=different[:, bands:])
    little = different.astype(different.dtype.newbyteorder("<"), copy=False)
    mask = _all_seen(tile.shape[0]) if seen is None or seen.all() else packed(seen)
    return _compressor().compress(little.data), mask


def packed(seen: NDArray[np.uint8]) -> bytes:
    return zlib.compress(np.packbits(seen != 0, axis=1).tobytes(), 6)


@cache
def _all_seen(edge: int) -> bytes:
    return packed(np.ones((edge, edge), dtype=np.uint8))


_own = threading.local()
"""What each thread has for itself: its compressor, and room for one tile's differences."""


def _scratch(tile: NDArray[Any]) -> NDArray[Any]:
    held: NDArray[Any] | None = getattr(_own, "scratch", None)
    if held is None or held.shape != tile.shape or held.dtype != tile.dtype:
        held = _own.scratch = np.empty(tile.shape, dtype=tile.dtype)
    return held


def _compressor() -> Any:
    """A small hash table: neighbours' differences repeat nearby or not at all, and a table that
    fits the fastest cache is a quarter quicker for 1.5 % of size."""
    if not hasattr(_own, "compressor"):
        import zstandard

        parameters = zstandard.ZstdCompressionParameters.from_level(
            1, strategy=zstandard.STRATEGY_FAST, window_log=19, hash_log=12, write_checksum=False
        )
        _own.compressor = zstandard.ZstdCompressor(compression_params=parameters)
    return _own.compressor
