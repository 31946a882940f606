"""A flight that was flown, or simulated, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overflight.report.text import findings_text

if TYPE_CHECKING:
    from overflight.flying.audit import FlightFacts
    from overflight.flying.repair import RepairedTrack
    from overflight.flying.simulate import SimulatedFlight
    from overflight.terms.findings import Findings
    from overflight.terms.mission_plan import MissionPlan
    from overflight.terms.track import Track


def track_text(flown: RepairedTrack, distance_km: float) -> str:
    """What a recorded track holds, and what was mended."""
    track = flown.track
    lines = [
        *_marks(track),
        f"Points     {len(track):,}, {_rate(track)}",
        f"From       {when(track.time_s[0])}",
        f"To         {when(track.time_s[-1])}",
        f"Distance   {distance_km:,.1f} km",
        f"Heights    {_heights(track)}",
    ]
    lines += [f"Mended     {one.sentence()}" for one in flown.repairs]
    lines += [
        f"Gap        {gap.seconds:,.0f} s between {gap.places[0]} and {gap.places[1]}"
        for gap in flown.gaps
    ]
    lines += [f"Note       {note}" for note in flown.notes]
    return "\n".join(lines) + "\n"


def simulated_text(flight: SimulatedFlight, distance_km: float) -> str:
    """What a simulated flight came to."""
    track = flight.track
    flown = sum(span is not None for span in flight.legs)
    lines = [
        *_marks(track),
        f"Points     {len(track):,} at {flight.rate_hz:g} Hz, seed {flight.seed}",
        f"From       {when(track.time_s[0])}",
        f"To         {when(track.time_s[-1])}",
        f"Distance   {distance_km:,.1f} km, {flown} of {len(flight.legs)} legs",
        f"Exposures  {len(flight.exposures):,} on {len({e.sensor for e in flight.exposures})} "
        "sensors",
    ]
    lines += [
        f"Deviation  {d.cause}, {when(d.begun_s)} to {when(d.completed_s)}"
        + (f" ({d.note})" if d.note else "")
        for d in flight.deviations
    ]
    lines += ["", "Assumed"] + [f"  - {said}" for said in flight.assumptions]
    return "\n".join(lines) + "\n"


def audit_text(
    plan: MissionPlan, facts: FlightFacts, findings: Findings, *, color: bool = False
) -> str:
    """What the track shows, excursion by excursion, and the findings."""
    lines = [
        *_marks(facts.track),
        f"Flight     {plan.observing} over {plan.observed}, {when(facts.commenced_s)} to "
        f"{when(facts.completed_s)}",
        f"Flown      {facts.flown_km:,.1f} km, "
        f"{len(plan.legs) - len(facts.not_flown)} of {len(plan.legs)} legs",
    ]
    if facts.excursions:
        lines += ["", "Off the plan"]
    for number, one in enumerate(facts.excursions, 1):
        first, last = (leg + 1 for leg in one.legs)
        legs = f"leg {first}" if first == last else f"legs {first} to {last}"
        lines.append(
            f"  {number:>2}  {when(one.begun_s)}  {one.seconds / 60:6.1f} min  "
            f"{one.most_km:6.1f} km off  {one.added_km:+7.1f} km  {legs}  "
            f"{one.cause or 'no ground stated'}"
        )
    return "\n".join(lines) + "\n\n" + findings_text(findings, color=color)


def when(seconds: float) -> str:
    """An instant as 2021-05-19 07:00:00 UTC."""
    import datetime as dt

    return dt.datetime.fromtimestamp(round(float(seconds)), dt.UTC).strftime(
        "%Y-%m-%d %H:%M:%S UTC"
    )


def _marks(track: Track) -> list[str]:
    return [f"*** {' '.join(track.marks)} ***"] if track.marks else []


def _rate(track: Track) -> str:
    import numpy as np

    step = float(np.median(np.diff(track.time_s)))
    return f"{1.0 / step:g} Hz" if step < 1.0 else f"one every {step:g} s"


def _heights(track: Track) -> str:
    import numpy as np

    if not np.isfinite(track.height_m).any():
        return "none"
    low, high = float(np.nanmin(track.height_m)), float(np.nanmax(track.height_m))
    return f"{low:,.0f} to {high:,.0f} m ({track.datum})"
