"""What was read of a video camera as a document: schema ``sensor-video``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.formats.bar_reading_json import bar_reading_document
from overflight.imagery.film.checks import together
from overflight.imagery.film.document import pair, short
from overflight.imagery.video.measured import PassRead, VideoRead
from overflight.sensing.h_min import HMin

KIND = "sensor-video"


def video_document(video: VideoRead, limit_m: float, cites: Mapping[str, str]) -> dict[str, Any]:
    """JSON-ready. ``h_min`` is the one that counts for the purpose; None where nothing counts."""
    asked = video.asked
    counts = video.by_eye
    if asked.purpose == "demonstration" and counts is None:
        counts = video.computed
    return {
        "kind": KIND,
        "version": 1,
        "camera": asked.name,
        "purpose": asked.purpose,
        "marks": list(video.marks),
        "verdict": together(c.verdict for c in video.checks),
        "limit_m": limit_m,
        "h_min_m": None if counts is None else short(counts.value_m),
        "h_min_by_eye": None if video.by_eye is None else _h_min(video.by_eye),
        "h_min_computed": None if video.computed is None else _h_min(video.computed),
        "passes": [_pass(p) for p in video.passes],
        "checks": [c.as_dict() for c in video.checks],
        "cites": dict(cites),
        "rests_on": _rests(video),
    }


def _h_min(found: HMin) -> dict[str, Any]:
    return {
        "value_m": short(found.value_m),
        "direction": found.direction,
        "count": found.mean.count,
        "deviation_m": short(found.mean.deviation),
        "interval_95_m": pair(found.mean.interval),
        "per_image_m": [
            {"pass": r.flown, "direction": r.direction, "height_m": r.height_m,
             "bar_m": short(r.bar_m), "value_m": short(v)}
            for r, v in zip(found.readings, found.per_image, strict=True)
        ],
        "settled": list(found.settled),
        "ours": list(found.ours),
        "doubts": list(found.doubts),
    }  # fmt: skip


def _pass(one: PassRead) -> dict[str, Any]:
    return {
        "pass": one.asked.name,
        "file": one.file,
        "sha256": one.sha256,
        "frame": one.frame,
        "picked": one.picked,
        "height_m": one.asked.height_m,
        "axes_off_deg": short(one.track_off_deg),
        "centre_off_percent": short(one.centre_off_percent),
        "eye_m": {k: short(v) for k, v in one.eye.items()},
        "computed_m": {k: short(v) for k, v in one.computed.items()},
        "reading": None if one.reading is None else bar_reading_document(one.reading),
        "why": one.why,
    }


def _rests(video: VideoRead) -> list[str]:
    said = [
        "A target's centre lies within a share of the field of view where it does so both across "
        "and down (our reading).",
        "Frames are counted from 0. A frame that was not named is the one in which the target "
        "lies nearest to the middle.",
    ]
    if "SIMULATED" in video.marks:
        said.append("SIMULATED: no figure here is of a camera that exists.")
    return said
