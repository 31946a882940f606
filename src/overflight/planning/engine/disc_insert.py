"""Where a new waypoint touches a disc at least extra length, and what else it would touch.

Compiled pieces of the search over discs (``sweep``). Lengths here are planar.
"""

from __future__ import annotations

import numpy as np

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.legs import HINT, SIZE, Discs, Path
from overflight.planning.engine.tours import FAR, Random, below, uniform

INSIDE = 1.0 - 1e-9
"""Waypoints keep to this part of a radius, so that rounding loses no disc."""


@leaf
def reflect(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, r: float, x: float, y: float
) -> tuple[float, float]:
    """The point of a circle's edge with the least way from a over it to b (nearly)."""
    for _ in range(4):
        u = np.sqrt((ax - x) ** 2 + (ay - y) ** 2) + 1e-12
        v = np.sqrt((bx - x) ** 2 + (by - y) ** 2) + 1e-12
        nx = (ax - x) / u + (bx - x) / v
        ny = (ay - y) / u + (by - y) / v
        size = np.sqrt(nx * nx + ny * ny)
        if size < 1e-9:
            break
        x = cx + r * nx / size
        y = cy + r * ny / size
    return x, y


@leaf
def extra_way(path: Path, place: int, x: float, y: float) -> float:
    """How much longer the path gets with a new point before point ``place``."""
    ax, ay, bx, by = path.x[place - 1], path.y[place - 1], path.x[place], path.y[place]
    w = np.sqrt((x - ax) ** 2 + (y - ay) ** 2) + np.sqrt((x - bx) ** 2 + (y - by) ** 2)
    return float(w - path.span[place - 1])


@leaf
def insertion(path: Path, discs: Discs, c: int) -> tuple[float, int, float, float]:
    """The cheapest new point that touches disc c: extra length, place, x, y.

    A leg of length s whose middle is m from the centre costs at least 2 (m - r) - s, which
    leaves most legs out at once; the leg changed last is tried first.
    """
    cx, cy = discs.x[c], discs.y[c]
    r = discs.r[c] * INSIDE
    best = FAR
    place = -1
    at_x = cx
    at_y = cy
    legs = path.counts[SIZE] - 1
    hint = max(0, min(legs - 1, path.counts[HINT]))
    for k in range(-1, legs):
        i = hint if k < 0 else k
        ax, ay, bx, by = path.x[i], path.y[i], path.x[i + 1], path.y[i + 1]
        span = path.span[i]
        mx, my = 0.5 * (ax + bx) - cx, 0.5 * (ay + by) - cy
        far = 0.5 * (best + span) + r
        if mx * mx + my * my >= far * far:
            continue
        dx, dy = bx - ax, by - ay
        px, py = ax - cx, ay - cy
        if span > 0.0:
            t = -(px * dx + py * dy) / (span * span)
            t = 0.0 if t < 0.0 else (1.0 if t > 1.0 else t)
            px += t * dx
            py += t * dy
        scale = r / max(np.sqrt(px * px + py * py), 1e-12)
        x = cx + px * scale
        y = cy + py * scale
        w = np.sqrt((x - ax) ** 2 + (y - ay) ** 2) + np.sqrt((x - bx) ** 2 + (y - by) ** 2) - span
        if w < best:
            best = w
            place = i + 1
            at_x = x
            at_y = y
    if place < 0:
        return best, place, at_x, at_y
    ax, ay, bx, by = path.x[place - 1], path.y[place - 1], path.x[place], path.y[place]
    x, y = reflect(ax, ay, bx, by, cx, cy, r, at_x, at_y)
    w = extra_way(path, place, x, y)
    if w < best:
        return w, place, x, y
    return best, place, at_x, at_y


@leaf
def fresh_score(path: Path, discs: Discs, c: int, x: float, y: float) -> float:
    """The score of untouched discs that a point of disc c lies in."""
    total = discs.score[c]
    for k in range(discs.first[c], discs.first[c + 1]):
        o = discs.other[k]
        if path.touched[o] == 0:
            dx, dy = discs.x[o] - x, discs.y[o] - y
            if dx * dx + dy * dy <= discs.r[o] * discs.r[o]:
                total += discs.score[o]
    return float(total)


@leaf
def lens(
    path: Path,
    discs: Discs,
    c: int,
    place: int,
    x: float,
    y: float,
    price: float,
    tries: int,
    random: Random,
) -> tuple[float, float, float]:
    """The best of some points of disc c by fresh score less price times extra length.

    Tried: the point given, and points shared with untouched discs that overlap c, either a
    corner of the lens or a point between its middles. Returns extra length, x, y.
    """
    best_x, best_y = x, y
    detour = extra_way(path, place, x, y)
    first, last = discs.first[c], discs.first[c + 1]
    if last == first:
        return detour, best_x, best_y
    best = fresh_score(path, discs, c, x, y) - price * detour
    for _ in range(tries):
        o = discs.other[first + below(random, last - first)]
        if path.touched[o] > 0 or discs.score[o] <= 0.0:
            continue
        dx, dy = discs.x[o] - discs.x[c], discs.y[o] - discs.y[c]
        apart = np.sqrt(dx * dx + dy * dy)
        one, two = discs.r[c] * INSIDE, discs.r[o] * INSIDE
        if apart < 1e-12 or apart >= one + two:
            continue
        low = max(apart - two, -one)
        high = min(one, apart + two)
        along = (one * one - two * two + apart * apart) / (2.0 * apart)
        across = one * one - along * along
        if across > 0.0 and uniform(random) < 0.7:
            across = np.sqrt(across) * (1.0 - 1e-7)
            if uniform(random) < 0.5:
                across = -across
        else:
            along = 0.5 * (low + high)
            across = 0.0
        u, v = dx / apart, dy / apart
        x = discs.x[c] + along * u - across * v
        y = discs.y[c] + along * v + across * u
        way = extra_way(path, place, x, y)
        value = fresh_score(path, discs, c, x, y) - price * way
        if value > best:
            best = value
            best_x, best_y, detour = x, y, way
    return detour, best_x, best_y
