"""Range compression: echoes of a chirp become short, with the weighting that is asked for.

The spectrum of each echo is divided by that of the pulse over its band and multiplied by the
weight there, so that a point becomes the closed form of ``sensing.impulse`` and not that of the
chirp's own ripples; zeros appended to the spectrum sample the result finely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.sensing.impulse import Weighting
from overflight.terms.radar import LIGHT_M_S, PhaseHistory

_FINE = 16.0
"""Samples to a period of the band's edge when straight lines join them: half a per cent there."""


def chirp(bandwidth_hz: float, pulse_s: float, t: NDArray[np.float64]) -> NDArray[np.complex128]:
    """A pulse that rises through the band, 1 in amplitude, at times from its middle."""
    phase = np.pi * bandwidth_hz / pulse_s * t * t
    out: NDArray[np.complex128] = np.where(np.abs(t) <= 0.5 * pulse_s, np.exp(1j * phase), 0.0)
    return out


@dataclass(frozen=True, slots=True)
class Compression:
    """The filter for pulses of one kind: ``spectrum`` (n,) and how finely it samples."""

    spectrum: NDArray[np.complex64]
    samples: int
    fine: int
    first_m: float
    per_m: float

    def __call__(self, echoes: NDArray[Any]) -> NDArray[np.complex64]:
        """(pulses, samples) to (pulses, fine * n)."""
        n = self.spectrum.shape[0]
        bands = np.fft.fft(echoes.astype(np.complex64, copy=False), n, axis=1) * self.spectrum
        out = np.zeros((echoes.shape[0], n * self.fine), dtype=np.complex64)
        half = n // 2
        out[:, :half], out[:, -half:] = bands[:, :half], bands[:, -half:]
        done = np.fft.ifft(out, axis=1) * self.fine
        return done.astype(np.complex64, copy=False)


def compression(history: PhaseHistory, weighting: Weighting) -> Compression:
    """The filter for a phase history. Raises SensorError for a band wider than the sampling."""
    rate, band = history.sample_mhz * 1e6, history.about.bandwidth_mhz * 1e6
    pulse = history.pulse_us * 1e-6
    if not 0.0 < band <= rate or pulse <= 0.0:
        raise SensorError(
            f"a band of {band / 1e6:g} MHz sampled at {rate / 1e6:g} MHz",
            remedy="Complex samples need a rate of at least the band; check the description.",
        )
    count = history.echoes.shape[1]
    half = math.floor(0.5 * pulse * rate)
    n = 2 * (-(-(count + 2 * half + 2) // 2))
    n = 1 << (n - 1).bit_length()
    copy = np.zeros(n, dtype=np.complex128)
    k = np.arange(-half, half + 1)
    copy[k] = chirp(band, pulse, k / rate)
    of_pulse = np.fft.fft(copy)
    x = np.fft.fftfreq(n, 1.0 / rate) / band
    weight = np.array([weighting.mean(float(v), abs(float(x[1]))) for v in x])
    inside = weight > 0.0
    total = float(weight.sum())
    spectrum = np.zeros(n, dtype=np.complex128)
    spectrum[inside] = weight[inside] / of_pulse[inside] * (n / total)
    fine = max(1, math.ceil(_FINE * band / rate))
    first = 0.5 * LIGHT_M_S * history.first_us * 1e-6
    return Compression(
        spectrum.astype(np.complex64), count, fine, first, 2.0 * rate * fine / LIGHT_M_S
    )
