"""A mission plan as filed flight plan messages (FPL) of ICAO Doc 4444 (PANS-ATM), Appendix 2-3.

One message for each stage between two landings. What the plan does not know is not invented:

- item 7 (identification), item 9 (wake turbulence) and item 10 (equipment) stand as "?" when the
  plan leaves them empty; "?" is no valid entry, so such a message is a draft that no system files;
- an aircraft type or airfield without an ICAO designator is ZZZZ, with TYP/, DEP/, DEST/ or
  ALTN/ in item 18, as the document prescribes;
- levels are altitudes in hundreds of feet (A045), rounded up so that no leg is flown lower than
  planned. Where the plan knows only heights above ground, an altitude made from them would be
  too low wherever the ground is above the sea; the message then says VFR, the one entry that
  states no level, with the heights in RMK/ and a call to set rules and levels before filing;
- item 8 is I (instrument rules) where levels are known and V otherwise, type X: none of the
  named types fits an observation flight.

DCT stands between all points. Doc 4444 lets it be left out between two coordinates; writing it
is accepted and says what the treaty asks for, a direct route between them.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position, parse_icao_point
from overflight.terms.mission_plan import Fix, Leg, MissionPlan, PlanAirfield
from overflight.units import KM_PER_NM, M_PER_FT, KilometresPerHour, Metres

LINE = 69
"""Most characters in a line of an AFTN message (ICAO Annex 10, Volume II, 4.4.5)."""

UNKNOWN = "?"
NO_DESIGNATOR = "ZZZZ"

_DESIGNATOR = re.compile(r"[A-Z]{4}")
_TYPE = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_LEVEL_CHANGE = re.compile(r"/[KNM]\d{3,4}(?:[FA]\d{3}|[SM]\d{4}|VFR)$")
_SPEED_LEVEL = re.compile(r"^(?:[KN]\d{4}|M\d{3})(?:[FA]\d{3}|[SM]\d{4}|VFR)$")


@dataclass(frozen=True, slots=True)
class Stage:
    """A flight from one landing place to the next: n fixes, n - 1 legs."""

    number: int
    of: int
    fixes: tuple[Fix, ...]
    legs: tuple[Leg, ...]
    departs: dt.datetime
    arrives: dt.datetime | None


def flight_plan_messages(plan: MissionPlan) -> str:
    """The FPL messages of all stages, in order, a blank line between them.

    Lines have at most 69 characters. Raises DataError where the plan does not say when a stage
    begins, or a stop is not on the route: a flight plan cannot be written without.
    """
    return "\n\n".join(_message(plan, stage) for stage in stages(plan)) + "\n"


def stages(plan: MissionPlan) -> tuple[Stage, ...]:
    """The plan's route cut at its stops."""
    if len(plan.legs) != len(plan.fixes) - 1:
        raise DataError(
            f"the plan has {len(plan.fixes)} fixes and {len(plan.legs)} legs",
            where="/legs",
            remedy="Give one leg from each fix to the next.",
        )
    for i, (leg, a, b) in enumerate(zip(plan.legs, plan.fixes, plan.fixes[1:], strict=False)):
        if (leg.start, leg.end) != (a.id, b.id):
            raise DataError(
                f"the leg leads from {leg.start} to {leg.end}, the fixes from {a.id} to {b.id}",
                where=f"/legs/{i}",
                remedy="Put fixes and legs in the one order in which they are flown.",
            )
    ends = _landings(plan)
    bounds = list(zip([0, *ends], [*ends, len(plan.fixes) - 1], strict=True))
    departures = [_start_of(plan), *(stop.departs for stop in plan.stops)]
    return tuple(
        Stage(
            number=i + 1,
            of=len(bounds),
            fixes=plan.fixes[first : last + 1],
            legs=plan.legs[first:last],
            departs=departures[i],
            arrives=plan.stops[i].arrives if i < len(plan.stops) else _end_of(plan),
        )
        for i, (first, last) in enumerate(bounds)
    )


def _landings(plan: MissionPlan) -> list[int]:
    """Places in the route of the stops, in order."""
    found: list[int] = []
    after = 1
    for i, stop in enumerate(plan.stops):
        at = next(
            (k for k in range(after, len(plan.fixes) - 1) if plan.fixes[k].id == stop.fix), None
        )
        if at is None:
            raise DataError(
                f"the stop at {stop.fix} does not follow on the route",
                where=f"/stops/{i}/fix",
                remedy="Name the stops in the order in which the route reaches them.",
            )
        found.append(at)
        after = at + 1
    return found


