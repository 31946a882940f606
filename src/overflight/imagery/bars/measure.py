"""A frame in, the resolution that its bar target shows out; or the reason why not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.imagery.bars import blur, fit, limit, settle
from overflight.imagery.bars.checks import (
    BarsRefused,
    jpeg_deviation,
    refuse_clipped,
    refuse_flat,
    refuse_jpeg,
)
from overflight.imagery.bars.find import Sighting, sightings, targets
from overflight.imagery.bars.layout import expected
from overflight.imagery.bars.own import kept_windows, own_transfers, unexplained
from overflight.imagery.bars.series import Ground, by_distance, by_series
from overflight.terms.bar_reading import BarDirection, BarGroup, BarReading, BarTarget

Progress = Callable[[float], None]

CONTRAST = 1.6
THRESHOLD = 0.04
"""Modulation still told apart, and the contrast at which: both are left to the parties; ours."""

_SHOWN = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
_WIDEST_NEEDED = 2.2
_LOOSEST = 1.8
_LEAST_NOISY = 2.5
_STEP_APART = 1.15
"""Ratio of widths beyond which the answer lies outside of what was read."""
_UNEXPLAINED = 0.2
"""Share of a group's variance that bars and noise may leave; fields and roofs leave more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a frame. ``contrast``: agreed, light to dark; ``threshold``: modulation
    told apart; ``gsd``: metres a pixel; ``number``: which target, from 1; ``track_deg``: direction
    of flight in the picture, degrees clockwise from its top; ``top``: the highest code."""

    contrast: float = CONTRAST
    threshold: float = THRESHOLD
    gsd: float | None = None
    target: BarTarget | None = None
    number: int | None = None
    track_deg: float = 0.0
    top: float = 65535.0
    jpeg_quality: float | None = None
    name: str = "the image"

    @property
    def agreed_modulation(self) -> float:
        return (self.contrast - 1.0) / (self.contrast + 1.0)


def measure(
    pixels: NDArray[Any], asked: Asked | None = None, progress: Progress | None = None
) -> BarReading:
    """The reading of the bar target in a frame, (rows, columns) of codes that grow with light.

    Raises BarsRefused, with its reason, where the frame cannot carry an answer.
    """
    ask = asked or Asked()
    _check(ask)
    if pixels.ndim != 2 or min(pixels.shape) < 16:
        raise BarsRefused(
            "not an image", "too small, or not one band", remedy="Give one band of 16 x 16 or more."
        )
    if pixels.dtype not in (np.uint8, np.uint16, np.float32):
        pixels = pixels.astype(np.float32)
    found = [g for c in targets(sightings(pixels, progress)) if len(g := _groups(pixels, c)) >= 3]
    found = _apart(found)
    if not found:
        refuse_flat(pixels)
    chosen = _chosen(found, ask)
    return _read(pixels, chosen, ask)


def _check(ask: Asked) -> None:
    if not 1.0 < ask.contrast <= 1000.0:
        raise SensorError(
            f"an agreed contrast of {ask.contrast:g}:1", remedy="Give one above 1, as 1.6 or 4."
        )
    if not 0.0 < ask.threshold < ask.agreed_modulation:
        raise SensorError(
            f"a threshold of {ask.threshold:g} where the bars have {ask.agreed_modulation:.3f}",
            remedy="Give a threshold above 0 and below the modulation of the agreed contrast.",
        )
    if ask.gsd is not None and not 1e-4 < ask.gsd < 1e4:
        raise SensorError(f"{ask.gsd:g} m a pixel", remedy="Give metres, as --gsd 0.12.")


def _groups(pixels: NDArray[Any], cluster: list[Sighting]) -> list[Sighting]:
    groups = settle.settled(pixels, cluster)
    if not settle.believable(pixels, groups):
        return []
    return [*groups, *settle.missing(pixels, groups, 1.6)]


def _apart(found: list[list[Sighting]]) -> list[list[Sighting]]:
    """Without targets whose groups were found again with another's."""
    kept: list[list[Sighting]] = []
    for groups in found:
        known = [o for g in kept for o in g]
        new = [
            g for g in groups
            if all(math.hypot(g.x - o.x, g.y - o.y) > 0.5 * max(g.radius, o.radius) for o in known)
        ]  # fmt: skip
        if len(new) >= 3 and len(new) > len(groups) / 2:
            kept.append(new)
    return kept


def _chosen(found: list[list[Sighting]], ask: Asked) -> list[Sighting]:
    if not found:
        raise BarsRefused(
            "no target",
            "nothing in the frame looks like stepped groups of parallel bars",
            remedy="Is the target in the frame, its widest bars at least 3 pixels wide and not "
            "blurred into one? Cut out its surroundings to make the search easier.",
        )
    if ask.number is not None:
        if not 1 <= ask.number <= len(found):
            raise SensorError(
                f"there is no target {ask.number}; found: {len(found)}",
                remedy="Choose another with --target.",
            )
        return found[ask.number - 1]
    if len(found) > 1:
        places = "; ".join(f"{k + 1} at {_place(g)}" for k, g in enumerate(found[:5]))
        raise BarsRefused(
            "two targets", f"{len(found)} targets: {places}", remedy="Choose one with --target N."
        )
    return found[0]


