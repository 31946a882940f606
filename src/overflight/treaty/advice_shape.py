"""What monitor.toml may hold: sentences for the seats aboard."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.shape import Table, may, need

MONITOR: Mapping[str, Table] = {
    "advice": Table(
        {
            "on": need("id"),
            "seat": need("text", "observing", "observed"),
            "text": need(),
            "cite": need("cite"),
            "note": may(),
        },
        ("on", "seat", "text"),
    )
}
