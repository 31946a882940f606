"""Exits against the figures of Annex A, Section I, and of the first distribution."""

import datetime as dt
from dataclasses import replace

import pytest

from overflight.errors import DataError
from overflight.report.study_membership import exit_report
from overflight.study.membership.acts import Act
from overflight.study.membership.exits import compare, first_distribution, sweep
from overflight.treaty.loader import load_treaty

TREATY = load_treaty("open-skies")
FIRST = first_distribution(TREATY)
US, RU = dt.date(2020, 11, 22), dt.date(2021, 12, 18)
LEAVE_US, LEAVE_RU = Act(US, "exit", "USA"), Act(RU, "exit", "RUS")

# Annex A, Section I, paragraph 1
ANNEX_A = {
    "DEU": 12, "USA": 42, "RUBY": 42, "BNX": 6, "BGR": 4, "CAN": 12, "DNK": 6, "ESP": 4, "FRA": 12,
    "GBR": 12, "GRC": 4, "HUN": 4, "ISL": 4, "ITA": 12, "NOR": 7, "POL": 6, "PRT": 2, "ROU": 6,
    "CSK": 4, "TUR": 12, "UKR": 12,
}  # fmt: skip
UNKNOWN = {"GEO", "SWE", "FIN", "LVA", "BIH", "SVN", "HRV", "EST", "LTU"}


def test_the_anchors_225_183_141() -> None:
    both = compare(TREATY, [LEAVE_US, LEAVE_RU], RU, areas=False)
    one = compare(TREATY, [LEAVE_US], US, areas=False)
    assert sum(ANNEX_A.values()) == 225
    assert one.passive_before.flights == both.passive_before.flights == 225
    assert one.passive_after.flights == 183
    assert both.passive_after.flights == 141
    assert {h.holder: h.flights for h in both.passive_before.known} == ANNEX_A
    held = next(h for h in both.passive_after.known if h.holder == "CSK")
    assert held.held_by == ("CZE", "SVK")
    assert {code for code, _ in both.passive_after.unknown} == UNKNOWN | {"BLR"}


def test_parties_pairs_and_what_is_no_longer_seen() -> None:
    found = compare(TREATY, [LEAVE_US, LEAVE_RU], RU, given=FIRST)
    assert (len(found.before.parties), len(found.after.parties)) == (34, 32)  # Verdragenbank
    # of n States, those of Benelux (3) and of the group (2) do not observe each other
    assert found.pairs_before == 34 * 33 - 3 * 2 - 2 * 1
    assert found.pairs_after == 32 * 31 - 3 * 2
    area = dict(found.territory_km2)
    # CIA World Factbook: land areas of 9 147 593 and 16 377 742 km², total with inland water
    # 9 833 517 and 17 098 242; territorial waters come on top
    assert 9_833_517 * 0.99 < area["USA"] < 9_833_517 * 1.06
    assert 17_098_242 * 0.99 < area["RUS"] < 17_098_242 * 1.08
    assert "tu-214on" in {a.aircraft for a in found.aircraft}
    before = compare(TREATY, [LEAVE_US], US, areas=False).aircraft
    assert {a.aircraft for a in before} == {"oc-135b"}, "retired only in June 2021"
    assert not set(found.after.acting) & {"USA", "RUS"}


def test_losses_are_exact_where_the_distribution_is_public() -> None:
    """The lines of the first distribution, Annex A, Section II, paragraph 1."""
    found = compare(TREATY, [Act(dt.date(2003, 6, 1), "exit", "RUS")], dt.date(2003, 6, 1))
    lost = {o.observer: o.lost for o in found.observers}
    over_group = {
        "DEU": 3, "USA": 8, "BNX": 1, "CAN": 2, "DNK": 1, "FRA": 3, "GBR": 3, "ITA": 2, "NOR": 2,
        "POL": 1, "TUR": 2, "GRC": 0, "UKR": 0,
    }  # fmt: skip
    for code, flights in over_group.items():
        assert (lost[code].low, lost[code].high) == (flights, flights), code
    assert lost["CZE"].low == 0 and not lost["CZE"].known


def test_what_nobody_published_stands_between_bounds() -> None:
    found = compare(TREATY, [LEAVE_US], US, areas=False)
    lost = {o.observer: o.lost for o in found.observers}
    assert "USA" in lost and lost["USA"].high == 42
    # III.I.10: half of one's own quota, half of the other's
    assert (lost["DEU"].low, lost["DEU"].high) == (0, 6)
    assert (lost["NOR"].low, lost["NOR"].high) == (0, 4)
    assert (lost["RUBY"].low, lost["RUBY"].high) == (0, 21)
    assert (lost["SWE"].low, lost["SWE"].high) == (0, 21)