def _start_of(plan: MissionPlan) -> dt.datetime:
    moment = plan.times.commencement or plan.legs[0].departs
    if moment is None:
        raise DataError(
            "the plan does not say when it begins",
            where="/times/commencement",
            remedy="State times.commencement; a flight plan needs it (item 13).",
        )
    return moment


def _end_of(plan: MissionPlan) -> dt.datetime | None:
    return plan.legs[-1].arrives or plan.times.completion


# --- one message ------------------------------------------------------------------------------


def _message(plan: MissionPlan, stage: Stage) -> str:
    levelled = all(leg.altitude_m is not None for leg in stage.legs)
    departure, destination = stage.fixes[0], stage.fixes[-1]
    alternates = _alternates(plan, destination)
    rules = "I" if levelled else "V"
    first_level = _level(stage.legs[0], levelled)
    items = [_elapsed(plan, stage), *(_code(airfield) for airfield in alternates)]
    fields = [
        f"(FPL-{_item(plan.identification)}-{rules}X",
        f"-{_type(plan)}/{_item(plan.wake_category)}-{_item(plan.equipment, extra='/')}",
        f"-{_designator(departure)}{stage.departs.astimezone(dt.UTC):%H%M}",
        f"-{_speed(plan.cruise_km_h)}{first_level} {_route(stage, levelled, plan)}",
        f"-{_designator(destination)}{' '.join(items)}",
        f"-{_other(plan, stage, levelled, alternates)})",
    ]
    return "\n".join(line for field in fields for line in _wrapped(field))


def _item(text: str, extra: str = "") -> str:
    kept = re.sub(rf"[^A-Z0-9{extra}]", "", text.upper())
    return kept or UNKNOWN


def _type(plan: MissionPlan) -> str:
    return plan.icao_type if _TYPE.fullmatch(plan.icao_type) else NO_DESIGNATOR


def _designator(fix: Fix) -> str:
    return fix.airfield if fix.airfield and _DESIGNATOR.fullmatch(fix.airfield) else NO_DESIGNATOR


def _code(airfield: PlanAirfield) -> str:
    return airfield.code if _DESIGNATOR.fullmatch(airfield.code) else NO_DESIGNATOR


def _speed(cruise: KilometresPerHour) -> str:
    return f"N{min(round(cruise / KM_PER_NM), 9999):04d}"


def _level(leg: Leg, levelled: bool) -> str:
    if not levelled or leg.altitude_m is None:
        return "VFR"
    return f"A{hundreds_of_feet(leg.altitude_m):03d}"


def hundreds_of_feet(altitude: Metres) -> int:
    """``altitude`` in hundreds of feet, rounded up: never lower than planned."""
    return max(0, math.ceil(altitude / M_PER_FT / 100.0 - 1e-9))


def _route(stage: Stage, levelled: bool, plan: MissionPlan) -> str:
    """DCT 5540N03800E DCT 5612N03911E/N0243A060 DCT"""
    words = ["DCT"]
    level = _level(stage.legs[0], levelled)
    for fix, leaving in zip(stage.fixes[1:-1], stage.legs[1:], strict=True):
        following = _level(leaving, levelled)
        change = f"/{_speed(plan.cruise_km_h)}{following}" if following != level else ""
        words += [fix.position.icao() + change, "DCT"]
        level = following
    return " ".join(words)


def _elapsed(plan: MissionPlan, stage: Stage) -> str:
    """Total estimated elapsed time, hours and minutes, rounded up to the minute."""
    if stage.arrives is not None and stage.arrives > stage.departs:
        minutes = math.ceil((stage.arrives - stage.departs).total_seconds() / 60)
    else:
        minutes = math.ceil(sum(leg.distance_km for leg in stage.legs) / plan.cruise_km_h * 60)
    if minutes >= 24 * 60:
        raise DataError(
            f"stage {stage.number} takes {minutes / 60:.0f} h, more than item 16 can carry",
            where="/legs",
            remedy="Correct its times, or plan a landing.",
        )
    return f"{minutes // 60:02d}{minutes % 60:02d}"


def _alternates(plan: MissionPlan, destination: Fix) -> tuple[PlanAirfield, ...]:
    """The two alternates nearest to the stage's destination (item 16 holds no more)."""
    others = [a for a in plan.alternates if a.code != destination.airfield]
    return tuple(sorted(others, key=lambda a: distance_km(a.position, destination.position))[:2])


