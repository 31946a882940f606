"""The aerotriangulated pair of NGI: its orientation is the truth, its pictures are measured."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from shared_data import needs_shared, shared

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))


@needs_shared
@pytest.mark.slow
def test_check_points_after_control_are_within_one_and_a_half_ground_samples() -> None:
    from orientation import TYING, measured, pair, put_wrong

    from overflight.imagery.collinear import project
    from overflight.imagery.orient.adjust import Belief
    from overflight.imagery.orient.control import refined
    from overflight.imagery.orient.tie import ties_between

    frames, pictures, surface = pair(shared("orthority_tests"))
    ties = ties_between(frames, pictures, surface, 0, 6, TYING)
    assert len(ties.places) > 100
    # angles, convergence, camera and elevations are right if what one frame shows is found where
    # the other, the elevations and both orientations say
    second = ties.sightings.frame == 1
    off = ties.sightings.pixels[second] - project(
        frames[1].interior, frames[1].exterior, ties.places[ties.sightings.point[second]]
    )
    assert np.abs(np.median(off, axis=0)).max() < 0.1
    control = measured(frames, ties)
    wrong = put_wrong(frames, 2)
    belief = Belief(20.0, 0.3, 0.3)
    _, report = refined(
        wrong, None, None, belief, control=control, control_sigma_m=1.0, control_pixel=0.3
    )
    assert report.check_px < 1.5 and report.check_m < 1.5 * 5.7
    assert sum(row.check for row in report.points) > 200
