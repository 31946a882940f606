"""Values, quotas, groups, airfields and sensors in a view of the made-up regime."""

from __future__ import annotations

import datetime as dt

import pytest

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.treaty.model import Treaty


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --- values


def test_a_value_before_and_after_its_change(deposits: Treaty) -> None:
    assert deposits.on(day("2004-12-31")).value("stand-off").value == 10
    after = deposits.on(day("2005-01-01")).value("stand-off")
    assert (after.value, after.unit) == (8, "km")
    assert after.cite == "The gazette, 12"


def test_an_unknown_value_says_so(deposits: Treaty) -> None:
    with pytest.raises(UnknownValueError) as caught:
        deposits.on(day("2004-01-01")).value("height-over-capital")
    assert "Said to exist." in caught.value.message
    assert caught.value.exit_code == 3


def test_a_value_before_the_regime(deposits: Treaty) -> None:
    with pytest.raises(NotInForceError):
        deposits.on(day("2000-05-13")).value("stand-off")


def test_a_key_that_does_not_exist_names_the_nearest(deposits: Treaty) -> None:
    with pytest.raises(DataError) as caught:
        deposits.on(day("2004-01-01")).value("standoff")
    assert "'stand-off'" in caught.value.remedy


def test_a_reading_decides_a_value(deposits: Treaty) -> None:
    on = day("2004-01-01")
    assert deposits.on(on).value("limit").value == 100
    chosen = deposits.on(on, {"eta": "second"}).value("limit")
    assert chosen.value == 50
    assert chosen.reading == "eta=second"
    assert [other.value for other in chosen.alternatives] == [100]
    # before the reading's own row begins, the plain row holds under both
    assert deposits.on(day("2002-01-01"), {"eta": "second"}).value("limit").value == 100


# --- the view itself


def test_a_view_needs_a_date(deposits: Treaty) -> None:
    for wrong in ("2004-01-01", dt.datetime(2004, 1, 1, tzinfo=dt.UTC), None):
        with pytest.raises(DataError, match="not a date"):
            deposits.on(wrong)  # type: ignore[arg-type]


def test_readings_are_checked(deposits: Treaty) -> None:
    with pytest.raises(DataError, match="no reading named 'etta'") as caught:
        deposits.on(day("2004-01-01"), {"etta": "first"})
    assert "'eta'" in caught.value.remedy
    with pytest.raises(DataError, match="no option 'third'") as caught:
        deposits.on(day("2004-01-01"), {"eta": "third"})
    assert "first, second" in caught.value.remedy


def test_the_same_question_gives_the_same_view(deposits: Treaty) -> None:
    on = day("2004-01-01")
    assert deposits.on(on) is deposits.on(on, {"eta": "first"})
    assert deposits.on(on) is not deposits.on(on, {"eta": "second"})


def test_a_view_cannot_be_changed(deposits: Treaty) -> None:
    view = deposits.on(day("2004-01-01"))
    with pytest.raises(AttributeError):
        view.on = day("2005-01-01")  # type: ignore[misc]
    with pytest.raises(TypeError):
        view.readings["eta"] = "second"  # type: ignore[index]
    with pytest.raises(TypeError):
        view.statuses["XAA"] = None  # type: ignore[index]


# --- groups and quotas


def test_a_common_quota_group_holds_for_its_members(deposits: Treaty) -> None:
    view = deposits.on(day("2004-01-01"))
    assert view.holder_of("XBB") == view.holder_of("XCC") == "XGR"
    assert view.members("XGR") == ("XBB", "XCC")
    assert view.passive_quota("XBB").value == view.passive_quota("XGR").value == 10


def test_members_of_the_other_kind_of_group_hold_for_themselves(deposits: Treaty) -> None:
    view = deposits.on(day("2004-01-01"))
    assert view.holder_of("XAA") == "XAA"
    assert view.passive_quota("XAA").value == 4


