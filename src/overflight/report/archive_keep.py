"""What was taken into an archive, what it has, and what a check of it found: words and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from overflight.archive.keeping.checking import Checked
from overflight.archive.keeping.ingest import Taken
from overflight.archive.keeping.layout import COMMON, Settings
from overflight.archive.keeping.missions import Mission, SealRow
from overflight.errors import OverflightError
from overflight.record.instants import write_instant
from overflight.report.tables import clean

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
Sizes = Mapping[int, tuple[int, int]]
"""Mission -> (files, bytes)."""
_MOST_TOLD = 50
_RECEIVED = {
    "original": "the holder's own original", "copy": "the observed Party's copy",
    "delivery": "delivered", "shared": "given to the common archive",
}  # fmt: skip


def settings_to_dict(settings: Settings) -> dict[str, Any]:
    """What an archive says of itself (schema archive)."""
    return {
        "kind": "archive",
        "version": 1,
        "id": settings.id,
        "holder": settings.holder,
        "treaty": settings.treaty or None,
        "readings": dict(settings.readings),
        "created": write_instant(settings.created),
        "store": settings.store or None,
        "database": settings.database or None,
    }


def settings_text(settings: Settings, place: str) -> str:
    whose = "common" if settings.holder == COMMON else f"of {settings.holder}"
    return f"archive {clean(settings.id)} {whose} begun in {clean(place)}"


def ingested_to_dict(
    taken: Sequence[Taken], refused: Sequence[tuple[Path, OverflightError]] = ()
) -> dict[str, Any]:
    """What came of an ingest (schema archive-ingested)."""
    return {
        "kind": "archive-ingested",
        "version": 1,
        "taken": [
            mission_to_dict(one.mission)
            | {
                "new": one.new,
                "new_stages": one.stages,
                "new_files": one.files,
                "new_bytes": one.bytes,
                "log_entry": one.logged,
            }
            for one in taken
        ],
        "refused": [
            {
                "bundle": str(path),
                "error": type(error).__name__,
                "code": getattr(error, "code", None),
                "message": error.message,
                "remedy": error.remedy,
            }
            for path, error in refused
        ],
    }


def taken_text(one: Taken, seconds: float) -> str:
    """One line for one bundle."""
    mission = one.mission
    mark = "".join(f"{word}: " for word in mission.marks)
    who = f"{mark}{clean(mission.bundle)}, {mission.observing} over {mission.observed}"
    if one.nothing:
        return f"{who}: it is all there already; nothing was written"
    what = "taken in" if one.new else "extended"
    parts = [f"{one.files} files", size_words(one.bytes), _count(mission.items, "item")]
    if one.stages:
        parts.insert(0, _count(one.stages, "stage"))
    return f"{who}: {what}, {', '.join(parts)}; entry {one.logged} of the log ({seconds:.1f} s)"


def mission_to_dict(one: Mission) -> dict[str, Any]:
    """A mission as the archive knows it."""
    return {
        "bundle": one.bundle,
        "collection": one.collection,
        "observing": one.observing,
        "observed": one.observed,
        "marks": list(one.marks),
        "treaty": one.treaty or None,
        "flown": None if one.flown is None else one.flown.isoformat(),
        "aircraft_state": one.aircraft_state or None,
        "sensors": list(one.sensors),
        "counted": one.counted,
        "flight": one.kind or None,
        "received_as": one.received_as,
        "request": one.request or None,
        "stage": one.stage,
        "root": one.root,
        "items": one.items,
    }


def contents_to_dict(
    settings: Settings,
    rows: Sequence[tuple[Mission, Sequence[SealRow]]],
    sizes: Sizes,
    at: Mapping[str, int | None],
) -> dict[str, Any]:
    """An archive and its missions (schema archive-contents). ``at``: where the log has them."""
    return {
        "kind": "archive-contents",
        "version": 1,
        "archive": settings_to_dict(settings),
        "missions": [
            mission_to_dict(mission)
            | {
                "files": sizes[mission.id][0],
                "bytes": sizes[mission.id][1],
                "seals": [
                    {
                        "stage": row.stage,
                        "portion": row.part or None,
                        "manifest": row.manifest,
                        "root": row.root,
                        "sealed_at": write_instant(row.sealed_at),
                        "taken_at": write_instant(row.taken_at),
                        "log_entry": at.get(row.document),
                    }
                    for row in seals
                ],
            }
            for mission, seals in rows
        ],
    }


def contents_text(
    settings: Settings, rows: Sequence[tuple[Mission, Sequence[SealRow]]], sizes: Sizes,
    table: Table,
) -> str:  # fmt: skip
    """The archive, then a table of its missions."""
    whose = "of several Parties" if settings.holder == COMMON else f"of {settings.holder}"
    lines = [f"Archive {clean(settings.id)} {whose}, begun {settings.created:%Y-%m-%d}"]
    if settings.treaty:
        lines.append(f"  treaty    {settings.treaty}")
    if settings.store:
        lines.append(f"  files in  {settings.store}")
    if settings.database:
        lines.append(f"  items in  {settings.database}")
    if not rows:
        return "\n".join([*lines, "", "It has no missions yet."])
    told = [
        (
            clean(one.bundle), f"{one.observing} over {one.observed}",
            "unknown" if one.flown is None else one.flown.isoformat(), ", ".join(one.marks),
            one.received_as, str(one.stage), str(sizes[one.id][0]), size_words(sizes[one.id][1]),
            str(one.items),
        )
        for one, _ in rows
    ]  # fmt: skip
    head = ("mission", "parties", "flown", "marks", "as", "stage", "files", "size", "items")
    return "\n".join([*lines, "", table(head, told)])


def mission_text(
    one: Mission, seals: Sequence[SealRow], sizes: tuple[int, int],
    at: Mapping[str, int | None], table: Table,
) -> str:  # fmt: skip
    """One mission with what access to it is decided on, and its seals."""
    mark = "".join(f"{word}: " for word in one.marks)
    counted = {None: "unknown", True: "against both quotas", False: "not against both quotas"}
    rows = {
        "treaty": one.treaty or "unknown",
        "flown": "unknown" if one.flown is None else one.flown.isoformat(),
        "aircraft of": one.aircraft_state or "unknown",
        "sensors": ", ".join(one.sensors) or "unknown",
        "counted": counted[one.counted],
        "flight": one.kind or "unknown",
        "received": _RECEIVED[one.received_as] + (f" under {one.request}" if one.request else ""),
        "files": f"{sizes[0]}, {size_words(sizes[1])}",
        "items": f"{one.items} in collection {one.collection}",
    }
    lines = [f"{mark}{clean(one.bundle)}, {one.observing} over {one.observed}"]
    lines += [f"  {name:<12}{clean(words)}" for name, words in rows.items()]
    told = [
        (
            f"stage {row.stage}" if not row.part else f"portion {row.part} (stage {row.stage})",
            write_instant(row.sealed_at), write_instant(row.taken_at), row.root[:16],
            "not yet" if at.get(row.document) is None else str(at[row.document]),
        )
        for row in seals
    ]  # fmt: skip
    return "\n".join([*lines, "", table(("seal", "sealed", "taken in", "root", "log"), told)])


def checked_to_dict(found: Checked, settings: Settings) -> dict[str, Any]:
    """What a check found (schema archive-check)."""
    return {
        "kind": "archive-check",
        "version": 1,
        "archive": settings.id,
        "verdict": found.verdict,
        "missions": found.missions,
        "files": found.files,
        "objects": found.objects,
        "bytes": found.bytes,
        "scrubbed": found.scrubbed,
        "problems": [
            {"code": p.code, "message": p.message, "where": p.where} for p in found.problems
        ],
        "repaired": list(found.repaired),
        "mended": list(found.mended),
        "notes": list(found.notes),
        "loose": {"objects": found.loose[0], "bytes": found.loose[1]},
        "not_covered": list(found.not_covered),
    }


def checked_text(found: Checked, settings: Settings, seconds: float) -> str:
    """The verdict in words, the answer first."""
    what = "every file read" if found.scrubbed else "files not read"
    lines = [
        f"Archive {clean(settings.id)}: {found.verdict.upper()}",
        f"  {_count(found.missions, 'mission')}, {found.files} files, {size_words(found.bytes)} in "
        f"{found.objects} objects; {what} ({seconds:.1f} s)",
    ]
    if found.problems:
        lines += ["", "Problems"]
        for p in found.problems[:_MOST_TOLD]:
            place = f"{clean(p.where)}: " if p.where else ""
            lines.append(f"  {p.code}: {place}{clean(p.message)}")
        if len(found.problems) > _MOST_TOLD:
            lines.append(f"  and {len(found.problems) - _MOST_TOLD} more (--json has all)")
        lines.append(f"  -> {_remedy(found)}")
    for title, rows in (
        ("Put right", found.repaired), ("Mended from another copy", found.mended),
        ("Notes", found.notes),
    ):  # fmt: skip
        if rows:
            lines += ["", title, *(f"  {clean(row)}" for row in rows[:_MOST_TOLD])]
    if found.loose[0]:
        lines += [
            "",
            f"{_count(found.loose[0], 'file')} ({size_words(found.loose[1])}) that no mission "
            "refers to: something was cut short before it came in.",
            "  -> take them away: --tidy",
        ]
    lines += ["", "Not covered", *(f"  {row}" for row in found.not_covered)]
    return "\n".join(lines)


def _remedy(found: Checked) -> str:
    codes = {p.code for p in found.problems}
    if codes & {"object-missing", "object-changed", "object-unreadable", "missing"}:
        return "put sound copies back: --scrub --mend-from ARCHIVE-OR-BUNDLE"
    if codes & {"mission-lost", "catalogue-damaged", "rows-differ", "items-differ"}:
        return "put catalogue.sqlite back from a backup, or take the bundles in again"
    if "log-differs" in codes:
        return "put the folder log/ back from a backup; 'overflight log check' looks at it"
    return "ask the Parties; 'overflight bundle verify' tells more of each bundle"


def size_words(size: int) -> str:
    """A size in the largest unit that it fills: 312.4 MB."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
