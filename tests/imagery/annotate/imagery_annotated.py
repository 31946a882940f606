"""A short flight north over 48 N 11.5 E, its camera, and what one of its frames became."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np

from overflight.formats.annotation_text import item_texts
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.annotate.build import annotate_frame
from overflight.imagery.annotate.forms import forms_of
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.annotation import Forms
from overflight.terms.camera import FrameCamera, Mounting
from overflight.terms.findings import Finding, Verdict
from overflight.terms.frame_product import Band, FrameProduct, StoredFile, ViewAngles
from overflight.terms.frames import Exterior, Interior, OrientedFrame
from overflight.terms.track import SIMULATED, Track, track_of
from overflight.treaty.loader import load_treaty

BEGUN_S = 1621418400.0
"""2021-05-19T10:00:00Z."""
CAMERA = FrameCamera(
    "cam1", "Frame camera", "digital-framing", 80.0, 100.0, 80.0, 4.0,
    mounting=Mounting("INT1", "vertical"),
)  # fmt: skip
HASH = "0123456789abcdef" * 4


@cache
def forms(on: dt.date = dt.date(2021, 5, 19)) -> Forms:
    return forms_of(load_treaty("open-skies").on(on))


def flown(marks: tuple[str, ...] = (), seconds: int = 600) -> Track:
    """200 m a second to the north at 3,000 m, heading two degrees left of it."""
    n = np.arange(seconds + 1.0)
    return track_of(
        BEGUN_S + n,
        48.0 + n * 0.0018,
        np.full(len(n), 11.5),
        np.full(len(n), 3000.0),
        roll_deg=np.full(len(n), 1.2),
        pitch_deg=np.full(len(n), -0.5),
        heading_deg=np.full(len(n), 358.0),
        datum="ellipsoid",
        marks=marks,
    )


def oriented(number: int = 12, at_s: float = 329.0, marks: tuple[str, ...] = ()) -> OrientedFrame:
    """Looking straight down, columns to the east."""
    lat, lon = 48.0 + at_s * 0.0018, 11.5
    north, east, down = north_east_down(lat, lon)
    axes = np.array([east, -north, down])
    return OrientedFrame(
        f"f{number:04d}.tif",
        Interior(1000, 800, 20000.0, 20000.0, 500.0, 400.0),
        Exterior(to_earth_fixed(lat, lon, 3000.0), axes, "track", 5.0, 0.1),
        BEGUN_S + at_s,
        "cam1",
        number,
        marks,
    )


def product(marks: tuple[str, ...] = (), **other: object) -> FrameProduct:
    frame = oriented(marks=marks)
    note = annotate_frame(
        frame, CAMERA, forms(), flight="OS1001", track=flown(marks), ground_m=500.0
    ).annotation
    fields: dict[str, object] = {
        "frame": frame,
        "annotation": note,
        "texts": item_texts(note, forms()),
        "grid": MapGrid("EPSG:32632", 686000.0, 5390000.0, 0.125, 1100, 900),
        "footprint": ((11.4, 48.5), (11.6, 48.5), (11.6, 48.7), (11.4, 48.7)),
        "ground_sample_m": 0.125,
        "copy": StoredFile("f0012.tif", 12345, HASH, "image/tiff; application=geotiff"),
        "original": StoredFile("../frames/f0012.tif", 999, HASH, "image/tiff"),
        "sidecar": StoredFile("f0012.annotation.json", 77, HASH, "application/json"),
        "thumbnail": StoredFile("f0012.png", 55, HASH, "image/png"),
        "bands": (Band("gray", "uint16", 0.0, 12),),
        "view": ViewAngles(0.0, None, 180.0, 55.0),
        "limit_m": 0.3,
        "findings": (
            Finding("ground-resolution", "Sharp", Verdict.COMPLIANT, "0.31 m.", "IV.2(A)"),
            Finding("secret", "Ours", Verdict.BREACH, "Only ours.", "overlay", private=True),
        ),
        "steps": ("Oriented by the track.", "Rectified over a terrain."),
        "software": {"overflight": "0.1.0"},
        "treaty": "Treaty on Open Skies",
        "observing": "DEU",
        "observed": "POL",
        "leg": 1,
    }
    return FrameProduct(**(fields | other))  # type: ignore[arg-type]


SIMULATION = (SIMULATED,)