def test_nobody_knows_what_became_of_the_group(deposits: Treaty) -> None:
    view = deposits.on(day("2005-10-01"))
    with pytest.raises(UnknownValueError, match="Nobody said"):
        view.holder_of("XCC")
    with pytest.raises(NotInForceError, match="2005-12-31"):
        deposits.on(day("2006-01-01")).members("XGR")


def test_a_quota_that_no_row_gives(deposits: Treaty) -> None:
    with pytest.raises(UnknownValueError):
        deposits.on(day("2004-01-01")).passive_quota("XEE")
    with pytest.raises(DataError):
        deposits.on(day("2004-01-01")).passive_quota("XZZ")


def test_active_quotas_go_from_holder_to_holder(deposits: Treaty) -> None:
    view = deposits.on(day("2001-06-01"))
    assert view.active_quota("XAA", "XGR").value == 3
    assert view.active_quota("XAA", "XCC").value == 3
    assert view.shared_quota("XAA", "XCC") == (("XEE",), 1)
    with pytest.raises(UnknownValueError, match="Not published"):
        deposits.on(day("2002-01-01")).active_quota("XAA", "XCC")


# --- airfields


@pytest.mark.parametrize("name", ["alpha-one", "XXAA", "xxaa", "Alpha One", " alpha one "])
def test_an_airfield_by_any_of_its_names(deposits: Treaty, name: str) -> None:
    assert deposits.on(day("2004-01-01")).airfield(name).id == "alpha-one"


def test_an_airfield_that_is_not_one(deposits: Treaty) -> None:
    view = deposits.on(day("2004-01-01"))
    with pytest.raises(DataError) as caught:
        view.airfield("Alpha Onne")
    assert "'Alpha One'" in caught.value.remedy
    with pytest.raises(DataError, match="of XCC"):
        view.airfield("alpha-one", holder="XCC")


def test_airfields_of_a_group_are_its_members(deposits: Treaty) -> None:
    view = deposits.on(day("2003-01-01"))
    ids = [airfield.id for airfield in view.airfields("XCC")]
    assert ids == ["beta-one", "gamma-one"]
    assert [a.id for a in view.airfields("XGR", role="refuelling")] == ["gamma-one"]
    assert [a.id for a in view.airfields("XGR", role="open-skies-airfield")] == ["beta-one"]


def test_a_role_can_end(deposits: Treaty) -> None:
    assert deposits.on(day("2003-12-31")).airfields("XGR", role="open-skies-airfield")
    assert not deposits.on(day("2004-01-01")).airfields("XGR", role="open-skies-airfield")


def test_maximum_flight_distance_and_its_conditions(deposits: Treaty) -> None:
    view = deposits.on(day("2004-01-01"))
    assert view.maximum_flight_distance("XXAA").value == 900
    assert view.maximum_flight_distance("XXAA", "with the Isles").value == 1200
    only = view.maximum_flight_distance("beta-one")
    assert (only.value, only.condition) == (700, "Northern part")
    with pytest.raises(DataError, match="with the Moon"):
        view.maximum_flight_distance("XXAA", "with the Moon")
    with pytest.raises(UnknownValueError, match="Gamma One"):
        view.maximum_flight_distance("gamma-one")


# --- sensors


def test_a_category_has_the_limit_of_the_day(deposits: Treaty) -> None:
    early, late = deposits.on(day("2005-12-31")), deposits.on(day("2006-01-01"))
    assert early.category_limit("camera", "resolution_limit").value == 0.3
    assert late.category_limit("camera", "resolution_limit").value == 0.2
    assert [v.value for v in late.sensor_category("camera").limits["resolution_limit"]] == [0.2]
    assert deposits.on(day("1999-01-01")).sensor_category("camera").limits == {}
    with pytest.raises(DataError, match="'kamera'") as caught:
        late.sensor_category("kamera")
    assert "'camera'" in caught.value.remedy
    with pytest.raises(DataError):
        late.category_limit("camera", "swath_limit")
