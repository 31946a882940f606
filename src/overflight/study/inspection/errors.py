"""Inspections that err: a false alarm without a violation, a violation that an inspection misses.

The sequential game (``sequential``) with both errors of a test, a model in the manner of Rinderle
(1996, Mehrstufige sequentielle Inspektionsspiele mit statistischen Fehlern erster und zweiter Art)
and of Avenhaus, von Stengel and Zamir (2002, Inspection games, Handbook of Game Theory 3, ch. 51);
what follows is ours and said in full, since the models differ. At an inspected stage

- a lawful side is suspected with chance ``false_alarm``; that costs it ``alarm_cost`` and the
  inspector ``alarm_cost_inspector``, is cleared up, and the game goes on;
- a violation is missed with chance ``missed``: then it succeeds like one that nobody looked at.
  Else it is found, which costs ``penalty``, leaves the inspector with ``-found_cost`` and ends the
  game.

A violation that succeeds gives 1 to one side and takes 1 from the other. After each stage both know
what happened: with errors the inspector's best chance depends on the violations that succeeded, and
without that knowledge there would be no recursion. Each stage is a game of two by two, solved from
the last backwards; where more than one of its equilibria is pure, the one best for the inspector is
taken and ``Stage.several`` says so.

All in exact fractions as long as these stay short. No closed form is known to us, and in long games
the fractions would grow past all use: one of more than ``LONGEST`` bits is rounded to 2^-256, and
``Stage.exact`` is then false from there on. In a zero-sum game a value is off by no more than its
stages times 2^-256, since the value of a matrix moves no further than its entries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from overflight.errors import DataError
from overflight.study.inspection.sequential import MOST_STATES, Sequential

Pair = tuple[Fraction, Fraction]
"""Payoffs: the inspector's, the inspected side's."""

LONGEST = 4096
"""Bits of a denominator from which on it is rounded."""
_GRID = 1 << 256
ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Erring:
    """Chances and costs of errors; see the module. ``found_cost`` None: the game is zero-sum, the
    inspector gains what the other side loses, and false alarms with it."""

    false_alarm: Fraction = ZERO
    missed: Fraction = ZERO
    alarm_cost: Fraction = ZERO
    alarm_cost_inspector: Fraction | None = None
    found_cost: Fraction | None = None

    def __post_init__(self) -> None:
        for name, chance in (("false alarm", self.false_alarm), ("missing", self.missed)):
            if not 0 <= chance <= 1:
                raise DataError(
                    f"{chance} is no chance of {name}", remedy="Give a number from 0 to 1."
                )
        if self.alarm_cost < 0:
            raise DataError(
                f"a false alarm that costs {self.alarm_cost} is a gift",
                remedy="Give 0 or more, in units of what one violation is worth.",
            )

    def found(self, penalty: Fraction) -> Pair:
        """Payoffs of a violation that is found."""
        return (penalty if self.found_cost is None else -self.found_cost, -penalty)

    def suspected(self) -> Pair:
        """Payoffs of a false alarm."""
        other = self.alarm_cost_inspector
        return (self.alarm_cost if other is None else -other, -self.alarm_cost)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage in equilibrium: payoffs from here on, and the chances to inspect and to violate."""

    payoffs: Pair
    inspect: Fraction
    violate: Fraction
    several: bool = False
    exact: bool = True


State = tuple[int, int, int]
"""Stages, inspections and violations left."""


