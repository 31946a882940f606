"""The ground that a plan lets be seen, as an area: the strips of its sensors along its legs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from overflight.geo.areas import Area
from overflight.geo.frames import frame_of_longitudes
from overflight.geo.strips import strip_beside
from overflight.sensing.swath import ground_strip
from overflight.terms.aircraft import Sensor
from overflight.terms.mission_plan import MissionPlan


def ground_seen(
    plan: MissionPlan, known: Mapping[str, Sensor], *, legs: Collection[int] | None = None
) -> Area:
    """What the plan's sensors see along its legs (``legs``: only those, by their place from 0).

    Strips end squarely at the ends of a leg, and turns show nothing. ``known`` gives the angles
    of each sensor by its id; one that is not in it adds nothing.
    """
    import shapely

    at = {fix.id: fix.position for fix in plan.fixes}
    frame = frame_of_longitudes([position.lon for position in at.values()])
    strips = []
    for number, leg in enumerate(plan.legs):
        if legs is not None and number not in legs:
            continue
        for name in leg.sensors:
            if name in known:
                strip = ground_strip(known[name], leg.height_agl_m)
                strips.append(
                    strip_beside(
                        at[leg.start],
                        at[leg.end],
                        strip.near_km,
                        strip.far_km,
                        left=strip.left,
                        right=strip.right,
                        frame=frame,
                    )
                )
    return Area(shapely.union_all(strips) if strips else shapely.Polygon(), frame)
