"""Reading a field of a case by its dotted path: ``plan.times.submitted``, ``flight.legs[].x``.

The first word names the document, as ``rules.case`` lists them, or is "aircraft": the data on
the aircraft that the plan or the notification names. A field that is not there is
``Missing`` and says so in words, and so is one that is null, but for the fields in ``EVENTS``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any

from overflight.errors import DataError
from overflight.rules.case import DOCUMENT_OF, Case
from overflight.terms.values import CitedValue

_DOCUMENT_WORDS = {
    "notice": "the notification",
    "plan": "the mission plan",
    "flight": "the flight record",
    "report": "the mission report",
    "aircraft": "the data on the aircraft",
}

FIELD_WORDS = {
    "notice.sent": "the notification",
    "notice.acknowledged": "the acknowledgement of the notification",
    "notice.all_parties_notified": "the notice to all other States Parties",
    "notice.arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "notice.flight_distance_km": "the notified flight distance",
    "notice.unrefuelled_range_km": "the unrefuelled range of the aircraft provided",
    "notice.flights_planned_in_quarter": "the number of flights planned in the quarter",
    "notice.transit[].notified": "the notice to a State that is transited",
    "plan.times.arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "plan.times.submitted": "the submission of the mission plan",
    "plan.times.commencement": "the planned start of the observation flight",
    "plan.times.completion": "the planned end of the observation flight",
    "flight.estimated_arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "flight.arrival_at_point_of_entry": "the arrival at the point of entry",
    "flight.departed_point_of_entry": "the departure from the point of entry",
    "flight.arrived_start_airfield": "the arrival at the Open Skies airfield",
    "flight.formalities_completed": "the end of the arrival formalities",
    "aircraft.range_km": "the range of the aircraft",
    "aircraft.max_takeoff_mass_kg": "the aircraft's maximum take-off mass",
    "flight.equipment_examination.items_arrived": "the arrival of the inspection equipment",
    "flight.equipment_examination.begun": "the beginning of the equipment examination",
    "flight.equipment_examination.completed": "the end of the equipment examination",
    "flight.inspection.begun": "the beginning of the pre-flight inspection",
    "flight.inspection.completed": "the end of the pre-flight inspection",
    "flight.inspection.inspectors": "the number of inspectors",
    "flight.demonstration.begun": "the beginning of the demonstration flight",
    "flight.demonstration.completed": "the end of the demonstration flight",
    "flight.entry_documents.requested": "the arrival of the personnel",
    "flight.entry_documents.issued": "the issue of the entry documents",
    "flight.plan_submitted": "the submission of the mission plan",
    "flight.plan_answered": "the answer to the mission plan",
    "flight.plan_agreed": "the agreement on the mission plan",
    "flight.flight_plan_filed": "the filing of the flight plan",
    "flight.commenced": "the start of the observation flight",
    "flight.completed": "the end of the observation flight",
    "flight.departed_point_of_exit": "the departure from the point of exit",
    "flight.distance_over_territory_km": "the distance flown over the territory",
    "flight.personnel_on_board.flight_monitors": "the number of flight monitors",
    "flight.personnel_on_board.flight_representatives": "the number of flight representatives",
    "flight.personnel_on_board.representatives": "the number of representatives",
    "plan.point_of_exit.code": "the point of exit of the mission plan",
    "plan.observing": "the observing Party",
    "plan.observed": "the observed Party",
    "report.signed_by": "those who signed the mission report",
    "report.signed_at": "the place where the mission report was signed",
    "report.signed": "the signing of the mission report",
    "report.departed_point_of_exit": "the departure from the point of exit",
    "report.arrived_point_of_exit": "the arrival at the point of exit",
    "report.departed_territory": "the departure from the observed Party's territory",
    "report.distributed": "the distribution of the mission report",
    "report.prohibited_at": "the prohibition of the flight",
    "report.prohibition_explained": "the written explanation of the prohibition",
    "report.declined_at": "the declining of the flight",
    "report.declining_explained": "the written explanation of the declining",
    "report.film.developed": "the development of the film",
}
"""What a field is called in a sentence; a field that is not listed is called by its name."""

ITEM_WORDS = {"changes_proposed": "proposed change", "transit": "transit", "personnel": "person"}
"""What one item of a list is called, where taking off an s does not give it."""


EVENTS = frozenset(
    {
        "notice.start_airfield",
        "flight.equipment_examination",
        "flight.inspection",
        "flight.demonstration",
        "flight.entry_documents",
        "flight.prohibited",
        "flight.declined",
        "flight.curtailed",
        "flight.departure_delayed_by",
        "report.prohibited_at",
        "report.declined_at",
        "report.film",
    }
)
"""Fields whose null says that there was no such thing; any other null says nothing."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A field, or a whole document, that is not there. ``words`` name it for a person."""

    path: str
    words: str


def words(path: str) -> str:
    """A field as a sentence names it."""
    if path in FIELD_WORDS:
        return FIELD_WORDS[path]
    first, _, rest = path.partition(".")
    name = rest.replace("[]", "").replace("_", " ").replace(".", ", ")
    return f"{_DOCUMENT_WORDS.get(first, first)}'s {name}" if rest else _DOCUMENT_WORDS[first]


