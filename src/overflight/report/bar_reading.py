"""The reading of a bar target as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from overflight.terms.bar_reading import BarDirection, BarReading

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def bar_reading_text(reading: BarReading, table: Table) -> str:
    """The answer first, then each direction, then every group, then what it rests on."""
    lines = [_headline(reading), ""]
    x, y = reading.centre
    dark = "dark" if reading.dark_bars else "light"
    lines += [
        f"target at x {x:.0f}, y {y:.0f} of {reading.columns} x {reading.rows} pixels: "
        f"{len(reading.groups)} groups of {reading.bars} {dark} bars",
        f"signal to noise {reading.signal_to_noise:.0f}"
        + (
            f", contrast in the picture {reading.contrast_in_picture:.1f}:1"
            if reading.contrast_in_picture
            else ""
        ),
        "",
    ]
    for d in reading.directions:
        lines += [f"{d.direction} the track: {_width(d)}", *_indented(_about(d))]
    lines += ["", "groups, from wide to narrow"]
    metres = any(g.bar_width_m is not None for g in reading.groups)
    titles = ["direction", "bar, pixels", *(["bar, m"] if metres else []), "contrast left",
              f"modulation at {reading.agreed_contrast:g}:1", "told apart"]  # fmt: skip
    rows = [
        [
            g.direction,
            f"{g.bar_width_pixels:.2f}",
            *([f"{g.bar_width_m:.3f}" if g.bar_width_m else ""] if metres else []),
            f"{g.transfer:.3f} +- {g.error:.3f}",
            f"{g.modulation:.3f}",
            "yes" if g.told_apart else "no",
        ]
        for g in reading.groups
    ]
    lines.append(table(titles, rows))
    lines += ["", "rests on", *_indented(reading.assumed)]
    lines += [f"note: {note}" for note in reading.notes]
    return "\n".join(lines)


def _headline(reading: BarReading) -> str:
    finest = reading.finest
    what = "ground resolution" if finest.ground_resolution_m is not None else "narrowest bar"
    return f"{what} {_width(finest)}, {finest.direction} the track"


def _width(d: BarDirection) -> str:
    low, high = d.bar_width_interval_95
    pixels = f"{d.bar_width_pixels:.3f} pixels (95 %: {low:.3f} to {high:.3f})"
    if d.ground_resolution_m is None or d.ground_interval_95 is None:
        return pixels
    low, high = d.ground_interval_95
    return f"{d.ground_resolution_m:.4f} m (95 %: {low:.4f} to {high:.4f}), {pixels}"


def _about(d: BarDirection) -> list[str]:
    lines = []
    if d.limited_by == "sampling":
        lines.append("set by the pixels: even bars one pixel wide would keep the threshold")
    if d.smallest_bar_pixels is not None:
        metres = "" if d.smallest_bar_m is None else f"{d.smallest_bar_m:.3f} m, "
        lines.append(
            f"smallest group told apart, of {d.groups} read: {metres}"
            f"{d.smallest_bar_pixels:.2f} pixels"
        )
    half = next((row for row in d.transfer if row[0] == 0.25), None)
    if half:
        lines.append(f"transfer at 0.25 cycles per pixel: {half[1]:.3f} +- {half[2]:.3f}")
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
