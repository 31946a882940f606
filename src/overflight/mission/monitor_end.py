"""The audit at the end of what the monitor watched: any flight's, over what was logged."""

from __future__ import annotations

from typing import Any

import numpy as np

from overflight.flying.monitor.watch import Monitor
from overflight.flying.repair import RepairedTrack, repair
from overflight.formats.monitor_log import read_log_track
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.mission.audited import Audit, audit_flight
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import SensorTime, Track


def audit_at_end(
    plan: MissionPlan, log: bytes, monitor: Monitor, **options: Any
) -> tuple[RepairedTrack, Audit]:
    """The track that was logged, and its audit with what was stated of sensors and deviations.

    ``log`` is the log's content. Raises TrackError where no audit can be made of it, and what
    ``audit_flight`` raises.
    """
    flown = repair(_marked(read_log_track(log, "the log"), monitor.marks))
    audit = audit_flight(
        plan, flown, sensors=sensor_times(monitor), deviations=monitor.deviations, **options
    )
    return flown, audit


def sensor_times(monitor: Monitor) -> list[SensorTime] | None:
    """When sensors worked, as far as somebody said so; None: as the plan lets them."""
    if monitor.stated_sensors is not None and not monitor.sensors.typed:
        return list(monitor.stated_sensors)
    if monitor.sensors.by_plan:
        return None
    return [SensorTime(u.sensor, u.begun_s, u.completed_s) for u in monitor.uses()]


def _marked(recorded: RecordedTrack, marks: tuple[str, ...]) -> RecordedTrack:
    track = recorded.track
    whole = tuple(dict.fromkeys((*track.marks, *marks)))
    parts = {name: getattr(track, name) for name in _ARRAYS}
    made = Track(**parts, datum=track.datum, source=track.source, marks=whole)
    line = np.asarray(recorded.line)
    return RecordedTrack(made, line, recorded.unit, recorded.file, recorded.notes)


_ARRAYS = ("time_s", "lat", "lon", "height_m", "roll_deg", "pitch_deg", "heading_deg")