def _place(groups: list[Sighting]) -> str:
    x, y = np.mean([(g.x, g.y) for g in groups], axis=0)
    return f"x {x:.0f}, y {y:.0f} ({len(groups)} groups)"


def _read(pixels: NDArray[Any], groups: list[Sighting], ask: Asked) -> BarReading:
    made = fitted(pixels, groups)
    ground = _ground(made.windows, ask)
    if ground is not None and ask.target is not None and ask.target.places:
        more = expected(made.windows, ground.widths_m, ask.target)
        if more:
            made = fitted(pixels, [_seen(w) for w in made.windows] + more)
            ground = _ground(made.windows, ask)
    windows = made.windows
    step = abs(float(made.shared[2 * fit.P + 2]))
    weights = np.concatenate([w.weights for w in windows])
    noise = float(1.0 / math.sqrt(np.median(weights)))
    refuse_clipped(windows, noise, ask.top)
    notes = list(refuse_jpeg(pixels, windows, ask.jpeg_quality))
    widest = max(w.width for w in windows)
    if widest < _WIDEST_NEEDED:
        raise BarsRefused(
            "too few pixels",
            f"the widest bars are {widest:.1f} pixels wide",
            remedy="Fly lower or show a larger target: its widest bars need 3 pixels or more.",
        )
    if step / noise < _LEAST_NOISY:
        raise BarsRefused(
            "too much noise",
            f"light and dark differ by {step / noise:.1f} times a pixel's noise",
            remedy="Expose longer; three times at least can be measured.",
        )
    if ground is not None and ground.note:
        notes.append(ground.note)
    directions = [_direction(made, side, ground, ask) for side in (0, 1)]
    both = tuple(sorted((d for d in directions if d), key=lambda d: d.direction))
    notes += [note for d in both if (note := _beyond(made, d, ask))]
    if len(both) == 1:
        notes.append(
            f"bars of one direction only: nothing is said of the other than {both[0].direction}"
        )
    turn = min(abs((d.normal_deg + ask.track_deg) % 90.0 - 45.0) for d in both)
    if turn < 15.0:
        notes.append("the target lies nearly diagonal to the track: along is the nearer direction")
    return BarReading(
        image=ask.name,
        rows=pixels.shape[0],
        columns=pixels.shape[1],
        centre=made.origin,
        bars=windows[0].seen.count,
        dark_bars=windows[0].seen.sign < 0,
        agreed_contrast=ask.contrast,
        threshold=ask.threshold,
        contrast_in_picture=_contrast(made),
        signal_to_noise=step / noise,
        pixels=len(weights),
        directions=both,
        groups=_group_rows(made, both, ground, ask),
        notes=tuple(notes),
        assumed=_assumed(ask),
    )


def fitted(pixels: NDArray[Any], groups: list[Sighting]) -> fit.Fit:
    """The groups fitted together; those that do not fit are dropped. Raises BarsRefused."""
    made = fit.begin(pixels, groups)
    for rounds in (12, 10, 8):
        if len(made.windows) < 3:
            break
        fit.run(made, rounds)
        fit.weigh(made)
        good = kept_windows(made)
        if len(good) < len(made.windows):
            made = fit.with_only(made, good)
            if len(good) >= 3:
                fit.run(made, rounds)
                fit.weigh(made)
    if len(made.windows) < 3 or unexplained(made) > _UNEXPLAINED:
        raise BarsRefused(
            "no target",
            "what looked like groups of bars does not fit as such",
            remedy="Cut out the target; is it whole, flat and evenly lit?",
        )
    fit.run(made, 6)
    made.correlated = fit.correlation(made)
    made.covariance = made.covariance * made.correlated
    return made


def _ground(windows: list[fit.Window], ask: Asked) -> Ground | None:
    if ask.target is not None:
        return by_series(windows, ask.target, ask.gsd)
    return None if ask.gsd is None else by_distance(windows, ask.gsd)


