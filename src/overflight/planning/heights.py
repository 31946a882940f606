"""At which height each leg of a stage is flown, so that the stage shows most.

A descent or a climb takes ground on which nothing is seen, and from lower down other sites drop
out of the strips. What a leg shows depends on its own height and its neighbours', so the best
heights come of a dynamic programme over the legs; where sites are seen from two legs, which that
counts twice, the heights are then changed leg by leg as long as that helps. What counts is what
``LevelFlight.profile`` shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from overflight.geo.positions import Position
from overflight.planning.level import Bend, LevelFlight
from overflight.units import Kilometres

if TYPE_CHECKING:
    from overflight.planning.evaluate import LegBook

Pass = tuple[int, Kilometres]
"""A target, and how far along a leg it is passed."""

_METRE: Kilometres = 0.001
_NOTHING = 1e-9
_LOW_LEG = 1e-7
"""What a leg flown lower has to add in value at least."""
_NEAR = 2
"""Legs so many places from one that shows something from lower down may be flown low with it."""
_PASSES = 3


@dataclass(frozen=True, slots=True)
class StageFlown:
    """A stage at its best heights: the height of each leg by number, and what each shows.

    ``km`` is what it takes of the range.
    """

    heights: tuple[int, ...]
    shown: tuple[tuple[Pass, ...], ...]
    km: Kilometres

    @property
    def seen(self) -> frozenset[int]:
        return frozenset(target for leg in self.shown for target, _ in leg)


def stage_flown(
    book: LegBook,
    level: LevelFlight,
    way: Sequence[Position],
    lengths: Sequence[Kilometres],
    bends: Sequence[Bend],
) -> StageFlown:
    """The stage at the heights from which it shows most; of equal ones with the fewest low legs."""
    stage = _Stage(book, level, lengths, bends, [book.passes(*leg) for leg in _legs(way)])
    usual = stage.flown((0,) * len(lengths))
    assert usual is not None
    options = stage.options(book, way)
    if all(choice == [0] for choice in options):
        return usual
    best = usual
    for start in (stage.programme(options), usual.heights):
        found = stage.flown(start)
        if found is not None and stage.rank(found) > stage.rank(best):
            best = found
    for _ in range(_PASSES):
        before = best
        for other in _others(best.heights, options):
            found = stage.flown(other)
            if found is not None and stage.rank(found) > stage.rank(best):
                best = found
        if best is before:
            break
    return best


def _legs(way: Sequence[Position]) -> Iterator[tuple[Position, Position]]:
    return pairwise(way)


def _others(heights: tuple[int, ...], options: Sequence[list[int]]) -> Iterator[tuple[int, ...]]:
    """The heights with a whole stretch back at the usual one, or with one leg changed."""
    at = 0
    for number, run in groupby(heights):
        end = at + len(list(run))
        if number:
            yield heights[:at] + (0,) * (end - at) + heights[end:]
        at = end
    for i, choice in enumerate(options):
        for number in choice:
            if number != heights[i]:
                yield (*heights[:i], number, *heights[i + 1 :])


@dataclass(frozen=True, slots=True)
class _Stage:
    book: LegBook
    level: LevelFlight
    lengths: Sequence[Kilometres]
    bends: Sequence[Bend]
    passes: Sequence[tuple[tuple[Pass, ...], ...]]
    """For each leg and height what is passed, if all of it is flown level."""

    def options(self, book: LegBook, way: Sequence[Position]) -> list[list[int]]:
        """Heights that may be of use on each leg."""
        targets = book.problem.targets
        own: list[set[int]] = [
            {
                number
                for number, passed in enumerate(leg)
                if number and any(targets[t].needs_descent for t, _ in passed)
            }
            for leg in self.passes
        ]
        found = []
        for i, (a, b) in enumerate(_legs(way)):
            near = set[int]().union(*own[max(0, i - _NEAR) : i + _NEAR + 1])
            heights = self.level.heights_m
            may = {n for n in near if book.problem.low_allowed(a, b, heights[n])}
            found.append([0, *sorted(may)])
        return found

    def flown(self, heights: tuple[int, ...]) -> StageFlown | None:
        """The stage at these heights; None where they cannot be flown."""
        if any(heights):
            profile = self.level.profile(self.lengths, self.bends, heights)
            if profile is None:
                return None
            spans, spent = profile
        else:
            spans, spent = self.level.spans(self.lengths, self.bends), self.level.spent_km
        shown = tuple(
            tuple(each for each in leg[number] if _holds(span, each[1]))
            for leg, number, span in zip(self.passes, heights, spans, strict=True)
        )
        km = math.fsum(self.lengths) + spent + sum(bend.extra_km for bend in self.bends)
        return StageFlown(heights, shown, km)

    def rank(self, flown: StageFlown) -> tuple[bool, float, int]:
        """To be maximised: within the range, then value, then legs at the usual height."""
        fits = flown.km <= self.book.problem.max_stage_km
        value = self.book.value_of(flown.seen)
        return fits, round(value, 9), -sum(number > 0 for number in flown.heights)

    def programme(self, options: Sequence[list[int]]) -> tuple[int, ...]:
        """The best heights, by the sum of what legs show."""
        best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {
            (first, first): (0.0, ()) for first in options[0]
        }
        last = len(options) - 1
        for i, choice in enumerate(options):
            found: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}
            for (before, here), (value, way) in best.items():
                if here not in choice:
                    continue
                for after in options[i + 1] if i < last else [here]:
                    worth = value + self._worth(i, before, here, after)
                    known = found.get((here, after))
                    if known is None or worth > known[0]:
                        found[here, after] = (worth, (*way, here))
            best = found
        return max(best.values(), key=lambda each: each[0])[1]

    def _worth(self, i: int, before: int, here: int, after: int) -> float:
        """What a leg shows at a height between two others, if climbs take no more than a leg."""
        passed = self.passes[i][here]
        worth = -_LOW_LEG if here else 0.0
        if not passed:
            return worth
        level, heights = self.level, self.level.heights_m
        low = self.bends[i - 1].after_km if i else level.climbed_km(heights[here]) + level.run_in_km
        high = self.lengths[i]
        if i < len(self.bends):
            high -= self.bends[i].before_km
        else:
            high -= level.climbed_km(-heights[here])
        if heights[before] > heights[here]:
            down = level.climbed_km(heights[here] - heights[before])
            low = max(low, down + level.run_in_km)
        if heights[after] > heights[here]:
            high = min(high, self.lengths[i] - level.climbed_km(heights[after] - heights[here]))
        values = self.book.problem.targets
        return worth + sum(values[t].value for t, km in passed if _holds((low, high), km))


def _holds(span: tuple[Kilometres, Kilometres], km: Kilometres) -> bool:
    """A metre is kept from where a turn, a climb or a descent begins or ends."""
    low, high = span
    return (low + _METRE if low > 0 else low) <= km <= high - _METRE
