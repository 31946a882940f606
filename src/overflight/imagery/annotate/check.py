"""The annotations of others, held against what the regime asks for.

``check`` puts together what the neighbouring modules find: the form and presence of items, frame
numbers, and whether what is annotated can be so, given the camera and the track. Each problem is
a finding of its own with the paragraph; what could not be looked at is undetermined and says what
is missing; a rule that nothing broke is compliant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.annotate import check_items, check_numbers, check_track, check_values
from overflight.imagery.annotate.holding import rolls_of
from overflight.terms import annotation as terms
from overflight.terms.annotation import Forms, ReadAnnotation
from overflight.terms.camera import Camera
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.track import SensorTime, Track
from overflight.units import Degrees, Kilometres, Metres

MOST_OF_A_RULE = 200
"""No more findings of one rule than this are told one by one."""

Floats = NDArray[np.float64]
Ground = Callable[[Floats, Floats], Floats]
"""Height of the ground at latitudes and longitudes, NaN where it is not known."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How far track and terrain themselves may be off; rounding of the texts comes on top."""

    position_m: Metres = 100.0
    height_m: Metres = 50.0
    angle_deg: Degrees = 1.0
    speed_km_h: Kilometres = 10.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What annotations are held against; None is what is not at hand.

    ``ground`` counts from what the track's heights count from. ``periods`` are the times at which
    the sensor worked. ``copies``: the annotations are those of copies of single frames, which
    carry every item. ``whole``: all frames are there, so that gaps in the numbers are gaps.
    ``flight`` and ``quota_year`` are what the annotations should say.
    """

    camera: Camera | None = None
    track: Track | None = None
    ground: Ground | None = None
    periods: Sequence[SensorTime] | None = None
    copies: bool = False
    whole: bool = True
    flight: str | None = None
    quota_year: int | None = None
    allowed: Allowed = Allowed()


RULES = {
    "annotation-form": "Items are written in their form",
    "annotation-complete": "Every item that is asked for is there",
    "annotation-reference": "The reference number is that of the flight",
    "annotation-sensor": "What is annotated of the sensor is what was declared",
    "annotation-position": "The position lies on the track",
    "annotation-height": "The height is that of the track above the ground",
    "annotation-attitude": "Heading, attitude and speed are those of the track",
    "annotation-numbers": "Magazines and frames are numbered in sequence",
    "annotation-simulated": "What is simulated says so",
}


def check(reads: Sequence[ReadAnnotation], forms: Forms, evidence: Evidence) -> Findings:
    """Findings on all annotations, in the order of RULES."""
    rolls = rolls_of(reads)
    found = [
        *check_items.of_form(reads, forms),
        *check_items.of_presence(rolls, forms, evidence),
        *check_values.of_reference(rolls, forms, evidence),
        *check_values.of_sensor(rolls, forms, evidence),
        *check_track.of_track(rolls, forms, evidence),
        *check_numbers.of_numbers(rolls, forms, evidence),
        *check_values.of_marks(reads, evidence),
    ]
    items: list[Finding] = []
    for rule, title in RULES.items():
        own = [finding for finding in found if finding.rule == rule]
        items += islice(own, MOST_OF_A_RULE)
        if len(own) > MOST_OF_A_RULE:
            more = f"{len(own) - MOST_OF_A_RULE} more of this kind."
            items.append(Finding(rule, title, own[-1].verdict, more, own[-1].cite))
        if not own:
            items.append(_nothing_found(rule, title, reads, forms, evidence))
    return Findings(tuple(items), forms.readings, _notes(evidence, forms))


def _notes(evidence: Evidence, forms: Forms) -> tuple[str, ...]:
    notes = []
    if not evidence.copies and evidence.periods is None:
        notes.append("Each sensor's observation period is taken to begin with its first frame.")
    if forms.changes.assumed and not evidence.copies:
        notes.append(
            "No text says from when on a change is significant: "
            f"{forms.readings.get('significant-change', 'nothing was assumed')}."
        )
    return tuple(notes)


_ABOUT: Mapping[str, tuple[str, ...]] = {
    "annotation-reference": (terms.FLIGHT,),
    "annotation-sensor": (terms.CONFIGURATION, terms.SENSOR, terms.FOCAL),
    "annotation-position": (terms.POSITION,),
    "annotation-height": (terms.HEIGHT,),
    "annotation-attitude": (terms.HEADING, terms.ROLL, terms.PITCH, terms.DRIFT, terms.SPEED),
    "annotation-numbers": (terms.FRAME, terms.MAGAZINE),
}
"""The items that a rule looks at, where it does not look at all."""


def _nothing_found(
    rule: str, title: str, reads: Sequence[ReadAnnotation], forms: Forms, evidence: Evidence
) -> Finding:
    """What is said of a rule that nothing broke: that it was kept, or why it was not looked at."""
    about = _ABOUT.get(rule, terms.ITEMS)
    cites = [forms.forms[item].cite for item in about if item in forms.forms]
    cite = cites[0] if rule in _ABOUT and cites else ""
    if rule == "annotation-complete":
        cite = forms.copies if evidence.copies else forms.at_start.cite
    elif rule == "annotation-simulated":
        cite = check_values.HOUSE_RULE
    count = sum(any(read.annotation.has(item) for item in about) for read in reads)
    if not count or (rule == "annotation-simulated" and evidence.track is None):
        message = "No annotation tells of it." if not count else "No track was given."
        return Finding(rule, title, Verdict.DOES_NOT_APPLY, message, cite)
    if rule == "annotation-sensor" and evidence.camera is None:
        message = f"{count} annotations were not compared with a camera."
        needs = ("the camera as it was declared",)
        return Finding(rule, title, Verdict.UNDETERMINED, message, cite, needs=needs)
    words = "annotation" if count == 1 else "annotations"
    return Finding(rule, title, Verdict.COMPLIANT, f"{count} {words}.", cite)