def _other(
    plan: MissionPlan, stage: Stage, levelled: bool, alternates: Iterable[PlanAirfield]
) -> str:
    """Item 18, its parts in the order of Doc 4444."""
    departure, destination = stage.fixes[0], stage.fixes[-1]
    parts: list[str] = []
    for indicator, fix in (("DEP", departure), ("DEST", destination)):
        if _designator(fix) == NO_DESIGNATOR:
            parts.append(f"{indicator}/{_plain(_name(plan, fix))} {fix.position.icao()}")
    parts.append(f"DOF/{stage.departs.astimezone(dt.UTC):%y%m%d}")
    if _type(plan) == NO_DESIGNATOR:
        parts.append(f"TYP/{_plain(plan.aircraft)}")
    unnamed = [a for a in alternates if _code(a) == NO_DESIGNATOR]
    if unnamed:
        parts.append(
            "ALTN/" + " ".join(f"{_plain(a.name or a.code)} {a.position.icao()}" for a in unnamed)
        )
    parts.append(f"RMK/{_remark(plan, stage, levelled)}")
    return " ".join(parts)


def _heights_above_ground(stage: Stage) -> str:
    """9900 FT; where legs have different heights, from which point which."""
    parts: list[str] = []
    for i, leg in enumerate(stage.legs):
        if i == 0 or leg.height_agl_m != stage.legs[i - 1].height_agl_m:
            feet = math.ceil(leg.height_agl_m / M_PER_FT / 100 - 1e-9) * 100
            parts.append(f"{feet} FT" + (f" from {stage.fixes[i].position.icao()}" if i else ""))
    return ", ".join(parts)


def _remark(plan: MissionPlan, stage: Stage, levelled: bool) -> str:
    words = [*plan.marks, plan.treaty, "observation flight", plan.observing, "over", plan.observed]
    if stage.of > 1:
        words.append(f"stage {stage.number} of {stage.of}")
    if not levelled:
        span = _heights_above_ground(stage)
        words.append(f"fly at least {span} above ground, set rules and levels before filing")
    if any(_rounded(fix) for fix in stage.fixes[1:-1]):
        words.append("coordinates rounded to minutes")
    missing = [
        item
        for item, value in (
            ("7", plan.identification),
            ("9", plan.wake_category),
            ("10", plan.equipment),
        )
        if not value
    ]
    if missing:
        words.append(f"item {' '.join(missing)} to be completed before filing")
    return _plain(" ".join(words))


def _rounded(fix: Fix) -> bool:
    exact = fix.position.rounded_to_minutes()
    return abs(exact.lat - fix.position.lat) > 1e-6 or abs(exact.lon - fix.position.lon) > 1e-6


def _name(plan: MissionPlan, fix: Fix) -> str:
    airfields = (plan.start, plan.end, plan.point_of_entry, plan.point_of_exit, *plan.alternates)
    named = (a.name for a in airfields if a is not None and a.code == fix.airfield)
    return next(named, fix.airfield or fix.id)


def _plain(text: str) -> str:
    """``text`` in the letters and figures of an ATS message (ITA-2); signs become spaces.

    Hyphen, oblique and brackets have a meaning of their own there.
    """
    latin = unicodedata.normalize("NFKD", text.upper()).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Z0-9,. ]", " ", latin).split())


def _wrapped(field: str) -> list[str]:
    """``field`` in lines of at most LINE characters, broken at spaces."""
    lines: list[str] = []
    for word in field.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= LINE:
            lines[-1] += f" {word}"
        else:
            lines += [word[i : i + LINE] for i in range(0, len(word), LINE)] or [""]
    return lines


# --- reading ----------------------------------------------------------------------------------


def parse_icao_route(text: str) -> list[Position]:
    """The coordinates of an item 15 (or of its route part), in order.

    DCT, speed and level are passed over. Raises DataError for anything that is not one of
    them: a named point or an airway has a place only in a navigation data base.
    """
    points: list[Position] = []
    for word in text.lstrip("- ").split():
        bare = _LEVEL_CHANGE.sub("", word)
        if word == "DCT" or _SPEED_LEVEL.fullmatch(word):
            continue
        # The same float as the plan's own whole minute, not one last digit off.
        points.append(parse_icao_point(bare).rounded_to_minutes())
    return points


def route_of_message(message: str) -> str:
    """Item 15 of one FPL message, on one line."""
    fields: Sequence[str] = re.split(r"\n-", message.strip())
    if not message.lstrip().startswith("(FPL-") or len(fields) != 6:
        raise DataError(
            "this is not an FPL message with items 7 to 18",
            remedy="Give one message, from (FPL- to the closing bracket.",
        )
    return " ".join(fields[3].split())
