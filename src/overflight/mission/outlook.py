"""Weather in a search: how likely each site is to be seen, and what a plan is worth under it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.planning.chance import correlations, expected, reached, tail_mean, worth
from overflight.planning.schedule import Assumptions
from overflight.terms.sites import Site
from overflight.terms.skies import CloudGrid, Floats, Instants
from overflight.terms.weather import Odds, SitePass, WeatherValue
from overflight.terms.working_plan import Observation, WorkingPlan
from overflight.treaty.view import TreatyView
from overflight.units import Hours

LEAST = 0.001
"""The least part of its value for which a site is sought: of two plans that promise the same, the
one that passes more sites is better. What a plan is worth counts without it."""
_STEP: Hours = 1.0
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast, how the value of plans is drawn from it, and by what a search counts sites.

    ``clear``: the part of its value for which a site is sought, by id; of a site that has none,
    the mean probability of clear sky over the first day's flying. ``rounds``: which search it is.
    """

    skies: CloudGrid
    odds: Odds = field(default_factory=Odds)
    clear: Mapping[str, float] = field(default_factory=dict)
    rounds: int = 1


class Carried(Protocol):
    """A sensor, on the aircraft or in a plan."""

    @property
    def id(self) -> str: ...
    @property
    def category(self) -> str: ...


def unhindered(view: TreatyView, sensors: Collection[Carried]) -> frozenset[str]:
    """Ids of the sensors whose category the regime does not call bound by weather."""
    known = {category.id: category.weather_bound for category in view.treaty.categories}
    return frozenset(s.id for s in sensors if not known.get(s.category, True))


def sought(
    outlook: Outlook, sites: Sequence[Site], on: dt.date, assumptions: Assumptions
) -> tuple[float, ...]:
    """By which part of its value each site is counted in a search, ``LEAST`` to 1.

    Raises DataError where the forecast says nothing of any site on that day.
    """
    begin = assumptions.commences(on)
    steps = np.arange(0.0, assumptions.flying_day + 1e-9, _STEP)
    moments = [begin + dt.timedelta(hours=float(step)) for step in steps]
    clear = _over_time(outlook.skies, sites, moments)
    if np.all(np.isnan(clear)):
        raise DataError(
            f"the cloud forecast says nothing of any site between {moments[0]:%Y-%m-%dT%H:%MZ} "
            f"and {moments[-1]:%Y-%m-%dT%H:%MZ}; it covers {outlook.skies.extent()}",
            remedy="Give a forecast of that day and region, or plan without.",
        )
    mean = _known(np.nanmean, clear)
    parts = (outlook.clear.get(site.id, p) for site, p in zip(sites, mean.tolist(), strict=True))
    return tuple(_part(p) for p in parts)


def brightest(
    outlook: Outlook, sites: Sequence[Site], on: dt.date, assumptions: Assumptions
) -> tuple[float, ...]:
    """What no plan's probability of seeing a site exceeds, whenever it is flown.

    Between its times a forecast runs linearly, so it is clearest at one of them, or at an end.
    """
    begin = min(assumptions.commences(on), assumptions.arrives(on))
    end = assumptions.arrives(on) + dt.timedelta(hours=assumptions.window)
    moments = [begin, end]
    if outlook.skies.times is not None:
        every = (t.astype("datetime64[s]").item() for t in outlook.skies.times)
        inside = (t.replace(tzinfo=dt.UTC) for t in every)
        moments += [t for t in inside if begin < t < end]
    clear = _over_time(outlook.skies, sites, moments)
    return tuple(_part(p) for p in _known(np.nanmax, clear).tolist())


def clear_at(
    skies: CloudGrid, positions: Sequence[Position], moments: Sequence[dt.datetime]
) -> Floats:
    """Probability of clear sky at places and moments, shape (n,); NaN where not known."""
    lat = np.array([p.lat for p in positions], dtype=np.float64)
    lon = np.array([p.lon for p in positions], dtype=np.float64)
    return 1.0 - skies.at(lat, lon, _instants(moments))


