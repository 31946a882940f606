"""Tracks, simulated flights and audits as JSON and GeoJSON: one way, out.

Schemas: track-summary, simulated-flight, flight-audit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from overflight.flying.audit import Excursion, FlightFacts, SensorUse
    from overflight.flying.repair import Gap, RepairedTrack
    from overflight.flying.simulate import SimulatedFlight
    from overflight.terms.findings import Findings
    from overflight.terms.track import StatedDeviation, Track


def track_to_dict(flown: RepairedTrack, distance_km: float) -> dict[str, Any]:
    """What a recorded track holds and what was mended, without its points."""
    return {
        "kind": "track-summary",
        "version": 1,
        **_summary(flown.track, distance_km),
        "repairs": [
            {"kind": r.kind, "count": r.count, "places": list(r.places)} for r in flown.repairs
        ],
        "gaps": [_gap(gap) for gap in flown.gaps],
        "notes": list(flown.notes),
    }


def simulated_to_dict(flight: SimulatedFlight) -> dict[str, Any]:
    """A simulated flight without its points; they are in track.csv."""
    from overflight.flying.kernels import steps_km

    track = flight.track
    return {
        "kind": "simulated-flight",
        "version": 1,
        "treaty": flight.plan.treaty,
        "observing": flight.plan.observing,
        "observed": flight.plan.observed,
        **_summary(track, float(steps_km(track.lat, track.lon).sum())),
        "seed": flight.seed,
        "rate_hz": flight.rate_hz,
        "legs": [
            None if span is None else {"begun": _when(span[0]), "completed": _when(span[1])}
            for span in flight.legs
        ],
        "deviations": [_stated(d) for d in flight.deviations],
        "curtailed": {"cause": flight.curtailed} if flight.curtailed else None,
        "exposures": {
            name: sum(e.sensor == name for e in flight.exposures)
            for name in sorted({e.sensor for e in flight.exposures})
        },
        "assumptions": list(flight.assumptions),
    }


def audit_to_dict(
    facts: FlightFacts, record: Mapping[str, Any], findings: Findings
) -> dict[str, Any]:
    """An audit: what was measured, the flight record made of it, the findings."""
    return {
        "kind": "flight-audit",
        "version": 1,
        "marks": list(facts.track.marks),
        "verdict": str(findings.verdict),
        "commenced": _when(facts.commenced_s),
        "completed": _when(facts.completed_s),
        "flown_km": round(facts.flown_km, 3),
        "legs_not_flown": [k + 1 for k in facts.not_flown],
        "excursions": [_excursion(one) for one in facts.excursions],
        "sensors": [_use(use) for use in facts.sensors],
        "gaps": [_gap(gap) for gap in facts.gaps],
        "flight_record": dict(record),
        "findings": findings.as_dict(),
        "assumptions": list(facts.assumptions),
    }


def audit_to_geojson(facts: FlightFacts) -> dict[str, Any]:
    """The path flown and each excursion, as a GeoJSON FeatureCollection."""
    marks = list(facts.track.marks)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [list(p.xy) for p in facts.path]},
            "properties": {"what": "flown", "km": round(facts.flown_km, 3), "marks": marks},
        }
    ]
    for one in facts.excursions:
        if len(one.line) > 1:
            features.append(
                {
                    "type": "Feature",
                    "geometry": {
                        "type": "LineString",
                        "coordinates": [list(p.xy) for p in one.line],
                    },
                    "properties": {"what": "off the plan", **_excursion(one), "marks": marks},
                }
            )
    return {"type": "FeatureCollection", "features": features}


def _summary(track: Track, distance_km: float) -> dict[str, Any]:
    known = np.isfinite(track.height_m)
    heights = track.height_m[known]
    return {
        "marks": list(track.marks),
        "points": len(track),
        "step_s": float(np.median(np.diff(track.time_s))) if len(track) > 1 else None,
        "begun": _when(track.time_s[0]),
        "completed": _when(track.time_s[-1]),
        "distance_km": round(distance_km, 3),
        "height_m": (
            [round(float(heights.min()), 1), round(float(heights.max()), 1)]
            if len(heights)
            else None
        ),
        "datum": track.datum,
    }


def _excursion(one: Excursion) -> dict[str, Any]:
    return {
        "begun": _when(one.begun_s),
        "completed": _when(one.completed_s),
        "legs": [leg + 1 for leg in one.legs],
        "most_km": round(one.most_km, 3),
        "at": {"lat": round(one.at.lat, 6), "lon": round(one.at.lon, 6)},
        "flown_km": round(one.flown_km, 3),
        "added_km": round(one.added_km, 3),
        "cause": one.cause or None,
    }


def _use(use: SensorUse) -> dict[str, Any]:
    return {
        "sensor": use.sensor,
        "begun": _when(use.begun_s),
        "completed": _when(use.completed_s),
        "least_height_agl_m": (
            None
            if use.low_m is None or use.high_m is None
            else [round(use.low_m, 1), round(use.high_m, 1)]
        ),
        "at": None if use.at is None else {"lat": use.at.lat, "lon": use.at.lon},
        "on_flight": use.on_flight,
        "why": use.why,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "begun": _when(gap.begun_s),
        "completed": _when(gap.completed_s),
        "between": list(gap.places),
    }


def _stated(one: StatedDeviation) -> dict[str, Any]:
    return {
        "cause": one.cause,
        "begun": _when(one.begun_s),
        "completed": _when(one.completed_s),
        "note": one.note,
    }


def _when(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(round(float(seconds)), dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
