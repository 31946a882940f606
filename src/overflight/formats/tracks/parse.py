"""Columns of numbers and instants out of comma-separated bytes, compiled: a million rows a second.

Only plain rows: no quotes. A number of up to 15 digits is read exactly as Python reads it, one
of more to its last bit or one beside it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NUMBER, INSTANT = 0, 1
FINE, NOT_A_NUMBER, NOT_AN_INSTANT, NO_ZONE, TOO_FEW = 0, 1, 2, 3, 4
_DOT, _MINUS, _PLUS, _COLON, _ZERO, _NINE = 46, 45, 43, 58, 48, 57
_LATE_S = 1.0e11
_MAX_DIGITS = 18


@njit(cache=True)
def read_rows(
    data: NDArray[np.uint8],
    start: int,
    first_line: int,
    delimiter: int,
    wanted: NDArray[np.int64],
    kinds: NDArray[np.int64],
    utc_assumed: bool,
    table: Floats,
    lines: NDArray[np.int64],
) -> tuple[int, int, int, int]:
    """Fill ``table`` (rows, k) with the k ``wanted`` columns; blank cells become NaN.

    Blank lines and lines that begin with "#" are passed over. Returns rows read, what went wrong
    (``FINE`` ...), and the line and the column (of ``wanted``) where.
    """
    n, count, k = len(data), len(wanted), 0
    at, line = start, first_line
    while at < n:
        end = at
        while end < n and data[end] != 10:
            end += 1
        stop = end
        while stop > at and (data[stop - 1] == 13 or data[stop - 1] == 32):
            stop -= 1
        if stop > at and data[at] != 35:
            for c in range(count):
                table[k, c] = np.nan
            cell, begin, seen = 0, at, 0
            for pos in range(at, stop + 1):
                if pos == stop or data[pos] == delimiter:
                    for c in range(count):
                        if wanted[c] == cell:
                            seen += 1
                            low, high = begin, pos
                            while low < high and (data[low] == 32 or data[low] == 9):
                                low += 1
                            while high > low and (data[high - 1] == 32 or data[high - 1] == 9):
                                high -= 1
                            if low == high:
                                continue
                            if kinds[c] == INSTANT:
                                code, value = _instant(data, low, high, utc_assumed)
                            else:
                                code, value = _number(data, low, high)
                            if code != FINE:
                                return k, code, line, c
                            table[k, c] = value
                    cell += 1
                    begin = pos + 1
            if seen < count:
                return k, TOO_FEW, line, 0
            lines[k] = line
            k += 1
        at = end + 1
        line += 1
    return k, FINE, 0, 0


@njit(cache=True)
def _number(data: NDArray[np.uint8], low: int, high: int) -> tuple[int, float]:
    sign, at = 1.0, low
    if data[at] == _MINUS or data[at] == _PLUS:
        sign = -1.0 if data[at] == _MINUS else 1.0
        at += 1
    whole, digits, kept, scale, point = np.int64(0), 0, 0, 0, False
    while at < high:
        c = data[at]
        if _ZERO <= c <= _NINE:
            digits += 1
            if kept < _MAX_DIGITS:
                whole = whole * 10 + (c - _ZERO)
                if whole > 0:
                    kept += 1
                if point:
                    scale -= 1
            elif not point:
                scale += 1
        elif c == _DOT and not point:
            point = True
        elif (c == 101 or c == 69) and digits > 0:
            break
        elif digits == 0 and high - at == 3 and _is_nan(data, at):
            return FINE, np.nan
        else:
            return NOT_A_NUMBER, np.nan
        at += 1
    if digits == 0:
        return NOT_A_NUMBER, np.nan
    if at < high:
        at += 1
        below = False
        if at < high and (data[at] == _MINUS or data[at] == _PLUS):
            below = data[at] == _MINUS
            at += 1
        if at == high or high - at > 3:
            return NOT_A_NUMBER, np.nan
        power = 0
        for pos in range(at, high):
            if not _ZERO <= data[pos] <= _NINE:
                return NOT_A_NUMBER, np.nan
            power = power * 10 + (data[pos] - _ZERO)
        scale += -power if below else power
    value = float(whole)
    if scale < 0:
        value = value / 10.0 ** (-scale)
    elif scale > 0:
        value = value * 10.0**scale
    return FINE, sign * value


@njit(cache=True)
def _is_nan(data: NDArray[np.uint8], at: int) -> bool:
    first, second, third = data[at] | 32, data[at + 1] | 32, data[at + 2] | 32
    return bool(first == 110 and second == 97 and third == 110)


@njit(cache=True)
def _two(data: NDArray[np.uint8], at: int) -> int:
    a, b = data[at] - _ZERO, data[at + 1] - _ZERO
    if 0 <= a <= 9 and 0 <= b <= 9:
        return int(a * 10 + b)
    return -1


@njit(cache=True)
def _instant(data: NDArray[np.uint8], low: int, high: int, utc_assumed: bool) -> tuple[int, float]:
    """Seconds since 1970: ISO 8601 with a zone, or a number of seconds (or milliseconds)."""
    if high - low < 19 or data[low + 4] != _MINUS:
        code, value = _number(data, low, high)
        if code != FINE:
            return NOT_AN_INSTANT, np.nan
        return FINE, value / 1000.0 if abs(value) > _LATE_S else value
    century, year = _two(data, low), _two(data, low + 2)
    month, day = _two(data, low + 5), _two(data, low + 8)
    hour, minute, second = _two(data, low + 11), _two(data, low + 14), _two(data, low + 17)
    shaped = (
        data[low + 7] == _MINUS
        and (data[low + 10] == 84 or data[low + 10] == 32)
        and data[low + 13] == _COLON
        and data[low + 16] == _COLON
    )
    if not shaped or min(century, year, month, day, hour, minute, second) < 0:
        return NOT_AN_INSTANT, np.nan
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59 and second <= 60):
        return NOT_AN_INSTANT, np.nan
    at, part, unit = low + 19, 0.0, 0.1
    if at < high and data[at] == _DOT:
        at += 1
        ticks, width = np.int64(0), 0
        while at < high and _ZERO <= data[at] <= _NINE:
            if width < 9:
                ticks = ticks * 10 + (data[at] - _ZERO)
                width += 1
            at += 1
        unit = 10.0**width
        part = ticks / unit
    shift = 0
    if at == high:
        if not utc_assumed:
            return NO_ZONE, np.nan
    elif (data[at] == 90 or data[at] == 122) and at + 1 == high:
        shift = 0
    elif (data[at] == _PLUS or data[at] == _MINUS) and high - at in (3, 5, 6):
        hours = _two(data, at + 1)
        minutes = 0 if high - at == 3 else _two(data, high - 2)
        if hours < 0 or minutes < 0:
            return NOT_AN_INSTANT, np.nan
        shift = (hours * 3600 + minutes * 60) * (-1 if data[at] == _MINUS else 1)
    else:
        return NOT_AN_INSTANT, np.nan
    days = _days(century * 100 + year, month, day)
    whole = days * 86400 + hour * 3600 + minute * 60 + second - shift
    return FINE, float(whole) + part


@njit(cache=True)
def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the Gregorian calendar (Hinnant, days_from_civil)."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    shifted = month - 3 if month > 2 else month + 9
    of_year = (153 * shifted + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
