"""Who may have what, what was asked for and handed over, and who had access: words and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from overflight.archive.access.finding import Sight
from overflight.archive.access.journal import Access, Head
from overflight.archive.access.rights import Rights
from overflight.archive.asking.clock import due_words
from overflight.archive.asking.delivering import Answered
from overflight.archive.asking.register import Asked
from overflight.archive.catalogue.protocol import Page
from overflight.archive.keeping.layout import COMMON, Settings
from overflight.archive.keeping.missions import Mission
from overflight.procedure.machine import Options
from overflight.report.archive_keep import size_words
from overflight.report.tables import clean
from overflight.terms.access import DELIVERED, LEVELS, Decision

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
AskedRow = tuple[Asked, Options | None, Mapping[str, int]]
_MOST_TOLD = 200
_CITE = re.compile(r"(.+) (\([^()]+\))")


def access_to_dict(
    settings: Settings, readings: Mapping[str, str], missions: Sequence[Mission], rights: Rights
) -> dict[str, Any]:
    """What somebody may have (schema archive-access)."""
    return {
        "kind": "archive-access",
        "version": 1,
        "archive": settings.id,
        "holder": settings.holder,
        "asker": rights.asker,
        "on": rights.on.isoformat(),
        "readings": dict(readings),
        "missions": [
            {
                "bundle": one.bundle,
                "collection": one.collection,
                "observing": one.observing,
                "observed": one.observed,
                "flown": None if one.flown is None else one.flown.isoformat(),
                "marks": list(one.marks),
                "delivered": sorted(rights.handed.get(one.id, ())),
            }
            | {level: rights.decisions[one.id][level].as_dict() for level in LEVELS}
            for one in missions
        ],
    }


def access_text(
    settings: Settings, missions: Sequence[Mission], rights: Rights, table: Table, *,
    wholly: bool = False,
) -> str:  # fmt: skip
    """A row for each mission and why; ``wholly``: every level with its conditions."""
    whose = "a common archive" if settings.holder == COMMON else f"the archive of {settings.holder}"
    lines = [f"{clean(rights.asker)} in {clean(settings.id)}, {whose}, on {rights.on}"]
    if wholly:
        for one in missions:
            lines.append(_name(one))
            for level in LEVELS:
                lines += _decision_lines(rights.decisions[one.id][level])
        return "\n".join(lines)
    rows = [
        (_name(one), *(_word(rights.decisions[one.id][level]) for level in LEVELS))
        for one in missions
    ]
    lines.append(table(("MISSION", *(level.upper() for level in LEVELS)), rows))
    why: dict[str, None] = {}
    for of in rights.decisions.values():
        for level in LEVELS:
            why[f"  {level}: {_why(of[level])}"] = None
    return "\n".join([*lines, "because", *list(why)[:_MOST_TOLD]])


def _name(one: Mission) -> str:
    mark = "".join(f"{word}: " for word in one.marks)
    when = "day not known" if one.flown is None else one.flown.isoformat()
    return f"{mark}{clean(one.bundle)}, {one.observing} over {one.observed}, {when}"


def _word(decision: Decision) -> str:
    if decision.allowed and decision.extent == DELIVERED:
        return "what was delivered"
    return str(decision.answer)


def short(cites: str) -> str:
    """Paragraphs of one source after another, and the source once, behind the last of them."""
    parts = [_CITE.fullmatch(part) for part in cites.split("; ")]
    words = []
    for part, after, said in zip(parts, [*parts[1:], None], cites.split("; "), strict=True):
        again = part is not None and after is not None and part[2] == after[2]
        words.append(part[1] if part is not None and again else said)
    return clean("; ".join(words))


def _why(decision: Decision) -> str:
    cite = f" [{short(decision.cite)}]" if decision.cite else ""
    return f"{_word(decision)}. {clean(decision.message)}{cite}"


def _decision_lines(decision: Decision) -> list[str]:
    lines = [f"  {decision.level}: {_why(decision)}"]
    lines += [f"    {clean(condition)}" for condition in decision.conditions]
    if decision.readings:
        said = ", ".join(f"{name}={option}" for name, option in decision.readings.items())
        lines.append(f"    readings: {said}")
    return lines


def found_to_dict(
    settings: Settings, rights: Rights, sight: Sight, page: Page
) -> dict[str, Any]:  # fmt: skip
    """What a search found (schema archive-found)."""
    return {
        "kind": "archive-found",
        "version": 1,
        "archive": settings.id,
        "asker": rights.asker,
        "on": rights.on.isoformat(),
        "missions": len(sight.found),
        "matched": page.matched,
        "next": page.next,
        "items": [json.loads(item) for item in page.items],
    }


def found_text(rights: Rights, sight: Sight, page: Page, table: Table) -> str:
    """A row for each item; how many of its files may be opened."""
    rows = []
    for item in map(json.loads, page.items):
        said = item["properties"]
        when = said.get("datetime") or said.get("start_datetime") or ""
        rows.append((clean(item["id"]), clean(item["collection"]), clean(when),
                     clean(", ".join(map(str, said.get("instruments") or ()))),
                     str(len(item["assets"])) if item["assets"] else "-"))  # fmt: skip
    lines = [table(("ITEM", "MISSION", "TIME", "SENSOR", "FILES"), rows)] if rows else []
    count = "" if page.matched is None else f" of {page.matched}"
    lines.append(f"{len(rows)}{count} {_many(len(rows), 'item')}; {clean(rights.asker)} may find "
                 f"{len(sight.found)} {_many(len(sight.found), 'mission')}")  # fmt: skip
    if any(row[-1] == "-" for row in rows):
        lines.append(f"-: {clean(rights.asker)} may not open its files; copies come on request to "
                     "the observing Party (archive request)")  # fmt: skip
    if page.next:
        lines.append(f"more: --token {page.next}")
    return "\n".join(lines)


def _many(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


def asked_to_dict(rows: Sequence[AskedRow]) -> dict[str, Any]:
    """Requests and where they stand (schema archive-asked)."""
    return {
        "kind": "archive-asked",
        "version": 1,
        "requests": [
            {
                "request": one.request,
                "notice": one.notice,
                "decision": one.decision,
                "delivery": one.delivery,
                "phase": None if standing is None else standing.title,
                "due": due_words(standing),
                "logged": dict(logged),
            }
            for one, standing, logged in rows
        ],
    }


def asked_text(rows: Sequence[AskedRow], table: Table) -> str:
    if not rows:
        return "no requests"
    shown, notes = [], []
    for one, standing, _ in rows:
        shown.append((one.id, _flight(one), _stands(one, standing)))
        for due in due_words(standing):
            until = due["due"] or "no time is set"
            late = ", overdue" if due["overdue"] else ""
            who = ", ".join(due["owner"])
            notes.append(f"  {one.id}: {who} {due['what']}: {until}{late} [{due['cite']}]")
    return "\n".join([table(("REQUEST", "FLIGHT", "STANDS"), shown), *notes])


def _flight(one: Asked) -> str:
    """Which flight a request, or only the notice of one, is about."""
    document = one.request or one.notice or {}
    said = document.get("particulars", {})
    words = f"{said.get('observing', '?')} over {said.get('observed', '?')}, "
    return clean(f"{words}{said.get('flown', '?')}, {said.get('sensor', '?')}")


def _stands(one: Asked, standing: Options | None) -> str:
    if one.request is None and one.notice is not None:
        return clean(f"notice of a request by {one.notice.get('from', '?')}")
    return "unknown" if standing is None else standing.title


def answered_to_dict(found: Answered, out: str | None) -> dict[str, Any]:
    """What came of a request (schema archive-answered)."""
    return {
        "kind": "archive-answered",
        "version": 1,
        "decision": found.decided,
        "delivery": found.delivery,
        "out": out,
        "logged": dict(found.logged),
    }


def answered_text(found: Answered, out: str | None) -> str:
    said = found.decided["decision"]
    cite = f" [{short(said['cite'])}]" if said["cite"] else ""
    lines = [f"request {found.decided['request']}: {said['answer']}"]
    lines.append(f"  {clean(said['message'])}{cite}")
    lines += [f"  {clean(condition)}" for condition in said["conditions"]]
    if found.delivery is not None:
        files = found.delivery["files"]
        size = sum(file["size"] for file in files)
        lines.append(f"{len(files)} files, {size_words(size)}, to {found.delivery['to']} in {out}")
        lines.append(f"  {found.delivery['statement']}")
    entries = ", ".join(f"{kind} {index}" for kind, index in sorted(found.logged.items()))
    return "\n".join([*lines, f"entries of the log: {entries}"])


def accesses_to_dict(settings: Settings, head: Head, rows: Sequence[Access]) -> dict[str, Any]:
    """The record of accesses (schema archive-accesses)."""
    return {
        "kind": "archive-accesses",
        "version": 1,
        "archive": settings.id,
        "count": head.count,
        "head": head.sha256,
        "accesses": [one.as_dict() for one in rows],
    }


def accesses_text(head: Head, rows: Sequence[Access], table: Table) -> str:
    shown = [
        (
            one.at.strftime("%Y-%m-%dT%H:%M:%SZ"), clean(one.asker), one.level, clean(one.what),
            clean(one.mission), one.answer, clean(one.cite),
        )
        for one in rows
    ]  # fmt: skip
    titles = ("WHEN", "WHO", "WANTED", "WHAT", "MISSION", "ANSWER", "PARAGRAPH")
    return "\n".join(
        [table(titles, shown), f"{len(rows)} of {head.count} accesses; head "
         f"{head.count}:{head.sha256}; the record is whole"]
    )  # fmt: skip
