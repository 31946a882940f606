"""The frame of a pass that shows the target nearest to the middle of the field of view.

Some frames are searched for the target. Between them it moves evenly, since an aircraft flies
straight over a target: a line through its places says in which frame it comes nearest, and that
frame is searched, too. The search is the one of the bar reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.video.frames import Recording

_LOOKS = 9
_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Sight:
    """The target in a frame: its centre, pixels from the upper left pixel's centre, and how many
    groups of it were seen."""

    number: int
    x: float
    y: float
    groups: int
    off: float
    """How far its centre is from the frame's, as a share of the field of view: the larger of the
    shares across and down."""
    anchor: tuple[float, float]
    """One group that is seen in all frames: a widest one."""


def sight_in(pixels: NDArray[Any], number: int) -> Sight | None:
    """The target with the most groups in a frame; None where there is none."""
    from overflight.imagery.bars import settle
    from overflight.imagery.bars.find import sightings, targets

    values = pixels if pixels.dtype in (np.uint8, np.uint16) else pixels.astype(np.float32)
    found = [t for t in targets(sightings(values)) if len(t) >= _GROUPS]
    if not found:
        return None
    # Words written over a frame look like groups of bars until they are fitted as such.
    best = settle.settled(values, max(found, key=len))
    if len(best) < _GROUPS:
        return None
    x, y = middle_of([g.x for g in best]), middle_of([g.y for g in best])
    widest = max(g.width for g in best)
    first = min((g for g in best if g.width > 0.93 * widest), key=lambda g: abs(math.sin(g.normal)))
    return Sight(number, x, y, len(best), offset(pixels.shape, x, y), (first.x, first.y))


def middle_of(places: Sequence[float]) -> float:
    """Midway between the places at both ends, without the outermost of each, which may be something
    else."""
    ends = sorted(places)
    rim = 1 if len(ends) >= 6 else 0
    return (ends[rim] + ends[-1 - rim]) / 2.0


def offset(shape: tuple[int, ...], x: float, y: float) -> float:
    """The larger share of the field of view by which a place lies off the middle."""
    rows, columns = shape[:2]
    across = abs(x - (columns - 1) / 2.0) / columns
    return max(across, abs(y - (rows - 1) / 2.0) / rows)


def pick_frame(recording: Recording, say: Callable[[str], None] = lambda _: None) -> Sight:
    """The frame in which the target lies nearest to the middle. Raises ImageError for none."""
    every = max(1, math.ceil(recording.count / _LOOKS))
    seen: dict[int, Sight] = {}
    for number in range(every // 2, recording.count, every):
        say(f"{recording.name}, frame {number}")
        sight = sight_in(recording.luma(number), number)
        if sight is not None:
            seen[number] = sight
    if not seen:
        raise ImageError(
            f"{recording.name}: no frame shows the target",
            remedy="Name the frame (frame = 12), or cut the recording to the pass over the target.",
        )
    shape = recording.luma(0).shape
    seen = {s.number: s for s in _as_one(list(seen.values()), shape)}
    tried = set(range(every // 2, recording.count, every))
    for number in _between(list(seen.values()), shape, recording.count, every):
        if number not in tried:
            tried.add(number)
            say(f"{recording.name}, frame {number}")
            sight = sight_in(recording.luma(number), number)
            if sight is not None:
                seen[number] = sight
    seen = {s.number: s for s in _as_one(list(seen.values()), shape)}
    # A frame that shows fewer groups is not better placed but cut off.
    most = max(s.groups for s in seen.values())
    whole = [s for s in seen.values() if s.groups >= 0.7 * most]
    return min(whole, key=lambda s: (s.off, s.number))


def _as_one(seen: list[Sight], shape: tuple[int, ...]) -> list[Sight]:
    """The same with the centre of the frame that shows most of the target, carried over by a group
    that all show: narrow groups are found in one frame and missed in the next."""
    best = max(seen, key=lambda s: s.groups)
    dx, dy = best.x - best.anchor[0], best.y - best.anchor[1]
    return [
        replace(s, x=s.anchor[0] + dx, y=s.anchor[1] + dy,
                off=offset(shape, s.anchor[0] + dx, s.anchor[1] + dy))
        for s in seen
    ]  # fmt: skip


def _between(seen: list[Sight], shape: tuple[int, ...], count: int, every: int) -> list[int]:
    """Numbers of frames in which the target comes nearest to the middle, by a straight path."""
    if len(seen) >= 2:
        n = np.array([s.number for s in seen], dtype=np.float64)
        paths = [np.polyfit(n, [getattr(s, k) for s in seen], 1) for k in ("x", "y")]
        every_number = np.arange(count)
        offs = [offset(shape, *(float(np.polyval(p, k)) for p in paths)) for k in every_number]
        best = int(np.argmin(offs))
        return [best]
    best = seen[0].number
    return [k for k in (best - every // 2, best + every // 2) if 0 <= k < count]
