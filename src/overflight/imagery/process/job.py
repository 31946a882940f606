"""What one frame needs to be processed, apart from everything else: small enough to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.imagery.annotate.build import Moment
from overflight.imagery.degrade import Decision
from overflight.imagery.process.sharpness import SharpnessRule
from overflight.terms.annotation import Forms
from overflight.terms.bar_reading import BarTarget
from overflight.terms.camera import Camera
from overflight.terms.frames import OrientedFrame
from overflight.units import Metres

FRAMES, ORIGINALS, THUMBNAILS = "frames", "originals", "thumbnails"
"""Folders of the results."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The terrain: a raster, or level ground at ``level_m``; and a geoid, a raster or one number,
    that lifts either onto the ellipsoid."""

    dem: Path | None = None
    geoid: Path | Metres | None = None
    level_m: Metres | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all frames of a run."""

    ground: Ground
    forms: Forms
    crs: str | None = None
    pixel_m: Metres | None = None
    sampling: str = "cubic"
    hidden: bool = False
    measure: bool = True
    target: BarTarget | None = None
    rule: SharpnessRule | None = None
    decision: Decision | None = None
    own_m: Metres | None = None
    """The sensor's own resolution at the height flown, for frames without a target."""
    flight: str | None = None
    treaty: str = ""
    observing: str = ""
    observed: str = ""
    platform: str = ""
    collection: str = ""
    span: tuple[float, float] | None = None
    """When the flight was, for frames that do not know their own time."""

    def told(self) -> Mapping[str, Any]:
        """What makes a difference to the bytes that come out, for the journal."""
        forms = [(name, form.pattern.pattern) for name, form in sorted(self.forms.forms.items())]
        return {
            "ground": repr(self.ground),
            "crs": self.crs,
            "pixel": self.pixel_m,
            "sampling": self.sampling,
            "hidden": self.hidden,
            "measure": self.measure,
            "target": repr(self.target),
            "rule": repr(self.rule),
            "decision": [repr(self.decision), self.own_m],
            "flight": self.flight,
            "named": [self.treaty, self.observing, self.observed, self.platform, self.collection],
            "span": self.span,
            "forms": forms,
        }


@dataclass(frozen=True, slots=True)
class FrameJob:
    """One frame. ``source_sha256`` is that of the original when the run began; ``moment`` is what
    the track says of its time; ``leg`` counts from 1."""

    name: str
    path: Path
    source_sha256: str
    frame: OrientedFrame
    camera: Camera | None
    moment: Moment
    out: Path
    settings: Settings = field(repr=False)
    digest: str = ""
    leg: int | None = None
