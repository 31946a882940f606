"""A plan's explanation as JSON (schema: plan-explanation). It stays on the side that made it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from overflight.terms.explanation import EXPLANATION_VERSION, Explanation


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """The plan-explanation document; km, and the plan's own values."""
    document = asdict(explanation)
    for name in ("left_out", "out_of_sight", "variants"):
        document[name] = [_plain(part) for part in document[name]]
    return {"kind": "plan-explanation", "version": EXPLANATION_VERSION, **document}


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in part.items()}
