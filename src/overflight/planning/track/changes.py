"""Steps that change where a flight goes: what is taken out, and landings that are put in."""

from __future__ import annotations

from numba import njit

from overflight.planning.engine.tours import Random, below, uniform
from overflight.planning.track.arrays import PLACES, STAGE_KM, Field, Flight, Ints


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def ruin(field: Field, flight: Flight, gone: Ints, random: Random, most: int) -> int:
    """Mark points to take out by one of several ways; the point about which it was done."""
    places = field.counts[PLACES]
    m = flight.size[0]
    if m <= 2:
        return int(flight.seq[0])
    kind = uniform(random)
    centre = 1 + below(random, m - 2)
    many = 1 + below(random, most)
    if kind < 0.5:
        with_places = uniform(random) < 0.25
        first = max(1, centre - below(random, many))
        for i in range(first, min(m - 1, first + many)):
            if flight.seq[i] >= places or with_places:
                gone[i] = 1
    elif kind < 0.85:
        # What lies about a point of the flight, wherever in the sequence it stands.
        here = flight.seq[centre]
        reach = field.reach[here, min(many * 3, field.reach.shape[1] - 1)]
        for i in range(1, m - 1):
            if flight.seq[i] >= places and field.km[here, flight.seq[i]] <= reach:
                gone[i] = 1
    elif kind < 0.95:
        for _ in range(1 + many // 3):
            i = 1 + below(random, m - 2)
            if flight.seq[i] >= places:
                gone[i] = 1
    else:
        start = below(random, m - 2)
        for k in range(m - 2):
            i = 1 + (start + k) % (m - 2)
            if flight.seq[i] < places:
                gone[i] = 1
                centre = i
                break
    return int(flight.seq[centre])


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def add_landing(field: Field, flight: Flight, random: Random) -> None:
    """Put a landing in where it makes the way little longer; which and where is partly luck."""
    m = flight.size[0]
    if m + 1 >= flight.seq.shape[0]:
        return
    place = below(random, field.counts[PLACES])
    best, where = 1e18, -1
    for i in range(m - 1):
        a, b = flight.seq[i], flight.seq[i + 1]
        if place in (a, b):
            continue
        detour = field.km[a, place] + field.km[place, b] - field.km[a, b]
        offer = (detour + 20.0) * (0.2 + uniform(random))
        if offer < best:
            best, where = offer, i + 1
    if where > 0:
        put_in(flight, where, place)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def add_petal(field: Field, flight: Flight, random: Random) -> None:
    """Put a landing, a fix and the same landing in: a stage of its own for a target not seen.

    Where sites lie beyond the reach of the stages there are, no single landing shows one more.
    """
    m = flight.size[0]
    targets = field.value.shape[0]
    if m + 3 >= flight.seq.shape[0] or targets == 0:
        return
    target = below(random, targets)
    servers = field.first_server[target + 1] - field.first_server[target]
    if flight.tally[target] > 0 or servers == 0:
        return
    node = field.serves[field.first_server[target] + below(random, servers)]
    best, where, landing = 1e18, -1, -1
    for place in range(field.counts[PLACES]):
        out = field.km[place, node]
        if 2.0 * out > field.limits[STAGE_KM]:
            continue
        for i in range(m - 1):
            a, b = flight.seq[i], flight.seq[i + 1]
            detour = field.km[a, place] + field.km[place, b] - field.km[a, b] + 2.0 * out
            offer = (detour + 20.0) * (0.5 + uniform(random))
            if offer < best:
                best, where, landing = offer, i + 1, place
    if where > 0:
        if flight.seq[where - 1] != landing:
            put_in(flight, where, landing)
            where += 1
        put_in(flight, where, node)
        if flight.seq[where + 1] != landing:
            put_in(flight, where + 1, landing)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def put_in(flight: Flight, where: int, point: int) -> None:
    for k in range(flight.size[0], where, -1):
        flight.seq[k] = flight.seq[k - 1]
    flight.seq[where] = point
    flight.size[0] += 1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def take_out(flight: Flight, where: int) -> None:
    for k in range(where, flight.size[0] - 1):
        flight.seq[k] = flight.seq[k + 1]
    flight.size[0] -= 1
