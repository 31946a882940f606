"""What a regime's files must agree on among themselves: sources, codes, readings, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.treaty.check import check_row, is_code
from overflight.treaty.dated import Span, add_days, add_months, overlaps
from overflight.treaty.holdings_frame import holdings_problems
from overflight.treaty.messages import message_problems
from overflight.treaty.overlay import identity, is_partial, span, table_of
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.procedure import procedure_problems
from overflight.treaty.quota_rules import ledger_problems, outcome_problems
from overflight.treaty.rows import Row, Tables
from overflight.treaty.schema import REQUIRED_FILES, Table
from overflight.treaty.vocabulary import ANY, REPEATABLE

_CITE_KEYS = ("cite", "later_cite", "conference_cite", "limit_cite")


@dataclass(frozen=True, slots=True)
class Regime:
    """All rows that are to become one treaty.

    ``broken`` are rows in which there is a mistake: nothing is asked of them, but what they name
    counts as named, so that one mistake is not told a second time by every row that refers to it.
    ``unread``: a file could not be read, so rows were not held against one another.
    """

    tables: Tables
    folder: Path
    broken: Tables = field(default_factory=dict)
    unread: bool = False

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def names(self, table: str, key: str) -> set[str]:
        rows = [*self.rows(table), *self.broken.get(table, [])]
        found = (row.data.get(key) for row in rows)
        return {name for name in found if isinstance(name, str)}

    @property
    def states(self) -> set[str]:
        return self.names("parties.toml/state", "code")

    @property
    def holders(self) -> set[str]:
        return self.states | self.names("groups.toml/group", "code")


def check_shape(tables: Tables, base: Tables | None = None) -> Iterator[Problem]:
    """Mistakes inside single rows. ``base``: the regime that an overlay's rows are laid over."""
    for name, rows in tables.items():
        for row in rows:
            yield from _shape(name, row, base)


def sound(tables: Tables, base: Tables | None = None) -> tuple[Tables, Tables]:
    """The rows in which there is no mistake, and the others."""
    good: Tables = {}
    bad: Tables = {}
    for name, rows in tables.items():
        good[name] = []
        for row in rows:
            broken = next(_shape(name, row, base), None) is not None
            (bad.setdefault(name, []) if broken else good[name]).append(row)
    return good, bad


def _shape(name: str, row: Row, base: Tables | None) -> Iterator[Problem]:
    table = table_of(name)
    yield from check_row(row, table, partial=is_partial(row, table, (base or {}).get(name, [])))


def check_together(regime: Regime) -> Iterator[Problem]:
    """Mistakes between rows. Only for rows that are well-formed one by one."""
    for check in _CHECKS:
        yield from check(regime)


def _files(regime: Regime) -> Iterator[Problem]:
    for name in REQUIRED_FILES:
        file = regime.folder / name
        if not any(table.startswith(f"{name}/") for table in regime.tables):
            remedy = "Write it; 'overflight treaty new DIR' starts a folder that has all files."
            yield Problem(str(file), None, "the file is missing or empty", remedy)
    for name in ("treaty", "entry_into_force"):
        if not (regime.rows(f"treaty.toml/{name}") or regime.broken.get(f"treaty.toml/{name}")):
            file = regime.folder / "treaty.toml"
            yield Problem(str(file), None, f"the table [{name}] is missing", f"Add [{name}].")


