"""Whether items are written as they should be, and whether all are there that are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from overflight.formats.annotation_parse import parse_annotation, value_of
from overflight.formats.annotation_text import words
from overflight.imagery.annotate.build import Moment, moments_of_track
from overflight.imagery.annotate.holding import Roll, in_time, leaders, named
from overflight.imagery.annotate.rounding import HALF_MINUTE_S, apart, disagreeing
from overflight.terms import annotation as terms
from overflight.terms.annotation import (
    NOTHING,
    Annotation,
    Fault,
    Forms,
    ReadAnnotation,
)
from overflight.terms.findings import Finding, Verdict
from overflight.terms.track import Track

if TYPE_CHECKING:
    from overflight.imagery.annotate.check import Evidence

FORM, COMPLETE = "annotation-form", "annotation-complete"
_FORM_TITLE, _COMPLETE_TITLE = "Form of the items", "Items that are asked for"


def of_form(reads: Sequence[ReadAnnotation], forms: Forms) -> Iterator[Finding]:
    """Texts that are not in their form, and texts that say something else than their values."""
    for read in reads:
        faults = list(read.faults)
        if read.exact:
            faults += _against_values(read, forms)
        for fault in faults:
            yield Finding(
                FORM,
                _FORM_TITLE,
                Verdict.BREACH,
                f"{named(read)}: {fault.message}.",
                fault.cite,
                measured=fault.text[:60],
                where=named(read),
            )


def _against_values(read: ReadAnnotation, forms: Forms) -> Iterator[Fault]:
    """The texts of a document that gives the values too."""
    for item, text in read.texts.items():
        cite = forms.forms[item].cite if item in forms.forms else ""
        if item in (terms.TIME, terms.DATE):
            one = parse_annotation(f"{item}: {text}", forms)
            said, faults = one.annotation, one.faults
        else:
            value = value_of(item, text, forms)
            faults = (value,) if isinstance(value, Fault) else ()
            said = Annotation() if isinstance(value, Fault) else Annotation(**dict(value))
        yield from faults
        if faults or item == terms.DATE:
            continue
        if disagreeing(item, text, said, read.annotation):
            yield Fault(item, text, f"{words(item)} is {text!r}, and its value another", cite)
    for item in read.annotation.items:
        if item not in read.texts and item != terms.DATE:
            yield Fault(item, "", f"{words(item)} has a value and no text")


def of_presence(rolls: Sequence[Roll], forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """Items that are not there: on a copy, all; else at the start, in the period, on the frame."""
    for roll in rolls:
        if evidence.copies:
            yield from _on_copies(roll, forms)
        else:
            yield from _at_start(roll, forms)
            yield from _on_frames(roll, forms)
            yield from _in_period(roll, forms, evidence)


def _lacks(read: ReadAnnotation, items: Sequence[str]) -> list[str]:
    """Items that are neither known nor written; one that is written wrongly is another matter."""
    return [i for i in items if not read.annotation.has(i) and i not in read.texts]


def _missing(
    what: str,
    where: str,
    items: Sequence[str],
    cite: str,
    *,
    reading: str = "",
    limit_cite: str = "",
    private: bool = False,
) -> Finding:
    told = ", ".join(words(item) for item in items)
    return Finding(
        COMPLETE,
        _COMPLETE_TITLE,
        Verdict.BREACH,
        f"{what}: no {told}.",
        cite,
        limit_cite,
        where=where,
        reading=reading,
        private=private,
    )


def _on_copies(roll: Roll, forms: Forms) -> Iterator[Finding]:
    wanted = forms.all_of(roll.category)
    for read in roll.reads:
        if lacking := _lacks(read, wanted):
            yield _missing(named(read), named(read), lacking, forms.copies)


def _at_start(roll: Roll, forms: Forms) -> Iterator[Finding]:
    """What the first annotations say, up to that of the first frame."""
    first = roll.reads[: leaders(roll) + 1]
    wanted = forms.of_start(roll.category)
    lacking = [item for item in wanted if all(_lacks(read, (item,)) for read in first)]
    if lacking:
        what = f"{roll.name}, at the beginning"
        yield _missing(what, named(first[0]), lacking, forms.at_start.cite)


def _on_frames(roll: Roll, forms: Forms) -> Iterator[Finding]:
    need = forms.on_frame.get(roll.category or "", NOTHING)
    if not need.items or (roll.medium is not None and roll.medium not in forms.film):
        return
    reading = "" if "digital-frames" not in forms.readings else "digital-frames"
    for read in roll.reads[leaders(roll) :]:
        if lacking := _lacks(read, need.items):
            yield _missing(named(read), named(read), lacking, need.cite, reading=reading)


def _in_period(roll: Roll, forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """At the start of each period, and wherever height, heading or groundspeed changed."""
    need = forms.in_period.get(roll.category or "", NOTHING)
    frames = roll.reads[leaders(roll) :]
    frames = [frames[i] for i in in_time(frames)]
    if not need.items or not frames:
        return
    starts = _starts(frames, evidence)
    moments = _moments(frames, evidence.track)
    blind = 0
    last: Moment | None = None
    for at, read in enumerate(frames):
        lacking = _lacks(read, need.items)
        if at in starts:
            if lacking:
                what = f"{named(read)}, the first of the observation period"
                yield _missing(what, named(read), lacking, need.cite)
            last = moments[at]
            continue
        if not lacking:
            last = moments[at]
            continue
        change = _changed(last, moments[at], forms)
        if change is None:
            blind += 1
        elif change:
            yield _missing(
                f"{named(read)}, after a change of {change}", named(read), lacking, need.cite,
                reading="significant-change" if forms.changes.assumed else "",
                limit_cite=forms.changes.cite, private=forms.changes.private,
            )  # fmt: skip
            last = moments[at]
    if blind:
        yield Finding(
            COMPLETE,
            _COMPLETE_TITLE,
            Verdict.UNDETERMINED,
            f"{roll.name}: whether height, heading or groundspeed changed before {blind} frames "
            "cannot be told.",
            need.cite,
            needs=("a track that covers the times of the frames",),
        )


def _starts(frames: Sequence[ReadAnnotation], evidence: Evidence) -> set[int]:
    """The first frame of each observation period of this sensor."""
    if evidence.periods is None:
        return {0}
    camera = evidence.camera
    periods = [p for p in evidence.periods if camera is None or p.sensor == camera.id]
    found = set()
    for period in periods:
        for at, read in enumerate(frames):
            time = read.annotation.time_s
            slack = 0.5 if read.exact else HALF_MINUTE_S
            if time is not None and period.begun_s - slack <= time <= period.completed_s + slack:
                found.add(at)
                break
    return found


def _moments(frames: Sequence[ReadAnnotation], track: Track | None) -> list[Moment | None]:
    """The track at the time of each frame; None where it does not cover it."""
    found: list[Moment | None] = [None] * len(frames)
    if track is None or not len(track):
        return found
    begun, done = float(track.time_s[0]), float(track.time_s[-1])
    times = [read.annotation.time_s for read in frames]
    covered = [i for i, time in enumerate(times) if time is not None and begun <= time <= done]
    moments = moments_of_track(track, np.array([times[i] for i in covered], dtype=np.float64))
    for i, moment in zip(covered, moments, strict=True):
        found[i] = moment
    return found


def _changed(a: Moment | None, b: Moment | None, forms: Forms) -> str | None:
    """What changed significantly between two frames, "" where nothing did, None: nobody knows."""
    if a is None or b is None:
        return None
    changes = forms.changes
    directions = (a.heading_deg, b.heading_deg)
    if None in directions:
        directions = (a.course_deg, b.course_deg)
    pairs = (
        ("height", "height_m", (a.height_m, b.height_m), changes.height_m, "m"),
        ("heading", "heading_deg", directions, changes.heading_deg, "degrees"),
        ("groundspeed", "speed", (a.speed_km_h, b.speed_km_h), changes.speed_km_h, "km/h"),
    )
    told, known = [], False
    for word, name, (x, y), limit, unit in pairs:
        if x is None or y is None or not np.isfinite([x, y]).all():
            continue
        known = True
        if (difference := apart(name, x, y)) >= limit:
            told.append(f"{word} by {math.floor(difference * 10.0) / 10.0:g} {unit}")
    return ", ".join(told) if known else None
