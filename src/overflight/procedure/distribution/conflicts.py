"""Where wishes, or a distribution, conflict with the regime's own rules; under every reading."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from overflight.procedure.rulebook import Known, Rulebook, up
from overflight.terms.findings import Finding, Verdict
from overflight.terms.quotas import OWN_TOTALS, QuotaLimit, Wish


def conflicts(
    rules: Rulebook,
    year: int,
    wishes: Sequence[Wish],
    *,
    passive: Mapping[str, int] | None = None,
) -> tuple[Finding, ...]:
    """Breaches of the limits if ``wishes`` (canonical: see ``merged``) were granted as they are,
    rights that arise, and what cannot be told.

    A limit that a reading decides is held under each of its readings.
    """
    return tuple(_Held(rules, year, wishes, passive or {}).all())


class _Held:
    def __init__(
        self, rules: Rulebook, year: int, wishes: Sequence[Wish], passive: Mapping[str, int]
    ) -> None:
        self.rules, self.on, self.given = rules, dt.date(year, 1, 1), passive
        self.received: dict[str, int] = defaultdict(int)
        self.by: dict[str, set[str]] = defaultdict(set)
        self.total: dict[str, int] = defaultdict(int)
        self.pair: dict[tuple[str, str], int] = defaultdict(int)
        for wish in wishes:
            self.received[wish.observed] += wish.flights
            for holder in wish.holders:
                self.by[wish.observed].add(holder)
                self.total[holder] += wish.flights
                self.pair[holder, wish.observed] += wish.flights

    def all(self) -> Iterator[Finding]:
        for kind, check in (
            ("passive", self.over),
            ("own-total", self.totals),
            ("pair-share", self.shares),
            ("equal-numbers", self.equal),
        ):
            limit = self.rules.limit(kind)
            if limit is not None:
                yield from check(limit)

    def quota(self, holder: str) -> Known:
        if holder in self.given:
            return Known(self.given[holder], "as given")
        return self.rules.passive(holder, self.on)

    def over(self, limit: QuotaLimit) -> Iterator[Finding]:
        share = self.rules.percent(limit, self.on)
        for whom, flights in sorted(self.received.items()):
            whole = self.quota(whom)
            most = self.rules.accepted(whole, self.on)
            of = (
                ""
                if share in (None, 100)
                else f" ({share} per cent of {whole.value}, rounded down)"
            )
            text = f"{flights} flights over {self.rules.name(whom)} ({whom}); it accepts"
            text += f" {most.value}{of}: {', '.join(sorted(self.by[whom]))}."
            yield from _held(limit, whom, flights, most, text)

    def totals(self, limit: QuotaLimit) -> Iterator[Finding]:
        for who, flights in sorted(self.total.items()):
            most = self.quota(who)
            text = f"{who} has {flights} flights in all; its passive quota is {most.value}."
            yield from _held(limit, who, flights, most, text)

    def shares(self, limit: QuotaLimit) -> Iterator[Finding]:
        share = self.rules.percent(limit, self.on)
        if share is None:
            return
        options = dict(limit.own_total) or {"": "ceiling"}
        for (who, whom), flights in sorted(self.pair.items()):
            other = self.quota(whom)
            if other.value is not None and flights > up(other.value, share):
                cap = up(other.value, share)
                yield _breach(limit, who, whom, flights, cap, other, f"{whom}'s passive quota", "")
            for option, meaning in options.items():
                own = Known(self.total[who]) if meaning == OWN_TOTALS[1] else self.quota(who)
                if own.value is None or flights <= up(own.value, share):
                    continue
                reading = f"{limit.reading}={option}" if option else ""
                of = f"{who}'s own total active quota"
                yield _breach(limit, who, whom, flights, up(own.value, share), own, of, reading)

    def equal(self, limit: QuotaLimit) -> Iterator[Finding]:
        for (who, whom), flights in sorted(self.pair.items()):
            back = self.pair.get((whom, who), 0)
            if back < flights:
                text = (
                    f"{who} has {flights} flights over {whom}, {whom} has {back} over {who}: "
                    f"{whom} may claim as many."
                )
                yield Finding(
                    limit.kind,
                    limit.title,
                    Verdict.RIGHT_ARISES,
                    text,
                    limit.cite,
                    measured=float(back),
                    limit=float(flights),
                    unit="flights",
                    where=f"{whom} over {who}",
                    phase="distribution",
                )


def _held(limit: QuotaLimit, who: str, flights: int, most: Known, text: str) -> Iterator[Finding]:
    if most.value is not None and flights <= most.value:
        return
    known = most.value is not None
    yield Finding(
        limit.kind,
        limit.title,
        Verdict.BREACH if known else Verdict.UNDETERMINED,
        text if known else f"{flights} asked for; {most.why}.",
        limit.cite,
        most.cite,
        float(flights),
        None if most.value is None else float(most.value),
        "flights",
        where=who,
        phase="distribution",
        needs=() if known else (most.why,),
    )


def _breach(
    limit: QuotaLimit,
    who: str,
    whom: str,
    flights: int,
    cap: int,
    quota: Known,
    of: str,
    reading: str,
) -> Finding:
    return Finding(
        limit.kind,
        limit.title,
        Verdict.BREACH,
        f"{who} has {flights} flights over {whom}; of {of} of {quota.value}, at most {cap}.",
        limit.cite,
        quota.cite,
        float(flights),
        float(cap),
        "flights",
        where=f"{who} over {whom}",
        reading=reading,
        phase="distribution",
    )
