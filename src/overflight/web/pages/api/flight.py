"""The page *Flight*: a plan and the track that was flown, what the audit says, and the pictures.

Folders are those that ``serve --flight`` named; files that are dropped on the page are read, kept
under a name of ours for as long as this program runs, and never by a name of the asker's.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from overflight.errors import DataError, OverflightError
from overflight.web.pages.flight_held import (
    DEVIATIONS,
    EXPOSURES,
    SENSORS,
    TRACK,
    Folder,
    Pictures,
)  # fmt: skip

if TYPE_CHECKING:
    from overflight.flying.repair import RepairedTrack
    from overflight.web.archive.pictures import Gallery

_LOCK = threading.Lock()
_ID = re.compile(r"[A-Za-z0-9_-]{8,32}")
_MOST_POINTS = 4000
"""Of a track that is drawn without a plan."""
_MOST_EXPOSURES = 20_000
_SHOWN = (
    "datetime", "start_datetime", "instruments", "overflight:marks", "overflight:resolution_m",
    "overflight:resolution_limit_m", "overflight:frame", "overflight:leg",
)  # fmt: skip
Name = Annotated[str, InPath(min_length=1, max_length=200)]
_GIVEN = Field(default="", max_length=64)


class NoFlightError(OverflightError):
    """There is no such flight, frame or picture here."""

    http_status = 404


class View(BaseModel):
    """A folder by its name, and files that were dropped in the place of its own."""

    model_config = ConfigDict(extra="forbid")

    flight: str = _GIVEN
    plan: str = _GIVEN
    track: str = _GIVEN
    sensors: str = _GIVEN
    deviations: str = _GIVEN
    tolerance_km: float = Field(default=1.0, gt=0.0, le=100.0)


def router() -> APIRouter:
    made = APIRouter(tags=["flight"])
    add = made.add_api_route
    add("/flights", flights, summary="The flight folders that serve was told of")
    add("/flights/files", taken, methods=["POST"], summary="A file that was dropped on the page")
    add("/flights/view", view, methods=["POST"], summary="A track held against its plan")
    add("/flights/{flight}/frames", frames, summary="Footprints of the frames of a folder")
    add("/flights/{flight}/exposures", exposures, summary="Where frames were exposed")
    add("/flights/{flight}/frames/{frame}", frame, summary="A frame's item, and where it is sealed")
    add("/flights/{flight}/frames/{frame}/preview.{form}", preview, summary="A small picture",
        response_class=Response)  # fmt: skip
    add("/flights/{flight}/frames/{frame}/tiles/{z}/{x}/{y}.{form}", tile, summary="A tile of it",
        response_class=Response)  # fmt: skip
    return made


def flights(request: Request) -> dict[str, Any]:
    return {
        "kind": "flights",
        "version": 1,
        "flights": [
            {
                "name": folder.name,
                "track": folder.file(TRACK) is not None,
                "plan": folder.plan is not None,
                "sensors": folder.file(SENSORS) is not None,
                "deviations": folder.file(DEVIATIONS) is not None,
                "exposures": folder.exposed,
                "frames": len(folder.frames().items),
                "skipped": folder.frames().skipped,
                "bundle": (folder.root / "stage-01").is_dir(),
            }
            for folder in _folders(request).values()
        ],
    }


async def taken(
    request: Request, part: Literal["plan", "track", "sensors", "deviations"] = Query()
) -> dict[str, Any]:
    """The body is the file; the answer is the name that it has here."""
    from anyio.to_thread import run_sync

    body = await request.body()
    return await run_sync(_taken, request, body, part)


def _taken(request: Request, body: bytes, part: str) -> dict[str, Any]:
    name = secrets.token_urlsafe(12)
    path = _upload(request, name, part)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    try:
        _looked_at(path, part)
    except OverflightError as error:
        path.unlink(missing_ok=True)
        # Where it lies on this machine is nobody's affair.
        said = error.message.replace(str(path), part)
        line = getattr(error, "line", None)
        raise DataError(said, line=line, remedy=error.remedy) from None
    return {"kind": "flight-file", "version": 1, "file": name, "part": part}


def _looked_at(path: Path, part: str) -> None:
    """Raise DataError or TrackError where the file is not what it is said to be."""
    from overflight.formats.flight_files import read_deviations, read_sensor_times
    from overflight.formats.plan_json import read_mission_plan

    if part == "plan":
        read_mission_plan(path)
    elif part == "sensors":
        read_sensor_times(path)
    elif part == "deviations":
        read_deviations(path)
    else:
        _track(path)


def view(request: Request, asked: View) -> dict[str, Any]:
    """The same documents as ``flight audit``; without a plan the track alone."""
    from overflight.formats.flight_files import read_deviations, read_sensor_times
    from overflight.formats.geojson import mission_plan_to_geojson
    from overflight.formats.plan_json import read_mission_plan
    from overflight.report.flown_json import audit_to_dict, audit_to_geojson, track_to_dict

    folder = _folder(request, asked.flight) if asked.flight else None
    plan_file = _given(request, asked.plan, "plan", None if folder is None else folder.plan)
    track_file = _given(request, asked.track, "track", _own(folder, TRACK))
    sensors_file = _given(request, asked.sensors, "sensors", _own(folder, SENSORS))
    stated_file = _given(request, asked.deviations, "deviations", _own(folder, DEVIATIONS))
    plan = None if plan_file is None else read_mission_plan(plan_file)
    sensors = None if sensors_file is None else read_sensor_times(sensors_file)
    told: dict[str, Any] = {
        "kind": "flight-view", "version": 1, "marks": [] if plan is None else list(plan.marks),
        "plan": None if plan is None else mission_plan_to_geojson(plan),
        "track": None, "flown": None, "audit": None,
        "sensors": [
            {"sensor": one.sensor, "begun": _when(one.begun_s), "completed": _when(one.completed_s)}
            for one in sensors or ()
        ],
    }  # fmt: skip
    if track_file is None:
        return told
    flown = _track(track_file)
    told["marks"] = list(dict.fromkeys((*told["marks"], *flown.track.marks)))
    line, distance = _line(flown)
    told |= {"track": track_to_dict(flown, distance), "flown": line}
    if plan is None:
        return told
    from overflight.mission.audited import audit_flight

    audit = audit_flight(
        plan, flown, sensors=sensors,
        deviations=() if stated_file is None else read_deviations(stated_file),
        tolerance_km=asked.tolerance_km,
    )  # fmt: skip
    return told | {
        "flown": audit_to_geojson(audit.facts),
        "audit": audit_to_dict(audit.facts, audit.record, audit.findings),
    }


def _track(path: Path) -> RepairedTrack:
    from overflight.flying.repair import repair
    from overflight.formats.tracks.reading import read_track_file

    return repair(read_track_file(path))


def _line(flown: RepairedTrack) -> tuple[dict[str, Any], float]:
    """The track thinned out, as a FeatureCollection; its length, km."""
    from overflight.flying.kernels import steps_km

    track = flown.track
    distance = float(steps_km(track.lat, track.lon).sum())
    step = max(1, -(-len(track) // _MOST_POINTS))
    points = list(zip(track.lon[::step].tolist(), track.lat[::step].tolist(), strict=True))
    points.append((float(track.lon[-1]), float(track.lat[-1])))
    feature = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": points},
        "properties": {"what": "flown", "km": round(distance, 3), "marks": list(track.marks)},
    }
    return {"type": "FeatureCollection", "features": [feature]}, distance


# --- frames


def frames(request: Request, flight: Name) -> dict[str, Any]:
    """One FeatureCollection; of each item what a map and a list need."""
    found = _folder(request, flight).frames()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": number,
                "geometry": item.get("geometry"),
                "bbox": item.get("bbox"),
                "properties": {"frame": name}
                | {key: item["properties"][key] for key in _SHOWN if key in item["properties"]},
            }
            for number, (name, item) in enumerate(found.items.items())
            if isinstance(item.get("geometry"), dict)
        ],
        "skipped": found.skipped,
    }


def exposures(request: Request, flight: Name) -> dict[str, Any]:
    """Points below the aircraft, from exposures.csv; no footprint is made up for them."""
    path = _own(_folder(request, flight), EXPOSURES)
    features: list[dict[str, Any]] = []
    marks: tuple[str, ...] = ()
    if path is not None:
        from overflight.formats.annotation_exposures import read_exposures

        found, marks = read_exposures(path)
        for one in found[:_MOST_EXPOSURES]:
            if not (math.isfinite(one.lat) and math.isfinite(one.lon)):
                continue
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
                    "properties": {"sensor": one.sensor, "number": one.number,
                                   "time": _when(one.time_s)},
                }
            )  # fmt: skip
    return {"type": "FeatureCollection", "features": features, "marks": list(marks)}


def frame(request: Request, flight: Name, frame: Name) -> dict[str, Any]:
    """``whole``: of each file, whether it still has the SHA-256 that its item states."""
    folder = _folder(request, flight)
    item = _item(folder, frame)
    digests = {name: str(a["href"]).split("/")[2] for name, a in item["assets"].items()}
    known = {one.sha256: one for other in _folders(request).values()
             for one in other.sealed()}  # fmt: skip
    files = folder.frames().files
    return {
        "kind": "flight-frame",
        "version": 1,
        "item": item,
        "whole": {name: _digest(files[digest]) == digest for name, digest in digests.items()},
        "sealed": [
            {
                "asset": name, "bundle": one.bundle, "path": one.path, "role": one.role,
                "stage": one.stage, "sealed_at": one.sealed_at, "root": one.root,
                "sha256": one.sha256,
            }
            for name, digest in digests.items() if (one := known.get(digest)) is not None
        ],
    }  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def preview(request: Request, flight: Name, frame: Name, form: Name) -> Response:
    return _picture(request, flight, frame, None, form)


def tile(
    request: Request, flight: Name, frame: Name, z: Annotated[int, InPath(ge=0, le=30)],
    x: Annotated[int, InPath(ge=0)], y: Annotated[int, InPath(ge=0)], form: Name,
) -> Response:  # fmt: skip
    if x >= 1 << z or y >= 1 << z:
        raise NoFlightError("there is no such tile", remedy="Look at the frame's own place.")
    return _picture(request, flight, frame, (z, x, y), form)


def _picture(
    request: Request, flight: str, name: str, tile: tuple[int, int, int] | None, form: str
) -> Response:
    item = _item(_folder(request, flight), name)
    gallery = _gallery(request)
    sha256 = gallery.asset_of(json.dumps(item).encode(), "")
    made = None if sha256 is None else gallery.picture(sha256, tile, form)
    if made is None:
        raise NoFlightError("there is no picture here that can be shown", remedy="Take its file.")
    media = f"image/{'jpeg' if form == 'jpg' else form}"
    marks = ", ".join(map(str, item["properties"].get("overflight:marks") or ()))
    headers = {"Cache-Control": "private, no-cache"}
    return Response(made, media_type=media, headers=headers | {"Overflight-Marks": marks})


# --- folders and files


def _folders(request: Request) -> dict[str, Folder]:
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "flights"):
            state.flights = {
                name: Folder(name, root) for name, root in state.settings.flights.items()
            }
        held: dict[str, Folder] = state.flights
        return held


def _gallery(request: Request) -> Gallery:
    state = request.app.state
    folders = _folders(request)
    with _LOCK:
        if not hasattr(state, "flight_gallery"):
            from overflight.web.archive.pictures import Gallery

            state.flight_gallery = Gallery(cast("Any", None), cast("Any", Pictures(folders)))
        return cast("Gallery", state.flight_gallery)


def _folder(request: Request, name: str) -> Folder:
    found = _folders(request).get(name)
    if found is None:
        raise NoFlightError("there is no such flight", remedy="Name it: serve --flight DIR.")
    return found


def _item(folder: Folder, name: str) -> dict[str, Any]:
    found = folder.frames().items.get(name)
    if found is None:
        raise NoFlightError("there is no such frame", remedy="The flight's page lists them.")
    return found


def _own(folder: Folder | None, name: str) -> Path | None:
    return None if folder is None else folder.file(name)


def _upload(request: Request, name: str, part: str) -> Path:
    if not _ID.fullmatch(name):
        raise DataError("there is no such file", remedy="Drop it on the page again.")
    work: Path = request.app.state.settings.work
    return work / "flight-files" / f"{name}.{part}"


def _given(request: Request, name: str, part: str, otherwise: Path | None) -> Path | None:
    if not name:
        return otherwise
    path = _upload(request, name, part)
    if not path.is_file():
        raise DataError("there is no such file", remedy="Drop it on the page again.")
    return path


def _when(seconds: float) -> str:
    import datetime as dt

    moment = dt.datetime.fromtimestamp(round(float(seconds)), dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
