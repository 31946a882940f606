"""Distributions, standings, entries and sequences as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
"""Titles and rows as lines of columns."""


def _who(row: Mapping[str, Any]) -> str:
    return "+".join([row["observer"], *row.get("shared_with", ())])


def distribution_text(document: Mapping[str, Any], table: Table) -> str:
    """The distribution: grants, cuts with their sentences, conflicts, proof."""
    parts = [
        f"{document['treaty']}, {document['year']}: {document['flights']} flights",
        _settled(document["grants"], table),
    ]
    if document["shares"]:
        rows = [(s["party"], str(s["granted"]), str(s["asked"])) for s in document["shares"]]
        parts.append("Shares\n" + table(("party", "granted", "asked"), rows))
    if document["cuts"]:
        lines = "\n".join(f"  - {cut['sentence']}" for cut in document["cuts"])
        parts.append(f"Cut\n{lines}")
    parts += _findings("As asked, the requests conflict with the rules", document["as_asked"])
    parts += _findings("As granted, it still conflicts with them", _new(document))
    for title, key in (("Not decided", "undecided"), ("Set aside, no agreement", "set_aside")):
        if document[key]:
            lines = "\n".join(
                f"  - {_who(w)} over {w['observed']}, {w['flights']}"
                + (f": {w['needs']}" if "needs" in w else "")
                for w in document[key]
            )
            parts.append(f"{title}\n{lines}")
    if document["not_checked"]:
        parts.append("Not checked\n" + "\n".join(f"  - {t}" for t in document["not_checked"]))
    parts += [_rights(document), _proof(document), *document["notes"]]
    return "\n\n".join(part for part in parts if part)


def _new(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What is found as granted; what could not be told as asked is not said twice."""
    told = {(f["message"], f["where"]) for f in document["as_asked"]}
    return [
        f
        for f in document["as_granted"]
        if f["verdict"] == "breach" or (f["message"], f["where"]) not in told
    ]


def _rights(document: Mapping[str, Any]) -> str:
    """The pairs of which one side may claim as many flights as the other holds."""
    rights = [f for f in document["as_granted"] if f["verdict"] == "right arises"]
    if not rights:
        return ""
    pairs = ", ".join(f"{f['where']} {f['measured']:g} of {f['limit']:g}" for f in rights)
    return f"May be claimed, equal numbers both ways [{rights[0]['cite']}]\n  {pairs}"


_BASIS = {
    "as-requested": "as requested",
    "by-agreement": "our proposal",
    "last-year": "stands from last year",
}


def _settled(grants: Sequence[Mapping[str, Any]], table: Table) -> str:
    rows = [
        (_who(g), g["observed"], str(g["granted"]), str(g["flights"]), _BASIS[g["basis"]])
        for g in grants
    ]
    return table(("observer", "observed", "granted", "asked", "basis"), rows)


def _findings(title: str, findings: Sequence[Mapping[str, Any]]) -> list[str]:
    parts = []
    for verdict, words in (("breach", title), ("undetermined", "Cannot be told")):
        lines = [
            f"  - {f['message']} [{f['cite']}{_reading(f)}]"
            for f in findings
            if f["verdict"] == verdict
        ]
        if lines:
            parts.append(f"{words}\n" + "\n".join(lines))
    return parts


def _reading(finding: Mapping[str, Any]) -> str:
    return f", reading {finding['reading']}" if finding["reading"] else ""


def _proof(document: Mapping[str, Any]) -> str:
    readings = "; ".join(f"{k}={v}" for k, v in document["readings"].items())
    how = "fair (leximin), then the most" if document["order"] == "fair" else "the most flights"
    text = f"{how}; shares of {document['fairness']}; seed {document['seed']}; {readings}."
    if document["proved"]:
        return f"Proved optimal. {text}"
    gaps = [
        f"  - {s['what']}: {s['reached']}, at most {s['bound']}"
        for s in document["stages"]
        if not s["proved"]
    ]
    return f"Not proved optimal. {text}\n" + "\n".join(gaps)


