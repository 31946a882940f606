"""A scene to a frame: area coverage at 10 x 10 parts of a pixel, blur, sampling, noise, codes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import fft

from imagery.camera.optics import Optics
from imagery.camera.scene import Target

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Exposure:
    """``snr``: white less black, over the noise (one standard deviation) midway between them.
    ``shot``: share of that noise's variance that comes from photons, the rest from reading.
    ``white``: the target's white as a share of full scale; ``offset``: code of no light, too."""

    bits: int = 12
    snr: float = 50.0
    shot: float = 0.6
    white: float = 0.7
    offset: float = 0.02
    container_bits: int = 16
    jpeg_quality: int | None = None


@dataclass(frozen=True)
class View:
    """How the plane of the target comes into the frame: pixels = H (metres, 1)."""

    matrix: Array = field(default_factory=lambda: np.eye(3))

    def project(self, points: Array) -> Array:
        q = np.c_[points, np.ones(len(points))] @ self.matrix.T
        return np.asarray(q[:, :2] / q[:, 2:])

    def scale(self, x: float, y: float, normal: str) -> tuple[float, float]:
        """Pixels for a metre, perpendicular to bars, and the direction of their normal, degrees.

        Bars with ``normal`` "x" lie along y; their distance is measured across the line."""
        step = 1e-4
        o = self.project(np.array([[x, y], [x + step, y], [x, y + step]]))
        jac = np.array([(o[1] - o[0]) / step, (o[2] - o[0]) / step]).T
        back = np.linalg.inv(jac)
        row = back[0] if normal == "x" else back[1]
        length = float(np.hypot(*row))
        return 1.0 / length, math.degrees(math.atan2(row[1], row[0]))


def view(
    pixels_per_metre: float, rotation_deg: float, centre_m: tuple[float, float],
    centre_px: tuple[float, float], *, tilt_deg: float = 0.0, tilt_to_deg: float = 0.0,
    distance_px: float = 4000.0, mirrored: bool = False,
) -> View:  # fmt: skip
    """A pinhole that looks at the target's centre, tilted towards ``tilt_to_deg``.

    ``distance_px``: how far the camera is, in pixels of the centre's scale; less is stronger
    perspective.
    """
    a, t, to = (math.radians(v) for v in (rotation_deg, tilt_deg, tilt_to_deg))
    shift = np.array([[1, 0, -centre_m[0]], [0, 1, -centre_m[1]], [0, 0, 1.0]])
    spin = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1.0]])
    size = np.diag([pixels_per_metre * (-1 if mirrored else 1), pixels_per_metre, 1.0])
    # The plane foreshortened along ``to``, with the far side smaller.
    c, s = math.cos(to), math.sin(to)
    axis = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]])
    lean = np.array([[math.cos(t), 0, 0], [0, 1, 0], [math.sin(t) / distance_px, 0, 1.0]])
    place = np.array([[1, 0, centre_px[0]], [0, 1, centre_px[1]], [0, 0, 1.0]])
    return View(place @ axis.T @ lean @ axis @ size @ spin @ shift)


@njit(cache=True)
def _paint(canvas, corners, value, parts):  # type: ignore[no-untyped-def]
    """Lay one convex quadrilateral over the canvas, by the area that it covers of each part."""
    rows, cols = canvas.shape
    xs, ys = corners[:, 0] * parts, corners[:, 1] * parts
    area = 0.0
    for k in range(4):
        n = (k + 1) % 4
        area += xs[k] * ys[n] - xs[n] * ys[k]
    sign = 1.0 if area > 0 else -1.0
    r0, r1 = max(int(ys.min()) - 2, 0), min(int(ys.max()) + 3, rows)
    c0, c1 = max(int(xs.min()) - 2, 0), min(int(xs.max()) + 3, cols)
    for r in range(r0, r1):
        for c in range(c0, c1):
            cover = 1.0
            for k in range(4):
                n = (k + 1) % 4
                ex, ey = xs[n] - xs[k], ys[n] - ys[k]
                length = math.sqrt(ex * ex + ey * ey)
                nx, ny = -ey / length * sign, ex / length * sign
                d = (c + 0.5 - xs[k]) * nx + (r + 0.5 - ys[k]) * ny
                a, b = abs(nx), abs(ny)
                if a < b:
                    a, b = b, a
                # Area of a unit square on the inner side of a line at distance d.
                full, flat = (a + b) / 2.0, (a - b) / 2.0
                if d >= full:
                    part = 1.0
                elif d <= -full:
                    part = 0.0
                elif abs(d) <= flat:
                    part = 0.5 + d / a
                else:
                    rest = full - abs(d)
                    small = rest * rest / (2.0 * a * b)
                    part = 1.0 - small if d > 0 else small
                cover *= part
                if cover == 0.0:
                    break
            if cover > 0.0:
                canvas[r, c] += cover * (value - canvas[r, c])


