"""What was measured of film, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]

_WORDS = {
    "gamma": "gamma (greatest slope)",
    "base_fog": "base and fog",
    "speed": "aerial film speed",
    "range": "range of density",
    "average_gradient": "average gradient over a decade",
    "step_densities": "step farthest from its density",
    "granularity_um": "Selwyn granularity, um",
    "own_bar_um": "narrowest bar on the film, um",
}


def film_text(document: Mapping[str, Any], table: Table) -> str:
    """The verdict first, then the wedge, the grain, the target, the checks, what it rests on."""
    marks = " ".join(document["marks"])
    lines = [f"{marks}: " * bool(marks) + f"film {document['film']}: {document['verdict']}"]
    scanner = document["scanner"]
    blur = scanner["blur_px"]
    lines.append(
        f"scanned at {scanner['pixel_um']:g} um a pixel, the scanner's blur "
        + ("unknown" if blur is None else f"{blur:.3g} pixels ({scanner['blur_from']})")
    )
    if document["wedge"] is not None:
        lines += _wedge(document["wedge"], table)
    if any(row["declared"] is not None for row in document["declared"]):
        rows = [
            [_WORDS[r["name"]], _known(r["measured"]),
             "" if r["declared"] is None else _tolerance(r), r["verdict"], r["because"]]
            for r in document["declared"]
        ]  # fmt: skip
        lines += ["", "against what was declared",
                  table(["what", "measured", "declared", "verdict", "because"], rows)]  # fmt: skip
    for bars in document["bars"]:
        lines += ["", *_bars(bars)]
    if document["on_straight_part"] is not None:
        lines.append(
            f"{document['on_straight_part']:.0%} of it lies on the steep part of the curve"
        )
    if document["eye_m"] is not None:
        lines.append(f"read by eye on the negative, which counts: {document['eye_m']:g} m")
    if document["checks"]:
        rows = [[c["text"], c["verdict"], c["because"], c["cite"]] for c in document["checks"]]
        lines += ["", "the process", table(["check", "verdict", "because", "paragraph"], rows)]
    return "\n".join([*lines, "", *(f"note: {note}" for note in document["rests_on"])])


def _wedge(wedge: Mapping[str, Any], table: Table) -> list[str]:
    how = "found" if wedge["box_found"] else "given"
    lines = [f"wedge of {len(wedge['steps'])} steps ({how} at {wedge['box']})"]
    if wedge["nominal"]:
        lines.append("  its steps are taken as even, not as calibrated")
    curve = wedge["curve"]
    if curve is None:
        lines.append("  no curve: the densities of the wedge itself are not given")
    else:
        names = ("gamma", "average_gradient", "base_fog", "range", "speed")
        rows = [[_WORDS[n], _known(curve[n])] for n in names]
        lines += ["", "density curve", table(["what", "value (95 %)"], rows)]
    if wedge["grain"]:
        rows = [
            [f"{g['density']:.2f}", _of(g["selwyn_um"], g["interval_95"]) or g["why"],
             "" if g["rms_48_um"] is None else f"{g['rms_48_um']:.1f}"]
            for g in wedge["grain"]
        ]  # fmt: skip
        lines += ["", "grain", table(["density", "Selwyn, um (95 %)", "rms, 48 um"], rows)]
    return lines


def _bars(bars: Mapping[str, Any]) -> list[str]:
    if bars["reading"] is None:
        return [f"bars on {bars['on']}: not read: {bars['why']}"]
    lines = [f"bars on {bars['on']} (computed)"]
    for scan, own in zip(bars["reading"]["directions"], bars["negative"], strict=True):
        low, high = scan["bar_width_interval_95"]
        lines.append(
            f"  {scan['direction']}: {scan['bar_width_pixels']:.2f} pixels of the scan "
            f"(95 %: {low:.2f} to {high:.2f})"
        )
        if own["bar_um"] is None:
            lines.append(f"    on the negative itself: {own['why']}")
            continue
        said = f"    on the negative itself: {_of(own['bar_um'], own['interval_95_um'])} um"
        if own["bar_m"] is not None:
            said += f", {_of(own['bar_m'], own['interval_95_m'])} m on the ground"
        lines.append(said)
    return lines


def originals_text(document: Mapping[str, Any], table: Table) -> str:
    """Who chooses, then what differs."""
    marks = " ".join(document["marks"])
    a, b = document["originals"]
    lines = [
        f"{marks}: " * bool(marks) + f"A: {a['film']}, B: {b['film']}",
        f"of one type: {document['identical']['verdict']} ({document['identical']['because']})",
    ]
    right = document["right"]
    if right is None:
        lines.append("whose choice it is: this regime says nothing of two originals")
    else:
        lines.append(
            f"the choice is the {document['chooser']}'s: {right['what']} [{right['cite']}]"
        )
    rows = [
        [_WORDS[d["name"]], _known(a["measures"][d["name"]]), _known(b["measures"][d["name"]]),
         "unknown" if d["b_less_a"] is None else f"{d['b_less_a']:+.3g}",
         "yes" if d["sure"] else "no", d["better"] or ""]
        for d in document["differences"]
    ]  # fmt: skip
    lines += ["", table(["what", "A", "B", "B less A", "sure", "better"], rows)]
    if document["leaning"]:
        lines += ["", document["leaning"]]
    if document["bundle"] is not None:
        lines += ["", *_sealed(document["bundle"])]
    if document["bundle"] is None or document["bundle"]["chosen"] is None:
        lines += ["", f"seal the choice: {document['seal_with']}"]
    return "\n".join([*lines, *(f"note: {note}" for note in document["rests_on"])])


def _sealed(bundle: Mapping[str, Any]) -> list[str]:
    if bundle["chooser"] is None:
        return ["the bundle states no two original sets"]
    agrees = {
        True: "as the regime has it",
        False: "AGAINST the regime",
        None: "not held against it",
    }
    lines = [
        f"the bundle: {bundle['chooser']} chooses ({agrees[bundle['chooser_agrees']]}); "
        + ("not chosen yet" if bundle["chosen"] is None else f"chosen: {bundle['chosen']}")
    ]
    for row in bundle["scans"]:
        where = ", ".join(row["found_in"]) or "no set"
        lines.append(f"  scans of {row['original']} are in {where}")
    return [*lines, "  its seals are checked by: overflight bundle verify"]


def _known(known: Mapping[str, Any]) -> str:
    return _of(known["value"], known["interval_95"]) or f"unknown: {known['why']}"


def _of(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return ""
    if interval is None:
        return f"{value:.4g}"
    return f"{value:.4g} ({interval[0]:.4g} to {interval[1]:.4g})"


def _tolerance(row: Mapping[str, Any]) -> str:
    if row["tolerance"] is None:
        return f"{row['declared']:g}"
    return f"{row['declared']:g} +- {row['tolerance']:g}"
