"""Compiled part of the fit: pictures of groups of bars, and how they change with the parameters.

A pixel at (x, y) from a group's centre lies at

    (U, V) = A (x, y, 1) / (1 + lambda . (x, y))

in the group's own plane, where bar j covers U from 2j to 2j + 1 and V from 0 to 1. ``lambda`` is
the horizon of the target's plane and common to all its groups, so that perspective costs two
parameters for all. Distances to edges in pixels are (U - U_k) / |grad U|; blur acts on them.

    value = c0 + c1 x + c2 y + a L(v) (B(u) - s Q(u))

B: the bars, Q: the whole of the group, L: its length, each through the edge tables of ``blur``;
``a`` is the step from gap to bar, ``s`` how much of it the surroundings differ from the gaps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from overflight.imagery.bars.blur import NODES, REACH, STEP

LOCAL = 9
"""Parameters of a group: A (6), c0, c1, c2."""

_LAST = NODES - 1


@njit(cache=True, nogil=True, inline="always")
def _place(d: float) -> Any:  # pragma: no cover - compiled
    t = (d + REACH) / STEP
    if t <= 0.0:
        return 0, 0.0
    if t >= _LAST:
        return _LAST - 1, 1.0
    k = int(t)
    return k, t - k


@njit(cache=True, nogil=True, fastmath=True)
def group_step(
    xs: Any, ys: Any, values: Any, weights: Any, local: Any, bars: int, horizon: Any,
    step: Any, across: Any, along: Any, want: bool, square: Any, side: Any, made: Any,
) -> float:  # pragma: no cover - compiled  # fmt: skip
    """Weighted sum of squares of one group; adds normal equations when ``want``.

    ``step``: a, its derivatives by its three parameters (2: Xg, 3: Yg at index 1, 2), s.
    ``across``, ``along``: tables (NODES, 2 + P) for U and V. Order of parameters in ``square``
    and ``side``: P of across, P of along, lambda (2), a0, a1, a2, s, then LOCAL. ``made``
    receives the model's values.
    """
    p = across.shape[1] - 2
    size = 2 * p + 6 + LOCAL
    row = np.zeros(size)
    db, dl, dq = np.zeros(p), np.zeros(p), np.zeros(p)
    a, xg, yg, s = step[0], step[1], step[2], step[3]
    total = 0.0
    for i in range(xs.shape[0]):
        x, y = xs[i], ys[i]
        q = 1.0 + horizon[0] * x + horizon[1] * y
        u = (local[0] * x + local[1] * y + local[2]) / q
        v = (local[3] * x + local[4] * y + local[5]) / q
        ux, uy = (local[0] - u * horizon[0]) / q, (local[1] - u * horizon[1]) / q
        vx, vy = (local[3] - v * horizon[0]) / q, (local[4] - v * horizon[1]) / q
        gu, gv = math.sqrt(ux * ux + uy * uy), math.sqrt(vx * vx + vy * vy)
        b, bline, whole, qline = 0.0, 0.0, 0.0, 0.0
        if want:
            db[:] = 0.0
            dq[:] = 0.0
        for k in range(2 * bars):
            sign = 1.0 if k % 2 == 0 else -1.0
            n, t = _place((u - k) / gu)
            b += sign * (across[n, 0] * (1.0 - t) + across[n + 1, 0] * t)
            edge = k == 0 or k == 2 * bars - 1
            if edge:
                whole += sign * (across[n, 0] * (1.0 - t) + across[n + 1, 0] * t)
            if want:
                slope = sign * (across[n, 1] * (1.0 - t) + across[n + 1, 1] * t)
                bline += slope
                if edge:
                    qline += slope
                for m in range(p):
                    change = sign * (across[n, 2 + m] * (1.0 - t) + across[n + 1, 2 + m] * t)
                    db[m] += change
                    if edge:
                        dq[m] += change
        n0, t0 = _place(v / gv)
        n1, t1 = _place((v - 1.0) / gv)
        length = along[n0, 0] * (1.0 - t0) + along[n0 + 1, 0] * t0
        length -= along[n1, 0] * (1.0 - t1) + along[n1 + 1, 0] * t1
        shape = b - s * whole
        model = local[6] + local[7] * x + local[8] * y + a * length * shape
        made[i] = model
        rest = values[i] - model
        w = weights[i]
        total += w * rest * rest
        if not want:
            continue
        lline = along[n0, 1] * (1.0 - t0) + along[n0 + 1, 1] * t0
        lline -= along[n1, 1] * (1.0 - t1) + along[n1 + 1, 1] * t1
        for m in range(p):
            dl[m] = along[n0, 2 + m] * (1.0 - t0) + along[n0 + 1, 2 + m] * t0
            dl[m] -= along[n1, 2 + m] * (1.0 - t1) + along[n1 + 1, 2 + m] * t1
            row[m] = a * length * (db[m] - s * dq[m])
            row[p + m] = a * shape * dl[m]
        du = a * length * (bline - s * qline) / gu
        dv = a * shape * lline / gv
        row[2 * p] = -(du * u + dv * v) * x / q
        row[2 * p + 1] = -(du * u + dv * v) * y / q
        row[2 * p + 2] = length * shape
        row[2 * p + 3] = length * shape * xg
        row[2 * p + 4] = length * shape * yg
        row[2 * p + 5] = -a * length * whole
        o = 2 * p + 6
        row[o] = du * x / q
        row[o + 1] = du * y / q
        row[o + 2] = du / q
        row[o + 3] = dv * x / q
        row[o + 4] = dv * y / q
        row[o + 5] = dv / q
        row[o + 6] = 1.0
        row[o + 7] = x
        row[o + 8] = y
        for m in range(size):
            wm = w * row[m]
            if wm == 0.0:
                continue
            side[m] += wm * rest
            for n in range(m, size):
                square[m, n] += wm * row[n]
    return total


@njit(cache=True, nogil=True)
def likeness(
    pixels: Any, x: float, y: float, normal: float, width: float, length: float, bars: int,
    wider: float,
) -> float:  # pragma: no cover - compiled  # fmt: skip
    """Correlation, -1 to 1, of a group of light bars with the pixels around; 0 off the frame.

    The window reaches ``wider`` bar widths past the outermost bars; edges are ramps of 1.6
    pixels, near enough to blurred ones.
    """
    cx, cy = math.cos(normal), math.sin(normal)
    half_u = (2 * bars - 1) * width / 2.0 + wider * width
    half_v = length / 2.0 + 0.75 * width
    box = abs(cx) * half_u + abs(cy) * half_v, abs(cy) * half_u + abs(cx) * half_v
    r0, r1 = int(y - box[1]), int(y + box[1]) + 1
    c0, c1 = int(x - box[0]), int(x + box[0]) + 1
    if r0 < 0 or c0 < 0 or r1 >= pixels.shape[0] or c1 >= pixels.shape[1]:
        return 0.0
    skip = max(int(width / 6.0), 1)
    n, si, st, sii, stt, sit = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    ramp = 0.625
    start = -(2 * bars - 1) * width / 2.0
    for r in range(r0, r1 + 1, skip):
        for c in range(c0, c1 + 1, skip):
            dx, dy = c - x, r - y
            u, v = dx * cx + dy * cy, -dx * cy + dy * cx
            if abs(u) > half_u or abs(v) > half_v:
                continue
            b = 0.0
            for k in range(bars):
                lo = (u - start - 2 * k * width) * ramp
                hi = (start + (2 * k + 1) * width - u) * ramp
                b += max(0.0, min(1.0, 0.5 + lo) + min(1.0, 0.5 + hi) - 1.0)
            b *= max(0.0, min(1.0, 0.5 + (length / 2.0 - abs(v)) * ramp))
            value = float(pixels[r, c])
            n += 1.0
            si += value
            st += b
            sii += value * value
            stt += b * b
            sit += value * b
    if n < 9.0:
        return 0.0
    vi, vt = sii - si * si / n, stt - st * st / n
    if vi <= 0.0 or vt <= 0.0:
        return 0.0
    return float((sit - si * st / n) / math.sqrt(vi * vt))


@njit(cache=True, nogil=True, fastmath=True)
def product(rows: Any, waves: Any) -> Any:  # pragma: no cover - compiled
    """waves @ rows.T in one thread: threads of a linear-algebra library only wait on each other
    for matrices as small as these."""
    out = np.zeros((waves.shape[0], rows.shape[0]))
    for i in range(waves.shape[0]):
        for j in range(rows.shape[0]):
            total = 0.0
            for k in range(rows.shape[1]):
                total += waves[i, k] * rows[j, k]
            out[i, j] = total
    return out


@njit(cache=True, nogil=True, fastmath=True)
def factor(square: Any) -> Any:  # pragma: no cover - compiled
    """The lower Cholesky factor of a symmetric matrix (its lower half); a pivot that is not
    positive is taken as a tiny one."""
    n = square.shape[0]
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = square[i, j]
            for k in range(j):
                total -= low[i, k] * low[j, k]
            if i == j:
                low[i, i] = math.sqrt(total) if total > 1e-12 * square[i, i] else 1e150
            else:
                low[i, j] = total / low[j, j]
    return low


@njit(cache=True, nogil=True)
def solved(low: Any, side: Any) -> Any:  # pragma: no cover - compiled
    """x of (low low^T) x = side."""
    n = low.shape[0]
    x = side.copy()
    for i in range(n):
        for k in range(i):
            x[i] -= low[i, k] * x[k]
        x[i] /= low[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= low[k, i] * x[k]
        x[i] /= low[i, i]
    return x
