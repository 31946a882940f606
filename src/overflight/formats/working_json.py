"""Working plans read back from their document (schema: working-plan).

For the side that made it: what stands here never leaves. What is written again is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.flight_json import flyability_from_dict
from overflight.formats.plan_json import mission_plan_from_dict
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.formats.times import read_time
from overflight.formats.weather_json import weather_from_dict
from overflight.geo.positions import Position
from overflight.terms.certificates import Certificate
from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue, Status
from overflight.terms.working_plan import Observation, SearchReport, WorkingPlan

Document = Mapping[str, Any]


def read_working_plan(source: str | Path | bytes) -> WorkingPlan:
    """The working plan in a file, in standard input ("-") or in the bytes given.

    A folder that ``plan make`` wrote will do. Raises DataError for anything that is no working
    plan, a mission plan among it.
    """
    if not isinstance(source, bytes) and str(source) != "-":
        source = _within(Path(source))
    data, label = read_source(source)
    return working_plan_from_dict(load_json(data, label), file=label)


def _within(path: Path) -> Path:
    """The working plan's file, where its folder is named."""
    if path.is_dir():
        for inside in (path / "home" / "working-plan.json", path / "working-plan.json"):
            if inside.is_file():
                return inside
    return path


def working_plan_from_dict(document: Document, *, file: str | Path | None = None) -> WorkingPlan:
    """The working plan in a document, as ``json.loads`` gives it. Raises DataError."""
    if isinstance(document, Mapping) and document.get("kind") == "mission-plan":
        raise DataError(
            "this is a mission plan: it does not say which sites it is for",
            file=file,
            where="/kind",
            remedy="Give the working plan that stays at home: home/working-plan.json.",
        )
    validate(document, "working-plan", file=file)
    plan = mission_plan_from_dict(document["mission_plan"], file=file)
    released = document["released_plan"] or {}
    fields = document["private_sensor_fields"]
    return WorkingPlan(
        plan=plan,
        sites=tuple(_site(s, file, i) for i, s in enumerate(document["sites"])),
        observations=tuple(
            Observation(
                site=o["site"],
                sensor=o["sensor"],
                leg=o["leg"],
                off_track_km=o["off_track_km"],
                ground_resolution_m=o["ground_resolution_m"],
                at=read_time(o["at"], where=pointer("observations", i, "at"), file=file),
            )
            for i, o in enumerate(document["observations"])
        ),
        maximum_flight_distance=_cited(document["maximum_flight_distance"], file),
        findings=Findings(
            tuple(_findings([*document["findings"], *document["does_not_apply"]])),
            document["readings"],
            tuple(document["notes"]),
        ),
        search=_search(document["search"]),
        readings=document["readings"],
        assumptions=tuple(document["assumptions"]),
        private_values_used=document["private_values_used"],
        private_sensor_fields=None if fields is None else tuple(fields),
        not_decided_here=tuple(released.get("not_decided_here", ())),
        certificate=_certificate(document.get("certificate"), file),
        flyability=flyability_from_dict(document.get("flyability"), len(plan.legs), file=file),
        weather=weather_from_dict(document.get("weather"), file=file),
        max_fixes=document.get("max_fixes"),
        height=document.get("height", "auto"),
    )


def _site(part: Document, file: str | Path | None, index: int) -> Site:
    def moment(name: str) -> dt.datetime | None:
        value = part.get(name)
        where = pointer("sites", index, name)
        return None if value is None else read_time(value, where=where, file=file)

    try:
        position = Position(lat=part["lat"], lon=part["lon"])
    except DataError as error:
        where = pointer("sites", index)
        raise DataError(error.message, file=file, where=where, remedy=error.remedy) from None
    return Site(
        id=part["id"],
        position=position,
        value=part["value"],
        name=part["name"],
        resolution_m=part["resolution_m"],
        earliest=moment("earliest"),
        latest=moment("latest"),
    )


def _findings(parts: Iterable[Document]) -> Iterable[Finding]:
    for part in parts:
        given = dict(part)
        verdict, needs = Verdict(given.pop("verdict")), tuple(given.pop("needs"))
        yield Finding(**given, verdict=verdict, needs=needs)


def _cited(part: Document, file: str | Path | None) -> CitedValue:
    """A cited value; of its citations the words are kept, not which source each is."""
    until = part["until"]
    return CitedValue(
        key=part["key"],
        value=part["value"],
        unit=part["unit"],
        valid_from=_day(part["from"], "from", file),
        valid_until=None if until == "open" else _day(until, "until", file),
        status=Status(part["status"]),
        citations=tuple(
            Citation(Source("", words, SourceKind.DERIVED)) for words in part.get("cite", ())
        ),
        condition=part.get("condition", ""),
        note=part.get("note", ""),
        private=part.get("private", False),
    )


def _day(text: str, name: str, file: str | Path | None) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DataError(
            f"{text!r} is not a date",
            file=file,
            where=pointer("maximum_flight_distance", name),
            remedy="Write YYYY-MM-DD.",
        ) from None


def _search(part: Document) -> SearchReport:
    return SearchReport(
        solver=part["solver"],
        seed=part["seed"],
        iterations=part["iterations"],
        seconds=part["seconds"],
        stopped_early=part.get("stopped_early", False),
        notes=tuple(part.get("notes", ())),
    )


def _certificate(part: Document | None, file: str | Path | None) -> Certificate | None:
    if part is None:
        return None
    try:
        return Certificate(part["value"], part["bound"], part["how"], part["seconds"])
    except ValueError as error:
        raise DataError(
            f"no certificate: {error}",
            file=file,
            where="/certificate",
            remedy="Make or improve the plan again.",
        ) from None
