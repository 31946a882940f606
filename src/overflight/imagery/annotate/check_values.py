"""Whether what is annotated can be so: the flight's number, the camera, the track, the mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from overflight.formats.annotation_text import moment
from overflight.formats.mountings import tilt_deg, write_mounting
from overflight.imagery.annotate.build import CATEGORY_OF_KIND
from overflight.imagery.annotate.holding import Roll, named
from overflight.imagery.annotate.rounding import half_unit
from overflight.terms import annotation as terms
from overflight.terms.annotation import Annotation, Forms, ReadAnnotation
from overflight.terms.camera import VERTICAL, Camera, FrameCamera
from overflight.terms.findings import Finding, Verdict

if TYPE_CHECKING:
    from overflight.imagery.annotate.check import Evidence

REFERENCE, SENSOR, SIMULATED_RULE = (
    "annotation-reference", "annotation-sensor", "annotation-simulated",
)  # fmt: skip
HOUSE_RULE = "no paragraph: a mark is never lost"


def of_reference(rolls: Sequence[Roll], forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """The reference number against the flight and the quota's year, each number once."""
    form = forms.forms[terms.FLIGHT]
    seen: dict[str, tuple[ReadAnnotation, dt.date | None]] = {}
    for roll in rolls:
        for read in roll.carried:
            flight = read.annotation.flight
            if flight is not None and seen.get(flight, (read, None))[1] is None:
                seen[flight] = (read, _day(read.annotation))

    def finding(verdict: Verdict, message: str, read: ReadAnnotation, **more: str) -> Finding:
        return Finding(
            REFERENCE, "Reference number of the flight", verdict, message, form.cite,
            measured=read.annotation.flight, where=named(read),
            limit=more.get("limit"), needs=(more["needs"],) if "needs" in more else (),
        )  # fmt: skip

    for flight, (read, day) in seen.items():
        if evidence.flight is not None and flight != evidence.flight:
            message = f"{named(read)}: flight {flight}; this is flight {evidence.flight}."
            yield finding(Verdict.BREACH, message, read, limit=evidence.flight)
        match = form.pattern.fullmatch(flight)
        digit = match.groupdict().get("year") if match else None
        if digit is None:
            continue
        year = evidence.quota_year or (day.year if day is not None else None)
        if year is None:
            message = f"{flight}: the year of the quota cannot be told."
            yield finding(Verdict.UNDETERMINED, message, read, needs="the date of the flight")
        elif year % 10 != int(digit):
            message = (
                f"{flight} belongs to a quota of a year that ends in {digit}, not to {year}'s."
            )
            yield finding(Verdict.BREACH, message, read, limit=str(year))
    if len(seen) > 1 and evidence.flight is None:
        last = list(seen.values())[-1][0]
        told = ", ".join(seen)
        yield finding(Verdict.BREACH, f"More than one flight is annotated: {told}.", last)


def _day(note: Annotation) -> dt.date | None:
    seconds = note.time_s if note.time_s is not None else note.day_s
    return None if seconds is None else moment(seconds).date()


def of_sensor(rolls: Sequence[Roll], forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """Description, configuration and focal length against the camera that was declared."""
    camera = evidence.camera
    if camera is None:
        return
    told: set[tuple[str, str]] = set()
    for roll in rolls:
        for read in roll.reads:
            for item, said, declared in _differences(read, camera, forms):
                if (item, said) in told:
                    continue
                told.add((item, said))
                yield Finding(
                    SENSOR,
                    "What is annotated of the sensor",
                    Verdict.BREACH,
                    f"{named(read)}: {said}; declared of {camera.id}: {declared}.",
                    forms.forms[item].cite,
                    measured=said,
                    limit=declared,
                    where=named(read),
                )


def _differences(
    read: ReadAnnotation, camera: Camera, forms: Forms
) -> Iterator[tuple[str, str, str]]:
    """Item, what is annotated, and what was declared instead."""
    note = read.annotation
    category = CATEGORY_OF_KIND[camera.kind]
    if note.category is not None and note.category != category:
        yield terms.SENSOR, f"category {note.category}", category
    if note.mounting is not None:
        said = write_mounting(note.mounting)
        if camera.mounting is not None:
            declared = write_mounting(camera.mounting)
            whole = said if camera.mounting.place else said.removeprefix(note.mounting.place)
            if whole != declared:
                yield terms.CONFIGURATION, said, declared
        elif isinstance(camera, FrameCamera):
            yield from _tilted(note, camera, said, forms.vertical_within_deg)
    focal = getattr(camera, "focal_mm", None)
    if note.focal_mm is not None and focal is not None:
        half = half_unit(terms.FOCAL, read.texts.get(terms.FOCAL, "0.000"))
        if abs(note.focal_mm - focal) > half + 1e-6:
            yield terms.FOCAL, f"{note.focal_mm:g} mm", f"{focal:g} mm"


def _tilted(
    note: Annotation, camera: FrameCamera, said: str, within: float
) -> Iterator[tuple[str, str, str]]:
    """A pointing that the camera's tilt does not have."""
    assert note.mounting is not None
    upright = abs(camera.tilt_deg) <= within
    if (note.mounting.pointing == VERTICAL) != upright or (
        note.mounting.depression_deg is not None
        and abs(tilt_deg(note.mounting) - camera.tilt_deg) > 0.5 + 1e-6
    ):
        yield terms.CONFIGURATION, said, f"{camera.tilt_deg:g} degrees from the vertical"


def of_marks(reads: Sequence[ReadAnnotation], evidence: Evidence) -> Iterator[Finding]:
    """Annotations of a simulated flight that do not say so."""
    if evidence.track is None or not evidence.track.simulated:
        return
    bare = [read for read in reads if not read.annotation.simulated]
    if bare:
        yield Finding(
            SIMULATED_RULE,
            "The mark of what is simulated",
            Verdict.BREACH,
            f"The track is simulated, and {len(bare)} annotations do not say so, "
            f"{named(bare[0])} the first.",
            HOUSE_RULE,
            where=named(bare[0]),
        )
