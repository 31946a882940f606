"""The frames of the passes, read, and everything held against what was decided on video cameras."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import OverflightError
from overflight.imagery.film.checks import BREACH, COMPLIANT, NOTHING, UNDETERMINED, Check
from overflight.imagery.video.asked import PassAsked, VideoAsked
from overflight.imagery.video.frames import marks_of_recording, open_recording
from overflight.imagery.video.pick import middle_of, offset, pick_frame
from overflight.sensing.h_min import HMin, Reading, video_h_min
from overflight.terms.bar_reading import BarReading
from overflight.terms.values import CitedValue

VALUES = (
    "video-images-least", "video-track-tolerance", "video-target-centre-tolerance",
    "video-oblique-horizontal-target",
)  # fmt: skip
_IMAGES, _TRACK, _CENTRE, _STANDS = VALUES


@dataclass(frozen=True, slots=True)
class PassRead:
    """A pass: its frame (from 0) and how it was chosen; the target's axes off the image's,
    degrees, and its centre off the middle, percent of the field of view; bars by eye and computed,
    metres by direction; the reading, or why there is none."""

    asked: PassAsked
    file: str
    sha256: str
    frame: int | None
    picked: bool
    track_off_deg: float | None
    centre_off_percent: float | None
    eye: Mapping[str, float]
    computed: Mapping[str, float]
    reading: BarReading | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class VideoRead:
    """All passes, the checks, and H_min by eye and by computation; None where nothing was read."""

    asked: VideoAsked
    passes: tuple[PassRead, ...]
    checks: tuple[Check, ...]
    by_eye: HMin | None
    computed: HMin | None
    marks: tuple[str, ...]


def measure_video(
    asked: VideoAsked, values: Mapping[str, CitedValue], limit_m: float,
    say: Callable[[str], None] = lambda _: None,
) -> VideoRead:  # fmt: skip
    """Read every pass. A pass whose target cannot be read says why and stays out of H_min.

    ``values``: what the regime decided, by the keys of ``VALUES``; what is not among them is
    unknown.
    """
    passes: list[PassRead] = []
    marks: set[str] = set()
    for one in asked.passes:
        found, said = _pass(one, asked, say)
        passes.append(found)
        marks.update(said)
    return VideoRead(
        asked, tuple(passes), checks_of(asked, passes, values),
        _h_min(passes, "eye", limit_m), _h_min(passes, "computed", limit_m), tuple(sorted(marks)),
    )  # fmt: skip


def _pass(
    one: PassAsked, asked: VideoAsked, say: Callable[[str], None]
) -> tuple[PassRead, tuple[str, ...]]:
    from overflight.imagery.bars.measure import Asked, measure

    recording = open_recording(one.recording)
    digest = _digest(one.recording)
    number = one.frame
    try:
        if number is None:
            number = pick_frame(recording, say).number if recording.count > 1 else 0
        pixels: Any = recording.luma(number)
        marks = marks_of_recording(recording, number)
        top = recording.top
        if asked.gamma != 1.0:
            pixels = top * (pixels.astype(np.float64) / top) ** asked.gamma
        say(f"{recording.name}, frame {number}: the target")
        reading = measure(pixels, Asked(
            contrast=asked.contrast, threshold=asked.threshold, gsd=one.gsd, target=asked.diagram,
            track_deg=one.track_deg, top=top, name=f"{recording.name}, frame {number}",
        ))  # fmt: skip
    except OverflightError as error:
        marks = marks_of_recording(recording, 0 if number is None else min(
            number, recording.count - 1))  # fmt: skip
        found = PassRead(one, one.recording.name, digest, number, one.frame is None, None, None,
                         one.eye, {}, None, error.message)  # fmt: skip
        return found, marks
    computed = {
        d.direction: d.ground_resolution_m
        for d in reading.directions if d.ground_resolution_m is not None
    }  # fmt: skip
    axis = max(abs((d.normal_deg + 45.0) % 90.0 - 45.0) for d in reading.directions)
    middle = middle_of([g.x for g in reading.groups]), middle_of([g.y for g in reading.groups])
    return PassRead(
        one, one.recording.name, digest, number, one.frame is None, axis,
        100.0 * offset(pixels.shape, *middle), one.eye, computed, reading,
    ), marks  # fmt: skip


def _digest(path: Path) -> str:
    """Of a file; of a folder, over the digests of its files in the order of their names."""
    if path.is_dir():
        whole = hashlib.sha256()
        for file in sorted(p for p in path.iterdir() if p.is_file()):
            whole.update(bytes.fromhex(_digest(file)))
        return whole.hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _h_min(passes: list[PassRead], by: str, limit_m: float) -> HMin | None:
    rows = [
        Reading(p.asked.name, p.asked.height_m, width, direction)
        for p in passes
        for direction, width in getattr(p, by).items()
        if math.isfinite(width)
    ]
    return video_h_min(rows, limit_m) if rows else None


def checks_of(
    asked: VideoAsked, passes: list[PassRead], values: Mapping[str, CitedValue]
) -> tuple[Check, ...]:
    """What was decided, point by point, each with its verdict and what is missing."""
    usable = [p for p in passes if p.reading is not None or p.eye]
    return (
        _images(asked, usable, passes, values.get(_IMAGES)),
        _within("axes", "The target's axes are near the main axes of the image, in every image",
                [(p.asked.name, p.track_off_deg) for p in usable], values.get(_TRACK), "degrees"),
        _centred(asked, usable, values.get(_CENTRE)),
        _standing(asked, values.get(_STANDS)),
        _told("zoom", "A zoom lens is set to its greatest focal length",
              {"greatest": True, "fixed": True, "other": False, "": None}[asked.zoom],
              values.get(_IMAGES)),
        _told("controls", "Adjustable controls are set for the best resolution",
              asked.controls_best, values.get(_IMAGES)),
        _told("original", "Images are read from the original recording", asked.original,
              values.get(_IMAGES)),
        _digitised(asked, values.get(_IMAGES)),
        _visual(asked, usable, values.get(_IMAGES)),
    )  # fmt: skip


def _cite(value: CitedValue | None) -> str:
    return "" if value is None else value.cite


def _images(
    asked: VideoAsked, usable: list[PassRead], passes: list[PassRead], least: CitedValue | None
) -> Check:
    text = "There are images of enough different passes"
    if asked.purpose != "certification":
        return Check("images", text, NOTHING, f"asked of a certification, not of a {asked.purpose}",
                     _cite(least))  # fmt: skip
    names = {p.asked.name for p in usable}
    if least is None:
        return Check("images", text, UNDETERMINED, "how many is not known of this regime", "")
    enough = len(names) >= least.value
    because = f"{len(names)} passes can be read, {least.value:g} are asked for"
    lost = [p.asked.name for p in passes if p not in usable]
    if lost:
        because += f"; not read: {', '.join(lost)}"
    return Check("images", text, COMPLIANT if enough else BREACH, because, least.cite)


def _within(
    asks: str, text: str, rows: list[tuple[str, float | None]], most: CitedValue | None, unit: str
) -> Check:
    if most is None:
        return Check(asks, text, UNDETERMINED, "the limit is not known of this regime", "")
    unread = [name for name, value in rows if value is None]
    over = [f"{name}: {value:.1f}" for name, value in rows
            if value is not None and value > most.value]  # fmt: skip
    if over:
        because = f"over {most.value:g} {unit} in {', '.join(over)}"
        return Check(asks, text, BREACH, because, most.cite)
    if unread or not rows:
        missing = ", ".join(unread) or "every pass"
        return Check(asks, text, UNDETERMINED, f"not measured of {missing}", most.cite)
    worst = max(value for _, value in rows if value is not None)
    return Check(asks, text, COMPLIANT, f"at most {worst:.1f} of {most.value:g} {unit}", most.cite)


def _centred(asked: VideoAsked, usable: list[PassRead], most: CitedValue | None) -> Check:
    text = "The target's centre is near the middle of the field of view (vertical cameras)"
    if asked.mounting == "oblique":
        return Check("centre", text, NOTHING, "the camera is oblique", _cite(most))
    rows = [(p.asked.name, p.centre_off_percent) for p in usable]
    found = _within("centre", text, rows, most, "percent of the field of view")
    if not asked.mounting and found.verdict == BREACH:
        return Check(
            "centre", text, UNDETERMINED, f"mounting not told; {found.because}", found.cite
        )
    return found


def _standing(asked: VideoAsked, up_to: CitedValue | None) -> Check:
    text = "The target lies flat up to the decided tilt of an oblique camera, and stands above it"
    if asked.mounting == "vertical":
        return Check("stands", text, NOTHING, "the camera is vertical", _cite(up_to))
    if up_to is None or not asked.mounting or asked.tilt_deg is None or not asked.stands:
        missing = "mounting, tilt_deg or stands is not told"
        return Check("stands", text, UNDETERMINED, missing, _cite(up_to))
    wanted = "horizontal" if asked.tilt_deg <= up_to.value else "vertical"
    verdict = COMPLIANT if asked.stands == wanted else BREACH
    because = f"tilt {asked.tilt_deg:g} degrees asks for a {wanted} target; it is {asked.stands}"
    return Check("stands", text, verdict, because, up_to.cite)


def _told(asks: str, text: str, said: bool | None, source: CitedValue | None) -> Check:
    if said is None:
        return Check(asks, text, UNDETERMINED, "not told", _cite(source))
    verdict = COMPLIANT if said else BREACH
    return Check(asks, text, verdict, "told so" if said else "told: it is not", _cite(source))


def _digitised(asked: VideoAsked, source: CitedValue | None) -> Check:
    text = "Analogue video is digitised with 8 bits a sample and band"
    if asked.bits is None:
        return Check("bits", text, UNDETERMINED, "not told", _cite(source))
    verdict = COMPLIANT if asked.bits >= 8 else BREACH
    return Check("bits", text, verdict, f"{asked.bits} bits", _cite(source))


def _visual(asked: VideoAsked, usable: list[PassRead], source: CitedValue | None) -> Check:
    text = "Bars are read by eye, or on a demonstration flight also by computation"
    lacking = [p.asked.name for p in usable if not p.eye]
    if asked.purpose == "demonstration":
        return Check("visual", text, COMPLIANT, "a demonstration flight: either counts",
                     _cite(source))  # fmt: skip
    if lacking or not usable:
        because = (
            f"no reading by eye of {', '.join(lacking) or 'any pass'}; computed does not count"
        )
        return Check("visual", text, UNDETERMINED, because, _cite(source))
    return Check("visual", text, COMPLIANT, "every pass has a reading by eye", _cite(source))
