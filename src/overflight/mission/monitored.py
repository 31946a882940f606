"""The rules on board: what ``mission.audited`` asks after a flight, asked while it is flown.

The same rules with the same paragraphs answer a flight record that grows, and the path so far.
At the end the audit itself runs over the track that was logged, and its answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import OverflightError
from overflight.flying.monitor.course import Course, course_of
from overflight.flying.monitor.happenings import Away, Happening, Use
from overflight.flying.monitor.intake import Point
from overflight.flying.monitor.watch import Monitor
from overflight.geo.positions import Position
from overflight.mission.check import check_plan, treaty_of
from overflight.performance.handling import Handling
from overflight.performance.planned import fly_plan
from overflight.performance.turns import TECHNIQUES
from overflight.terms.advice import advice_on
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.model import RuleBinding, Treaty
from overflight.treaty.view import TreatyView

_SIDE_KM, _WHOLE_KM, _KEEP_KM = 2.0, 20.0, 0.5
_NEARBY = ("keeps_distance_from_non_parties",)
"""Predicates that each piece of a path answers for itself: asked most often."""
_CHANGES = frozenset(
    {"off-plan", "on-plan", "beyond-limit", "within-limit", "below-minimum", "above-minimum",
     "below-minimum-away", "sensor-outside", "sensor-on", "sensor-off", "noted", "note-ended",
     "passed", "leg-skipped", "completed"}
)  # fmt: skip
_ORDER = (Verdict.BREACH, Verdict.RIGHT_ARISES, Verdict.UNDETERMINED, Verdict.COMPLIANT)
_SAID = (Verdict.BREACH, Verdict.RIGHT_ARISES)


@dataclass(frozen=True, slots=True)
class Book:
    """The treaty for the seat aboard: limits, the grounds of deviations, what to say.

    ``grounds`` are the causes that may be stated, each in words with its paragraph.
    """

    treaty: Treaty
    seat: str
    grounds: Mapping[str, str]
    beyond_km: float | None
    most_km: float | None

    def advice(self, happening: Happening) -> tuple[tuple[str, str], ...]:
        """Sentences with their paragraphs for what happened."""
        told = advice_on(self.treaty.advice, happening.kind, self.seat)
        paragraph = happening.facts.get("cite", "")
        return tuple(
            (
                one.said(happening.facts),
                "; ".join(dict.fromkeys(c.paragraph for c in one.citations if c.paragraph))
                if not paragraph
                else f"{paragraph}; " + "; ".join(c.paragraph for c in one.citations),
            )
            for one in told
        )


def book_of(
    plan: MissionPlan,
    seat: str,
    *,
    treaty: str | Path | None = None,
    readings: Mapping[str, str] | None = None,
) -> Book:
    """The treaty that a plan names, for one seat. Raises what loading it raises."""
    book = treaty_of(plan, treaty, None)
    view = None if plan.date is None else book.on(plan.date, {**plan.readings, **(readings or {})})
    beyond = _rule(book, "right_beyond", "flight.deviations[].max_offset_km")
    named = _rule(book, "one_of", "flight.deviations[].cause")
    return Book(
        treaty=book,
        seat=seat,
        grounds={} if named is None else dict(named.parameters.get("allowed", {})),
        beyond_km=_value(view, beyond),
        most_km=_most(view, plan),
    )


def course_for(plan: MissionPlan, book: Book, tolerance_km: float) -> Course:
    """The course of a plan with the limits of its treaty, turns as the audit takes them."""
    technique = plan.turn_technique if plan.turn_technique in TECHNIQUES else Handling().technique
    flight = fly_plan(plan, handling=Handling(technique=technique))
    return course_of(
        plan, flight, tolerance_km=tolerance_km, beyond_km=book.beyond_km, most_km=book.most_km
    )


def _rule(book: Treaty, predicate: str, path: str) -> RuleBinding | None:
    return next(
        (r for r in book.rules if r.predicate == predicate and r.parameters.get("path") == path),
        None,
    )


def _value(view: TreatyView | None, rule: RuleBinding | None) -> float | None:
    if view is None or rule is None:
        return None
    scheme, _, key = rule.limit.partition(":")
    try:
        value = view.value(key).value if scheme == "value" else None
    except OverflightError:
        return None
    return float(value) if isinstance(value, (int, float)) else None


def _most(view: TreatyView | None, plan: MissionPlan) -> float | None:
    if view is None:
        return None
    try:
        value = view.maximum_flight_distance(plan.start.code, plan.distance_condition).value
    except OverflightError:
        return None
    return float(value) if isinstance(value, (int, float)) else None


@dataclass(frozen=True, slots=True)
class _Running:
    """A flight so far, as a flight record is made of it."""

    commenced_s: float
    completed_s: float
    excursions: tuple[Away, ...]
    sensors: tuple[Use, ...]
    shares: tuple[float, ...]


@dataclass(slots=True)
class LiveRules:
    """The rules of the flight, asked again whenever something changed that they read."""

    plan: MissionPlan
    book: Book
    options: dict[str, Any]
    found: dict[str, Finding] = field(default_factory=dict)
    whole: dict[str, Finding] = field(default_factory=dict)
    _path: list[Position] = field(default_factory=list)
    _way_km: float = 0.0
    _side_km: float = 0.0
    _whole_km: float = 0.0
    _from: int = 0

    def follow(
        self, monitor: Monitor, points: Sequence[Point], said: Sequence[Happening]
    ) -> list[Happening]:
        """What the rules say now that they did not say before."""
        self.collect(monitor, points)
        way = monitor.place.way_km
        new: list[Happening] = []
        if any(one.kind == "commenced" for one in said):
            self._path, self._from = self._path[-1:], 0
        changed = any(one.kind in _CHANGES for one in said)
        if changed:
            new += self._record(monitor)
        if way - self._side_km >= _SIDE_KM and len(self._path) - self._from > 1:
            self._side_km = way
            new += self._ask_path(monitor, self._path[self._from :], nearby=True)
            self._from = len(self._path) - 1
        passed = any(one.kind in ("passed", "completed") for one in said)
        if (passed or way - self._whole_km >= _WHOLE_KM) and len(self._path) > 1:
            self._whole_km = way
            new += self._ask_path(monitor, thinned(self._path), nearby=False)
        return new

    def collect(self, monitor: Monitor, points: Sequence[Point]) -> None:
        """Keep the path so far, and ask nothing."""
        way = monitor.place.way_km
        if points and monitor.on_flight and (way - self._way_km >= _KEEP_KM or not self._path):
            self._path += [Position(lat=p.fix.lat, lon=p.fix.lon) for p in points[-1:]]
            self._way_km = way

    def refresh(self, monitor: Monitor) -> list[Happening]:
        """Ask every rule of the record and of the whole path."""
        new = self._record(monitor)
        if len(self._path) > 1:
            self._from = len(self._path) - 1
            new += self._ask_path(monitor, thinned(self._path), nearby=False)
        return new

    def verdicts(self) -> dict[str, Verdict]:
        """The worst that each rule said so far, on the path, and what it says now of the record."""
        return {rule: one.verdict for rule, one in sorted(self.found.items())}

    def _record(self, monitor: Monitor) -> list[Happening]:
        from overflight.mission.audited import flight_record, rules_on_record

        if monitor.commenced_s is None:
            return []
        so_far = _Running(
            monitor.commenced_s,
            monitor.completed_s or monitor.now_s,
            monitor.excursions(),
            monitor.uses(),
            monitor.shares,
        )
        made = flight_record(self.plan, so_far, monitor.marks, {})
        only = rules_on_record(self.book.treaty)
        try:
            found = check_plan(
                self.plan, phase="flight", documents={"flight-record": made}, only=only,
                treaty=self.book.treaty, **self.options,
            )  # fmt: skip
        except OverflightError as error:
            return self._failed(monitor, error)
        return self._differences(monitor, found, keep_worst=False)

    def _ask_path(
        self, monitor: Monitor, path: Sequence[Position], *, nearby: bool
    ) -> list[Happening]:
        from overflight.mission.audited import as_plan, rules_on_path

        only = rules_on_path(self.book.treaty)
        if nearby:
            by_id = {rule.id: rule.predicate for rule in self.book.treaty.rules}
            only = [rule for rule in only if by_id[rule] in _NEARBY]
        try:
            flown = as_plan(self.plan, path, monitor.marks)
            found = check_plan(
                flown, phase="plan", only=only, treaty=self.book.treaty, **self.options
            )
        except OverflightError as error:
            return self._failed(monitor, error)
        return self._differences(monitor, found, keep_worst=True)

    def _failed(self, monitor: Monitor, error: OverflightError) -> list[Happening]:
        if "" in self.whole:
            return []
        self.whole[""] = Finding("", "", Verdict.UNDETERMINED, error.message, "")
        return [Happening("unchecked", monitor.now_s, {"message": error.message})]

    def _differences(
        self, monitor: Monitor, found: Findings, *, keep_worst: bool
    ) -> list[Happening]:
        new = []
        for rule, item in _worst(found).items():
            before = self.found.get(rule)
            if keep_worst and before is not None and not _worse(item, before):
                continue
            self.found[rule] = item
            changed = before is None or before.verdict is not item.verdict
            gone = before is not None and before.verdict in _SAID
            if changed and (item.verdict in _SAID or gone):
                facts = {
                    "rule": rule,
                    "verdict": str(item.verdict),
                    "message": item.message,
                    "cite": paragraphs(item.cite),
                }
                kind = "finding" if item.verdict is Verdict.BREACH else "right"
                kind = kind if item.verdict in _SAID else "finding-gone"
                new.append(Happening(kind, monitor.now_s, facts))
        return new


def _worse(one: Finding, other: Finding) -> bool:
    return _ORDER.index(one.verdict) < _ORDER.index(other.verdict)


def _worst(found: Findings) -> dict[str, Finding]:
    worst: dict[str, Finding] = {}
    for item in found.items:
        if item.verdict not in _ORDER:
            continue
        old = worst.get(item.rule)
        if old is None or _worse(item, old):
            worst[item.rule] = item
    return worst


def thinned(path: Sequence[Position]) -> list[Position]:
    """A path without what lies within 25 m of it; as the audit thins it."""
    import numpy as np
    import shapely

    lon = np.unwrap([p.lon for p in path], period=360.0)
    line = shapely.linestrings(np.column_stack([lon, [p.lat for p in path]]))
    kept = shapely.get_coordinates(shapely.simplify(line, 2.25e-4))
    return [Position(lat=y, lon=(x + 180.0) % 360.0 - 180.0) for x, y in kept.tolist()]


def paragraphs(cite: str) -> str:
    """Citations without the name of their source: what fits on a screen."""
    return "; ".join(part.split(" (")[0].strip() for part in cite.split(";"))
