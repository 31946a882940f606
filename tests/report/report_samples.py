"""Plans and findings made by hand, for the tests of what is shown of them.

Positions of airfields are of the treaty's Annex E (corrected to the airfield) or of the
Natural Earth gazetteer, rounded; no figure here is a fact about any flight that took place.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Any

from overflight.geo.geodesic import destination, distance_km
from overflight.geo.positions import Position
from overflight.report.maplands import Ground, MapLand
from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import (
    Fix,
    HazardousAirspace,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    PlanTimes,
    Stop,
)
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue, Status
from overflight.terms.working_plan import Observation, SearchReport, WorkingPlan

BEGIN = dt.datetime(2021, 5, 19, 5, 0, tzinfo=dt.UTC)
KUBINKA = PlanAirfield("UUMB", "Kubinka", Position(55.61, 36.65))
SAMARA = PlanAirfield("UWWW", "Samara (Курумоч)", Position(53.505, 50.155))
GARDERMOEN = PlanAirfield("ENGM", "Oslo-Gardermoen", Position(60.20, 11.08))
TROMSO = PlanAirfield("ENTC", "Tromsø-Langnes", Position(69.68, 18.92))
MAGADAN = PlanAirfield("UHMM", "Магадан", Position(59.91, 150.72))
ANADYR = PlanAirfield("UHMA", "Анадырь", Position(64.73, 177.74))


def plan_through(
    points: Sequence[tuple[str, Position, str | None]],
    *,
    observing: str,
    observed: str,
    holder: str,
    start: PlanAirfield,
    end: PlanAirfield,
    refuel_at: str | None = None,
    marks: tuple[str, ...] = (),
    **rest: object,
) -> MissionPlan:
    """A plan with direct legs through ``points`` (id, position, airfield code) at 460 km/h."""
    fixes = tuple(Fix(name, where, code) for name, where, code in points)
    clock, legs, stops = BEGIN, [], []
    for index, (a, b) in enumerate(itertools.pairwise(fixes)):
        length = distance_km(a.position, b.position)
        arrives = clock + dt.timedelta(hours=length / 460.0)
        terrain = 180.0 + 40.0 * (index % 5)
        legs.append(
            Leg(
                start=a.id,
                end=b.id,
                distance_km=length,
                distance_over_territory_km=length * (1.0 if index % 7 else 0.93),
                height_agl_m=1100.0,
                terrain_max_m=terrain,
                altitude_m=1100.0 + terrain,
                sensors=("vertical-camera", "oblique-cameras")
                if index % 3
                else ("vertical-camera",),
                departs=clock,
                arrives=arrives,
            )
        )
        clock = arrives
        if refuel_at == b.id:
            stops.append(Stop(b.id, "refuelling", clock, clock + dt.timedelta(hours=2)))
            clock += dt.timedelta(hours=2)
    return MissionPlan(
        treaty="open-skies",
        observing=observing,
        observed=observed,
        quota_holder=holder,
        aircraft="saab-340b",
        aircraft_designated_by="SWE",
        aircraft_provided_by="SWE",
        icao_type="SF34",
        cruise_km_h=460.0,
        point_of_entry=start,
        start=start,
        end=end,
        point_of_exit=end,
        fixes=fixes,
        legs=tuple(legs),
        stops=tuple(stops),
        sensors=(
            PlanSensor("vertical-camera", "optical-framing", 1100.0, 0.30, "assumed"),
            PlanSensor(
                "oblique-cameras", "optical-framing", 1100.0, None, "H_min of certification"
            ),
        ),
        times=PlanTimes(
            arrival_at_point_of_entry=BEGIN - dt.timedelta(hours=46),
            submitted=BEGIN - dt.timedelta(hours=30),
            commencement=BEGIN,
            completion=clock,
        ),
        turn_technique="turn short",
        readings={"self-crossing": "strict", "maximum-flight-distance": "latest-notified"},
        marks=marks,
        **rest,  # type: ignore[arg-type]
    )


def russia(marks: tuple[str, ...] = ("EXERCISE",), legs: int = 40) -> MissionPlan:
    """Petals out of Kubinka over European Russia, with a landing at Samara half way round."""
    centre = KUBINKA.position
    spokes = []
    for index in range(legs - 1):
        angle = 150.0 - 175.0 * index / (legs - 2)
        reach = 330.0 + 480.0 * abs(math.sin(index * 1.9)) * (1.0 if index % 2 else 0.55)
        spokes.append(destination(centre, angle % 360.0, reach).rounded_to_minutes())
    points: list[tuple[str, Position, str | None]] = [("UUMB", centre, "UUMB")]
    points += [(f"F{i:02d}", where, None) for i, where in enumerate(spokes, 1)]
    points[9] = ("UWWW", SAMARA.position, "UWWW")
    points.append(("UUMB", centre, "UUMB"))
    hazards = (
        HazardousAirspace(
            "URP-71 Капустин Яр",
            "restricted",
            tuple(
                Position(la, lo)
                for la, lo in ((48.2, 45.2), (49.1, 45.2), (49.1, 47.2), (48.2, 47.2))
            ),
            "avoided",
        ),
        HazardousAirspace(
            "D-104 Онега",
            "danger",
            tuple(Position(la, lo) for la, lo in ((60.3, 35.0), (61.2, 34.9), (61.1, 36.4))),
            "crossed",
        ),
    )
    return plan_through(
        points,
        observing="DEU",
        observed="RUS",
        holder="RUBY",
        start=KUBINKA,
        end=KUBINKA,
        refuel_at="UWWW",
        marks=marks,
        hazardous_airspace=hazards,
        alternates=(SAMARA,),
        agreements=("The flight lands at Samara, which is not an Open Skies airfield.",),
        remarks=("Terrain heights are not certain within 30 m.",),
    )


def norway() -> MissionPlan:
    """A one-way route from Gardermoen to Tromsø."""
    inner = (
        (59.2, 9.5),
        (58.3, 7.0),
        (60.4, 6.0),
        (61.9, 6.6),
        (62.6, 9.7),
        (64.5, 12.2),
        (67.3, 15.2),
    )
    points: list[tuple[str, Position, str | None]] = [("ENGM", GARDERMOEN.position, "ENGM")]
    points += [(f"F{i:02d}", Position(la, lo), None) for i, (la, lo) in enumerate(inner, 1)]
    points.append(("ENTC", TROMSO.position, "ENTC"))
    return plan_through(
        points, observing="RUBY", observed="NOR", holder="NOR", start=GARDERMOEN, end=TROMSO
    )


def chukotka() -> MissionPlan:
    """A route that crosses the antimeridian, from Magadan to Anadyr."""
    inner = (
        (62.5, 160.1),
        (65.0, 170.3),
        (66.5, 177.0),
        (67.9, -179.5),
        (66.2, -171.5),
        (64.5, -174.0),
    )
    points: list[tuple[str, Position, str | None]] = [("UHMM", MAGADAN.position, "UHMM")]
    points += [(f"F{i:02d}", Position(la, lo), None) for i, (la, lo) in enumerate(inner, 1)]
    points.append(("UHMA", ANADYR.position, "UHMA"))
    return plan_through(
        points,
        observing="USA",
        observed="RUS",
        holder="RUBY",
        start=MAGADAN,
        end=ANADYR,
        marks=("SIMULATED",),
    )


TEXT = Source("text", "Treaty on Open Skies", SourceKind.TEXT)


def findings() -> Findings:
    """One of every kind, in no order."""
    return Findings(
        (
            Finding(
                rule="R3",
                title="Maximum flight distance",
                verdict=Verdict.BREACH,
                message="The flight is longer over the territory than the airfield allows.",
                cite="VI.II.4(A) (Treaty on Open Skies)",
                limit_cite="Ann.A.III (Treaty on Open Skies)",
                measured=5612.4,
                limit=5500.0,
                unit="km",
                where="leg 38, F37 to F38",
                reading="maximum-flight-distance=latest-notified",
                phase="plan",
            ),
            Finding(
                rule="R7",
                title="Start after the plan was submitted",
                verdict=Verdict.COMPLIANT,
                message="The flight begins 30 h after the plan; at least 24 h are asked for.",
                cite="VI.II.4(E) (Treaty on Open Skies)",
                measured=30.0,
                limit=24.0,
                unit="h",
                phase="plan",
            ),
            Finding(
                rule="R2",
                title="Distance from a State that is not a party",
                verdict=Verdict.UNDETERMINED,
                message="The path comes within 11.2 km of the border; the border is known to 2 km.",
                cite="VI.II.2 (Treaty on Open Skies)",
                measured=11.2,
                limit=10.0,
                unit="km",
                where="51°02.0'N 058°31.0'E, off Kazakhstan",
                needs=("a border drawn more finely than 2 km",),
                phase="plan",
            ),
            Finding(
                rule="R13",
                title="Sensors during a deviation",
                verdict=Verdict.RIGHT_ARISES,
                message="The observed Party may forbid all sensors beyond 50 km from the path.",
                cite="VIII.II.3 (Treaty on Open Skies)",
                measured=61.0,
                limit=50.0,
                unit="km",
                phase="plan",
            ),
            Finding(
                rule="R18",
                title="Transit flights",
                verdict=Verdict.DOES_NOT_APPLY,
                message="This is not a transit flight.",
                cite="VII.1 (Treaty on Open Skies)",
                phase="flight",
            ),
        ),
        readings={"self-crossing": "strict", "maximum-flight-distance": "latest-notified"},
        notes=("Borders: Natural Earth 1:10m, known to about 2 km.",),
    )


SECRET = "ZWEIUNDVIERZIG-GEHEIM"


def private_finding() -> Finding:
    """A finding that a value of an overlay decided; every free field carries the secret."""
    return Finding(
        rule="R4",
        title="Height above ground",
        verdict=Verdict.COMPLIANT,
        message=f"The lowest leg is above {SECRET} m.",
        cite="VI.II.4(D) (Treaty on Open Skies)",
        limit_cite=f"Overlay {SECRET}",
        measured=1234.5,
        limit=777.25,
        unit="m",
        where=f"over {SECRET}",
        reading=f"name={SECRET}",
        needs=(SECRET,),
        private=True,
    )


def working(plan: MissionPlan | None = None) -> WorkingPlan:
    """The plan with 60 sites around its fixes, half of them seen."""
    plan = plan or russia()
    inner = [fix for fix in plan.fixes if fix.airfield is None]
    sites, seen = [], []
    for index in range(60):
        fix = inner[index % len(inner)]
        off = 4.0 if index % 2 else 70.0
        where = destination(fix.position, 37.0 * index % 360.0, off)
        sites.append(Site(f"S{index:02d}", where, 1.0 + index % 9, f"Place {index:02d} Łódź"))
        if index % 2:
            leg = min(plan.fixes.index(fix), len(plan.legs) - 1)
            seen.append(Observation(f"S{index:02d}", "vertical-camera", leg, 4.0, 0.31, BEGIN))
    return WorkingPlan(
        plan=plan,
        sites=tuple(sites),
        observations=tuple(seen),
        maximum_flight_distance=CitedValue(
            key="maximum-flight-distance",
            value=5500,
            unit="km",
            valid_from=dt.date(2012, 8, 13),
            valid_until=None,
            status=Status.DECIDED,
            citations=(Citation(TEXT, "Ann.A.III"),),
        ),
        findings=findings(),
        search=SearchReport("sample", 1, 1000, 2.5),
        readings=plan.readings,
        assumptions=("The range of the aircraft is assumed to be 2500 km.",),
    )


def square(west: float, south: float, east: float, north: float) -> Any:
    """A box in longitude and latitude."""
    import shapely

    return shapely.box(west, south, east, north)


def ground() -> Ground:
    """An invented map: the observed State, a party west of it, a stranger south of it."""
    return Ground(
        lands=(
            MapLand("Observed", "observed", square(28, 50, 60, 70)),
            MapLand("Partner", "party", square(20, 50, 28, 70)),
            MapLand("Stranger", "not a party", square(28, 44, 60, 50), True),
        ),
        territory=square(28, 50, 60, 70),
        stand_off_km=10.0,
        basis="An invented map.",
    )
