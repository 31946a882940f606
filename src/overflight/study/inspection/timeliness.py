"""One inspection that nobody sees coming: how long a violation stays unnoticed at worst.

After Diamond (1982, Minimax policies for unobservable inspections, Mathematics of Operations
Research 7:139). A period of length 1 ends with an inspection that is certain. Within it one more
falls when the inspector likes; the other side does not learn whether it has been. It picks when to
violate and gains the time until the next inspection; the inspector wants that time short.

On a continuous clock the value is 1/e: inspect with density 1/(1 - x) up to 1 - 1/e; violate at the
start with chance 1/e, else with density 1/(e (1 - t)^2) up to 1 - 1/e. On a clock of ``n`` dates
violations fall on 0, ..., n - 1 and inspections on 1, ..., n (on n: none besides the certain one),
an inspection before a violation of the same date. That game is solved here in exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import e, expm1, log

from overflight.errors import DataError

LIMIT = 1.0 / e
"""The value on a continuous clock, as a part of the period."""
LATEST = 1.0 - LIMIT
"""After that the inspector does not inspect, nor does the other side violate."""
MOST_DATES = 4000


@dataclass(frozen=True, slots=True)
class Timely:
    """``value`` is the time to detection as a part of the period; ``inspect[j]`` the chance to
    inspect on date j + 1, ``violate[i]`` the chance to violate on date i."""

    value: Fraction
    inspect: tuple[Fraction, ...]
    violate: tuple[Fraction, ...]


def timely(dates: int) -> Timely:
    """The game on a clock of ``dates`` dates. Raises DataError for less than 1 or too many.

    The inspector makes all violations up to some date the same to the other side: that takes
    chances 1/(n - j), as many as stay within 1; what is left goes to the next date. The other side
    makes these dates the same to him.
    """
    if not 1 <= dates <= MOST_DATES:
        raise DataError(
            f"{dates} is no number of dates", remedy=f"Give a number from 1 to {MOST_DATES}."
        )
    chances: list[Fraction] = []
    left = Fraction(1)
    for j in range(1, dates):
        if (share := Fraction(1, dates - j)) > left:
            break
        chances.append(share)
        left -= share
    if left:
        chances.append(left)
    steps = sum((j * p for j, p in enumerate(chances, 1)), Fraction(0))
    return Timely(steps / dates, tuple(chances), _violating(dates, len(chances)))


def _violating(n: int, last: int) -> tuple[Fraction, ...]:
    """Chances on dates 0 .. last - 1 that make an inspection on dates 1 .. last the same.

    From date j to j + 1 every violation before j waits 1 longer and the one on j is met after 1
    instead of n - j: q_j (n - j - 1) = Q_j, where Q_j is the chance of a violation before j.
    """
    if last == n:  # a certain inspection only, and the last date is where it falls
        last = max(1, n - 1)
    weights = [Fraction(1)]
    total = Fraction(1)
    for j in range(1, last):
        weights.append(total / (n - j - 1))
        total += weights[-1]
    return tuple(w / total for w in weights)


def inspected_by(x: float) -> float:
    """Continuous clock: the chance that the inspection has been by ``x``, 0 to 1."""
    return min(1.0, -log(1.0 - min(max(x, 0.0), LATEST)))


def inspection_at(chance: float) -> float:
    """Continuous clock: when to inspect, from an even chance between 0 and 1."""
    return -expm1(-min(max(chance, 0.0), 1.0))


def violated_by(t: float) -> float:
    """Continuous clock: the chance that the violation has been by ``t``, 0 to 1."""
    return 0.0 if t < 0.0 else min(1.0, LIMIT / (1.0 - min(t, LATEST)))
