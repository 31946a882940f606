"""A tour of inspections as JSON."""

from __future__ import annotations

from typing import Any

from overflight.terms.tour import Place, Tour, TourStop, Way

VERSION = 1


def tour_to_dict(tour: Tour) -> dict[str, Any]:
    """The document; hours are rounded to seconds."""
    return {
        "kind": "tour-plan",
        "version": VERSION,
        "treaty": tour.treaty,
        "marks": list(tour.marks),
        "entry": _place(tour.entry),
        "inspections": [_stop(stop) for stop in tour.stops],
        "back": _way(tour.back) if tour.stops else None,
        "value": tour.value,
        "hours": {
            "returns": _hours(tour.returns),
            "counted": _hours(tour.counted),
            "allowed": _hours(tour.allowed),
        },
        "left_out": [_place(place) for place in tour.left_out],
        "best": tour.best,
        "limits": [value.as_dict() for value in tour.limits.values],
        "assumptions": [
            {"name": a.name, "value": a.value, "unit": a.unit, "why": a.why}
            for a in tour.assumptions
        ],
        "notes": list(tour.notes),
        "search": dict(tour.search),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "lat": place.position.lat,
        "lon": place.position.lon,
        "value": place.value,
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "road": _hours(way.road),
        "given": way.given,
        "takes": _hours(way.takes),
        "counts": _hours(way.counts),
    }


def _stop(stop: TourStop) -> dict[str, Any]:
    return {
        "place": _place(stop.place),
        "way": _way(stop.way),
        "named": _hours(stop.named),
        "arrives": _hours(stop.arrives),
        "leaves": _hours(stop.leaves),
        "counted": _hours(stop.counted),
        "allowed": _hours(stop.allowed),
    }


def _hours(hours: float) -> float:
    return round(hours * 3600) / 3600
