"""Stretches off the plan, found as they are flown: ``flying.audit``'s excursions point by point."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from overflight.flying.monitor.happenings import Away, Happening
from overflight.flying.monitor.place import Place
from overflight.units import Kilometres, Seconds

LEAST_S = 10.0
MEND_S = 30.0
"""As ``flying.audit``: shorter is none; two with less between them are one."""


@dataclass(slots=True)
class _Open:
    begun_s: Seconds
    last_s: Seconds
    leg: int
    last_leg: int
    most_km: Kilometres
    left: tuple[float, float]
    """(way, planned) where the plan was left at all."""
    back: tuple[float, float]
    joined: bool = False
    said: bool = False
    beyond: bool = False


@dataclass(slots=True)
class AwayWatch:
    """Told of each point of the flight, says when the plan is left, by how far, and joined."""

    beyond_km: Kilometres | None
    done: list[Away] = field(default_factory=list)
    _open: _Open | None = None
    _off: float = 0.0
    _allowed: float = math.inf
    _here: tuple[float, float] = (0.0, 0.0)
    _left: tuple[float, float] = (0.0, 0.0)

    @property
    def now(self) -> Away | None:
        """The stretch being flown, if it is long enough to count."""
        return None if self._open is None or not self._open.said else _closed(self._open)

    @property
    def beyond(self) -> bool:
        return self._open is not None and self._open.beyond

    def all(self) -> tuple[Away, ...]:
        return (*self.done, *([self.now] if self.now else []))

    def restart(self) -> None:
        self._open = None
        self.done.clear()

    def step(self, time_s: Seconds, place: Place) -> list[Happening]:
        """Take a point; what is to be said of it."""
        off = 0.0 if math.isnan(place.off_km) else place.off_km
        allowed = place.allowed_km
        here = (place.way_km, place.planned_km)
        # How far back the plan was left: as long as it is ever farther from point to point.
        if not (allowed / 20.0 < self._off <= off * 1.001):
            self._left = here
        said = self._follow(time_s, place, off, allowed, here)
        self._off, self._allowed, self._here = off, allowed, here
        return said

    def _follow(
        self, time_s: Seconds, place: Place, off: float, allowed: float, here: tuple[float, float]
    ) -> list[Happening]:
        one = self._open
        if off > allowed:
            if one is None:
                one = self._open = _Open(
                    time_s, time_s, place.nearest, place.nearest, off, self._left, here
                )
            one.last_s, one.last_leg, one.joined = time_s, place.nearest, False
            one.most_km, one.back = max(one.most_km, off), here
            return self._grown(one, time_s, off)
        if one is None:
            return []
        if not one.joined:
            if place.nearest >= 0 and allowed / 20.0 < off <= self._off * 1.001:
                one.back = here
            else:
                one.joined = True
        if time_s - one.last_s <= MEND_S and place.on_flight:
            return []
        return self._close(time_s)

    def _grown(self, one: _Open, time_s: Seconds, off: float) -> list[Happening]:
        found = []
        facts = {"off_km": off, "leg": one.last_leg + 1}
        if not one.said and time_s - one.begun_s >= LEAST_S:
            one.said = True
            found.append(Happening("off-plan", time_s, facts))
        if self.beyond_km is not None and one.beyond != (off > self.beyond_km):
            one.beyond = off > self.beyond_km
            kind = "beyond-limit" if one.beyond else "within-limit"
            found.append(Happening(kind, time_s, {**facts, "limit_km": self.beyond_km}))
        return found

    def _close(self, time_s: Seconds) -> list[Happening]:
        one, self._open = self._open, None
        if one is None or not one.said:
            return []
        done = _closed(one)
        self.done.append(done)
        facts = {
            "most_km": done.most_km,
            "added_km": done.added_km,
            "minutes": (done.completed_s - done.begun_s) / 60.0,
            "leg": one.last_leg + 1,
        }
        return [Happening("on-plan", time_s, facts)]

    def finish(self, time_s: Seconds) -> list[Happening]:
        """The flight is over: a stretch that runs ends with it."""
        return self._close(time_s)


def _closed(one: _Open) -> Away:
    flown = one.back[0] - one.left[0]
    planned = one.back[1] - one.left[1]
    return Away(
        one.begun_s,
        one.last_s,
        (one.leg, one.last_leg),
        one.most_km,
        flown,
        flown - (0.0 if math.isnan(planned) else planned),
    )
