"""Tracks written and read again, by us and by GDAL, which knows both XML formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.formats.tracks.reading import read_track_file
from overflight.formats.tracks.writing import track_bytes
from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, SIMULATED, Track, track_of


def made(datum: str = MEAN_SEA_LEVEL) -> Track:
    n = 5
    return track_of(
        1_621_407_600.0 + np.arange(n) * 0.5,
        np.linspace(55.0, 55.01, n),
        np.linspace(179.999, 180.001, n) % 360.0 - np.array([0, 0, 0, 360, 360]),
        np.linspace(2000.0, 2010.25, n),
        roll_deg=np.linspace(-1, 1, n),
        pitch_deg=np.full(n, 2.5),
        heading_deg=np.linspace(359.0, 359.5, n),
        datum=datum,
        source="a test & <nothing> else",
        marks=(SIMULATED,),
    )


@pytest.mark.parametrize("ending", [".csv", ".gpx", ".kml", ".parquet"])
def test_what_is_written_is_read_again(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"track{ending}"
    path.write_bytes(track_bytes(made(), path))
    again = read_track_file(path).track
    assert SIMULATED in again.marks
    np.testing.assert_allclose(again.time_s, made().time_s, atol=1e-3)
    np.testing.assert_allclose(again.lat, made().lat, atol=1e-7)
    np.testing.assert_allclose(again.lon, made().lon, atol=1e-7)
    np.testing.assert_allclose(again.height_m, made().height_m, atol=6e-3)
    if ending != ".gpx":  # it has no place for attitude
        np.testing.assert_allclose(again.heading_deg, made().heading_deg, atol=1e-3)
        np.testing.assert_allclose(again.roll_deg, made().roll_deg, atol=1e-3)


@pytest.mark.parametrize("ending", [".gpx", ".kml"])
def test_no_height_is_passed_off_as_one_above_the_sea(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"track{ending}"
    text = track_bytes(made(ELLIPSOID), path).decode()
    assert "2010.25" not in text
    assert "count from ellipsoid" in text


def test_others_read_the_gpx(tmp_path: Path) -> None:
    import pyogrio

    path = tmp_path / "track.gpx"
    path.write_bytes(track_bytes(made(), path))
    points = pyogrio.read_dataframe(path, layer="track_points")
    assert len(points) == 5
    assert points.ele.iloc[-1] == pytest.approx(2010.25)
    assert points.geometry.iloc[0].y == pytest.approx(55.0)


def test_another_ending_is_refused() -> None:
    with pytest.raises(DataError, match="no track is written"):
        track_bytes(made(), Path("track.docx"))
