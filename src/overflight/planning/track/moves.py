"""The steps of the search: take out, put in, turn round, and keep the limits."""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.engine.tours import Random, uniform
from overflight.planning.track.arrays import (
    FIXES,
    HOURS,
    LANDINGS,
    LENGTH,
    OVER,
    PLACES,
    SPENT,
    STAGE_KM,
    STAGES,
    TOTAL_KM,
    UNLIMITED,
    WORST,
    Field,
    Flight,
    Floats,
    Ints,
    Looks,
)
from overflight.planning.track.sight import extra_at, measure
from overflight.planning.track.trying import fixes_of, insert, spare_of

_TRIES = 4
"""Nodes of a target tried one after the other when a site stays out of sight."""
_LEAST_KM = 0.1
"""A detour shorter than this counts as this long."""


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def feasible(field: Field, flight: Flight) -> bool:
    """Whether the measured flight keeps lengths, stages, fixes and hours."""
    sums = flight.sums
    return bool(
        sums[LENGTH] <= field.limits[TOTAL_KM]
        and sums[WORST] <= field.limits[STAGE_KM]
        and sums[HOURS] <= field.limits[OVER]
        and sums[LANDINGS] <= field.counts[STAGES]
        and fixes_of(field, flight) <= field.counts[FIXES]
    )


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def copy_flight(source: Flight, target: Flight) -> None:
    """Sequence and sums; counts too."""
    m = source.size[0]
    target.size[0] = m
    target.seq[:m] = source.seq[:m]
    target.sums[:] = source.sums
    target.spans[:m] = source.spans[:m]
    target.tally[:] = source.tally


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def compact(field: Field, flight: Flight, gone: np.ndarray) -> None:
    """Take the marked points out, and stages that go nowhere; marks are wiped."""
    places = field.counts[PLACES]
    m = flight.size[0]
    k = 1
    for i in range(1, m):
        point = flight.seq[i]
        idle = point < places and flight.seq[k - 1] == point and k > 1
        if (i < m - 1 and gone[i]) or (idle and i < m - 1):
            continue
        if idle and i == m - 1:
            k -= 1
        flight.seq[k] = point
        k += 1
    gone[:m] = 0
    flight.size[0] = k


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def squeeze(field: Field, looks: Looks, flight: Flight, gone: Ints, random: Random) -> bool:
    """Take out what costs most for what it shows until all limits are kept; False: cannot be."""
    places = field.counts[PLACES]
    while True:
        measure(field, looks, flight)
        if feasible(field, flight):
            return True
        m = flight.size[0]
        if m <= 2:
            return False
        too_long = (
            flight.sums[LENGTH] > field.limits[TOTAL_KM] or flight.sums[HOURS] > field.limits[OVER]
        )
        crowded = not too_long and flight.sums[WORST] <= field.limits[STAGE_KM]
        crowded &= fixes_of(field, flight) > field.counts[FIXES]
        in_all = (
            too_long
            or flight.sums[LANDINGS] > field.counts[STAGES]
            or flight.sums[WORST] <= field.limits[STAGE_KM]
        )
        best, where = -1.0, -1
        first = 0
        while first < m - 1:
            last = first + 1
            km = field.limits[SPENT] + field.km[flight.seq[first], flight.seq[last]]
            while flight.seq[last] >= places:
                km += field.km[flight.seq[last], flight.seq[last + 1]]
                km += extra_at(field.course, field.bends, flight.seq, last, places, m)
                last += 1
            if in_all or km > field.limits[STAGE_KM]:
                for i in range(first + 1, min(last + 1, m - 1)):
                    if i == last and not in_all:
                        continue
                    here = flight.seq[i]
                    a, b = flight.seq[i - 1], flight.seq[i + 1]
                    saved = field.km[a, here] + field.km[here, b] - field.km[a, b]
                    if here >= places:
                        if crowded:
                            saved = 1.0  # too many fixes: only what each shows counts
                    else:
                        if flight.sums[LANDINGS] > field.counts[STAGES]:
                            saved += 1.0
                        elif uniform(random) < 0.7:
                            continue
                    rate = max(saved, 0.001) / (_worth(field, flight, here) + 1e-3)
                    rate *= 0.7 + 0.6 * uniform(random)
                    if rate > best:
                        best, where = rate, i
            first = last
        if where < 0:
            return False
        gone[where] = 1
        compact(field, flight, gone)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _worth(field: Field, flight: Flight, point: int) -> float:
    """Value of what is beside a point and seen by its two legs at most."""
    worth = 0.0
    for q in range(field.first_seen[point], field.first_seen[point + 1]):
        t = field.sees[q]
        if flight.tally[t] <= 2:
            worth += field.value[t]
    return worth


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _fresh(field: Field, flight: Flight, node: int) -> float:
    """Value of what is beside a node and not seen yet."""
    worth = 0.0
    for q in range(field.first_seen[node], field.first_seen[node + 1]):
        t = field.sees[q]
        if flight.tally[t] == 0:
            worth += field.value[t]
    return worth


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def place_for(
    km: Floats, seq: Ints, m: int, spare: Floats, node: int, random: Random, blink: float
) -> tuple[float, int]:
    """Least detour for a node and the leg it goes into; (1e18, -1) where it fits nowhere."""
    best, where = 1e18, -1
    way = km[node, seq[0]]
    for i in range(m - 1):
        onward = km[node, seq[i + 1]]
        detour = way + onward - km[seq[i], seq[i + 1]]
        way = onward
        if detour < best and detour <= spare[i]:
            if blink > 0.0 and uniform(random) < blink:
                continue
            best, where = detour, i
    return best, where


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def offer_for(
    field: Field,
    flight: Flight,
    spare: Floats,
    used: np.ndarray,
    target: int,
    alpha: float,
    random: Random,
    blink: float,
    tried: int,
    least: float,
) -> tuple[float, int, int, int]:
    """The best way to come to see a target: rate, node, leg, and the ways tried with it.

    Node -1 where there is none. The bits of ``tried`` are nodes of the target to be left out;
    a detour shorter than ``least`` km counts as that long.
    """
    rate, chosen, leg, bit = -1.0, -1, -1, 0
    first = field.first_server[target]
    for q in range(first, field.first_server[target + 1]):
        node = field.serves[q]
        if used[node] or (tried >> (q - first)) & 1:
            continue
        detour, where = place_for(field.km, flight.seq, flight.size[0], spare, node, random, blink)
        if where < 0:
            continue
        offer = _fresh(field, flight, node) ** alpha / max(detour, least)
        if offer > rate:
            rate, chosen, leg, bit = offer, node, where, q - first
    return rate, chosen, leg, tried | (1 << bit)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def recreate(
    field: Field,
    looks: Looks,
    flight: Flight,
    pool: Ints,
    wanted: int,
    spare: Floats,
    used: np.ndarray,
    random: Random,
) -> None:
    """Put in nodes for ``wanted`` targets of the pool that are not seen, the best first."""
    alpha = 0.5 + 2.0 * uniform(random)
    least = _LEAST_KM
    if field.counts[FIXES] < UNLIMITED:  # fixes are scarce, and perhaps distance is not
        least += field.limits[TOTAL_KM] * uniform(random) ** 3
    rates = np.empty(wanted)
    spare_of(field, flight, spare)
    for k in range(wanted):
        rate, _, _, _ = offer_for(field, flight, spare, used, pool[k], alpha, random, 0.0, 0, least)
        rates[k] = -rate * (0.5 + uniform(random))
    order = np.argsort(rates)
    for k in order:
        if rates[k] >= 0.0:
            break
        target = pool[k]
        if flight.tally[target] > 0:
            continue
        if flight.size[0] + 1 >= flight.seq.shape[0]:
            return
        if flight.size[0] - 1 - flight.sums[LANDINGS] >= field.counts[FIXES]:
            return
        tried = 0
        for _ in range(_TRIES):
            _, node, leg, tried = offer_for(
                field, flight, spare, used, target, alpha, random, 0.03, tried, least
            )
            if node < 0:
                break
            if insert(field, looks, flight, node, leg, spare[leg]):
                used[node] = True
                spare_of(field, flight, spare)
                break


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def turn_round(flight: Flight, i: int, j: int) -> None:
    """Reverse the points i + 1 to j."""
    low, high = i + 1, j
    while low < high:
        flight.seq[low], flight.seq[high] = flight.seq[high], flight.seq[low]
        low += 1
        high -= 1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def shorten(field: Field, looks: Looks, flight: Flight) -> None:
    """2-opt: turn stretches round while that makes the way shorter and keeps all limits."""
    for _ in range(50):
        m = flight.size[0]
        best, at, to = -0.01, -1, -1
        for i in range(m - 2):
            a, b = flight.seq[i], flight.seq[i + 1]
            ab = field.km[a, b]
            for j in range(i + 1, m - 1):
                c, d = flight.seq[j], flight.seq[j + 1]
                if c == a or d == b:
                    continue
                change = field.km[a, c] + field.km[b, d] - ab - field.km[c, d]
                if change < best:
                    best, at, to = change, i, j
        if at < 0:
            return
        turn_round(flight, at, to)
        measure(field, looks, flight)
        if not feasible(field, flight):
            turn_round(flight, at, to)
            measure(field, looks, flight)
            return
