"""One node more or another one, tried on a measured flight: kept where it shows more."""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.track.arrays import (
    AT,
    EARLY,
    EXTRA,
    FIXES,
    HIGH,
    HOURS,
    LANDINGS,
    LEFT_KM,
    LENGTH,
    LOW,
    OVER,
    PLACES,
    SIMPLE,
    SPEED,
    SPENT,
    STAGE_KM,
    TOTAL_KM,
    UNLIMITED,
    VALUE,
    Courses,
    Field,
    Flight,
    Floats,
    Ints,
    Looks,
)
from overflight.planning.track.changes import put_in, take_out
from overflight.planning.track.crossing import leg_crosses
from overflight.planning.track.sight import bend_at, count, extra_at, look, set_span, slot


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def fixes_of(field: Field, flight: Flight) -> int:
    """Fixes of a flight; where they are limited, with one for each way round and each way back
    along the way out, which take one more at least when the flight is made lawful."""
    count = flight.size[0] - 1 - int(flight.sums[LANDINGS])
    if field.counts[FIXES] >= UNLIMITED:
        return int(count)
    for i in range(flight.size[0] - 1):
        a, b = flight.seq[i], flight.seq[i + 1]
        if field.bent[a, b]:
            count += 1
        if i > 0 and field.counts[SIMPLE] > 0 and flight.seq[i - 1] == b:
            count += 1
    return int(count)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def spare_of(field: Field, flight: Flight, spare: Floats) -> None:
    """How much longer each leg's stage may become, km, into ``spare``; sums must be right."""
    places = field.counts[PLACES]
    left = field.limits[TOTAL_KM] - flight.sums[LENGTH]
    left = min(left, (field.limits[OVER] - flight.sums[HOURS]) * field.limits[SPEED])
    first = 0
    m = flight.size[0]
    while first < m - 1:
        last = first
        km = field.limits[SPENT]
        while True:
            km += field.km[flight.seq[last], flight.seq[last + 1]]
            last += 1
            km += extra_at(field.course, field.bends, flight.seq, last, places, m)
            if flight.seq[last] < places:
                break
        for i in range(first, last):
            spare[i] = min(left, field.limits[STAGE_KM] - km)
        first = last


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def count_legs(
    field: Field, looks: Looks, flight: Flight, first: int, last: int, sign: int
) -> float:
    """Count what legs ``first`` to ``last`` see over their spans in (1) or out (-1); the change."""
    seq, spans, tally, points = flight.seq, flight.spans, flight.tally, field.km.shape[0]
    keys, firsts, numbers, targets = looks.keys, looks.first, looks.number, looks.targets
    along, value, change = looks.along, field.value, 0.0
    for j in range(first, last + 1):
        at = slot(keys, points, seq[j], seq[j + 1])
        if at < 0:
            at = look(field, looks, seq[j], seq[j + 1])
        low, high = spans[j, LOW], spans[j, HIGH]
        change += count(targets, along, firsts[at], numbers[at], low, high, tally, value, sign)
    return change


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def stretched(
    course: Courses,
    bends: Floats,
    seq: Ints,
    at: int,
    node: int,
    beyond: int,
    places: int,
    m: int,
) -> float:
    """How much longer turns make a stage that goes by ``node`` between the points ``at`` and
    ``beyond`` instead of what lies there, km."""
    rows, more = bends.shape[0], 0.0
    for j in range(at, beyond + 1):
        more -= extra_at(course, bends, seq, j, places, m)
    a, b = seq[at], seq[beyond]
    more += bends[bend_at(course, rows, a, node, b), EXTRA]
    if at > 0 and a >= places:
        more += bends[bend_at(course, rows, seq[at - 1], a, node), EXTRA]
    if beyond < m - 1 and b >= places:
        more += bends[bend_at(course, rows, node, b, seq[beyond + 1]), EXTRA]
    return float(more)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def insert(field: Field, looks: Looks, flight: Flight, node: int, leg: int, spare: float) -> bool:
    """Put a node into a leg if that shows more and crosses nothing; counts and length kept.

    ``spare`` is how much longer its stage may become, turns and all, km.
    """
    km, course, bends, limits = field.km, field.course, field.bends, field.limits
    seq, spans, aside, places = flight.seq, flight.spans, flight.aside, field.counts[PLACES]
    m = flight.size[0]
    a, b = seq[leg], seq[leg + 1]
    detour = km[a, node] + km[node, b] - km[a, b]
    if detour + stretched(course, bends, seq, leg, node, leg + 1, places, m) > spare:
        return False
    first, last = max(0, leg - field.counts[EARLY]), min(m - 2, leg + 1)
    gain = count_legs(field, looks, flight, first, last, -1)
    for j in range(first, last + 1):
        aside[j - first] = spans[j]
    aside[3] = spans[leg + 2]
    put_in(flight, leg + 1, node)
    spans[leg + 1, LEFT_KM] = spans[leg, LEFT_KM]
    spans[leg, LEFT_KM] += km[node, b]
    spans[leg + 1, AT] = spans[leg, AT] + km[a, node]
    if last > leg:
        spans[leg + 2] = aside[last - first]
    for j in range(first, last + 2):
        set_span(km, course, bends, limits, seq, spans, j, places, m + 1)
    gain += count_legs(field, looks, flight, first, last + 1, 1)
    if (
        gain > 0.0
        and fixes_of(field, flight) <= field.counts[FIXES]
        and (
            field.counts[SIMPLE] == 0
            or (leg_crosses(field, flight, leg) < 0 and leg_crosses(field, flight, leg + 1) < 0)
        )
    ):
        for j in range(m - 1, leg + 3, -1):
            spans[j] = spans[j - 1]
        spans[leg + 3] = aside[3]
        flight.sums[VALUE] += gain
        flight.sums[LENGTH] += detour
        flight.sums[HOURS] += detour / limits[SPEED]
        return True
    count_legs(field, looks, flight, first, last + 1, -1)
    take_out(flight, leg + 1)
    spans[leg + 2] = aside[3]
    for j in range(first, last + 1):
        spans[j] = aside[j - first]
    count_legs(field, looks, flight, first, last, 1)
    return False


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def swap(field: Field, looks: Looks, flight: Flight, i: int, node: int, spare: float) -> bool:
    """Fly to another node instead of the i-th point if that shows more; else all is as it was."""
    km, course, bends, limits = field.km, field.course, field.bends, field.limits
    seq, spans, aside, places = flight.seq, flight.spans, flight.aside, field.counts[PLACES]
    m = flight.size[0]
    before, here, after = seq[i - 1], seq[i], seq[i + 1]
    detour = km[before, node] + km[node, after] - km[before, here] - km[here, after]
    if detour + stretched(course, bends, seq, i - 1, node, i + 1, places, m) > spare:
        return False
    first, last = max(0, i - 1 - field.counts[EARLY]), min(m - 2, i + 1)
    gain = count_legs(field, looks, flight, first, last, -1)
    for j in range(first, last + 1):
        aside[j - first] = spans[j]
    seq[i] = node
    spans[i - 1, LEFT_KM] += km[node, after] - km[here, after]
    spans[i, AT] += km[before, node] - km[before, here]
    for j in range(first, last + 1):
        set_span(km, course, bends, limits, seq, spans, j, places, m)
    gain += count_legs(field, looks, flight, first, last, 1)
    if (
        gain > 1e-9
        and fixes_of(field, flight) <= field.counts[FIXES]
        and (
            field.counts[SIMPLE] == 0
            or (leg_crosses(field, flight, i - 1) < 0 and leg_crosses(field, flight, i) < 0)
        )
    ):
        flight.sums[VALUE] += gain
        flight.sums[LENGTH] += detour
        flight.sums[HOURS] += detour / limits[SPEED]
        return True
    count_legs(field, looks, flight, first, last, -1)
    seq[i] = here
    for j in range(first, last + 1):
        spans[j] = aside[j - first]
    count_legs(field, looks, flight, first, last, 1)
    return False


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def move_aside(field: Field, looks: Looks, flight: Flight, spare: Floats, used: np.ndarray) -> None:
    """Swap nodes that fail to show what is beside them for others of the same targets."""
    places, seq, tally = field.counts[PLACES], flight.seq, flight.tally
    first_seen, sees = field.first_seen, field.sees
    ready = False
    for i in range(1, flight.size[0] - 1):
        here = seq[i]
        if here < places:
            continue
        for q in range(first_seen[here], first_seen[here + 1]):
            if tally[sees[q]] > 0:
                continue
            if not ready:
                spare_of(field, flight, spare)
            ready = True
            if _another(field, looks, flight, i, sees[q], spare[i], used):
                ready = False
                break


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _another(
    field: Field,
    looks: Looks,
    flight: Flight,
    i: int,
    target: int,
    spare: float,
    used: np.ndarray,
) -> bool:
    """Swap the i-th point for another node of a target, if that shows more."""
    here = flight.seq[i]
    for k in range(field.first_server[target], field.first_server[target + 1]):
        node = field.serves[k]
        if not used[node] and swap(field, looks, flight, i, node, spare):
            used[here], used[node] = False, True
            return True
    return False
