"""The chronicle, its direction and the scores of forecasts, as text for a terminal."""

from __future__ import annotations

import calendar
import csv
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COLUMNS = (
    "id", "regime", "from", "until", "actors", "counterparts", "kind", "plover", "mode",
    "extension", "act", "what", "place", "quote", "page", "publication", "published", "reported",
    "status", "in_use", "contradicts", "cite",
)  # fmt: skip
Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def chronicle_text(document: Mapping[str, Any], width: int) -> str:
    """Records, one below the other; contradictions and what is only reported marked."""
    blocks = []
    for r in document["records"]:
        head = f"{day_text(r)}  {r['regime']}  {'+'.join(r['actors'])}{to_text(r)}: {r['kind']}"
        lines = [f"{head}  ({r['id']})"]
        said = "" if r["what"] == r["kind"].replace("-", " ") else r["what"]
        if body := (said + marks_text(r)).strip():
            lines += textwrap.wrap(
                body, width - 4, initial_indent=" " * 4, subsequent_indent=" " * 4
            )
        blocks.append("\n".join(lines))
    text = "\n".join(blocks) if blocks else "no such records"
    pairs = document["contradictions"]
    if pairs:
        told = "\n".join(f"  - {a} and {b}" for a, b in pairs)
        text += f"\n\nTold otherwise by another source; both stand\n{told}"
    return text


def record_text(record: Mapping[str, Any], width: int) -> str:
    """One record with all that is said of it."""
    lines = [
        f"{record['id']} ({record['regime']})",
        f"  {day_text(record)}  {'+'.join(record['actors'])}{to_text(record)}: {record['kind']}"
        + (f", {record['place']}" if record["place"] else ""),
        *textwrap.wrap(record["what"], width - 2, initial_indent="  ", subsequent_indent="  "),
    ]
    if record["quote"]:
        lines.append(f"  \u201c{record['quote']}\u201d {record['page']}".rstrip())
    code = record["code"]
    lines += [
        f"  published in  {record['publication']}"
        + (f", {record['published']}" if record["published"] else ""),
        f"  sources       {'; '.join(record['cite']) or 'none'}",
        f"  code          {code['type']}{' ' + code['mode'] if code['mode'] else ''}"
        + (" (our extension)" if code["extension"] else ""),
    ]
    if record["reported"]:
        lines.append("  seen only as a report of it, not checked")
    if record["contradicts"]:
        lines.append(f"  contradicts   {', '.join(record['contradicts'])}")
    if not record["in_use"]:
        lines.append("  not taken as what happened")
    return "\n".join(lines)


def direction_text(document: Mapping[str, Any], table: Table) -> str:
    """Windows with direction and rank, and how far coders and sources carry it."""
    rows = []
    for window in document["windows"]:
        best, worst = window["rank"]
        low, high = window["spread_between_coders"]
        rows.append((
            window["from"][:4] if window["from"][:4] == window["until"][:4]
            else f"{window['from'][:4]}-{window['until'][:4]}",
            window["direction"],
            "-" if not best else str(best) if best == worst else f"{best} to {worst}",
            str(window["records"]), str(window["sources"]),
            str(low) if low == high else f"{low} to {high}",
            window["one_voice_each_source"],
            ", ".join(window["turns_without_source"]) or "no source",
        ))  # fmt: skip
    heads = (
        "years", "direction", "rank", "records", "sources", "balance", "one voice each",
        "turns without",
    )  # fmt: skip
    return (
        table(heads, rows)
        + "\n\nRank 1: farthest towards co-operation. Balance: records one way less records the "
        "other way, least\nand most over the coders. One voice each: if every source counted once. "
        "The counts say what was\nrecorded here, not how much happened."
        + (
            f"\n{document['unplaced']} records are in no window: their day is not known so closely."
            if document["unplaced"]
            else ""
        )
    )


def scores_text(document: Mapping[str, Any], table: Table) -> str:
    """Forecasts and their scores, or why nothing is said."""
    rows = [
        (
            f["id"], f["made"], f["probability"],
            "open" if f["resolved"] is None
            else {True: "came", False: "did not come", None: "void"}[f["came"]],
            f["question"],
        )
        for f in document["forecasts"]
    ]  # fmt: skip
    lines = [table(("id", "made", "probability", "outcome", "question"), rows), ""]
    if document["brier"] is None:
        return "\n".join([*lines, document["why"].capitalize() + "."])
    lines.append(
        f"Brier {document['brier']['value']:.3f} = reliability "
        f"{document['reliability']['value']:.3f} - resolution "
        f"{document['resolution']['value']:.3f} + uncertainty "
        f"{document['uncertainty']['value']:.3f}, over {document['resolved']} forecasts "
        f"on {document['questions']} resolved questions."
    )
    lines.append(f"Always saying the base rate would score {document['uncertainty']['value']:.3f}.")
    if document["skill"] is not None:
        low, high = document["skill_interval_95"]
        lines.append(f"Skill {document['skill']:.2f} (95 %: {low:.2f} to {high:.2f}).")
    if document["overdue"]:
        lines.append(f"{document['overdue']} closed and not resolved.")
    if document["why"]:
        lines.append(document["why"][0].upper() + document["why"][1:] + ".")
    return "\n".join(lines)


def chronicle_csv(document: Mapping[str, Any]) -> str:
    """The records as lines of comma-separated values, lists joined by a space."""
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for record in document["records"]:
        flat = {
            **record, "from": record["between"][0], "until": record["between"][1],
            "plover": record["code"]["type"], "mode": record["code"]["mode"],
            "extension": record["code"]["extension"],
        }  # fmt: skip
        rows.writerow([_cell(flat[name]) for name in _COLUMNS])
    return lines.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, list):
        text = "; ".join(map(str, value))
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def ledger_text(document: Mapping[str, Any]) -> str:
    """The state of a ledger of forecasts, and what dates it."""
    lines = [
        f"{document['records']} records, each as it was written",
        f"head {document['head']}",
        *(f"  {row['head']} was the head at record {row['records']}"
          for row in document["witnessed"]),
    ]  # fmt: skip
    if document["unfinished_bytes"]:
        lines.append(
            f"{document['unfinished_bytes']} bytes of an unfinished line stand behind; the next "
            "entry cuts them off"
        )
    lines.append(
        "Whoever rewrites the whole file can work the chain out anew. To have the day witnessed:\n"
        f"  overflight log append LOG --sha256 decision={document['head']}"
    )
    return "\n".join(lines)


def day_text(record: Mapping[str, Any]) -> str:
    """The day, the year, or the days between which it lies."""
    if record["date"]:
        return str(record["date"])
    first, last = record["between"]
    if first[5:] == "01-01" and last[5:] == "12-31" and first[:4] == last[:4]:
        return str(first[:4])
    if first[:7] == last[:7] and first[8:] == "01" and int(last[8:]) == _days_of(first):
        return str(first[:7])
    return f"{first} to {last}"


def _days_of(day: str) -> int:
    return calendar.monthrange(int(day[:4]), int(day[5:7]))[1]


def to_text(record: Mapping[str, Any]) -> str:
    """Towards whom."""
    return f" to {'+'.join(record['counterparts'])}" if record["counterparts"] else ""


def marks_text(record: Mapping[str, Any]) -> str:
    """What limits it."""
    marks = []
    if record["reported"]:
        marks.append("reported")
    if not record["in_use"]:
        marks.append("not taken as what happened")
    return f" [{'; '.join(marks)}]" if marks else ""
