"""The blur that an edge shows: families, what they leave over, and how sure one can be.

Every family is fitted to the binned edge by penalised least squares (Levenberg-Marquardt; levels
are solved for exactly at every step). Around the fit the family is taken as linear, and a smooth
remainder of any shape is added to its line spread, with a normal prior of size tau that falls off
away from the edge. For each family and each tau the marginal likelihood is then closed-form, and
so is the posterior. The answer is the average over all of them, each with the weight of its
marginal likelihood (Bayesian model averaging: Hoeting et al., Statistical Science 14, 1999,
382-417), so that nobody has to choose a family and the interval knows that none was chosen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.edge.shapes import Family
from overflight.imagery.edge.spread import (
    BIN,
    FREQUENCIES,
    STEP,
    Profile,
    Sampler,
    edge_table,
    pixel_transfer,
)

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

TAUS = (0.0, 0.01, 0.03, 0.1, 0.3)
TAU_PRIOR = (0.6, 0.1, 0.1, 0.1, 0.1)
LINEAR = 4
"""Unknowns that every family has: level, contrast, illumination, place."""
_PLACE = 0.1
"""How far off the edge's place may be when the blur is fitted, pixels (standard deviation)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A family at its best parameters (logarithms), and its penalised sum of squares."""

    family: Family
    theta: Array
    loss: float


@dataclass(frozen=True, slots=True)
class Component:
    """One family with one tau: log evidence, and the transfer's posterior.

    ``curve`` is the complex transfer at FREQUENCIES[: n], ``gradient`` (n, k) its change with the k
    unknowns and ``covariance`` (k, k) theirs.
    """

    name: str
    tau: float
    evidence: float
    curve: Complex
    gradient: Complex
    covariance: Array
    table: Array
    """E - 1/2 of the whole, as ``edge_table`` gives it, about its own middle"""


class Setting:
    """What all families of one edge share: bins, pixel, and columns that are linear anyway."""

    def __init__(self, profile: Profile, normal: float, dark: float, contrast: float) -> None:
        self.profile = profile
        self.sampler = Sampler.at(profile.d)
        self.root = np.sqrt(profile.weight)
        self.value = (profile.value - dark) / contrast
        self.root_value = self.root * contrast
        self.pixel = pixel_transfer(FREQUENCIES, normal)
        self.binning = np.sinc(FREQUENCIES * BIN)

    def transfer(self, family: Family, theta: Array) -> Array:
        """Lens and pixel at FREQUENCIES."""
        result: Array = family.transfer(FREQUENCIES, *np.exp(theta)) * self.pixel
        return result

    def seen(self, transfer: Array) -> Array:
        """E - 1/2 in each bin."""
        return self.sampler.of(edge_table(transfer * self.binning))

    def columns(self, transfer: Array) -> Array:
        """(4, n): level, contrast, slope of the illumination and place of the edge, whitened."""
        table = edge_table(transfer * self.binning)
        level, slope = self.sampler.of(table), self.sampler.slope_of(table)
        lean = (self.profile.d / 50.0) * (self.value)
        return np.stack([np.ones_like(level), level, lean, slope]) * self.root_value

    @property
    def target(self) -> Array:
        return self.root_value * self.value


def _projected(columns: Array, target: Array) -> tuple[Array, Array]:
    """Residual of least squares on the rows of ``columns``, and an orthonormal basis of them."""
    factor = np.linalg.cholesky(columns @ columns.T)
    basis = np.linalg.solve(factor, columns)
    return target - (basis @ target) @ basis, basis


