"""What a teacher asks for: by actor, days and kind, and contradictions with all their sides."""

import datetime as dt

import pytest

from overflight.errors import DataError
from overflight.study.chronicle.choice import Choice, chosen
from overflight.terms.chronicle import Record
from overflight.treaty.chronicle import ontology
from overflight.treaty.loader import load_treaty

ALL = [r for name in ("open-skies", "cfe", "inf") for r in load_treaty(name).records]


def found(choice: Choice) -> list[Record]:
    return chosen(ALL, choice, ontology())


def test_each_filter() -> None:
    day = dt.date(2021, 6, 18)
    assert [r.id for r in found(Choice(day, day, "RUS", ("notice-of-withdrawal",)))] == [
        "rus-notice-of-withdrawal-2021-06-18"
    ]
    both = found(Choice(kinds=("law", "decree")))
    assert {r.kind for r in both} == {"law", "decree"}
    assert len(found(Choice())) == len(ALL)


def test_a_contradiction_keeps_all_its_sides_whatever_else_is_asked() -> None:
    sides = found(Choice(actor="USA", kinds=("report",), contradictions=True))
    ids = {r.id for r in sides}
    assert {"sensors-for-one", "edm-sensors-for-both", "edm-boneyard-with-sensors"} <= ids
    told = {(r.regime, r.id) for r in sides}
    for record in sides:
        assert record.contradicts
    for record in found(Choice(contradictions=True)):
        assert all((record.regime, other) in {(r.regime, r.id) for r in ALL}
                   for other in record.contradicts)  # fmt: skip
    assert told


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(dt.date(2021, 1, 2), dt.date(2021, 1, 1)), "lies before"),
        (Choice(actor="XYZ"), "nothing is told"),
        (Choice(kinds=("war",)), "no kind"),
    ],
)
def test_what_there_is_not_is_said(choice: Choice, words: str) -> None:
    with pytest.raises(DataError, match=words):
        found(choice)
