"""What a plan lets be seen: places against its legs, heights, times and sensors. Pure.

The observed Party asks this of a plan it was handed, of its own places. It errs towards "seen":
a place within ``margin_km`` of a strip's edge counts as perhaps seen, and so does one within the
widest strip there can be where a sensor's angles are not known.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.sensing.resolution import ground_resolution_m
from overflight.sensing.swath import Strip, ground_strip
from overflight.sensing.track import beside
from overflight.terms.aircraft import Sensor
from overflight.terms.exposure import Exposure, Sighting
from overflight.terms.mission_plan import Leg, MissionPlan, PlanSensor
from overflight.terms.sites import Site
from overflight.units import Kilometres, Metres

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MARGIN_KM = 1.0
"""How far an aircraft may stray from its leg, or a place from its coordinates. Assumed."""


def exposures(
    plan: MissionPlan,
    places: Sequence[Site],
    known: Mapping[str, Sensor],
    *,
    widest_km: Kilometres,
    margin_km: Kilometres = MARGIN_KM,
) -> tuple[Exposure, ...]:
    """Which of n ``places`` the plan lets be seen, when, by what, how well; in their order.

    ``known`` are the sensors whose angles are known, by their id in the plan; any other is taken
    to see out to ``widest_km`` on both sides. H_min and resolution are those that the plan states,
    where it does. Values and needs of the places play no part. Legs along which the plan lets no
    sensor operate show nothing.
    """
    at = {fix.id: fix.position for fix in plan.fixes}
    points = [place.position for place in places]
    views = {s.id: _view(s, known.get(s.id), widest_km) for s in plan.sensors}
    found: list[list[Sighting]] = [[] for _ in places]
    nearest = np.full(len(places), math.inf)
    nearest_leg = np.full(len(places), -1)
    for number, leg in enumerate(plan.legs if places else ()):
        along, across, length = beside(at[leg.start], at[leg.end], points)
        beyond = np.maximum(0.0, np.maximum(-along, along - length))
        away = np.hypot(across, beyond)
        closer = away < nearest
        nearest[closer], nearest_leg[closer] = away[closer], number
        looking = [views[name] for name in leg.sensors if name in views]
        known_strips = [v.strip(leg.height_agl_m) for v in looking if v.sensor is not None]
        level = (along >= margin_km) & (along <= length - margin_km)
        surely = level & _whole(known_strips, across, margin_km)
        for view in looking:
            strip = view.strip(leg.height_agl_m)
            perhaps = (beyond <= margin_km) & _within(strip, across, margin_km)
            inside = surely & _within(strip, across, 0.0)
            for i in np.flatnonzero(perhaps):
                found[i].append(
                    Sighting(
                        leg=number,
                        sensor=view.id,
                        at=_passed(leg, float(along[i]), length),
                        off_track_km=float(across[i]),
                        height_agl_m=leg.height_agl_m,
                        ground_resolution_m=view.resolves(leg.height_agl_m, float(across[i])),
                        surely=bool(inside[i]) and view.sensor is not None,
                        basis=view.basis,
                    )
                )
    return tuple(
        Exposure(p.id, p.name, p.position, tuple(f), float(near), int(leg))
        for p, f, near, leg in zip(places, found, nearest, nearest_leg, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _View:
    """One sensor of the plan. ``sensor`` None: its angles are not known."""

    id: str
    sensor: Sensor | None
    widest_km: Kilometres
    basis: str

    def strip(self, height_m: Metres) -> Strip:
        if self.sensor is None:
            return Strip(0.0, self.widest_km)
        return ground_strip(self.sensor, height_m)

    def resolves(self, height_m: Metres, off_track_km: Kilometres) -> Metres | None:
        if self.sensor is None:
            return None
        return ground_resolution_m(self.sensor, height_m, off_track_km)


def _view(stated: PlanSensor, known: Sensor | None, widest_km: Kilometres) -> _View:
    if known is None:
        basis = f"angles not known: taken to see {widest_km:g} km to both sides"
        return _View(stated.id, None, widest_km, basis)
    sensor, basis = known, "figures of the aircraft's file"
    if stated.h_min_m is not None and stated.ground_resolution_m is not None:
        sensor = replace(
            known, h_min_m=stated.h_min_m, resolution_at_h_min_m=stated.ground_resolution_m
        )
        basis = "figures that the plan states"
    if assumed := [name for name in ("near_deg", "far_deg") if name in known.assumed]:
        basis += f"; {' and '.join(assumed)} assumed"
    return _View(stated.id, sensor, widest_km, basis)


def _within(strip: Strip, across_km: Floats, by_km: Kilometres) -> Flags:
    """Whether points lie in the strip with its edges moved ``by_km`` outwards; shape (n,) each."""
    far = strip.far_km + by_km
    if strip.left and strip.right and strip.near_km == 0:
        return np.asarray(np.abs(across_km) <= far, dtype=bool)
    near = strip.near_km - by_km
    right = (across_km >= near) & (across_km <= far) & strip.right
    left = (-across_km >= near) & (-across_km <= far) & strip.left
    return np.asarray(right | left, dtype=bool)


def _whole(strips: Sequence[Strip], across_km: Floats, margin_km: Kilometres) -> Flags:
    """Whether all within ``margin_km`` of a point, across the track, lies in strips that join."""
    spans = []
    for strip in strips:
        if strip.left and strip.right and strip.near_km == 0:
            spans.append((-strip.far_km, strip.far_km))
        else:
            spans += [(strip.near_km, strip.far_km)] * strip.right
            spans += [(-strip.far_km, -strip.near_km)] * strip.left
    joined: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    held = np.zeros(len(across_km), dtype=bool)
    for low, high in joined:
        held |= (across_km - margin_km >= low) & (across_km + margin_km <= high)
    return held


def _passed(leg: Leg, along: Kilometres, length: Kilometres) -> dt.datetime | None:
    """When the aircraft is abeam, at a steady speed along the leg, to the second."""
    if leg.departs is None or leg.arrives is None:
        return None
    part = min(max(along / length, 0.0), 1.0) if length > 0 else 0.0
    at = leg.departs + part * (leg.arrives - leg.departs)
    return at.replace(microsecond=0)
