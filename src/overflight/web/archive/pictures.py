"""Previews and tiles of a picture, as the pixels are: marks in them stay. Made once, remembered."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import Any

from overflight.archive.catalogue.reading import parse
from overflight.archive.catalogue.stopping import go_on
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.objects import Objects
from overflight.web.archive.borrowed import Borrowed, TooMuchError

SIDE = 256
"""Pixels of a tile."""
PREVIEW_SIDE = 1024
MOST_BYTES = 256 * 1024 * 1024
MOST_OPEN = 16
"""Pictures held open by a thread."""
MOST_PIXELS = 400_000_000
"""Samples that are decoded for one answer: a frame without overviews, once."""
MOST_BLOCK = 256 * 1024 * 1024
"""Bytes of one tile or strip of a picture, decoded: the least that can be read of it."""
MOST_BANDS = 64
FORMATS = ("png", "jpg")
_EDGE = 20_037_508.342789244
"""Half the side of the world in EPSG:3857, metres (pi times 6378137)."""
_HREF = re.compile(r"/objects/([0-9a-f]{64})/")
Tile = tuple[int, int, int]
_Key = tuple[str, Tile | None, str]


class Gallery:
    """Pictures of one archive. Use from any number of threads; ``close`` it."""

    def __init__(self, archive: Archive, objects: Objects, most: int = MOST_BYTES) -> None:
        self._archive, self._objects, self._most = archive, objects, most
        self._lock = threading.Lock()
        self._made: OrderedDict[_Key, bytes] = OrderedDict()
        self._bytes = 0
        self._mine = threading.local()
        self._borrowed = Borrowed(objects)

    def close(self) -> None:
        """Forget the pictures, and take away what was fetched."""
        self._made.clear()
        self._borrowed.close()

    def asset_of(self, item: bytes, name: str) -> str | None:
        """The SHA-256 of the picture of an item: the asset of that name, or the first that is a
        TIFF with the role ``data``, ``visual`` or ``overview``, then any; None where none is."""
        document = parse(item)
        assets = document.get("assets") if isinstance(document, dict) else None
        if not isinstance(assets, dict):
            return None
        shown = [assets.get(name)] if name else sorted(assets.values(), key=_rank)
        for asset in shown:
            if not isinstance(asset, dict) or not str(asset.get("type", "")).startswith("image/"):
                continue
            match = _HREF.match(str(asset.get("href", "")))
            if match is not None:
                return match[1]
        return None

    def picture(self, sha256: str, tile: Tile | None, kind: str) -> bytes | None:
        """A tile, or the whole picture made small; None where the file is no picture with a place,
        or the tile lies outside of it."""
        if kind not in FORMATS:
            return None
        key = (sha256, tile, kind)
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
                return found
        go_on()
        made = self._make(sha256, tile, kind)
        if made is not None:
            with self._lock:
                self._keep(key, made)
        return made

    def _keep(self, key: _Key, picture: bytes) -> None:
        before = self._made.pop(key, b"")
        self._made[key] = picture
        self._bytes += len(picture) - len(before)
        while self._bytes > self._most and self._made:
            self._bytes -= len(self._made.popitem(last=False)[1])

    def _make(self, sha256: str, tile: Tile | None, kind: str) -> bytes | None:
        from rasterio.errors import RasterioError

        try:
            source = self._opened(sha256)
            return _preview(source, kind) if tile is None else _tile(source, tile, kind)
        except RasterioError:
            return None

    def _opened(self, sha256: str) -> Any:
        """The picture, held open by this thread."""
        import rasterio

        open_here: OrderedDict[str, Any] | None = getattr(self._mine, "open", None)
        if open_here is None:
            open_here = self._mine.open = OrderedDict()
        found = open_here.get(sha256)
        if found is None:
            # A picture is a stranger's file: only the one driver reads it, and no file beside it.
            with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
                found = rasterio.open(self._borrowed.file(sha256), driver="GTiff", sharing=False)
            try:
                _check_blocks(found)
            except TooMuchError:
                found.close()
                raise
            open_here[sha256] = found
            if len(open_here) > MOST_OPEN:
                open_here.popitem(last=False)[1].close()
        open_here.move_to_end(sha256)
        return found


def _rank(asset: Any) -> tuple[bool, bool]:
    if not isinstance(asset, dict):
        return True, True
    roles = asset.get("roles") or ()
    known = isinstance(roles, list) and bool({"data", "visual", "overview"} & set(map(str, roles)))
    return not str(asset.get("type", "")).startswith("image/tiff"), not known


def _check_blocks(source: Any) -> None:
    """TooMuchError for a picture whose smallest parts are large: what is small as a file can be
    large in memory."""
    import numpy as np

    if source.count > MOST_BANDS:
        raise _too_much()
    from rasterio.enums import Interleaving

    lines = source.block_shapes[0][0] == 1 and source.compression is not None
    if lines and source.width * source.height > 4 * MOST_PIXELS:
        raise _too_much()  # one strip, of which the last line is known after all others
    together = source.count if source.interleaving == Interleaving.pixel else 1
    for (rows, columns), kind in zip(source.block_shapes, source.dtypes, strict=True):
        if rows * columns * together * np.dtype(kind).itemsize > MOST_BLOCK:
            raise _too_much()


def _check_read(source: Any, width: float, height: float, scale: float) -> None:
    """TooMuchError where more is decoded than may be. ``width``, ``height``: what is read of the
    picture, in its pixels; ``scale``: how many of them become one, at least 1."""
    fitting = [factor for factor in source.overviews(1) if factor <= scale]
    factor = max(fitting, default=1)
    if width * height * len(_bands(source)) / factor**2 > MOST_PIXELS:
        raise _too_much()


def _too_much() -> TooMuchError:
    return TooMuchError(
        "the picture is too large to be made small here", remedy="Take its file, or ask for "
        "smaller tiles of it.",
    )  # fmt: skip


def bounds_of(tile: Tile) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in EPSG:3857, metres."""
    z, x, y = tile
    side = 2.0 * _EDGE / (1 << z)
    west, north = -_EDGE + x * side, _EDGE - y * side
    return west, north - side, west + side, north


