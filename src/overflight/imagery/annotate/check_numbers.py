"""Magazines and frames: numbered in sequence, each number once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from overflight.imagery.annotate.holding import Roll, in_time, named
from overflight.terms.annotation import Forms, ReadAnnotation
from overflight.terms.findings import Finding, Verdict

if TYPE_CHECKING:
    from overflight.imagery.annotate.check import Evidence

NUMBERS, _TITLE = "annotation-numbers", "Numbers of magazines and frames"


def of_numbers(rolls: Sequence[Roll], forms: Forms, evidence: Evidence) -> Iterator[Finding]:
    """Magazines of a sensor begin with one and leave none out; frames of a magazine come in
    sequence, each number once. That the first frame is one is not said: where it is another, it
    cannot be told whether some are missing."""
    for roll in rolls:
        if roll.medium is None or roll.medium in forms.film:
            yield from _of_frames(roll, forms, evidence.whole)
    if not evidence.whole:
        return
    sensors: dict[tuple[object, ...], list[Roll]] = {}
    for roll in rolls:
        if roll.magazine is not None and (roll.medium is None or roll.medium in forms.film):
            sensors.setdefault((roll.category, roll.mounting), []).append(roll)
    for own in sensors.values():
        numbers = sorted({roll.magazine or 0 for roll in own})
        wanted = list(range(1, len(numbers) + 1))
        if numbers != wanted:
            told = ", ".join(map(str, numbers))
            message = f"{own[0].name}: the magazines are numbered {told}, not from one in sequence."
            yield _finding(Verdict.BREACH, message, own[0].reads[0], forms)


def _of_frames(roll: Roll, forms: Forms, whole: bool) -> Iterator[Finding]:
    frames = [read for read in roll.reads if read.annotation.frame is not None]
    frames = [frames[i] for i in in_time(frames)]
    if not frames:
        return
    numbers = [read.annotation.frame or 0 for read in frames]
    if numbers[0] == 0:
        message = f"{roll.name}: a frame with the number 0."
        yield _finding(Verdict.BREACH, message, frames[0], forms)
    elif numbers[0] > 1 and whole and numbers[0] == min(numbers):
        message = f"{roll.name}: the first frame is number {numbers[0]}."
        yield _finding(
            Verdict.UNDETERMINED, message, frames[0], forms, needs="the frames before it, if any"
        )
    seen: set[int] = set()
    for read, number in zip(frames, numbers, strict=True):
        if number in seen:
            yield _finding(Verdict.BREACH, f"{named(read)}: the number comes twice.", read, forms)
        seen.add(number)
    for (_, before), (read, number) in pairwise(zip(frames, numbers, strict=True)):
        if number < before:
            message = f"{named(read)}: it comes after frame {before}."
            yield _finding(Verdict.BREACH, message, read, forms)
        elif (
            number > before + 1
            and whole
            and not seen & set(range(before + 1, min(number, before + 1000)))
        ):
            one = number == before + 2
            gap = f"frame {before + 1} is" if one else f"frames {before + 1} to {number - 1} are"
            yield _finding(Verdict.BREACH, f"{roll.name}: {gap} missing.", read, forms)


def _finding(
    verdict: Verdict, message: str, read: ReadAnnotation, forms: Forms, needs: str = ""
) -> Finding:
    return Finding(
        NUMBERS,
        _TITLE,
        verdict,
        message,
        forms.numbering,
        where=named(read),
        needs=(needs,) if needs else (),
    )
