"""Edges whose transfer is known exactly, because nothing in them is sampled before the pixel.

An edge blurred by a lens of transfer M and integrated over a square pixel that it crosses at an
angle t has the value

    E(d) = 1/2 + integral over f > 0 of  M(f) sinc(f cos t) sinc(f sin t) sin(2 pi f d) / (pi f)

at a pixel whose centre is d pixels from it. That integral is taken here by Gauss-Legendre
quadrature, and is the only sum between the formula and the picture. It shares no line with the
code under test, which works with Fourier series on a grid of its own.

Transfers: Gaussian; a circular pupil without aberrations (Goodman, Introduction to Fourier Optics,
6.3); a disc (geometric defocus, 2 J1(x) / x); even motion across the edge (sinc); a share of light
spread wider (jitter, flare); and exp(-(f/f0)^b), which no lens has and no family of ours is
fitted with here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import j1

Array = NDArray[np.float64]
Transfer = Callable[[Array], Array]
KINDS = ("gauss", "airy", "motion", "jitter", "defocus", "airy_gauss", "power")


def gauss(s: float) -> Transfer:
    return lambda f: np.exp(-2.0 * (np.pi * s * f) ** 2)


def airy(fc: float) -> Transfer:
    def transfer(f: Array) -> Array:
        x = np.clip(np.asarray(f) / fc, 0.0, 1.0)
        return 2.0 / np.pi * (np.arccos(x) - x * np.sqrt(1.0 - x * x))

    return transfer


def motion(s: float, L: float) -> Transfer:  # noqa: N803 - the name in truth.json
    return lambda f: gauss(s)(f) * np.sinc(f * L)


def jitter(s: float, a: float, s2: float) -> Transfer:
    return lambda f: (1.0 - a) * gauss(s)(f) + a * gauss(s2)(f)


def defocus(s: float, r: float) -> Transfer:
    def transfer(f: Array) -> Array:
        x = np.maximum(2.0 * np.pi * r * np.asarray(f), 1e-9)
        return gauss(s)(f) * 2.0 * j1(x) / x

    return transfer


def airy_gauss(fc: float, s: float) -> Transfer:
    return lambda f: airy(fc)(f) * gauss(s)(f)


def power(f0: float, b: float) -> Transfer:
    return lambda f: np.exp(-((np.asarray(f) / f0) ** b))


MAKERS: dict[str, Callable[..., Transfer]] = {
    "gauss": gauss,
    "airy": airy,
    "motion": motion,
    "jitter": jitter,
    "defocus": defocus,
    "airy_gauss": airy_gauss,
    "power": power,
}


def system(transfer: Transfer, degrees: float) -> Transfer:
    """Lens and pixel across an edge that leans ``degrees`` from a column or row."""
    t = np.radians(degrees)
    return lambda f: transfer(f) * np.sinc(f * np.cos(t)) * np.sinc(f * np.sin(t))


def frequency_at(transfer: Transfer, level: float) -> float:
    """The lowest frequency, cycles per pixel, at which the transfer has fallen to a level."""
    f = np.linspace(0.0, 4.0, 40_001)
    below = int(np.argmax(transfer(f) < level))
    assert below > 0
    return float(
        brentq(lambda x: float(transfer(np.array([x]))[0]) - level, f[below - 1], f[below])
    )


def spread(transfer: Transfer, reach: float) -> CubicSpline:
    """E(d) for |d| <= reach (pixels), of a transfer that holds the pixel too."""
    probe = np.linspace(0.0, 12.0, 12_001)
    size = np.abs(transfer(probe))
    top = float(probe[np.flatnonzero(size > 1e-7)[-1]])
    pieces = max(8, int(np.ceil(2.0 * reach * top / 4.0)))
    nodes, weights = np.polynomial.legendre.leggauss(24)
    edges = np.linspace(0.0, top, pieces + 1)
    half = 0.5 * np.diff(edges)[:, None]
    f = (edges[:-1, None] + half + half * nodes).ravel()
    w = (half * weights).ravel() * transfer(f) / (np.pi * f)
    step = min(0.05, 0.1 / top)
    d = np.arange(0.0, reach + step, step)
    values = np.empty_like(d)
    for first in range(0, d.size, 512):
        values[first : first + 512] = np.sin(2.0 * np.pi * np.outer(d[first : first + 512], f)) @ w
    return CubicSpline(
        np.concatenate([-d[:0:-1], d]), 0.5 + np.concatenate([-values[:0:-1], values])
    )


@dataclass(frozen=True)
class Edge:
    """One edge, and everything that is true of it."""

    kind: str = "gauss"
    params: dict[str, float] = field(default_factory=lambda: {"s": 0.6})
    degrees: float = 10.0
    noise: float = 0.01
    """standard deviation as a share of the contrast"""
    turn: int = 0
    """0..7: which of the eight ways a picture can be turned and mirrored"""
    rows: int = 120
    columns: int = 120
    dark: float = 0.15
    light: float = 0.7
    offset: float = 0.0
    bow: float = 0.0
    """how far the edge's middle stands off the line between its ends, pixels"""
    shade: tuple[float, float] = (0.0, 0.0)
    """relative change of light across the width and the height"""
    bits: int = 16
    seed: int = 0

    @property
    def transfer(self) -> Transfer:
        return system(MAKERS[self.kind](**self.params), self.degrees)

    @property
    def mtf50(self) -> float:
        return frequency_at(self.transfer, 0.5)


