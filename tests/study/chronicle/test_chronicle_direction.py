"""Directions of made-up records, whose answer is plain."""

import datetime as dt
from dataclasses import replace

import pytest

from overflight.errors import DataError
from overflight.study.chronicle.direction import (
    AWAY,
    BOTH,
    FEW,
    NONE,
    TOWARDS,
    codings,
    unplaced,
    windows,
)
from overflight.terms.chronicle import Coded, Record
from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.values import Status

CODES = {
    "good": Coded("good", "SUPPORT", "", 1, False),
    "bad": Coded("bad", "SANCTION", "", -1, False),
    "plain": Coded("plain", "CONSULT", "", 0, False),
}


def record(name: str, kind: str, year: int, *sources: str, in_use: bool = True) -> Record:
    day = dt.date(year, 6, 1)
    cited = tuple(Citation(Source(s, s, SourceKind.SECONDARY)) for s in sources or ("paper",))
    return Record(name, "x", ("A",), (), kind, "what", day, day, Status.DECIDED, cited, False,
                  in_use=in_use)  # fmt: skip


def found(records: list[Record], coders: dict[str, dict[str, int]] | None = None):  # type: ignore[no-untyped-def]
    return {w.first.year: w for w in windows(records, codings(records, CODES, coders or {}))}


def test_one_way_the_other_way_and_neither() -> None:
    records = [record(f"a{n}", "good", 2000) for n in range(3)]
    records += [record(f"b{n}", "bad", 2001) for n in range(3)]
    records += [record("c1", "bad", 2003), record("c2", "good", 2003), record("c3", "plain", 2003)]
    records += [record("d", "bad", 2004)]
    years = found(records)
    told = {year: w.direction for year, w in years.items()}
    assert told == {2000: TOWARDS, 2001: AWAY, 2002: NONE, 2003: BOTH, 2004: FEW}
    assert years[2000].rank == (1, 1)
    assert years[2001].rank == (4, 4)
    assert years[2002].rank == (0, 0)


def test_what_is_not_taken_as_having_happened_does_not_count() -> None:
    records = [record(f"a{n}", "good", 2000) for n in range(3)]
    records += [record(f"b{n}", "bad", 2000, in_use=False) for n in range(9)]
    assert found(records)[2000].records == 3


def test_coders_who_disagree_leave_it_open_and_the_spread_is_told() -> None:
    records = [record(f"a{n}", "good", 2000) for n in range(3)]
    window = found(records, {"other": {"a0": -1, "a1": -1}})[2000]
    assert window.direction == BOTH
    assert window.spread == (-1, 3)
    assert window.balance == {"ontology": 3, "other": -1}


def test_a_direction_that_rests_on_one_source_names_it() -> None:
    records = [record(f"a{n}", "good", 2000, "loud") for n in range(3)]
    records += [record("b", "good", 2000, "quiet", "loud")]
    window = found(records)[2000]
    assert window.turns_without == ("loud",)
    assert window.sources == 2


def test_coders_are_checked() -> None:
    records = [record("a", "good", 2000)]
    with pytest.raises(DataError, match="no such record"):
        codings(records, CODES, {"me": {"b": 1}})
    with pytest.raises(DataError, match="gives a 2"):
        codings(records, CODES, {"me": {"a": 2}})


def test_what_may_lie_in_two_windows_is_in_none_and_is_counted() -> None:
    records = [record(f"a{n}", "good", 2000) for n in range(3)]
    wide = replace(record("w", "bad", 2001), earliest=dt.date(2000, 1, 1))
    found = windows([*records, wide], codings([*records, wide], CODES, {}))
    assert [w.records for w in found] == [3, 0]
    assert unplaced([*records, wide], found) == 1
    two = windows([*records, wide], codings([*records, wide], CODES, {}), years=2)
    assert two[0].records == 4 and unplaced([*records, wide], two) == 0


def test_a_loud_source_has_one_voice_like_any_other() -> None:
    records = [record(f"a{n}", "good", 2000, "loud") for n in range(9)]
    records += [record(f"b{n}", "bad", 2000, f"quiet{n}") for n in range(3)]
    window = found(records)[2000]
    assert (window.direction, window.one_voice_each) == (TOWARDS, AWAY)