def with_errors(game: Sequential, erring: Erring) -> dict[State, Stage]:
    """Every state of the game, from the last stage back to the first.

    Raises DataError where there are too many states.
    """
    n, m, k = game.stages, min(game.inspections, game.stages), min(game.violations, game.stages)
    if (states := n * (m + 1) * (k + 1)) > MOST_STATES:
        raise DataError(
            f"the game has {states} states, more than {MOST_STATES}",
            remedy="Give fewer stages, inspections or violations.",
        )
    over = Stage((ZERO, ZERO), ZERO, ZERO)
    found: dict[State, Stage] = {}

    def worth(stages: int, inspections: int, violations: int) -> Pair:
        state = (stages, inspections, violations)
        return (found[state] if stages else over).payoffs

    success = (-ONE, ONE)
    for left in range(1, n + 1):
        for i in range(m + 1):
            for j in range(k + 1):
                lawful = worth(left - 1, i, j)
                breach = _sum(success, worth(left - 1, i, j - 1)) if j else None
                seen_lawful = seen_breach = None
                if i:
                    alarm = _times(erring.false_alarm, erring.suspected())
                    seen_lawful = _sum(alarm, worth(left - 1, i - 1, j))
                if i and j:
                    slipped = _sum(success, worth(left - 1, i - 1, j - 1))
                    seen_breach = _sum(
                        _times(1 - erring.missed, erring.found(game.penalty)),
                        _times(erring.missed, slipped),
                    )
                stage = _stage(lawful, breach, seen_lawful, seen_breach)
                later = [(i, j), (i, j - 1), (i - 1, j), (i - 1, j - 1)]
                rough = left > 1 and any(
                    not found[left - 1, p, q].exact for p, q in later if p >= 0 and q >= 0
                )
                found[left, i, j] = _short(stage, rough)
    return found


def _short(stage: Stage, rough: bool) -> Stage:
    """The stage without fractions that are too long; ``rough``: it rests on rounded ones."""
    numbers = (*stage.payoffs, stage.inspect, stage.violate)
    if all(number.denominator.bit_length() <= LONGEST for number in numbers):
        return replace(stage, exact=False) if rough else stage
    mine, theirs, inspect, violate = (Fraction(round(x * _GRID), _GRID) for x in numbers)
    return Stage((mine, theirs), inspect, violate, stage.several, exact=False)


def _stage(
    lawful: Pair, breach: Pair | None, seen_lawful: Pair | None, seen_breach: Pair | None
) -> Stage:
    """One stage; None where a side has no such choice."""
    if seen_lawful is None:
        rows = [(ZERO, lawful, breach)]
    else:
        rows = [(ZERO, lawful, breach), (ONE, seen_lawful, seen_breach)]
    if breach is None:
        inspect, pair, _ = max(rows, key=lambda row: row[1][0])
        return Stage(pair, inspect, ZERO)
    cells = {
        (p, q): pair
        for p, *pairs in rows
        for q, pair in zip((ZERO, ONE), pairs, strict=True)
        if pair
    }
    pure = [
        (p, q)
        for (p, q), (mine, theirs) in cells.items()
        if all(mine >= cells[other, q][0] for other, *_ in rows)
        and all(theirs >= cells[p, other][1] for other in (ZERO, ONE))
    ]
    if pure:
        p, q = max(pure, key=lambda at: cells[at][0])
        different = {cells[at] for at in pure}
        return Stage(cells[p, q], p, q, len(different) > 1)
    none_l, none_v = cells[ZERO, ZERO], cells[ZERO, ONE]
    seen_l, seen_v = cells[ONE, ZERO], cells[ONE, ONE]
    # each side's chance leaves the other nothing to choose between
    inspect = (none_v[1] - none_l[1]) / ((none_v[1] - none_l[1]) + (seen_l[1] - seen_v[1]))
    violate = (none_l[0] - seen_l[0]) / ((none_l[0] - seen_l[0]) + (seen_v[0] - none_v[0]))
    mine = (1 - violate) * none_l[0] + violate * none_v[0]
    theirs = (1 - inspect) * none_l[1] + inspect * seen_l[1]
    return Stage((mine, theirs), inspect, violate)


def _sum(a: Pair, b: Pair) -> Pair:
    return a[0] + b[0], a[1] + b[1]


def _times(factor: Fraction, a: Pair) -> Pair:
    return factor * a[0], factor * a[1]
