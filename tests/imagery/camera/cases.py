"""Random pictures of a bar target, drawn by number, each with its truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery.camera.exposure import Exposure, View, expose, light, view
from imagery.camera.optics import Optics, limiting_width
from imagery.camera.scene import Target, stepped_target

PIXELS_PER_METRE = 10.0


@dataclass(frozen=True)
class Case:
    target: Target
    view: View
    optics: Optics
    exposure: Exposure
    size: int
    seed: int

    @property
    def bars(self) -> int:
        return self.target.groups[0].count

    def frame(self, parts: int = 5) -> NDArray[np.uint8] | NDArray[np.uint16]:
        image = light(
            self.target, self.view, self.optics, (self.size, self.size), parts=parts,
            texture=0.02, seed=self.seed,
        )  # fmt: skip
        return expose(
            image, self.exposure, white=self.target.white, black=self.target.black,
            seed=self.seed + 10**6,
        )  # type: ignore[return-value]  # fmt: skip

    def truth(self, normal_deg: float, *, agreed: float, threshold: float) -> float:
        """Narrowest bar told apart, pixels, for bars that follow each other in a direction."""
        return limiting_width(
            self.optics, self.bars, normal_deg, agreed=agreed, threshold=threshold
        )


def random_case(seed: int, *, least_snr: float = 10.0, most_snr: float = 100.0) -> Case:
    """Any rotation, up to 35 degrees of tilt, mirrored at times; 2 to 5 bars, three series of
    steps; blur by diffraction, lens and motion; 8 to 16 bits; noise of any mixture."""
    rng = np.random.default_rng(seed)
    ratio = float(rng.choice([2 ** (1 / 6), 2 ** (1 / 4), 1.2]))
    steps = round(math.log(6.0) / math.log(ratio)) + 1
    widest = float(rng.uniform(7, 10)) / PIXELS_PER_METRE
    target = stepped_target(
        widest, ratio, steps, count=int(rng.choice([2, 3, 3, 3, 4, 5])),
        aspect=float(rng.choice([5, 5, 7])),
    )  # fmt: skip
    _, _, wide, high = target.panel
    size = int(math.hypot(wide, high) * PIXELS_PER_METRE + 24)
    seen = view(
        PIXELS_PER_METRE, float(rng.uniform(0, 360)), (wide / 2, high / 2),
        (size / 2 + rng.uniform(-0.5, 0.5), size / 2 + rng.uniform(-0.5, 0.5)),
        tilt_deg=float(rng.uniform(0, 35)), tilt_to_deg=float(rng.uniform(0, 360)),
        distance_px=float(rng.uniform(1500, 6000)), mirrored=bool(rng.random() < 0.3),
    )  # fmt: skip
    motion = float(rng.uniform(0.3, 2)) if rng.random() < 0.5 else 0.0
    optics = Optics(
        float(rng.uniform(0.9, 2.5)), float(rng.uniform(0.35, 1.3)), motion,
        float(rng.uniform(0, 180)),
    )  # fmt: skip
    exposure = Exposure(
        bits=int(rng.choice([8, 10, 12, 14, 16])),
        snr=float(np.exp(rng.uniform(math.log(least_snr), math.log(most_snr)))),
        shot=float(rng.uniform(0, 1)), white=float(rng.uniform(0.5, 0.85)),
    )  # fmt: skip
    return Case(target, seen, optics, exposure, size, seed)