def test_the_first_distribution_without_the_group() -> None:
    found = compare(TREATY, [LEAVE_US, LEAVE_RU], RU, given=FIRST, areas=False)
    assert found.shared_out is not None
    change = {o.observer: o for o in found.shared_out.observers}
    assert found.shared_out.proved
    assert (change["DEU"].held, change["DEU"].lost) == (4, 3)
    assert (change["RUBY"].held, change["RUBY"].lost, change["RUBY"].after) == (26, 26, 0)
    assert change["USA"].after == 0
    # the flight over Ukraine that Canada held with the United States stays with Canada
    assert change["CAN"].lost == 2
    for code, one in change.items():
        assert one.regained <= one.lost, code
        assert sum(n for _, n in one.again) == one.regained
        assert not {observed for observed, _ in one.again} & {code, "USA", "RUBY", *UNKNOWN}


def test_a_distribution_that_passes_a_limit_is_not_added_to() -> None:
    """Five flights over Poland stand against a limit of four until 2005 (fact sheet 0.3)."""
    found = compare(TREATY, [Act(dt.date(2003, 1, 1), "exit", "USA")], dt.date(2003, 1, 1),
                    given=FIRST, areas=False)  # fmt: skip
    assert found.shared_out is not None
    assert not [o for o in found.shared_out.observers for code, _ in o.again if code == "POL"]


def test_a_return_is_a_gain() -> None:
    found = compare(
        TREATY, [Act(dt.date(2024, 1, 1), "return", "USA")], dt.date(2024, 1, 1), areas=False
    )
    assert found.come == ("USA",) and found.gone == ()
    assert found.pairs_after - found.pairs_before == 2 * 32


@pytest.mark.slow
def test_every_exit_of_one_and_two() -> None:
    on = dt.date(2020, 6, 1)
    found = list(sweep(TREATY, on, given=FIRST))
    assert len(found) == 34 + 34 * 33 // 2
    by = {tuple(sorted(act.state for act in one.acts)): one for one in found}
    assert by["USA",].passive_after.flights == 183
    assert by["DEU", "FRA"].passive_after.flights == 225 - 24
    # with Benelux's quota goes that of its three, whichever leaves
    assert by["BEL",].passive_after.flights == by["BEL", "NLD"].passive_after.flights == 225 - 6
    alone = compare(TREATY, [Act(on, "exit", "DEU"), Act(on, "exit", "FRA")], on,
                    given=FIRST, areas=False)  # fmt: skip
    assert replace(by["DEU", "FRA"], acts=alone.acts) == alone


@pytest.mark.parametrize(
    ("regime", "on", "why"),
    [("cfe", dt.date(2019, 8, 2), "no observation flights"),
     ("inf", dt.date(2019, 3, 1), "no observation flights")],
)  # fmt: skip
def test_a_treaty_without_flights_is_refused(regime: str, on: dt.date, why: str) -> None:
    with pytest.raises(DataError, match=why):
        compare(load_treaty(regime), [Act(on, "exit", "USA")], on)


def test_a_day_on_which_nobody_is_bound_is_refused() -> None:
    on = dt.date(1995, 1, 1)
    with pytest.raises(DataError):
        compare(TREATY, [Act(on, "suspension", "USA")], on)


def test_parts_of_a_sweep_are_the_sweep() -> None:
    on = dt.date(2020, 6, 1)
    whole = list(sweep(TREATY, on, size=1))
    parts = [list(sweep(TREATY, on, size=1, part=(k, 2))) for k in (0, 1)]
    assert parts == [whole[::2], whole[1::2]] and len(whole) == 34


def test_who_suspends_neither_flies_nor_is_flown_over() -> None:
    """Annex A gives the United States 42; their lines of the first distribution fall away."""
    on = dt.date(2020, 1, 1)
    stays = compare(TREATY, [Act(on, "suspension", "USA")], on, given=FIRST, areas=False)
    assert (stays.passive_before.flights, stays.passive_after.flights) == (225, 183)
    left = compare(TREATY, [Act(on, "exit", "USA")], on, given=FIRST, areas=False)
    assert stays.shared_out is not None and left.shared_out is not None
    assert [o.lost for o in stays.shared_out.observers] == [
        o.lost for o in left.shared_out.observers
    ]
    assert len(stays.after.parties) == 34


def test_the_quota_of_one_that_comes_back_is_said_to_be_unknown() -> None:
    on = dt.date(2027, 1, 1)
    back = compare(TREATY, [Act(on, "return", "USA")], on, areas=False)
    report = exit_report(back, TREATY.state_name)
    assert any("after its return" in line for line in report.unknowns)
