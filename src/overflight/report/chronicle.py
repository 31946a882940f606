"""The chronicle, its direction and the scores of forecasts, as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def chronicle_text(document: Mapping[str, Any], table: Table) -> str:
    """Records as lines; contradictions and what is only reported marked."""
    rows = [
        (
            _day(r), r["regime"], "+".join(r["actors"]) + _to(r), r["kind"],
            r["what"] + _marks(r), r["id"],
        )
        for r in document["records"]
    ]  # fmt: skip
    text = table(("day", "regime", "who", "kind", "what", "id"), rows)
    pairs = document["contradictions"]
    if pairs:
        lines = "\n".join(f"  - {a} and {b}" for a, b in pairs)
        text += f"\n\nTold otherwise by another source; both stand\n{lines}"
    return text


def record_text(record: Mapping[str, Any], width: int) -> str:
    """One record with all that is said of it."""
    lines = [
        f"{record['id']} ({record['regime']})",
        f"  {_day(record)}  {'+'.join(record['actors'])}{_to(record)}: {record['kind']}"
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
            ", ".join(window["turns_without_source"]) or "no source",
        ))  # fmt: skip
    heads = ("years", "direction", "rank", "records", "sources", "balance", "turns without")
    return (
        table(heads, rows)
        + "\n\nRank 1: farthest towards co-operation. Balance: records one way less records the "
        "other way, least\nand most over the coders. The counts say what was recorded here, not "
        "how much happened."
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
        f"{document['uncertainty']['value']:.3f}, over {document['resolved']} resolved questions."
    )
    lines.append(f"Always saying the base rate would score {document['uncertainty']['value']:.3f}.")
    if document["skill"] is not None:
        low, high = document["skill_interval_95"]
        lines.append(f"Skill {document['skill']:.2f} (95 %: {low:.2f} to {high:.2f}).")
    if document["why"]:
        lines.append(document["why"][0].upper() + document["why"][1:] + ".")
    return "\n".join(lines)


def _day(record: Mapping[str, Any]) -> str:
    if record["date"]:
        return str(record["date"])
    first, last = record["between"]
    if first[5:] == "01-01" and last[5:] == "12-31" and first[:4] == last[:4]:
        return str(first[:4])
    return f"{first} to {last}"


def _to(record: Mapping[str, Any]) -> str:
    return f" to {'+'.join(record['counterparts'])}" if record["counterparts"] else ""


def _marks(record: Mapping[str, Any]) -> str:
    marks = []
    if record["reported"]:
        marks.append("reported")
    if not record["in_use"]:
        marks.append("not taken as what happened")
    return f" [{'; '.join(marks)}]" if marks else ""
