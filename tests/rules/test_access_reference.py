"""Who x what x when: each question held against Article IX as it was written down once more."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from access_oracle import DEFAULTS, JOINED, SINCE, Q, answer

from overflight.rules.access import decide
from overflight.terms.access import Asker, Flight
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty

D = dt.date
ASKERS = (*SINCE, "KGZ", "RUBY", "BNX")
DAYS = (
    D(2001, 12, 31), D(2002, 1, 1), D(2005, 5, 22), D(2005, 5, 23), D(2020, 5, 21),
    D(2020, 5, 22), D(2020, 11, 21), D(2020, 11, 22), D(2021, 6, 18), D(2021, 12, 17),
    D(2021, 12, 18), D(2024, 2, 29),
)  # fmt: skip
FLIGHTS = (
    ("DEU", "RUBY", D(2019, 5, 1)), ("USA", "RUS", D(2019, 5, 1)), ("RUBY", "USA", D(2010, 6, 1)),
    ("BLR", "BNX", D(2012, 6, 1)), ("NLD", "UKR", D(2003, 1, 1)), ("EST", "FIN", D(2006, 1, 1)),
    ("GBR", "EST", D(2004, 1, 1)), ("RUS", "POL", D(2021, 12, 1)), ("DEU", "UKR", D(2021, 12, 20)),
)  # fmt: skip
LEVELS = ("find", "request", "open")
OPTIONS = {
    "former-party": ("nothing", "flights-of-its-time"), "later-party": ("from-its-day",),
    "leaving-party": ("withheld",), "passing-on": ("to-states-parties", "to-former-parties"),
    "group-members": ("as-named",), "third-party-catalogue": ("by-mission-report",),
    "observing-party-gone": ("still-owes",), "observed-party-gone": ("right-ends",),
    "uncounted-data": ("observed-keeps",), "common-archive": ("open-to-parties",),
    "extraordinary-data": ("every-party",), "voluntary-data": ("every-party",),
    "exercise-access": ("the-two", "every-party"), "not-stated": ("must-be-stated",),
}  # fmt: skip
CIRCUMSTANCES = (
    {}, {"delivered": True}, {"counted": False}, {"counted": None, "kind": None},
    {"kind": "extraordinary"}, {"kind": "voluntary"}, {"kind": "outside"}, {"marked": True},
    {"purpose": "other"}, {"kind": "voluntary", "otherwise": True},
    {"kind": None, "counted": False, "delivered": True},
)  # fmt: skip


@cache
def open_skies() -> Treaty:
    return load_treaty("open-skies")


def questions(days: tuple[D, ...], askers: tuple[str, ...]) -> Iterator[Q]:
    for (observing, observed, flown), day, asker, level in itertools.product(
        FLIGHTS, days, askers, LEVELS
    ):
        for keeper in dict.fromkeys((observing, observed, "common", asker, "TUR", "USA")):
            for more in CIRCUMSTANCES:
                yield Q(asker, day, observing, observed, flown, keeper, level, **more)


def ours(q: Q, readings: dict[str, str], treaty: Treaty | None = None) -> str:
    flight = Flight(
        q.observing, q.observed, q.flown, q.kind or "", q.counted,
        ("SIMULATED",) if q.marked else (), (q.asker,) if q.concerned else (), q.otherwise,
    )  # fmt: skip
    asker = Asker(q.asker, q.sort, q.delivered, q.purpose)
    view = (treaty or open_skies()).on(q.day, readings)
    return str(decide(view, flight, asker, q.keeper, q.level).answer)


def held(
    days: tuple[D, ...], askers: tuple[str, ...], readings: dict[str, str], step: int = 1
) -> int:  # fmt: skip
    """Hold every ``step``-th of them against the reference; how many."""
    count, taken = 0, DEFAULTS | readings
    for q in itertools.islice(questions(days, askers), 0, None, step):
        assert ours(q, readings) == answer(q, taken), (q, readings)
        count += 1
    return count


def test_the_defaults_are_those_of_the_data() -> None:
    known = {r.name: r.default for r in open_skies().readings if r.name in DEFAULTS}
    assert known == DEFAULTS
    offered = {r.name: {*r.option_ids} - {r.default} for r in open_skies().readings}
    assert {name: set(options) for name, options in OPTIONS.items()} == {
        name: offered[name] for name in DEFAULTS
    }


FEW = ("DEU", "USA", "RUS", "BLR", "NLD", "EST", "FRA", "KGZ", "RUBY", "BNX")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_party_and_every_flight_on(day: D) -> None:
    """The default readings, the States that differ; a step prime to the size of every table."""
    assert held((day,), FEW, {}, 13) > 1000


THREE = (D(2020, 5, 22), D(2020, 11, 22), D(2021, 12, 18))
SIX = ("DEU", "USA", "RUS", "BLR", "LUX", "EST")
EVERY_OPTION = [(n, o) for n, options in OPTIONS.items() for o in options]


@pytest.mark.parametrize(("name", "option"), EVERY_OPTION)
def test_every_option_of_every_reading(name: str, option: str) -> None:
    assert held(THREE, SIX, {name: option}, 17) > 1000


@pytest.mark.slow
@pytest.mark.parametrize(("name", "option"), EVERY_OPTION)
def test_every_option_of_every_reading_wholly(name: str, option: str) -> None:
    assert held(THREE, SIX, {name: option}) > 20_000


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_state(day: D) -> None:
    assert held((day,), ASKERS, {}) > 50_000


@pytest.mark.slow
def test_options_two_by_two() -> None:
    for (n1, o1), (n2, o2) in itertools.combinations(EVERY_OPTION, 2):
        if n1 != n2:
            held((D(2021, 12, 18),), ("USA", "BLR", "EST"), {n1: o1, n2: o2}, 7)


@pytest.mark.parametrize("sort", ["body", "commission"])
def test_bodies_and_the_commission(sort: str) -> None:
    """Ann.L.III: the bodies concerned, the Commission; nobody of them asks for copies."""
    for kind, concerned, otherwise, keeper, level, counted in itertools.product(
        ("quota", "extraordinary", "voluntary", "outside", None), (True, False),
        (True, False, None), ("DEU", "UKR", "common", "TUR"), LEVELS, (True, None),
    ):  # fmt: skip
        q = Q(
            "the-body", D(2020, 1, 1), "DEU", "UKR", D(2019, 5, 1), keeper, level, sort,
            kind=kind, concerned=concerned, otherwise=otherwise, counted=counted,
        )  # fmt: skip
        assert ours(q, {}) == answer(q, DEFAULTS), q


def test_those_that_joined_are_the_eight_less_one_whose_day_is_not_known() -> None:
    assert len(JOINED) == 7


ALREADY_DENIED = (
    "bar-departed-wholly", "bar-uncounted-others", "bar-agreed-otherwise", "bar-passing-on",
    "bar-passing-on-observed",
)  # fmt: skip
"""What they bar nothing gives either, as long as only one reading differs from the defaults."""


def bodies_and_commission() -> Iterator[Q]:
    for sort, kind, otherwise, keeper in itertools.product(
        ("body", "commission"), ("extraordinary", "voluntary", "outside"), (True, None),
        ("DEU", "common"),
    ):  # fmt: skip
        yield Q(
            "the-body", D(2020, 1, 1), "DEU", "UKR", D(2019, 5, 1), keeper, "open", sort,
            kind=kind, concerned=True, otherwise=otherwise,
        )  # fmt: skip


@pytest.mark.slow
def test_no_row_could_be_left_out_unseen() -> None:
    """Take out each row that decides: some question is then answered as the text does not have it.

    Also shows that this comparison can fail.
    """
    every = open_skies().rights
    days = (D(2001, 12, 31), D(2020, 5, 22), D(2020, 11, 22), D(2021, 12, 18))
    for row in every:
        said = row.details.get("answer")
        if said not in ("entitled", "allowed", "denied", "presumed"):
            continue
        treaty = replace(open_skies(), rights=tuple(right for right in every if right is not row))
        name, _, option = str(row.details.get("reading", "")).partition("=")
        readings = {name: option} if name else {}
        taken = DEFAULTS | readings
        asked = itertools.chain(bodies_and_commission(), questions(days, FEW))
        seen = any(ours(q, readings, treaty) != answer(q, taken) for q in asked)
        assert seen or row.id in ALREADY_DENIED, row.id
