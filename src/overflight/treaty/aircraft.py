"""Observation aircraft: what they can do (data/aircraft), and where they stand (the regime)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from overflight.errors import DataError, SensorError
from overflight.formats.mountings import parse_mounting
from overflight.terms.aircraft import Aircraft, Sensor
from overflight.terms.citations import Citation, Source
from overflight.terms.values import CitedValue, Status
from overflight.treaty.aircraft_shape import AIRCRAFT_FILE
from overflight.treaty.check import check_row
from overflight.treaty.cite import Citer, cited_value, sources_of
from overflight.treaty.dated import pick
from overflight.treaty.model import AircraftEvent, AircraftStanding, Designation, SensorCategory
from overflight.treaty.overlay import merge
from overflight.treaty.problems import Problem, did_you_mean, nearest
from overflight.treaty.rows import Row, parse, rows_of

Layers = tuple[tuple[Path, bool], ...]
"""Folders of aircraft files and whether each is private; a later one lies on top."""

FIGURES = {"range_km": "km", "cruise_km_h": "km/h", "max_takeoff_mass_kg": "kg"}
_STANDINGS = {
    "designated": "designated, not certified",
    "certified": "certified",
    "certification-disputed": "certification disputed",
    "dispute-resolved": "certified",
    "retired": "retired",
}


@dataclass(frozen=True, slots=True)
class AircraftFile:
    """An aircraft as its files tell it, before a date is asked about."""

    head: Mapping[str, Any]
    figures: Mapping[str, tuple[CitedValue, ...]]
    sensors: tuple[Sensor, ...]
    notes: tuple[str, ...]
    private_fields: tuple[str, ...] = ()

    def on(self, date: dt.date, readings: Mapping[str, str]) -> Aircraft:
        """The aircraft with the figures that hold on ``date``."""
        name = self.head["name"]
        chosen = {
            key: pick(key, rows, date, readings, what=f"{key} of {name}")
            for key, rows in self.figures.items()
        }
        return Aircraft(
            id=self.head["id"],
            name=name,
            icao_type=self.head["icao_type"],
            designated_by=self.head["designated_by"],
            sensors=self.sensors,
            wake_category=self.head.get("wake_category", "M"),
            equipment=self.head.get("equipment", "S/S"),
            notes=self.notes,
            **chosen,
        )


def known_aircraft(layers: Layers) -> tuple[str, ...]:
    """Ids of all aircraft that the folders describe."""
    return tuple(sorted({file.stem for folder, _ in layers for file in folder.glob("*.toml")}))


def unknown_aircraft(id_: str, known: Iterable[str]) -> str:
    """A remedy that names all aircraft, however many, and the nearest first."""
    close = nearest(id_, sorted(known))
    lead = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
    return f"{lead}Known: {', '.join(sorted(known))}."


def load_aircraft(id_: str, layers: Layers, inherited: Mapping[str, Source]) -> AircraftFile:
    """The aircraft of that id. ``inherited`` sources may be cited besides the file's own.

    Raises DataError for an id that no folder knows, with those that are, or for a mistake.
    """
    known = known_aircraft(layers)
    if id_ not in known:
        raise DataError(
            f"no aircraft has the id {id_!r}",
            remedy=unknown_aircraft(id_, known) if known else "None is described yet.",
        )
    files = tuple((folder / f"{id_}.toml", private) for folder, private in layers)
    stamped = tuple((f, p, f.stat().st_mtime_ns) for f, p in files if f.is_file())
    return _read(stamped, tuple(inherited.values()))


def aircraft_problems(
    layers: Layers, own: Iterable[Path], categories: Iterable[str], inherited: Mapping[str, Source]
) -> Iterator[Problem]:
    """Every mistake in the aircraft files of the folders ``own``, which are among ``layers``."""
    names, folders = set(categories), set(own)
    for folder, private in layers:
        for file in sorted(folder.glob("*.toml")) if folder in folders else ():
            tables, problems = _tables(file, private)
            if not problems:
                problems = list(_disagreements(file, tables, inherited, names))
            yield from problems
            if not problems:
                yield from _cannot_read(file, layers, inherited)


def _cannot_read(file: Path, layers: Layers, inherited: Mapping[str, Source]) -> Iterator[Problem]:
    """What is still missing once all layers are laid over one another."""
    try:
        load_aircraft(file.stem, layers, inherited)
    except DataError as error:
        yield Problem(error.file or str(file), error.line, error.message, error.remedy)


def _disagreements(
    file: Path, tables: Mapping[str, list[Row]], inherited: Mapping[str, Source], names: set[str]
) -> Iterator[Problem]:
    sources = {*inherited, *(row.data["id"] for row in tables.get("source", ()))}
    for rows in tables.values():
        for row in rows:
            for text in row.data.get("cite", ()):
                if text.split()[0] not in sources:
                    remedy = did_you_mean(text.split()[0], sources, "Add [[source]] here.")
                    yield row.problem(f"no source has the id {text.split()[0]!r}", remedy, "cite")
    for row in tables.get("aircraft", ()):
        if row.data.get("id", file.stem) != file.stem:
            yield row.problem(
                f"the id is {row.data['id']!r}, the file's name {file.stem!r}",
                "Let the two be the same.",
                "id",
            )
    for row in tables.get("sensor", ()):
        category = row.data.get("category")  # an overlay's row may leave it to the one below
        if names and category is not None and category not in names:
            yield row.problem(
                f"no category {category!r}", did_you_mean(category, names), "category"
            )
        yield from _mounting_problems(row)


def _mounting_problems(row: Row) -> Iterator[Problem]:
    """A mounting that is not written as data are annotated, or that looks to another side."""
    text = row.data.get("mounting")
    if text is None:
        return
    try:
        mounting = parse_mounting(text)
    except SensorError as error:
        yield row.problem(error.message, error.remedy, "mounting")
        return
    sides = row.data.get("sides", "both")
    if mounting.pointing in ("left", "right") and mounting.pointing != sides:
        message = f"the mounting {text} looks {mounting.pointing}, sides says {sides}"
        yield row.problem(message, "Correct one of them.", "mounting")


def _tables(file: Path, private: bool) -> tuple[dict[str, list[Row]], list[Problem]]:
    document = parse(file)
    if isinstance(document, Problem):
        return {}, [document]
    tables: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name, content in document.items():
        table = AIRCRAFT_FILE.get(name)
        if table is None:
            remedy = did_you_mean(name, AIRCRAFT_FILE)
            problems.append(Row({}, file, (name,)).problem(f"no table {name!r} here", remedy))
            continue
        tables[name], more = rows_of(file, name, content, table, private)
        problems += more
        for row in tables[name]:
            problems += check_row(row, table, partial=private)
    if not private:
        for name in ("aircraft", *FIGURES):
            if not tables.get(name):
                message, remedy = f"{name!r} is missing", f"Add [[{name}]], known or assumed."
                problems.append(Problem(str(file), None, message, remedy))
    return tables, problems


@lru_cache(maxsize=64)
def _read(files: tuple[tuple[Path, bool, int], ...], inherited: tuple[Source, ...]) -> AircraftFile:
    merged: dict[str, list[Row]] = {}
    secret: list[str] = []
    for file, private, _ in files:
        tables, problems = _tables(file, private and bool(merged))
        problems = problems or list(
            _disagreements(file, tables, {s.id: s for s in inherited}, set())
        )
        if problems:
            raise problems[0].error(more=len(problems) - 1)
        for name, rows in tables.items():
            if private and name == "sensor":
                secret += [f"{row.data['id']}.{key}" for row in rows for key in row.data]
            merged[name] = merge(AIRCRAFT_FILE[name], merged.get(name, []), rows)
    _require_complete(merged, files[-1][0])
    cite = Citer({s.id: s for s in inherited} | sources_of(merged.get("source", ())))
    head = merged["aircraft"][0].data
    notes = (*head.get("notes", ()), *([head["note"]] if "note" in head else []))
    figures = {
        key: tuple(replace(cited_value(row, key, cite), unit=unit) for row in merged[key])
        for key, unit in FIGURES.items()
    }
    sensors = tuple(_sensor(row) for row in merged.get("sensor", ()))
    return AircraftFile(head, figures, sensors, notes, tuple(secret))


def _require_complete(tables: Mapping[str, list[Row]], file: Path) -> None:
    """An overlay's row that stands alone must be as complete as any other."""
    problems = [
        problem
        for name, rows in tables.items()
        for row in rows
        for problem in check_row(row, AIRCRAFT_FILE[name])
    ]
    problems += [
        Problem(str(file), None, f"{name!r} is missing", f"Add [[{name}]], known or assumed.")
        for name in ("aircraft", *FIGURES)
        if not tables.get(name)
    ]
    if problems:
        raise problems[0].error(more=len(problems) - 1)


