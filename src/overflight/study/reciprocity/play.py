"""Two strategies against each other under errors: what each gets on average, exactly.

Two kinds of error. A side that means to keep breaks, or the other way round, with chance ``noise``
(an accident, a unit out of control). And a move is seen wrongly: a kept agreement raises an alarm
with chance ``false_alarm``, a breach goes unseen with chance ``miss``.

Who sees what: with ``public`` signals both sides learn the same alarms about both of them, as where
an inspection's results are shared; else each knows its own move and has its own view of the other's
(private signals, independent of each other given the moves).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from overflight.errors import DataError
from overflight.study.reciprocity.chain import discounted, stationary
from overflight.study.reciprocity.game import ONE, ZERO, MemoryOne, Payoffs, read_strategy

ROUNDS = ((True, True), (True, False), (False, True), (False, False))
"""CC, CD, DC, DD."""
_SWAP = (0, 2, 1, 3)
_MOST_YEARS = 8


@dataclass(frozen=True, slots=True)
class Errors:
    """Chances of errors in a round."""

    noise: Fraction = ZERO
    false_alarm: Fraction = ZERO
    miss: Fraction = ZERO
    public: bool = False

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in (self.noise, self.false_alarm, self.miss)):
            raise DataError("an error rate is not from 0 to 1", remedy="Give probabilities.")
        if self.noise > Fraction(1, 2):
            raise DataError(
                f"noise {self.noise} is above 1/2: moves would mean their opposite",
                remedy="Give a noise from 0 to 0.5.",
            )

    def done(self, means: Fraction) -> Fraction:
        """Chance that a side keeps which means to with that chance."""
        return (1 - self.noise) * means + self.noise * (1 - means)

    def seen(self, keeps: Fraction) -> Fraction:
        """Chance that a side is seen to keep which keeps with that chance."""
        return (1 - self.false_alarm) * keeps + self.miss * (1 - keeps)


@dataclass(frozen=True, slots=True)
class Machine:
    """A finite automaton: in each state a chance to keep; ``steps[state]`` is where it goes after
    CC, CD, DC, DD as it saw them (own move first). State 0 is where it begins."""

    name: str
    keeps: tuple[Fraction, ...]
    steps: tuple[tuple[int, int, int, int], ...]


Strategy = MemoryOne | Machine


def forgiving(years: int | None) -> Machine:
    """Keeps until a breach of either side is seen, breaks for that many rounds, keeps again; with
    None it breaks for ever."""
    if years is None:
        return Machine("forgive:never", (ONE, ZERO), ((0, 1, 1, 1), (1, 1, 1, 1)))
    if not 1 <= years <= _MOST_YEARS:
        raise DataError(
            f"{years} rounds of punishment: from 1 to {_MOST_YEARS} can be reckoned",
            remedy="Give forgive:3, or forgive:never for one without end.",
        )
    steps = [(0, 1, 1, 1)]
    steps += [((n + 1) % (years + 1),) * 4 for n in range(1, years + 1)]
    return Machine(f"forgive:{years}", (ONE, *([ZERO] * years)), tuple(steps))


def strategy(text: str, game: Payoffs) -> Strategy:
    """A strategy as typed: one with a memory of one round, or forgive:YEARS or
    forgive:never. Raises DataError."""
    word, colon, years = text.strip().lower().partition(":")
    if word != "forgive":
        return read_strategy(text, game)
    if years == "never":
        return forgiving(None)
    if not (colon and years.isdecimal() and len(years) <= 4):
        raise DataError(
            f"{text!r} does not say for how long", remedy="Write forgive:3 or forgive:never."
        )
    return forgiving(int(years))


def machine(played: Strategy) -> Machine:
    """Any strategy as a machine; a memory of one round is four states and the first move."""
    if isinstance(played, Machine):
        return played
    steps = ((1, 2, 3, 4),) * 5
    return Machine(played.name, (played.first, *played.after), steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What two strategies come to: mean payoffs a round, and how often each really keeps."""

    payoffs: tuple[Fraction, Fraction]
    keeps: tuple[Fraction, Fraction]