def find(case: Case, path: str) -> Any:
    """The value at ``path``; Missing where it is absent, empty or null; None for a null that
    says that there was no such event (``EVENTS``)."""
    first, *rest = path.split(".")
    here = _document(case, first)
    if here is None:
        return Missing(first, _DOCUMENT_WORDS.get(first, first))
    walked = first
    for name in rest:
        here, walked = _step(here, name, path), f"{walked}.{name}"
        if isinstance(here, Missing):
            return here
        if here is None or here == "":
            return None if walked in EVENTS else Missing(path, words(path))
    return here.value if isinstance(here, CitedValue) else here


def first_present(case: Case, paths: Sequence[str]) -> tuple[str, Any]:
    """The first of several paths that is there and not null; else what the last one gives."""
    path, value = paths[0], find(case, paths[0])
    for path in paths:
        value = find(case, path)
        if value is not None and not isinstance(value, Missing):
            break
    return path, value


def each(case: Case, path: str) -> list[tuple[str, Any]] | Missing | None:
    """Values of a path with one ``[]``: pairs of a name for the item and the value in it.

    None where the list is null; Missing where there is no such list.
    """
    head, _, tail = path.partition("[]")
    items = find(case, head)
    if items is None or isinstance(items, Missing):
        return items
    if items and tail and any(item is None for item in items):
        return Missing(path, words(path))
    if isinstance(items, (str, Mapping)) or not isinstance(items, Sequence):
        raise DataError(f"{head} is not a list", remedy="Write it as a list.")
    last = head.rpartition(".")[2]
    name = ITEM_WORDS.get(last, last.replace("_", " ").removesuffix("s"))
    return [
        (f"{name} {number}", _inside(item, tail.removeprefix("."), f"{head}[{number}]"))
        for number, item in enumerate(items, start=1)
    ]


def instant(case: Case, path: str) -> dt.datetime | Missing | None:
    """The instant at ``path`` in UTC; DataError where it is not one, or has no zone."""
    value = find(case, path)
    return value if value is None or isinstance(value, Missing) else as_instant(value, path)


def first_instant(case: Case, paths: Sequence[str]) -> tuple[str, dt.datetime | Missing | None]:
    """The first of several instants that is there."""
    path, value = first_present(case, paths)
    if value is None or isinstance(value, Missing):
        return path, value
    return path, as_instant(value, path)


def as_instant(value: Any, path: str) -> dt.datetime:
    """An ISO 8601 instant with a zone, or such a datetime, in UTC."""
    remedy = "Write an instant with its zone, for instance 2021-05-19T07:00:00Z."
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            raise DataError(f"{path} is {value!r}, not an instant", remedy=remedy) from None
    if not isinstance(value, dt.datetime):
        raise DataError(f"{path} is {value!r}, not an instant", remedy=remedy)
    if value.tzinfo is None:
        raise DataError(f"{path} is {value.isoformat()}, without a zone", remedy=remedy)
    return value.astimezone(dt.UTC)


def as_quantity(value: Any, path: str) -> float:
    """A finite number; DataError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise DataError(f"{path} is {value!r}, not a finite number", remedy="Write a number.")
    return float(value)


def as_flag(value: Any, path: str) -> bool:
    """A yes or no; DataError for anything else."""
    if not isinstance(value, bool):
        raise DataError(
            f"{path} is {value!r}, neither true nor false", remedy="Write true or false."
        )
    return value


def agreements(case: Case) -> Iterator[str]:
    """Every paragraph from which the parties say, in any document, that they agreed to depart."""
    if case.plan is not None:
        yield from case.plan.agreements
    for document in case.documents.values():
        listed = document.get("agreements") or ()
        if isinstance(listed, str):
            raise DataError("agreements is a text, not a list", remedy='Write ["VI.II.4(E)"].')
        yield from (str(paragraph) for paragraph in listed)


def _document(case: Case, first: str) -> Any:
    if first == "plan":
        return case.plan
    if first == "aircraft":
        return _aircraft(case)
    if first not in DOCUMENT_OF:
        raise DataError(
            f"a rule reads {first!r}, which is not a document",
            remedy=f"Begin the path with one of plan, {', '.join(DOCUMENT_OF)}.",
        )
    return case.documents.get(DOCUMENT_OF[first])


def _aircraft(case: Case) -> Any:
    """The treaty's data on the aircraft that the plan, or else the notification, names."""
    named = case.plan.aircraft if case.plan else find(case, "notice.aircraft")
    if not isinstance(named, str):
        return None
    try:
        return case.view.aircraft(named)
    except DataError:
        return None


def _step(here: Any, name: str, path: str) -> Any:
    if isinstance(here, Mapping):
        return here[name] if name in here else Missing(path, words(path))
    if is_dataclass(here) and hasattr(here, name):
        return getattr(here, name)
    if is_dataclass(here):
        raise DataError(
            f"a rule reads {path}, but there is no such field",
            remedy="Correct the path in the treaty's rules.",
        )
    raise DataError(
        f"{path} cannot be read: {name!r} is asked of {here!r}",
        remedy="Write an object with named fields there.",
    )


def _inside(item: Any, tail: str, path: str) -> Any:
    for name in tail.split(".") if tail else ():
        item = _step(item, name, f"{path}.{name}")
        if item is None or isinstance(item, Missing):
            return item
    return item
