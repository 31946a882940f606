"""The chronicle and its scores as plain documents, as ``--json`` prints them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from overflight.study.chronicle.direction import Window
from overflight.study.chronicle.forecasts import Forecast, Outcome, Scores
from overflight.terms.chronicle import Coded, Record

VERSION = 1


def record_row(record: Record, ontology: Mapping[str, Coded]) -> dict[str, Any]:
    """A record with everything that is said of it."""
    coded = ontology[record.kind]
    return {
        "id": record.id,
        "regime": record.regime,
        "date": None if record.date is None else str(record.date),
        "between": [str(record.earliest), str(record.latest)],
        "actors": list(record.actors),
        "counterparts": list(record.counterparts),
        "kind": record.kind,
        "act": record.act,
        "what": record.what,
        "place": record.place,
        "quote": record.quote,
        "page": record.page,
        "publication": record.publication or "; ".join(str(c) for c in record.citations),
        "published": None if record.published is None else str(record.published),
        "reported": record.reported,
        "status": str(record.status),
        "in_use": record.in_use,
        "contradicts": list(record.contradicts),
        "cite": [str(c) for c in record.citations],
        "code": {"type": coded.type, "mode": coded.mode, "extension": coded.extension},
    }


def both_ways(records: Sequence[Record]) -> list[Record]:
    """The records, each naming those that contradict it as well as those that it contradicts."""
    back: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for other in record.contradicts:
            back.setdefault((record.regime, other), []).append(record.id)
    return [
        replace(r, contradicts=tuple(dict.fromkeys((*r.contradicts, *back[r.regime, r.id]))))
        if (r.regime, r.id) in back
        else r
        for r in records
    ]


def chronicle_document(
    records: Sequence[Record], ontology: Mapping[str, Coded], regimes: Iterable[str]
) -> dict[str, Any]:
    """Records in the order of their days; ``contradictions`` are the pairs that tell a thing
    otherwise, both of which stand."""
    pairs = {tuple(sorted((r.id, other))) for r in records for other in r.contradicts}
    return {
        "kind": "chronicle",
        "version": VERSION,
        "regimes": list(regimes),
        "ontology": "PLOVER 2021, with a declared extension for acts under a treaty",
        "records": [record_row(record, ontology) for record in records],
        "contradictions": [list(pair) for pair in sorted(pairs)],
    }


def direction_document(
    windows: Sequence[Window], regimes: Iterable[str], coders: Iterable[str], unplaced: int
) -> dict[str, Any]:
    """Which way it went, window by window; ``unplaced`` records lie in no single one."""
    return {
        "kind": "chronicle-direction",
        "version": VERSION,
        "regimes": list(regimes),
        "coders": list(coders),
        "unplaced": unplaced,
        "windows": [
            {
                "from": str(w.first),
                "until": str(w.last),
                "records": w.records,
                "sources": w.sources,
                "direction": w.direction,
                "rank": list(w.rank),
                "balance": dict(w.balance),
                "spread_between_coders": list(w.spread),
                "turns_without_source": list(w.turns_without),
                "one_voice_each_source": w.one_voice_each,
            }
            for w in windows
        ],
    }


def scores_document(
    found: Scores, forecasts: Sequence[Forecast], outcomes: Mapping[str, Outcome], seed: int
) -> dict[str, Any]:
    """The ledger of forecasts and its scores; fractions are exact, beside them as numbers."""
    return {
        "kind": "forecast-scores",
        "version": VERSION,
        "resolved": found.resolved,
        "questions": found.questions,
        "open": found.open,
        "overdue": found.overdue,
        "voided": found.voided,
        "brier": _exact(found.brier),
        "reliability": _exact(found.reliability),
        "resolution": _exact(found.resolution),
        "uncertainty": _exact(found.uncertainty),
        "base_rate": _exact(found.base_rate),
        "skill": found.skill,
        "skill_interval_95": None if found.interval_95 is None else list(found.interval_95),
        "why": found.why,
        "seed": seed,
        "forecasts": [
            {
                "id": f.id, "question": f.question, "criteria": f.criteria, "by": f.by,
                "made": str(f.made), "closes": str(f.closes), "probability": str(f.probability),
                "came": outcomes[f.id].came if f.id in outcomes else None,
                "resolved": str(outcomes[f.id].on) if f.id in outcomes else None,
                "source": outcomes[f.id].source if f.id in outcomes else "",
            }
            for f in forecasts
        ],
    }  # fmt: skip


def ledger_document(whole: bytes, heads: Iterable[str], *, unfinished: int) -> dict[str, Any]:
    """The head of a ledger, the SHA-256 of all its lines, and where it had each of ``heads``.

    ``whole``: the finished lines; ``unfinished``: bytes behind them, of a line that was never done.
    """
    running, at = hashlib.sha256(), {}
    for number, line in enumerate(whole.splitlines(keepends=True), start=1):
        running.update(line)
        at[running.hexdigest()] = number
    return {
        "kind": "forecast-ledger",
        "version": VERSION,
        "records": len(at),
        "head": running.hexdigest(),
        "unfinished_bytes": unfinished,
        "witnessed": [{"head": head.lower(), "records": at.get(head.lower())} for head in heads],
    }


def _exact(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else {"exact": str(value), "value": float(value)}
