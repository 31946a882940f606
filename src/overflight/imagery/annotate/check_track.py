"""Whether what is annotated lies on the track: at that minute, within what the texts round.

A text gives the minute; so the track is looked at over that whole minute, and what agrees with it
at any moment of it agrees. Heights are held against the track's height less that of the ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight.flying.exposing import at_times
from overflight.formats.annotation_text import words
from overflight.imagery.annotate.build import metres_a_degree, speed_and_course
from overflight.imagery.annotate.holding import Roll, named
from overflight.imagery.annotate.rounding import HALF_MINUTE_S, half_unit
from overflight.terms import annotation as terms
from overflight.terms.annotation import Forms, ReadAnnotation
from overflight.terms.findings import Finding, Verdict
from overflight.terms.track import Track

if TYPE_CHECKING:
    from overflight.imagery.annotate.check import Evidence

Floats = NDArray[np.float64]

POSITION, HEIGHT, ATTITUDE = "annotation-position", "annotation-height", "annotation-attitude"
_TITLES = {
    POSITION: "Position on the track",
    HEIGHT: "Height above the ground",
    ATTITUDE: "Heading, attitude and speed",
}
_RULE_OF = {
    terms.POSITION: POSITION,
    terms.HEIGHT: HEIGHT,
    terms.HEADING: ATTITUDE,
    terms.ROLL: ATTITUDE,
    terms.PITCH: ATTITUDE,
    terms.DRIFT: ATTITUDE,
    terms.SPEED: ATTITUDE,
}
_STEP_S = 0.25
_EXACT_S = 0.5
"""What clocks of a camera and a track may differ by where times are exact."""
_AT_ONCE = 1000


def of_track(rolls: Sequence[Roll], forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """Position, height, attitude and speed of every annotation that has a time."""
    reads = [read for roll in rolls for read in roll.carried]
    reads = [read for read in reads if any(read.annotation.has(item) for item in _RULE_OF)]
    if not reads:
        return
    track = evidence.track
    if track is None or not len(track):
        for rule in dict.fromkeys(
            _RULE_OF[i] for r in reads for i in r.annotation.items if i in _RULE_OF
        ):
            yield _open(rule, forms, f"{len(reads)} annotations were not compared.", "the track")
        return
    begun, done = float(track.time_s[0]), float(track.time_s[-1])
    covered, outside, timeless = [], [], []
    for read in reads:
        time = read.annotation.time_s
        if time is None:
            timeless.append(read)
        elif begun - HALF_MINUTE_S <= time <= done + HALF_MINUTE_S:
            covered.append(read)
        else:
            outside.append(read)
    for some, what, needs in (
        (outside, "lies outside the track's time", "a track that covers its time"),
        (timeless, "has no time to look up", "the time of the annotation"),
    ):
        if some:
            more = f", and {len(some) - 1} more" if len(some) > 1 else ""
            yield _open(POSITION, forms, f"{named(some[0])} {what}{more}.", needs)
    for start in range(0, len(covered), _AT_ONCE):
        yield from _compared(covered[start : start + _AT_ONCE], track, forms, evidence)


def _open(rule: str, forms: Forms, message: str, needs: str) -> Finding:
    item = next(item for item, own in _RULE_OF.items() if own == rule)
    cite = forms.forms[item].cite
    return Finding(rule, _TITLES[rule], Verdict.UNDETERMINED, message, cite, needs=(needs,))


def _compared(
    reads: Sequence[ReadAnnotation], track: Track, forms: Forms, evidence: Evidence
) -> Iterator[Finding]:
    """All of them at once: one row a reading, one column a moment of its minute."""
    rough = np.arange(-HALF_MINUTE_S, HALF_MINUTE_S + _STEP_S / 2.0, _STEP_S)
    fine = np.linspace(-_EXACT_S, _EXACT_S, len(rough))
    offsets = np.stack([fine if read.exact else rough for read in reads])
    times = np.array([read.annotation.time_s for read in reads], dtype=np.float64)[:, None]
    moments = np.clip(times + offsets, track.time_s[0], track.time_s[-1])
    shape = moments.shape
    flown = [column.reshape(shape) for column in at_times(track, moments.ravel())]
    _, lat, lon, height, roll, pitch, heading = flown
    speed, course = (c.reshape(shape) for c in speed_and_course(track, moments.ravel()))
    values: dict[str, Floats] = {
        terms.HEADING: heading,
        terms.ROLL: roll,
        terms.PITCH: pitch,
        terms.DRIFT: (course - heading + 180.0) % 360.0 - 180.0,
        terms.SPEED: speed,
    }
    if evidence.ground is not None:
        ground = evidence.ground(lat.ravel(), lon.ravel()).reshape(shape)
        values[terms.HEIGHT] = height - ground
    yield from _off_track(reads, lat, lon, forms, evidence)
    for item in (i for i in _RULE_OF if i != terms.POSITION):
        yield from _other(item, reads, values.get(item), forms, evidence)


def _off_track(
    reads: Sequence[ReadAnnotation], lat: Floats, lon: Floats, forms: Forms, evidence: Evidence
) -> Iterator[Finding]:
    """Positions whose cell of rounding the track does not come near."""
    allowed = evidence.allowed.position_m
    for row, read in enumerate(reads):
        note = read.annotation
        if note.lat is None or note.lon is None:
            continue
        half = _half(terms.POSITION, read)
        north, east = metres_a_degree(lat[row])
        up = np.maximum(np.abs(lat[row] - note.lat) - half, 0.0) * north
        turned = np.abs((lon[row] - note.lon + 180.0) % 360.0 - 180.0)
        over = np.maximum(turned - half, 0.0) * east
        miss = float(np.hypot(up, over).min())
        if miss > allowed:
            yield Finding(
                POSITION,
                _TITLES[POSITION],
                Verdict.BREACH,
                f"{named(read)}: the position lies {_metres(miss)} off the track at its time.",
                forms.forms[terms.POSITION].cite,
                measured=round(miss, 1),
                limit=allowed,
                unit="m",
                place={"type": "Point", "coordinates": [note.lon, note.lat]},
                where=named(read),
            )


def _other(
    item: str,
    reads: Sequence[ReadAnnotation],
    flown: Floats | None,
    forms: Forms,
    evidence: Evidence,
) -> Iterator[Finding]:
    """One item of all annotations against the track's."""
    (name,) = terms.FIELDS_OF[item]
    allowed, unit = {
        terms.HEIGHT: (evidence.allowed.height_m, "m"),
        terms.SPEED: (evidence.allowed.speed_km_h, "km/h"),
    }.get(item, (evidence.allowed.angle_deg, "degrees"))
    unknown = 0
    for row, read in enumerate(reads):
        said = getattr(read.annotation, name)
        if said is None:
            continue
        if flown is None or not np.isfinite(flown[row]).any():
            unknown += 1
            continue
        here = flown[row][np.isfinite(flown[row])]
        gaps = np.abs((here - said + 180.0) % 360.0 - 180.0 if unit == "degrees" else here - said)
        miss = float(gaps.min()) - _half(item, read)
        if miss > allowed:
            nearest = float(here[gaps.argmin()])
            yield Finding(
                _RULE_OF[item],
                _TITLES[_RULE_OF[item]],
                Verdict.BREACH,
                f"{named(read)}: {words(item)} {said:.5g} {unit}; the track says "
                f"{nearest:.5g} {unit}.",
                forms.forms[item].cite,
                measured=round(float(said), 3),
                limit=round(nearest, 3),
                unit=unit,
                where=named(read),
            )
    if unknown:
        message = f"{words(item).capitalize()} of {unknown} annotations was not compared."
        needs = (
            "the height of the ground" if item == terms.HEIGHT else f"a track with {words(item)}"
        )
        yield _open(_RULE_OF[item], forms, message, needs)


def _half(item: str, read: ReadAnnotation) -> float:
    text = read.texts.get(item, "")
    return 0.0 if read.exact or not text else half_unit(item, text)


def _metres(distance: float) -> str:
    return f"{distance / 1000.0:.1f} km" if distance >= 1000.0 else f"{distance:.0f} m"