def best(setting: Setting, family: Family, start: Array, rounds: int = 25) -> Candidate:
    """The family's most likely parameters from a start."""
    centre, spread = np.log(family.centre), np.array(family.spread)

    def state(theta: Array) -> tuple[float, Array, Array, Array, Array]:
        columns = setting.columns(setting.transfer(family, theta))
        residual, basis = _projected(columns, setting.target)
        penalty = (theta - centre) / spread
        return float(residual @ residual + penalty @ penalty), residual, basis, columns[1], penalty

    theta, damping = start.copy(), 1e-2
    loss, residual, basis, level, penalty = state(theta)
    for _ in range(rounds):
        h = 1e-3
        j = np.empty((theta.size, residual.size))
        for k in range(theta.size):
            moved = theta.copy()
            moved[k] += h
            level_moved = setting.seen(setting.transfer(family, moved)) * setting.root_value
            column = (level_moved - level) / h
            j[k] = column - (basis @ column) @ basis
        matrix = j @ j.T + np.diag(1.0 / spread**2)
        gradient = j @ residual - penalty / spread
        better = False
        for _ in range(8):
            step = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), gradient)
            step = np.clip(step, -1.0, 1.0)
            found = state(np.clip(theta + step, centre - 4.5 * spread, centre + 4.5 * spread))
            if found[0] < loss:
                better = True
                break
            damping *= 6.0
        if not better:
            break
        gain = loss - found[0]
        theta = np.clip(theta + step, centre - 4.5 * spread, centre + 4.5 * spread)
        loss, residual, basis, level, penalty = found
        damping = max(damping * 0.1, 1e-9)
        if gain < 1e-3:
            break
    return Candidate(family, theta, loss)


def frequency_at(curve: Array, level: float) -> float:
    """Where a curve at FREQUENCIES first falls to a level; infinity if it does not."""
    below = np.flatnonzero(curve[1:] < level)
    if below.size == 0:
        return math.inf
    k = int(below[0]) + 1
    high, low = float(curve[k - 1]), float(curve[k])
    # Parabola through three points: the grid is fine, but the noise-free case shows it.
    guess = (high - level) / (high - low)
    if k + 1 < curve.size:
        bend = float(curve[k + 1]) - 2.0 * low + high
        guess -= 0.5 * bend * guess * (guess - 1.0) / (low - high)
    return float((k - 1 + guess) * FREQUENCIES[1])


@dataclass(frozen=True, slots=True)
class Remainder:
    """Smooth changes of the line spread: m bumps side by side, as columns and as transfers."""

    columns: Array
    transfers: Complex
    tables: Array
    spread: Array
    size: int


def remainder(setting: Setting, width: float, top: int) -> Remainder:
    """Bumps for an edge whose blur has the standard deviation ``width`` (pixels)."""
    space = max(0.2, 0.4 * width)
    half = math.ceil(min(20.0, 4.5 * width + 1.0) / space)
    places = np.arange(-half, half + 1) * space
    bump = np.sinc(FREQUENCIES * space) ** 4 * setting.pixel
    table = edge_table(bump * setting.binning)
    d = setting.profile.d
    columns = np.stack([Sampler.at(d - x).of(table) for x in places]) * setting.root_value
    plain = edge_table(bump)
    grid = np.arange(plain.size) / 64.0 - 64.0
    tables = np.stack([np.interp(grid - x, grid, plain) for x in places])
    turn = np.exp(-2j * math.pi * np.outer(places, FREQUENCIES[:top]))
    spread = np.exp(-0.5 * (places / (2.2 * width)) ** 2) * space / width + 1e-9
    return Remainder(
        columns, np.asarray(turn * bump[:top], dtype=np.complex128), tables, spread, places.size
    )


def components(
    setting: Setting,
    candidates: list[Candidate],
    width: float,
    top: int,
    taus: tuple[float, ...] = TAUS,
) -> list[Component]:
    """Every family with every tau."""
    rest = remainder(setting, width, top)
    rest_matrix = rest.columns @ rest.columns.T
    return [
        component
        for candidate in candidates
        for component in _of_family(setting, candidate, rest, rest_matrix, top, taus)
    ]


