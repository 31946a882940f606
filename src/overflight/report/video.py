"""What was read of a video camera, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def video_text(document: Mapping[str, Any], table: Table) -> str:
    """The verdict and H_min, then the passes, the checks, and what it rests on."""
    marks = " ".join(document["marks"])
    lines = [
        f"{marks}: " * bool(marks) + f"{document['camera']} ({document['purpose']}): "
        f"{document['verdict']}"
    ]
    value = document["h_min_m"]
    lines.append("H_min: " + ("none yet, by readings that count" if value is None
                              else f"{value:.0f} m above ground"))  # fmt: skip
    for key, how in (("h_min_by_eye", "by eye"), ("h_min_computed", "computed")):
        if document[key] is not None:
            lines.append(f"  {how}: {_h_min(document[key])}")
    rows = [
        [p["pass"], p["file"], "" if p["frame"] is None else str(p["frame"]),
         f"{p['height_m']:g}", _or_blank(p["axes_off_deg"], ".1f"),
         _or_blank(p["centre_off_percent"], ".1f"), _widths(p["eye_m"]), _widths(p["computed_m"]),
         p["why"]]
        for p in document["passes"]
    ]  # fmt: skip
    titles = ["pass", "file", "frame", "height, m", "axes, deg", "centre, %", "by eye, m",
              "computed, m", "why not"]  # fmt: skip
    lines += ["", table(titles, rows)]
    rows = [[c["text"], c["verdict"], c["because"], c["cite"]] for c in document["checks"]]
    lines += ["", table(["check", "verdict", "because", "source"], rows), ""]
    for found in (document["h_min_by_eye"] or document["h_min_computed"],):
        if found is not None:
            lines += [f"settled: {said}" for said in found["settled"]]
            lines += [f"ours: {said}" for said in found["ours"]]
            lines += [f"doubt: {said}" for said in found["doubts"]]
    return "\n".join([*lines, *(f"note: {note}" for note in document["rests_on"])])


def _h_min(found: Mapping[str, Any]) -> str:
    said = f"{found['value_m']:.0f} m, {found['direction']} the track, {found['count']} passes"
    if found["interval_95_m"] is not None:
        low, high = found["interval_95_m"]
        said += f" (95 %: {low:.0f} to {high:.0f} m)"
    return said


def _or_blank(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _widths(widths: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in widths.items())
