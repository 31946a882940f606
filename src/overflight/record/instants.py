"""Moments as documents of a bundle write them: UTC, whole seconds, one way to write each."""

from __future__ import annotations

import datetime as dt
import re

from overflight.record.refused import Refused

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def write_instant(at: dt.datetime) -> str:
    """2026-05-19T14:30:00Z. Raises ValueError for a moment without a zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    # Not strftime, which writes years before 1000 with fewer digits on some systems.
    return at.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_instant(text: object, where: str) -> dt.datetime:
    """The moment. Raises Refused (``bad-document``) for anything else."""
    try:
        if isinstance(text, str) and _FORM.fullmatch(text):
            return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    raise Refused("bad-document", f"{ascii(text)[:60]} is no moment in UTC", where=where)
