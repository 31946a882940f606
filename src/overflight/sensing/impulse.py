"""What a point becomes in a radar image: closed forms for weighted spectra.

A flat band of width B, weighted by w(x) = sum of a_m cos(2 pi m x) over x in -1/2..1/2 with
a_0 = 1, turns a point into

    h(u) = sinc(u) + 1/2 sum of a_m (sinc(u - m) + sinc(u + m)),  m from 1

where u is the distance times B (for slant range: 2 B / c; for azimuth: Doppler band / speed) and
sinc(u) = sin(pi u) / (pi u). Uniform, Hamming (F. J. Harris, On the Use of Windows for Harmonic
Analysis with the Discrete Fourier Transform, Proc. IEEE 66, 1978, Table I) and Taylor (T. T.
Taylor, IRE Trans. AP-3, 1955; W. G. Carrara and others, Spotlight Synthetic Aperture Radar, 1995,
Appendix D) are all of that form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from overflight.errors import SensorError
from overflight.terms.radar import LIGHT_M_S
from overflight.units import Metres

_WIDTHS = 10.0
"""Side lobes count up to so many 3 dB widths from the peak on either side (the usual rule)."""
_STEPS = 512


@dataclass(frozen=True, slots=True)
class Weighting:
    """A weighting of the band: ``cosines`` are a_1, a_2, ... of the module's text."""

    name: str
    cosines: tuple[float, ...] = ()

    def at(self, x: float) -> float:
        """w(x); 0 outside -1/2..1/2."""
        if abs(x) > 0.5:
            return 0.0
        return 1.0 + sum(
            a * math.cos(2.0 * math.pi * m * x) for m, a in enumerate(self.cosines, start=1)
        )

    def mean(self, x: float, share: float) -> float:
        """Mean of w over a bin of width ``share`` around x: a bin at the edge counts in part."""
        low, high = max(x - 0.5 * share, -0.5), min(x + 0.5 * share, 0.5)
        if high <= low:
            return 0.0
        whole = high - low
        for m, a in enumerate(self.cosines, start=1):
            turn = 2.0 * math.pi * m
            whole += a * (math.sin(turn * high) - math.sin(turn * low)) / turn
        return whole / share

    def response(self, u: float) -> float:
        """h(u), 1 at the peak."""
        return _sinc(u) + 0.5 * sum(
            a * (_sinc(u - m) + _sinc(u + m)) for m, a in enumerate(self.cosines, start=1)
        )


@dataclass(frozen=True, slots=True)
class Response:
    """Of a point: ``width`` at half power and ``null`` (peak to first minimum) in units of 1 / B;
    highest side lobe and all of their energy against the main lobe's, decibels."""

    width: float
    null: float
    pslr_db: float
    islr_db: float


def _sinc(u: float) -> float:
    if abs(u) < 1e-8:
        return 1.0
    return math.sin(math.pi * u) / (math.pi * u)


UNIFORM = Weighting("uniform")
HAMMING = Weighting("hamming", (0.46 / 0.54,))


@lru_cache(maxsize=64)
def taylor(nbar: int = 4, sidelobe_db: float = -35.0) -> Weighting:
    """Taylor's weighting: ``nbar`` - 1 side lobes at about ``sidelobe_db`` on either side.

    Coefficients by Carrara and others, Appendix D: with A = acosh(10^(dB / 20)) / pi and
    s2 = nbar^2 / (A^2 + (nbar - 1/2)^2),

        F_m = (-1)^(m+1) prod_i (1 - m^2 / (s2 (A^2 + (i - 1/2)^2))) / (2 prod_j!=m (1 - m^2 / j^2))

    and a_m = 2 F_m. Raises SensorError for what is no such weighting.
    """
    if not 2 <= nbar <= 20 or not -80.0 <= sidelobe_db <= -15.0:
        raise SensorError(
            f"no Taylor weighting of nbar {nbar} and {sidelobe_db:g} dB",
            remedy="Give nbar from 2 to 20 and side lobes of -80 to -15 dB.",
        )
    a2 = (math.acosh(10.0 ** (-sidelobe_db / 20.0)) / math.pi) ** 2
    s2 = nbar**2 / (a2 + (nbar - 0.5) ** 2)
    terms = []
    for m in range(1, nbar):
        above = math.prod(1.0 - m * m / (s2 * (a2 + (i - 0.5) ** 2)) for i in range(1, nbar))
        below = math.prod(1.0 - m * m / (j * j) for j in range(1, nbar) if j != m)
        terms.append((-1.0) ** (m + 1) * above / below)
    return Weighting(f"taylor {nbar} {sidelobe_db:g}", tuple(terms))


