"""A regime's view as text for a terminal: tables that fit its width, sources named once."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from overflight.terms.citations import Citation, SourceKind
from overflight.terms.values import CitedValue
from overflight.treaty.model import PartyStatus
from overflight.treaty.view import TreatyView

Rows = Sequence[Sequence[str]]


def width() -> int:
    """Columns of the terminal, between 60 and 140; 100 where there is none."""
    return max(60, min(140, shutil.get_terminal_size((100, 24)).columns))


def show(view: TreatyView, section: str, document: Mapping[str, Any]) -> str:
    """The whole answer of ``treaty show``."""
    parts = [_head(view), *_SECTIONS[section](view, document)]
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


def table(titles: Sequence[str], rows: Rows, *, indent: int = 2) -> str:
    """Columns as wide as they need; the widest wrap until all fit the terminal."""
    if not rows:
        return " " * indent + "none"
    columns = list(zip(titles, *rows, strict=True))
    widths = _fit(
        [max(map(len, column)) for column in columns],
        [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns],
        width() - indent - 2 * (len(titles) - 1),
    )
    return "\n".join(" " * indent + line for row in (titles, *rows) for line in _lines(row, widths))


def _fit(widths: list[int], words: list[int], room: int) -> list[int]:
    """Take from the widest columns until their sum fits; no word is cut."""
    fitted = list(widths)
    while sum(fitted) > room:
        spare = [wide if wide > word else 0 for wide, word in zip(fitted, words, strict=True)]
        if not any(spare):
            break
        fitted[spare.index(max(spare))] -= 1
    return fitted


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, wide, break_on_hyphens=False) or [""]
        for cell, wide in zip(cells, widths, strict=True)
    ]
    return [
        "  ".join(f"{part:<{wide}}" for part, wide in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]


def _head(view: TreatyView) -> str:
    treaty, begun = view.treaty, view.entry_into_force
    where = f" ({treaty.place}, {treaty.signed})" if treaty.place else f" ({treaty.signed})"
    lines = [f"{treaty.name}{where} on {view.on}"]
    verb = "In force since" if view.in_force else "To enter into force on"
    if begun.completed_by is not None and begun.date is not None:
        lines.append(
            f"{verb} {begun.date}: {treaty.entry_into_force.days} days after the deposit of "
            f"{begun.completed_by}, which met the last condition; {begun.ratified} States had then "
            f"ratified ({treaty.entry_into_force.instruments} needed), the {len(begun.required)} "
            f"required ones among them [{_cited(begun.citations)}]."
        )
    elif begun.date is not None:
        lines.append(f"{verb} {begun.date} [{_cited(begun.citations)}].")
    elif begun.between is not None:
        lines.append(f"Enters into force between {begun.between[0]} and {begun.between[1]}.")
    else:
        lines.append(f"Not in force: {begun.ratified} States have ratified.")
    if treaty.overlay_used:
        lines.append("PRIVATE OVERLAY in use: not for the other side.")
    return "\n".join(textwrap.fill(line, width()) for line in lines)


def _parties(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    shown: list[PartyStatus] = []
    parts = []
    for title, statuses, columns in (
        ("States Parties", view.states_parties, _SINCE),
        ("Party on an uncertain day", view.undetermined, _SINCE),
        ("Deposited, not yet bound", view.not_yet_bound, _SINCE),
        ("Leaving (notice given)", view.leaving, _EXIT),
        ("Departed", view.departed, _EXIT),
        ("Signed, not ratified", view.signed_not_ratified, _SIGNED),
    ):
        if not statuses and title != "States Parties":
            continue
        rows = [
            (s.state, s.name, *(tell(s) for tell in columns.values()), _cited(s.citations))
            for s in statuses
        ]
        body = table(("code", "name", *columns, "sources"), rows)
        parts.append(f"{title}: {len(statuses)}\n{body}")
        shown.extend(statuses)
    groups = [(g.code, ", ".join(g.members), g.kind, _cited(g.citations)) for g in view.groups]
    if groups:
        body = table(("code", "members", "kind", "sources"), groups)
        parts.append(f"Groups: {len(groups)}\n{body}")
    changed = [
        f"{name}={option['option']}"
        for name, option in document["readings"].items()
        if option["option"] != option["default"]
    ]
    if changed:
        parts.append(f"Readings chosen: {', '.join(changed)}")
    cited = [c for status in shown for c in status.citations]
    cited += [c for group in view.groups for c in group.citations]
    return [*parts, _sources(cited)]


def _since(status: PartyStatus) -> str:
    if status.since is not None:
        return str(status.since)
    if status.since_between is not None:
        return f"{status.since_between[0]}..{status.since_between[1]}"
    return "-"


def _day_of(kind: str) -> Callable[[PartyStatus], str]:
    """The first day on which the State did that, or "-"."""

    def tell(status: PartyStatus) -> str:
        event = status.first(kind)
        if event is None:
            return "-"
        return str(event.date or f"{event.earliest}..{event.latest}")

    return tell


_SINCE: Mapping[str, Callable[[PartyStatus], str]] = {"since": _since}
_SIGNED: Mapping[str, Callable[[PartyStatus], str]] = {"signed": _day_of("signature")}
_EXIT: Mapping[str, Callable[[PartyStatus], str]] = {
    "since": _since,
    "announced": _day_of("announcement"),
    "notice": _day_of("notice-of-withdrawal"),
    "effective": lambda status: str(status.left or "-"),
}


def _airfields(_view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    rows = [
        (
            row["holder"],
            row["icao"] or "-",
            row["name"],
            " ".join(_ROLE_SHORT.get(role, role) for role in row["roles"]),
            "; ".join(_distance(d) for d in row["maximum_flight_distance"]) or "-",
        )
        for row in document["airfields"]
    ]
    key = ", ".join(f"{short} {role}" for role, short in _ROLE_SHORT.items())
    gaps = [(row["about"], row["note"]) for row in document["unknown"]]
    titles = ("of", "ICAO", "name", "roles", "maximum flight distance")
    parts = [
        textwrap.fill(f"Airfields: {len(rows)} ({key}; distance in km)", width())
        + f"\n{table(titles, rows)}"
    ]
    if gaps:
        parts.append("Not known\n" + table(("about", "what was found"), gaps))
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
    passive = [
        (row["holder"], view.treaty.state_name(row["holder"]), _amount(row), row["note"])
        for row in document["passive_quotas"]
    ]
    active = [
        (
            row["observer"],
            row["observed"],
            _amount(row),
            f"{row['shared_flights']} shared with {', '.join(row['shared_with'])}"
            if row["shared_with"]
            else row["note"],
        )
        for row in document["active_quotas"]
    ]
    return [
        f"Passive quotas: {len(passive)}\n"
        + table(("holder", "name", "flights a year", "note"), passive),
        f"Active quotas: {len(active)}\n" + table(("observer", "over", "flights", "note"), active),
    ]


def _amount(row: Mapping[str, Any]) -> str:
    return "unknown" if row["status"] == "unknown" else _shown(row["value"])


def _listed(
    title: str, key: str, columns: Mapping[str, str]
) -> Callable[[TreatyView, Mapping[str, Any]], list[str]]:
    """A section that is one table: column title -> key of the document's rows."""

    def section(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
        texts = [s.title for s in view.treaty.sources.values() if s.kind is SourceKind.TEXT]
        rows = [[_cell(row, name, texts) for name in columns.values()] for row in document[key]]
        return [f"{title}: {len(rows)}\n" + table(list(columns), rows)]

    return section


def _cell(row: Mapping[str, Any], name: str, texts: Sequence[str]) -> str:
    if name == "value":
        return f"{_amount(row)} {row['unit']}".strip()
    content = row.get(name)
    if name == "cite":
        return "; ".join(_without_title(cite, texts) for cite in row[name])
    if isinstance(content, (list, tuple)):
        return "; ".join(_shown(item) for item in content)
    return "-" if content is None or content == "" else str(content)


def _without_title(cite: str, texts: Sequence[str]) -> str:
    """The paragraph alone, where it is one of the instrument itself."""
    for title in texts:
        cite = cite.removesuffix(f" ({title})")
    return cite


def _sensors(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    texts = [s.title for s in view.treaty.sources.values() if s.kind is SourceKind.TEXT]
    rows = [
        (
            category["id"],
            name.replace("_", " "),
            "; ".join(f"{_amount(row)} {row['unit']} {row['condition']}".strip() for row in limits),
            "; ".join(
                dict.fromkeys(_without_title(c, texts) for row in limits for c in row["cite"])
            ),
        )
        for category in document["sensor_categories"]
        for name, limits in category["limits"].items()
    ]
    titles = ("category", "limit", "value", "sources")
    return [f"Sensor categories: {len(view.treaty.categories)}\n{table(titles, rows)}"]


def _aircraft(_view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    rows = [
        (row["id"], row["state"], row["standing"], row["since"] or "-", row["name"])
        for row in document["aircraft"]
    ]
    return [f"Aircraft: {len(rows)}\n" + table(("id", "State", "standing", "since", "name"), rows)]


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


_SECTIONS: Mapping[str, Callable[[TreatyView, Mapping[str, Any]], list[str]]] = {
    "parties": _parties,
    "airfields": _airfields,
    "quotas": _quotas,
    "values": _listed(
        "Values", "values", {"key": "key", "value": "value", "from": "from", "sources": "cite"}
    ),
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
        {"no.": "number", "date": "date", "status": "status", "title": "title"},
    ),
    "rules": _listed(
        "Rules", "rules", {"id": "id", "phase": "phase", "predicate": "predicate", "title": "title"}
    ),
    "disputes": _listed(
        "Disputes",
        "disputes",
        {"id": "id", "title": "title", "readings": "readings", "facts": "facts"},
    ),
    "access": _listed(
        "Rights", "rights", {"case": "case", "who": "who", "sources": "cite", "what": "what"}
    ),
}


def _cited(citations: Iterable[Citation]) -> str:
    """Short: the paragraph of the text itself, the id of any other source."""
    return "; ".join(dict.fromkeys(_short(citation) for citation in citations))


def _short(citation: Citation) -> str:
    if citation.source.kind is SourceKind.TEXT and citation.paragraph:
        return citation.paragraph
    return citation.source.id


def _sources(citations: Iterable[Citation]) -> str:
    """What the short names stand for."""
    titles = {c.source.id: c.source.title for c in citations if _short(c) == c.source.id}
    return "Sources\n" + table(("id", "title"), sorted(titles.items())) if titles else ""


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    return str(value)
