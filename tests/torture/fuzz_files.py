"""Coverage-guided fuzzing of what reads files that others made: tracks, sites, what a receiver
sends, tables and scenes. Needs atheris.

    python tests/torture/fuzz_files.py [-max_total_time=900] [CORPUS]

The first byte chooses the reader. Nothing but an OverflightError may come out of any.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

with atheris.instrument_imports(include=["overflight"]):
    from overflight.errors import OverflightError
    from overflight.formats.bar_target_file import read_bar_target
    from overflight.formats.camera_file import read_camera
    from overflight.formats.certification_file import read_certification
    from overflight.formats.certification_rows import read_pass_rows
    from overflight.formats.documents import read_document
    from overflight.formats.h_min_rows import read_target_rows
    from overflight.formats.hazards import read_hazards
    from overflight.formats.live import decode
    from overflight.formats.monitor_log import read_log_track
    from overflight.formats.people_json import read_register
    from overflight.formats.plan_json import read_mission_plan
    from overflight.formats.radar_files import read_array, read_track
    from overflight.formats.radar_scene import read_scene
    from overflight.formats.road_times import read_road_times
    from overflight.formats.sites import read_sites
    from overflight.formats.tracks.igc import read_igc_track
    from overflight.formats.tracks.xml_read import read_gpx_track, read_kml_track
    from overflight.study.inspection.files import read_values
    from overflight.study.membership.acts import read_act

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-files-"))
READERS: dict[str, Callable[[bytes], object]] = {
    "gpx": lambda data: read_gpx_track(data, "fuzz"),
    "kml": lambda data: read_kml_track(data, "fuzz"),
    "igc": lambda data: read_igc_track(data, "fuzz"),
    "monitor": lambda data: read_log_track(data, "fuzz"),
    "nmea": lambda data: list(decode(data, "nmea")),
    "gdl90": lambda data: list(decode(data, "gdl90")),
    "live": lambda data: list(decode(data)),
    "sites-csv": lambda data: read_sites(data, "csv"),
    "sites-geojson": lambda data: read_sites(data, "geojson"),
    "hazards": read_hazards,
    "roads": read_road_times,
    "values": read_values,
    "bar-target": read_bar_target,
    "camera": read_camera,
    "certification": read_certification,
    "passes": read_pass_rows,
    "targets": read_target_rows,
    "document": read_document,
    "register": read_register,
    "plan": read_mission_plan,
    "array": read_array,
    "radar-track": read_track,
    "scene": read_scene,
    "act": lambda data: read_act(data.decode("utf-8", "replace")),
}
_GPX = b"""<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="50.1" lon="8.2"><ele>1200</ele><time>2026-06-01T10:00:00Z</time></trkpt>
<trkpt lat="50.2" lon="8.3"><ele>1210</ele><time>2026-06-01T10:00:30.5Z</time></trkpt>
</trkseg></trk></gpx>"""
_KML = b"""<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Placemark><gx:Track><altitudeMode>absolute</altitudeMode><when>2026-06-01T10:00:00Z</when>
<gx:coord>8.2 50.1 1200</gx:coord></gx:Track></Placemark></kml>"""
_IGC = (
    b"AXXXABC\r\nHFDTE010626\r\nB1000005006000N00812000EA0118001200\r\n"
    b"B1000305006100N00812100EA0118101201\r\n"
)
_NMEA = (
    b"$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62\r\n"
    b"$GPGGA,172814.0,3723.46587704,N,12202.26957864,W,2,6,1.2,18.893,M,-25.669,M,2.0,0031*4F\r\n"
)
_GDL90 = bytes.fromhex("7e008141dbd00802b38b7e")
_SITES = b"id,lat,lon,value\na,50.1,8.2,3\nb,50.2,8.3,1\n"
_GEOJSON = b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{"value":2},"geometry":{"type":"Point","coordinates":[8.2,50.1]}}]}'  # noqa: E501


def samples() -> dict[str, bytes]:
    """A sound document for each reader that the examples have one for."""
    examples = ROOT / "examples"
    said = {
        "gpx": _GPX, "kml": _KML, "igc": _IGC, "nmea": _NMEA, "gdl90": _GDL90,
        "live": _NMEA + _GDL90, "sites-csv": _SITES, "sites-geojson": _GEOJSON,
        "monitor": b'{"kind":"monitor-log","version":1}\n{"kind":"point"}\n',
    }  # fmt: skip
    files = {
        "hazards": "two-neighbours/hazards.geojson", "roads": "inspection/roads.csv",
        "values": "inspection/sites.csv", "bar-target": "certification/target.toml",
        "camera": "oc-135b/digital.toml", "certification": "certification/certification.toml",
        "passes": "certification/demonstration.csv", "targets": "oc-135b/film-readings.csv",
        "document": "mission/notice.json", "plan": "mission/report.json",
        "register": "mission/changes.json", "scene": "radar/scene.toml",
    }  # fmt: skip
    return said | {
        name: (examples / file).read_bytes()
        for name, file in files.items()
        if (examples / file).exists()
    }


def seeds(folder: Path) -> None:
    """Write the samples there, each behind the byte that chooses its reader."""
    folder.mkdir(parents=True, exist_ok=True)
    known = samples()
    for number, name in enumerate(READERS):
        (folder / f"seed-{name}").write_bytes(bytes([number]) + known.get(name, b""))


ORDER = tuple(READERS.values())


def one(data: bytes) -> None:
    if data:
        with suppress(OverflightError):
            ORDER[data[0] % len(ORDER)](data[1:])


if __name__ == "__main__":
    corpus = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    if corpus and not corpus[0].is_file():  # a file is one input, to be run again
        seeds(corpus[0])
    if not corpus:
        seeds(FOLDER / "seeds")
        sys.argv.append(str(FOLDER / "seeds"))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
