"""Annealed ruin and recreate: Schrimpf et al., J. Comput. Phys. 159 (2000); removal by strings
after Christiaens and Vanden Berghe, Transportation Science 54 (2020)."""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.engine.tours import Random, below, uniform
from overflight.planning.track.arrays import (
    LANDINGS,
    LENGTH,
    PLACES,
    SIMPLE,
    STAGES,
    VALUE,
    Field,
    Flight,
    Ints,
    Looks,
    fill_flight,
    new_flight,
    new_looks,
)
from overflight.planning.track.changes import add_landing, add_petal, put_in, ruin
from overflight.planning.track.crossing import first_crossing
from overflight.planning.track.moves import (
    compact,
    copy_flight,
    feasible,
    place_for,
    recreate,
    shorten,
    squeeze,
    turn_round,
)
from overflight.planning.track.sight import make_room, measure
from overflight.planning.track.trying import move_aside

_LARGEST_POOL = 40
_STRING = 10
_LANDING = 0.12
_PETAL = 0.04
_TURNING = 0.5


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def fill_pool(
    field: Field, flight: Flight, centre: int, pool: Ints, marked: np.ndarray, random: Random
) -> int:
    """Targets of some value that are not seen: about a point, and some anywhere. How many."""
    n = 0
    targets = field.value.shape[0]
    if targets <= _LARGEST_POOL:
        for t in range(targets):
            if flight.tally[t] == 0 and field.value[t] > 0.0:
                pool[n] = t
                n += 1
        return n
    half = _LARGEST_POOL * 3 // 4
    for k in range(field.around.shape[1]):
        t = field.around[centre, k]
        if n < half and flight.tally[t] == 0 and field.value[t] > 0.0:
            marked[t] = True
            pool[n] = t
            n += 1
    for _ in range(3 * (_LARGEST_POOL - n)):
        t = below(random, targets)
        if flight.tally[t] == 0 and field.value[t] > 0.0 and not marked[t]:
            marked[t] = True
            pool[n] = t
            n += 1
            if n == _LARGEST_POOL:
                break
    for k in range(n):
        marked[pool[k]] = False
    return n


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def uncross(field: Field, looks: Looks, flight: Flight, known: Ints) -> bool:
    """Turn stretches between crossing legs round; False where that does not help."""
    for _ in range(30):
        i, j = first_crossing(field, flight, known)
        if i < 0:
            return True
        if j <= i + 1:
            return False
        length = flight.sums[LENGTH]
        if flight.seq[i] == flight.seq[j] or flight.seq[i + 1] == flight.seq[j + 1]:
            return False
        turn_round(flight, i, j)
        measure(field, looks, flight)
        if flight.sums[LENGTH] >= length - 1e-6 or not feasible(field, flight):
            return False
    return False


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def learn(field: Field, flight: Flight, known: Ints) -> None:
    """Note the legs of a flight that has no crossings. Landings may come often: left out."""
    known[:] = -1
    for i in range(flight.size[0] - 1):
        if flight.seq[i] >= field.counts[PLACES]:
            known[flight.seq[i]] = flight.seq[i + 1]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def anneal(
    field: Field,
    looks: Looks,
    now: Flight,
    best: Flight,
    trial: Flight,
    random: Random,
    steps: int,
    hot: float,
    cold: float,
    price: float,
) -> None:
    """``steps`` trials from ``now``, the temperature falling from ``hot`` to ``cold``.

    ``now`` must be measured and lawful; ``best`` too. Both and ``random`` are changed.
    """
    m = field.km.shape[0]
    gone = np.zeros(now.seq.shape[0], np.int32)
    spare = np.zeros(now.seq.shape[0])
    used = np.zeros(m, np.bool_)
    marked = np.zeros(max(1, field.value.shape[0]), np.bool_)
    pool = np.zeros(_LARGEST_POOL, np.int32)
    known = np.full(m, -1, np.int32)
    simple = field.counts[SIMPLE] > 0
    learn(field, now, known)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    for _ in range(steps):
        heat *= cooling
        make_room(looks)
        copy_flight(now, trial)
        centre = ruin(field, trial, gone, random, _STRING)
        compact(field, trial, gone)
        if field.counts[STAGES] > 1:
            luck = uniform(random)
            if luck < _LANDING:
                add_landing(field, trial, random)
            elif luck < _LANDING + _PETAL:
                add_petal(field, trial, random)
        if not squeeze(field, looks, trial, gone, random):
            continue
        if simple and not uncross(field, looks, trial, known):
            continue
        wanted = fill_pool(field, trial, centre, pool, marked, random)
        used[:] = False
        for i in range(trial.size[0]):
            used[trial.seq[i]] = True
        recreate(field, looks, trial, pool, wanted, spare, used, random)
        measure(field, looks, trial)
        if uniform(random) < _TURNING:
            shorten(field, looks, trial)
            if simple and not uncross(field, looks, trial, known):
                continue
            move_aside(field, looks, trial, spare, used)
            measure(field, looks, trial)
        if not feasible(field, trial):
            continue
        gain = trial.sums[VALUE] - now.sums[VALUE] - price * (trial.sums[LENGTH] - now.sums[LENGTH])
        gain -= 1e-3 * price * (trial.sums[LANDINGS] - now.sums[LANDINGS])
        if gain < 0.0 and uniform(random) >= np.exp(gain / heat):
            continue
        copy_flight(trial, now)
        learn(field, now, known)
        if now.sums[VALUE] > best.sums[VALUE] + 1e-9 or (
            now.sums[VALUE] > best.sums[VALUE] - 1e-9
            and now.sums[LENGTH] < best.sums[LENGTH] - 1e-3
        ):
            copy_flight(now, best)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def lawful(field: Field, looks: Looks, flight: Flight) -> bool:
    """Measure a flight, and say whether it keeps the limits and crosses nothing."""
    measure(field, looks, flight)
    if not feasible(field, flight):
        return False
    none = np.full(field.km.shape[0], -1, np.int32)
    return field.counts[SIMPLE] == 0 or first_crossing(field, flight, none)[0] < 0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def mend(field: Field, looks: Looks, flight: Flight, random: Random) -> bool:
    """Make a flight keep the limits again after legs were blocked, by taking points out."""
    gone = np.zeros(flight.seq.shape[0], np.int32)
    none = np.full(field.km.shape[0], -1, np.int32)
    if not squeeze(field, looks, flight, gone, random):
        return False
    return field.counts[SIMPLE] == 0 or uncross(field, looks, flight, none)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def join(
    field: Field, looks: Looks, one: Flight, other: Flight, child: Flight, random: Random
) -> bool:
    """Into ``child`` the first flight with all nodes of the other too, taken out again until the
    limits are kept; False where nothing lawful comes of it."""
    copy_flight(one, child)
    free = np.full(child.seq.shape[0], 1e18)
    used = np.zeros(field.km.shape[0], np.bool_)
    gone = np.zeros(child.seq.shape[0], np.int32)
    for i in range(one.size[0]):
        used[one.seq[i]] = True
    for i in range(other.size[0]):
        node = other.seq[i]
        if node < field.counts[PLACES] or used[node]:
            continue
        if child.size[0] + 2 >= child.seq.shape[0]:
            break
        _, leg = place_for(field.km, child.seq, child.size[0], free, node, random, 0.0)
        if leg >= 0:
            put_in(child, leg + 1, node)
            used[node] = True
    known = np.full(field.km.shape[0], -1, np.int32)
    if not squeeze(field, looks, child, gone, random):
        return False
    return field.counts[SIMPLE] == 0 or uncross(field, looks, child, known)


