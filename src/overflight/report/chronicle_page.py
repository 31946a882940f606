"""The chronicle as a page: the records, what contradicts what side by side, which way it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overflight.report.chronicle import day_text, marks_text, to_text
from overflight.terms.study import StudyInput, StudyReport, StudyTable

_ROW = ("When and who", "What, and where it was published")


def chronicle_report(document: Mapping[str, Any], travel: Mapping[str, Any]) -> StudyReport:
    """``document``: a chronicle; ``travel``: its direction, window by window."""
    records = document["records"]
    by_id = {(r["regime"], r["id"]): r for r in records}
    pairs = sorted(
        {
            (r["regime"], *sorted((r["id"], other)))
            for r in records
            for other in r["contradicts"]
            if (r["regime"], other) in by_id
        }
    )
    reported = sum(1 for r in records if r["reported"])
    nowhere = sum(1 for r in records if r["publication"].startswith("unknown"))
    tables = [
        StudyTable(
            f"Records: {regime}", _ROW,
            _rows(r for r in records if r["regime"] == regime),
        )
        for regime in document["regimes"]
        if any(r["regime"] == regime for r in records)
    ]  # fmt: skip
    if pairs:
        tables.insert(0, StudyTable(
            "Told in two ways; both stand", ("One source", "Another"),
            tuple((_side(by_id[regime, a]), _side(by_id[regime, b])) for regime, a, b in pairs),
        ))  # fmt: skip
    return StudyReport(
        title="Chronicle",
        question="Who did or said what, when, and where was it published?",
        answer=(
            f"{len(records)} records of {', '.join(document['regimes'])}.",
            f"{len(pairs)} pairs tell a thing in two ways.",
            f"{reported} are only reports of reports, not checked; of {nowhere} the publication is "
            "unknown.",
        ),
        inputs=(
            StudyInput("Codes", document["ontology"], "reported", "openeventdata/PLOVER"),
            StudyInput("Records", str(len(records)), "reported", "as named with each"),
        ),
        unknowns=(
            "What was said and done, and left out of the sources that were read.",
            *(["Where a record says a span of days, the day itself."] if any(
                r["date"] is None for r in records) else []),
        ),
        sensitivity=(_travel(travel),) if travel["windows"] else (),
        tables=tuple(tables),
        is_not=(
            "A count of how much happened: it counts what was recorded here.",
            "A forecast.",
        ),
    )  # fmt: skip


def _rows(records: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """One row a record; what many did alike on the same day is one row with all of them."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for record in records:
        who = " ".join(record["actors"])
        key = (day_text(record), to_text(record).replace("+", " "), _told(record))
        alike.setdefault(key, []).append(who)
    return tuple((f"{day}: {' '.join(who)}{to}", told) for (day, to, told), who in alike.items())


def _told(record: Mapping[str, Any]) -> str:
    kind = record["kind"].replace("-", " ")
    what = "" if record["what"] == kind else f": {record['what']}"
    quote = f" \u201c{record['quote']}\u201d" if record["quote"] else ""
    text = f"{kind}{what}{quote}{marks_text(record)}"
    return f"{text[:1].upper()}{text[1:]} ({_published(record)})"


def _published(record: Mapping[str, Any]) -> str:
    on = f" ({record['published']})" if record["published"] else ""
    said = f"{record['publication']}{on}"
    if record["publication"].startswith("unknown"):
        return f"{said}; told by {'; '.join(record['cite'])}"
    return said


def _side(record: Mapping[str, Any]) -> str:
    told = f"{record['what']}{marks_text(record)} ({_published(record)})"
    return f"{record['regime']}, {day_text(record)}. {told}"


def _travel(travel: Mapping[str, Any]) -> StudyTable:
    rows = []
    for window in travel["windows"]:
        best, worst = window["rank"]
        low, high = window["spread_between_coders"]
        rows.append((
            f"{window['from'][:4]} to {window['until'][:4]}", _short(window["direction"]),
            "-" if not best else str(best) if best == worst else f"{best} to {worst}",
            str(window["records"]), str(low) if low == high else f"{low} to {high}",
            _short(window["one_voice_each_source"]),
            ", ".join(window["turns_without_source"]) or "no source",
        ))  # fmt: skip
    return StudyTable(
        "Direction of travel",
        ("Years", "Direction", "Rank", "Records", "Balance", "One voice each", "Turns without"),
        tuple(rows),
        "Towards co-operation, or away from it. Rank 1: farthest towards. Balance: records one "
        f"way less records the other way, over {len(travel['coders'])} coder(s). One voice each: "
        f"if every source counted once. {travel['unplaced']} records whose day is "
        "not known closely enough are in no window.",
    )


def _short(direction: str) -> str:
    return direction.removesuffix(" co-operation").removesuffix(" from it")
