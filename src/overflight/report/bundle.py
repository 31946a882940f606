"""What a check of a bundle found, and what a bundle holds: in words and as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from overflight.record.instants import write_instant
from overflight.record.manifest import Manifest
from overflight.record.ring import Ring
from overflight.record.stages import Stages
from overflight.record.verdict import SignatureFound, Verdict
from overflight.report.tables import clean

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
_KEY = 16
_MOST_TOLD = 50


def verdict_to_dict(found: Verdict) -> dict[str, Any]:
    """The verdict as JSON (schema bundle-verdict)."""
    return {
        "kind": "bundle-verdict",
        "version": 1,
        "verdict": found.verdict,
        "scope": found.scope,
        "bundle": found.bundle,
        "observing": found.observing,
        "observed": found.observed,
        "marks": list(found.marks),
        "files": found.files,
        "bytes": found.size,
        "root": found.root,
        "stages": [
            {
                "stage": s.stage,
                "title": s.title,
                "sealed_at": write_instant(s.sealed_at),
                "files": s.files,
                "bytes": s.size,
                "manifest": s.manifest,
            }
            for s in found.stages
        ],
        "problems": [
            {"code": p.code, "message": p.message, "where": p.where} for p in found.problems
        ],
        "signatures": [
            {
                "stage": s.stage,
                "by": s.by,
                "role": s.role,
                "key": s.key,
                "at": write_instant(s.at),
                "seen_at": None if s.seen_at is None else write_instant(s.seen_at),
                "counts": s.counts,
                "code": s.code,
                "why": s.why,
            }
            for s in found.signatures
        ],
        "absent": list(found.absent),
        "not_covered": list(found.not_covered),
    }


def verdict_text(found: Verdict) -> str:
    """The verdict in words: what it is, what is wrong, who signed when, what it does not say."""
    lines = []
    if found.marks:
        lines.append(" - ".join(found.marks))
    name = f" {clean(found.bundle)}" if found.bundle else ""
    lines.append(f"{found.verdict.upper()}: {found.scope}{name}")
    if found.bundle:
        lines.append(
            f"{clean(found.observing)} over {clean(found.observed)}; {found.files} files, "
            f"{found.size} bytes"
        )
    if found.problems:
        lines += ["", "Problems"]
        for p in found.problems[:_MOST_TOLD]:
            where = f"{clean(p.where)}: " if p.where else ""
            lines.append(f"  {p.code}: {where}{clean(p.message)}")
        more = len(found.problems) - _MOST_TOLD
        lines += [f"  and {more} more (--json has all)"] if more > 0 else []
    if found.stages and found.scope == "bundle":
        lines += ["", "Stages"]
        lines += [
            f"  {s.stage}  {write_instant(s.sealed_at)}  {s.files} files  {clean(s.title)}"
            for s in found.stages
        ]
    if found.signatures:
        lines += ["", "Signatures"]
        for one in found.signatures:
            worth = "counts" if one.counts else f"does not count: {clean(one.why)}"
            lines.append(
                f"  stage {one.stage}  {one.by} ({one.role}), dated {write_instant(one.at)}, key "
                f"{one.key[:_KEY]}{_seen(one)}: {worth}"
            )
    if found.absent:
        lines += ["", "Absent by agreement", *(f"  {clean(path)}" for path in found.absent)]
    lines += ["", "Not covered", *(f"  {line}" for line in found.not_covered)]
    return "\n".join(lines)


def _seen(one: SignatureFound) -> str:
    return "" if one.seen_at is None else f", in a log by {write_instant(one.seen_at)}"


def contents_to_dict(stages: Stages, signed: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """What a bundle says that it holds, as JSON (schema bundle-contents). Nothing is checked."""
    identity = stages.manifests[0].identity
    return {
        "kind": "bundle-contents",
        "version": 1,
        "bundle": identity.id,
        "observing": identity.observing,
        "observed": identity.observed,
        "marks": list(identity.marks),
        "stages": [
            {
                "stage": m.stage,
                "title": m.title,
                "sealed_at": write_instant(m.sealed_at),
                "tree": {"size": m.size, "root": m.root},
                "entries": [e.to_dict() for e in m.entries],
                "acts": [dict(act) for act in m.acts],
                "signatures": list(signed.get(m.stage, ())),
            }
            for m in stages.manifests
        ],
    }


def contents_text(stages: Stages, signed: Mapping[int, Sequence[str]]) -> str:
    """The same in words."""
    identity = stages.manifests[0].identity
    lines = [" - ".join(identity.marks)] if identity.marks else []
    lines.append(
        f"Bundle {clean(identity.id)}: {identity.observing} over {identity.observed} (as it says; "
        "'bundle verify' checks it)"
    )
    for m in stages.manifests:
        lines += ["", f"Stage {m.stage}, sealed {write_instant(m.sealed_at)}: {clean(m.title)}"]
        lines += [f"  {e.size:>14}  {e.role:<15} {clean(e.name)}" for e in m.entries]
        lines += [f"  {_act_text(act)}" for act in m.acts]
        lines += [f"  signature {file}" for file in signed.get(m.stage, ())] or ["  not signed"]
    return "\n".join(lines)


def _act_text(act: Mapping[str, str]) -> str:
    match act["act"]:
        case "two-sets":
            return f"two sets of originals, A and B; {act['chooser']} chooses"
        case "choice":
            return f"{act['by']} chose set {act['set']}"
        case _:
            return f"may be absent, by {clean(act['agreement'])}: {clean(act['path'])}"


def sealed_text(manifest: Manifest) -> str:
    """One line about a stage that was sealed."""
    size = sum(e.size for e in manifest.entries)
    return (
        f"stage {manifest.stage} of {clean(manifest.identity.id)} sealed: "
        f"{len(manifest.entries)} files, {size} bytes, root {manifest.root}"
    )


def sealed_to_dict(manifest: Manifest, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """The same as JSON (schema bundle-sealed)."""
    return {
        "kind": "bundle-sealed",
        "version": 1,
        "bundle": manifest.identity.id,
        "stage": manifest.stage,
        "marks": list(manifest.identity.marks),
        "files": len(manifest.entries),
        "bytes": sum(e.size for e in manifest.entries),
        "root": manifest.root,
        "left_out": list(left_out),
    }


def ring_to_dict(ring: Ring, at: dt.datetime) -> dict[str, Any]:
    """Keys of all Parties as JSON (schema bundle-ring)."""
    return {
        "kind": "bundle-ring",
        "version": 1,
        "at": write_instant(at),
        "keys": [
            {
                "party": key.party,
                "id": key.id,
                "since": write_instant(key.since),
                "until": None if key.until is None else write_instant(key.until),
                "ended": key.ended or None,
                "in_standing": key.in_standing(at),
            }
            for party in sorted({key.party for key in ring.keys.values()})
            for key in ring.of(party)
        ],
    }


def ring_text(ring: Ring, at: dt.datetime, table: Table) -> str:
    """The same as a table."""
    rows = [
        (
            row["party"],
            row["id"],
            row["since"],
            row["until"] or "",
            "in standing" if row["in_standing"] else row["ended"] or "not yet",
        )
        for row in ring_to_dict(ring, at)["keys"]
    ]
    return table(("Party", "key", "since", "until", f"at {write_instant(at)}"), rows)
