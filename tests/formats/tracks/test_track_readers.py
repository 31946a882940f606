"""Readers of tracks: against Python's own readers, against the formats' specifications."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import TrackError
from overflight.formats.tracks.csv_read import read_csv_track
from overflight.formats.tracks.csv_track import track_to_csv
from overflight.formats.tracks.igc import read_igc_track
from overflight.formats.tracks.reading import read_track_file
from overflight.formats.tracks.xml_read import read_gpx_track, read_kml_track
from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, PRESSURE, SIMULATED, track_of

HEAD = "time,lat,lon,height_m\n"
OPENSKY = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,"
    "baroaltitude,geoaltitude,lastposupdate,lastcontact\n"
    "1621407600,3c6444,55.1,36.2,125.0,90.5,0.0,GAF,False,False,False,1000,2004.1,2033.0,1,1\n"
    "1621407601,3c6444,55.1,36.21,125.0,90.5,0.0,GAF,False,False,False,1000,2004.1,2040.6,1,1\n"
)
TRAFFIC = (
    "timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track,vertical_rate\n"
    "2021-05-19 07:00:00+00:00,3c6444,GAF1,55.1,36.2,6600,243.0,90.5,0\n"
    "2021-05-19 07:00:01+00:00,3c6444,GAF1,55.1,36.21,6625,243.0,90.5,0\n"
)
# Lines after the FAI's technical specification, appendix A (record types A, H and B).
IGC = (
    "AXXX001\r\nHFDTE190521\r\nHFDTM100GPSDATUM:WGS84\r\n"
    "B2359585535123N03639000EA0198002010\r\n"
    "B0000025535200N03639500EA0198102011\r\n"
)
GPX = """<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"
 creator="t"><trk><trkseg>
 <trkpt lat="55.5" lon="36.5"><ele>2000.5</ele><time>2021-05-19T07:00:00Z</time></trkpt>
 <trkpt lat="55.6" lon="36.5"><ele>2001.0</ele><time>2021-05-19T07:00:10.5Z</time></trkpt>
