"""Memory that goes back to the system: without it a long mosaic holds ever more."""

from __future__ import annotations

import contextlib

_M_MMAP_THRESHOLD, _BYTES = -3, 128 * 1024


def keep_heap_small() -> None:
    """Have the C library map large blocks one by one, for the whole process.

    Compressed tiles that wait for the end and blocks of GDAL's cache otherwise lie in turns in one
    heap, whose holes fit nobody: it grows with the mosaic, by half a megabyte a tile. mallopt(3):
    the threshold moves by itself unless it is set. Other libraries than glibc have no such call.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _BYTES)
