"""An archive served to three Parties: one flight, a picture with a place, and who bears a token."""

from __future__ import annotations

import json
import time
from pathlib import Path

from archiveasking import FLOWN, TREATY, Meeting
from archivekeeping import item
from overflight.archive.keeping.layout import Archive
from overflight.record.manifest import Identity
from overflight.web.archive.people import users_file
from overflight.web.archive.tokens import Issuer

USERS = {"anna": "DEU", "oleh": "UKR", "fred": "FRA", "zoe": "QQQ"}
MISSION = "M-1"
WEST, NORTH, STEP, SIDE = 30.0, 50.02, 0.0001, 200
"""The picture's corner and a pixel in degrees; its pixels on a side."""


def picture() -> bytes:
    """A GeoTIFF of 8 bits: each pixel's value is its column's number."""
    import numpy as np
    import rasterio
    from rasterio import Affine

    pixels = np.tile(np.arange(SIDE, dtype=np.uint8), (1, SIDE, 1))
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="uint8", crs="EPSG:4326",
            transform=Affine(STEP, 0.0, WEST, 0.0, -STEP, NORTH),
        ) as target:  # fmt: skip
            target.write(pixels)
        return bytes(memory.read())


def bundle(meeting: Meeting) -> Path:
    """M-1: twelve items; the first one's file is the picture."""
    place = meeting.root / "M-1"
    who = Identity("M-1", "DEU", "UKR", ("SIMULATED",))
    said = {"treaty": TREATY, "observing": "DEU", "observed": "UKR", "marks": ["SIMULATED"]}
    report = {"kind": "mission-report", "version": 1, "date": FLOWN} | said
    files = {"frame/0000.tif": picture(), "mission-report/report.json": json.dumps(report).encode()}
    meeting._seal(place, who, files)
    later = {}
    for number in range(12):
        shown = {"frame/0000.tif": files["frame/0000.tif"]} if number == 0 else {}
        one = item(number, shown)
        one["properties"] |= {
            "gsd": 0.1 + number / 100, "overflight:treaty": TREATY,
            "overflight:observing": "DEU", "overflight:observed": "UKR",
        }  # fmt: skip
        later[f"stac/{number:04d}.json"] = json.dumps(one).encode()
    meeting._seal(place, who, later)
    return place


def archive_of(root: Path) -> Archive:
    """Germany's archive with that mission, and its users."""
    meeting = Meeting(root)
    archive = meeting.archive("DEU")
    meeting.mission(archive, bundle(meeting))
    rows = (f'[[user]]\nname = "{name}"\nparty = "{party}"\n' for name, party in USERS.items())
    users_file(archive).write_text("".join(rows))
    return archive


def bearing(archive: Archive, name: str, now: float | None = None) -> dict[str, str]:
    """The header of a request of that user."""
    token = Issuer(archive, new=True).issue(name, time.time() if now is None else now)
    return {"Authorization": f"Bearer {token}"}
