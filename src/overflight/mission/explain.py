"""Why a plan is as it is: what a site left out would cost, what other terms would give.

Nothing is guessed. Each figure is that of a route that was really found, by a search that begins
with the plan's own route wherever it can; such a search is short, so what it finds is the least
that can be had, not the most.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

from overflight.errors import OverflightError, PlanError
from overflight.geo.positions import Position
from overflight.mission.again import Given, question_of, route_of
from overflight.mission.aircraft_choice import aircraft_for
from overflight.mission.flown import flying, wind_of_stages
from overflight.mission.height_choice import as_asked
from overflight.mission.landing_places import ANY, ends_at, starts_from
from overflight.mission.pairings import Pairing, hopeful, pairing
from overflight.mission.setting import Setting, setting_for
from overflight.planning.board import board_for, reachable_places
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.instead import besides, best, swapped
from overflight.planning.level import LevelFlight, level_flight
from overflight.planning.obstacles import plain_cause
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.protocol import Budget, Progress, Stop
from overflight.planning.schedule import flyable_km
from overflight.planning.timing import book_for, seen_by
from overflight.planning.track.planner import TrackPlanner
from overflight.terms.explanation import Explanation, LeftOut, OutOfSight, Variant
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.units import Kilometres, KilometresPerHour, Metres

MOST_SITES = 5
"""Sites left out that are looked at, the most valuable first."""
LEFT_FOR_OTHERS = "within reach, and left out for others that show more on the way"
"""The cause of what no plain cause keeps out of sight."""
_MOST_AIRFIELDS = 3
_TRIED = 4
"""For each site that is to be told of, so many are looked at."""
_STEP_KM: Kilometres = 100.0
_PART = 0.1
_NOTHING = 1e-9


@dataclass
class _Asking:
    """The plan's question, ready to be put again and again."""

    working: WorkingPlan
    setting: Setting
    pair: Pairing
    route: Route
    book: LegBook
    value: float
    share: Budget
    progress: Progress | None
    stop: Stop | None

    @property
    def problem(self) -> PlanningProblem:
        return self.pair.problem

    def search(self, problem: PlanningProblem, begin: Route | None) -> Route:
        return TrackPlanner(begin).solve(problem, self.share, stop=self.stop).route

    def say(self, line: str) -> None:
        if self.progress is not None:
            self.progress(line)

    def stopped(self) -> bool:
        return self.stop is not None and self.stop()


