"""Mission plans and working plans for tests: one made by hand, and hypothesis strategies.

``sample_plan()`` is a plan that holds together (legs measured on the ellipsoid, a refuelling
stop, marks). ``mission_plans()`` and ``working_plans()`` draw any the types allow and a document
can carry; they hold together as documents, not as flights.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
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

BEGIN = dt.datetime(2021, 5, 19, 6, 0, tzinfo=dt.UTC)
START = PlanAirfield("UUMB", "Kubinka", Position(lat=55.61, lon=36.65))
REFUEL = PlanAirfield("UWWW", "Samara-Kurumoch", Position(lat=53.505, lon=50.155))


def minutes(degrees: float, arc_minutes: float = 0.0) -> float:
    """Degrees and whole minutes as decimal degrees, as field 15 of a flight plan has them."""
    return (degrees * 60 + arc_minutes) / 60


def legs_along(
    fixes: Sequence[Fix],
    *,
    height: float = 1500.0,
    altitude: float | None = None,
    sensors: tuple[str, ...] = ("framing",),
    begin: dt.datetime = BEGIN,
    speed: float = 450.0,
) -> tuple[Leg, ...]:
    """Legs between successive fixes, flown one after the other."""
    legs: list[Leg] = []
    now = begin
    for a, b in pairwise(fixes):
        length = distance_km(a.position, b.position)
        arrives = now + dt.timedelta(seconds=round(length / speed * 3600))
        legs.append(Leg(a.id, b.id, length, length, height, None, altitude, sensors, now, arrives))
        now = arrives
    return tuple(legs)


def sample_plan(**changes: object) -> MissionPlan:
    """Kubinka, three fixes, a refuelling stop at Samara, one fix, Kubinka. SIMULATED."""
    fixes = (
        Fix("UUMB", START.position, "UUMB"),
        Fix("F01", Position(lat=minutes(56, 12), lon=minutes(39, 11))),
        Fix("F02", Position(lat=minutes(55, 3), lon=minutes(43, 40))),
        Fix("UWWW", REFUEL.position, "UWWW"),
        Fix("F03", Position(lat=minutes(53, 0), lon=minutes(44, 20))),
        Fix("UUMB", START.position, "UUMB"),
    )
    first = legs_along(fixes[:4])
    assert first[-1].arrives is not None
    onward = first[-1].arrives + dt.timedelta(hours=1)
    second = legs_along(fixes[3:], begin=onward)
    given: dict[str, object] = {
        "treaty": "open-skies",
        "observing": "DEU",
        "observed": "RUS",
        "quota_holder": "RUBY",
        "aircraft": "saab-340b",
        "aircraft_designated_by": "SWE",
        "aircraft_provided_by": "DEU",
        "icao_type": "SF34",
        "cruise_km_h": 450.0,
        "point_of_entry": START,
        "start": START,
        "end": START,
        "point_of_exit": START,
        "fixes": fixes,
        "legs": first + second,
        "stops": (Stop("UWWW", "refuelling", first[-1].arrives, onward),),
        "sensors": (PlanSensor("framing", "optical-framing", 1500.0, 0.3, "assumed"),),
        "times": PlanTimes(
            arrival_at_point_of_entry=BEGIN - dt.timedelta(days=2),
            submitted=BEGIN - dt.timedelta(hours=25),
            commencement=BEGIN,
            completion=second[-1].arrives,
        ),
        "hazardous_airspace": (
            HazardousAirspace(
                "UUR123",
                "restricted",
                (
                    Position(lat=56.5, lon=40.0),
                    Position(lat=56.5, lon=40.5),
                    Position(lat=56.8, lon=40.5),
                ),
            ),
        ),
        "alternates": (REFUEL,),
        "turn_technique": "overflight turn",
        "readings": {"self-crossing": "strict"},
        "marks": ("SIMULATED",),
        "remarks": ("Route and times are illustrative.",),
        "wake_category": "M",
        "equipment": "S/S",
    }
    given.update(changes)
    return MissionPlan(**given)  # type: ignore[arg-type]


TEXT = Source("text", "Treaty on Open Skies", SourceKind.TEXT)
LIMIT = CitedValue(
    key="maximum-flight-distance",
    value=5000,
    unit="km",
    valid_from=dt.date(2002, 1, 1),
    valid_until=None,
    status=Status.ENACTED,
    citations=(Citation(TEXT, "Ann.A.III"),),
)


def sample_working_plan(plan: MissionPlan | None = None, **changes: object) -> WorkingPlan:
    """A working plan around ``plan``, with two sites of which one is seen."""
    plan = plan or sample_plan()
    given: dict[str, object] = {
        "plan": plan,
        "sites": (
            Site("A1", Position(lat=56.21, lon=39.2), value=5.0, name="North"),
            Site("B2", Position(lat=51.0, lon=60.0), value=3.0, resolution_m=0.5),
        ),
        "observations": (Observation("A1", "framing", 0, 1.5, 0.3, BEGIN),),
        "maximum_flight_distance": LIMIT,
        "findings": Findings(
            (Finding("R2", "Stand-off", Verdict.COMPLIANT, "Kept.", "VI.II.2", measured=12.5),),
            readings={"self-crossing": "strict"},
        ),
        "search": SearchReport("solver", 1, 100, 0.5),
        "readings": {"self-crossing": "strict"},
        "assumptions": ("cruise speed is assumed",),
    }
    given.update(changes)
    return WorkingPlan(**given)  # type: ignore[arg-type]


# --- hypothesis -------------------------------------------------------------------------------

# What a document may hold: no control character, no lone surrogate, no non-character.
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="￾￿\x7f")
texts = st.text(_LETTERS, max_size=30)
codes = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-é"), min_size=1, max_size=8)
instants = st.datetimes(
    min_value=dt.datetime(1992, 1, 1),  # noqa: DTZ001  (hypothesis adds the zone)
    max_value=dt.datetime(2092, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
whole_minutes = st.builds(
    lambda lat, lon: Position(lat=lat / 60, lon=lon / 60),
    st.integers(-89 * 60, 89 * 60),
    st.integers(-180 * 60, 180 * 60 - 1),
)
positions = st.builds(Position, lat=st.floats(-90, 90), lon=st.floats(-180, 180, exclude_max=True))
airfields = st.builds(PlanAirfield, code=codes, name=texts, position=positions)
_lengths = st.floats(0, 20_000)
_heights = st.floats(0, 15_000)


@st.composite
def rings(draw: st.DrawFn) -> tuple[Position, ...]:
    """A quadrilateral that does not cross itself; it may cross the antimeridian."""
    west = draw(st.integers(-180, 179))
    south = draw(st.integers(-80, 70))
    width, height = draw(st.integers(1, 20)), draw(st.integers(1, 9))
    north, east = south + height, west + width
    corners = ((south, west), (south, east), (north, east), (north, west))
    return tuple(Position(lat=lat, lon=lon) for lat, lon in corners)


@st.composite
def mission_plans(draw: st.DrawFn) -> MissionPlan:
    """Any plan that a mission-plan document can carry: names known, airfields where they are."""
    start = draw(airfields)
    count = draw(st.integers(2, 6))
    # Near the start, so that nothing looks swapped; the whole world otherwise.
    lat, lon = round(start.position.lat * 60), round(start.position.lon * 60)
    near = st.builds(
        lambda north, east: Position(
            lat=max(-89 * 60, min(89 * 60, lat + north)) / 60, lon=(lon + east) / 60
        ),
        st.integers(-300, 300),
        st.integers(-300, 300),
    )
    fixes = [Fix(f"F{i:02d}", draw(near)) for i in range(1, count + 1)]
    if draw(st.booleans()):
        fixes[0] = Fix(start.code, start.position, start.code)
    if len({fix.id for fix in fixes}) < len(fixes):
        fixes[0] = Fix("F00", start.position, start.code)
    sensors = draw(
        st.lists(
            st.builds(
                PlanSensor,
                id=codes,
                category=codes,
                h_min_m=st.none() | _heights,
                ground_resolution_m=st.none() | st.floats(0.01, 100),
                basis=texts,
            ),
            max_size=3,
            unique_by=lambda sensor: sensor.id,
        )
    )
    names = [sensor.id for sensor in sensors]
    some_sensors = st.lists(st.sampled_from(names), unique=True) if names else st.just([])
    legs = tuple(
        Leg(
            start=a.id,
            end=b.id,
            distance_km=draw(_lengths),
            distance_over_territory_km=draw(_lengths),
            height_agl_m=draw(_heights),
            terrain_max_m=draw(st.none() | st.floats(-400, 8000)),
            altitude_m=draw(st.none() | _heights),
            sensors=tuple(draw(some_sensors)),
            departs=draw(st.none() | instants),
            arrives=draw(st.none() | instants),
        )
        for a, b in pairwise(fixes)
    )
    stops = st.builds(
        Stop,
        fix=st.sampled_from([fix.id for fix in fixes]),
        purpose=st.sampled_from(["refuelling", "rest"]),
        arrives=instants,
        departs=instants,
    )
    hazards = st.builds(
        HazardousAirspace,
        id=codes,
        kind=codes,
        ring=rings(),
        handling=st.sampled_from(["avoided", "crossed"]),
    )
    moment = st.none() | instants
    return MissionPlan(
        treaty=draw(codes),
        observing=draw(codes),
        observed=draw(codes),
        quota_holder=draw(codes),
        aircraft=draw(codes),
        aircraft_designated_by=draw(codes),
        aircraft_provided_by=draw(codes),
        icao_type=draw(st.sampled_from(["SF34", "A319", "", "T154"])),
        cruise_km_h=draw(st.floats(100, 1000)),
        point_of_entry=None,
        start=start,
        end=start,
        point_of_exit=None,
        fixes=tuple(fixes),
        legs=legs,
        stops=tuple(draw(st.lists(stops, max_size=2))),
        sensors=tuple(sensors),
        times=PlanTimes(draw(moment), draw(moment), draw(moment), draw(moment)),
        hazardous_airspace=tuple(draw(st.lists(hazards, max_size=2))),
        alternates=(),
        turn_technique=draw(texts),
        distance_condition=draw(texts),
        agreements=tuple(draw(st.lists(texts, max_size=2))),
        readings=draw(st.dictionaries(codes, texts, max_size=2)),
        marks=tuple(draw(st.lists(st.sampled_from(["SIMULATED", "EXERCISE"]), max_size=2))),
        remarks=tuple(draw(st.lists(texts, max_size=2))),
        identification=draw(st.sampled_from(["", "OSY12F"])),
        wake_category=draw(st.sampled_from(["", "L", "M", "H"])),
        equipment=draw(st.sampled_from(["", "SDFG/S"])),
    )


site_lists = st.lists(
    st.builds(
        Site,
        id=codes,
        position=positions,
        value=st.floats(1e-3, 1e6),
        name=texts.map(lambda text: " ".join(text.split())),
        resolution_m=st.none() | st.floats(0.01, 100),
        earliest=st.none(),
        latest=st.none() | instants,
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda site: site.id,
)


@st.composite
def working_plans(draw: st.DrawFn) -> WorkingPlan:
    """A working plan around any mission plan whose texts say nothing (``remarks`` and the like)."""
    plan = draw(mission_plans())
    sites = tuple(draw(site_lists))
    seen = draw(st.lists(st.sampled_from([site.id for site in sites]), unique=True))
    return WorkingPlan(
        plan=plan,
        sites=sites,
        observations=tuple(
            Observation(site, "camera", 0, draw(st.floats(0, 100)), None, BEGIN) for site in seen
        ),
        maximum_flight_distance=LIMIT,
        findings=Findings(()),
        search=SearchReport("solver", draw(st.integers(0, 100)), 10, 0.1),
        assumptions=tuple(draw(st.lists(texts, max_size=2))),
        private_values_used=draw(st.booleans()),
    )
