"""The page *Plan*: sites in, a search that is watched, a route moved by hand, documents out.

Working plans stay in this program's own folder, which ends with it, and go to nobody but the page.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import secrets
import threading
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from overflight.errors import DataError
from overflight.web.pages.api.regime import named, names
from overflight.web.pages.plan_work import search

if TYPE_CHECKING:
    from overflight.geo.positions import Position
    from overflight.mission.drawing import Drawing
    from overflight.terms.working_plan import WorkingPlan

_OPEN = 4
"""Drawings kept at hand, each with what is known of its legs."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,32}")
_NAME = Field(max_length=64)
Point = tuple[float, float]
"""Longitude and latitude, degrees, as GeoJSON has them."""


class Question(BaseModel):
    """What ``plan make`` is asked, sites as a GeoJSON FeatureCollection."""

    model_config = ConfigDict(extra="forbid")

    sites: dict[str, Any]
    treaty: str = _NAME
    observing: str = _NAME
    observed: str = _NAME
    on: dt.date
    aircraft: str = _NAME
    start: str = _NAME
    end: str | None = Field(default=None, max_length=64)
    refuel: list[str] = Field(default_factory=list, max_length=20)
    sensors: list[str] | None = Field(default=None, max_length=40)
    hazards: dict[str, Any] | None = None
    seconds: float = Field(default=10.0, ge=0.5, le=600.0)
    certificate: float | None = Field(default=None, ge=0.0, le=600.0)
    seed: int = Field(default=1, ge=0, le=2**31)
    max_fixes: int | None = Field(default=None, ge=1, le=500)
    mark: Literal["EXERCISE", "SIMULATED"] | None = None


class Stages(BaseModel):
    """Fixes between one landing and the next."""

    model_config = ConfigDict(extra="forbid")

    stages: list[list[Point]] = Field(max_length=40)


def router() -> APIRouter:
    made = APIRouter(tags=["plan"])
    add = made.add_api_route
    add("/sites", sites, methods=["POST"], summary="A list of sites, read and made GeoJSON")
    add("/strips", strips, summary="Strips along borders that a flight keeps clear of")
    add("/plans", begin, methods=["POST"], summary="Begin the search for a plan")
    add("/plans/open", opened, methods=["POST"], summary="Open a working plan's document")
    add("/plans/{plan}", shown, summary="A working plan, its map and its profile")
    add("/plans/{plan}/improve", improve, methods=["POST"], summary="Search on from a plan")
    add("/plans/{plan}/try", tried, methods=["POST"], summary="What another route would be worth")
    add("/plans/{plan}/keep", kept, methods=["POST"], summary="Take that route as the plan")
    add("/plans/{plan}/export/{form}", exported, summary="The releasable plan in another form",
        response_class=Response)  # fmt: skip
    add("/plans/{plan}/{part}.zip", folder, summary="The documents: home stays, release goes out",
        response_class=Response)  # fmt: skip
    return made


async def sites(request: Request) -> dict[str, Any]:
    """The body is the file: GeoJSON, CSV or GeoPackage, told from its content."""
    from anyio.to_thread import run_sync

    body = await request.body()
    return await run_sync(_sites, body)


def _sites(body: bytes) -> dict[str, Any]:
    from overflight.formats.sites import read_sites, sites_to_geojson

    found = read_sites(body)
    return {
        "kind": "sites",
        "version": 1,
        "count": len(found),
        "value": sum(site.value for site in found),
        "geojson": sites_to_geojson(found),
    }


def strips(
    request: Request,
    treaty: str = Query(max_length=64),
    observed: str = Query(max_length=64),
    on: dt.date = Query(),
) -> dict[str, Any]:
    """With the margin that the treaty has on the day; none where it has none."""
    from overflight.mission.setting import stand_off_km
    from overflight.report.map_strips import strips as shapes
    from overflight.treaty.geography import geography

    view = named(request, treaty).on(on)
    margin = stand_off_km(view)
    if margin <= 0.0:
        return {"type": "FeatureCollection", "features": []}
    return shapes(geography(view, observed), margin)


def begin(request: Request, question: Question) -> dict[str, Any]:
    """The job; its last event names the plan."""
    treaty = _treaty(request, question.treaty)
    asked = question.model_dump(exclude={"sites", "hazards", "mark", "treaty"})
    asked |= {
        "treaty": treaty,
        "sites": json.dumps(question.sites).encode(),
        "hazards": json.dumps(question.hazards).encode() if question.hazards else None,
        "marks": (question.mark,) if question.mark else (),
        "sensors": tuple(question.sensors) if question.sensors else None,
        "refuel": tuple(question.refuel),
    }
    return _started(request, asked)


def improve(
    request: Request, plan: str, seconds: float = Body(embed=True, ge=0.5, le=600.0)
) -> dict[str, Any]:
    """The same for a search that begins with a plan; what comes is worth no less."""
    return _started(request, {"begin": _document(request, plan), "seconds": seconds})


def _started(request: Request, asked: dict[str, Any]) -> dict[str, Any]:
    def finish(document: Any) -> dict[str, Any]:
        return {"plan": _kept(request, document)}

    job = request.app.state.jobs.start(search, asked, finish)
    return {"job": job.id}


def opened(request: Request, document: dict[str, Any] = Body()) -> dict[str, Any]:
    """The document that ``home/working-plan.json`` holds."""
    from overflight.formats.working_json import working_plan_from_dict

    working = working_plan_from_dict(document)
    _treaty(request, working.plan.treaty)
    return {"plan": _kept(request, document)}


