"""A plan explained: why sites were left out, and what other terms would give.

It names sites and what they are worth: it stays on the side that made the plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from overflight.units import Kilometres, Seconds

EXPLANATION_VERSION = 1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A site that could be seen, and what that would cost.

    ``extra_km``: the least by which the plan's route grows when it goes there besides (None: no
    such way was found). ``alone_km``: the length of a flight for this site alone. ``value_lost``:
    what the best plan found that sees it is worth less than the plan; below 0: worth more.
    ``given_up`` and ``gained`` are ids of sites. ``why`` says it in a sentence.
    """

    site: str
    name: str
    value: float
    why: str
    extra_km: Kilometres | None = None
    alone_km: Kilometres | None = None
    value_lost: float | None = None
    given_up: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """Sites that no search is needed for: all are out of sight for the same cause."""

    cause: str
    sites: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Variant:
    """The same question on other terms, and what a short search found.

    ``value`` None: no plan; ``note`` then says why. ``more`` is the value above the plan's.
    """

    label: str
    limit_km: Kilometres
    value: float | None
    more: float | None
    sites: int | None
    length_km: Kilometres | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it. ``seconds``: wall time it took, 0 where steps were counted; ``how``: in words."""

    value: float
    sites: int
    length_km: Kilometres
    limit_km: Kilometres
    left_out: tuple[LeftOut, ...]
    out_of_sight: tuple[OutOfSight, ...]
    variants: tuple[Variant, ...]
    how: str
    seconds: Seconds
