"""The modulation transfer of a whole camera, from what is known of its parts.

Frequencies are line pairs per millimetre in the image; modulation is (max - min) / (max + min), so
that a contrast of c:1 is a modulation of (c - 1) / (c + 1). Parts multiply.

    lens, diffraction   2/pi (acos(x) - x sqrt(1 - x^2)), x = f N wavelength: a circular aperture
                        without aberrations (Goodman, Introduction to Fourier Optics, section 6.3)
    lens, aberrations   a Gaussian through the declared resolving power           our model
    film                a Gaussian through the declared resolving power           our model
    detector element    |sinc(f p)|: a square of side p that fills its cell
    motion              |sinc(f d)|: an even motion of d during the exposure
    atmosphere          a share of modulation that haze leaves, at all frequencies  our model

That the modulation of an aerial camera is well described by a Gaussian is said by a report made
for the regime's commission (FOA C 30666-9.4, 1992, abstract); its numbers are not public. What
modulation an eye still tells apart is no part of the treaty either: the threshold is an argument,
and every result that used one says so. Bars are taken as waves of their own modulation; their
first harmonic is stronger by 4/pi at most, so a real bar may be told apart a little longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.frame import require_positive
from overflight.terms.camera import FrameCamera, PanoramicCamera
from overflight.units import Metres

THRESHOLD = 0.04
"""Modulation that is still told apart, where none is given. Our assumption: decisions on it are
not public."""


@dataclass(frozen=True, slots=True)
class Part:
    """One factor: its name, its transfer of a frequency, and whether it is our model."""

    name: str
    at: Callable[[float], float]
    our_model: bool = False


@dataclass(frozen=True, slots=True)
class SystemMtf:
    """The product of parts. ``end`` is where resolution ends however much modulation is left: the
    highest frequency that detector elements tell from a lower one, or the first zero of a motion.
    Up to it every part falls, and so does their product."""

    parts: tuple[Part, ...]
    end: float = math.inf

    def at(self, frequency: float) -> float:
        """Modulation transfer at a frequency, line pairs per millimetre."""
        return math.prod(part.at(frequency) for part in self.parts)

    @property
    def modelled(self) -> tuple[str, ...]:
        """Names of the parts that are our model."""
        return tuple(part.name for part in self.parts if part.our_model)


def diffraction(frequency: float, f_number: float, wavelength_nm: float) -> float:
    """Of a circular aperture in incoherent light; 0 from the cut-off 1 / (N wavelength) on."""
    x = frequency * f_number * wavelength_nm * 1e-6
    if x >= 1.0:
        return 0.0
    return 2.0 / math.pi * (math.acos(x) - x * math.sqrt(1.0 - x * x))


def gaussian(frequency: float, resolving_lpmm: float, left: float = THRESHOLD) -> float:
    """The Gaussian that leaves the modulation ``left`` at the resolving power."""
    return float(left ** ((frequency / resolving_lpmm) ** 2))


def sinc(frequency: float, width_um: float) -> float:
    """|sin(pi f w) / (pi f w)| of an even window w wide: a detector element, or a motion."""
    x = math.pi * frequency * width_um / 1000.0
    return 1.0 if x == 0.0 else abs(math.sin(x) / x)


def modulation_of_contrast(contrast: float) -> float:
    """Of a contrast of c:1, c at least 1."""
    if not contrast >= 1.0:
        raise SensorError(
            f"a contrast of {contrast:g}:1", remedy="Give the lighter over the darker: 1 or more."
        )
    return (contrast - 1.0) / (contrast + 1.0)


def contrast_of_modulation(modulation: float) -> float:
    """The inverse of ``modulation_of_contrast``, for a modulation of 0 up to 1."""
    if not 0.0 <= modulation < 1.0:
        raise SensorError(f"a modulation of {modulation:g}", remedy="Give one of 0 up to 1.")
    return (1.0 + modulation) / (1.0 - modulation)


def system_mtf(
    camera: FrameCamera | PanoramicCamera,
    *,
    motion_um: float = 0.0,
    haze_leaves: float = 1.0,
    threshold: float = THRESHOLD,
) -> SystemMtf:
    """All parts of a camera that its data allow. ``motion_um`` is the image's motion during the
    exposure; ``haze_leaves`` the share of modulation that reaches the camera.

    Raises UnknownValueError where the data give no part at all.
    """
    if not 0.0 < haze_leaves <= 1.0:
        raise SensorError(
            f"haze leaves {haze_leaves:g} of the modulation",
            remedy="Give a share above 0, at most 1.",
        )
    parts: list[Part] = []
    if camera.f_number and camera.wavelength_nm:
        number, wavelength = camera.f_number, camera.wavelength_nm
        parts.append(Part("diffraction", lambda f: diffraction(f, number, wavelength)))
    for name, lpmm in (("lens", camera.lens_lpmm), ("film", camera.film_lpmm)):
        if lpmm:
            parts.append(Part(name, _gaussian_through(lpmm, threshold), our_model=True))
    end = math.inf
    if camera.pitch_um:
        pitch = camera.pitch_um
        end = 500.0 / pitch  # the Nyquist frequency
        parts.append(Part("detector", lambda f: sinc(f, pitch)))
    if not parts:
        raise UnknownValueError(
            f"nothing about {camera.name} tells how sharp it is",
            remedy="Give pitch_um, film_lpmm or lens_lpmm.",
        )
    if motion_um:
        parts.append(Part("motion", lambda f: sinc(f, motion_um)))
        end = min(end, 1000.0 / motion_um)
    if haze_leaves < 1.0:
        parts.append(Part("atmosphere", lambda _: haze_leaves, our_model=True))
    return SystemMtf(tuple(parts), end)


def _gaussian_through(lpmm: float, threshold: float) -> Callable[[float], float]:
    return lambda f: gaussian(f, lpmm, threshold)


def resolved_lpmm(
    system: SystemMtf, *, modulation: float = 1.0, threshold: float = THRESHOLD
) -> float:
    """Highest frequency up to which bars of that modulation keep at least the threshold.

    The first crossing counts: beyond the zero of a sinc bars come back with black and white
    exchanged, which is no resolution. Detector elements set an end at their Nyquist frequency.
    Raises SensorError where not even broad bars keep the threshold.
    """
    if not 0.0 < threshold < 1.0:
        raise SensorError(
            f"a threshold of {threshold:g}", remedy="Give a modulation above 0 and below 1."
        )
    if modulation * system.at(0.0) <= threshold:
        raise SensorError(
            f"bars of modulation {modulation:g} never exceed the threshold {threshold:g}",
            remedy="Take a target of more contrast, less haze, or a lower threshold.",
        )
    level, high = threshold / modulation, 1.0
    while high < system.end and system.at(high) >= level:
        high *= 2.0
    if high >= system.end:
        high = system.end
        if system.at(high) >= level:
            return high
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if system.at(middle) >= level else (low, middle)
    return low


def bar_mm(lpmm: float) -> float:
    """Width in the image of one bar: half a line pair."""
    require_positive(lpmm=lpmm)
    return 1.0 / (2.0 * lpmm)


def bar_width_m(lpmm: float, metres_per_mm: float) -> Metres:
    """Width on the ground of the narrowest bar that is resolved."""
    return bar_mm(lpmm) * metres_per_mm
