"""Terrain for one place at a time is the terrain that the audit reads for all at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


@pytest.mark.parametrize("crs", ("EPSG:4326", "EPSG:32637"))
def test_the_same_cells(tmp_path: Path, crs: str) -> None:
    rasterio = pytest.importorskip("rasterio")
    from rasterio.transform import from_origin

    from overflight.flying.ground import ground_under
    from overflight.flying.monitor.terrain import TerrainUnder

    generator = np.random.default_rng(2)
    cells = generator.uniform(0, 500, (600, 700)).astype("float32")
    cells[100:200, 100:200] = -9999.0
    degrees = crs == "EPSG:4326"
    origin = from_origin(35.0, 57.0, 0.005, 0.005) if degrees else from_origin(3e5, 6.3e6, 500, 500)
    path = tmp_path / "g.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=700, height=600, count=1, dtype="float32", crs=crs,
        transform=origin, nodata=-9999.0,
    ) as file:  # fmt: skip
        file.write(cells, 1)
    lat, lon = generator.uniform(53.5, 57.5, 300), generator.uniform(34.5, 39.0, 300)
    whole = ground_under(path, lat, lon)
    under = TerrainUnder(path)
    single = [under(float(y), float(x)) for y, x in zip(lat, lon, strict=True)]
    assert np.isfinite(whole).sum() > 50 and np.isnan(whole).sum() > 10
    assert [np.nan if v is None else v for v in single] == pytest.approx(
        whole.tolist(), nan_ok=True
    )
