"""The parties of a regime as text: who is bound, who left, who suspended, and what ended."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from overflight.cli.tables import table, width
from overflight.terms.citations import Citation, SourceKind
from overflight.terms.values import Status
from overflight.treaty.model import Part, PartyStatus
from overflight.treaty.party_summary import ended
from overflight.treaty.party_summary import parts as parts_of
from overflight.treaty.view import TreatyView


def part_line(part: Part, on: dt.date) -> str:
    """One line on a part of the regime that has days of its own."""
    last = "" if part.valid_until is None else f" until {part.valid_until}"
    words = f"{part.name}: {part.standing(on)} (from {part.valid_from}{last})"
    return f"{words} [{cited(part.citations)}]."


def _suspensions(view: TreatyView) -> str:
    """Who has suspended the regime, and what that means where it has a rule on it or none."""
    rule = view.treaty.provisions.get("suspension")
    if not view.suspended or rule is None:
        return ""
    clause = "" if rule.values.get("clause") is not False else "It has no suspension clause. "
    text = f"{clause}{' '.join(rule.values['effect'].split())} [{cited(rule.citations)}]"
    return textwrap.fill(f"What suspension means: {text}", width())


def _suspended_since(status: PartyStatus) -> str:
    held = status.suspended
    if held is None:
        return "-"
    days = str(held.since) if held.since else "..".join(map(str, held.since_between or ()))
    return f"{days} ({held.status})" if held.status is Status.ASSUMED else days


def _suspension_announced(status: PartyStatus) -> str:
    held = status.suspended
    return "-" if held is None or held.announced is None else str(held.announced)


def parties(view: TreatyView, document: Mapping[str, Any]) -> list[str]:
    shown: list[PartyStatus] = []
    parts = []
    for title, statuses, columns in (
        ("States Parties", view.states_parties, _SINCE),
        ("Party on an uncertain day", view.undetermined, _SINCE),
        ("Deposited, not yet bound", view.not_yet_bound, _SINCE),
        ("Leaving (notice given)", view.leaving, _EXIT),
        ("Suspended by (still parties)", view.suspended, _SUSPENDED),
        ("Departed", view.departed, _EXIT),
        ("Bound until it ended", ended(view), _SINCE),
        ("Signed, not ratified", view.signed_not_ratified, _SIGNED),
    ):
        if not statuses and title != "States Parties":
            continue
        rows = [
            (s.state, s.name, *(tell(s) for tell in columns.values()), cited(_why(s, columns)))
            for s in statuses
        ]
        body = table(("code", "name", *columns, "sources"), rows)
        parts.append(f"{title}: {len(statuses)}\n{body}")
        shown.extend(statuses)
    if (meaning := _suspensions(view)) != "":
        parts.append(meaning)
    groups = [(g.code, ", ".join(g.members), g.kind, cited(g.citations)) for g in view.groups]
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
    used = [c for status in shown for c in status.citations]
    used += [c for group in view.groups for c in group.citations]
    used += [c for status in view.suspended if status.suspended for c in status.suspended.citations]
    used += [c for part in parts_of(view) for c in part.citations]
    return [*parts, sources(used)]


def _why(status: PartyStatus, columns: Mapping[str, object]) -> tuple[Citation, ...]:
    """What a row rests on: of a suspension, its own sources."""
    held = status.suspended
    return held.citations if held is not None and columns is _SUSPENDED else status.citations


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
_SUSPENDED: Mapping[str, Callable[[PartyStatus], str]] = {
    "party since": _since,
    "announced": _suspension_announced,
    "suspended since": _suspended_since,
    "takes no part since": _day_of("non-participation"),
}
_EXIT: Mapping[str, Callable[[PartyStatus], str]] = {
    "since": _since,
    "announced": _day_of("announcement"),
    "notice": _day_of("notice-of-withdrawal"),
    "effective": lambda status: str(status.left or "-"),
}


def cited(citations: Iterable[Citation]) -> str:
    """Short: the paragraph of the text itself, the id of any other source."""
    return "; ".join(dict.fromkeys(_short(citation) for citation in citations))


def _short(citation: Citation) -> str:
    if citation.source.kind is SourceKind.TEXT and citation.paragraph:
        return citation.paragraph
    return citation.source.id


def sources(citations: Iterable[Citation]) -> str:
    """What the short names stand for."""
    titles = {c.source.id: c.source.title for c in citations if _short(c) == c.source.id}
    return "Sources\n" + table(("id", "title"), sorted(titles.items())) if titles else ""
