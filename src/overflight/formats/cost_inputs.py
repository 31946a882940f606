"""Costs of a return, as a file of them gives them."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.terms.membership import Cost

_PER = ("once", "flight", "year")


def read_costs(path: Path) -> tuple[Cost, ...]:
    """The [[cost]] rows of a TOML file. Raises DataError for one without name, bounds or source."""
    try:
        data = tomllib.loads(decode_utf8(read_bounded(path), str(path)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(str(error), file=path, remedy="Mend the TOML there.") from None
    rows = data.get("cost")
    if not isinstance(rows, list) or not rows:
        raise DataError("there is no [[cost]]", file=path, remedy="Write one for each thing.")
    return tuple(_cost(row, n, path) for n, row in enumerate(rows, start=1))


def _cost(row: Any, number: int, path: Path) -> Cost:
    def wrong(what: str, remedy: str) -> DataError:
        return DataError(f"cost {number}: {what}", file=path, remedy=remedy)

    if not isinstance(row, dict):
        raise wrong("is no table", "Write [[cost]] and its keys.")
    for key in ("name", "currency", "source"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise wrong(f"has no {key}", f"Give {key} as text; a cost without a source is a guess.")
    low = _number(row.get("low"))
    high = _number(row.get("high", row.get("low")))
    if low is None or high is None:
        raise wrong("low and high are not numbers", "Give low, and high where they differ.")
    if not 0 <= low <= high:
        raise wrong("low is not between 0 and high", "Swap them, or mend them.")
    per = row.get("per", "once")
    if per not in _PER:
        raise wrong(f"per = {per!r}", f"One of {', '.join(_PER)}.")
    return Cost(
        row["name"], low, high, row["currency"], per, row["source"],
        str(row.get("note", "")),
    )  # fmt: skip


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
