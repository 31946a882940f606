"""What sites are worth to both sides, seen and unseen: the rows of a game over sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Payoffs:
    """Payoffs by site, each of shape (m,): to the side that hides when it acts at a site that is
    not seen (``unseen``) or seen (``seen``), and to the side that looks (``lost``, ``caught``).

    Hiding pays no less unseen than seen, looking no less when it catches.
    """

    unseen: Floats
    seen: Floats
    lost: Floats
    caught: Floats

    def __post_init__(self) -> None:
        shape = self.unseen.shape
        for name, row in (("unseen", self.unseen), ("seen", self.seen),
                          ("lost", self.lost), ("caught", self.caught)):  # fmt: skip
            if row.shape != shape or row.ndim != 1:
                raise DataError(
                    f"there are {row.size} payoffs {name!r} for {self.unseen.size} sites",
                    remedy="Give one number for every site.",
                )
            if not np.isfinite(row).all():
                raise DataError(
                    f"a payoff {name!r} is not a finite number",
                    remedy="Give numbers for all sites.",
                )
        for wrong, words in (
            (self.seen > self.unseen, "acting pays more seen than unseen"),
            (self.caught < self.lost, "catching pays less than missing"),
        ):
            if wrong.any():
                raise DataError(
                    f"at site {int(np.flatnonzero(wrong)[0]) + 1} {words}",
                    remedy="Exchange the two payoffs.",
                )

    @property
    def sites(self) -> int:
        return int(self.unseen.size)

    @property
    def zero_sum(self) -> bool:
        """Whether one side gains just what the other loses."""
        return bool(
            np.array_equal(self.lost, -self.unseen) and np.array_equal(self.caught, -self.seen)
        )


def by_value(values: ArrayLike, detect: float = 1.0) -> Payoffs:
    """The zero-sum game by the values of sites: acting unseen gains the value, seen nothing.

    ``detect`` is the chance that looking at a site shows what is there. Raises DataError for
    values below 0 or a chance outside 0 to 1.
    """
    worth = np.ascontiguousarray(values, dtype=np.float64)
    if not 0.0 <= detect <= 1.0:
        raise DataError(
            f"{detect:g} is no chance of detection", remedy="Give a number from 0 to 1."
        )
    if worth.ndim != 1 or not np.isfinite(worth).all() or (worth < 0.0).any():
        raise DataError(
            "a site's value is not a number from 0 up", remedy="Give values of 0 or more."
        )
    left = worth * (1.0 - detect)
    return Payoffs(worth, left, -worth, -left)
