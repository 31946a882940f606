"""The stage game, and strategies that remember one round.

Two sides choose each round to keep to what was agreed (C) or to break it (D). Payoffs are the usual
four: temptation T (I break, you keep), reward R (both keep), punishment P (both break) and the
sucker's S (I keep, you break).

A strategy with a memory of one round is the chance to keep after CC, CD, DC and DD, the own move
named first (Nowak and Sigmund 1993, Nature 364:56).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from overflight.errors import DataError

ONE, ZERO = Fraction(1), Fraction(0)
_NUMBER = re.compile(
    r"[+-]?(\d{1,9}(\.\d{0,15})?|\.\d{1,15}|\d{1,9}/\d{1,9})|\d(\.\d{1,9})?e-\d\d?"
)


def exact(text: str, what: str) -> Fraction:
    """A number as typed: 3, 0.05, 1/3 or 1e-9. Raises DataError for anything else."""
    if not _NUMBER.fullmatch(text.strip()) or text.strip().endswith("/0"):
        raise DataError(f"{what}: {text!r} is not a number", remedy="Write 3, 0.05, 1/3 or 1e-9.")
    try:
        return Fraction(text.strip())
    except ZeroDivisionError:
        raise DataError(f"{what}: {text!r} divides by zero", remedy="Write 1/3.") from None


def chance(text: str, what: str) -> Fraction:
    """A number from 0 to 1 as typed. Raises DataError for anything else."""
    value = exact(text, what)
    if not 0 <= value <= 1:
        raise DataError(f"{what}: {text} is not from 0 to 1", remedy="Give a probability.")
    return value


@dataclass(frozen=True, slots=True)
class Payoffs:
    """T, R, P and S of a prisoner's dilemma: T > R > P > S. Raises DataError for other games."""

    temptation: Fraction
    reward: Fraction
    punishment: Fraction
    sucker: Fraction

    def __post_init__(self) -> None:
        if not self.temptation > self.reward > self.punishment > self.sucker:
            raise DataError(
                f"payoffs {self} are not those of a prisoner's dilemma",
                remedy="Give T,R,P,S with T > R > P > S, e.g. 5,3,1,0.",
            )

    def __str__(self) -> str:
        return ",".join(map(str, (self.temptation, self.reward, self.punishment, self.sucker)))

    @property
    def vector(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """What I get after CC, CD, DC and DD."""
        return (self.reward, self.sucker, self.temptation, self.punishment)

    def of(self, mine: Fraction, theirs: Fraction) -> Fraction:
        """What I get on average if I keep with chance ``mine`` and the other with ``theirs``."""
        both = (
            mine * theirs,
            mine * (1 - theirs),
            (1 - mine) * theirs,
            (1 - mine) * (1 - theirs),
        )
        return sum((w * x for w, x in zip(both, self.vector, strict=True)), ZERO)

    def with_noise(self, noise: Fraction) -> Payoffs:
        """The game in what the sides *mean* to do, where each move fails with chance ``noise``.

        Raises DataError from a noise of 1/2 on, where meaning makes no difference any more.
        """
        if noise >= Fraction(1, 2):
            raise DataError(
                f"at a noise of {noise} it does not matter what a side means to do",
                remedy="Give a noise below 0.5.",
            )
        keep, slip = 1 - noise, noise
        return Payoffs(
            self.of(slip, keep), self.of(keep, keep), self.of(slip, slip), self.of(keep, slip)
        )


def read_payoffs(text: str) -> Payoffs:
    """T,R,P,S as typed. Raises DataError."""
    parts = text.split(",")
    if len(parts) != 4:
        raise DataError(f"{text!r} is not four payoffs", remedy="Give T,R,P,S, e.g. 5,3,1,0.")
    return Payoffs(*(exact(part, "payoff") for part in parts))


@dataclass(frozen=True, slots=True)
class MemoryOne:
    """Chance to keep after CC, CD, DC, DD (own move first), and in the first round."""

    name: str
    after: tuple[Fraction, Fraction, Fraction, Fraction]
    first: Fraction = ONE

    def __post_init__(self) -> None:
        if not all(0 <= p <= 1 for p in (*self.after, self.first)):
            raise DataError(
                f"strategy {self.name}: not every chance is from 0 to 1: "
                f"{', '.join(map(str, self.after))}",
                remedy="Give four probabilities; extortion needs a smaller PHI.",
            )


def generosity(game: Payoffs) -> Fraction:
    """How often to pass over a breach: min(1 - (T-R)/(R-S), (R-P)/(T-P)), never below 0.

    The most generous reciprocator that nobody gains by exploiting (Molander 1985, J. Conflict
    Resolution 29:611; Nowak and Sigmund 1992, Nature 355:250), for errors that are rare.
    """
    t, r, p, s = game.temptation, game.reward, game.punishment, game.sucker
    return max(ZERO, min(1 - (t - r) / (r - s), (r - p) / (t - p)))


def extortion(game: Payoffs, factor: Fraction, phi: Fraction | None = None) -> MemoryOne:
    """A strategy that holds (mine - P) = factor * (theirs - P) against whoever plays.

    Press and Dyson 2012 (PNAS 109:10409), equation 12. ``phi``: half of the largest there is unless
    given. It holds without noise. Raises DataError where a chance would leave [0, 1].
    """
    t, r, p, s = game.temptation, game.reward, game.punishment, game.sucker
    if factor < 1:
        raise DataError(f"extortion factor {factor} is below 1", remedy="Give a factor of 1 up.")
    gain = (t - p) / (p - s)
    most = 1 / max(
        1 + factor * gain, factor + gain, (factor - 1) * (r - p) / (p - s)
    )  # each of the four chances stays in [0, 1]
    phi = most / 2 if phi is None else phi
    if phi <= 0:
        raise DataError(f"phi {phi} is not above 0", remedy="Leave PHI out.")
    after = (
        1 - phi * (factor - 1) * (r - p) / (p - s),
        1 - phi * (1 + factor * gain),
        phi * (factor + gain),
        ZERO,
    )
    return MemoryOne(f"extort:{factor}", after, ZERO)


def equaliser(game: Payoffs, p1: Fraction, p4: Fraction) -> tuple[MemoryOne, Fraction]:
    """A strategy that fixes the other's payoff, and the payoff that it fixes.

    Press and Dyson 2012, equations 8 and 9: p1 after CC, p4 after DD, the rest follows. Raises
    DataError where a chance would leave [0, 1].
    """
    t, r, p, s = game.temptation, game.reward, game.punishment, game.sucker
    if p1 == 1 and p4 == 0:
        raise DataError("p1 = 1 with p4 = 0 fixes nothing", remedy="Give e.g. 0.9,0.1.")
    p2 = (p1 * (t - p) - (1 + p4) * (t - r)) / (r - p)
    p3 = ((1 - p1) * (p - s) + p4 * (r - s)) / (r - p)
    fixed = ((1 - p1) * p + p4 * r) / ((1 - p1) + p4)
    return MemoryOne(f"equalise:{p1}:{p4}", (p1, p2, p3, p4), p1), fixed


def _plain(*after: int, first: int = 1) -> Callable[[str, Payoffs, list[Fraction]], MemoryOne]:
    p1, p2, p3, p4 = map(Fraction, after)
    return lambda name, _game, _given: MemoryOne(name, (p1, p2, p3, p4), Fraction(first))


def _generous(name: str, game: Payoffs, given: list[Fraction]) -> MemoryOne:
    g = given[0] if given else generosity(game)
    return MemoryOne(name, (ONE, g, ONE, g))


NAMED: dict[str, tuple[str, int, int, Callable[[str, Payoffs, list[Fraction]], MemoryOne]]] = {
    "allc": ("always keeps", 0, 0, _plain(1, 1, 1, 1)),
    "alld": ("always breaks", 0, 0, _plain(0, 0, 0, 0, first=0)),
    "tft": ("tit for tat: as the other did", 0, 0, _plain(1, 0, 1, 0)),
    "gtft": ("tit for tat that passes over a share G of breaches", 0, 1, _generous),
    "wsls": ("win stay, lose shift", 0, 0, _plain(1, 0, 0, 1)),
    "grim": ("keeps only after both kept", 0, 0, _plain(1, 0, 0, 0)),
    "extort": (
        "extortion by FACTOR, with PHI",
        1,
        2,
        lambda _name, game, given: extortion(game, given[0], given[1] if given[1:] else None),
    ),
    "equalise": (
        "fixes the other's payoff: P1 after CC, P4 after DD",
        2,
        2,
        lambda _name, game, given: equaliser(game, given[0], given[1])[0],
    ),
}
"""Name -> what it does, how few and how many numbers it takes, and how it is made."""


def read_strategy(text: str, game: Payoffs) -> MemoryOne:
    """NAME, NAME:NUMBER:..., or p_CC:p_CD:p_DC:p_DD as typed. Raises DataError."""
    word, *rest = text.strip().lower().split(":")
    if word in NAMED:
        _, few, many, make = NAMED[word]
        if not few <= len(rest) <= many:
            raise DataError(
                f"strategy {word} takes {few} to {many} numbers, not {len(rest)}",
                remedy="Write e.g. gtft:1/3, extort:3, equalise:0.9:0.1.",
            )
        return make(text.strip().lower(), game, [exact(r, word) for r in rest])
    if len(rest) == 3:
        p1, p2, p3, p4 = (chance(part, "strategy") for part in (word, *rest))
        return MemoryOne(text.strip(), (p1, p2, p3, p4))
    raise DataError(
        f"there is no strategy {text!r}",
        remedy=f"Choose one of {', '.join(NAMED)}, forgive:YEARS, or four chances 0.9:0:1:1/3.",
    )
