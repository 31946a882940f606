"""A flight held against its plan and the treaty: the track's facts, and what the rules say of them.

The facts become a flight record, which the rules of the flight answer; the rules on the path of
a plan that the treaty's data mark as ``flown`` are held against the path that was flown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from overflight.flying.audit import TOLERANCE_KM, FlightFacts, measure
from overflight.flying.ground import ground_under
from overflight.flying.repair import RepairedTrack
from overflight.geo.geodesic import leg_lengths_km
from overflight.geo.positions import Position
from overflight.mission.check import check_plan, treaty_of
from overflight.performance.handling import Handling
from overflight.performance.planned import fly_plan
from overflight.performance.turns import TECHNIQUES
from overflight.terms.findings import Finding, Findings, Verdict, merge
from overflight.terms.mission_plan import Fix, Leg, MissionPlan
from overflight.terms.track import SensorTime, StatedDeviation
from overflight.treaty.model import RuleBinding, Treaty
from overflight.units import Kilometres

_FACTS = (
    "commenced",
    "completed",
    "distance_over_territory_km",
    "deviations",
    "observation_periods",
    "sensors_operated_outside",
)
_READS = re.compile(rf"^flight\.({'|'.join(_FACTS)})\b")
_SHOWN = 3


class AwayLike(Protocol):
    """A stretch off the plan, from the audit or from the monitor on board."""

    @property
    def begun_s(self) -> float: ...
    @property
    def completed_s(self) -> float: ...
    @property
    def most_km(self) -> float: ...
    @property
    def added_km(self) -> float: ...
    @property
    def cause(self) -> str: ...


class UseLike(Protocol):
    """A sensor at work, likewise."""

    @property
    def sensor(self) -> str: ...
    @property
    def begun_s(self) -> float: ...
    @property
    def completed_s(self) -> float: ...
    @property
    def low_m(self) -> float | None: ...
    @property
    def high_m(self) -> float | None: ...
    @property
    def on_flight(self) -> bool: ...


class Measured(Protocol):
    """What a flight record is made of."""

    @property
    def commenced_s(self) -> float: ...
    @property
    def completed_s(self) -> float: ...
    @property
    def excursions(self) -> Sequence[AwayLike]: ...
    @property
    def sensors(self) -> Sequence[UseLike]: ...
    @property
    def shares(self) -> Sequence[float]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """What was measured, the flight record made of it, the path flown as legs, and the findings."""

    plan: MissionPlan
    facts: FlightFacts
    record: Mapping[str, Any]
    path: MissionPlan
    findings: Findings


def audit_flight(
    plan: MissionPlan,
    flown: RepairedTrack,
    *,
    sensors: Sequence[SensorTime] | None = None,
    deviations: Sequence[StatedDeviation] = (),
    record: Mapping[str, Any] | None = None,
    terrain: Path | None = None,
    tolerance_km: Kilometres = TOLERANCE_KM,
    **options: Any,
) -> Audit:
    """Hold a track against ``plan`` and its treaty.

    ``record`` is the flight record that people kept: what the track measures goes before it, all
    else is taken from it. ``options`` as for ``check_plan`` (treaty, overlay, readings, borders).
    Raises TrackError where the track is not of this flight, and what ``check_plan`` raises.
    """
    technique = plan.turn_technique if plan.turn_technique in TECHNIQUES else Handling().technique
    flight = fly_plan(plan, handling=Handling(technique=technique))
    track = flown.track
    ground = None if terrain is None else ground_under(terrain, track.lat, track.lon)
    facts = measure(
        plan,
        flown,
        flight,
        sensors=sensors,
        deviations=deviations,
        ground_m=ground,
        tolerance_km=tolerance_km,
    )
    book = treaty_of(plan, options.pop("treaty", None), options.get("overlay"))
    options["treaty"] = book
    if options.get("overlay") is not None:
        options.pop("overlay")
    path = as_plan(plan, facts.path, facts.track.marks)
    made = flight_record(plan, facts, facts.track.marks, record or {})
    reads, shaped = rules_on_record(book), rules_on_path(book)
    on_record = check_plan(
        plan, phase="flight", documents={"flight-record": made}, only=reads, **options
    )
    on_path = check_plan(path, phase="plan", only=shaped, **options)
    found = [*on_record.items, *(_as_flown(item) for item in on_path.items)]
    notes = Findings((), {}, tuple(_notes(facts, flown)))
    joined = merge([on_record, on_path, notes])
    return Audit(
        plan, facts, made, path, Findings(tuple(_fewer(found)), joined.readings, joined.notes)
    )


def rules_on_record(book: Treaty) -> list[str]:
    """The rules that ask for something that a track measures."""
    return [rule.id for rule in book.rules if rule.phase == "flight" and _reads_facts(rule)]


def rules_on_path(book: Treaty) -> list[str]:
    """The rules on the path of a plan that the path as flown has to keep too."""
    return [rule.id for rule in book.rules if rule.phase == "plan" and rule.flown]


def _reads_facts(rule: RuleBinding) -> bool:
    """Whether a rule asks for something that a track measures."""

    def inside(value: Any) -> bool:
        if isinstance(value, str):
            return bool(_READS.match(value))
        if isinstance(value, Mapping):
            return any(inside(v) for v in value.values())
        return isinstance(value, (list, tuple)) and any(inside(v) for v in value)

    return inside(rule.parameters)


def as_plan(plan: MissionPlan, flown: Sequence[Position], marks: Sequence[str] = ()) -> MissionPlan:
    """The path that was flown in the form of a plan, its fixes numbered; airfields at its ends."""
    last = len(flown) - 1
    ends = {0: plan.fixes[0].airfield, last: plan.fixes[-1].airfield}
    fixes = tuple(Fix(f"T{i}", position, ends.get(i)) for i, position in enumerate(flown))
    lengths = leg_lengths_km(flown).tolist()
    legs = tuple(Leg(f"T{i}", f"T{i + 1}", length, 0.0, 0.0) for i, length in enumerate(lengths))
    both = tuple(dict.fromkeys((*plan.marks, *marks)))
    return replace(plan, fixes=fixes, legs=legs, stops=(), marks=both)


def _over_territory(plan: MissionPlan, facts: Measured) -> Kilometres:
    """The length flown over the observed Party: the plan's own for its legs, a leg that was left
    in part, and what deviations added. Turns between legs count no more than in the plan."""
    total = sum(max(one.added_km, 0.0) for one in facts.excursions)
    for leg, share in zip(plan.legs, facts.shares, strict=True):
        total += leg.distance_over_territory_km * share
    return total


def flight_record(
    plan: MissionPlan, facts: Measured, marks: Sequence[str], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """The flight record of what was measured; all else is taken from ``kept``."""
    low = _below_minimum(plan, facts.sensors)
    measured: dict[str, Any] = {
        "kind": "flight-record",
        "version": 1,
        "treaty": plan.treaty,
        "observing": plan.observing,
        "observed": plan.observed,
        "commenced": instant(facts.commenced_s),
        "completed": instant(facts.completed_s),
        "deviations": [
            {
                **_stated_of(kept, number),
                **({"cause": one.cause} if one.cause else {}),
                "max_offset_km": round(one.most_km, 3),
                "distance_added_km": round(max(one.added_km, 0.0), 3),
                **_lowered(facts.sensors, low, one),
            }
            for number, one in enumerate(facts.excursions)
        ],
        "observation_periods": [
            {
                "sensor": use.sensor,
                "begun": instant(use.begun_s),
                "completed": instant(use.completed_s),
                "least_height_agl_m": _least_height(use, low),
            }
            for use in facts.sensors
        ],
        "distance_over_territory_km": round(_over_territory(plan, facts), 3),
        "sensors_operated_outside": sorted({u.sensor for u in facts.sensors if not u.on_flight}),
    }
    both = [*dict.fromkeys((*plan.marks, *marks))]
    return {**kept, **measured, **({"marks": both} if both else {})}


def _lowered(
    uses: Sequence[UseLike], low: Sequence[UseLike], one: AwayLike
) -> dict[str, list[str]]:
    """Sensors brought below their minimum height during a deviation; nothing where not known."""

    def meanwhile(use: UseLike) -> bool:
        return use.begun_s < one.completed_s and use.completed_s > one.begun_s

    if any(use.low_m is None for use in uses if meanwhile(use)):
        return {}
    return {"below_minimum_for": sorted({use.sensor for use in low if meanwhile(use)})}


def _stated_of(kept: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """What people recorded of the same deviation, where they recorded as many."""
    stated = kept.get("deviations") or []
    return stated[number] if number < len(stated) and isinstance(stated[number], Mapping) else {}


def _below_minimum(plan: MissionPlan, uses: Iterable[UseLike]) -> list[UseLike]:
    """Uses that were surely below the minimum height that the plan states for the sensor."""
    least = {sensor.id: sensor.h_min_m for sensor in plan.sensors}
    return [
        use
        for use in uses
        if use.high_m is not None and (h := least.get(use.sensor)) is not None and use.high_m < h
    ]


def _least_height(use: UseLike, low: Sequence[UseLike]) -> float | None:
    """The height to state: of an interval the end that is safe to state. None: not known."""
    if use.low_m is None or use.high_m is None:
        return None
    return round(max(use.high_m if use in low else use.low_m, 0.0), 1)


def _as_flown(item: Finding) -> Finding:
    return replace(item, title=f"{item.title}, as flown", phase="flight")


def _fewer(items: Sequence[Finding]) -> list[Finding]:
    """At most three findings of a rule with one verdict: a path flown has thousands of pieces."""
    kept: list[Finding] = []
    count: dict[tuple[str, Verdict], int] = {}
    for item in sorted(items, key=_severity):
        if item.verdict is Verdict.DOES_NOT_APPLY and item.message.startswith("This is a rule for"):
            continue
        key = (item.rule, item.verdict)
        count[key] = count.get(key, 0) + 1
        if count[key] <= _SHOWN:
            kept.append(item)
    return [
        replace(item, message=f"{item.message} (and at {count[key] - _SHOWN} more places)")
        if count[key := (item.rule, item.verdict)] > _SHOWN and _is_last(kept, i)
        else item
        for i, item in enumerate(kept)
    ]


def _is_last(items: Sequence[Finding], i: int) -> bool:
    return not any(
        (other.rule, other.verdict) == (items[i].rule, items[i].verdict) for other in items[i + 1 :]
    )


def _severity(item: Finding) -> tuple[str, float]:
    return (item.rule, float(item.measured) if isinstance(item.measured, (int, float)) else 0.0)


def _notes(facts: FlightFacts, flown: RepairedTrack) -> Iterable[str]:
    yield from flown.notes
    for one in flown.repairs:
        yield one.sentence()
    for gap in facts.gaps:
        yield (
            f"No point for {gap.seconds:,.0f} s between {gap.places[0]} and {gap.places[1]}: what "
            "happened there is not known."
        )
    if facts.not_flown:
        names = ", ".join(str(k + 1) for k in facts.not_flown)
        yield f"Legs of the plan that were not flown: {names}."
    for stated in facts.unplaced:
        yield (
            f"A deviation ({stated.cause}) is stated from {instant(stated.begun_s)} to "
            f"{instant(stated.completed_s)}, when the track is on the plan."
        )
    whys = dict.fromkeys(use.why for use in facts.sensors if use.why)
    for why in whys:
        yield f"Heights above ground are not known: {why}."
    yield from facts.assumptions


def instant(seconds: float) -> str:
    """Seconds since 1970 as a document writes an instant, to the second."""
    moment = dt.datetime.fromtimestamp(round(seconds), dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
