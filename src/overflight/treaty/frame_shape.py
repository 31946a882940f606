"""What the rows of a regime's frame hold: ceilings, suspension, the end of the whole."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.shape import Key, Table, may, need
from overflight.treaty.vocabulary import CEILING_COUNTS, CEILING_PER

CEILING_KEYS: Mapping[str, Key] = {
    "zone": need("id"),
    "category": need("id"),
    "counts": need("text", *CEILING_COUNTS),
    "per": need("text", *CEILING_PER),
    "value": may("whole"),
}
CEILING_IDENTITY = ("zone", "category", "counts", "per")

SUSPENSION = Table(
    {"clause": may("flag"), "effect": need(), "cite": need("cite"), "note": may()}, single=True
)
TERMINATION = Table({"date": need("date"), "cite": need("cite"), "note": may()}, single=True)
