"""What was done with a log, and what a check of one found: in words and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.record.instants import write_instant
from overflight.record.log.checkpoints import Signed
from overflight.record.log.comparing import Comparison
from overflight.record.log.trust import Seen
from overflight.record.log.verdict import LogVerdict
from overflight.report.tables import clean

_MOST_TOLD = 50
_OF = {
    "log": "Log", "checkpoint": "Checkpoint", "inclusion": "Proof of inclusion",
    "consistency": "Proof of consistency", "fork": "Proof of two histories", "unread": "Document",
}  # fmt: skip


def verdict_to_dict(found: LogVerdict) -> dict[str, Any]:
    """The verdict as JSON (schema log-verdict)."""
    entry = found.entry
    return {
        "kind": "log-verdict",
        "version": 1,
        "verdict": found.verdict,
        "of": found.of,
        "origin": found.origin,
        "size": found.size if found.size >= 0 else None,
        "root": found.root or None,
        "entries": dict(found.kinds),
        "index": found.index,
        "entry": None
        if entry is None
        else {"of": entry.of, "sha256": entry.sha256, "at": write_instant(entry.at)},
        "problems": [
            {"code": p.code, "message": p.message, "where": p.where} for p in found.problems
        ],
        "signatures": [_signature(s) for s in found.signatures],
        "not_covered": list(found.not_covered),
    }


def verdict_text(found: LogVerdict) -> str:
    """The verdict in words, the answer first."""
    lines = [f"{_OF[found.of]}: {found.verdict.upper()}"]
    if found.size >= 0:
        lines += [f"  origin  {clean(found.origin)}", f"  size    {found.size}",
                  f"  root    {found.root}"]  # fmt: skip
    if found.kinds:
        told = ", ".join(f"{n} {kind}" for kind, n in sorted(found.kinds.items()))
        lines.append(f"  entries {told}")
    if found.entry is not None:
        at = write_instant(found.entry.at)
        lines.append(f"  entry {found.index}: {found.entry.of} {found.entry.sha256}, stated {at}")
    if found.problems:
        lines += ["", "Problems"]
        lines += [_problem(p.code, p.message, p.where) for p in found.problems[:_MOST_TOLD]]
        if len(found.problems) > _MOST_TOLD:
            lines.append(f"  and {len(found.problems) - _MOST_TOLD} more (--json lists them)")
    if found.signatures:
        lines += ["", "Signatures", *map(_signature_text, found.signatures)]
    if found.not_covered:
        lines += ["", "Not covered", *(f"  {line}" for line in found.not_covered)]
    return "\n".join(lines)


def checkpoint_to_dict(signed: Signed, file: str | None) -> dict[str, Any]:
    """A checkpoint that was signed or co-signed, as JSON (schema log-checkpoint)."""
    at = signed.checkpoint
    return {
        "kind": "log-checkpoint",
        "version": 1,
        "origin": at.origin,
        "size": at.size,
        "root": at.root.hex(),
        "lines": [{"name": line.name, "id": line.id.hex()} for line in signed.note.lines],
        "note": signed.data.decode("utf-8"),
        "file": file,
    }


def comparison_to_dict(found: Comparison, file: str | None) -> dict[str, Any]:
    """What a comparison came to, as JSON (schema log-comparison)."""
    return {
        "kind": "log-comparison",
        "version": 1,
        "verdict": found.verdict,
        "sizes": [found.small, found.large],
        "proof": None if found.proof is None else found.proof.decode("utf-8"),
        "file": file,
    }


def comparison_text(found: Comparison) -> str:
    """The same in words."""
    a, b = found.small, found.large
    match found.verdict:
        case "same":
            return f"SAME: one history, {entries_text(a)}"
        case "consistent":
            return f"CONSISTENT: the log of {entries_text(b)} begins with the one of {a}"
        case "forked":
            return f"FORKED: the log signed two histories, which part before {entries_text(a)}"
    return f"UNDETERMINED: {a} and {entries_text(b)}, and no copy of the larger log to look into"


def entries_text(count: int) -> str:
    """A number of entries."""
    return f"{count} entr{'y' if count == 1 else 'ies'}"


def added_to_dict(first: int, count: int, size: int, digests: Sequence[str]) -> dict[str, Any]:
    """What was appended, as JSON (schema log-added). ``digests``: of what was named, in order."""
    return {
        "kind": "log-added", "version": 1, "first": first, "entries": count, "size": size,
        "sha256": list(digests),
    }  # fmt: skip


def _signature(seen: Seen) -> dict[str, Any]:
    return {
        "name": seen.name,
        "role": seen.role,
        "by": seen.by,
        "key": seen.key,
        "at": None if seen.at is None else write_instant(seen.at),
        "counts": seen.counts,
        "code": seen.code,
        "why": seen.why,
        "vkey": seen.vkey,
    }


def _signature_text(seen: Seen) -> str:
    when = "" if seen.at is None else f", {write_instant(seen.at)}"
    worth = "counts" if seen.counts else f"does not count: {seen.why}"
    remark = f" ({seen.why})" if seen.counts and seen.why else ""
    return f"  {seen.role:<8} {seen.by or '?':<6} {clean(seen.name)}{when}: {worth}{remark}"


def _problem(code: str, message: str, where: str) -> str:
    place = f"{clean(where)}: " if where else ""
    return f"  {code:<18} {place}{clean(message)}"
