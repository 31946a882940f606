"""A regime's rules on quotas, bound to a reading: one question each, answered with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NoReturn

from overflight.errors import DataError, NotInForceError, OverflightError, UnknownValueError
from overflight.procedure.periods import Periods
from overflight.terms.quotas import EntryKind, QuotaLimit
from overflight.treaty.model import Group, Treaty
from overflight.treaty.problems import did_you_mean
from overflight.treaty.segments import stands_since
from overflight.treaty.view import TreatyView
from overflight.treaty.vocabulary import HOLDS_QUOTAS

_KEPT = 50_000
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Known:
    """A whole number with its source; ``value`` None where it is not known, and ``why``."""

    value: int | None
    cite: str = ""
    why: str = ""


class Rulebook:
    """The rules on quotas of ``treaty`` under ``readings``.

    Raises DataError for a regime without ledger.toml, and for unknown readings.
    """

    def __init__(self, treaty: Treaty, readings: Mapping[str, str] | None = None) -> None:
        if not treaty.quota_limits and not treaty.entry_kinds:
            raise DataError(
                f"{treaty.short} says nothing about the distribution and keeping of quotas",
                remedy="Add ledger.toml to the folder of the regime; 'overflight treaty new' "
                "writes one to begin with.",
            )
        self.treaty = treaty
        self.readings = treaty.choose_readings(readings or {})
        self.periods = Periods(treaty.parts, treaty.short)
        self.limits = {limit.kind: limit for limit in treaty.quota_limits}
        self.kinds = {kind.kind: kind for kind in treaty.entry_kinds}
        self._passive: dict[tuple[str, dt.date], Known] = {}
        self._holders: dict[tuple[str, dt.date], str] = {}
        self._views: dict[dt.date, TreatyView] = {}
        self._bound: set[tuple[str, dt.date]] = set()

    def view(self, on: dt.date) -> TreatyView:
        if on not in self._views:
            self._views[on] = self.treaty.on(on, self.readings)
        return self._views[on]

    def prepare(self, first: dt.date, last: dt.date) -> int:
        """Work out the standing of all from ``first`` to ``last``; how many stretches of days on
        which it is the same."""
        day, count = stands_since(self.treaty, last), 0
        while True:
            _ = self.view(day).statuses
            count += 1
            if day <= first or day == dt.date.min:
                return count
            day = stands_since(self.treaty, day - dt.timedelta(days=1))

    def limit(self, kind: str) -> QuotaLimit | None:
        """The limit of that kind; None where the regime does not bind it."""
        return self.limits.get(kind)

    def need(self, kind: str) -> QuotaLimit:
        """The same; DataError where the regime has none."""
        if kind not in self.limits:
            raise DataError(
                f"{self.treaty.short} has no rule of the kind {kind!r}",
                remedy="Add it to ledger.toml, with its paragraph.",
            )
        return self.limits[kind]

    def entry_kind(self, kind: str) -> EntryKind:
        """The kind of entry. DataError, listing them, for another."""
        if kind not in self.kinds:
            raise DataError(
                f"{self.treaty.short} has no entries of the kind {kind!r}",
                remedy=f"{did_you_mean(kind, self.kinds)} One of: {', '.join(self.kinds)}.",
            )
        return self.kinds[kind]

    def name(self, code: str) -> str:
        return self.treaty.state_name(code)

    # --- holders --------------------------------------------------------------------------

    def holder(self, code: str, on: dt.date) -> str:
        """The quota holder that the State or group counts as on that day.

        Raises DataError for an unknown code, UnknownValueError where a group's standing is open.
        """
        key = code, on
        if key not in self._holders:
            if len(self._holders) > _KEPT:
                self._holders.clear()
                self._bound.clear()
            self._holders[key] = self.view(on).holder_of(code)
        return self._holders[key]

    def bound_holder(self, code: str, on: dt.date) -> str:
        """The holder, if the treaty binds it on that day; NotInForceError where not."""
        holder = self.holder(code, on)
        if (holder, on) in self._bound:
            return holder
        if not self.view(on).is_party(holder):
            self.view(on).require_parties(holder, holder)
            raise NotInForceError(
                f"{self.name(code)} ({code}) is not bound by {self.treaty.short} on {on}",
                remedy="Name a State Party, or another date.",
            )
        self._bound.add((holder, on))
        return holder

    def group_of(self, holder: str, on: dt.date) -> Group | None:
        """The group, with quotas of their own for its members, to which the holder belongs."""
        for group in self.view(on).groups:
            if group.kind not in HOLDS_QUOTAS and holder in group.members:
                return group
        return None

    # --- numbers --------------------------------------------------------------------------

    def passive(self, holder: str, on: dt.date) -> Known:
        """The whole passive quota of the holder on that day."""
        key = holder, on
        if key not in self._passive:
            if len(self._passive) > _KEPT:
                self._passive.clear()
            self._passive[key] = self._look_up(holder, on)
        return self._passive[key]

    def _look_up(self, holder: str, on: dt.date) -> Known:
        try:
            value = self.view(on).passive_quota(holder)
        except (UnknownValueError, NotInForceError) as error:
            return Known(None, "", error.message.rstrip("."))
        return Known(int(value.value), value.cite)

    def percent(self, limit: QuotaLimit, on: dt.date) -> Fraction | None:
        """The share that the limit names, of 100; None where it is not known on that day."""
        try:
            return (
                Fraction(str(self.view(on).value(limit.value).value)) if limit.value else _HUNDRED
            )
        except OverflightError:
            return None

    def number(self, key: str, on: dt.date) -> Known:
        """A whole number among the treaty's values."""
        try:
            value = self.view(on).value(key)
            return Known(int(value.value), value.cite)
        except OverflightError as error:
            return Known(None, "", f"{key}: {error.message}")

    def accepted(self, quota: Known, on: dt.date) -> Known:
        """How many flights a year a distribution may lay on a Party with that passive quota."""
        limit = self.limit("passive")
        if limit is None or quota.value is None:
            return quota
        share = self.percent(limit, on)
        if share is None:
            return Known(None, "", f"the share {limit.value} on {on}")
        return Known(down(quota.value, share), quota.cite)

    def of_objects(self, objects: int, on: dt.date) -> Known:
        """The passive quota of a Party with that many objects that may be inspected."""
        return self.part_of(self.need("objects"), Known(objects, "the ledger"), on)

    def part_of(self, limit: QuotaLimit, whole: Known, on: dt.date) -> Known:
        """The share that a limit names of a whole, rounded as it says, and not below its least."""
        share = self.percent(limit, on)
        least = self.number(limit.minimum, on) if limit.minimum else Known(0)
        if whole.value is None:
            return whole
        if share is None or least.value is None:
            return Known(None, "", least.why or f"the share {limit.value} on {on}")
        part = up if limit.round == "up" else down
        return Known(
            max(part(whole.value, share), least.value), self.view(on).value(limit.value).cite
        )

    @cached_property
    def entitles(self) -> bool:
        """Whether the regime states total active quotas, and not for each pair."""
        return any(kind.effect == "entitles" for kind in self.kinds.values())

    @cached_property
    def own_total(self) -> str:
        """What the reading takes for the own total: "ceiling" or "sum"."""
        limit = self.limit("pair-share")
        if limit is None or not limit.reading:
            return "ceiling"
        option = self.readings[limit.reading]
        return str(limit.own_total.get(option, "ceiling"))

    @property
    def readings_used(self) -> dict[str, str]:
        """The readings on which quotas depend."""
        names = dict.fromkeys(r.reading for r in self.treaty.quota_limits if r.reading)
        return {name: self.readings[name] for name in names}


def down(number: int, percent: Fraction) -> int:
    """That share, rounded down."""
    return int(number * percent / 100)


@lru_cache(maxsize=4096)
def up(number: int, percent: Fraction) -> int:
    """That share, rounded up."""
    return -int(-(number * percent / 100) // 1)


def refuse(message: str, remedy: str) -> NoReturn:
    raise DataError(message, remedy=remedy)