def standing_text(document: Mapping[str, Any], table: Table) -> str:
    """One sentence, then every limit."""
    who, whom, on = document["observer"], document["observed"], document["on"]
    act = document["act"]
    may, where = f"{who} may {act['verb']}", f"{act['where']} {whom}"
    if document["left"] is not None:
        said = f"{may} {document['left']} more {where} (on {on})."
    elif document["at_most"] is None:
        said = f"How many {act['many']} {who} may still make {where} on {on} is not known."
    else:
        said = f"{may} {document['at_least']} to {document['at_most']} more {where} "
        said += f"(on {on}); more is not known."
    binding = "; ".join(f"{a['title']} [{a['cite']}]" for a in document["binding"])
    rows = [
        (
            a["title"],
            "unknown" if a["limit"] is None else str(a["limit"]),
            str(a["spent"]),
            str(a["reserved"]),
            "unknown" if a["left"] is None else str(a["left"]),
            a["cite"] + (f"; {a['reading']}" if a["reading"] else ""),
        )
        for a in document["accounts"]
    ]
    parts = [said]
    if binding:
        parts.append(f"Binding: {binding}")
    parts.append(table(("limit", act["many"], act["past"], "notified", "left", "paragraph"), rows))
    parts += [f"Missing: {need}" for need in document["needs"]]
    parts += [f"Note: {note}" for note in document["notes"]]
    return "\n".join(parts)


def entries_text(document: Mapping[str, Any], table: Table) -> str:
    rows = [
        (
            str(e["number"]),
            e["date"],
            str(e["year"]),
            e["kind"] + (f" (cancelled by {e['cancelled_by']})" if e["cancelled_by"] else ""),
            "+".join([e.get("observer", ""), *e.get("shared_with", ())]),
            "+".join([e.get("observed", ""), *e.get("also_over", ())]),
            str(e.get("flights", "")),
            e.get("ref", "") or (f"entry {e['corrects']}" if "corrects" in e else ""),
        )
        for e in document["entries"]
    ]
    titles = ("no", "date", "year", "kind", "observer", "observed", "flights", "ref")
    text = table(titles, rows)
    if document["open"]:
        text += f"\nNotified, not yet decided: {', '.join(document['open'])}"
    return text


def book_text(document: Mapping[str, Any], table: Table) -> str:
    grants = [
        (_who(g), g["observed"], str(g["flights"]), "shared" if g["shared_with"] else "")
        for g in document["grants"]
    ]
    held = [
        (
            o["party"],
            "unknown" if o["passive_quota"] is None else str(o["passive_quota"]),
            "unknown" if o["accepts"] is None else str(o["accepts"]),
            str(o["distributed"]),
        )
        for o in document["observed"]
    ]
    parts = [
        f"Active quotas {document['year']}, from the {document['source']}",
        table(("observer", "observed", "flights", ""), grants),
        "Passive quotas",
        table(("party", "quota", "accepts", "distributed"), held),
    ]
    if document["apart"]:
        parts += ["In force for nobody, or not known", *(f"  - {a}" for a in document["apart"])]
    return "\n".join(parts)


def sequence_text(document: Mapping[str, Any], table: Table) -> str:
    rows = [
        (
            s["observed"],
            f"Q{s['quarter']}",
            str(s["place"]),
            s["observer"] + (" (outside quota)" if s["outside_quota"] else ""),
            s["begins"][:16],
            s["ends"][:16],
            str(s["lot"] or ""),
            s["moved"],
        )
        for s in document["slots"]
    ]
    titles = ("over", "quarter", "place", "observer", "from (UTC)", "until", "lot", "moved")
    parts = [table(titles, rows)]
    if document["clashes"]:
        parts.append("To consult about")
        parts += [
            f"  - quarter {c['quarter']}: {c['text']} [{c['cite']}]" for c in document["clashes"]
        ]
    if document["unplaced"]:
        parts.append("No room was left for")
        parts += [f"  - {u['observer']} over {u['observed']}" for u in document["unplaced"]]
    cites = "; ".join(document["cites"].values())
    parts.append(f"Lots drawn with seed {document['seed']}. Rules: {cites}.")
    return "\n".join(parts)
