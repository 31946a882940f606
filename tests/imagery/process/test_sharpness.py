"""A frame against its limit: which evidence decides, and when nothing does."""

from __future__ import annotations

import pytest

from overflight.imagery.process.sharpness import Measured, SharpnessRule, held_against

RULE = SharpnessRule("IV.2", "No finer than the category may", "IV.2", 0.30, "IV.2(A)")
WITH_H_MIN = SharpnessRule(
    "IV.2", "No finer than the category may", "IV.2", 0.30, "IV.2(A)", 900.0, "certification"
)


@pytest.mark.parametrize(
    ("rule", "sample", "height", "measured", "verdict"),
    [
        (RULE, 0.05, 800.0, Measured(0.20, 0.18, 0.22), "breach"),
        (RULE, 0.05, 800.0, Measured(0.28, 0.25, 0.31), "undetermined"),
        (RULE, 0.05, 800.0, Measured(0.33, 0.30, 0.36), "compliant"),
        # a target says more than H_min does
        (WITH_H_MIN, 0.05, 800.0, Measured(0.33, 0.31, 0.36), "compliant"),
        (WITH_H_MIN, 0.05, 899.0, None, "breach"),
        (WITH_H_MIN, 0.05, 900.0, None, "compliant"),
        (WITH_H_MIN, 0.05, None, None, "undetermined"),
        (RULE, 0.31, None, None, "compliant"),
        (RULE, 0.29, 800.0, None, "undetermined"),
    ],
)
def test_verdicts(
    rule: SharpnessRule, sample: float, height: float | None, measured: Measured | None,
    verdict: str,
) -> None:  # fmt: skip
    found = held_against(rule, "f1", sample_m=sample, height_m=height, measured=measured)
    assert found.verdict == verdict
    assert bool(found.needs) == (verdict == "undetermined")
    assert found.cite == "IV.2"
    assert found.limit_cite == "IV.2(A)"
