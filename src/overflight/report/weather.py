"""What plans are worth under a forecast, as text. It tells what they are after: home only."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.report.tables import DASH, clean, measure, number
from overflight.terms.weather import WeatherValue
from overflight.terms.working_plan import WorkingPlan


def weather_fields(working: WorkingPlan) -> list[tuple[str, str]]:
    """The title block of the weather as (label, words); none without a forecast."""
    weather = working.weather
    if weather is None:
        return []
    fields = [
        ("Expected", f"value {shown(weather.expected)} of {shown(weather.if_clear)} in clear "
         f"sky; forecast: {clean(weather.source) or 'not named'}"),
        ("At risk", f"value {shown(weather.reached)} or more with "
         f"{percent(weather.odds.probability)} probability; {shown(weather.tail)} in the mean "
         "of the other cases"),
    ]  # fmt: skip
    if weather.unknown:
        names = {site.id: site.name or site.id for site in working.sites}
        told = ", ".join(clean(names.get(site, site)) for site in weather.unknown[:10])
        more = f" and {len(weather.unknown) - 10} more" if len(weather.unknown) > 10 else ""
        fields.append(("Unknown", f"the forecast says nothing of {told}{more}: counted as nothing"))
    return fields


def clear_of(weather: WeatherValue | None, site: str) -> str:
    """How likely a site is to be seen, for a table: "70 %", "?" where not known."""
    if weather is None:
        return DASH
    found = next((p for p in weather.passes if p.site == site), None)
    if found is None:
        return DASH
    return "?" if found.clear is None else percent(found.clear)


def region(working: WorkingPlan) -> str:
    """Where the sites observed lie: the least and the greatest latitude and longitude."""
    seen = working.sites_observed
    places = [site.position for site in working.sites if site.id in seen]
    if not places:
        return DASH
    lats = sorted(p.lat for p in places)
    west = _west_of([p.lon for p in places])
    east = max((p.lon - west) % 360.0 for p in places) + west
    east = (east + 180.0) % 360.0 - 180.0
    return f"{_span(lats[0], lats[-1], 'NS')}, {_span(west, east, 'EW')}"


def _west_of(lons: Sequence[float]) -> float:
    """The meridian from which the widest stretch without any of them ends."""
    ordered = sorted(lons)
    gaps = [b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + 360.0], strict=True)]
    return ordered[(gaps.index(max(gaps)) + 1) % len(ordered)]


def _span(low: float, high: float, letters: str) -> str:
    ends = [f"{abs(round(v))}{letters[0] if v >= 0 else letters[1]}" for v in (low, high)]
    return ends[0] if ends[0] == ends[1] else "-".join(ends)


def shown(value: float) -> str:
    return number(value, 1) if value != round(value) else measure(value)


def percent(part: float) -> str:
    return f"{100 * part:g} %" if part in (0.0, 1.0) else f"{100 * part:.3g} %"