def _sensor(row: Row) -> Sensor:
    data = row.data
    return Sensor(
        id=data["id"],
        category=data["category"],
        name=data["name"],
        h_min_m=data.get("h_min_m"),
        resolution_at_h_min_m=data.get("resolution_at_h_min_m"),
        near_deg=float(data["near_deg"]),
        far_deg=float(data["far_deg"]),
        sides=data.get("sides", "both"),
        assumed=tuple(data.get("assumed", ())),
        medium=data.get("medium"),
        mounting=data.get("mounting"),
        focal_mm=data.get("focal_mm"),
        operating_height_m=data.get("operating_height_m"),
        cameras=data.get("cameras"),
    )


def standing(
    designation: Designation | None,
    aircraft: str,
    on: dt.date,
    *,
    sensor: str | None = None,
    category: str | None = None,
    rule: tuple[Citation, ...] = (),
) -> AircraftStanding:
    """Where an aircraft, or one sensor on it, stands on a date.

    An event that names sensors concerns only those (by id or category) when a sensor is asked
    about. One whose day is only known to lie in an interval counts once the interval is over;
    inside it the answer is "unknown", unless the aircraft is not certified either way.
    """
    if designation is None:
        return AircraftStanding(aircraft, "not designated", None, (), rule, sensor)
    names = {sensor, category} - {None}
    mine = [
        event
        for event in designation.events
        if event.kind != "lent"
        and (sensor is None or not event.sensors or names & {*event.sensors})
    ]
    past = tuple(event for event in mine if event.latest <= on)
    open_ = [event for event in mine if event.earliest <= on < event.latest]
    later = next((e for e in mine if e.kind == "certified" and e.latest > on), None)
    told = (*past, *open_)
    citations = _citations(told or ((later,) if later else ()), designation)
    last = past[-1] if past else None
    since = last.latest if last and not open_ else None
    word = _word(last, open_)
    return AircraftStanding(aircraft, word, since, told, citations, sensor, later)


def _word(last: AircraftEvent | None, open_: list[AircraftEvent]) -> str:
    """The standing after ``last``, while each of ``open_`` may or may not have happened."""
    if last is not None and last.kind == "retired":
        return "retired"
    if any(event.status is Status.UNKNOWN for event in (*open_, *([last] if last else []))):
        return "unknown"
    now = "not designated" if last is None else _STANDINGS[last.kind]
    possible = dict.fromkeys([now, *(_STANDINGS[event.kind] for event in open_)])
    if len(possible) == 1:
        return now
    # Whether it had been designated yet may be unknown; that it was not certified is not.
    return "unknown" if "certified" in possible else list(possible)[-1]


def _citations(events: Iterable[AircraftEvent], designation: Designation) -> tuple[Citation, ...]:
    found = [citation for event in events for citation in event.citations]
    return tuple(dict.fromkeys([*found, *designation.citations]))


def category_of(
    sensor: str, installed: Iterable[Sensor], categories: Iterable[SensorCategory]
) -> str | None:
    """The category of a sensor named by id or by category."""
    if any(category.id == sensor for category in categories):
        return sensor
    return next((s.category for s in installed if s.id == sensor), None)
