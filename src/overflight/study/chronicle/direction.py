"""Which way it goes: towards co-operation or away from it, as far as the record can say.

Each record has a direction for each coder: 1, 0 or -1. The first coder is the ontology alone. In a
window of time the balance of a coder is how many records point one way less those that point the
other way; only its sign is told, and a rank among the windows. Numbers with decimals would claim
what a few dozen reports cannot carry.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.terms.chronicle import Coded, Record

TOWARDS, AWAY, BOTH = "towards co-operation", "away from it", "both ways"
FEW, NONE = "too few records", "no records"
ONTOLOGY = "ontology"
_LEAST = 3
"""Records in a window below which its direction is not told."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time. ``balance``: coder -> records one way less records the other way.

    ``direction`` is told where all coders agree in sign; ``holds_without`` are sources without any
    one of which it would be the same, of ``sources`` in all. ``rank`` is 1 for the window farthest
    towards co-operation, the same for windows that the coders do not tell apart.
    ``one_voice_each`` is the direction if every source counted once, however much it published.
    """

    first: dt.date
    last: dt.date
    records: int
    balance: Mapping[str, int]
    direction: str
    spread: tuple[int, int]
    sources: int
    turns_without: tuple[str, ...]
    one_voice_each: str
    rank: tuple[int, int]


def codings(
    records: Iterable[Record],
    ontology: Mapping[str, Coded],
    coders: Mapping[str, Mapping[str, int]],
) -> dict[str, dict[str, int]]:
    """Coder -> record -> direction. A coder who leaves a record out takes the ontology's.

    Raises DataError for a direction other than -1, 0, 1 and for a record that there is not.
    """
    base = {record.id: ontology[record.kind].direction for record in records}
    found = {ONTOLOGY: base}
    for coder, given in coders.items():
        for record, direction in given.items():
            if record not in base:
                raise DataError(
                    f"{coder} codes {record!r}, and there is no such record",
                    remedy="'overflight chronicle list' shows the ids.",
                )
            if direction not in (-1, 0, 1):
                raise DataError(
                    f"{coder} gives {record} {direction}", remedy="A direction is -1, 0 or 1."
                )
        found[coder] = {**base, **given}
    return found


def windows(
    records: Sequence[Record],
    coded: Mapping[str, Mapping[str, int]],
    *,
    years: int = 1,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> tuple[Window, ...]:
    """The direction in each stretch of ``years``. A record counts in the window that holds all its
    days; see ``unplaced``. Records that are told wrongly (not in use) do not count.
    """
    counted = [r for r in records if r.in_use]
    if not counted:
        return ()
    begin = (first or min(r.earliest for r in counted)).year
    end = (last or max(r.latest for r in counted)).year
    spans = [
        (dt.date(year, 1, 1), dt.date(min(year + years - 1, 9999), 12, 31))
        for year in range(begin, end + 1, years)
    ]
    held = {
        span: [r for r in counted if span[0] <= r.earliest and r.latest <= span[1]]
        for span in spans
    }
    ranks = _ranks({span: _balances(mine, coded) for span, mine in held.items() if mine})
    return tuple(_window(span, mine, coded, ranks.get(span, (0, 0))) for span, mine in held.items())


def unplaced(records: Iterable[Record], found: Sequence[Window]) -> int:
    """How many records in use lie in no single window: told between days too far apart."""
    return sum(
        1
        for r in records
        if r.in_use and not any(w.first <= r.earliest and r.latest <= w.last for w in found)
    )


def _balances(records: Iterable[Record], coded: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    mine = list(records)
    return {coder: sum(given[r.id] for r in mine) for coder, given in coded.items()}


def _direction(records: Sequence[Record], coded: Mapping[str, Mapping[str, int]]) -> str:
    return _told(len(records), _balances(records, coded).values())


def _told(count: int, balances: Iterable[int]) -> str:
    if not count:
        return NONE
    signs = {(b > 0) - (b < 0) for b in balances}
    if count < _LEAST:
        return FEW
    if len(signs) > 1 or signs == {0}:
        return BOTH
    return TOWARDS if signs == {1} else AWAY


def _window(
    span: tuple[dt.date, dt.date],
    records: Sequence[Record],
    coded: Mapping[str, Mapping[str, int]],
    rank: tuple[int, int],
) -> Window:
    balance = _balances(records, coded)
    direction = _direction(records, coded)
    by_source: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for citation in record.citations:
            by_source[citation.source.id].add(record.id)
    turns = []
    for source in sorted(by_source):
        rest = [r for r in records if {c.source.id for c in r.citations} != {source}]
        if _direction(rest, coded) != direction:
            turns.append(source)
    values = balance.values()
    voices = [
        sum((total > 0) - (total < 0) for total in (sum(given[i] for i in ids)
            for ids in by_source.values()))
        for given in coded.values()
    ]  # fmt: skip
    return Window(
        span[0], span[1], len(records), balance, direction, (min(values), max(values)),
        len(by_source), tuple(turns), _told(len(by_source), voices), rank,
    )  # fmt: skip


def _ranks(
    balances: Mapping[tuple[dt.date, dt.date], Mapping[str, int]],
) -> dict[tuple[dt.date, dt.date], tuple[int, int]]:
    """Window -> its best and worst rank over the coders; equal balances share a rank."""
    found: dict[tuple[dt.date, dt.date], list[int]] = {span: [] for span in balances}
    coders = {coder for given in balances.values() for coder in given}
    for coder in sorted(coders):
        values = sorted({given[coder] for given in balances.values()}, reverse=True)
        for span, given in balances.items():
            found[span].append(values.index(given[coder]) + 1)
    return {span: (min(ranks), max(ranks)) for span, ranks in found.items()}