def weighting(name: str) -> Weighting:
    """ "uniform", "hamming", "taylor" or "taylor NBAR DB". Raises SensorError for another."""
    words = name.casefold().split()
    try:
        if words == ["uniform"]:
            return UNIFORM
        if words == ["hamming"]:
            return HAMMING
        if words == ["taylor"]:
            return taylor()
        if len(words) == 3 and words[0] == "taylor":
            return taylor(int(words[1]), float(words[2]))
    except ValueError:
        pass
    raise SensorError(
        f"{name!r} is no weighting", remedy="Write uniform, hamming, taylor or 'taylor 5 -35'."
    )


@lru_cache(maxsize=64)
def response_of(of: Weighting) -> Response:
    """Width, first minimum and side lobes of a weighting's closed form."""
    half = _root(lambda u: of.response(u) ** 2 - 0.5, 0.05, _falls(of))
    null = _first_minimum(of, half)
    far = _WIDTHS * 2.0 * half
    side = [null + (far - null) * k / (4 * _STEPS) for k in range(4 * _STEPS + 1)]
    peak = max(of.response(u) ** 2 for u in side)
    main, rest = _energy(of, 0.0, null), _energy(of, null, far)
    return Response(2.0 * half, null, 10.0 * math.log10(peak), 10.0 * math.log10(rest / main))


def _falls(of: Weighting) -> float:
    u = 0.05
    while of.response(u) ** 2 > 0.5:
        u += 0.05
    return u


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if f(middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)


def _first_minimum(of: Weighting, start: float) -> float:
    """Where the power first stops falling: a zero, or the least value between two lobes."""
    step, u = 1e-3, start
    while of.response(u + step) ** 2 < of.response(u) ** 2:
        u += step
    return u


def _energy(of: Weighting, low: float, high: float) -> float:
    """Simpson's rule on the power."""
    n = 2 * max(_STEPS, int(_STEPS * (high - low) / 2.0))
    step = (high - low) / n
    total = of.response(low) ** 2 + of.response(high) ** 2
    total += sum((4 if k % 2 else 2) * of.response(low + k * step) ** 2 for k in range(1, n))
    return total * step / 3.0


def range_width_m(bandwidth_hz: float, of: Weighting = UNIFORM) -> Metres:
    """Width at half power in slant range: k c / (2 B), k of the weighting."""
    return response_of(of).width * LIGHT_M_S / (2.0 * bandwidth_hz)


def azimuth_width_m(doppler_hz: float, speed_m_s: float, of: Weighting = UNIFORM) -> Metres:
    """Width at half power along the track: k v / B, B the Doppler band that is processed."""
    return response_of(of).width * speed_m_s / doppler_hz


def width_deviation(width: float, slope: float, at_half: float, at_width: float) -> float:
    """Standard deviation of a width read at half power, in the unit of ``width``, at a ratio of
    peak power to mean clutter power of 1.

    The half-power points move by (n(0) - sqrt(2) n(+-w/2)) / s to first order, where n is the part
    of the clutter in phase with the peak and s the ``slope`` of the power, relative to the peak's,
    where it crosses one half. With the correlation of the clutter over half a width (``at_half``)
    and over one (``at_width``),

        var(w) = (1 / (2 s^2)) (8 - 8 sqrt(2) r(w/2) + 4 r(w))

    times the clutter's power over the peak's. Our derivation; tests hold it against trials.
    """
    inside = 8.0 - 8.0 * math.sqrt(2.0) * at_half + 4.0 * at_width
    if slope <= 0.0 or width <= 0.0:
        raise SensorError("this peak has no flanks", remedy="Measure a reflector that stands out.")
    return math.sqrt(max(inside, 0.0) / 2.0) / slope
