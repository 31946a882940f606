"""The parts of a mosaic by themselves: cheapest cuts, pyramids, what lies beside a frame."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mosaic_frames import put
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from overflight.errors import DataError
from overflight.imagery.mosaic.beside import Neighbourhood
from overflight.imagery.mosaic.blend import Part, blended
from overflight.imagery.mosaic.gather import sheets_of
from overflight.imagery.mosaic.maxflow import least_cut
from overflight.terms.track import SIMULATED

STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_the_cut_costs_what_scipy_lets_flow(rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    count = rows * columns
    room = random.integers(0, 9, size=(count, 4)).astype(np.int32)
    ends = random.integers(-12, 13, size=count).astype(np.int64)
    edges = np.zeros((count + 2, count + 2), dtype=np.int32)
    for p in range(count):
        r, c = divmod(p, columns)
        for d, (down, right) in enumerate(STEPS):
            if 0 <= r + down < rows and 0 <= c + right < columns:
                edges[p, p + down * columns + right] = room[p, d]
            else:
                room[p, d] = 0
    edges[count, :count] = np.maximum(ends, 0)
    edges[:count, count + 1] = np.maximum(-ends, 0)
    flow = maximum_flow(csr_matrix(edges), count, count + 1).flow_value
    side = least_cut(room.copy(), ends.copy(), columns).astype(bool)
    inside = np.append(side, [True, False])
    assert edges[np.ix_(inside, ~inside)].sum() == flow


def halves(step: float, columns: int = 512) -> tuple[list[Part], np.ndarray]:
    """Two frames that see everything, the second brighter by ``step``; each has one half."""
    random = np.random.default_rng(3)
    one = random.uniform(50.0, 150.0, size=(256, columns, 1)).astype(np.float32)
    seen = np.ones((256, columns), dtype=np.bool_)
    own = np.zeros((256, columns), dtype=np.int32)
    own[:, columns // 2 :] = 1
    return [Part(0, one, seen), Part(1, one + np.float32(step), seen)], own


def test_a_step_becomes_a_slope_and_detail_stays() -> None:
    parts, own = halves(20.0)
    over = (blended(parts, own, "multiband") - parts[0].values)[:, :, 0]
    np.testing.assert_allclose(over[:, :160], 0.0, atol=1e-3)
    np.testing.assert_allclose(over[:, 352:], 20.0, atol=1e-3)
    slope = np.diff(over, axis=1)
    assert slope.min() >= -1e-3 and slope.max() < 1.0  # of 20: no edge is left
    np.testing.assert_allclose(over[0], over[-1], atol=1e-3)


def test_a_seam_at_the_rim_of_a_frame_is_as_soft() -> None:
    """The second frame begins just where its part does; how it would go on is carried on."""
    parts, own = halves(20.0)
    seen = parts[1].seen.copy()
    seen[:, :252] = False
    values = np.where(seen[:, :, None], parts[1].values, np.float32(0.0))
    over = blended([parts[0], Part(1, values, seen)], own, "multiband") - parts[0].values
    assert np.abs(np.diff(over[:, :, 0], axis=1)).max() < 1.0


def test_what_is_beside_a_frame_marks_it(tmp_path: Path) -> None:
    grey = np.full((60, 60), 90, dtype=np.uint8)
    for name, at in (("a", 0), ("b", 30), ("c", 60)):
        put(tmp_path / f"{name}.tif", grey, (0, at))
    (tmp_path / "a.annotation.json").write_text(json.dumps({"marks": [SIMULATED]}))
    item = {
        "type": "Feature",
        "properties": {"overflight:marks": ["EXERCISE"]},
        "assets": {"data": {"href": "./b.tif"}},
    }
    (tmp_path / "item.json").write_text(json.dumps(item))
    (tmp_path / "other.json").write_text("{not JSON")
    marks = [sheet.marks for sheet in sheets_of([tmp_path])]
    assert marks == [(SIMULATED,), ("EXERCISE",), ()]
    (tmp_path / "c.annotation.json").write_text("{not JSON")
    with pytest.raises(DataError, match="cannot be read"):
        Neighbourhood().marks(tmp_path / "c.tif")
