"""Annotations in their order, held together by what does not change: one sensor, one magazine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from overflight.formats.mountings import write_mounting
from overflight.terms import annotation as terms
from overflight.terms.annotation import ReadAnnotation
from overflight.terms.camera import Mounting

Key = tuple[str | None, str | None, int | None]
_CARRIED = ("flight", "category", "medium", "mounting", "focal_mm")


@dataclass(slots=True)
class Roll:
    """The annotations of one magazine, or of one other medium, of one sensor.

    ``carried`` are the annotations with the leader's items filled in from before.
    """

    category: str | None = None
    medium: str | None = None
    mounting: Mounting | None = None
    magazine: int | None = None
    reads: list[ReadAnnotation] = field(default_factory=list)
    carried: list[ReadAnnotation] = field(default_factory=list)

    @property
    def name(self) -> str:
        parts = [f"{self.category or ''}{self.medium or ''}"]
        if self.mounting is not None:
            parts.append(write_mounting(self.mounting))
        if self.magazine is not None:
            parts.append(f"magazine {self.magazine}")
        return " ".join(part for part in parts if part) or "the sensor"


def rolls_of(reads: Iterable[ReadAnnotation]) -> list[Roll]:
    """Rolls in the order in which they begin. What an annotation does not tell of its sensor is
    that of the one before it; a sensor or magazine that has been told before goes on."""
    rolls: list[Roll] = []
    now: Roll | None = None
    for read in reads:
        note = read.annotation
        if now is None or _conflicts(now, read):
            wanted = Roll(note.category, note.medium, note.mounting, note.magazine)
            if now is not None and note.category is None:
                wanted.category, wanted.medium = now.category, now.medium
            if now is not None and note.mounting is None:
                wanted.mounting = now.mounting
            now = next((roll for roll in rolls if _same(roll, wanted)), wanted)
            if now is wanted:
                rolls.append(now)
        now.category = now.category or note.category
        now.medium = now.medium or note.medium
        now.mounting = now.mounting or note.mounting
        now.magazine = note.magazine if now.magazine is None else now.magazine
        now.reads.append(read)
        now.carried.append(_carried(now, read))
    return rolls


def leaders(roll: Roll) -> int:
    """How many annotations at the beginning are the leader's alone, and of no frame."""
    frames = (at for at, read in enumerate(roll.reads) if not is_bare(read))
    return next(frames, len(roll.reads))


def is_bare(read: ReadAnnotation) -> bool:
    """Whether an annotation tells of no frame and no position."""
    told = set(read.texts) | set(read.annotation.items)
    return not told & {terms.FRAME, terms.POSITION, terms.ROLL, terms.HEIGHT}


def in_time(reads: Sequence[ReadAnnotation]) -> list[int]:
    """Indices in the order of time where every frame has one, else as given."""
    times = [read.annotation.time_s for read in reads]
    if any(time is None for time in times):
        return list(range(len(reads)))
    return sorted(range(len(reads)), key=lambda i: times[i] or 0.0)


def named(read: ReadAnnotation) -> str:
    """The annotation in words: which frame, and where it was read."""
    note = read.annotation
    what = f"frame {note.frame}" if note.frame is not None else read.name
    place = "" if read.where in ("", read.name) else read.where
    return ", ".join(part for part in (what, place) if part) or "the annotation"


def _conflicts(roll: Roll, read: ReadAnnotation) -> bool:
    note = read.annotation
    pairs = (
        (roll.category, note.category), (roll.medium, note.medium),
        (roll.mounting, note.mounting), (roll.magazine, note.magazine),
    )  # fmt: skip
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _same(a: Roll, b: Roll) -> bool:
    return (a.category, a.medium, a.mounting, a.magazine) == (
        b.category, b.medium, b.mounting, b.magazine,
    )  # fmt: skip


def _carried(roll: Roll, read: ReadAnnotation) -> ReadAnnotation:
    note, last = read.annotation, roll.carried[-1].annotation if roll.carried else None
    if last is None:
        return read
    missing = {name: getattr(last, name) for name in _CARRIED if getattr(note, name) in (None, "")}
    return replace(read, annotation=replace(note, **missing))