def play(
    one: Strategy, two: Strategy, game: Payoffs, errors: Errors, delta: Fraction = ONE
) -> Outcome:
    """Mean payoffs a round in the long run, or discounted by ``delta`` below 1 a round.

    Raises DataError where the long run depends on how play begins (no errors at all).
    """
    if not 0 < delta <= 1:
        raise DataError(f"discount factor {delta} is not in (0, 1]", remedy="Give e.g. 0.9.")
    if isinstance(one, MemoryOne) and isinstance(two, MemoryOne):
        rows, start, moves = (_public if errors.public else _private)(one, two, errors)
    else:
        rows, start, moves = _machines(machine(one), machine(two), errors)
    weights = stationary(rows) if delta == 1 else discounted(rows, start, delta)

    def mean(value: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
        used = ((w, x, y) for w, (x, y) in zip(weights, moves, strict=True) if w)
        return sum((w * value(x, y) for w, x, y in used), ZERO)

    return Outcome(
        (mean(game.of), mean(lambda x, y: game.of(y, x))),
        (mean(lambda x, _: x), mean(lambda _, y: y)),
    )


Chain = tuple[list[list[Fraction]], list[Fraction], list[tuple[Fraction, Fraction]]]
"""Rows, start, and in each state the chances that the sides keep."""


def as_seen(played: MemoryOne, errors: Errors) -> MemoryOne:
    """The strategy in what was really done, where it acts on its own private view."""
    cc, cd, dc, dd = played.after
    false, miss = errors.false_alarm, errors.miss
    after = (
        (1 - false) * cc + false * cd,
        (1 - miss) * cd + miss * cc,
        (1 - false) * dc + false * dd,
        (1 - miss) * dd + miss * dc,
    )
    return replace(played, after=after)


def _both(x: Fraction, y: Fraction) -> list[Fraction]:
    return [x * y, x * (1 - y), (1 - x) * y, (1 - x) * (1 - y)]


def _private(one: MemoryOne, two: MemoryOne, errors: Errors) -> Chain:
    """States: what was really done."""
    mine = [errors.done(p) for p in as_seen(one, errors).after]
    other = as_seen(two, errors).after
    theirs = [errors.done(other[i]) for i in _SWAP]
    rows = [_both(x, y) for x, y in zip(mine, theirs, strict=True)]
    start = _both(errors.done(one.first), errors.done(two.first))
    moves = [(ONE if a else ZERO, ONE if b else ZERO) for a, b in ROUNDS]
    return rows, start, moves


def _public(one: MemoryOne, two: MemoryOne, errors: Errors) -> Chain:
    """States: the signals that both saw of the round before; a fifth for the first round."""
    mine = [*map(errors.done, one.after), errors.done(one.first)]
    theirs = [*(errors.done(two.after[i]) for i in _SWAP), errors.done(two.first)]
    moves = list(zip(mine, theirs, strict=True))
    rows = [[*_both(errors.seen(x), errors.seen(y)), ZERO] for x, y in moves]
    return rows, [ZERO] * 4 + [ONE], moves


def _machines(one: Machine, two: Machine, errors: Errors) -> Chain:
    """States: the states of both machines."""
    width = len(two.keeps)
    moves = [(errors.done(x), errors.done(y)) for x in one.keeps for y in two.keeps]
    rows = []
    for place, (x, y) in enumerate(moves):
        i, j = divmod(place, width)
        row = [ZERO] * len(moves)
        for (mine, theirs), weight in _views(x, y, errors):
            row[one.steps[i][mine] * width + two.steps[j][theirs]] += weight
        rows.append(row)
    return rows, [ONE] + [ZERO] * (len(moves) - 1), moves


def _views(x: Fraction, y: Fraction, errors: Errors) -> list[tuple[tuple[int, int], Fraction]]:
    """((what one saw, what two saw), chance): indices into CC, CD, DC, DD, own move first."""
    if errors.public:
        seen = _both(errors.seen(x), errors.seen(y))
        return [((n, _SWAP[n]), w) for n, w in enumerate(seen)]
    found = []
    for (a, b), weight in zip(ROUNDS, _both(x, y), strict=True):
        views = _both(errors.seen(ONE if a else ZERO), errors.seen(ONE if b else ZERO))
        for (seen_a, seen_b), chance in zip(ROUNDS, views, strict=True):
            mine = (not a) * 2 + (not seen_b)
            theirs = (not b) * 2 + (not seen_a)
            if weight * chance:
                found.append(((mine, theirs), weight * chance))
    return found
