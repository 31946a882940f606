"""What was measured in a radar image, and what follows for its certification, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def radar_text(document: Mapping[str, Any], table: Table) -> str:
    """Reflectors, then pairs."""
    lines = [*_marks(document), f"{document['sensor']}, {document['image']}, {document['mode']}"]
    for key, words in (("range_m", "range, slant"), ("azimuth_m", "azimuth")):
        value = document["expected"].get(key)
        if value is not None:
            lines.append(f"expected by closed form in {words}: {value:.3f} m")
    for r in document["reflectors"]:
        lines += ["", *_reflector(r)]
    if document["pairs"]:
        told = [
            [
                f"{p['first']}-{p['second']}",
                f"{p['distance_m']:.2f}",
                f"{p['along_m']:.2f}",
                f"{p['across_m']:.2f}",
                f"{p['dip_db']:.2f}",
                f"{p['needed_db']:g} ({p['criterion']})",
                "yes" if p["apart"] else "no",
            ]
            for p in document["pairs"]
        ]
        head = ["pair", "apart, m", "along, m", "across, m", "dip, dB", "asked, dB", "told apart"]
        lines += ["", table(head, told)]
    if document["missing"]:
        lines += ["", f"not found: {', '.join(document['missing'])}"]
    return "\n".join(lines)


def _reflector(r: Mapping[str, Any]) -> list[str]:
    name = f"{r['id']}: " if r["id"] else ""
    notes = f" ({', '.join(r['notes'])})" if r["notes"] else ""
    lines = [
        f"{name}slant range {r['slant_m']:.2f} m, {r['look_deg']:.2f} degrees from the vertical, "
        f"{r['contrast_db']:.0f} dB above the clutter, phase {r['phase_deg']:.1f} degrees{notes}"
    ]
    for words, cut in (("range", r["range"]), ("azimuth", r["azimuth"])):
        lines.append(
            f"  {words:8} {_with(cut['width_m'], cut['interval_95'])} m, side lobes "
            f"{cut['pslr_db']:.1f} dB, all of them {cut['islr_db']:.1f} dB"
        )
    lines.append(f"  {'ground':8} {_with(r['ground_m'], r['ground_interval_95'])} m")
    if r["off_range_m"] is not None:
        lines.append(
            f"  {'place':8} {r['off_azimuth_m']:+.2f} m along, {r['off_range_m']:+.2f} m in range "
            "from the diagram's"
        )
    return lines


def swath_text(document: Mapping[str, Any]) -> str:
    """Geometry, then findings."""
    lines = [
        *_marks(document),
        f"{document['sensor']} looks {document['side']} from {document['height_m']:.0f} m: "
        f"{document['near_deg']:.2f} to {document['far_deg']:.2f} degrees from the vertical, "
        f"{document['near_km']:.2f} to {document['far_km']:.2f} km away, "
        f"{document['width_km']:.2f} km wide",
    ]
    return "\n".join([*lines, *map(_finding, document["findings"])])


def certification_text(document: Mapping[str, Any], table: Table) -> str:
    """The verdict, each mode, every reflector by slant range."""
    lines = [*_marks(document), document["verdict"], *map(_finding, document["findings"])]
    for mode in document["modes"]:
        lines += ["", f"{mode['sensor']}, {mode['mode']}"]
        for key in ("across", "along"):
            found = mode[key]
            if found["resolution_m"] is not None:
                value = _with(found["resolution_m"], found["interval_95"])
                lines.append(f"  {key} the track: {value} m by {found['passes']} passes")
        rows = [
            [r["pass"], r["id"] or "-", f"{r['slant_m']:.1f}", f"{r['look_deg']:.2f}",
             f"{r['across_m']:.3f}", f"{r['along_m']:.3f}", "yes" if r["counts"] else "no"]
            for r in mode["reflectors"]
        ]  # fmt: skip
        for p in mode["pairs"]:
            told = {True: "told apart", False: "not told apart", None: "cannot be told"}[p["apart"]]
            lines.append(
                f"  {p['first']}-{p['second']}, {p['distance_m']:.2f} m apart: dip "
                f"{p['dip_db']:.2f} dB in the mean of {p['looks']} looks, {told} "
                f"(in {p['apart_in']} of them)"
            )
        head = ["pass", "reflector", "slant range, m", "look, deg", "across, m", "along, m",
                "counts"]  # fmt: skip
        lines += ["", table(head, rows)]
    return "\n".join([*lines, "", *document["ours"]])


def choice_text(document: Mapping[str, Any]) -> str:
    """One sentence."""
    form = document["form"].replace("-", " ")
    head = " ".join((*document["marks"], ""))
    return (
        f"{head}{document['by']}, the {document['side']} Party, chooses to receive the data of "
        f"{document['sensor']} as {form} ({document['cite']})."
    )


def _finding(finding: Mapping[str, Any]) -> str:
    return f"{finding['verdict']}: {finding['message']} [{finding['cite']}]"


def _with(value: float, interval: Sequence[float] | None) -> str:
    if interval is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _marks(document: Mapping[str, Any]) -> list[str]:
    return [" ".join(document["marks"])] if document["marks"] else []
