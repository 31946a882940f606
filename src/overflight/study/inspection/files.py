"""Sites with their values, and routes with what they show, from files of many forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError
from overflight.formats.strict_json import STDIN, decode_utf8, load_json, read_source
from overflight.formats.working_json import working_plan_from_dict
from overflight.study.inspection.payoffs import Payoffs, by_value
from overflight.study.inspection.pool import Pool, pool_of
from overflight.terms.sites import Site
from overflight.treaty.problems import did_you_mean

FOUR = ("unseen", "seen", "lost", "caught")
"""Columns of a game in which one side's gain is not the other's loss (see ``Payoffs``)."""
_IDS = ("id", "site", "site_id", "name")
_VALUES = ("value", "weight", "priority")
_PLAN = "working-plan"
_REMEDY = (
    "Give one number a line, a CSV file with the columns id and value (or id, unseen, seen, lost, "
    "caught), a JSON list of numbers or of such objects, or a list of sites."
)


@dataclass(frozen=True, slots=True, eq=False)
class Valued:
    """Sites by id, in the order of the file, and what they are worth."""

    ids: tuple[str, ...]
    payoffs: Payoffs


def read_values(source: str | Path | bytes, detect: float = 1.0) -> Valued:
    """Sites and values from a file, standard input ("-") or bytes. ``detect`` is the chance that
    looking at a site shows what is there; four payoffs a site hold it already.

    Raises DataError, with the place, for anything that is not a list of values from 0 up.
    """
    data, label = read_source(source)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        rows = list(_json_rows(load_json(data, label), label))
    elif data.startswith(b"SQLite format 3\x00"):
        from overflight.formats.sites import read_sites

        rows = [(s.id, {"value": s.value}, s.id) for s in read_sites(source)]
    else:
        rows = list(_csv_rows(decode_utf8(data, label), label))
    if not rows:
        raise DataError("there are no values", file=label, remedy=_REMEDY)
    return _valued(rows, detect, label)


def of_sites(sites: Sequence[Site], detect: float = 1.0) -> Valued:
    """The same from a list of sites."""
    return Valued(tuple(s.id for s in sites), by_value([s.value for s in sites], detect))


Row = tuple[str, Mapping[str, Any], str]
"""The site's id, its numbers by column, where it stands in the file."""


def _json_rows(document: Any, label: str) -> Iterator[Row]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        features = document.get("features")
        for i, feature in enumerate(features if isinstance(features, list) else []):
            at = f"/features/{i}"
            fields = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(fields, dict):
                raise DataError("a feature has no properties", file=label, where=at, remedy=_REMEDY)
            yield _named({"id": feature.get("id"), **fields}, i), {"value": 1.0} | fields, at
        return
    if isinstance(document, dict):
        listed = next((document[k] for k in ("sites", "values") if k in document), None)
        if listed is None:
            for i, (name, number) in enumerate(document.items()):
                yield name, {"value": number}, f"/{name}" if name else f"/{i}"
            return
        document = listed
    if not isinstance(document, list):
        raise DataError("this is no list of values", file=label, remedy=_REMEDY)
    for i, item in enumerate(document):
        fields = item if isinstance(item, dict) else {"value": item}
        yield _named(fields, i), fields, f"/{i}"


def _named(fields: Mapping[str, Any], number: int) -> str:
    name = next((fields[k] for k in _IDS if fields.get(k) not in (None, "")), number + 1)
    return str(name)


def _csv_rows(text: str, label: str) -> Iterator[Row]:
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            at = f"line {reader.line_num}"
            if header is None:
                if _number(cells[-1]) is None:
                    header = [c.casefold().replace(" ", "_") for c in cells]
                    continue
                header = ["value"] if len(cells) == 1 else ["id", "value"]
            fields = dict(zip(header, cells, strict=False))
            yield _named(fields, reader.line_num - 1), fields, at
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}", file=label, line=reader.line_num, remedy=_REMEDY
        ) from None


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _valued(rows: Sequence[Row], detect: float, label: str) -> Valued:
    first = rows[0][1]
    four = all(name in first for name in FOUR)
    value = next((name for name in _VALUES if name in first), "value")
    names = FOUR if four else (value,)
    table = np.empty((len(names), len(rows)))
    taken: dict[str, str] = {}
    for i, (name, fields, at) in enumerate(rows):
        if name in taken:
            raise DataError(
                f"the site {name!r} stands twice, also at {taken[name]}",
                file=label, where=at, remedy="Give every site an id of its own.",
            )  # fmt: skip
        taken[name] = at
        for j, column in enumerate(names):
            number = _number(fields.get(column))
            if number is None or (not four and number < 0.0):
                raise DataError(
                    f"{column} of {name!r} is {str(fields.get(column))[:60]!r}, no number"
                    + ("" if four else " from 0 up"),
                    file=label, where=at, remedy=_REMEDY,
                )  # fmt: skip
            table[j, i] = number
    payoffs = Payoffs(*table) if four else by_value(table[0], detect)
    return Valued(tuple(taken), payoffs)


