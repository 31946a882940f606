"""What was read of an infra-red line scanner, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def infrared_text(document: Mapping[str, Any], table: Table) -> str:
    """H_min first, then passes, triplets, and what of it is ours."""
    marks = " ".join(document["marks"])
    lines = [f"{marks}: " * bool(marks) + document["scanner"]]
    if document["h_min_m"] is None:
        lines.append(f"H_min: unknown: {document['why']}")
    else:
        low, high = document["interval_95_m"] or (None, None)
        said = f"H_min: {document['h_min_m']:.0f} m above ground"
        lines.append(said + ("" if low is None else f" (95 %: {low:.0f} to {high:.0f} m)"))
        if document["h_min_next_m"] is not None:
            lines.append(
                "  by the next heights flown, where bars were lost: "
                f"{document['h_min_next_m']:.0f} m; the truth lies between"
            )
        if document["h_min_by_pass_m"] is not None:
            lines.append(f"  by each pass's own narrowest bar: {document['h_min_by_pass_m']:.0f} m")
        if document["h_min_two_media_m"] is not None:
            both = document["h_min_two_media_m"]
            lines.append(f"  where two media record at once the higher applies: {both:.0f} m")
        lines.append(f"  exponent {document['exponent']:.3g}, agreed difference "
                     f"{document['agreed_difference_k']:g} K")  # fmt: skip
    rows = [
        [p["pass"], f"{p['height_m']:g}",
         _or(p["bar_m"], ".3f") + (" (eye)" if p["by_eye"] else ""), _or(p["arrived_k"], ".2f"),
         _or(p["share"], ".3f"), _or(p["difference_k"], ".2f"), p["why"]]
        for p in document["passes"]
    ]  # fmt: skip
    titles = ["pass", "height, m", "bar, m", "arrived, K", "share", "on ground, K", "why not"]
    lines += ["", table(titles, rows), "", "triplets"]
    rows = [
        [f"{t['height_m']:g}", f"{t['bar_m']:.3f}", f"{t['difference_k']:.2f}",
         f"{t['not_at_m']:g}", t["pass"]]
        for t in document["triplets"]
    ]  # fmt: skip
    lines.append(table(["height, m", "bar, m", "difference, K", "not at, m", "pass"], rows))
    lines.append("")
    for key, word in (("settled", "settled"), ("ours", "ours"), ("doubts", "doubt"),
                      ("rests_on", "note")):  # fmt: skip
        lines += [f"{word}: {said}" for said in document[key]]
    return "\n".join(lines)


def _or(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
