"""A frame's geometry: what the camera is inside, and where it was outside.

Image coordinates are pixels, column then row, with (0, 0) the outer corner of the first pixel, so
that its centre is (0.5, 0.5). Camera axes: x along the columns to the right, y along the rows
down, z out of the lens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.units import Seconds

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interior:
    """The inside of a frame camera in pixels, with Brown's distortion (Brown 1971).

    A ray (x, y, 1) in camera axes, with r2 = x^2 + y^2, meets the image at

        d = 1 + k1 r2 + k2 r2^2 + k3 r2^3
        column = centre_x + focal_x (x d + 2 p1 x y + p2 (r2 + 2 x^2))
        row    = centre_y + focal_y (y d + p1 (r2 + 2 y^2) + 2 p2 x y)

    Raises SensorError for numbers that cannot be.
    """

    columns: int
    rows: int
    focal_x: float
    focal_y: float
    centre_x: float
    centre_y: float
    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    p1: float = 0.0
    p2: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.focal_x, self.focal_y, self.centre_x, self.centre_y, *self.distortion)
        sizes = (self.columns, self.rows, self.focal_x, self.focal_y)
        if not all(math.isfinite(value) for value in numbers) or min(sizes) <= 0:
            raise SensorError(
                "a camera's size and focal length are not positive, finite numbers",
                remedy="Look at the camera's file: columns, rows, focal length, principal point.",
            )

    @property
    def distortion(self) -> tuple[float, float, float, float, float]:
        """k1, k2, k3, p1, p2."""
        return self.k1, self.k2, self.k3, self.p1, self.p2

    @property
    def distorted(self) -> bool:
        return any(self.distortion)


@dataclass(frozen=True, slots=True, eq=False)
class Exterior:
    """Where the camera was and how it lay, in Earth-fixed coordinates on WGS84.

    ``eye`` is the projection centre, shape (3,), metres; ``axes`` has the camera's x, y and z as
    unit vectors in its rows, shape (3, 3): a point X is at ``axes @ (X - eye)`` in camera axes.
    ``sigma_m`` and ``sigma_deg`` are what is known of the accuracy (one standard deviation), None
    where nothing is.
    """

    eye: Floats
    axes: Floats
    source: str = ""
    sigma_m: float | None = None
    sigma_deg: float | None = None

    def __post_init__(self) -> None:
        finite = np.isfinite(self.eye).all() and np.isfinite(self.axes).all()
        if self.eye.shape != (3,) or self.axes.shape != (3, 3) or not finite:
            raise SensorError(
                "an exterior orientation needs a place and three axes",
                remedy="Give three finite coordinates and a rotation.",
            )
        if not np.allclose(self.axes @ self.axes.T, np.eye(3), atol=1e-6):
            raise SensorError(
                "a camera's axes are not at right angles",
                remedy="Give a rotation: three unit vectors at right angles.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class OrientedFrame:
    """One frame with its geometry. ``sensor`` and ``number`` name it as its annotation does;
    ``time_s`` are seconds since 1970 UTC, None where unknown; ``marks`` carries SIMULATED."""

    name: str
    interior: Interior
    exterior: Exterior
    time_s: Seconds | None = None
    sensor: str = ""
    number: int | None = None
    marks: tuple[str, ...] = ()
