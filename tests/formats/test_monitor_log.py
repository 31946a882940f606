"""The monitor's log: numbers come back to the last bit, a cut end is left out, a change is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import OverflightError
from overflight.formats.monitor_log import (
    fix_from_dict,
    fix_to_dict,
    line_of,
    read_log,
    read_log_track,
)
from overflight.formats.tracks.reading import read_track_file
from overflight.terms.live_fix import LiveFix

HEAD = line_of({"kind": "monitor-log", "version": 1})
FINITE = st.floats(allow_nan=False, allow_infinity=False)
FIXES = st.builds(
    LiveFix,
    tod_s=st.one_of(st.none(), FINITE),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    date=st.one_of(st.none(), st.dates()),
    height_m=st.one_of(st.none(), FINITE),
    ellipsoid_m=st.one_of(st.none(), FINITE),
    speed_km_h=st.one_of(st.none(), FINITE),
    simulated=st.booleans(),
)


def fix_line(n: int, time_s: float, **more: object) -> bytes:
    fix = {"lat": 55.0, "lon": 36.0 + n / 1000, "height_m": 2000.0}
    return line_of({"do": "fix", "n": n, "fix": fix, "points": [[n, time_s]], **more})


@given(FIXES)
def test_a_fix_comes_back_as_it_was(fix: LiveFix) -> None:
    assert fix_from_dict(json.loads(json.dumps(fix_to_dict(fix)))) == fix


@given(st.integers(0, 200))
def test_a_line_that_was_cut_off_is_left_out(cut: int) -> None:
    whole = HEAD + fix_line(1, 100.0) + fix_line(2, 101.0)
    torn = whole + fix_line(3, 102.0)[:cut].rstrip(b"\n")
    log = read_log(torn, "l")
    assert len(log.entries) == 2
    assert (log.whole_bytes, log.cut_bytes) == (len(whole), len(torn) - len(whole))


def test_points_that_a_later_line_made_sure_are_in_the_track_at_their_time() -> None:
    lines = [
        HEAD,
        fix_line(1, 100.0),
        fix_line(2, 0.0, points=[]),
        fix_line(3, 0.0, points=[[2, 101.0], [3, 102.0]]),
        fix_line(4, 0.0, points=[]),
    ]
    track = read_log_track(b"".join(lines), "l").track
    assert track.time_s.tolist() == [100.0, 101.0, 102.0]
    assert track.lon.tolist() == [36.001, 36.002, 36.003]


@pytest.mark.parametrize("where", (0, 1, 2))
def test_a_mark_in_any_line_marks_the_track(where: int) -> None:
    lines = [HEAD, fix_line(1, 100.0), fix_line(2, 101.0)]
    entry = {**json.loads(lines[where]), "marks": "SIMULATED"}
    lines[where] = line_of(entry)
    assert read_log_track(b"".join(lines), "l").track.marks == ("SIMULATED",)


@pytest.mark.parametrize(
    "bad",
    (
        b"",
        b"{}\n",
        b"not json\n",
        HEAD + b"[1,2]\n",
        HEAD + b'{"do":"fix","n":1,"fix":{"lat":"x","lon":1},"points":[[1,5]]}\n',
        HEAD + b'{"do":"fix","n":1,"fix":{"lat":1,"lon":1},"points":[[7,5]]}\n',
        HEAD + b'{"do":"fix","n":1,"fix":{"lat":99,"lon":1},"points":[[1,5]]}\n',
        HEAD.replace(b'"version":1', b'"version":9'),
        b"[" * 100000 + b"\n",
    ),
)
def test_what_is_no_log_is_refused(bad: bytes) -> None:
    with pytest.raises(OverflightError) as caught:
        read_log_track(bad, "l")
    assert caught.value.remedy


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for body in (data, HEAD + data):
        try:
            read_log_track(body, "l")
        except OverflightError as error:
            assert error.remedy


def test_the_readers_of_tracks_know_a_log(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(HEAD + fix_line(1, 100.0) + fix_line(2, 101.0))
    recorded = read_track_file(path)
    assert len(recorded.track) == 2 and recorded.track.datum == "mean-sea-level"
    assert recorded.place(1) == "line 3"