# --- routes


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """A pool of routes and, where the files say so, the sites with their values."""

    pool: Pool
    ids: tuple[str, ...]
    values: tuple[float, ...] | None


def read_routes(paths: Sequence[Path], ids: Sequence[str] | None = None) -> Routes:
    """Routes from JSON files and folders of them: working plans, or documents of the form
    ``{"sites": [{"id", "value"}], "routes": [{"id", "sees": [site, ...]}]}``.

    ``ids`` are the sites of the game; None: those that the files themselves list. Raises DataError
    for a route that shows a site nobody listed.
    """
    sees: list[tuple[str, Sequence[str], str]] = []
    worth: dict[str, float] = {}
    for path, found_inside in _files(paths):
        data, label = read_source(path)
        document = load_json(data, label)
        if found_inside and _other(document):
            continue
        if isinstance(document, dict) and document.get("kind") == _PLAN:
            plan = working_plan_from_dict(document, file=label)
            listed = {s.id: s.value for s in plan.sites}
            name = f"{path.parent.name}/{path.stem}" if found_inside else path.stem
            sees.append((name, sorted({o.site for o in plan.observations}), label))
        else:
            listed = _listed(document, label)
            sees += _routes_of(document, label)
        for site, value in listed.items():
            if worth.setdefault(site, value) != value and ids is None:
                raise DataError(
                    f"the site {site!r} is worth {value:g} here and {worth[site]:g} elsewhere",
                    file=label, remedy="Give the values with --values FILE.",
                )  # fmt: skip
    known = tuple(ids) if ids is not None else tuple(worth)
    if not known:
        raise DataError(
            "the routes come without sites",
            remedy="Give the sites and their values with --values FILE.",
        )
    number = {site: i for i, site in enumerate(known)}
    rows = []
    for route, shown, label in sees:
        for site in shown:
            if site not in number:
                raise DataError(
                    f"the route {route!r} shows the site {site!r}, which is not among the sites",
                    file=label, remedy=f"{did_you_mean(site, known)} Give it a value.",
                )  # fmt: skip
        rows.append([number[site] for site in shown])
    pool = pool_of(rows, len(known), [name for name, _, _ in sees])
    values = None if ids is not None else tuple(worth[site] for site in known)
    return Routes(pool, known, values)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Files, and whether they were found in a folder."""
    for path in paths:
        if str(path) != STDIN and path.is_dir():
            inside = sorted(path.rglob("*.json"))
            if not inside:
                raise DataError(
                    "there are no JSON files in it", file=path, remedy="Name a folder of plans."
                )
            yield from ((one, True) for one in inside)
        else:
            yield path, False


def _other(document: Any) -> bool:
    """Whether a document is about something else than routes."""
    return not isinstance(document, dict) or (
        document.get("kind") != _PLAN and "routes" not in document
    )


def _listed(document: Any, label: str) -> dict[str, float]:
    if not isinstance(document, dict) or "sites" not in document:
        return {}
    valued = _valued(list(_json_rows({"sites": document["sites"]}, label)), 1.0, label)
    return dict(zip(valued.ids, valued.payoffs.unseen.tolist(), strict=True))


def _routes_of(document: Any, label: str) -> Iterator[tuple[str, Sequence[str], str]]:
    listed = document.get("routes") if isinstance(document, dict) else document
    remedy = 'Write {"routes": [{"id": "R1", "sees": ["site 1", "site 2"]}, ...]}.'
    if not isinstance(listed, list):
        raise DataError("there are no routes in it", file=label, remedy=remedy)
    for i, route in enumerate(listed):
        shown = route.get("sees") if isinstance(route, dict) else route
        if not isinstance(shown, list) or not all(isinstance(s, (str, int)) for s in shown):
            raise DataError(
                "a route does not list the sites that it shows",
                file=label, where=f"/routes/{i}", remedy=remedy,
            )  # fmt: skip
        name = route.get("id") if isinstance(route, dict) else None
        yield str(name or i + 1), [str(s) for s in shown], label
