"""A timeline as iCalendar (RFC 5545), for any calendar program.

What was done is an event at its moment; what is due is an event that ends at its deadline, with an
alarm before it. Every entry keeps its identity from one export to the next, so that importing
again changes the calendar and does not double it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata

from overflight.terms.timeline import Entry, Happening, Timeline

_FOLD = 75
"""Most octets in a line (RFC 5545, section 3.1)."""
_LENGTH = dt.timedelta(minutes=15)
"""How long an entry is drawn. Ours: the regime names moments, not lengths."""
_ALARM = dt.timedelta(hours=1)


def timeline_to_ics(timeline: Timeline) -> bytes:
    """The calendar file. Its bytes follow from the timeline alone."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//overflight//timeline//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(_titled(timeline, timeline.title))}",
    ]
    for entry in timeline.entries:
        lines += _event(entry, timeline)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry, timeline: Timeline) -> list[str]:
    due = entry.kind in (Happening.DUE, Happening.OVERDUE)
    begins = entry.when - _LENGTH if due else entry.when
    who = timeline.names.get(entry.who, entry.who)
    summary = f"{_PREFIX[entry.kind]}{who}: {entry.what}"
    said = [f"{entry.what} ({who})", entry.cite]
    if entry.if_not:
        said.append(f"If not: {entry.if_not}")
    identity = hashlib.sha256(f"{timeline.title}\0{entry.id}".encode()).hexdigest()[:32]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{identity}@overflight",
        f"DTSTAMP:{_instant(timeline.now)}",
        f"DTSTART:{_instant(begins)}",
        f"DTEND:{_instant(begins + _LENGTH)}",
        f"SUMMARY:{_text(_titled(timeline, summary))}",
        "DESCRIPTION:" + _text("\n".join(said)),
        f"CATEGORIES:{_text(str(entry.kind))}",
        "TRANSP:TRANSPARENT",
    ]
    if entry.kind is Happening.DUE:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(summary)}",
            f"TRIGGER;RELATED=END:-PT{int(_ALARM.total_seconds() // 60)}M",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


_PREFIX = {
    Happening.DONE: "",
    Happening.LATE: "LATE - ",
    Happening.DUE: "DUE - ",
    Happening.OVERDUE: "OVERDUE - ",
    Happening.OPENS: "FROM NOW - ",
}


def _titled(timeline: Timeline, text: str) -> str:
    return f"{', '.join(timeline.marks)} - {text}" if timeline.marks else text


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """A TEXT value (section 3.3.11): escaped, without control characters but line ends."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(plain, escaped)
    return kept


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never cut inside a character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > _FOLD:
            pieces.append(piece)
            piece = b" "
        piece += octets
    pieces.append(piece)
    return b"\r\n".join(pieces) + b"\r\n"
