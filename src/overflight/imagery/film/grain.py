"""Grain: how uneven a plain patch of film is, the scanner's noise and blur taken out.

The power spectrum of small deviations of density in a patch is

    S(f) = W sum_k |M(f + k)|^2 + N

with W the film's own spectrum at low frequencies (density squared times area), M the transfer of
the scanner, folded by its sampling (k whole cycles a pixel each way), and N its noise, alike at
all frequencies. W and N come from Whittle's likelihood of the periodograms of blocks. Selwyn's
granularity (Selwyn, 1935) is G = sigma sqrt(A) = sqrt(W) for an area A far larger than a grain;
the rms granularity of a film's data sheet is 1000 sigma behind a round hole of 48 micrometres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.film.scanner import Scanner, transfer

Array = NDArray[np.float64]

_BLOCK = 32
_FOLDS = 2
_PLANE = 3
_LOOSE = 0.5
_HOLE_UM2 = math.pi * 24.0**2


@dataclass(frozen=True, slots=True)
class Grain:
    """``selwyn_um``: G, density times micrometres, with its 95 % interval; ``rms_48``: 1000 sigma
    behind 48 um; ``noise``: the scanner's own deviation of a pixel, density; None where grain and
    noise cannot be told apart, and ``why`` says so."""

    density: float
    selwyn_um: float | None
    interval: tuple[float, float] | None
    rms_48: float | None
    noise: float | None
    blocks: int
    why: str = ""


def grain_of(
    patches: Sequence[NDArray[Any]], scanner: Scanner, again: Sequence[NDArray[Any]] = ()
) -> Grain:
    """Grain of plain patches of one density, (rows, columns) of transmittances.

    ``again``: the same patches of a second scan, in place to the pixel: what differs between the
    two is the scanner's noise, which is then known. Raises ImageError for too small a patch.
    """
    blocks = np.concatenate([_blocks(p) for p in patches])
    worth = _independent(patches)
    mean = float(np.mean([p.mean() for p in patches]))
    fixed = None
    if again:
        other = np.concatenate([_blocks(p) for p in again])
        if other.shape != blocks.shape:
            raise ImageError("the second scan has another size", remedy="Scan the same again.")
        noise = (blocks - other) / math.sqrt(2.0)
        fixed = float(np.mean(_periodogram(noise)))
        fixed_sd = fixed / math.sqrt(worth * _BLOCK**2 / 2.0)
        blocks = (blocks + other) / 2.0
    power = _periodogram(blocks)
    shape = _shape(scanner)
    use = np.ones((_BLOCK, _BLOCK), dtype=bool)
    low = np.minimum(np.arange(_BLOCK), _BLOCK - np.arange(_BLOCK)) < _PLANE
    use[np.ix_(low, low)] = False  # what the plane took, and the window spread
    use[:, _BLOCK // 2 + 1 :] = False  # the mirrored half says the same again
    data, form = power[:, use].mean(axis=0), shape[use]
    # Rows of zero and Nyquist columns are counted once too often; a small loss of no weight.
    if fixed is None:
        theta, covariance = _whittle(data, np.column_stack([form, np.ones_like(form)]), worth)
        w, n = theta
    else:
        n = fixed / 2.0  # the mean of two scans has half the noise
        w, variance = _one(data, form, n, worth)
        covariance = np.array([[variance + (fixed_sd / 2.0 / form.mean()) ** 2]])
    sd = math.sqrt(float(covariance[0, 0]))
    told = -math.log10(max(mean, 1e-9))
    pixel = scanner.pixel_um
    noise_sd = math.sqrt(max(n, 0.0) * (1.0 if fixed is None else 2.0))
    if w <= 0.0 or sd > _LOOSE * w:
        return Grain(told, None, None, None, None, len(blocks),
                     "grain and the scanner's noise cannot be told apart: scan twice")  # fmt: skip
    root = [math.sqrt(max(v, 0.0)) * pixel for v in (w, w - 1.96 * sd, w + 1.96 * sd)]
    return Grain(
        told, root[0], (root[1], root[2]), 1000.0 * root[0] / math.sqrt(_HOLE_UM2), noise_sd,
        len(blocks),
    )  # fmt: skip


def _blocks(light: NDArray[Any]) -> Array:
    """Deviations of density in blocks that overlap by half, a plane taken from each, (n, 32, 32),
    under Hann's window: without it, coarse grain leaks into frequencies where the noise is read."""
    if min(light.shape) < _BLOCK:
        raise ImageError(
            f"a patch of {light.shape[1]} x {light.shape[0]} pixels is too small for its grain",
            remedy=f"Give {_BLOCK} x {_BLOCK} pixels or more.",
        )
    windows = np.lib.stride_tricks.sliding_window_view(light.astype(np.float64), (_BLOCK, _BLOCK))[
        :: _BLOCK // 2, :: _BLOCK // 2
    ]
    parts = windows.reshape(-1, _BLOCK, _BLOCK)
    means = parts.mean(axis=(1, 2), keepdims=True)
    parts = (1.0 - parts / means) / math.log(10.0)
    ramp = np.arange(_BLOCK) - (_BLOCK - 1) / 2.0
    square = float((ramp**2).sum()) * _BLOCK
    down = (parts * ramp[:, None]).sum(axis=(1, 2), keepdims=True) / square
    right = (parts * ramp[None, :]).sum(axis=(1, 2), keepdims=True) / square
    hann = 0.5 - 0.5 * np.cos(2.0 * math.pi * (np.arange(_BLOCK) + 0.5) / _BLOCK)
    window = np.outer(hann, hann) / float((hann**2).mean())
    return np.asarray((parts - down * ramp[:, None] - right * ramp[None, :]) * window)


