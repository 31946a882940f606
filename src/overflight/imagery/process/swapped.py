"""Whether a picture of 16 bits was read with its bytes the wrong way round.

Neighbours in a picture are alike. With the bytes swapped, the low ones lead, and neighbours part
by a large share of all that 16 bits hold; swapped back they are alike again. A picture of noise
alone looks the same either way and is let pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError

_SHARE = 0.2


def refuse_swapped(pixels: NDArray[Any], name: str) -> None:
    """Raises ImageError where the other order of bytes makes neighbours five times more alike."""
    if pixels.dtype.itemsize != 2 or pixels.shape[0] < 2 or pixels.shape[1] < 2:
        return
    as_is, other = _apart(pixels), _apart(pixels.byteswap())
    if as_is > 0.0 and other < _SHARE * as_is:
        raise ImageError(
            f"{name}: the bytes of its 16-bit values stand in the wrong order",
            remedy="Correct the byte order in the file's header, or write the file again.",
        )


def _apart(pixels: NDArray[Any]) -> float:
    """The mean difference of neighbours along the rows."""
    values = pixels.astype(np.float64)
    return float(np.abs(np.diff(values, axis=1)).mean())
