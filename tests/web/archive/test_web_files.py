"""Files with ranges (RFC 9110) and digests (RFC 9530); tiles against rasterio's own warping."""

from __future__ import annotations

import base64
import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from overflight.archive.keeping.layout import Archive
from overflight.web.archive.pictures import bounds_of
from overflight.web.archive.routes import range_of
from webserver import Server
from webserving import MISSION, NORTH, SIDE, STEP, WEST, bearing, picture

DATA = picture()
PATH = f"/objects/{hashlib.sha256(DATA).hexdigest()}/0000.tif"
ITEM = f"/collections/{MISSION}/items/F_00000"


def test_a_file_and_its_digest(kept: Archive, server: Server) -> None:
    reply = server.get(PATH, bearing(kept, "oleh"))
    assert reply.body == DATA
    digest = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    assert reply.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert reply.headers["overflight-marks"] == "SIMULATED"
    again = bearing(kept, "oleh") | {"If-None-Match": reply.headers["etag"]}
    assert (server.get(PATH, again).status, server.get(PATH, again).body) == (304, b"")
    assert server.ask("HEAD", PATH, bearing(kept, "oleh")).headers["content-length"] == str(
        len(DATA)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("bytes=0-9", (0, 10)), ("bytes=5-", (5, 100)), ("bytes=-10", (90, 100)),
     ("bytes=90-200", (90, 100)), ("bytes=-200", (0, 100)), ("bytes=100-", None),
     ("bytes=-0", None), ("bytes=9-5", None), ("bytes=-", None), ("bytes=0-1,3-4", None),
     ("lines=0-1", None)],
)  # fmt: skip
def test_ranges(text: str, expected: tuple[int, int] | None) -> None:
    assert range_of(text, 100) == expected


def test_a_range_of_a_file(kept: Archive, server: Server) -> None:
    reply = server.get(PATH, bearing(kept, "anna") | {"Range": "bytes=100-199"})
    assert (reply.status, reply.body) == (206, DATA[100:200])
    assert reply.headers["content-range"] == f"bytes 100-199/{len(DATA)}"
    beyond = server.get(PATH, bearing(kept, "anna") | {"Range": f"bytes={len(DATA)}-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(DATA)}")


def test_a_tile_shows_the_pixels_that_lie_there(kept: Archive, server: Server) -> None:
    z, x, y = 14, 9557, 5555
    reply = server.get(f"{ITEM}/tiles/WebMercatorQuad/{z}/{x}/{y}.png", bearing(kept, "anna"))
    assert reply.headers["overflight-marks"] == "SIMULATED"
    pixels = np.asarray(Image.open(io.BytesIO(reply.body)))
    seen = 0
    west, south, east, north = bounds_of((z, x, y))
    for row in range(8, 256, 16):
        for column in range(8, 256, 16):
            # Inverse of Web Mercator on a sphere of 6378137 m.
            east_m = west + (column + 0.5) * (east - west) / 256
            north_m = north - (row + 0.5) * (north - south) / 256
            lon = np.degrees(east_m / 6378137.0)
            lat = np.degrees(np.arctan(np.sinh(north_m / 6378137.0)))
            at, down = (lon - WEST) / STEP, (NORTH - lat) / STEP
            inside = 1 < at < SIDE - 1 and 1 < down < SIDE - 1
            if inside:
                seen += 1
                assert pixels[row, column, 1] == 255
                assert abs(int(pixels[row, column, 0]) - int(at)) <= 1
            elif not (-1 < at < SIDE + 1 and -1 < down < SIDE + 1):
                assert pixels[row, column, 1] == 0
    assert seen > 50


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [("preview.png", 200, "PNG"), ("preview.jpg", 200, "JPEG"), ("preview.tif", 404, ""),
     ("preview.png?asset=frame", 200, "PNG"), ("preview.png?asset=other", 404, ""),
     ("tiles/WebMercatorQuad/0/0/0.png", 200, "PNG"),
     ("tiles/WebMercatorQuad/0/1/0.png", 404, ""), ("tiles/WebMercatorQuad/x/0/0.png", 404, ""),
     ("tiles/WebMercatorQuad/14/9557/5555.jpg", 200, "JPEG"),
     ("tiles/WebMercatorQuad/14/9000/5555.png", 404, ""),
     ("tiles/WebMercatorQuad/99/0/0.png", 404, "")],
)  # fmt: skip
def test_pictures(kept: Archive, server: Server, name: str, status: int, kind: str) -> None:
    for _ in range(2):  # made, then remembered
        reply = server.get(f"{ITEM}/{name}", bearing(kept, "anna"))
        assert reply.status == status
        if kind:
            assert Image.open(io.BytesIO(reply.body)).format == kind