def _every_row(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        for nested in row.nested.values():
            yield from _every_row(nested)


def _all_rows(regime: Regime) -> Iterator[Row]:
    for rows in regime.tables.values():
        yield from _every_row(rows)


def _sources(regime: Regime) -> Iterator[Problem]:
    known = regime.names("sources.toml/source", "id")
    for row in _all_rows(regime):
        for key in _CITE_KEYS:
            for text in row.data.get(key) or ():
                source = text.split()[0]
                if source not in known:
                    remedy = did_you_mean(source, known, "Add it to sources.toml.")
                    yield row.problem(f"no source has the id {source!r}", remedy, key)


_STATE_KEYS = {
    "parties.toml/event": ("state", "towards"),
    "groups.toml/group": ("members",),
    "treaty.toml/treaty": ("depositaries",),
    "treaty.toml/entry_into_force": ("must_include",),
    "airfields.toml/airfield": ("state",),
    "aircraft.toml/designation": ("state",),
    "territory.toml/territory": ("state",),
}
_HOLDER_KEYS = {
    "quotas.toml/passive_quota": ("holder",),
    "quotas.toml/active_quota": ("observer", "observed", "shared_with"),
    "airfields.toml/airfield": ("holder",),
}


def _codes(regime: Regime) -> Iterator[Problem]:
    for tables, known, what in (
        (_STATE_KEYS, regime.states, "State"),
        (_HOLDER_KEYS, regime.holders | {ANY}, "State or group"),
    ):
        for name, keys in tables.items():
            for row in regime.rows(name):
                for key in keys:
                    for code in _listed(row.data.get(key)):
                        if code not in known:
                            remedy = did_you_mean(code, known, "Add it to parties.toml.")
                            yield row.problem(f"no {what} has the code {code!r}", remedy, key)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _readings(regime: Regime) -> Iterator[Problem]:
    options = _reading_options(regime)
    for row in regime.rows("readings.toml/reading"):
        offered = options[row.data["name"]]
        if row.data["default"] not in offered:
            remedy = did_you_mean(row.data["default"], offered, "Add [[reading.option]] rows.")
            yield row.problem("the default is not one of the options", remedy, "default")
    for row in _all_rows(regime):
        name, _, option = str(row.data.get("reading", "")).partition("=")
        if name:
            yield from _reading(row, name, option, options, "reading")
    for table in ("rules.toml/rule", "disputes.toml/dispute"):
        for row in regime.rows(table):
            for name in row.data.get("readings", ()):
                yield from _reading(row, name, "", options, "readings")
    for row in regime.rows("territory.toml/disputed"):
        for option, owner in row.data["belongs_to"].items():
            yield from _reading(row, row.data["reading"], option, options, "belongs_to")
            # The owner may be a State that the regime does not name: that is what is disputed.
            if not is_code(owner):
                remedy = "Give the code of a State, in capital letters."
                yield row.problem(f"{owner!r} is not a State's code", remedy, "belongs_to")


def _reading_options(regime: Regime) -> dict[str, set[str]]:
    table = "readings.toml/reading"
    return {
        str(row.data.get("name")): {str(o.data.get("id")) for o in row.nested.get("option", ())}
        for row in (*regime.rows(table), *regime.broken.get(table, []))
    }


def _reading(
    row: Row, name: str, option: str, options: dict[str, set[str]], key: str
) -> Iterator[Problem]:
    if name not in options:
        remedy = did_you_mean(name, options, "Add it to readings.toml.")
        yield row.problem(f"no reading is named {name!r}", remedy, key)
    elif option and option not in options[name]:
        remedy = did_you_mean(option, options[name])
        yield row.problem(f"the reading {name!r} has no option {option!r}", remedy, key)


def _twice(regime: Regime) -> Iterator[Problem]:
    """Two rows that say something of the same thing at the same time."""
    dated: dict[str, list[Row]] = {}
    for name, rows in regime.tables.items():
        table = table_of(name)
        if name == "parties.toml/event":
            continue
        if "from" in table.keys:
            # values.toml and deadlines.toml name their values in one space
            dated.setdefault(name.rpartition("/")[2], []).extend(rows)
        elif table.identity or table.single:
            yield from _repeated(table, rows)
        for row in rows:
            for key, nested in row.nested.items():
                inner = table.nested.get(key)
                if inner is not None and inner.identity:
                    yield from _repeated(inner, nested)
                elif inner is None or "from" in inner.keys:
                    yield from _overlapping(inner, nested)
    for kind, rows in dated.items():
        yield from _overlapping(_TABLE_OF_KIND[kind], rows)


_TABLE_OF_KIND = {
    "value": table_of("values.toml/value"),
    "passive_quota": table_of("quotas.toml/passive_quota"),
    "active_quota": table_of("quotas.toml/active_quota"),
    "group": table_of("groups.toml/group"),
    "ceiling": table_of("values.toml/ceiling"),
    "part": table_of("treaty.toml/part"),
}


def _repeated(table: Table, rows: list[Row]) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = identity(table, row)
        if key in seen:
            words = " ".join(str(part) for part in key if part)
            yield row.problem(
                f"{words!r} stands here a second time (first in {_place(seen[key])})",
                "Keep one of the two.",
            )
        seen.setdefault(key, row)


def _overlapping(table: Table | None, rows: list[Row]) -> Iterator[Problem]:
    held: dict[tuple[object, ...], list[tuple[Span, Row]]] = {}
    for row in rows:
        days = span(row.data)
        if days is None:
            continue
        who = identity(table, row) if table else ()
        key = (who, row.data.get("condition", ""), row.data.get("reading", ""))
        for other, first in held.get(key, ()):
            if overlaps(days, other):
                words = " ".join(str(part) for part in who) or str(row.path[-2])
                yield row.problem(
                    f"{words}: two rows hold at once from {max(days[0], other[0])} "
                    f"(the other in {_place(first)})",
                    "End the earlier row the day before, or give the two different "
                    "'condition' or 'reading'.",
                    "from",
                )
                break
        held.setdefault(key, []).append((days, row))


def _place(row: Row) -> str:
    return f"{row.file.name}:{row.line()}"


def _events(regime: Regime) -> Iterator[Problem]:
    rows = regime.rows("treaty.toml/withdrawal")
    months = rows[0].data.get("notice_months", 0) if rows else 0
    days = rows[0].data.get("notice_days", 0) if rows else 0
    if rows and not {"notice_months", "notice_days"} & set(rows[0].data):
        yield rows[0].problem("how long a notice must be is missing", "Add notice_months or _days.")
    left = {row.data["state"] for row in regime.rows("parties.toml/event") if _is_exit(row)}
    seen: dict[tuple[object, ...], Row] = {}
    for row in regime.rows("parties.toml/event"):
        data = row.data
        if data["kind"] == "notice-of-withdrawal":
            yield from _notice(row, months, days)
        if data["kind"] in REPEATABLE or not data.get("in_use", True):
            continue
        key = (data["state"], data["kind"], data.get("reading", ""))
        if key in seen and data["state"] not in left:
            yield row.problem(
                f"{data['state']}: a second {data['kind']} (first in {_place(seen[key])})",
                "Keep one, or mark the other in_use = false.",
            )
        seen.setdefault(key, row)


def _is_exit(row: Row) -> bool:
    return row.data["kind"] in ("notice-of-withdrawal", "withdrawal")


def _notice(row: Row, months: int, days: int) -> Iterator[Problem]:
    given = row.data.get("date") or row.data.get("date_to")
    effective = row.data.get("effective")
    soonest = add_days(add_months(given, months), days) if isinstance(given, dt.date) else None
    if effective is None:
        yield row.problem(
            "a notice of withdrawal does not say when it takes effect",
            f"Add effective = {soonest} or later." if soonest else "Add effective = the day.",
        )
    elif soonest is not None and effective < soonest:
        asked = f"{days} days" if days else f"{months} months"
        yield row.problem(
            f"a notice of {given} cannot take effect on {effective}: {asked} are required",
            f"Give {soonest} or later, or mend the notice's date.",
            "effective",
        )


def _entry(regime: Regime) -> Iterator[Problem]:
    for row in regime.rows("treaty.toml/entry_into_force"):
        conditions = {"days", "instruments"} & set(row.data)
        if "fixed" not in row.data and len(conditions) < 2:
            yield row.problem(
                "nothing says when the regime enters into force",
                "Add fixed = a date, or days and instruments.",
            )


def _members(regime: Regime) -> Iterator[Problem]:
    """No State in two groups at once."""
    seen: list[tuple[str, Span, Row]] = []
    for row in regime.rows("groups.toml/group"):
        days = span(row.data)
        if days is None:
            continue
        for member in row.data["members"]:
            for other, there, first in seen:
                elsewhere = member == other and first.data["code"] != row.data["code"]
                if elsewhere and overlaps(days, there):
                    yield row.problem(
                        f"{member} is in {first.data['code']} at the same time",
                        "Let one membership end before the other begins.",
                        "members",
                    )
            seen.append((member, days, row))


def _airfields(regime: Regime) -> Iterator[Problem]:
    for row in regime.rows("airfields.toml/airfield"):
        if ("lat" in row.data) != ("lon" in row.data):
            yield row.problem("a position needs both lat and lon", "Give both, or neither.", "lat")


def _rules(regime: Regime) -> Iterator[Problem]:
    values = regime.names("values.toml/value", "id") | regime.names("deadlines.toml/value", "id")
    for row in regime.rows("rules.toml/rule"):
        kind, _, key = str(row.data.get("limit", "")).partition(":")
        if kind == "value" and key not in values:
            remedy = did_you_mean(key, values, "Add it to values.toml.")
            yield row.problem(f"no value has the id {key!r}", remedy, "limit")


def _borders(regime: Regime) -> Iterator[Problem]:
    for table in ("territory.toml/territory", "territory.toml/disputed"):
        for row in regime.rows(table):
            name = row.data.get("file")
            if name is None:
                continue
            path = (row.file.parent / name).resolve()
            if not path.is_relative_to(row.file.parent.resolve()) or not path.is_file():
                remedy = "Name a GeoJSON file in this folder, e.g. borders/abc.geojson."
                yield row.problem(f"there is no file {name!r} in the folder", remedy, "file")


_CHECKS: tuple[Callable[[Regime], Iterator[Problem]], ...] = (
    _files,
    _sources,
    _codes,
    _readings,
    _twice,
    _events,
    _entry,
    _members,
    _airfields,
    _rules,
    _borders,
    message_problems,
    ledger_problems,
    holdings_problems,
    outcome_problems,
    procedure_problems,
)
