"""What may X still fly over Y on day D, with 100,000 missions in the ledger; sqlite3 beside it.

    python benchmarks/ledger.py [--missions 100000] [--questions 2000]

The peer answers a smaller question from the same entries in the same run: the individual and the
passive account by two indexed sums in SQL. Ours answers every limit, with paragraphs.
Questions are timed in seconds of the processor, so that others' work does not count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sqlite3
import statistics
import sys
import time

from overflight.procedure.ledger import Ledger, standing
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import Entry
from overflight.treaty.loader import load_treaty

PARTIES = (
    "BGR",
    "DNK",
    "DEU",
    "ESP",
    "FRA",
    "GBR",
    "GRC",
    "HUN",
    "ITA",
    "NOR",
    "POL",
    "ROU",
    "TUR",
)
FIRST, LAST = dt.date(2003, 1, 1), dt.date(2019, 12, 31)


def entries(missions: int, seed: int) -> list[Entry]:
    """Grants of every pair and year, then missions notified and flown; more than the quotas
    allow, so each says why it is entered."""
    draw = random.Random(seed)
    days = sorted(draw.randrange(FIRST.toordinal(), LAST.toordinal() - 20) for _ in range(missions))
    found: list[Entry] = []
    year = 0
    for number, day in enumerate(days):
        date = dt.date.fromordinal(day)
        if date.year != year:
            year = date.year
            found += [
                Entry(0, date, year, "distributed", a, b, 1, despite="benchmark")
                for a in PARTIES
                for b in PARTIES
                if a != b
            ]
        a, b = draw.sample(PARTIES, 2)
        ref = f"OS{number}"
        found.append(Entry(0, date, year, "notified", a, b, ref=ref, despite="benchmark"))
        kind = draw.choice(["flown", "flown", "flown", "declined", "prohibited"])
        found.append(Entry(0, date, year, kind, a, b, ref=ref, despite="benchmark"))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missions", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="JSON only on standard output")
    arguments = parser.parse_args()
    talk = sys.stderr if arguments.json else sys.stdout
    record: dict[str, object] = {"missions": arguments.missions}
    rules = Rulebook(load_treaty("open-skies"))
    lines = entries(arguments.missions, arguments.seed)
    begun = time.perf_counter()
    ledger = Ledger(rules, lines)
    built = time.perf_counter() - begun
    print(
        f"{len(ledger)} entries of {arguments.missions} missions entered in {built:.1f} s",
        file=talk,
    )
    base = sqlite3.connect(":memory:")
    base.execute("create table e (day int, year int, who text, whom text, spends int)")
    rows = [
        (e.date.toordinal(), e.year, e.observer, e.observed, int(e.kind == "flown")) for e in lines
    ]
    base.executemany("insert into e values (?,?,?,?,?)", rows)
    base.execute("create index pair on e (year, who, whom, day, spends)")
    base.execute("create index whom on e (year, whom, day, spends)")
    draw = random.Random(arguments.seed + 1)
    questions = [
        (
            *draw.sample(PARTIES, 2),
            dt.date.fromordinal(draw.randrange(FIRST.toordinal(), LAST.toordinal())),
        )
        for _ in range(arguments.questions)
    ]
    ours, theirs = [], []
    for who, whom, on in questions:
        begun = time.thread_time()
        found = standing(ledger, who, whom, on)
        ours.append(time.thread_time() - begun)
        begun = time.thread_time()
        day = on.toordinal()
        pair = base.execute(
            "select sum(spends) from e where year=? and who=? and whom=? and day<=?",
            (on.year, who, whom, day),
        ).fetchone()[0]
        over = base.execute(
            "select sum(spends) from e where year=? and whom=? and day<=?", (on.year, whom, day)
        ).fetchone()[0]
        theirs.append(time.thread_time() - begun)
        accounts = {a.kind: a.spent for a in found.accounts}
        if (accounts["individual"], accounts["passive"]) != (pair or 0, over or 0):
            print(f"they differ: {who} over {whom} on {on}", file=talk)
            return 1
    for name, times in (("overflight, all limits", ours), ("sqlite3, two sums", theirs)):
        times.sort()
        p99, mean = times[int(len(times) * 0.99)], statistics.median(times)
        most = times[-1]
        words = f"median {mean * 1e3:.3f} ms, 99 % {p99 * 1e3:.3f} ms, most {most * 1e3:.2f} ms"
        print(f"{name}: {words}", file=talk)
        record[name] = {"median_ms": mean * 1e3, "p99_ms": p99 * 1e3, "most_ms": most * 1e3}
    if arguments.json:
        print(json.dumps({**record, "entered_s": built}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