def load() -> None:
    """Load the compiled search, compiling it where that was not done before."""
    one, none, zero = np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(2, np.int32)
    field = Field(
        km=np.zeros((1, 1)),
        bent=np.zeros((1, 1), np.bool_),
        course=np.zeros((1, 1), np.float32),
        bends=np.zeros((2, 3)),
        enter=np.full((1, 1), -1, np.int32),
        corners=np.zeros((1, 3)),
        xyz=np.zeros((1, 3)),
        value=np.zeros(0),
        spot=np.zeros((0, 3)),
        strips=np.zeros((0, 4)),
        first_strip=one,
        first_seen=zero,
        sees=one,
        first_server=one,
        serves=none,
        around=np.zeros((1, 0), np.int32),
        reach=np.zeros((1, 1)),
        opens=np.zeros(0),
        closes=np.zeros(0),
        limits=np.ones(11),
        counts=np.ones(6, np.int64),
    )
    random = np.ones(1, np.uint64)
    looks = new_looks(0)
    flights = [new_flight(0) for _ in range(3)]
    for flight in flights:
        fill_flight(flight, [0, 0])
        lawful(field, looks, flight)
        mend(field, looks, flight, random)
    first, second, third = flights
    anneal(field, looks, first, second, third, random, 1, 1.0, 1.0, 0.0)
    join(field, looks, first, second, third, random)
