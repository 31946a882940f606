"""The certification report: every measurement with its image, what follows, and what rules say.

The letters of the report (A to F, and what was agreed) are the items of the regime's message of
that name; a finding belongs to the item with whose paragraph it begins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.certification_rows import read_pass_rows
from overflight.formats.strict_json import read_source
from overflight.mission.certification.heights import SensorResult, result_of
from overflight.mission.certification.images import Measured, Progress, measured
from overflight.mission.certification.record import axis_offset_deg, record_of
from overflight.rules.case import Case
from overflight.rules.engine import check
from overflight.sensing.h_min import HMin
from overflight.terms.certification import Certification
from overflight.terms.findings import Findings, Verdict
from overflight.treaty.view import TreatyView

KIND = "certification-report"
PHASE = "certification"
_MARK = "SIMULATED"


def report_of(
    certification: Certification,
    view: TreatyView,
    folder: Path,
    *,
    source: str | Path | bytes = b"",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The report as a document (schema ``certification-report``). ``folder`` holds the list of
    passes and the images; ``source`` is the certification's file, for its digest.

    Raises DataError or EvidenceError for input that cannot be used.
    """
    if not certification.sensors:
        raise DataError(
            f"{certification.id} has no sensor", remedy="Give each as a table [[sensor]]."
        )
    if not certification.images:
        raise DataError(
            f"{certification.id} names no list of passes",
            remedy='Write images = "images.csv" under [certification].',
        )
    passes = folder / certification.images
    lines = read_pass_rows(passes)
    readings = measured(certification, lines, folder, progress)
    if _MARK not in certification.marks and any(m.file.simulated for m in readings):
        certification = replace(certification, marks=(*certification.marks, _MARK))
    results = [_result(view, certification, id_, readings) for id_ in _ids(certification)]
    record = record_of(certification, readings, results)
    rules = [rule.id for rule in view.treaty.rules if rule.phase == PHASE]
    findings = check(Case(view, {record["kind"]: record}), PHASE, only=rules)
    return {
        "kind": KIND,
        "version": 1,
        **_head(certification, view),
        "digests": _digests((("certification", source), (certification.images, passes))),
        "sensors": [_sensor(result, view) for result in results],
        "measurements": _measurements(certification, readings, results),
        "items": _items(view, findings, certification, results),
        "findings": findings.as_dict(),
        "record": record,
        "signatures": [
            {"role": "certifying Party", "party": certification.certifying},
            *({"role": "taking part", "party": p.party} for p in certification.participants),
        ],
    }


def _ids(certification: Certification) -> list[str]:
    return [sensor.id for sensor in certification.sensors]


def _result(
    view: TreatyView, certification: Certification, id_: str, readings: Sequence[Measured]
) -> SensorResult:
    sensor = certification.sensor(id_)
    limit = view.category_limit(sensor.category, "resolution_limit")
    return result_of(sensor, readings, float(limit.value), limit.cite)


def _head(certification: Certification, view: TreatyView) -> dict[str, Any]:
    return {
        "id": certification.id,
        "marks": list(certification.marks),
        "treaty": view.treaty.id,
        "treaty_name": view.treaty.short,
        "on": view.on.isoformat(),
        "certifying": certification.certifying,
        "aircraft": certification.aircraft,
        "aircraft_name": certification.aircraft_name,
        "place": certification.place,
        "begins": certification.begins.isoformat(),
        "ends": certification.ends.isoformat(),
        "weather": certification.weather,
        "note": certification.note,
        "participants": [
            {"party": p.party, "people": p.people} for p in certification.participants
        ],
        "targets": [
            {
                "id": t.id, "kind": t.kind, "contrast": t.contrast, "stands": t.stands,
                "diagram": t.diagram, "note": t.note,
            }
            for t in certification.targets
        ],
    }  # fmt: skip


def _digests(sources: Sequence[tuple[str, str | Path | bytes]]) -> dict[str, str]:
    return {
        name: hashlib.sha256(read_source(source)[0]).hexdigest()
        for name, source in sources
        if source
    }


def _sensor(result: SensorResult, view: TreatyView) -> dict[str, Any]:
    sensor, found = result.sensor, result.h_min
    mean = found.mean if found is not None else result.resolution
    interval = None if mean is None or mean.interval is None else list(mean.interval)
    return {
        "id": sensor.id,
        "name": sensor.name,
        "category": sensor.category,
        "method": sensor.method,
        "configuration": sensor.configuration,
        "tilt_deg": sensor.tilt_deg,
        "height_bound": sensor.height_bound,
        "covers": sensor.covers,
        "covers_note": sensor.covers_note,
        "limit_m": result.limit_m,
        "limit_cite": result.limit_cite,
        "basis": result.basis,
        "h_min_m": result.value_m if sensor.height_bound else None,
        "resolution_m": None if sensor.height_bound else result.value_m,
        "interval_95": interval,
        "deviation_m": None if mean is None else mean.deviation,
        "independent": 0 if mean is None else mean.count,
        "direction": "" if found is None else found.direction,
        "stated_h_min_m": sensor.stated_h_min_m,
        "stated_resolution_m": sensor.stated_resolution_m,
        "computed_h_min_m": None if result.compared is None else result.compared.value_m,
        "our_model": bool(result.ours),
        "settled": [] if found is None else list(found.settled),
        "ours": list(result.ours),
        "doubts": _doubts(found, result),
        "parameters": dict(sensor.parameters),
        "decisions": [
            {"number": d.number, "title": d.title, "status": str(d.status), "note": d.note}
            for d in view.decisions
            if sensor.method in d.height_of
        ],
    }


