"""A private folder laid over the made-up regime."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from overflight.errors import DataError, UnknownValueError
from overflight.terms.citations import SourceKind
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.validate import validate

FIXTURES = Path(__file__).parent / "fixtures"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_it_gives_what_is_publicly_unknown_while_it_holds(
    deposits: Treaty, overlaid: Treaty
) -> None:
    value = overlaid.on(day("2004-01-01")).value("height-over-capital")
    assert value.value == 4242
    assert value.private is True
    for outside in ("2000-06-01", "2009-01-01"):
        with pytest.raises(UnknownValueError):
            overlaid.on(day(outside)).value("height-over-capital")
    with pytest.raises(UnknownValueError):
        deposits.on(day("2004-01-01")).value("height-over-capital")


def test_it_holds_against_every_public_reading(overlaid: Treaty) -> None:
    for option in ("first", "second"):
        view = overlaid.on(day("2004-06-01"), {"eta": option})
        assert view.value("limit").value == 77
    assert overlaid.on(day("2005-01-01"), {"eta": "second"}).value("limit").value == 50
    assert overlaid.on(day("2003-12-31"), {"eta": "second"}).value("limit").value == 50
    assert overlaid.on(day("2005-01-01")).value("limit").value == 100


def test_what_it_cites_is_private_whatever_it_calls_itself(overlaid: Treaty) -> None:
    view = overlaid.on(day("2004-06-01"))
    # annex-q calls itself official, "text" is public, and "limit" names no source at all
    for key in ("height-over-capital", "only-here", "limit"):
        value = view.value(key)
        assert value.private
        assert value.citations
        assert {c.source.kind for c in value.citations} == {SourceKind.PRIVATE}
    assert overlaid.sources["annex-q"].kind is SourceKind.PRIVATE
    assert overlaid.sources["text"].kind is SourceKind.TEXT


def test_public_values_stay_public(overlaid: Treaty) -> None:
    value = overlaid.on(day("2004-06-01")).value("stand-off")
    assert not value.private
    assert not any(citation.private for citation in value.citations)


def test_it_says_that_it_was_used(deposits: Treaty, overlaid: Treaty) -> None:
    assert overlaid.overlay_used is True
    assert deposits.overlay_used is False


def test_a_distance_for_an_airfield_that_is_public(overlaid: Treaty) -> None:
    view = overlaid.on(day("2004-01-01"))
    distance = view.maximum_flight_distance("alpha-one")
    assert (distance.value, distance.private) == (950, True)
    assert view.maximum_flight_distance("alpha-one", "with the Isles").value == 1200
    assert overlaid.on(day("2003-12-31")).maximum_flight_distance("alpha-one").value == 900
    airfield = view.airfield("alpha-one")
    assert (airfield.name, airfield.private) == ("Alpha One", False)
    assert view.airfield("alpha-two").private is True


def test_a_day_that_is_publicly_unknown(overlaid: Treaty) -> None:
    status = overlaid.on(day("2001-02-20")).status("XFF")
    assert status.since == day("2001-02-19")  # 2001-01-20 + 30 days
    assert status.standing == "party"
    assert any(citation.private for citation in status.citations)


def test_a_quota_for_one_year(overlaid: Treaty) -> None:
    quotas = {on: overlaid.on(day(on)).passive_quota("XAA") for on in ("2003-12-31", "2004-06-01")}
    assert {on: q.value for on, q in quotas.items()} == {"2003-12-31": 4, "2004-06-01": 5}
    assert quotas["2004-06-01"].private and not quotas["2003-12-31"].private
    assert overlaid.on(day("2005-01-01")).passive_quota("XAA").value == 4


def test_it_does_not_bear_on_entry_into_force(overlaid: Treaty) -> None:
    assert overlaid.on(day("2001-01-01")).in_force_since == day("2000-05-14")


def test_the_public_treaty_is_the_same_afterwards(deposits: Treaty, overlaid: Treaty) -> None:
    assert load_treaty(FIXTURES / "deposits") is deposits
    assert overlaid is not deposits
    assert all(not value.private for value in deposits.values)


def test_an_overlay_is_held_to_the_format(tmp_path: Path) -> None:
    file = tmp_path / "values.toml"
    file.write_text(
        '[[value]]\nid = "stand-off"\nvaleu = 9\nfrom = 2004-01-01\nuntil = "open"\n'
        'status = "decided"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        load_treaty(FIXTURES / "deposits", tmp_path)
    assert caught.value.file is not None and caught.value.file.endswith("values.toml")
    problems = validate(FIXTURES / "deposits", tmp_path)
    assert {problem.line for problem in problems} == {1, 3}
    assert any("'value'" in problem.remedy for problem in problems)


def test_an_airfield_that_an_overlay_adds_must_be_complete(tmp_path: Path) -> None:
    file = tmp_path / "airfields.toml"
    file.write_text('[[airfield]]\nid = "new-one"\n', encoding="utf-8")
    messages = " ".join(p.message for p in validate(FIXTURES / "deposits", tmp_path))
    assert "'holder' is missing" in messages


@pytest.mark.parametrize("make", ["nothing", "empty", "file"])
def test_an_overlay_that_is_none(tmp_path: Path, make: str) -> None:
    overlay = tmp_path / "overlay"
    if make == "empty":
        overlay.mkdir()
    elif make == "file":
        overlay.write_text("", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_treaty(FIXTURES / "deposits", overlay)
    assert caught.value.remedy