def shown(request: Request, plan: str) -> dict[str, Any]:
    """The working-plan document, and what the map and the profile draw."""
    from overflight.formats.working_json import working_plan_from_dict
    from overflight.report.plan_profile import plan_profile

    document = _document(request, plan)
    working = working_plan_from_dict(document)
    return {
        "plan": plan,
        "working_plan": document,
        "profile": plan_profile(working.plan, working.observations),
        "stages": _stages(working),
    }


def tried(request: Request, plan: str, route: Stages) -> dict[str, Any]:
    """Distance, sites and findings of a route that somebody moves by hand."""
    from overflight.formats.plan_json import leg_to_dict
    from overflight.report.plan_profile import plan_profile

    with _at_hand(request, plan) as drawing:
        found = drawing.tried(drawing.through(_positions(route)))
    findings = found.findings.as_dict()
    return {
        "kind": "tried",
        "flight_distance_km": found.plan.flight_distance_km,
        "maximum_flight_distance": found.limit.as_dict(),
        "value_observed": found.value,
        "sites_observed": sorted({seen.site for seen in found.observations}),
        "broken": list(found.broken),
        "verdict": findings["verdict"],
        "findings": findings["findings"],
        "legs": [leg_to_dict(leg) for leg in found.plan.legs],
        "profile": plan_profile(found.plan, found.observations),
    }


def kept(request: Request, plan: str, route: Stages) -> dict[str, Any]:
    """A new plan with that route. Refused where it breaks a limit, which ``try`` names."""
    from overflight.formats.plan_json import working_plan_to_dict

    with _at_hand(request, plan) as drawing:
        working = drawing.kept(drawing.through(_positions(route)))
    return {"plan": _kept(request, working_plan_to_dict(working))}


_MEDIA = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
    "icao": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}


def exported(request: Request, plan: str, form: str) -> Response:
    """Only what is released: none of these holds a site or what is seen of it."""
    from overflight.formats.working_json import working_plan_from_dict
    from overflight.mission.documents import export_plan
    from overflight.mission.release import release

    if form not in _MEDIA:
        raise DataError(f"there is no form {form}", remedy=f"One of: {', '.join(_MEDIA)}.")
    released = release(working_plan_from_dict(_document(request, plan)))
    content = export_plan(released, form, treaty=_treaty(request, released.treaty))
    name = "flight-plan.txt" if form == "icao" else f"mission-plan.{form}"
    return _file(content, name, _MEDIA[form])


def folder(request: Request, plan: str, part: Literal["home", "release"]) -> Response:
    """``home`` has sites and values in it and never goes to the other side."""
    import tempfile

    from overflight.formats.working_json import working_plan_from_dict
    from overflight.mission.documents import write_documents

    working = working_plan_from_dict(_document(request, plan))
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory(dir=request.app.state.settings.work) as place:
        out = Path(place) / "out"
        write_documents(working, out, treaty=_treaty(request, working.plan.treaty))
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted((out / part).rglob("*")):
                if path.is_file():
                    file.write(path, f"{part}/{path.relative_to(out / part).as_posix()}")
    return _file(packed.getvalue(), f"{part}.zip", "application/zip")


# --- what lies in the program's own folder


def _file(content: bytes, name: str, media: str) -> Response:
    attached = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media, headers=attached)


def _treaty(request: Request, name: str) -> str:
    """The name by which it is loaded; DataError for one that is not among those known."""
    treaty = named(request, name)
    return next(known for known in names(request) if named(request, known) is treaty)


def _place(request: Request, plan: str) -> Path:
    if not _ID.fullmatch(plan):
        raise DataError("that is not the name of a plan", remedy="Plan anew, or open a plan.")
    path: Path = request.app.state.settings.work / "plans" / f"{plan}.json"
    return path


def _kept(request: Request, document: Any) -> str:
    from overflight.files import write_atomic

    plan = secrets.token_urlsafe(12)
    place = _place(request, plan)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomic(place, json.dumps(document, ensure_ascii=False).encode())
    return plan


def _document(request: Request, plan: str) -> dict[str, Any]:
    place = _place(request, plan)
    if not place.is_file():
        raise DataError("there is no such plan", remedy="Plan anew, or open a plan.")
    document: dict[str, Any] = json.loads(place.read_bytes())
    return document


class _AtHand:
    """A drawing for one asker at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.drawing: Drawing | None = None

    def __enter__(self) -> Drawing:
        self.lock.acquire()
        assert self.drawing is not None
        return self.drawing

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def _at_hand(request: Request, plan: str) -> _AtHand:
    """The plan's drawing, made when it is first asked for."""
    from overflight.formats.working_json import working_plan_from_dict
    from overflight.mission.again import Given
    from overflight.mission.drawing import Drawing

    state = request.app.state
    with state.drawings_lock:
        known: OrderedDict[str, _AtHand] = state.drawings
        entry = known.setdefault(plan, _AtHand())
        known.move_to_end(plan)
        while len(known) > _OPEN:
            known.popitem(last=False)
    with entry.lock:
        if entry.drawing is None:
            working = working_plan_from_dict(_document(request, plan))
            entry.drawing = Drawing(working, Given(treaty=_treaty(request, working.plan.treaty)))
    return entry


def _positions(route: Stages) -> list[list[Position]]:
    from overflight.geo.positions import Position

    return [[Position(lat, lon) for lon, lat in stage] for stage in route.stages]


def _stages(working: WorkingPlan) -> list[list[Point]]:
    from overflight.mission.again import route_of

    return [[(fix.lon, fix.lat) for fix in stage] for stage in route_of(working.plan).stages]