def _direction(made: fit.Fit, side: int, ground: Ground | None, ask: Asked) -> BarDirection | None:
    own = [(k, w) for k, w in enumerate(made.windows) if w.side == side]
    if not own:
        return None
    theta, angle = made.theta(side), made.angles[side]
    part = slice(side * fit.P, (side + 1) * fit.P)
    covariance = made.covariance[part, part]
    bars = own[0][1].seen.count
    found = limit.limit_of(theta, covariance, angle, bars, ask.threshold / ask.agreed_modulation)
    widest = max(w.width for _, w in own)
    if found is None or found.width > widest:
        raise BarsRefused(
            "too blurred",
            f"at a contrast of {ask.contrast:g}:1 not even the widest bars, {widest:.1f} pixels, "
            "are told apart",
            remedy="Show wider bars, or a sharper picture.",
        )
    found = replace(found, deviation=math.hypot(found.deviation, jpeg_deviation(ask.jpeg_quality)))
    low, high = found.interval
    if high > _LOOSEST * low:
        raise BarsRefused(
            "too much noise",
            f"the narrowest bar told apart lies anywhere from {low:.2f} to {high:.2f} pixels",
            remedy="Show more groups of bars, or a picture with less noise.",
        )
    scale = None if ground is None else ground.metres_per_pixel[side]
    told = [
        (w.width, None if ground is None else ground.widths_m[k]) for k, w in own
        if w.width >= found.width
    ]  # fmt: skip
    if scale is not None and ask.target is not None:
        # Groups that were not found are there by the diagram.
        read = {ground.widths_m[k] for k, _ in own} if ground is not None else set()
        told += [(m / scale, m) for m in ask.target.bar_widths_m
                 if m not in read and m / scale >= found.width]  # fmt: skip
    smallest = min(told, key=lambda t: t[0] if t[1] is None else t[1]) if told else None
    hats = np.array(_SHOWN)
    errors = [limit.transfer_error(theta, covariance, angle, f) for f in _SHOWN]
    return BarDirection(
        direction=_named(angle, ask.track_deg),
        normal_deg=math.degrees(angle),
        groups=len(own),
        bar_width_pixels=found.width,
        bar_width_interval_95=(low, high),
        ground_resolution_m=None if scale is None else found.width * scale,
        ground_interval_95=None if scale is None else (low * scale, high * scale),
        metres_per_pixel=scale,
        smallest_bar_pixels=None if smallest is None else smallest[0],
        smallest_bar_m=None if smallest is None else smallest[1],
        limited_by="sampling" if found.sampled else "blur",
        transfer=tuple(
            (float(f), float(m), float(e))
            for f, m, e in zip(hats, blur.transfer(theta, angle, hats), errors, strict=True)
        ),
    )


def _seen(window: fit.Window) -> Sighting:
    """A group as it was fitted, to begin another fit with."""
    x, y = window.centre
    return replace(
        window.seen, x=x, y=y, normal=window.normal, width=window.width, length=window.length
    )


def _beyond(made: fit.Fit, found: BarDirection, ask: Asked) -> str:
    """What to say where the answer is narrower than every group that was read; "" where not."""
    own = [w.width for w in made.windows if _named(made.angles[w.side], ask.track_deg)
           == found.direction]  # fmt: skip
    narrowest = min(own)
    if found.bar_width_pixels > narrowest / _STEP_APART:
        return ""
    lead = (
        f"{found.direction} the track the narrowest group read has bars of {narrowest:.2f} pixels "
        "and is told apart; the width given follows from the blur of those read"
    )
    if found.smallest_bar_pixels is not None and found.smallest_bar_pixels < 0.97 * narrowest:
        return f"{lead}, and the smallest group by the diagram"
    if ask.target is None:
        return f"{lead}; narrower groups may be there"
    return f"{lead}; the target has none narrower"


def _named(angle: float, track_deg: float) -> str:
    # Along: the bars follow each other in the direction of flight, 0 degrees being the top.
    off = angle - math.radians(track_deg - 90.0)
    return "along" if abs(math.cos(off)) >= math.sqrt(0.5) else "across"


def _group_rows(
    made: fit.Fit, directions: tuple[BarDirection, ...], ground: Ground | None, ask: Asked
) -> tuple[BarGroup, ...]:
    limits = {d.direction: d.bar_width_pixels for d in directions}
    rows = []
    for k, (window, (share, error)) in enumerate(
        zip(made.windows, own_transfers(made), strict=True)
    ):
        name = _named(made.angles[window.side], ask.track_deg)
        x, y = window.centre
        rows.append(
            BarGroup(
                x,
                y,
                name,
                window.width,
                None if ground is None else ground.widths_m[k],
                share,
                error,
                share * ask.agreed_modulation,
                window.width >= limits.get(name, math.inf),
            )
        )
    return tuple(sorted(rows, key=lambda g: (g.direction, -g.bar_width_pixels)))


def _contrast(made: fit.Fit) -> float | None:
    """Light over dark in codes, at the target's middle."""
    surround = float(np.median([w.local[6] for w in made.windows]))
    other = surround + float(made.shared[2 * fit.P + 2])
    dark, light = min(surround, other), max(surround, other)
    return light / dark if dark > 0.002 * light else None


def _assumed(ask: Asked) -> tuple[str, ...]:
    return (
        f"bars are told apart down to a modulation of {ask.threshold:g} in the picture (ours: what "
        "is told apart is left to those who certify)",
        f"at an agreed contrast of {ask.contrast:g}:1 at the camera (ours unless given: the agreed "
        "value is not public)",
        "codes grow in proportion to light",
        f"{blur.VEIL:.0%} of the light goes farther than a group is wide, give or take "
        f"{blur.VEIL_SPREAD:.1%}",
    )
