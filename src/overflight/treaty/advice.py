"""The advice of a regime for the seats aboard, made from the rows of monitor.toml."""

from __future__ import annotations

from overflight.terms.advice import Advice
from overflight.treaty.cite import Citer
from overflight.treaty.rows import Row


def build_advice(row: Row, cite: Citer) -> Advice:
    """A sentence from its well-formed row."""
    data = row.data
    return Advice(data["on"], data["seat"], " ".join(data["text"].split()), cite(row))
