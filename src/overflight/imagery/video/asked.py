"""What is given of a video camera over a target: a TOML file beside the recordings.

[video]
name = "nose camera"
purpose = "certification"      # or "demonstration", "dispute"
mounting = "vertical"          # or "oblique", with tilt_deg of its axis from the vertical
zoom = "greatest"              # focal length it was set to: "greatest", "other", "fixed"
controls_best = true           # adjustable controls were set for the best resolution
original = true                # frames are of the original recording
bits = 8                       # of a sample, where analogue video was digitised
gamma = 1.0                    # counts grow as light to the power 1/gamma
[target]
diagram = "target.toml"        # widths of its bars
stands = "horizontal"          # or "vertical"
contrast = 1.6                 # agreed, light over dark
[[pass]]
name = "1"
recording = "pass-1.y4m"       # or a folder of pictures, or one picture
frame = 12                     # left out, the frame is picked
height_m = 900                 # above the target
track_deg = 0                  # direction of flight in the picture, clockwise from its top
metres_per_pixel = 0.12        # where the diagram does not tell it
eye_along_m = 0.30             # narrowest bar read by eye in this frame, m
eye_across_m = 0.28
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from overflight.formats.bar_target_file import read_bar_target
from overflight.formats.plain_toml import PlainTable
from overflight.terms.bar_reading import BarTarget

PURPOSES = ("certification", "demonstration", "dispute")
_MOST_PASSES = 60


@dataclass(frozen=True, slots=True)
class PassAsked:
    name: str
    recording: Path
    frame: int | None
    height_m: float
    track_deg: float
    gsd: float | None
    eye: dict[str, float]


@dataclass(frozen=True, slots=True)
class VideoAsked:
    """The whole file; None and "" for what is not told."""

    name: str
    purpose: str
    mounting: str
    tilt_deg: float | None
    zoom: str
    controls_best: bool | None
    original: bool | None
    bits: int | None
    gamma: float
    diagram: BarTarget | None
    stands: str
    contrast: float
    threshold: float
    passes: tuple[PassAsked, ...]


def read_video(source: str | Path) -> VideoAsked:
    """The file. Raises DataError with the place."""
    asked = PlainTable.read(source)
    video, target = asked.table("video"), asked.table("target")
    diagram = target.path("diagram")
    bits = video.number_or_none("bits", 1, 16)
    passes = tuple(_pass(table) for table in asked.tables("pass"))
    found = VideoAsked(
        video.text("name") or Path(str(source)).stem,
        video.text("purpose", *PURPOSES) if "purpose" in video else PURPOSES[0],
        video.text("mounting", "", "vertical", "oblique"),
        video.number_or_none("tilt_deg", 0.0, 90.0),
        video.text("zoom", "", "greatest", "other", "fixed"),
        video.flag("controls_best"),
        video.flag("original"),
        None if bits is None else int(bits),
        video.number_or_none("gamma", 0.2, 5.0) or 1.0,
        None if diagram is None else read_bar_target(diagram),
        target.text("stands", "", "horizontal", "vertical"),
        target.number_or_none("contrast", 1.01, 1000.0) or 1.6,
        target.number_or_none("threshold", 0.001, 0.5) or 0.04,
        passes,
    )
    asked.done()
    if not passes or len(passes) > _MOST_PASSES:
        raise asked.wrong("pass", f"stands {len(passes)} times", "Write [[pass]] for each pass.")
    return found


def _pass(table: PlainTable) -> PassAsked:
    recording, name = table.path("recording"), table.text("name")
    if recording is None or not name:
        raise table.wrong("recording" if name else "name", "is missing", "Give it for each pass.")
    frame = table.number_or_none("frame", 0, 1e6)
    track = table.number_or_none("track_deg", -360.0, 360.0)
    eye = {}
    for direction in ("along", "across"):
        width = table.number_or_none(f"eye_{direction}_m", 1e-3, 100.0)
        if width is not None:
            eye[direction] = width
    return PassAsked(
        name, recording, None if frame is None else int(frame),
        table.number("height_m", 1.0, 30_000.0), track or 0.0,
        table.number_or_none("metres_per_pixel", 1e-4, 100.0), eye,
    )  # fmt: skip