def _doubts(found: HMin | None, result: SensorResult) -> list[str]:
    doubts = list(found.doubts) if found is not None else []
    if result.why_not:
        doubts.append(result.why_not)
    if result.basis == "computed":
        doubts.append("Read by computer only: a certification rests on readings by eye.")
    stated = result.sensor.stated_h_min_m
    mean = None if found is None else found.mean
    if stated is not None and mean is not None and mean.interval is not None:
        low, high = mean.interval
        if not low <= stated <= high:
            doubts.append(
                f"The H_min stated, {stated:g} m, lies outside the interval of what was read, "
                f"{low:.0f} to {high:.0f} m."
            )
    return doubts


def _measurements(
    certification: Certification, readings: Sequence[Measured], results: Sequence[SensorResult]
) -> list[dict[str, Any]]:
    entered = {n: value for result in results for n, value in result.per_reading}
    radar = {r.sensor.id: r.basis for r in results if not r.sensor.height_bound}
    rows = []
    for n, one in enumerate(readings):
        line, sensor = one.line, certification.sensor(one.line.sensor)
        rows.append(
            {
                "number": n + 1,
                "image": line.image,
                "sha256": one.file.sha256,
                "digest_checked": one.file.checked,
                "simulated": one.file.simulated or _MARK in certification.marks,
                "sensor": sensor.id,
                "configuration": sensor.configuration,
                "covers": sensor.covers,
                "pass": line.flown,
                "at": line.at,
                "height_m": line.height_m,
                "target": line.target,
                "track_offset_deg": axis_offset_deg(line.track_deg),
                "centre_offset_percent": line.offset_percent,
                "tilt_deg": sensor.tilt_deg if line.tilt_deg is None else line.tilt_deg,
                "modulation": line.modulation,
                "difference_k": line.difference_k,
                "how": line.how,
                "reader": line.reader,
                "direction": one.direction,
                "bar_m": one.bar_m,
                "interval_95": None if one.interval_95 is None else list(one.interval_95),
                "refused": one.refused,
                "h_min_m": entered.get(n),
                "enters": n in entered
                or (one.bar_m is not None and radar.get(sensor.id) == line.how),
            }
        )
    return rows


def _items(
    view: TreatyView,
    findings: Findings,
    certification: Certification,
    results: Sequence[SensorResult],
) -> list[dict[str, Any]]:
    """The items of the report, each with the verdict of its findings (worst first)."""
    message = next((m for m in view.treaty.messages if m.id == KIND), None)
    if message is None:
        return []
    content = _content(certification, results)
    items = []
    for item in message.items:
        cite = str(item.citations[0]) if item.citations else ""
        own = [f for f in findings.items if cite and f.cite.split("; ")[0] == cite]
        verdict = str(Findings(tuple(own)).verdict) if own else ""
        if own and all(f.verdict is Verdict.DOES_NOT_APPLY for f in own):
            verdict = str(Verdict.DOES_NOT_APPLY)
        names = [item.records] if item.records else [field.name for field in item.fields]
        items.append(
            {
                "letter": item.letter,
                "title": item.title,
                "cite": cite,
                "verdict": verdict,
                "says": " ".join(f.message for f in own),
                "content": {name: content[name] for name in names if name in content},
            }
        )
    return items


def _content(certification: Certification, results: Sequence[SensorResult]) -> Mapping[str, Any]:
    """What the regime's message on the report would say, as far as it is known."""
    covers = [result.sensor.covers for result in results]
    heights = [
        {"sensor": r.sensor.id, "h_min_m": r.sensor.stated_h_min_m}
        for r in results
        if r.sensor.height_bound and r.sensor.stated_h_min_m is not None
    ]
    found: dict[str, Any] = {
        "aircraft": certification.aircraft_name,
        **certification.established,
        "heights": heights,
        "resolutions": [
            {"sensor": r.sensor.id, "resolution_m": r.value_m}
            for r in results
            if not r.sensor.height_bound and r.value_m is not None
        ],
        "took_part": [p.party for p in certification.participants],
    }
    if None not in covers:
        found["covers"] = all(covers)
    return found
