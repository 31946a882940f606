"""Passes against skyfield's, and the Sun against the almanac."""

import datetime as dt
import tomllib
from pathlib import Path

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.study.coverage.satellites import accesses, moment_of, read_tle, stale
from overflight.study.coverage.sun import elevation_deg

CASES = tomllib.loads(
    (Path(__file__).parents[2] / "cases" / "satellite_passes.toml").read_text(encoding="utf-8")
)
pytest.importorskip("sgp4")


@pytest.fixture(scope="module")
def tle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tle") / "made.tle"
    file.write_text(CASES["tle"], encoding="utf-8")
    return file


def julian(moment: dt.datetime) -> float:
    return 2440587.5 + moment.timestamp() / 86400


def test_every_pass_of_the_oracle_and_no_other(tle: Path) -> None:
    lat, lon = np.array(CASES["sites"], dtype=float).T
    found = accesses(
        read_tle(tle), lat, lon, CASES["begin"], CASES["days"], off_nadir_deg=CASES["limit_deg"]
    )
    begin = julian(CASES["begin"])
    mine = sorted(
        (int(k), int(i), (jd - begin) * 86400, angle)
        for k, i, jd, angle in zip(
            found.satellite, found.site, found.jd, found.off_nadir_deg, strict=True
        )
    )
    assert [m[:2] for m in mine] == [tuple(p[:2]) for p in CASES["passes"]]
    assert max(abs(m[2] - p[2]) for m, p in zip(mine, CASES["passes"], strict=True)) < 1.5
    # sampling every second leaves up to half a second of flight, 0.4 degrees a second near nadir
    over = [p[3] - m[3] for m, p in zip(mine, CASES["passes"], strict=True)]
    assert min(over) > -0.003
    assert max(over) < 0.06


def test_daylight_and_the_end_of_the_time_asked_about(tle: Path) -> None:
    lat, lon = np.array(CASES["sites"], dtype=float).T
    everything = accesses(read_tle(tle), lat, lon, CASES["begin"], 2, off_nadir_deg=45)
    by_day = accesses(read_tle(tle), lat, lon, CASES["begin"], 2, off_nadir_deg=45, min_sun_deg=10)
    assert 0 < len(by_day.jd) < len(everything.jd)
    assert (by_day.sun_deg >= 10).all()
    assert (everything.jd < julian(CASES["begin"]) + 2).all()
    assert (everything.off_nadir_deg <= 45).all()
    one = accesses(read_tle(tle), lat, lon, CASES["begin"], 2, off_nadir_deg=45, workers=1)
    assert (one.jd == everything.jd).all(), "depends on how many work"


def test_the_sun() -> None:
    """Meeus, Astronomical Algorithms: at the equinox of 20 March 2021, 09:37 UTC, the Sun stands
    over the equator; declination 23.44 degrees at the solstice of 21 June 2021, 03:32 UTC."""
    for when, declination in (("2021-03-20T09:37", 0.0), ("2021-06-21T03:32", 23.436)):
        jd = julian(dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC))
        lon = np.linspace(-180, 180, 3601)
        highest = elevation_deg(np.full(3601, jd), np.full(3601, declination), lon).max()
        assert highest == pytest.approx(90, abs=0.1)
    # NOAA's solar calculator: Greenwich, 2021-06-21 12:00 UTC, elevation 61.9 degrees
    noon = julian(dt.datetime(2021, 6, 21, 12, tzinfo=dt.UTC))
    (height,) = elevation_deg(np.array([noon]), np.array([51.4779]), np.array([0.0]))
    assert height == pytest.approx(61.96, abs=0.1)


def test_moments() -> None:
    moment = dt.datetime(2021, 3, 8, 12, 30, tzinfo=dt.UTC)
    assert abs((moment_of(julian(moment)) - moment).total_seconds()) < 1e-3


def test_old_elements_are_called_old(tle: Path) -> None:
    lat, lon = np.array([50.0]), np.array([30.0])
    late = CASES["begin"] + dt.timedelta(days=60)
    assert stale(accesses(read_tle(tle), lat, lon, late, 1, off_nadir_deg=30))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.replace("2 90000", "2 90009", 1), "checksum|same satellite"),
        (lambda t: t[:60] + "9" + t[61:], "checksum"),
        (lambda _: "nothing here\n", "no two-line elements"),
        (lambda t: "\n".join(t.splitlines()[2:]), "follows no first line"),
    ],
)
def test_elements_that_are_wrong(tmp_path: Path, change, words: str) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "x.tle"
    file.write_text(change(CASES["tle"].lstrip()), encoding="utf-8")
    with pytest.raises(DataError, match=words):
        read_tle(file)


def test_limits_that_cannot_be(tle: Path) -> None:
    lat, lon = np.array([50.0]), np.array([30.0])
    for angle, days in ((0, 1), (90, 1), (30, 0), (30, 401)):
        with pytest.raises(DataError, match="will not do"):
            accesses(read_tle(tle), lat, lon, CASES["begin"], days, off_nadir_deg=angle)
