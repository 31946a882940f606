"""A mosaic in words and as a document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.imagery.mosaic.make import Mosaic, Settings, sources_path


def mosaic_to_dict(
    made: Mosaic, settings: Settings, out: Path, sha256: Mapping[str, str]
) -> dict[str, Any]:
    """The document of schema ``mosaic``. ``sha256`` of every file, by its path as text."""
    total = sum(made.taken)
    frames = [
        {
            "number": number,
            "frame": sheet.name,
            "file": sheet.path.name,
            "sha256": sha256[str(sheet.path)],
            "marks": list(sheet.marks),
            "gains": [round(float(gain), 6) for gain in gains],
            "pixels": taken,
        }
        for number, (sheet, gains, taken) in enumerate(
            zip(made.sheets, made.balance.gains, made.taken, strict=True), 1
        )
    ]
    sources = sources_path(out)
    return {
        "kind": "mosaic",
        "version": 1,
        "marks": list(made.marks),
        "file": out.name,
        "sha256": sha256[str(out)],
        "sources": sources.name,
        "sources_sha256": sha256[str(sources)],
        "crs": made.grid.crs,
        "pixel_m": made.grid.size,
        "left": made.grid.left,
        "top": made.grid.top,
        "columns": made.grid.columns,
        "rows": made.grid.rows,
        "blend": settings.blend,
        "balance": settings.balance,
        "shape": [[round(float(v), 6) for v in band] for band in made.balance.shape],
        "shape_radius_m": round(made.radius_m, 6),
        "difference_before": [round(float(v), 6) for v in made.balance.before],
        "difference_after": [round(float(v), 6) for v in made.balance.after],
        "seams_found_at": made.factor,
        "groups": [[k + 1 for k in group] for group in made.balance.groups],
        "seen_pixels": total,
        "seam_pixels": made.seam_pixels,
        "seam_visibility": None if made.visibility is None else round(made.visibility, 4),
        "frames": frames,
    }


def mosaic_text(document: Mapping[str, Any], out: Path) -> str:
    marks = f" {' '.join(document['marks'])}" if document["marks"] else ""
    lines = [
        f"{out}:{marks} {document['columns']} x {document['rows']} pixels of "
        f"{document['pixel_m']:g} m from {len(document['frames'])} frames",
        "  frame                     share %  gains",
    ]
    whole = max(1, document["seen_pixels"])
    for frame in document["frames"]:
        gains = " ".join(f"{gain:.3f}" for gain in frame["gains"])
        lines.append(f"  {frame['frame'][:24]:24}  {100.0 * frame['pixels'] / whole:7.1f}  {gains}")
    if document["seam_visibility"] is not None:
        lines.append(
            f"seams: steps across them are {document['seam_visibility']:.2f} times those of the "
            "frames in the same places (1: not to be seen)"
        )
    if len(document["groups"]) > 1:
        lines.append(
            f"the frames lie in {len(document['groups'])} groups that do not overlap; brightness "
            "is not balanced between these"
        )
    return "\n".join(lines)
