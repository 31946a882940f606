"""The checks of a film's process: each step of the regime's checklist with a verdict.

What a scan can answer is answered by it: how many steps there are, whether they meet what was
declared. The rest is what people saw; what they did not say is undetermined, never assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.imagery.film.asked import Declared
from overflight.imagery.film.curve import Curve, Known
from overflight.imagery.film.wedge import Step
from overflight.terms.checklists import Checklist

STEPS = "step_densities"
_ALL_STEPS = 3.04
"""Deviations that hold 95 % for all of 21 steps at once (1 - 0.05 / 21 each, both sides)."""
COMPLIANT, BREACH, UNDETERMINED, NOTHING = "compliant", "breach", "undetermined", "does not apply"


@dataclass(frozen=True, slots=True)
class Check:
    """One step: its verdict, what it rests on in words, and its paragraph."""

    asks: str
    text: str
    verdict: str
    because: str
    cite: str

    def as_dict(self) -> dict[str, str]:
        return {
            "asks": self.asks, "text": self.text, "verdict": self.verdict,
            "because": self.because, "cite": self.cite,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Met:
    """A characteristic against what was declared."""

    name: str
    measured: Known
    declared: float | None
    tolerance: float | None
    verdict: str
    because: str


def characteristics(curve: Curve) -> dict[str, Known]:
    """What is measured of a curve, by the names under which it is declared."""
    return {
        "gamma": curve.gamma, "base_fog": curve.base_fog, "speed": curve.speed,
        "range": curve.range, "average_gradient": curve.average_gradient,
    }  # fmt: skip


def against(curve: Curve | None, declared: Mapping[str, Declared]) -> tuple[Met, ...]:
    """Each characteristic: compliant where its whole interval lies within the tolerance, a breach
    where none of it does, undetermined between the two and where anything is missing."""
    if curve is None:
        return ()
    found = []
    for name, known in characteristics(curve).items():
        told = declared.get(name)
        value = None if told is None else told.value
        tolerance = None if told is None else told.tolerance
        found.append(Met(name, known, value, tolerance, *_met(known, value, tolerance)))
    return tuple(found)


def _met(known: Known, value: float | None, tolerance: float | None) -> tuple[str, str]:
    if value is None:
        return UNDETERMINED, "nothing was declared"
    if known.value is None or known.interval is None:
        return UNDETERMINED, known.why
    if tolerance is None:
        off = known.value - value
        return UNDETERMINED, f"off by {off:+.4g}; no tolerance was declared, and the text has none"
    low, high = known.interval
    if abs(low - value) <= tolerance and abs(high - value) <= tolerance:
        return COMPLIANT, "the whole interval is within the tolerance"
    if low > value + tolerance or high < value - tolerance:
        return BREACH, "the whole interval is outside of the tolerance"
    return UNDETERMINED, "the interval reaches over the tolerance"


def steps_against(
    steps: Sequence[Step], declared: Sequence[float], tolerance: float | None
) -> tuple[Met, ...]:
    """The step that lies farthest from its declared density, and a verdict on all: compliant where
    every step's interval lies within the tolerance, a breach where that of one lies outside."""
    if not declared or not steps:
        return ()
    nothing = Known(None, why=f"{len(steps)} steps were read, {len(declared)} are declared")
    if len(declared) != len(steps):
        return (Met(STEPS, nothing, 0.0, tolerance, UNDETERMINED, nothing.why),)
    rows = [(s.density - d, _ALL_STEPS * s.deviation) for s, d in zip(steps, declared, strict=True)]
    number, (off, wide) = max(enumerate(rows, start=1), key=lambda r: abs(r[1][0]))
    known = Known(off, (off - wide, off + wide))
    if tolerance is None:
        said = f"step {number} is off by {off:+.3f}; no tolerance was declared"
        return (Met(STEPS, known, 0.0, None, UNDETERMINED, said),)
    if all(abs(o) + w <= tolerance for o, w in rows):
        return (Met(STEPS, known, 0.0, tolerance, COMPLIANT, "every step is within"),)
    out = [str(k) for k, (o, w) in enumerate(rows, start=1) if abs(o) - w > tolerance]
    if out:
        return (Met(STEPS, known, 0.0, tolerance, BREACH, f"outside: step {', '.join(out)}"),)
    return (Met(STEPS, known, 0.0, tolerance, UNDETERMINED, "an interval reaches over it"),)


def together(verdicts: Iterable[str]) -> str:
    """One verdict of several: a breach if there is one, then undetermined, then compliant."""
    said = [v for v in verdicts if v != NOTHING]
    if BREACH in said:
        return BREACH
    return UNDETERMINED if UNDETERMINED in said or not said else COMPLIANT


def checked(
    checklist: Checklist | None, told: Mapping[str, bool], seen: Mapping[str, tuple[str, str]]
) -> tuple[Check, ...]:
    """Every step of the checklist. ``told``: answers by people; ``seen``: verdict and reason of
    what was measured, which stand before what is told."""
    if checklist is None:
        return ()
    found = []
    for item in checklist.items:
        verdict, because = UNDETERMINED, "not told"
        if item.asks in seen:
            verdict, because = seen[item.asks]
        elif item.asks in told:
            yes = told[item.asks]
            if item.right:
                verdict = COMPLIANT if yes else NOTHING
                because = "the right was used" if yes else "the right was not used"
            else:
                verdict, because = (COMPLIANT, "told so") if yes else (BREACH, "told: it was not")
        elif item.right:
            verdict, because = NOTHING, "a right; not told whether it was used"
        found.append(Check(item.asks, item.text, verdict, because, item.cite))
    return tuple(found)


def seen_of(
    steps: int | None, wanted: int | None, met: Iterable[Met], declared: Any
) -> dict[str, tuple[str, str]]:
    """What the wedge answers of the checklist."""
    found: dict[str, tuple[str, str]] = {}
    rows = [m for m in met if m.declared is not None]
    if declared:
        found["declared"] = (COMPLIANT, f"declared: {', '.join(sorted(declared))}")
    if steps is not None and wanted is not None:
        same = steps == wanted
        found["steps"] = (COMPLIANT if same else BREACH, f"{steps} steps were read")
    if rows:
        verdict = together(m.verdict for m in rows)
        said = "; ".join(f"{m.name}: {m.because}" for m in rows)
        found["meets"] = (verdict, said)
        found["assessed"] = (COMPLIANT, "this document")
    return found
