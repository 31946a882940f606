"""Routes to choose from, each with the sites that it shows: a sparse table, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.study.inspection.payoffs import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Route r shows the sites ``shown[starts[r]:starts[r + 1]]`` out of ``sites``; ``names`` its
    routes."""

    sites: int
    starts: Ints
    shown: Ints
    names: tuple[str, ...]

    @property
    def routes(self) -> int:
        return int(self.starts.size) - 1

    def of(self, route: int) -> Ints:
        """The sites that a route shows, ascending."""
        return self.shown[self.starts[route] : self.starts[route + 1]]

    def worths(self, prizes: Floats) -> Floats:
        """What each route shows of ``prizes`` (sites,), shape (routes,)."""
        sums = np.concatenate([[0.0], np.cumsum(prizes[self.shown])])
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]], dtype=np.float64)


def pool_of(rows: Sequence[Sequence[int] | Ints], sites: int, names: Sequence[str] = ()) -> Pool:
    """A pool from the sites (indices) that each route shows; a site twice counts once.

    Raises DataError for no routes, or a site that is not among ``sites``.
    """
    if not len(rows):
        raise DataError("there are no routes", remedy="Give at least one route.")
    each = [np.unique(np.asarray(row, dtype=np.int64)) for row in rows]
    shown = np.concatenate(each)
    if shown.size and (shown[0] < 0 or shown.max() >= sites or shown.min() < 0):
        raise DataError(
            f"a route shows site number {int(shown.max())} of {sites}",
            remedy="Number the sites from 0.",
        )
    starts = np.concatenate([[0], np.cumsum([row.size for row in each])]).astype(np.int64)
    called = tuple(names) or tuple(str(i + 1) for i in range(len(each)))
    return Pool(sites, starts, shown, called)
