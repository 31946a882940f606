"""A year's distribution for 34 and 100 Parties, with CP-SAT (OR-Tools) beside it where installed.

    python benchmarks/distribution.py [--seconds 50]
    PYTHONPATH=.venv-bench/lib/python3.11/site-packages python benchmarks/distribution.py

Four variants of each: half of the passive quota or of the sum of the active ones (III.I.10 under
its two readings), fair over all flights or priority by priority. The peer, for the first variant
only, gets the same levels one after the other: with each, the Parties above it are maximised.
Both must come to the same shares and the same number of flights.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import sys
import time
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import Any

from overflight.procedure.distribution.leximin import solve
from overflight.procedure.distribution.problem import Problem, Row
from overflight.terms.quotas import Wish


def instance(parties: int, wishes: int, seed: int, own: str = "ceiling") -> Problem:
    """Invented Parties with passive quotas of the treaty's sizes; one wish in twenty is shared.

    ``own``: half of the own passive quota (ceiling), or of what is granted in all (sum)."""
    draw = random.Random(seed)
    names = [f"P{n:03d}" for n in range(parties)]
    quota = {name: draw.choice([2, 4, 4, 4, 6, 6, 7, 12, 12, 42]) for name in names}
    made = []
    for who in names:
        for whom in draw.sample([n for n in names if n != who], wishes):
            rest = [n for n in names if n not in (who, whom)]
            shared = (draw.choice(rest),) if draw.random() < 0.05 else ()
            flights = draw.choice([1, 1, 1, 2, 2, 3])
            made.append(Wish(who, whom, flights, draw.choice([1, 2, 3]), shared))
    over: dict[str, list[int]] = defaultdict(list)
    own_of: dict[str, list[int]] = defaultdict(list)
    pair: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, wish in enumerate(made):
        over[wish.observed].append(number)
        for holder in wish.holders:
            own_of[holder].append(number)
            pair[holder, wish.observed].append(number)
    rows = [Row("passive", p, "", _terms(n), quota[p], quota[p]) for p, n in over.items()]
    rows += [Row("own-total", p, "", _terms(n), quota[p], quota[p]) for p, n in own_of.items()]
    for (who, whom), numbers in pair.items():
        if own == "sum":
            terms = tuple((n, 2 * (n in numbers) - 1) for n in own_of[who])
            rows.append(Row("pair-share", who, whom, terms, 1, -1, "own", (1, 2)))
        cap = ((quota[whom] if own == "sum" else min(quota[who], quota[whom])) + 1) // 2
        rows.append(Row("pair-share", who, whom, _terms(numbers), cap, cap))
    return Problem(tuple(made), tuple(rows), frozenset(), (), (), (), {}, {}, ())


def _terms(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple((n, 1) for n in numbers)


def shares(problem: Problem, flights: tuple[int, ...]) -> dict[str, Fraction]:
    asked: dict[str, int] = defaultdict(int)
    got: dict[str, int] = defaultdict(int)
    for wish, number in zip(problem.wishes, flights, strict=True):
        for holder in wish.holders:
            asked[holder] += wish.flights
            got[holder] += number
    return {party: Fraction(got[party], asked[party]) for party in asked}


def by_cp_sat(problem: Problem, seconds: float) -> tuple[int, ...] | None:
    """The same by constraint programming; None where it is not installed or runs out of time."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return None
    until = time.monotonic() + seconds
    model: Any = cp_model.CpModel()
    x = [model.NewIntVar(0, w.flights, "") for w in problem.wishes]
    for row in problem.rows:
        model.Add(sum(c * x[n] for n, c in row.terms) <= row.most)
    numbers: dict[str, list[int]] = defaultdict(list)
    for n, wish in enumerate(problem.wishes):
        for holder in wish.holders:
            numbers[holder].append(n)
    asked = {p: sum(problem.wishes[n].flights for n in ns) for p, ns in numbers.items()}
    step = {p: [model.NewBoolVar("") for _ in range(n)] for p, n in asked.items()}
    for party, steps in step.items():
        model.Add(sum(steps) <= sum(x[n] for n in numbers[party]))
        for low, high in pairwise(steps):
            model.AddImplication(high, low)
    best: tuple[int, ...] | None = None

    def run(goal: Any) -> bool:
        nonlocal best
        solver: Any = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = max(0.01, until - time.monotonic())
        model.Maximize(goal)
        if solver.Solve(model) != cp_model.OPTIMAL:
            return False
        best = tuple(solver.Value(v) for v in x)
        model.ClearHints()
        for v, value in zip(x, best, strict=True):
            model.AddHint(v, value)
        return True

    levels = sorted({Fraction(k, n) for n in asked.values() for k in range(n)})
    for level in levels:
        if best is not None and level not in shares(problem, best).values():
            continue
        above = sum(step[p][int(level * n)] for p, n in asked.items())
        if not run(above):
            return None
        assert best is not None
        have = shares(problem, best)
        model.Add(above >= sum(share > level for share in have.values()))
    return best if run(sum(x)) else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=50.0)
    parser.add_argument("--json", action="store_true", help="JSON only on standard output")
    arguments = parser.parse_args()
    talk = sys.stderr if arguments.json else sys.stdout
    records: list[dict[str, object]] = []
    sizes = ((34, 6), (34, 15), (100, 8), (100, 20))
    variants = (
        ("ceiling", "flights"),
        ("ceiling", "priority"),
        ("sum", "flights"),
        ("sum", "priority"),
    )
    for (parties, wishes), (own, fairness) in itertools.product(sizes, variants):
        problem = instance(parties, wishes, 1, own)
        begun, worked = time.perf_counter(), time.process_time()
        found = solve(problem, fairness=fairness, seconds=arguments.seconds)
        ours, worked = time.perf_counter() - begun, time.process_time() - worked
        open_ = [stage for stage in found.stages if not stage.proved]
        proof = (
            "proved" if found.proved else f"{len(open_)} of {len(found.stages)} steps not proved"
        )
        text = f"{parties} Parties, {len(problem.wishes)} wishes, {own}, {fairness}: {ours:.1f} s "
        text += f"({worked:.1f} s of the processor)"
        print(f"{text}, {sum(found.flights)} flights, {proof}", file=talk, flush=True)
        record = {"parties": parties, "wishes": len(problem.wishes), "own": own}
        record |= {"fairness": fairness, "seconds": ours, "processor_seconds": worked}
        records.append({**record, "proved": found.proved, "not_proved": len(open_)})
        if (own, fairness) != variants[0]:
            continue
        begun = time.perf_counter()
        # In a process of its own: OR-Tools brings a HiGHS that does not go with ours.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            peer = pool.apply(by_cp_sat, (problem, arguments.seconds))
        theirs = time.perf_counter() - begun
        records[-1]["cp_sat_seconds"] = theirs
        if peer is None:
            print(f"  CP-SAT: no answer in {theirs:.1f} s (or not installed)", file=talk)
            records[-1]["cp_sat_seconds"] = None
            continue
        levels = [sorted(shares(problem, f).values()) for f in (peer, found.flights)]
        same = levels[0] == levels[1]
        words = "shares equal" if same else "shares DIFFER"
        print(f"  CP-SAT: {theirs:.1f} s, {sum(peer)} flights, {words}", file=talk, flush=True)
        if not same or sum(peer) != sum(found.flights):
            return 1
    if arguments.json:
        print(json.dumps(records, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
