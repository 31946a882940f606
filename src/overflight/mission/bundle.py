"""What of a mission goes into its bundle: gathered from a seat's folder and from files named.

``record`` seals whatever it is given; this is the door before it. See ``bundle_kinds`` for what may
pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.sealable import refuse_name
from overflight.formats.times import write_time
from overflight.mission.bundle_kinds import (
    ROLES,
    events_bytes,
    holds_passports,
    role_of,
)
from overflight.mission.seat.folder import Seat, content_of, open_seat
from overflight.record.sealing import Addition

SETS = ("A", "B")
_OF_THE_MISSION = {"mission-plan": "mission-plan", "mission-report": "mission-report"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be sealed, the marks found on it, and what was left out and why."""

    additions: tuple[Addition, ...]
    marks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Asked:
    """--add ROLE[:SET]=PATH. ``role`` None: by what the file is."""

    role: str | None
    set: str | None
    path: Path


def read_asked(text: str) -> Asked:
    """Read ROLE=PATH, ROLE:SET=PATH or PATH. Raises DataError for another role or set."""
    head, equals, rest = text.partition("=")
    if not equals:
        return Asked(None, None, Path(text))
    role, _, chosen = head.partition(":")
    if role not in ROLES:
        raise DataError(f"there is no role {role!r}", remedy=f"Choose one of {', '.join(ROLES)}.")
    if chosen and chosen not in SETS:
        raise DataError(f"there is no set {chosen!r}", remedy="The two sets are A and B.")
    return Asked(role, chosen or None, Path(rest))


def gather(
    asked: Sequence[Asked],
    *,
    seat: Seat | None = None,
    allow: Sequence[str] = (),
    sealed: Iterable[str] = (),
) -> Gathered:
    """Everything for the next stage. ``sealed`` are names that the bundle has already, from which
    duplicates may be made, and which are not gathered twice from the seat's folder.

    Raises DataError for whatever may not go in; nothing is left out in silence.
    """
    additions: list[Addition] = []
    marks: set[str] = set() if seat is None else set(seat.mission.marks)
    left_out: list[str] = []
    known = set(sealed)
    if seat is not None:
        own, left_out = _of_seat(seat, known, allow)
        additions += own
    unused = set(allow)
    for one in asked:
        for source, name in _files(one):
            allowed = source.name in allow
            unused -= {source.name}
            role, found = role_of(source, one.role, allowed=allowed)
            marks |= set(found)
            additions.append(_addition(one, role, source, name))
    made = [_with_origin(addition, known, additions) for addition in additions]
    unused -= {a.name.rsplit("/", 1)[-1] for a in additions}
    if unused:
        raise DataError(
            f"--allow {min(unused)} names no file that is to be sealed",
            remedy="Give the name of the file alone, without its folders.",
        )
    return Gathered(tuple(made), tuple(sorted(marks)), tuple(left_out))


def _files(one: Asked) -> list[tuple[Path, str]]:
    """(file, name below its role) of what was named: a file, or all below a folder."""
    if one.path.is_symlink():
        raise DataError("a link is not sealed", file=one.path, remedy="Name the file itself.")
    if one.path.is_file():
        return [(one.path, one.path.name)]
    if not one.path.is_dir():
        raise DataError("there is no such file or folder", file=one.path, remedy="Check the path.")
    found = []
    for path in sorted(one.path.rglob("*")):
        inside = path.relative_to(one.path)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise DataError(
                "neither a plain file nor a folder", file=path, remedy="Take it out, or name the "
                "files one by one.",
            )  # fmt: skip
        for part in inside.parts:
            refuse_name(part)
        if path.is_file():
            found.append((path, inside.as_posix()))
    if not found:
        raise DataError("the folder is empty", file=one.path, remedy="Name a folder with files.")
    return found


def _addition(one: Asked, role: str, source: Path, name: str) -> Addition:
    folder = f"{role}/{one.set}" if one.set else role
    generation = {"frame-original": 0, "duplicate": 1}.get(role)
    return Addition(f"{folder}/{name}", role, source, one.set, generation)


def _with_origin(addition: Addition, sealed: set[str], others: Iterable[Addition]) -> Addition:
    """A duplicate names its original: the file of the same name among the originals (IX.IV.1)."""
    if addition.role != "duplicate":
        return addition
    names = sealed | {other.name for other in others}
    tail = addition.name.removeprefix(
        f"duplicate/{addition.set}/" if addition.set else "duplicate/"
    )
    sets = [addition.set] if addition.set else [None, *SETS]
    originals = [f"frame-original/{s}/{tail}" if s else f"frame-original/{tail}" for s in sets]
    found = [name for name in originals if name in names]
    if len(found) != 1:
        raise DataError(
            f"{addition.name} is a duplicate of {'no' if not found else 'more than one'} original",
            remedy="Call a duplicate as its original is called; name the set (duplicate:A=DIR).",
        )
    return Addition(
        addition.name, addition.role, addition.source, addition.set, 1, found[0]
    )  # fmt: skip


def _of_seat(seat: Seat, known: set[str], allow: Sequence[str]) -> tuple[list[Addition], list[str]]:
    """The shared events, and the documents that both sides hold. Private folders are not read.

    A message that lists people by their papers stays out unless it is allowed by its name; the list
    of events keeps its digest.
    """
    additions: list[Addition] = []
    left_out = []
    rows = []
    for entry in seat.happened:
        rows.append(
            {
                "at": write_time(entry.at),
                "move": entry.move,
                "by": entry.by,
                "facts": dict(entry.facts),
                "documents": [{"type": k.type, "sha256": k.sha256} for k in entry.documents],
            }
        )
        for kept in entry.documents:
            file = Path(kept.file).name
            content = content_of(seat, kept)
            role = _OF_THE_MISSION.get(kept.type, "event")
            name = f"{role}/{file}"
            if name in known or any(a.name == name for a in additions):
                continue
            if holds_passports(content) and file not in allow:
                left_out.append(f"{file}: it lists people by their papers (--allow {file})")
                continue
            role_of(seat.folder / kept.file, None, allowed=True) if kept.file.endswith(
                ".json"
            ) else refuse_name(file)
            additions.append(Addition(name, role, content))
    mission = seat.mission
    events = events_bytes(
        {
            "kind": "bundle-events",
            "version": 1,
            "mission": mission.id,
            "observing": mission.observing,
            "observed": mission.observed,
            "marks": list(mission.marks),
            "events": sorted(rows, key=lambda row: (row["at"], row["move"], row["by"])),
        }
    )
    number = len(seat.happened)
    name = f"event/events-{number:03d}.json"
    if name not in known:
        additions.append(Addition(name, "event", events))
    return additions, left_out


__all__ = ["Asked", "Gathered", "gather", "open_seat", "read_asked"]