</trkseg></trk></gpx>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Placemark><gx:Track><altitudeMode>absolute</altitudeMode>
<when>2021-05-19T07:00:00Z</when><when>2021-05-19T07:00:10Z</when>
<gx:coord>36.5 55.5 2000</gx:coord><gx:coord>36.5 55.6 2001</gx:coord>
<gx:angles>45 2 -3</gx:angles><gx:angles>46 1 4</gx:angles></gx:Track></Placemark></kml>"""
EARLIEST, LATEST = dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)  # noqa: DTZ001
SEVEN = dt.datetime(2021, 5, 19, 7, tzinfo=dt.UTC).timestamp()


def csv_of(text: str, **options: object) -> object:
    return read_csv_track(text.encode(), "t.csv", **options)  # type: ignore[arg-type]


NUMBERS = st.one_of(
    st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-280).map(repr),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: f"{x:.6f}"),
    st.floats(1e-280, 1e280).map(lambda x: f"{x:.5e}"),
    st.integers(-(10**14), 10**14).map(str),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_numbers_are_read_as_python_reads_them(texts: list[str]) -> None:
    rows = "".join(f"{i}, 1.0 ,2.0,{text}\n" for i, text in enumerate(texts))
    found = read_csv_track((HEAD + rows).encode(), "t.csv").track.height_m
    for text, value in zip(texts, found, strict=True):
        assert value == pytest.approx(float(text), rel=5e-15, abs=0.0) or value == float(text)


@settings(max_examples=80, deadline=None)
@given(
    st.datetimes(min_value=EARLIEST, max_value=LATEST),
    st.sampled_from(("Z", "+00:00", "+02:00", "-05:30", "+0530")),
    st.sampled_from(("T", " ")),
)
def test_instants_are_read_as_python_reads_them(at: dt.datetime, zone: str, gap: str) -> None:
    text = at.isoformat(sep=gap, timespec="microseconds") + zone
    wanted = dt.datetime.fromisoformat(text).timestamp()
    track = read_csv_track(f"{HEAD}{text},1,2,3\n".encode(), "t.csv").track
    assert track.time_s[0] == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2_000_000_000_000),
            st.floats(-90, 90), st.floats(-179.9, 179.9), st.floats(-400, 20000),
            st.floats(-89, 89), st.floats(0, 359.9),
        ),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_our_own_csv_comes_back(rows: list[tuple[float, ...]]) -> None:
    ms, lat, lon, height, roll, heading = (
        np.array(column, float) for column in zip(*rows, strict=True)
    )
    track = track_of(
        ms / 1000.0, lat, lon, height, roll_deg=roll, heading_deg=heading,
        datum=MEAN_SEA_LEVEL, source="a test", marks=(SIMULATED,),
    )  # fmt: skip
    back = read_csv_track(track_to_csv(track), "t.csv").track
    assert np.abs(back.time_s - track.time_s).max() < 1e-5
    assert np.abs(back.lat - lat).max() <= 5.1e-8 and np.abs(back.lon - lon).max() <= 5.1e-8
    assert np.abs(back.height_m - height).max() <= 0.00501
    assert np.isnan(back.pitch_deg).all()
    assert (back.datum, back.source, back.marks) == (MEAN_SEA_LEVEL, "a test", (SIMULATED,))


def test_a_cut_of_a_simulated_file_keeps_the_mark() -> None:
    track = track_of(np.arange(3.0), np.ones(3), np.ones(3), marks=(SIMULATED,))
    lines = track_to_csv(track).decode().splitlines()
    header = next(i for i, line in enumerate(lines) if line.startswith("time"))
    cut = "\n".join([lines[header], lines[-1]])
    assert read_csv_track(cut.encode(), "t.csv").track.marks == (SIMULATED,)


def test_opensky_state_vectors_are_metres_and_directions_are_no_headings() -> None:
    track = read_csv_track(OPENSKY.encode(), "t.csv").track
    assert track.time_s.tolist() == [1621407600.0, 1621407601.0]
    assert track.height_m.tolist() == [2033.0, 2040.6]
    assert track.datum == ELLIPSOID
    assert np.isnan(track.heading_deg).all()


def test_traffic_state_vectors_are_feet() -> None:
    track = read_csv_track(TRAFFIC.encode(), "t.csv").track
    assert track.time_s.tolist() == [SEVEN, SEVEN + 1]
    assert track.height_m == pytest.approx([6600 * 0.3048, 6625 * 0.3048])
    assert track.datum == PRESSURE


def test_one_of_several_aircraft_has_to_be_named() -> None:
    text = OPENSKY + OPENSKY.splitlines()[1].replace("3c6444", "abcdef") + "\n"
    with pytest.raises(TrackError, match="2 aircraft: 3c6444, abcdef"):
        csv_of(text)
    assert len(read_csv_track(text.encode(), "t.csv", aircraft="ABCDEF").track) == 1
    with pytest.raises(TrackError, match="no aircraft 999999"):
        csv_of(text, aircraft="999999")


def test_quotes_blank_cells_and_other_delimiters() -> None:
    text = '"time";"lat";"lon";"height_m"\r\n"2021-05-19T07:00:00Z";"55.5";"36.5";""\r\n'
    track = read_csv_track(text.encode(), "t.csv").track
    assert track.time_s[0] == SEVEN and math.isnan(track.height_m[0])


@pytest.mark.parametrize(
    ("row", "words"),
    (
        ("2021-05-19T07:00:00,1,2,3", "line 3: time .* has no time zone"),
        ("yesterday,1,2,3", "line 3: time 'yesterday' is not an instant"),
        ("2021-13-19T07:00:00Z,1,2,3", "line 3: time .* is not an instant"),
        ("5,north,2,3", "line 3: lat 'north' is not a number"),
        ("5,1", "line 3: .*too short"),
        ("5,91,2,3", "latitude is 91"),
        ("5,1,182,3", "longitude is 182"),
        (",1,2,3", "there is no time"),
        ("5,1,2,3.4.5", "line 3: height_m '3.4.5' is not a number"),
    ),
)
def test_what_is_wrong_is_told_with_its_line(row: str, words: str) -> None:
    with pytest.raises(TrackError, match=words):
        csv_of(f"{HEAD}0,1,2,3\n{row}\n")


def test_times_without_a_zone_can_be_said_to_be_utc() -> None:
    found = read_csv_track(f"{HEAD}2021-05-19T07:00:00,1,2,3\n".encode(), "t", assume_utc=True)
    assert found.track.time_s[0] == SEVEN


def test_a_height_without_a_unit_is_not_guessed() -> None:
    text = "time,lat,lon,altitude\n0,1,2,1000\n"
    with pytest.raises(TrackError, match="does not say its unit"):
        csv_of(text)
    assert read_csv_track(text.encode(), "t", height_unit="ft").track.height_m[0] == 304.8


def test_missing_columns_are_named() -> None:
    with pytest.raises(TrackError, match="no column for the longitude"):
        csv_of("time,lat,height_m\n0,1,2\n")


def test_igc_goes_on_past_midnight() -> None:
    found = read_igc_track(IGC.encode(), "t.igc")
    assert found.track.time_s[0] == dt.datetime(2021, 5, 19, 23, 59, 58, tzinfo=dt.UTC).timestamp()
    assert found.track.time_s[1] - found.track.time_s[0] == 4.0
    assert found.track.lat[0] == pytest.approx(55 + 35.123 / 60)
    assert found.track.lon[0] == pytest.approx(36 + 39.000 / 60)
    assert found.track.height_m.tolist() == [2010.0, 2011.0]
    assert found.line.tolist() == [4, 5]


def test_igc_without_satellite_heights_uses_the_altimeter() -> None:
    found = read_igc_track(IGC.replace("EA0198002010", "EV0198000000").encode(), "t.igc")
    assert found.track.datum == PRESSURE
    assert found.track.height_m.tolist() == [1980.0, 1981.0]


def test_igc_that_is_wrong() -> None:
    with pytest.raises(TrackError, match="line 4: the B record"):
        read_igc_track(IGC.replace("N036", "N03X").encode(), "t.igc")
    with pytest.raises(TrackError, match="before any date"):
        read_igc_track(IGC.replace("HFDTE190521", "HFXXX").encode(), "t.igc")


def test_gpx_and_kml() -> None:
    gpx = read_gpx_track(GPX.encode(), "t.gpx").track
    assert gpx.time_s.tolist() == [SEVEN, SEVEN + 10.5]
    assert gpx.lat.tolist() == [55.5, 55.6] and gpx.height_m.tolist() == [2000.5, 2001.0]
    kml = read_kml_track(KML.encode(), "t.kml").track
    assert kml.lon.tolist() == [36.5, 36.5] and kml.datum == MEAN_SEA_LEVEL
    # gx:angles are heading, tilt, roll (KML reference)
    assert kml.heading_deg.tolist() == [45.0, 46.0]
    assert kml.pitch_deg.tolist() == [2.0, 1.0] and kml.roll_deg.tolist() == [-3.0, 4.0]


def test_drawn_lines_and_routes_are_no_tracks() -> None:
    with pytest.raises(TrackError, match="route or waypoints"):
        read_gpx_track(b"<gpx><rte><rtept lat='1' lon='2'/></rte></gpx>", "t.gpx")
    with pytest.raises(TrackError, match="no gx:Track"):
        read_kml_track(b"<kml><LineString/></kml>", "t.kml")
    with pytest.raises(TrackError, match="point 1 has no time"):
        read_gpx_track(b"<gpx><trk><trkseg><trkpt lat='1' lon='2'/></trkseg></trk></gpx>", "t")
    with pytest.raises(TrackError, match="not XML"):
        read_gpx_track(b"<gpx><trk>", "t.gpx")


@pytest.mark.parametrize(
    ("name", "text", "points"),
    (
        ("a.csv", OPENSKY, 2),
        ("b.gpx", GPX, 2),
        ("c.txt", GPX, 2),
        ("d.kml", KML, 2),
        ("e.igc", IGC, 2),
    ),
)
def test_the_contents_tell_the_format(tmp_path: Path, name: str, text: str, points: int) -> None:
    (tmp_path / name).write_bytes(text.encode())
    assert len(read_track_file(tmp_path / name).track) == points


def test_geoparquet_as_geopandas_writes_it(tmp_path: Path) -> None:
    import geopandas

    frame = geopandas.GeoDataFrame(
        {
            "timestamp": np.array(["2021-05-19T07:00:00", "2021-05-19T07:00:01"], "datetime64[ms]"),
            "height_m": [2000.0, 2001.0],
        },
        geometry=geopandas.points_from_xy([36.5, 36.6], [55.5, 55.6]),
        crs="EPSG:4326",
    )
    frame.to_crs(3857).to_parquet(tmp_path / "t.parquet")
    track = read_track_file(tmp_path / "t.parquet").track
    assert track.time_s.tolist() == [SEVEN, SEVEN + 1]
    assert track.lat == pytest.approx([55.5, 55.6]) and track.lon == pytest.approx([36.5, 36.6])
    (tmp_path / "x.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(TrackError, match="cannot be read"):
        read_track_file(tmp_path / "x.parquet")


def test_nothing_at_all() -> None:
    with pytest.raises(TrackError, match="no point with a time"):
        csv_of(HEAD)
