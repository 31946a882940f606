"""What-ifs on who is a party, against days that the treaties and the depositary give."""

import datetime as dt

import pytest

from overflight.errors import DataError
from overflight.study.membership.acts import Act, baseline, notice_day, read_act, with_acts
from overflight.treaty.loader import load_treaty

OPEN_SKIES = load_treaty("open-skies")
CFE = load_treaty("cfe")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("treaty", "effective", "notice"),
    [
        # Verdragenbank: notices of 22 May 2020 and 18 June 2021; six months (XV.2)
        (OPEN_SKIES, "2020-11-22", "2020-05-22"),
        (OPEN_SKIES, "2021-12-18", "2021-06-18"),
        # August has 31 days and February 28
        (OPEN_SKIES, "2021-08-31", "2021-02-28"),
        # CFE XIX.2: 150 days; effective 2023-11-07, notice by 2023-06-10 (fact sheet 1.5)
        (CFE, "2023-11-07", "2023-06-10"),
    ],
)
def test_the_last_day_for_a_notice(treaty, effective, notice) -> None:  # type: ignore[no-untyped-def]
    assert notice_day(treaty.withdrawal, day(effective)) == day(notice)


def test_an_exit_takes_effect_on_its_day_and_not_before() -> None:
    act = Act(day("2010-03-01"), "exit", "DEU")
    left = with_acts(OPEN_SKIES, [act])
    assert left.on(day("2010-02-28")).status("DEU").standing == "party"
    assert left.on(day("2010-03-01")).status("DEU").standing == "departed"
    assert OPEN_SKIES.on(day("2010-03-01")).status("DEU").standing == "party", "baseline changed"


def test_as_if_they_had_stayed() -> None:
    acts = [Act(day("2022-01-01"), "exit", "RUS")]
    stayed = baseline(OPEN_SKIES, acts)
    view = stayed.on(day("2021-12-31"))
    assert view.status("RUS").standing == "party"
    assert view.status("USA").standing == "departed", "only those of the what-if stay"
    assert view.holder_of("RUS") == "RUBY"
    assert view.passive_quota("RUBY").value == 42


def test_a_group_ends_with_the_exit_of_a_member() -> None:
    view = with_acts(OPEN_SKIES, [Act(day("2015-01-01"), "exit", "BLR")]).on(day("2015-01-01"))
    assert view.holder_of("RUS") == "RUS"
    assert not [g for g in view.groups if g.code == "RUBY"]


def test_a_return_waits_sixty_days_from_a_deposit() -> None:
    back = with_acts(OPEN_SKIES, [Act(day("2024-03-01"), "return", "USA")])
    assert back.on(day("2024-02-29")).status("USA").standing != "party"
    status = back.on(day("2024-03-01")).status("USA")
    assert status.standing == "party"
    deposit = status.last("accession")
    assert deposit is not None and deposit.date == day("2024-01-01")  # XVII.6: 60 days


def test_a_suspended_party_is_a_party_that_does_not_act() -> None:
    view = with_acts(OPEN_SKIES, [Act(day("2019-05-01"), "suspension", "TUR")]).on(
        day("2019-06-01")
    )
    assert view.status("TUR").standing == "party"
    assert view.status("TUR").suspended is not None


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("leave:USA:2020-11-22", "is not an act"),
        ("exit:USA", "is not a date"),
        ("exit::2020-11-22", "is not an act"),
        ("exit:USA:22.11.2020", "is not a date"),
    ],
)
def test_acts_that_cannot_be_read(act: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_act(act)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("exit:RUBY:2020-11-22", "only States act"),
        ("exit:RUX:2020-11-22", "is not a State"),
        ("exit:KGZ:2020-11-22", "cannot leave"),
        ("return:DEU:2020-11-22", "cannot come back"),
        ("return:KGZ:2020-11-22", "never was"),
    ],
)
def test_acts_that_cannot_be(act: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        with_acts(OPEN_SKIES, [read_act(act)])
    assert caught.value.remedy