def light(
    target: Target, seen: View, optics: Optics, shape: tuple[int, int], *,
    parts: int = 5, ground: float = 0.25, texture: float = 0.0, seed: int = 0,
    dirt: tuple[tuple[Array, float], ...] = (),
) -> Array:  # fmt: skip
    """Reflectance that each pixel collects, (rows, columns), free of noise.

    ``parts``: how finely a pixel is divided each way. Edges are painted by area, so that even a
    few parts are exact to the second order; the pixel's own box is the sum over its parts.
    """
    rng = np.random.default_rng(seed)
    rows, cols = shape
    canvas = np.full((rows * parts, cols * parts), ground)
    if texture:
        coarse = rng.normal(size=(rows // 4 + 2, cols // 4 + 2))
        rough = np.kron(coarse, np.ones((4 * parts, 4 * parts)))[: rows * parts, : cols * parts]
        canvas += texture * rough
        for _ in range(12):
            x, y = rng.uniform(0, cols), rng.uniform(0, rows)
            w, h, a = rng.uniform(2, 40), rng.uniform(1, 8), rng.uniform(0, math.pi)
            box = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2
            turn = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
            _paint(canvas, box @ turn.T + [x, y], rng.uniform(0.05, 0.5), float(parts))
    x0, y0, x1, y1 = target.panel
    panel = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    _paint(canvas, seen.project(panel), target.white, float(parts))
    for group in target.groups:
        for bar in group.bars():
            _paint(canvas, seen.project(bar), target.black, float(parts))
    for corners, value in dirt:
        _paint(canvas, corners, value, float(parts))
    return blurred(canvas, optics, parts)


def blurred(canvas: Array, optics: Optics, parts: int) -> Array:
    """The camera's transfer on a canvas of parts, then the sum over each pixel's parts."""
    high, wide = (fft.next_fast_len(n, real=True) for n in canvas.shape)
    full = np.pad(canvas, ((0, high - canvas.shape[0]), (0, wide - canvas.shape[1])), mode="edge")
    spectrum = fft.rfft2(full.astype(np.float32))
    fy = fft.fftfreq(high)[:, None] * parts
    fx = fft.rfftfreq(wide)[None, :] * parts
    spectrum *= optics.transfer(fx, fy, pixel=False).astype(np.float32)
    out = fft.irfft2(spectrum, s=(high, wide))[: canvas.shape[0], : canvas.shape[1]]
    rows, cols = canvas.shape[0] // parts, canvas.shape[1] // parts
    return np.asarray(out.reshape(rows, parts, cols, parts).mean(axis=(1, 3)), dtype=float)


def expose(image: Array, exposure: Exposure, *, white: float, black: float, seed: int) -> Array:
    """Codes of the frame, uint8 or uint16, (rows, columns)."""
    rng = np.random.default_rng(seed)
    full = 2**exposure.bits - 1
    gain = (exposure.white - exposure.offset) / white
    variance = ((white - black) / exposure.snr) ** 2
    middle = (white + black) / 2
    noise = np.sqrt(
        variance * ((1 - exposure.shot) + exposure.shot * np.clip(image, 0, None) / middle)
    )
    codes = (image + noise * rng.normal(size=image.shape)) * gain + exposure.offset
    codes = np.clip(np.rint(codes * full), 0, full)
    if exposure.container_bits > exposure.bits and exposure.bits > 8:
        codes = codes * 2 ** (exposure.container_bits - exposure.bits)
    kind = np.uint8 if exposure.bits == 8 else np.uint16
    frame = codes.astype(kind)
    return jpeg(frame, exposure.jpeg_quality) if exposure.jpeg_quality else frame


def jpeg(frame: Array, quality: int) -> Array:
    """What is left of an 8-bit frame after JPEG."""
    from PIL import Image

    store = io.BytesIO()
    Image.fromarray(frame.astype(np.uint8)).save(store, "JPEG", quality=quality)
    return np.asarray(Image.open(store))