def picture(edge: Edge) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The pixels, uint8 or uint16."""
    y, x = np.mgrid[0 : edge.rows, 0 : edge.columns].astype(float)
    x -= (edge.columns - 1) / 2.0
    y -= (edge.rows - 1) / 2.0
    t = np.radians(edge.degrees)
    along = -x * np.sin(t) + y * np.cos(t)
    across = x * np.cos(t) + y * np.sin(t) - edge.offset
    if edge.bow:
        half = edge.rows / (2.0 * np.cos(t))
        radius = half**2 / (2.0 * abs(edge.bow))
        side = np.sign(edge.bow)
        # Distance to a circle through the middle of the edge: exact for a curved edge.
        across = side * (np.hypot(side * across + radius, along) - radius)
    esf = spread(edge.transfer, float(np.abs(across).max()) + 1.0)(across)
    value = edge.dark + (edge.light - edge.dark) * esf
    value = value * (1.0 + edge.shade[0] * x / edge.columns + edge.shade[1] * y / edge.rows)
    rng = np.random.default_rng(edge.seed)
    value = value + rng.normal(0.0, 1.0, value.shape) * edge.noise * (edge.light - edge.dark)
    top = 2**edge.bits - 1
    counts = np.clip(np.rint(value * top), 0, top).astype(np.uint8 if edge.bits == 8 else np.uint16)
    turned = counts.T if edge.turn & 4 else counts
    return np.ascontiguousarray(np.rot90(turned, edge.turn & 3))


def _draw(rng: np.random.Generator, kind: str) -> dict[str, float]:
    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    if kind == "gauss":
        return {"s": between(0.2, 3.6)}
    if kind == "airy":
        return {"fc": between(0.15, 2.5)}
    if kind == "motion":
        return {"s": between(0.25, 2.0), "L": between(0.5, 7.0)}
    if kind == "jitter":
        s = between(0.25, 1.2)
        return {"s": s, "a": float(rng.uniform(0.05, 0.5)), "s2": s * between(2.0, 5.0)}
    if kind == "defocus":
        return {"s": between(0.25, 1.0), "r": between(0.4, 4.5)}
    if kind == "airy_gauss":
        return {"fc": between(0.4, 2.5), "s": between(0.2, 1.5)}
    return {"f0": between(0.12, 1.5), "b": float(rng.uniform(1.2, 2.6))}


def drawn(seed: int, noise: float, kinds: tuple[str, ...] = KINDS, *, plain: bool = False) -> Edge:
    """A random edge with an MTF50 of 0.05 to 0.6 cycles per pixel. ``plain``: straight and evenly
    lit, as published comparisons have them."""
    rng = np.random.default_rng([seed, 12233])
    degrees = float(rng.uniform(2.0, 43.0))
    while True:
        kind = str(rng.choice(kinds))
        params = _draw(rng, kind)
        found = frequency_at(system(MAKERS[kind](**params), degrees), 0.5)
        if 0.05 <= found <= 0.6:
            break
    dark = float(rng.uniform(0.08, 0.3))
    return Edge(
        kind=kind,
        params=params,
        degrees=degrees,
        noise=noise,
        turn=int(rng.integers(8)),
        dark=dark,
        light=dark + float(rng.uniform(0.25, 0.55)),
        offset=float(rng.uniform(-4.0, 4.0)),
        bow=0.0 if plain else float(rng.uniform(-0.6, 0.6)),
        shade=(0.0, 0.0) if plain else tuple(rng.uniform(-0.08, 0.08, 2)),  # type: ignore[arg-type]
        seed=seed,
    )