def _tile(source: Any, tile: Tile, kind: str) -> bytes | None:
    from rasterio import Affine
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import transform_bounds

    if source.crs is None:
        return None
    bounds = bounds_of(tile)
    pixel = (bounds[2] - bounds[0]) / SIDE
    left, bottom, right, top = transform_bounds(source.crs, "EPSG:3857", *source.bounds)
    if left >= bounds[2] or right <= bounds[0] or bottom >= bounds[3] or top <= bounds[1]:
        return None
    wide, high = (right - left) / source.width, (top - bottom) / source.height
    across = min(right, bounds[2]) - max(left, bounds[0])
    along = min(top, bounds[3]) - max(bottom, bounds[1])
    _check_read(source, across / wide, along / high, max(1.0, pixel / max(wide, high)))
    with WarpedVRT(
        source, crs="EPSG:3857", width=SIDE, height=SIDE,
        transform=Affine(pixel, 0.0, bounds[0], 0.0, -pixel, bounds[3]),
        resampling=Resampling.nearest, add_alpha=source.nodata is None,
    ) as warped:  # fmt: skip
        bands = _bands(source)
        pixels = warped.read(indexes=bands)
        mask = warped.dataset_mask()
    return _encoded(_as_bytes(source, pixels), mask, kind)


def _preview(source: Any, kind: str) -> bytes:
    scale = min(1.0, PREVIEW_SIDE / max(source.width, source.height))
    _check_read(source, source.width, source.height, 1.0 / scale)
    shape = max(1, round(source.height * scale)), max(1, round(source.width * scale))
    pixels = source.read(indexes=_bands(source), out_shape=(len(_bands(source)), *shape))
    mask = source.dataset_mask(out_shape=shape)
    return _encoded(_as_bytes(source, pixels), mask, kind)


def _bands(source: Any) -> list[int]:
    return [1, 2, 3] if source.count >= 3 else [1]


def _as_bytes(source: Any, pixels: Any) -> Any:
    """Samples of 8 bits; others by the 2nd and 98th percentile of the picture made small."""
    import numpy as np

    if pixels.dtype == np.uint8:
        return pixels
    small = source.read(1, out_shape=(min(source.height, 256), min(source.width, 256)), masked=True)
    known = small.compressed()
    low, high = np.percentile(known, (2, 98)) if known.size else (0.0, 1.0)
    scaled = (pixels.astype(np.float32) - low) * (255.0 / max(float(high - low), 1e-9))
    return np.nan_to_num(np.clip(scaled, 0, 255)).astype(np.uint8)


def _encoded(pixels: Any, mask: Any, kind: str) -> bytes:
    import io

    import numpy as np
    from PIL import Image

    grey = pixels.shape[0] == 1
    shown = pixels[0] if grey else np.moveaxis(pixels, 0, -1)
    picture = Image.fromarray(np.ascontiguousarray(shown))
    out = io.BytesIO()
    if kind == "png":
        if not mask.all():
            picture.putalpha(Image.fromarray(mask))
        picture.save(out, "PNG", compress_level=1)
    else:
        if not mask.all():
            white = Image.new(picture.mode, picture.size, "white")
            white.paste(picture, mask=Image.fromarray(mask))
            picture = white
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()
