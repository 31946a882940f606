"""A tour of inspections planned: the limits of a regime, the ways, and the planner's own search."""

from __future__ import annotations

from overflight.mission.tour.limits import tour_limits
from overflight.mission.tour.plan import TourRequest, plan_tour

__all__ = ["TourRequest", "plan_tour", "tour_limits"]
