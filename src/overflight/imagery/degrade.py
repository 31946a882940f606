"""Copies made no sharper than the parties decided: never the original, never without a decision.

A limit w (bars of w metres are just told apart) asks for the transfer T at the frequency
1 / (2 w), where T is the modulation still told apart over that of the agreed contrast. A frame
whose transfer there is M gets a Gaussian more, of standard deviation

    s = w / pi  sqrt(2 ln(M / T)),

whose own transfer at that frequency is T / M; transfers multiply, so the product is T. It falls
everywhere, so no higher frequency comes through that did not before, and nothing is sharpened. M is
taken from what is known of the frame: bars of v metres just told apart mean the transfer T at
1 / (2 v), and between there and zero a Gaussian, which is our model. The pixels stay as they are:
after the blur they are finer than need be, and nothing aliases.
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError, ImageError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.units import Metres

CONTRAST, THRESHOLD = 1.6, 0.04
"""As in ``imagery.bars.measure``: the agreed contrast, and the modulation that is told apart."""
_REACH = 4.0
_FIELDS = ("number", "date", "cite", "limit_m", "text")

Block = Callable[[int, int, int, int], tuple[NDArray[Any], NDArray[np.uint8]]]
"""Pixels and mask of rows and columns from and up to before, as a rectifier gives them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the parties that copies be no sharper than bars of ``limit_m``."""

    number: str
    date: dt.date
    cite: str
    limit_m: Metres
    text: str = ""

    @property
    def named(self) -> str:
        return f"{self.number} of {self.date.isoformat()} ({self.cite}), {self.limit_m:g} m"


def read_decision(path: Path) -> Decision:
    """A decision from TOML: [decision] with number, date, cite, limit_m and, if there is one, text.

    Raises DataError for anything less: without number, date and source there is no decision.
    """
    label = str(path)
    try:
        table = tomllib.loads(decode_utf8(read_bounded(path), label)).get("decision")
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"this is not TOML: {error}", file=label, remedy="Correct it.") from None
    if not isinstance(table, dict):
        raise DataError("there is no table [decision]", file=label, remedy="Begin with it.")
    for key in table:
        if key not in _FIELDS:
            raise DataError(
                f"{key!r} is no part of a decision", file=label, remedy=f"{', '.join(_FIELDS)}."
            )
    number, cite, text = (table.get(key, "") for key in ("number", "cite", "text"))
    date, limit = table.get("date"), table.get("limit_m")
    if (
        all(isinstance(value, str) for value in (number, cite, text))
        and number.strip()
        and cite.strip()
        and isinstance(date, dt.date)
        and not isinstance(date, dt.datetime)
        and isinstance(limit, (int, float))
        and not isinstance(limit, bool)
        and 0.0 < limit < 1e3
    ):
        return Decision(number.strip(), date, cite.strip(), float(limit), text.strip())
    raise DataError(
        "a decision needs its number, its date, where it is written, and the limit",
        file=label,
        remedy='Write number = "…", date = 2026-01-31, cite = "…", limit_m = 0.3; copies are '
        "degraded under nothing less.",
    )


def told_apart() -> float:
    """T: the transfer with which bars of the agreed contrast are just told apart."""
    return THRESHOLD / ((CONTRAST - 1.0) / (CONTRAST + 1.0))


def blur_m(own_m: Metres, limit_m: Metres) -> Metres:
    """Standard deviation of the Gaussian, metres, that takes a frame whose narrowest bar is
    ``own_m`` to ``limit_m``; 0 where it is no sharper than that already."""
    if not (math.isfinite(own_m) and own_m > 0.0):
        raise ImageError(
            f"a resolution of {own_m} m", remedy="Give the frame's own resolution in metres."
        )
    if own_m >= limit_m:
        return 0.0
    whole = math.log(told_apart())
    here = whole * (own_m / limit_m) ** 2
    return limit_m / math.pi * math.sqrt(2.0 * (here - whole))


def degraded(block: Block, shape: tuple[int, int], sigma_px: float) -> Block:
    """Blocks of the same picture after a Gaussian of ``sigma_px`` pixels.

    What is not seen takes no part: the weights of the pixels that are seen are made up to one. The
    result does not depend on how the picture is cut into blocks.
    """
    if sigma_px <= 0.0:
        return block
    kernel = _kernel(sigma_px)
    reach = len(kernel) // 2
    rows, columns = shape

    def blurred(
        row0: int, row1: int, col0: int, col1: int
    ) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        from overflight.imagery.degrade_kernels import blur

        row1, col1 = min(row1, rows), min(col1, columns)
        top, left = max(0, row0 - reach), max(0, col0 - reach)
        pixels, mask = block(top, min(rows, row1 + reach), left, min(columns, col1 + reach))
        inner = np.s_[row0 - top : row1 - top, col0 - left : col1 - left]
        flat = pixels.reshape(*mask.shape, -1)
        out = np.zeros((row1 - row0, col1 - col0, flat.shape[2]), dtype=pixels.dtype)
        seen = np.ascontiguousarray(mask[inner])
        most = float(np.iinfo(pixels.dtype).max)
        for band in range(flat.shape[2]):
            found = blur(
                np.ascontiguousarray(flat[:, :, band]), mask, kernel, row0 - top, row1 - top,
                col0 - left, col1 - left,
            )  # fmt: skip
            out[:, :, band] = np.clip(np.rint(found), 0.0, most)
        out[seen == 0] = 0
        return (out[:, :, 0] if pixels.ndim == 2 else out), seen

    return blurred


def _kernel(sigma_px: float) -> NDArray[np.float64]:
    """A Gaussian over each pixel's width (Abramowitz and Stegun, 7.1.1), to four deviations."""
    reach = max(1, math.ceil(_REACH * sigma_px))
    edges = (np.arange(-reach, reach + 2) - 0.5) / (sigma_px * math.sqrt(2.0))
    cumulated = np.array([math.erf(float(edge)) for edge in edges])
    weights = np.diff(cumulated)
    return np.asarray(weights / weights.sum())