def weather_value(
    working: WorkingPlan, outlook: Outlook, see_through: Collection[str]
) -> WeatherValue:
    """What the plan is worth under the forecast; ``see_through``: sensors no weather hinders."""
    passes = _passes(working, outlook.skies, see_through)
    site = {s.id: s for s in working.sites}
    known = [p for p in passes if p.clear is not None]
    values = [float(site[p.site].value) for p in known]
    clear = [p.clear or 0.0 for p in known]
    odds, first = outlook.odds, working.plan.times.commencement
    hours = [(p.at - (first or p.at)).total_seconds() / 3600.0 for p in known]
    near = correlations(
        [site[p.site].position for p in known], hours, odds.correlation_km, odds.correlation_hours
    )
    drawn = worth(values, clear, near, odds.draws, odds.seed)
    return WeatherValue(
        source=outlook.skies.source,
        odds=odds,
        if_clear=working.value_observed,
        expected=expected(values, clear),
        reached=reached(drawn, odds.probability),
        tail=tail_mean(drawn, odds.probability),
        passes=passes,
        rounds=outlook.rounds,
    )


def in_weather(working: WorkingPlan, outlook: Outlook | None, view: TreatyView) -> WorkingPlan:
    """The plan with what it is worth under the forecast, and what that takes for granted."""
    if outlook is None:
        return working
    proof = unhindered(view, working.plan.sensors)
    weather = weather_value(working, outlook, proof)
    said = _sentences(working, outlook, weather, proof)
    return replace(working, weather=weather, assumptions=(*working.assumptions, *said))


def _sentences(
    working: WorkingPlan, outlook: Outlook, weather: WeatherValue, proof: Collection[str]
) -> Iterator[str]:
    odds = outlook.odds
    through = f" Not so {', '.join(sorted(proof))}, which no weather hinders." if proof else ""
    yield (
        f"Cloud is that of {outlook.skies.source or 'the forecast'}, between its points bilinear "
        "in space and linear in time. Cloud cover is taken for the probability that a site is "
        "hidden when it is passed; passed more than once, it counts by its clearest pass." + through
    )
    if outlook.skies.times is None:
        yield "The cloud forecast states no times: it is taken to hold at all times."
    yield (
        "Clouds over two sites hang together by exp(-distance / "
        f"{odds.correlation_km:g} km) exp(-time between / {odds.correlation_hours:g} h), as a "
        f"Gaussian copula; values at risk are from {odds.draws:,} skies drawn with seed "
        f"{odds.seed}."
    )
    if weather.unknown:
        names = {site.id: site.name or site.id for site in working.sites}
        told = [names[site] for site in weather.unknown]
        more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
        yield (
            f"The weather over {len(told)} of the sites passed is unknown: the forecast does not "
            "say. They count with nothing in what is expected, which is a lower bound: "
            f"{', '.join(told[:_NAMED])}{more}."
        )


def _passes(
    working: WorkingPlan, skies: CloudGrid, see_through: Collection[str]
) -> tuple[SitePass, ...]:
    """The clearest pass of every site observed, in the order of time."""
    seen: Sequence[Observation] = working.observations
    position = {site.id: site.position for site in working.sites}
    clear = clear_at(skies, [position[o.site] for o in seen], [o.at for o in seen])
    best: dict[str, SitePass] = {}
    for observation, p in zip(seen, clear.tolist(), strict=True):
        cloud = None if np.isnan(p) else 1.0 - p
        chance = 1.0 if observation.sensor in see_through else None if cloud is None else p
        found = SitePass(observation.site, observation.sensor, observation.at, cloud, chance)
        known = best.get(observation.site)
        if known is None or _clearer(found, known):
            best[observation.site] = found
    return tuple(sorted(best.values(), key=lambda p: (p.at, p.site)))


def _clearer(one: SitePass, other: SitePass) -> bool:
    return one.clear is not None and (other.clear is None or one.clear > other.clear)


def _over_time(skies: CloudGrid, sites: Sequence[Site], moments: Sequence[dt.datetime]) -> Floats:
    """Probability of clear sky, shape (moments, sites)."""
    positions = [site.position for site in sites]
    rows = [clear_at(skies, positions, [moment] * len(sites)) for moment in moments]
    return np.array(rows)


def _known(over: object, clear: Floats) -> Floats:
    """``over`` the moments of which the forecast says something; NaN where of none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of columns without a value
        return np.asarray(over(clear, axis=0), dtype=np.float64)  # type: ignore[operator]


def _part(p: float) -> float:
    return LEAST if np.isnan(p) else min(max(p, LEAST), 1.0)


def _instants(moments: Sequence[dt.datetime]) -> Instants:
    return np.array([m.astimezone(dt.UTC).replace(tzinfo=None) for m in moments], dtype="M8[s]")