def explain(
    working: WorkingPlan,
    given: Given | None = None,
    *,
    seconds: float = 20.0,
    iterations: int | None = None,
    seed: int = 1,
    most: int = MOST_SITES,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Explanation:
    """Explain a plan, in about ``seconds`` for all searches, or with ``iterations`` for each.

    Raises PlanError where the plan's route breaks a limit under what is given now.
    """
    begun = time.monotonic()
    setting, pair = _setting(working, given, seed)
    route, book = route_of(working.plan), book_for(pair.problem)
    broken = violations(pair.problem, route, book)
    if broken:
        raise PlanError(
            f"the plan to explain breaks a limit: {broken[0]}",
            remedy="Give the treaty, borders, overlay and readings it was made with, or improve "
            "it first: overflight plan improve.",
        )
    seen = working.sites_observed
    rest = sorted((s for s in working.sites if s.id not in seen), key=lambda s: (-s.value, s.id))
    causes, open_ = _apart(setting, pair.problem, rest)
    pairs = _other_airfields(setting, pair, working, given, seed)
    parts = min(most, len(open_)) + 4 + len(pairs)
    share = Budget(seconds=seconds / parts, seed=seed)
    if iterations is not None:
        share = Budget(iterations=iterations, seed=seed)
    asking = _Asking(working, setting, pair, route, book, book.value(route), share, progress, stop)
    variants = _variants(asking, pairs)
    left_out, failed = _left_out(asking, open_, most)
    each = f"{iterations} steps" if iterations is not None else f"{share.seconds:.1f} s"
    return Explanation(
        value=asking.value,
        sites=len(seen_by(book, route)),
        length_km=book.length_of(route.path),
        limit_km=pair.problem.max_total_km,
        left_out=left_out,
        out_of_sight=_by_cause([*causes, *failed]),
        variants=variants,
        how=f"{parts} searches of {each} each, from the plan's own route where it could be; a "
        "longer search may find more",
        seconds=0.0 if iterations is not None else time.monotonic() - begun,
    )


def not_seen(working: WorkingPlan, given: Given | None = None) -> tuple[OutOfSight, ...]:
    """Which sites a plan does not see, by what keeps them out; without a search, so in short."""
    setting, pair = _setting(working, given, 1)
    seen = working.sites_observed
    rest = [site for site in working.sites if site.id not in seen]
    causes, open_ = _apart(setting, pair.problem, rest)
    lower = {t.name: _pass_said(t.pass_m) for t in pair.problem.targets}
    return _by_cause([*causes, *((lower[site.id] + LEFT_FOR_OTHERS, site) for site in open_)])


def _pass_said(pass_m: Metres | None) -> str:
    return "" if pass_m is None else f"would need a pass at {pass_m:g} m; "


def _setting(working: WorkingPlan, given: Given | None, seed: int) -> tuple[Setting, Pairing]:
    """What the plan was made in, made again."""
    asked = question_of(working, given)
    regime = asked["treaty"]
    book = regime if isinstance(regime, Treaty) else load_treaty(regime, asked["overlay"])
    view = book.on(asked["on"], asked["readings"])
    observed = asked["observed"]
    setting = setting_for(
        view,
        geography(view, observed, borders=asked["borders"]),
        working.sites,
        aircraft_for(view, asked["aircraft"]),
        sensors=asked["sensors"],
        hazards=asked["hazards"],
    )
    setting = as_asked(setting, asked["height"])
    wind_km_h = wind_of_stages(setting, asked["wind"])
    setting = replace(setting, wind_km_h=wind_km_h, max_fixes=asked["max_fixes"])
    if setting.lower_m:  # without climbs a pass at another height would cost nothing
        setting = replace(setting, level=_level(setting, asked, wind_km_h))
    (first,) = starts_from(view, observed, asked["start"])
    (last,) = ends_at(view, observed, asked["end"])
    return setting, pairing(
        setting,
        first,
        last,
        refuel=asked["refuel"],
        condition=asked["distance_condition"],
        seed=seed,
    )


def _level(setting: Setting, asked: dict[str, Any], wind: KilometresPerHour) -> LevelFlight:
    """How the plan's question says that it is flown."""
    cruise, turns = setting.ability.cruise_km_h, asked["handling"]
    rates = flying(setting.plane, cruise, asked["wind"], turns, None).rates
    return level_flight(cruise, setting.height_m, turns, rates, wind, setting.lower_m)


def _apart(
    setting: Setting, problem: PlanningProblem, rest: list[Site]
) -> tuple[list[tuple[str, Site]], list[Site]]:
    """Sites that are out of sight for a plain cause, with it; and the others."""
    target = {t.name: t for t in problem.targets}
    reached = replace(problem, stations=reachable_places(problem))
    causes: list[tuple[str, Site]] = []
    others = []
    for site in rest:
        if site.id not in target:
            cause: str | None = f"outside the territory of {setting.land.observed}"
        else:
            cause = plain_cause(reached, target[site.id])
        if cause is None:
            others.append(site)
        else:
            causes.append((cause, site))
    return causes, others


def _by_cause(found: list[tuple[str, Site]]) -> tuple[OutOfSight, ...]:
    causes: dict[str, list[Site]] = {}
    for cause, site in found:
        causes.setdefault(cause, []).append(site)
    hidden = [
        OutOfSight(cause, tuple(s.id for s in sites), math.fsum(s.value for s in sites))
        for cause, sites in causes.items()
    ]
    return tuple(sorted(hidden, key=lambda h: (-h.value, h.cause)))


def _other_airfields(
    setting: Setting, pair: Pairing, working: WorkingPlan, given: Given | None, seed: int
) -> list[Pairing]:
    """The most promising other airfields to begin at and, where the plan does, to return to."""
    asked = question_of(working, given)
    view, observed = setting.view, setting.land.observed
    closed = pair.start.code == pair.end.code
    try:
        starts = starts_from(view, observed, ANY)
        ends = ends_at(view, observed, ANY)
    except OverflightError:
        return []
    if closed:
        candidates = [(place, place) for place in starts]
        candidates += [(pair.start, place) for place in ends]
    else:
        candidates = [(place, pair.end) for place in starts]
        candidates += [(pair.start, place) for place in ends]
    own = (pair.start.code, pair.end.code)
    others = {(a.code, b.code): (a, b) for a, b in candidates if (a.code, b.code) != own}
    found, _ = hopeful(
        list(others.values()),
        setting,
        refuel=asked["refuel"],
        condition=asked["distance_condition"],
        seed=seed,
    )
    return found[:_MOST_AIRFIELDS]


def _variants(asking: _Asking, pairs: list[Pairing]) -> tuple[Variant, ...]:
    problem, setting = asking.problem, asking.setting
    limit = problem.max_total_km
    in_time = flyable_km(
        setting.stage_km, setting.ability.cruise_km_h, setting.view.on, setting.assumptions
    )
    found = []
    routes = [(limit, asking.route)]
    for label, wanted in (
        ("the same, searched again", limit),
        (f"{_STEP_KM:.0f} km less", limit - _STEP_KM),
        (f"{_STEP_KM:.0f} km more", limit + _STEP_KM),
        (f"{_PART * 100:.0f} % more distance", limit * (1.0 + _PART)),
    ):
        note = ""
        if wanted > max(in_time, limit):
            wanted = max(in_time, limit)
            note = "no more can be flown in the time there is"
        asking.say(label)
        # What fits into less fits into more: the search goes on from the best of those routes.
        begin = best(asking.book, [route for most, route in routes if most <= wanted])
        longer = replace(problem, max_total_km=wanted)
        variant, route = _variant(asking, label, longer, begin or asking.route, note)
        found.append(variant)
        routes += [] if route is None else [(wanted, route)]
    for pair in pairs:
        label = f"{pair.start.name} ({pair.start.code})"
        if pair.end.code != pair.start.code:
            label = f"from {pair.start.code} to {pair.end.name} ({pair.end.code})"
        asking.say(label)
        found.append(_variant(asking, label, pair.problem, None, "")[0])
    return tuple(found)


def _variant(
    asking: _Asking, label: str, problem: PlanningProblem, begin: Route | None, note: str
) -> tuple[Variant, Route | None]:
    """What other terms give, and the route that gives it."""

    def nothing(why: str) -> tuple[Variant, None]:
        return Variant(label, problem.max_total_km, None, None, None, None, why), None

    if asking.stopped():
        return nothing("stopped before it")
    if problem.max_total_km <= 0:
        return nothing("no distance is left")
    try:
        route = asking.search(problem, begin)
    except OverflightError as error:
        return nothing(error.message)
    book = book_for(problem)
    value = book.value(route)
    variant = Variant(
        label,
        problem.max_total_km,
        value,
        value - asking.value,
        len(seen_by(book, route)),
        book.length_of(route.path),
        note,
    )
    return variant, route


def _left_out(
    asking: _Asking, sites: list[Site], most: int
) -> tuple[tuple[LeftOut, ...], list[tuple[str, Site]]]:
    """What the first ``most`` sites that can be seen cost; those before them that cannot, why."""
    if not sites:
        return (), []
    board, _ = board_for(asking.problem)
    asking.book.detours = board.detours
    index = {target.name: i for i, target in enumerate(asking.problem.targets)}
    found: list[LeftOut] = []
    failed: list[tuple[str, Site]] = []
    for site in sites[: _TRIED * most]:
        if asking.stopped() or len(found) >= most:
            break
        asking.say(f"with {site.name or site.id}")
        number = index[site.id]
        fixes = [node.position for node in board.nodes if number in node.targets]
        target = replace(asking.problem.targets[number], name="")
        try:
            alone = asking.search(replace(asking.problem, targets=(target,)), None)
        except PlanError as error:
            why = error.message.partition(": ")[2] or error.message
            failed.append((why.replace(" (1 of 1 sites)", ""), site))
            continue
        found.append(_one_left_out(asking, site, number, fixes, alone))
    return tuple(found), failed


def _one_left_out(
    asking: _Asking, site: Site, number: int, fixes: list[Position], alone: Route
) -> LeftOut:
    """What it takes to see one site: besides, alone, and instead of others."""
    problem, book = asking.problem, asking.book
    target = problem.targets[number]
    length = book.length_of(alone.path)
    longer = besides(book, asking.route, fixes)
    extra = None
    if longer is not None:
        extra = book.length_of(longer.path) - book.length_of(asking.route.path)
    found = swapped(book, asking.route, alone, number)
    wanted = replace(target, value=1.0 + math.fsum(t.value for t in problem.targets))
    forced = tuple(wanted if i == number else t for i, t in enumerate(problem.targets))
    begin = longer if longer is not None and not violations(problem, longer, book) else None
    found += [] if begin is None else [begin]
    searched = asking.search(replace(problem, targets=forced), begin or best(book, found) or alone)
    if number in seen_by(book, searched):
        found.append(searched)
    route = best(book, found) or alone
    lost = asking.value - book.value(route)
    before, after = seen_by(book, asking.route), seen_by(book, route)
    named = [t.name for t in problem.targets]
    given_up = tuple(named[i] for i in sorted(before - after))
    gained = tuple(named[i] for i in sorted(after - before - {number}))
    spare = problem.max_total_km - book.length_of(asking.route.path)
    return LeftOut(
        site.id,
        site.name,
        site.value,
        _pass_said(target.pass_m) + _why(extra, spare, lost, len(given_up)),
        extra,
        length,
        lost,
        given_up,
        gained,
    )


def _why(extra: Kilometres | None, spare: Kilometres, lost: float, given_up: int) -> str:
    if extra is None:
        way = "no leg of the plan can be bent to it"
    elif extra <= spare:
        way = f"{extra:,.0f} km more, and {spare:,.0f} km are left, but that way breaks a limit"
    else:
        way = f"{extra:,.0f} km more, and {spare:,.0f} km are left"
    if lost < -_NOTHING:
        return f"{way}; a plan worth {-lost:g} more sees it: improve the plan"
    if lost <= _NOTHING:
        return f"{way}; another plan, worth as much, sees it"
    gone = f"{given_up} other site{'' if given_up == 1 else 's'} and "
    return f"{way}; the best plan found with it loses {gone if given_up else ''}{lost:g} in value"
