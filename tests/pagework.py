"""Work for the pages' jobs, in a module that a process of its own imports quickly."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any


def turning(asked: Mapping[str, Any], tell: object, stop: Callable[[], bool]) -> dict[str, Any]:
    """Work without an end: it stops only if it heeds what it is told."""
    while not (asked["heeds"] and stop()):
        time.sleep(0.02)
    return {"stopped": True}
