"""When satellites of given orbits pass so that they could look at a site. An access is no image.

Orbits by SGP4 (Vallado et al. 2006), every minute; between them by cubics through position and
velocity, which leave less than 20 m. From TEME to the Earth by sidereal time alone: no polar
motion, UT1 taken as UTC, together less than 500 m. A pass counts once, at the moment of its least
off-nadir angle, if that is within the limit there.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.study.coverage.kernels import passes
from overflight.study.coverage.sun import elevation_deg, gmst

if TYPE_CHECKING:
    from sgp4.api import Satrec

Floats = NDArray[np.float64]
STEP_S = 60.0
_EARTH_RATE = 7.292115146706979e-5
_A_KM, _E2 = 6378.137, 6.69437999014e-3
_STALE_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Orbit:
    """A satellite of a file of two-line elements. ``epoch``: the day for which they hold best."""

    name: str
    line: int
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Accesses:
    """Every pass within the limits: arrays of one length, in order of site and time.

    ``site``, ``satellite``: numbers; ``jd``: Julian date UTC of the least off-nadir angle;
    ``off_nadir_deg``; ``sun_deg``: elevation of the Sun at the site then. ``oldest_days``: how far
    the oldest elements lie from the time asked about.
    """

    site: NDArray[np.int64]
    satellite: NDArray[np.int64]
    jd: Floats
    off_nadir_deg: Floats
    sun_deg: Floats
    oldest_days: float


def read_tle(path: Path) -> tuple[Orbit, ...]:
    """Two-line elements, with or without a line of the name before. Raises DataError, with the
    line, for a checksum that is wrong and for lines that do not belong together."""
    found: list[Orbit] = []
    name, first = "", ""
    for number, text in enumerate(decode_utf8(read_bounded(path), str(path)).splitlines(), start=1):
        line = text.rstrip()
        if not line:
            continue
        if line.startswith("1 ") and len(line) >= 69:
            first = _checked(line, path, number)
        elif line.startswith("2 ") and len(line) >= 69:
            second = _checked(line, path, number)
            if not first or first[2:7] != second[2:7]:
                raise DataError(
                    "this second line follows no first line of the same satellite",
                    file=path, line=number, remedy="Give both lines, one after the other.",
                )  # fmt: skip
            found.append(Orbit(name or first[2:7].strip(), number, first, second))
            name, first = "", ""
        else:
            name = line.removeprefix("0 ").strip()
    if not found:
        raise DataError(
            "there are no two-line elements", file=path, remedy="Give lines 1 and 2 of each orbit."
        )
    return tuple(found)


def _checked(line: str, path: Path, number: int) -> str:
    total = sum(int(c) if c.isdecimal() else c == "-" for c in line[:68]) % 10
    if not line[68].isdecimal() or int(line[68]) != total:
        raise DataError(
            f"the checksum of this line is {line[68]!r} and should be {total}",
            file=path, line=number, remedy="Take the elements anew; a character is wrong.",
        )  # fmt: skip
    return line[:69]


def accesses(
    orbits: Sequence[Orbit],
    lat_deg: Floats,
    lon_deg: Floats,
    begin: dt.datetime,
    days: float,
    *,
    off_nadir_deg: float,
    min_sun_deg: float = -90.0,
    workers: int | None = None,
) -> Accesses:
    """All passes over the sites. ``lat_deg``, ``lon_deg``: shape (sites,).

    Raises DataError for angles or times that cannot be, and for an orbit that decays meanwhile.
    """
    if not 0 < off_nadir_deg < 90 or not 0 < days <= 400:
        raise DataError(
            f"an off-nadir angle of {off_nadir_deg:g} degrees over {days:g} days will not do",
            remedy="Give an angle between 0 and 90 degrees, and 1 to 400 days.",
        )
    jd: Any = julian(begin) + np.arange(int(np.ceil(days * 86400 / STEP_S)) + 1) * (
        STEP_S / 86400.0
    )
    places = _ecef(lat_deg, lon_deg)
    order = np.argsort(lat_deg, kind="stable")
    geocentric: Any = np.arcsin(places[:, 2] / np.linalg.norm(places, axis=1))[order]
    limit = float(np.radians(off_nadir_deg))
    records = [_satellite(orbit) for orbit in orbits]
    oldest = max(
        abs(record.jdsatepoch + record.jdsatepochF - t) for record in records for t in jd[[0, -1]]
    )

    def one(number: int) -> tuple[Any, ...]:
        position, velocity = _propagated(records[number], orbits[number], jd)
        site, at, angle = passes(position, velocity, STEP_S, places[order], geocentric, limit)
        return order[site], np.full(len(site), number), jd[0] + at / 86400.0, angle

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        parts = list(pool.map(one, range(len(orbits))))
    joined: list[Any] = [np.concatenate([part[n] for part in parts]) for n in range(4)]
    sun = elevation_deg(joined[2], lat_deg[joined[0]], lon_deg[joined[0]])
    keep = (sun >= min_sun_deg) & (joined[2] < julian(begin) + days)
    site, satellite, moment, angle, height = (a[keep] for a in (*joined, sun))
    rank = np.lexsort((satellite, moment, site))
    return Accesses(
        site[rank], satellite[rank], moment[rank], np.degrees(angle[rank]), height[rank], oldest
    )


def stale(found: Accesses) -> bool:
    """Whether the oldest elements are too old to say when a satellite passes."""
    return found.oldest_days > _STALE_DAYS


def julian(moment: dt.datetime) -> float:
    """The Julian date of a moment, UTC."""
    utc = moment.astimezone(dt.UTC)
    return 2440587.5 + utc.timestamp() / 86400.0


def moment_of(jd: float) -> dt.datetime:
    """The moment of a Julian date, UTC."""
    return dt.datetime.fromtimestamp((jd - 2440587.5) * 86400.0, dt.UTC)


def _ecef(lat_deg: Floats, lon_deg: Floats) -> Floats:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    normal = _A_KM / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    return np.stack(
        (
            normal * np.cos(lat) * np.cos(lon),
            normal * np.cos(lat) * np.sin(lon),
            normal * (1.0 - _E2) * np.sin(lat),
        ),
        axis=-1,
    )


def _satellite(orbit: Orbit) -> Satrec:
    try:
        from sgp4.api import Satrec
    except ImportError:
        raise DataError(
            "orbits need the package sgp4", remedy="pip install 'overflight[satellites]'"
        ) from None
    return Satrec.twoline2rv(orbit.first, orbit.second)


def _propagated(record: Any, orbit: Orbit, jd: Floats) -> tuple[Floats, Floats]:
    """Positions (km) and velocities (km/s) in the Earth-fixed frame, shapes (n, 3)."""
    whole = np.floor(jd)
    error, position, velocity = record.sgp4_array(whole, jd - whole)
    if np.any(error):
        raise DataError(
            f"the orbit of {orbit.name} cannot be followed (SGP4 error {int(np.max(error))})",
            line=orbit.line,
            remedy="Take newer elements, or a time nearer to theirs.",
        )
    angle = gmst(jd)
    cosine, sine = np.cos(angle), np.sin(angle)
    fixed = _turned(position, cosine, sine)
    moving = _turned(velocity, cosine, sine)
    moving[:, 0] += _EARTH_RATE * fixed[:, 1]
    moving[:, 1] -= _EARTH_RATE * fixed[:, 0]
    return fixed, moving


def _turned(vectors: Floats, cosine: Floats, sine: Floats) -> Floats:
    return np.stack(
        (
            cosine * vectors[:, 0] + sine * vectors[:, 1],
            cosine * vectors[:, 1] - sine * vectors[:, 0],
            vectors[:, 2],
        ),
        axis=-1,
    )
