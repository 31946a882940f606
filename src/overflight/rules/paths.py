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
from overflight.rules.words import DOCUMENT_WORDS, ITEM_WORDS, words
from overflight.terms.values import CitedValue

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


def what(value: Any, path: str) -> str:
    """What to ask for where ``value`` was not at ``path``: the field, or the whole document."""
    return value.words if isinstance(value, Missing) else words(path)


def find(case: Case, path: str) -> Any:
    """The value at ``path``; Missing where it is absent, empty or null; None for a null that
    says that there was no such event (``EVENTS``)."""
    first, *rest = path.split(".")
    here = _document(case, first)
    if here is None:
        return Missing(first, DOCUMENT_WORDS.get(first, first))
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
    listed = as_list(items, head)
    if tail and any(item is None for item in listed):
        return Missing(path, words(path))
    last = head.rpartition(".")[2]
    name = ITEM_WORDS.get(last, last.replace("_", " ").removesuffix("s"))
    return [
        (f"{name} {number}", _inside(item, tail.removeprefix("."), f"{head}[{number}]"))
        for number, item in enumerate(listed, start=1)
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


def as_list(value: Any, path: str) -> Sequence[Any]:
    """A list; DataError for anything else."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise DataError(f"{path} is not a list", remedy="Write it as a list.")
    return value


def as_object(value: Any, path: str) -> Mapping[str, Any]:
    """An object with named fields; DataError for anything else."""
    if not isinstance(value, Mapping):
        raise DataError(
            f"{path} cannot be read: {value!r} has no fields",
            remedy="Write an object with named fields there.",
        )
    return value


def as_text(value: Any, path: str) -> str:
    """A text, such as a code or a word; DataError for anything else."""
    if not isinstance(value, str):
        raise DataError(f"{path} is {value!r}, not a text", remedy="Write a text.")
    return value


def agreements(case: Case) -> Iterator[str]:
    """Every paragraph from which the parties say, in any document, that they agreed to depart."""
    if case.plan is not None:
        yield from case.plan.agreements
    for document in case.documents.values():
        listed = as_list(document.get("agreements") or (), "agreements")
        yield from (as_text(paragraph, "agreements") for paragraph in listed)


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
