"""The certification report as bytes, and what a demonstration flight needs of one.

The schemas are ``certification-report`` and ``certification-record``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, read_source

KIND = "certification-report"


def report_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as it is written and digested: UTF-8, two spaces, a line feed at the end."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def read_report(source: str | Path | bytes) -> dict[str, Any]:
    """A report that was written so, held against its schema. Raises DataError."""
    data, label = read_source(source)
    document: dict[str, Any] = load_json(data, label)
    validate(document, KIND, file=label)
    return document


def sensor_in(document: Mapping[str, Any], id_: str | None) -> Mapping[str, Any]:
    """The sensor of that id in a report; without an id the only one. Raises DataError."""
    sensors = document["sensors"]
    found = [s for s in sensors if id_ in (None, s["id"])]
    if len(found) != 1:
        named = "several sensors" if id_ is None else f"no sensor {id_!r}"
        raise DataError(
            f"the report has {named}",
            remedy=f"Give --sensor, one of {', '.join(s['id'] for s in sensors)}.",
        )
    chosen: Mapping[str, Any] = found[0]
    return chosen