def _independent(patches: Sequence[NDArray[Any]]) -> float:
    """How many blocks' worth of independent data there is: what the window leaves of the rim
    counts for little."""
    return math.fsum(
        max(1.0, (p.shape[0] - _BLOCK / 2) * (p.shape[1] - _BLOCK / 2) / _BLOCK**2) for p in patches
    )


def _periodogram(blocks: Array) -> Array:
    return np.asarray(np.abs(np.fft.fft2(blocks)) ** 2 / _BLOCK**2)


def _shape(scanner: Scanner) -> Array:
    f = np.fft.fftfreq(_BLOCK)
    total = np.zeros((_BLOCK, _BLOCK))
    for i in range(-_FOLDS, _FOLDS + 1):
        for j in range(-_FOLDS, _FOLDS + 1):
            total += transfer(scanner, f[None, :] + j, f[:, None] + i) ** 2
    for axis in (0, 1):  # Hann's window spreads each frequency over its neighbours, 1 : 4 : 1
        total = (4.0 * total + np.roll(total, 1, axis) + np.roll(total, -1, axis)) / 6.0
    return np.asarray(total)


def _whittle(data: Array, forms: Array, blocks: float) -> tuple[tuple[float, float], Array]:
    """W and N, and their covariance, by scoring: weights 1 / S^2, none below zero."""
    theta = np.array([data.mean(), 0.1 * data.mean()])
    for _ in range(30):
        s = np.maximum(forms @ theta, 1e-3 * data.mean())
        weighted = forms / s[:, None] ** 2
        theta = np.linalg.solve(forms.T @ weighted, weighted.T @ data)
        if theta[1] < 0.0:
            w = forms[:, 0] / np.maximum(forms[:, 0] * max(theta[0], 1e-30), 1e-30) ** 2
            theta = np.array([float(w @ data) / float(w @ forms[:, 0]), 0.0])
    s = np.maximum(forms @ theta, 1e-3 * data.mean())
    information = blocks * (forms / s[:, None]).T @ (forms / s[:, None])
    return (float(theta[0]), float(theta[1])), np.linalg.inv(information)


def _one(data: Array, form: Array, noise: float, blocks: float) -> tuple[float, float]:
    w = float(data.mean())
    s = form
    for _ in range(30):
        s = np.maximum(form * max(w, 0.0) + noise, 1e-3 * data.mean())
        w = float((form / s**2 * (data - noise)).sum() / (form**2 / s**2).sum())
    return w, 1.0 / float((form**2 / s**2).sum() * blocks)
