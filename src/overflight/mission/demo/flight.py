"""The flight on paper: simulated with one deviation, and held against plan and treaty."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from overflight.files import write_atomic
from overflight.flying.repair import repair
from overflight.flying.simulate import Options, SimulatedFlight, simulate
from overflight.formats.flight_files import (
    deviations_to_csv,
    exposures_to_csv,
    sensor_times_to_csv,
)
from overflight.formats.tracks.csv_track import track_to_csv
from overflight.formats.tracks.reading import read_track_file
from overflight.mission.audited import Audit, audit_flight
from overflight.mission.demo.scenario import Stage
from overflight.terms.findings import Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import PlannedDeviation

FLIGHT = "flight"
TRACK, RECORD, AUDIT, MAP = "track.csv", "flight-record.json", "audit.json", "map.png"


@dataclass(frozen=True, slots=True)
class Flown:
    """The flight as simulated, what the audit found, and where the files are."""

    flight: SimulatedFlight
    audit: Audit
    folder: Path
    moments: dict[str, dt.datetime]


def fly(stage: Stage, plan: MissionPlan) -> Flown:
    """Fly the plan, with one deviation for weather, and audit the flight."""
    told, story = stage.scenario["flight"], stage.story
    story.progress("flying")
    leg = max(range(len(plan.legs)), key=lambda i: plan.legs[i].distance_km)
    length = plan.legs[leg].distance_km
    bent = PlannedDeviation(
        told["cause"], leg, told["from"] * length, told["to"] * length, told["offset_km"]
    )
    camera = stage.scenario["pictures"]
    flight = simulate(
        plan,
        Options(
            seed=told["seed"],
            deviations=(bent,),
            interval_s={camera["sensor"]: float(camera["every_s"])},
        ),
    )
    folder = stage.out / FLIGHT
    write_flight(flight, folder)
    story.progress("holding the flight against its plan")
    flown = repair(read_track_file(str(folder / TRACK)))
    audit = audit_flight(
        plan,
        flown,
        sensors=flight.sensors,
        deviations=flight.deviations,
        record=told.get("record"),
        treaty=stage.mission["treaty"],
    )
    _write_audit(stage, audit, folder)
    moments = {
        "commenced": _moment(audit.facts.commenced_s),
        "completed": _moment(audit.facts.completed_s),
        "deviated": _moment(flight.deviations[0].begun_s),
        "signed": _moment(audit.facts.completed_s) + dt.timedelta(hours=2),
    }
    _tell(stage, flight, audit, folder, moments)
    return Flown(flight, audit, folder, moments)


def write_flight(flight: SimulatedFlight, folder: Path) -> None:
    """Track, sensors' times, deviations and exposures, each marked."""
    marks = flight.track.marks
    for name, content in (
        (TRACK, track_to_csv(flight.track)),
        ("sensors.csv", sensor_times_to_csv(flight.sensors, marks)),
        ("deviations.csv", deviations_to_csv(flight.deviations, marks)),
        ("exposures.csv", exposures_to_csv(flight.exposures, marks)),
    ):
        write_atomic(folder / name, content)


def _write_audit(stage: Stage, audit: Audit, folder: Path) -> None:
    from overflight.report.flown_json import audit_to_dict
    from overflight.report.maps import flown_map
    from overflight.treaty.geography import geography

    found = audit_to_dict(audit.facts, audit.record, audit.findings)
    for name, document in ((RECORD, audit.record), (AUDIT, found)):
        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        write_atomic(folder / name, text + "\n")
    stage.story.progress("drawing the flight")
    ground = geography(stage.view, audit.plan.observed)
    write_atomic(folder / MAP, flown_map(audit.plan, audit.path, ground))


def _tell(
    stage: Stage,
    flight: SimulatedFlight,
    audit: Audit,
    folder: Path,
    moments: dict[str, dt.datetime],
) -> None:
    story, findings = stage.story, audit.findings
    asked = [one for one in findings.items if one.verdict is not Verdict.DOES_NOT_APPLY]
    story.chapter("The flight", str(findings.verdict) if asked else "", simulated=True)
    story.tell(
        f"Flown on paper from {moments['commenced']:%d %b %H:%MZ} to "
        f"{moments['completed']:%d %b %H:%MZ}: {len(flight.track.lat):,} points, "
        f"{len(flight.exposures):,} exposures."
    )
    for away in audit.facts.excursions:
        story.tell(
            f"It left its path by {away.most_km:.1f} km ({away.cause or 'no ground stated'}) from "
            f"{_moment(away.begun_s):%H:%MZ} to {_moment(away.completed_s):%H:%MZ}, and came back."
        )
    counts = {verdict: len(findings.of(verdict)) for verdict in Verdict}
    open_ = list(dict.fromkeys(one.rule for one in findings.of(Verdict.UNDETERMINED)))
    story.tell(
        "This regime has no rule that a track answers."
        if not asked
        else f"Of the rules on a flight {counts[Verdict.COMPLIANT]} findings are compliant, "
        f"{counts[Verdict.BREACH]} breaches, {counts[Verdict.UNDETERMINED]} undetermined"
        + (f" ({', '.join(open_)})." if open_ else ".")
    )
    for finding in findings.of(Verdict.BREACH):
        story.tell(f"{finding.rule}: {finding.message} [{finding.cite}]")
    if any(use.why for use in audit.facts.sensors):
        story.tell(
            "Without an elevation model heights above ground are not known, and what hangs on "
            "them stays open."
        )
    story.picture(folder / MAP, "The plan, and dashed over it the path as flown: SIMULATED")
    story.file(folder / TRACK, "the track")
    story.file(folder / RECORD, "the flight record")


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(round(seconds), dt.UTC)
