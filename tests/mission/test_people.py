"""People: review of 30 days, 400 names, amendments each six months, visas, deletion on a day.

Terms: Treaty on Open Skies, Article XIII, Section I. In force since 2002-01-01.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from overflight.errors import DataError
from overflight.formats.people_json import notified, read_register, register_to_dict
from overflight.mission.people.register import (
    added,
    changed,
    find,
    fit_for,
    objected,
    purged,
    removed,
    sent,
    standing,
)
from overflight.terms.findings import Verdict
from overflight.terms.people import Objection, Person, Register, Visa
from overflight.treaty.loader import load_treaty

LISTED = dt.date(2021, 1, 1)
ANNA = Person(
    "anna", "Anna Beispiel", "female", dt.date(1980, 2, 3), "Bonn", "C01X00T47", "DEU",
    "sensor operator", dt.date(2024, 1, 1), ("English", "Russian"), LISTED,
)  # fmt: skip
REGISTER = Register("DEU", "open-skies", (ANNA,), (LISTED,))
VIEW = load_treaty("open-skies").on(dt.date(2021, 5, 19))


def day(days: int) -> dt.date:
    return LISTED + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "word"),
    [(-1, "not listed"), (0, "under review"), (30, "under review"), (31, "accepted")],
)
def test_thirty_days_to_object(days: int, word: str) -> None:
    where = standing(ANNA, "RUS", day(days), VIEW)
    assert where.standing == word
    assert "XIII.I.2" in where.cite


def test_one_party_objects_and_others_do_not() -> None:
    after = objected(REGISTER, "anna", "RUS", day(20))
    anna = find(after, "anna")
    assert standing(anna, "RUS", day(20), VIEW).standing == "not accepted"
    assert standing(anna, "RUS", day(19), VIEW).standing == "under review"
    assert standing(anna, "UKR", day(40), VIEW).standing == "accepted"
    with pytest.raises(DataError, match="already"):
        objected(after, "anna", "RUS", day(21))


def test_an_objection_may_come_after_the_review() -> None:
    anna = replace(ANNA, objections=(Objection("RUS", day(200)),))
    assert standing(anna, "RUS", day(199), VIEW).standing == "accepted"
    assert standing(anna, "RUS", day(200), VIEW).standing == "not accepted"


def test_a_visa_is_owed_within_thirty_days_of_acceptance() -> None:
    assert standing(ANNA, "RUS", day(40), VIEW).visa_due == day(31 + 30)
    visa = Visa("RUS", day(35), day(800))
    where = standing(replace(ANNA, visas=(visa,)), "RUS", day(40), VIEW)
    assert (where.visa, where.visa_due) == (visa, None)
    assert standing(replace(ANNA, visas=(visa,)), "RUS", day(801), VIEW).visa is None


def test_only_who_was_accepted_is_sent() -> None:
    assert fit_for([ANNA], "RUS", day(31), VIEW)[0].verdict is Verdict.COMPLIANT
    assert fit_for([ANNA], "RUS", day(30), VIEW)[0].verdict is Verdict.BREACH


@pytest.mark.parametrize(("count", "verdict"), [(400, Verdict.COMPLIANT), (401, Verdict.BREACH)])
def test_four_hundred_names(count: int, verdict: Verdict) -> None:
    people = tuple(replace(ANNA, id=str(i)) for i in range(count))
    _, findings = sent(replace(REGISTER, people=people, amended=()), day(1), VIEW)
    assert findings[0].verdict is verdict
    assert "XIII.I.1" in findings[0].cite


@pytest.mark.parametrize(
    ("on", "verdict"),
    [(dt.date(2021, 6, 30), Verdict.BREACH), (dt.date(2021, 7, 1), Verdict.COMPLIANT)],
)
def test_a_list_is_amended_every_six_months(on: dt.date, verdict: Verdict) -> None:
    bert = replace(ANNA, id="bert", listed=None)
    after, findings = sent(added(REGISTER, bert), on, VIEW)
    assert findings[1].verdict is verdict
    assert find(after, "bert").listed == on
    assert find(after, "anna").listed == LISTED


def test_in_the_first_thirty_days_of_the_treaty_a_list_may_be_amended_freely() -> None:
    first = replace(REGISTER, amended=(dt.date(2002, 1, 1),))
    view = load_treaty("open-skies").on(dt.date(2002, 1, 20))
    assert sent(first, dt.date(2002, 1, 31), view)[1][1].verdict is Verdict.COMPLIANT
    assert sent(first, dt.date(2002, 2, 1), view)[1][1].verdict is Verdict.BREACH


def test_data_end_on_their_day() -> None:
    assert purged(REGISTER, dt.date(2023, 12, 31))[1] == ()
    after, gone = purged(REGISTER, dt.date(2024, 1, 1))
    assert (after.people, gone) == ((), ("anna",))


def test_a_notification_says_what_its_paragraph_asks_for_and_no_more() -> None:
    assert notified(ANNA) == {
        "name": "Anna Beispiel", "gender": "female", "date_of_birth": "1980-02-03",
        "place_of_birth": "Bonn", "passport_number": "C01X00T47", "passport_issuer": "DEU",
        "function": "sensor operator",
    }  # fmt: skip


def test_the_register_comes_back_as_it_was() -> None:
    anna = replace(
        ANNA, visas=(Visa("RUS", day(1), day(9)),), objections=(Objection("UKR", day(2)),)
    )
    register = changed(REGISTER, anna)
    assert read_register(json.dumps(register_to_dict(register)).encode()) == register
    assert removed(register, "anna").people == ()


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("date_of_birth", "1980-02-30", "/people/0/date_of_birth"),
        ("delete_on", None, "/people/0/delete_on"),
        ("name", "", "/people/0/name"),
    ],
)
def test_a_malformed_register_is_refused(field: str, value: object, where: str) -> None:
    document = register_to_dict(REGISTER)
    document["people"][0][field] = value
    with pytest.raises(DataError) as caught:
        read_register(json.dumps(document).encode())
    assert where in str(caught.value)


def test_two_people_with_one_id_are_refused() -> None:
    document = register_to_dict(replace(REGISTER, people=(ANNA, ANNA)))
    with pytest.raises(DataError, match="two people"):
        read_register(json.dumps(document).encode())
    with pytest.raises(DataError, match="already"):
        added(REGISTER, ANNA)
    with pytest.raises(DataError, match="no person"):
        find(REGISTER, "nobody")
