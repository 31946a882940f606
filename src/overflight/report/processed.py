"""What became of the frames of a run, as JSON and as lines: one way, out. Schema: processed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight.imagery.process.run import Run
    from overflight.imagery.process.sharpness import SharpnessRule

_SHOWN = 12


def processed_to_dict(
    result: Run, treaty: str, rule: SharpnessRule | None, orientation: Mapping[str, Any]
) -> dict[str, Any]:
    """Every frame, done or set aside; the same whether it was done in this run or before."""
    return {
        "kind": "processed",
        "version": 1,
        "marks": list(result.marks),
        "treaty": treaty,
        "limit": None
        if rule is None
        else {"metres": rule.limit_m, "cite": rule.limit_cite, "rule": rule.id},
        "orientation": dict(orientation),
        "frames": [
            {"frame": one.frame, "original_sha256": one.source_sha256, **one.told,
             "files": dict(one.files)}
            for one in result.done
        ],
        "set_aside": [
            {"frame": one.frame, "reason": one.reason, "remedy": one.remedy}
            for one in result.set_aside
        ],
    }  # fmt: skip


def processed_text(result: Run, out: Path, orientation: Mapping[str, Any]) -> str:
    """A table of the frames, what was set aside and why, and what the limit says."""
    lines = list(result.marks)
    kept = f", {result.kept} of them in an earlier run" if result.kept else ""
    lines.append(f"{len(result.done)} frames in {out}{kept}")
    if result.done:
        lines.append(f"  {'frame':<24} {'sample m':>9} {'above ground m':>15}  resolution")
    for one in result.done[:_SHOWN]:
        told = one.told
        measured = told["resolution"]
        seen = "not measured"
        if measured is not None:
            low, high = measured["interval_95"]
            seen = f"{measured['bar_width_m']:.3f} m ({low:.3f} to {high:.3f})"
        lines.append(
            f"  {one.frame:<24} {told['ground_sample_m']:>9.3f} "
            f"{told['height_above_ground_m']:>15.0f}  {seen}"
        )
    if len(result.done) > _SHOWN:
        lines.append(f"  and {len(result.done) - _SHOWN} more: processed.json has them all")
    lines += _orientation(orientation)
    for one in result.set_aside:
        lines += [f"set aside: {one.frame}: {one.reason}", f"  -> {one.remedy}"]
    lines += _findings(result)
    return "\n".join(lines)


def _orientation(told: Mapping[str, Any]) -> list[str]:
    lines = []
    clock, block = told["clock"], told["adjustment"]
    if clock is not None:
        low, high = clock["interval_95"]
        lines.append(
            f"the camera's clock: {clock['seconds']:+.2f} s ({low:+.2f} to {high:+.2f}) from "
            f"{clock['frames']} frames"
        )
    if block is not None:
        parts = [f"{block['ties']} tie pixels"] if block["ties"] else []
        for key, what in (("tie_px", "ties"), ("control_px", "control"), ("check_px", "checks")):
            if block[key] is not None:
                parts.append(f"{what} within {block[key]:.2f} px")
        if block["check_m"] is not None:
            parts.append(f"{block['check_m']:.3f} m on the ground")
        lines.append("adjusted: " + ", ".join(parts))
        lines += [f"  {note}" for note in block["notes"]]
    return lines


def _findings(result: Run) -> list[str]:
    by_verdict: dict[str, list[dict[str, Any]]] = {}
    for one in result.done:
        for finding in one.told["findings"]:
            by_verdict.setdefault(finding["verdict"], []).append(finding)
    lines = []
    for verdict, found in by_verdict.items():
        first = found[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        lines.append(f"{verdict.upper()} {first['message']}{more} [{first['cite']}]")
    return lines
