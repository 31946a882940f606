"""What a bar target in a picture says of the picture's resolution."""

from __future__ import annotations

from dataclasses import dataclass

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BarPlace:
    """Where a group of a target is: its centre, metres from any origin, x and y at right angles;
    ``across`` "x" or "y": in which of them its bars follow each other; length of a bar."""

    width_m: float
    x_m: float
    y_m: float
    across: str
    length_m: float


@dataclass(frozen=True, slots=True)
class BarTarget:
    """A calibration target as its diagram gives it: widths of bars from wide to narrow, metres,
    how many bars a group has, the contrast (light to dark) that it was painted with, and, if the
    diagram tells, the place of every group."""

    name: str
    bar_widths_m: tuple[float, ...]
    bars: int | None = None
    contrast: float = 5.0
    places: tuple[BarPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class BarGroup:
    """One group. Centre in pixels from the upper left pixel's centre, x right, y down; ``transfer``
    is its own share of contrast, free of the others', with one standard deviation ``error``;
    ``modulation`` the same at the agreed contrast; ``told_apart``: is it as wide as the limit."""

    x: float
    y: float
    direction: str
    bar_width_pixels: float
    bar_width_m: float | None
    transfer: float
    error: float
    modulation: float
    told_apart: bool


@dataclass(frozen=True, slots=True)
class BarDirection:
    """Resolution in one direction: "along" or "across" the track.

    ``normal_deg``: where the bars follow each other, degrees from the picture's x axis towards y.
    ``bar_width_pixels``: narrowest bar that is told apart, read off between groups, with its 95 %
    interval; the same on the ground where the scale is known. ``smallest_*``: the narrowest group
    of the target that is told apart, None where none is. ``limited_by``: "blur", or "sampling"
    where bars one pixel wide would be told apart and pixels set the end. ``transfer``: rows of
    cycles per pixel, transfer, and one standard deviation of it.
    """

    direction: str
    normal_deg: float
    groups: int
    bar_width_pixels: float
    bar_width_interval_95: Interval
    ground_resolution_m: float | None
    ground_interval_95: Interval | None
    metres_per_pixel: float | None
    smallest_bar_pixels: float | None
    smallest_bar_m: float | None
    limited_by: str
    transfer: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class BarReading:
    """The reading of one target. ``directions`` has one or two; ``finest`` is the one in which the
    narrower bar is told apart. ``signal_to_noise``: light less dark over a pixel's noise midway.
    ``contrast_in_picture``: light over dark, counted from code 0; None where dark is at 0."""

    image: str
    rows: int
    columns: int
    centre: tuple[float, float]
    bars: int
    dark_bars: bool
    agreed_contrast: float
    threshold: float
    contrast_in_picture: float | None
    signal_to_noise: float
    pixels: int
    directions: tuple[BarDirection, ...]
    groups: tuple[BarGroup, ...]
    notes: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def finest(self) -> BarDirection:
        return min(self.directions, key=lambda d: d.ground_resolution_m or d.bar_width_pixels)

    def direction(self, name: str) -> BarDirection | None:
        """Along or across; None where the target shows no bars for it."""
        return next((d for d in self.directions if d.direction == name), None)
