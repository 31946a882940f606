"""The rows of the relaxation, and an upper bound that any multipliers give.

Variables: y_i (node i is visited) and x_ij (the cycle uses the edge i-j), all 0 or 1. A cut is
    sum of (1 + rate d_e) x_e over E(S) + sum of c_e x_e over a few named edges
        + sum of b_i y_i  <=  rhs,
so its coefficient on every edge of the complete graph follows from S and the named edges, also
for edges that no model has seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.int8]

_NOTHING = np.zeros(0, np.int64)
_NO_NUMBERS = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """One row. ``inside``: S; ``u``, ``v``, ``c``: named edges, none of them within S."""

    nodes: Ints
    weights: Floats
    rhs: float
    inside: Ints = field(default_factory=lambda: _NOTHING)
    u: Ints = field(default_factory=lambda: _NOTHING)
    v: Ints = field(default_factory=lambda: _NOTHING)
    c: Floats = field(default_factory=lambda: _NO_NUMBERS)
    rate: float = 0.0

    @property
    def name(self) -> tuple[bytes, ...]:
        """The same for the same row."""
        numbers = np.append(self.weights, self.rate)
        places = (self.inside, self.u, self.v, self.nodes)
        return (*(part.tobytes() for part in places), numbers.tobytes())


def subtour(members: NDArray[np.bool_], key: int) -> Cut:
    """x(delta(S)) >= 2 y_k for k in S, node 0 not in S: with S or, if smaller, with its outside.

    By the degree equations both are x(E(S)) <= y(S) - y_k; for the outside k is not in it.
    """
    inside = np.flatnonzero(members)
    if 2 * inside.size > members.size:
        inside = np.flatnonzero(~members)
    nodes = np.append(inside, key)
    weights = np.append(np.full(inside.size, -1.0), 1.0)
    if members[key] and key in inside:
        keep = inside != key
        nodes, weights = inside[keep], np.full(int(keep.sum()), -1.0)
    return Cut(nodes, weights, 0.0, inside)


def odd_cut(members: NDArray[np.bool_], u: Ints, v: Ints) -> Cut:
    """x(delta(H) - T) + |T| - x(T) >= 1 as x(E(H)) + x(T) <= y(H) + (|T| - 1) / 2; T = u-v."""
    inside = np.flatnonzero(members)
    if 2 * inside.size > members.size:
        inside = np.flatnonzero(~members)
    order = np.argsort(u * members.size + v)
    return Cut(
        inside,
        np.full(inside.size, -1.0),
        (u.size - 1) / 2.0,
        inside,
        u[order],
        v[order],
        np.ones(u.size),
    )


def length_capacity(members: NDArray[np.bool_], spare: float) -> Cut:
    """x(delta(S)) >= 2 / spare x (length within S), when a cycle that visits S needs the rest.

    A cycle of length <= limit that comes to S and goes on from there spends at least some f
    outside E(S), so at most ``spare`` = limit - f within; and it crosses the cut twice or more.
    With the degree equations: sum of (1 + d_e / spare) x_e over E(S) <= y(S).
    """
    inside = np.flatnonzero(members)
    return Cut(inside, np.full(inside.size, -1.0), 0.0, inside, rate=1.0 / spare)


def value_capacity(members: NDArray[np.bool_], scores: Floats, most: float) -> Cut:
    """x(delta(S)) >= 2 / most x (value within S), when no cycle is worth more than ``most``.

    With the degree equations: x(E(S)) <= sum of (1 - score_i / most) y_i over S.
    """
    inside = np.flatnonzero(members)
    return Cut(inside, scores[inside] / most - 1.0, 0.0, inside)


def logical(i: int, j: int) -> Cut:
    """x_ij <= y_j: an edge is used only if both its ends are visited."""
    return Cut(
        np.array([j]),
        np.array([-1.0]),
        0.0,
        _NOTHING,
        np.array([min(i, j)]),
        np.array([max(i, j)]),
        np.ones(1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Multipliers:
    """A vector of duals with the rows it belongs to, flat, ready for ``price``.

    ``length``: of the row sum of d_ij x_ij <= limit; ``degree`` (n,), any sign: of
    sum of x_ij over j = 2 y_i; ``cuts``: one for each cut, not negative.
    """

    length: float
    degree: Floats
    cuts: tuple[Cut, ...]
    values: Floats

    @classmethod
    def of(cls, length: float, degree: Floats, cuts: list[Cut], values: Floats) -> Multipliers:
        """Wrong signs are put to zero, so that whatever a solver says is a bound."""
        clean = np.where(np.isfinite(values) & (values > 0.0), values, 0.0)
        used = np.flatnonzero(clean)
        return cls(
            max(0.0, float(length)) if np.isfinite(length) else 0.0,
            np.where(np.isfinite(degree), degree, 0.0),
            tuple(cuts[r] for r in used),
            clean[used],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """What is known of the variables: y_low, y_high (n,); x_low, x_high (n, n), upper half."""

    y_low: Bytes
    y_high: Bytes
    x_low: Bytes
    x_high: Bytes

    @property
    def empty(self) -> bool:
        """Whether some variable has to be 1 and 0 at once: no cycle of interest is left."""
        return bool((self.y_low > self.y_high).any() or (self.x_low > self.x_high).any())

    def copy(self) -> Box:
        return Box(self.y_low.copy(), self.y_high.copy(), self.x_low.copy(), self.x_high.copy())


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """An upper bound, and reduced values: of nodes (n,), of the edges that would enter."""

    bound: float
    node: Floats
    u: Ints
    v: Ints
    gain: Floats


def price(
    multipliers: Multipliers,
    distance: Floats,
    limit: float,
    scores: Floats,
    box: Box,
    present: NDArray[np.bool_],
    most: int = 3,
    threshold: float = -np.inf,
) -> Priced:
    """The bound that weak duality gives over every edge of the complete graph.

    For any multipliers of the right sign, value <= sum of multiplier x rhs + sum over variables
    of the most that (score - multipliers x column) x variable can be in its box. Sums are taken in
    double precision and every term is raised by more than what rounding can have taken from it,
    so the number returned is not below the exact one. ``present`` (n, n) marks edges that are no
    news; of the others up to ``most`` a node with a positive reduced value are returned.

    With ``threshold``: variables that cannot differ from one of their bounds in any cycle worth at
    least that are fixed in ``box`` (reduced cost fixing; the box is changed). Only then.
    """
    flat = _flat(multipliers.cuts)
    n = scores.size
    out = _price(
        multipliers.length,
        multipliers.degree,
        multipliers.values,
        *flat,
        distance,
        limit,
        scores,
        *(box.y_low, box.y_high, box.x_low, box.x_high, present, most),
        False,
        0.0,
    )
    bound, node, u, v, gain = out
    if np.isfinite(threshold):
        _price(
            multipliers.length,
            multipliers.degree,
            multipliers.values,
            *flat,
            distance,
            limit,
            scores,
            *(box.y_low, box.y_high, box.x_low, box.x_high, present, 0),
            True,
            bound - threshold,
        )
    assert node.size == n
    return Priced(bound, node, u, v, gain)


def _flat(
    cuts: tuple[Cut, ...],
) -> tuple[Floats, Floats, Ints, Ints, Ints, Ints, Ints, Floats, Ints, Ints, Floats]:
    def pointers(sizes: list[int]) -> Ints:
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def ints(parts: list[Ints]) -> Ints:
        return np.concatenate([_NOTHING, *parts]).astype(np.int64)

    return (
        np.array([c.rhs for c in cuts], dtype=np.float64),
        np.array([c.rate for c in cuts], dtype=np.float64),
        pointers([c.inside.size for c in cuts]),
        ints([c.inside for c in cuts]),
        pointers([c.u.size for c in cuts]),
        ints([c.u for c in cuts]),
        ints([c.v for c in cuts]),
        np.concatenate([_NO_NUMBERS, *(c.c for c in cuts)]),
        pointers([c.nodes.size for c in cuts]),
        ints([c.nodes for c in cuts]),
        np.concatenate([_NO_NUMBERS, *(c.weights for c in cuts)]),
    )


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _price(
    length: float,
    degree: Floats,
    values: Floats,
    rhs: Floats,
    rate: Floats,
    in_ptr: Ints,
    in_idx: Ints,
    ex_ptr: Ints,
    ex_u: Ints,
    ex_v: Ints,
    ex_c: Floats,
    y_ptr: Ints,
    y_idx: Ints,
    y_w: Floats,
    distance: Floats,
    limit: float,
    scores: Floats,
    y_low: Bytes,
    y_high: Bytes,
    x_low: Bytes,
    x_high: Bytes,
    present: NDArray[np.bool_],
    most: int,
    fix: bool,
    slack: float,
) -> tuple[float, Floats, Ints, Ints, Floats]:
    n = scores.size
    rows = values.size
    # How far a reduced value can be off: terms x unit roundoff x the sum of sizes, twice over.
    size = 0.0
    longest = 0.0
    for i in range(n):
        size = max(size, abs(degree[i]))
        for j in range(i + 1, n):
            if x_high[i, j]:
                longest = max(longest, distance[i, j])
    size = 2.0 * size + length * longest
    for r in range(rows):
        big = 1.0 + rate[r] * longest
        for k in range(ex_ptr[r], ex_ptr[r + 1]):
            big = max(big, abs(ex_c[k]))
        for k in range(y_ptr[r], y_ptr[r + 1]):
            big = max(big, abs(y_w[k]))
        size += values[r] * big
    off_edge = 2.3e-16 * (rows + 16) * size
    off_node = 2.3e-16 * (rows + 16) * (size + scores.max())

    total = length * limit
    weight = abs(total)
    for r in range(rows):
        total += values[r] * rhs[r]
        weight += abs(values[r] * rhs[r])
    terms = rows + n + 16

    node = scores + 2.0 * degree
    for r in range(rows):
        for k in range(y_ptr[r], y_ptr[r + 1]):
            node[y_idx[k]] -= values[r] * y_w[k]
    for i in range(n):
        term = max((node[i] + off_node) * y_low[i], (node[i] + off_node) * y_high[i])
        if fix and y_low[i] < y_high[i]:
            if node[i] + off_node < -slack:
                y_high[i] = 0
            elif node[i] - off_node > slack:
                y_low[i] = 1
        total += term
        weight += abs(term)

    # rows by node, named edges by their first node
    at_ptr = np.zeros(n + 1, np.int64)
    for k in range(in_idx.size):
        at_ptr[in_idx[k] + 1] += 1
    nm_ptr = np.zeros(n + 1, np.int64)
    for k in range(ex_u.size):
        nm_ptr[min(ex_u[k], ex_v[k]) + 1] += 1
    for i in range(n):
        at_ptr[i + 1] += at_ptr[i]
        nm_ptr[i + 1] += nm_ptr[i]
    at = np.empty(in_idx.size, np.int64)
    fill = at_ptr[:-1].copy()
    nm_to = np.empty(ex_u.size, np.int64)
    nm_val = np.empty(ex_u.size)
    fill_nm = nm_ptr[:-1].copy()
    for r in range(rows):
        for k in range(in_ptr[r], in_ptr[r + 1]):
            at[fill[in_idx[k]]] = r
            fill[in_idx[k]] += 1
        for k in range(ex_ptr[r], ex_ptr[r + 1]):
            i, j = min(ex_u[k], ex_v[k]), max(ex_u[k], ex_v[k])
            nm_to[fill_nm[i]] = j
            nm_val[fill_nm[i]] = values[r] * ex_c[k]
            fill_nm[i] += 1

    new_u = np.empty(n * most, np.int64)
    new_v = np.empty(n * most, np.int64)
    new_gain = np.empty(n * most)
    count = 0
    charge = np.zeros(n)
    for i in range(n):
        for j in range(i + 1, n):
            charge[j] = length * distance[i, j] + degree[i] + degree[j]
        for k in range(at_ptr[i], at_ptr[i + 1]):
            r = at[k]
            steep = rate[r]
            for t in range(in_ptr[r], in_ptr[r + 1]):
                charge[in_idx[t]] += values[r] * (1.0 + steep * distance[i, in_idx[t]])
        for k in range(nm_ptr[i], nm_ptr[i + 1]):
            charge[nm_to[k]] += nm_val[k]
        start = count
        for j in range(i + 1, n):
            if not x_high[i, j]:
                continue
            gain = off_edge - charge[j]
            if x_low[i, j] or gain > 0.0:
                total += gain
                weight += abs(gain)
                terms += 1
            if fix and not x_low[i, j]:
                if gain < -slack:
                    x_high[i, j] = 0
                elif gain - 2.0 * off_edge > slack:
                    x_low[i, j] = 1
            if most > 0 and gain > 1e-7 and not present[i, j]:
                if count - start < most:
                    at_most = count
                    count += 1
                else:
                    at_most = start
                    for k in range(start + 1, count):
                        if new_gain[k] < new_gain[at_most]:
                            at_most = k
                    if new_gain[at_most] >= gain:
                        continue
                new_u[at_most] = i
                new_v[at_most] = j
                new_gain[at_most] = gain
    bound = total + 2.3e-16 * terms * weight
    return bound, node, new_u[:count], new_v[:count], new_gain[:count]
