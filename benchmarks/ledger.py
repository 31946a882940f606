"""What may X still fly over Y on day D, with 100,000 missions in the ledger; sqlite3 beside it.

    python benchmarks/ledger.py [--missions 100000] [--questions 2000]

No package keeps such accounts; the peer is a data base. It answers a smaller question from the same
entries in the same run: the individual and the passive account by two indexed sums in SQL. Ours
answers every limit, with paragraphs.
Seconds are those of the processor, so that others' work does not count. Told apart are: entering
the missions, what the first questions of a stretch of days work out once (who was bound, which
values held), each answer after that, and the pauses of Python's collector of garbage, which fall on
answers at random: a long-lived process calls gc.freeze() once the ledger is open.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
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


class Pauses:
    """What the collector of garbage takes, in seconds of the processor."""

    def __init__(self) -> None:
        self.seconds, self.count, self._begun = 0.0, 0, 0.0

    def __call__(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._begun = time.thread_time()
        else:
            self.seconds += time.thread_time() - self._begun
            self.count += 1


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
    begun = time.process_time()
    prepared = rules.prepare(FIRST, LAST)
    prepared_s = time.process_time() - begun
    begun = time.process_time()
    ledger = Ledger(rules, lines)
    built = time.process_time() - begun
    print(
        f"{len(ledger)} entries of {arguments.missions} missions entered in {built:.1f} s",
        file=talk,
    )
    print(f"{prepared} stretches of days worked out in {prepared_s:.2f} s", file=talk)
    pauses = Pauses()
    gc.callbacks.append(pauses)
    base = sqlite3.connect(":memory:")
    base.execute("create table e (day int, year int, who text, whom text, spends int)")
    rows = [
        (e.date.toordinal(), e.year, e.observer, e.observed, int(e.kind == "flown")) for e in lines
    ]
    base.executemany("insert into e values (?,?,?,?,?)", rows)
    base.execute("create index pair on e (year, who, whom, day, spends)")
    base.execute("create index whom on e (year, whom, day, spends)")
    draw = random.Random(arguments.seed + 1)
    questions: list[tuple[str, str, dt.date]] = []
    for _ in range(arguments.questions):
        who, whom = draw.sample(PARTIES, 2)
        on = dt.date.fromordinal(draw.randrange(FIRST.toordinal(), LAST.toordinal()))
        questions.append((who, whom, on))
    ours, theirs, without = [], [], []
    gc.freeze()
    for who, whom, on in questions:
        before = pauses.seconds
        begun = time.thread_time()
        found = standing(ledger, who, whom, on)
        ours.append(time.thread_time() - begun)
        without.append(ours[-1] - (pauses.seconds - before))
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
    print(f"pauses for garbage: {pauses.count}, {pauses.seconds * 1e3:.1f} ms in all", file=talk)
    for name, times in (
        ("overflight, all limits", ours),
        ("overflight, without pauses", without),
        ("sqlite3, two sums", theirs),
    ):
        times.sort()
        p99, mean = times[int(len(times) * 0.99)], statistics.median(times)
        most = times[-1]
        words = f"median {mean * 1e3:.3f} ms, 99 % {p99 * 1e3:.3f} ms, most {most * 1e3:.2f} ms"
        print(f"{name}: {words}", file=talk)
        record[name] = {"median_ms": mean * 1e3, "p99_ms": p99 * 1e3, "most_ms": most * 1e3}
    if arguments.json:
        print(json.dumps({**record, "entered_s": built, "prepared_s": prepared_s}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