def _of_family(
    setting: Setting,
    candidate: Candidate,
    rest: Remainder,
    rest_matrix: Array,
    top: int,
    taus: tuple[float, ...],
) -> list[Component]:
    family, theta = candidate.family, candidate.theta
    spread = np.array(family.spread)
    base = setting.transfer(family, theta)
    h = 2e-3
    changes = []
    for k in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        changes.append((setting.transfer(family, up) - setting.transfer(family, down)) / (2 * h))
    change = np.stack(changes)
    own = np.concatenate(
        [setting.columns(base), np.stack([setting.seen(c) for c in change]) * setting.root_value]
    )
    p, m = theta.size, rest.size
    size = LINEAR + p + m
    matrix = np.empty((size, size))
    matrix[: LINEAR + p, : LINEAR + p] = own @ own.T
    matrix[: LINEAR + p, LINEAR + p :] = own @ rest.columns.T
    matrix[LINEAR + p :, : LINEAR + p] = matrix[: LINEAR + p, LINEAR + p :].T
    matrix[LINEAR + p :, LINEAR + p :] = rest_matrix
    right = np.concatenate([own @ setting.target, rest.columns @ setting.target])
    pull = (np.log(family.centre) - theta) / spread**2
    target = setting.target
    constant = float(target @ target) + float(
        ((np.log(family.centre) - theta) / spread) @ ((np.log(family.centre) - theta) / spread)
    )
    found = []
    for tau, prior in zip(TAUS, TAU_PRIOR, strict=True):
        if tau not in taus:
            continue
        n = LINEAR + p + (m if tau > 0.0 else 0)
        a = matrix[:n, :n].copy()
        b = right[:n].copy()
        a[range(LINEAR, LINEAR + p), range(LINEAR, LINEAR + p)] += 1.0 / spread**2
        b[LINEAR : LINEAR + p] += pull
        a[3, 3] += 1.0 / _PLACE**2
        logdet_prior = -2.0 * float(np.log(spread).sum())
        if tau > 0.0:
            inverse = 1.0 / (tau * rest.spread) ** 2
            a[range(LINEAR + p, n), range(LINEAR + p, n)] += inverse
            logdet_prior += float(np.log(inverse).sum())
        factor = np.linalg.cholesky(a)
        half = np.linalg.solve(factor, b)
        answer = np.linalg.solve(factor.T, half)
        logdet = 2.0 * float(np.log(np.diag(factor)).sum())
        evidence = -0.5 * (constant - float(half @ half)) + 0.5 * (logdet_prior - logdet)
        evidence += math.log(prior)
        inverse_factor = np.linalg.solve(factor, np.eye(n))
        covariance = inverse_factor.T @ inverse_factor
        found.append(
            _component(family.name, tau, evidence, answer, covariance, base, change, rest, top)
        )
    return found


def _component(
    name: str,
    tau: float,
    evidence: float,
    answer: Array,
    covariance: Array,
    base: Array,
    change: Array,
    rest: Remainder,
    top: int,
) -> Component:
    """Turn the solved unknowns (level, contrast, slope, theta, bumps) into a transfer."""
    p = change.shape[0]
    contrast, place, moves = answer[1], answer[3], answer[LINEAR : LINEAR + p]
    bumps = answer[LINEAR + p :]
    slope = 2j * math.pi * FREQUENCIES[:top] * base[:top]
    raw = contrast * base[:top] + moves @ change[:, :top] + place * slope
    rows = [base[:top].astype(complex), slope, *change[:, :top].astype(complex)]
    whole = edge_table(contrast * base + moves @ change)
    if bumps.size:
        raw = raw + bumps @ rest.transfers
        rows.extend(rest.transfers)
        whole = whole + bumps @ rest.tables + place * np.gradient(edge_table(base), STEP)
    total = raw[0].real
    curve = raw / total
    gradient = np.stack(rows, axis=1)
    gradient = (gradient - np.outer(curve, gradient[0].real)) / total
    chosen = [1, 3, *range(LINEAR, answer.size)]
    return Component(
        name,
        tau,
        evidence,
        curve.astype(complex),
        gradient,
        covariance[np.ix_(chosen, chosen)],
        whole / total,
    )
