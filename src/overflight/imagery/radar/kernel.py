"""Back-projection, pulse by pulse, of compressed echoes onto pixels anywhere.

With r the distance from a pixel to an antenna it sums w e(n, 2 r / c) exp(j 4 pi r / lambda) over
the pulses from which the pixel is seen within the band that is kept (M. D. Desai, W. K.
Jenkins, Convolution backprojection image reconstruction for spotlight mode synthetic aperture
radar, IEEE Trans. Image Processing 1, 1992; for stripmap, L. M. H. Ulander and others, IEEE Trans.
AES 39, 2003, section II). Distances are in double precision: a phase of a hundredth of a turn is
a tenth of a millimetre in ten kilometres.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba import types as _types

float32: Any = _types.float32
_FAST = {"contract", "reassoc", "arcp", "nsz"}


@njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def back_project(
    real: Any, imag: Any, antennas: Any, pixels: Any, ahead: Any, table: Any,
    numbers: Any, reach: Any, out_real: Any, out_imag: Any, weights: Any,
) -> None:  # pragma: no cover - compiled  # fmt: skip
    """Adds the pulses of a block to rows of an image.

    ``real``, ``imag`` (pulses, samples) float32: compressed and finely sampled; ``antennas``
    (pulses, 3); ``pixels`` (rows, 3, columns); ``ahead`` (rows, 3), unit; ``table``: the weight
    over -1/2..1/2 of the Doppler band at its inner nodes, with a zero outside at both ends;
    ``numbers``: first range of a sample, samples per metre, turns per metre, 1 / width of the band
    in sines; ``reach`` (rows, 2): pulses from and up to before. Out: (rows, columns) float32.
    """
    first, per_m, turns, per_sine = numbers[0], numbers[1], numbers[2], numbers[3]
    most = float32(real.shape[1] - 2)
    nodes = table.shape[0] - 1
    half = 0.5 * nodes
    to_table = per_sine * (nodes - 2)
    columns = pixels.shape[2]
    # Two passes over a row: the arithmetic, which goes four pixels at a time, and the look-ups.
    where, place = np.empty(columns, dtype=np.float32), np.empty(columns, dtype=np.float32)
    cosines, sines = np.empty(columns, dtype=np.float32), np.empty(columns, dtype=np.float32)
    top = float32(nodes) - float32(0.001)
    for i in range(pixels.shape[0]):
        vx, vy, vz = ahead[i, 0], ahead[i, 1], ahead[i, 2]
        xs, ys, zs = pixels[i, 0], pixels[i, 1], pixels[i, 2]
        sums, sumi, sumw = out_real[i], out_imag[i], weights[i]
        for n in range(reach[i, 0], reach[i, 1]):
            ax, ay, az = antennas[n, 0], antennas[n, 1], antennas[n, 2]
            for j in range(columns):
                dx, dy, dz = xs[j] - ax, ys[j] - ay, zs[j] - az
                r = np.sqrt(dx * dx + dy * dy + dz * dz)
                turn = turns * r
                x = float32(turn - np.floor(turn + 0.5))
                z = x * x
                cosines[j] = float32(0.999999992) + z * (
                    float32(-19.7392056) + z * (float32(64.9391721) + z * (
                        float32(-85.4511638) + z * (float32(60.1762127) + z * (
                            float32(-26.0004557) + z * float32(6.57550226))))))  # fmt: skip
                sines[j] = x * (
                    float32(6.28318503) + z * (float32(-41.341616) + z * (
                        float32(81.6009129) + z * (float32(-76.6265428) + z * (
                            float32(41.4033872) + z * float32(-12.5762813))))))  # fmt: skip
                at = float32((r - first) * per_m)
                where[j] = min(max(at, float32(0.0)), most)
                p = float32(half + to_table * (dx * vx + dy * vy + dz * vz) / r)
                place[j] = min(max(p, float32(0.0)), top)
            er, ei = real[n], imag[n]
            for j in range(columns):
                m = np.uint32(place[j])
                w = table[m] + (place[j] - float32(m)) * (table[m + 1] - table[m])
                k = np.uint32(where[j])
                u = where[j] - float32(k)
                re = w * (er[k] + u * (er[k + 1] - er[k]))
                im = w * (ei[k] + u * (ei[k + 1] - ei[k]))
                sums[j] += re * cosines[j] - im * sines[j]
                sumi[j] += re * sines[j] + im * cosines[j]
                sumw[j] += w
