"""A regime's view as text for a terminal: tables that fit its width, sources named once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from overflight.cli.sources_text import Short, legend, shortener
from overflight.cli.tables import table, width
from overflight.cli.treaty_parties_text import cited, part_line, parties
from overflight.terms.access import LEVELS
from overflight.terms.values import CitedValue
from overflight.treaty.party_summary import parts
from overflight.treaty.status import termination
from overflight.treaty.view import TreatyView


def show(view: TreatyView, section: str, document: Mapping[str, Any]) -> str:
    """The whole answer of ``treaty show``."""
    parts = [_head(view), *_SECTIONS[section](view, document)]
    if section in _WITH_LEGEND:
        parts.append(legend({k: v for k, v in document.items() if k != "entry_into_force"}, view))
    return "\n\n".join(part for part in parts if part)


def one_value(value: CitedValue) -> str:
    """One value with its span, standing and source."""
    until = "open" if value.valid_until is None else str(value.valid_until)
    lines = [
        f"{value.key} = {_shown(value.value)} {value.unit}".rstrip(),
        f"  holds from {value.valid_from} until {until}, {value.status}"
        + (f", under the reading {value.reading}" if value.reading else "")
        + (f", {value.condition}" if value.condition else ""),
        f"  {value.cite}",
    ]
    if value.note:
        lines.append(
            textwrap.fill(value.note, width(), initial_indent="  ", subsequent_indent="  ")
        )
    if value.private:
        lines.append("  PRIVATE: from an overlay; not for the other side")
    lines += [
        f"  otherwise {_shown(other.value)} {other.unit} ({other.reading or other.condition})"
        for other in value.alternatives
    ]
    return "\n".join(lines)


def _head(view: TreatyView) -> str:
    treaty, begun = view.treaty, view.entry_into_force
    where = f" ({treaty.place}, {treaty.signed})" if treaty.place else f" ({treaty.signed})"
    lines = [f"{treaty.name}{where} on {view.on}"]
    over = termination(treaty, view.on)
    verb = "In force since" if view.in_force else "To enter into force on"
    if over is not None:
        verb = "Was in force from"
    if begun.completed_by is not None and begun.date is not None:
        lines.append(
            f"{verb} {begun.date}: {treaty.entry_into_force.days} days after the deposit of "
            f"{begun.completed_by}, which met the last condition; {begun.ratified} States had then "
            f"ratified ({treaty.entry_into_force.instruments} needed), the {len(begun.required)} "
            f"required ones among them [{cited(begun.citations)}]."
        )
    elif begun.date is not None:
        lines.append(f"{verb} {begun.date} [{cited(begun.citations)}].")
    elif begun.between is not None:
        lines.append(f"Enters into force between {begun.between[0]} and {begun.between[1]}.")
    elif treaty.entry_into_force.fixed is not None:
        lines.append("Not in force; the days of the instruments of ratification are not known.")
    else:
        lines.append(f"Not in force: {begun.ratified} States have ratified.")
    if over is not None:
        lines.append(f"Ended on {over.date}: {over.note} [{cited(over.citations)}]")
    lines += [part_line(part, view.on) for part in parts(view)]
    if treaty.overlay_used:
        lines.append("PRIVATE OVERLAY in use: not for the other side.")
    return "\n".join(textwrap.fill(line, width()) for line in lines)


def _airfields(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    short = shortener(view.treaty.sources)
    rows = [
        (
            row["holder"],
            row["icao"] or "-",
            row["name"],
            " ".join(_ROLE_SHORT.get(role, role) for role in row["roles"]),
            "; ".join(_distance(d) for d in row["maximum_flight_distance"]) or "-",
            short(
                [
                    *row["cite"],
                    *(c for d in row["maximum_flight_distance"] for c in d.get("cite", ())),
                ]
            ),
        )
        for row in document["airfields"]
    ]
    key = ", ".join(f"{short} {role}" for role, short in _ROLE_SHORT.items())
    gaps = [(row["about"], row["note"], short(row["cite"])) for row in document["unknown"]]
    titles = ("of", "ICAO", "name", "roles", "max. flight distance", "sources")
    parts = [
        textwrap.fill(f"Airfields: {len(rows)} ({key}; distance in km)", width())
        + f"\n{table(titles, rows)}"
    ]
    if gaps:
        parts.append("Not known\n" + table(("about", "what was found", "sources"), gaps))
    return parts


_ROLE_SHORT = {
    "point-of-entry": "E",
    "point-of-exit": "X",
    "open-skies-airfield": "O",
    "refuelling": "R",
    "calibration-target": "C",
    "entry-fix": "F",
}


def _distance(row: Mapping[str, Any]) -> str:
    number = "unknown" if row["value"] is None else f"{row['value']:g}"
    if row.get("reading"):
        number += f" ({row['reading'].partition('=')[2]})"
    return f"{number} {row['condition']}".strip()


def _quotas(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    short, total = shortener(view.treaty.sources), document["passive_quota_total"]

    def passive(rows: Iterable[Mapping[str, Any]], note: str) -> str:
        cells = [
            (
                row["holder"],
                view.treaty.state_name(row["holder"]),
                _amount(row),
                row[note],
                short(row["cite"]),
            )
            for row in rows
        ]
        return table(("holder", "name", "flights a year", note, "sources"), cells)

    def active(rows: Iterable[Mapping[str, Any]], note: str) -> str:
        cells = [
            (row["observer"], row["observed"], _amount(row), _shared(row, note), short(row["cite"]))
            for row in rows
        ]
        return table(("observer", "over", "flights", note, "sources"), cells)

    unknown = f", {total['not_known']} not known" if total["not_known"] else ""
    parts = [
        f"Passive quotas: {total['holders']}, {total['flights']} flights a year{unknown}\n"
        + passive(document["passive_quotas"], "note")
    ]
    for title, key, tell in (
        ("Passive quotas not in force", "passive_quotas_not_in_force", passive),
        ("Active quotas", "active_quotas", active),
        ("Active quotas not in force", "active_quotas_not_in_force", active),
    ):
        apart = key.endswith("not_in_force")
        if document[key] or not apart:
            body = tell(document[key], "reason" if apart else "note")
            parts.append(f"{title}: {len(document[key])}\n{body}")
    return parts


def _shared(row: Mapping[str, Any], note: str) -> str:
    if row["shared_with"] and note == "note":
        return f"{row['shared_flights']} shared with {', '.join(row['shared_with'])}"
    return str(row[note])


def _amount(row: Mapping[str, Any]) -> str:
    return "unknown" if row["status"] == "unknown" else _shown(row["value"])


def _listed(
    title: str, key: str, columns: Mapping[str, str]
) -> Callable[[TreatyView, Mapping[str, Any]], list[str]]:
    """A section that is one table: column title -> key of the document's rows."""

    def section(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
        short = shortener(view.treaty.sources)
        rows = [[_cell(row, name, short) for name in columns.values()] for row in document[key]]
        return [f"{title}: {len(rows)}\n" + table(list(columns), rows)]

    return section


def _rights(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    """The rights, and the rows by which a program decides (docs: who may have what)."""
    told = [row for row in document["rights"] if "answer" not in row]
    columns = {"case": "case", "who": "who", "sources": "cite", "what": "what"}
    blocks = _listed("Rights", "rights", columns)(view, {"rights": told})
    deciding = [row for row in document["rights"] if "answer" in row]
    short = shortener(view.treaty.sources)
    for answer, words in _DECIDING.items():
        rows = [
            (", ".join(row.get("levels", LEVELS)), row["case"], row.get("reading") or "-",
             short(row["cite"]))
            for row in deciding if row["answer"] == answer
        ]  # fmt: skip
        if rows:
            titles = ("level", "case", "under the reading", "sources")
            blocks.append(f"{words}: {len(rows)}\n" + table(titles, rows))
    return blocks


_DECIDING = {
    "entitled": "Who can have anything at all",
    "allowed": "What those get",
    "denied": "What bars it, whatever allows it",
    "condition": "Under what it is allowed",
    "presumed": "What is taken to be so where no document says",
    "otherwise": "What is said where nothing allows it",
}
"""What an answer of a row means -> its heading. Allowed is what one row of each of the first two
gives and none of the third bars."""


def _cell(row: Mapping[str, Any], name: str, short: Short) -> str:
    if name == "value":
        return f"{_amount(row)} {row['unit']}".strip()
    content = row.get(name)
    if name == "cite":
        return short(row[name])
    if isinstance(content, (list, tuple)):
        return "; ".join(_shown(item) for item in content)
    return "-" if content is None or content == "" else str(content)


def _sensors(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    short = shortener(view.treaty.sources)
    rows = [
        (
            category["id"],
            name.replace("_", " "),
            "; ".join(f"{_amount(row)} {row['unit']} {row['condition']}".strip() for row in limits),
            short([cite for row in limits for cite in row["cite"]]),
        )
        for category in document["sensor_categories"]
        for name, limits in category["limits"].items()
    ]
    titles = ("category", "limit", "value", "sources")
    return [f"Sensor categories: {len(view.treaty.categories)}\n{table(titles, rows)}"]


def _aircraft(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    short = shortener(view.treaty.sources)
    rows = [
        (
            row["id"],
            row["state"],
            "; ".join(filter(None, (row["standing"], row["state_standing"]))),
            row["since"] or "-",
            row["name"],
            short(row["cite"]),
        )
        for row in document["aircraft"]
    ]
    titles = ("id", "State", "standing", "since", "name", "sources")
    return [f"Aircraft: {len(rows)}\n" + table(titles, rows)]


def _readings(_view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    parts = []
    for name, row in document["readings"].items():
        lines = [f"{name}: {row['question']} [{'; '.join(row['cite'])}]"]
        for option, text in row["options"].items():
            mark = "*" if option == row["option"] else " "
            lines.append(f"  {mark} {option}: {text}")
        parts.append("\n".join(_filled(line) for line in lines))
    return [*parts, "* the option taken; choose another with --reading NAME=OPTION"]


def _filled(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, width(), subsequent_indent=indent)


_CEILINGS = {
    "zone": "zone",
    "category": "category",
    "counts": "counts",
    "at most": "value",
    "per": "per",
    "sources": "cite",
}


def _values(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    columns = {"key": "key", "value": "value", "from": "from", "sources": "cite"}
    shown = _listed("Values", "values", columns)(view, document)
    if document["ceilings"]:
        shown += _listed("Ceilings", "ceilings", _CEILINGS)(view, document)
    return shown


_SECTIONS: Mapping[str, Callable[[TreatyView, Mapping[str, Any]], list[str]]] = {
    "parties": parties,
    "airfields": _airfields,
    "quotas": _quotas,
    "values": _values,
    "deadlines": _listed(
        "Deadlines",
        "deadlines",
        {"key": "key", "value": "value", "sources": "cite", "what": "what"},
    ),
    "sensors": _sensors,
    "aircraft": _aircraft,
    "readings": _readings,
    "decisions": _listed(
        "Decisions",
        "decisions",
        {
            "no.": "number",
            "date": "date",
            "status": "status",
            "title": "title",
            "sources": "cite",
        },
    ),
    "rules": _listed(
        "Rules", "rules", {"id": "id", "phase": "phase", "predicate": "predicate", "title": "title"}
    ),
    "disputes": _listed(
        "Disputes",
        "disputes",
        {
            "id": "id",
            "title": "title",
            "readings": "readings",
            "sources": "cite",
            "facts": "facts",
        },
    ),
    "access": _rights,
}


_WITH_LEGEND = (
    "airfields",
    "quotas",
    "values",
    "deadlines",
    "sensors",
    "aircraft",
    "decisions",
    "disputes",
    "access",
)
"""Sections that tell sources by their ids and end with what these stand for."""


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    return str(value)
