"""The chronicle of the three treaties against the fact sheets, and as the store of the status."""

import datetime as dt

import pytest

from overflight.study.chronicle.documents import both_ways
from overflight.treaty.chronicle import ontology
from overflight.treaty.loader import load_treaty
from overflight.treaty.status import events_in_use, party_status
from overflight.treaty.vocabulary import EVENT_KINDS

NAMES = ("open-skies", "cfe", "inf")
TREATIES = {name: load_treaty(name) for name in NAMES}
RECORDS = [record for treaty in TREATIES.values() for record in treaty.records]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("name", NAMES)
def test_every_act_that_decides_a_status_is_a_record_and_nothing_else_does(name: str) -> None:
    treaty = TREATIES[name]
    acts = [r for r in treaty.records if r.act]
    told = sorted((r.actors[0], r.kind, r.earliest, r.latest) for r in acts)
    assert told == sorted((e.state, e.kind, e.earliest, e.latest) for e in treaty.events)
    assert {r.kind for r in acts} <= set(EVENT_KINDS)
    assert not {r.kind for r in treaty.records if not r.act} & set(EVENT_KINDS)


@pytest.mark.parametrize(
    ("name", "state", "on", "standing"),
    [
        ("open-skies", "USA", "2020-11-21", "party"),
        ("open-skies", "USA", "2020-11-22", "departed"),
        ("open-skies", "RUS", "2021-12-17", "party"),
        ("open-skies", "RUS", "2021-12-18", "departed"),
        ("cfe", "RUS", "2021-05-19", "party"),
        ("cfe", "RUS", "2023-11-07", "departed"),
        ("inf", "USA", "2019-08-02", "departed"),
    ],
)
def test_status_is_computed_from_the_records(name: str, state: str, on: str, standing: str) -> None:
    """The days of the fact sheets, by the same computation that every command uses."""
    treaty = TREATIES[name]
    view = treaty.on(day(on))
    row = next(s for s in treaty.states if s.code == state)
    events = events_in_use(treaty.events, day(on), view.readings)
    found = party_status(treaty, row, day(on), events, view.entry_into_force)
    assert found.standing == view.status(state).standing == standing


def test_ids_are_unique_and_contradictions_are_kept_side_by_side() -> None:
    for name, treaty in TREATIES.items():
        ids = [r.id for r in treaty.records]
        assert len(ids) == len(set(ids)), name
        for record in treaty.records:
            assert set(record.contradicts) <= set(ids), record.id
    both = [r for r in TREATIES["inf"].records if r.id.startswith("first-soviet-elimination")]
    assert {r.place for r in both} == {"Kapustin Yar", "Saryozek"}  # fact sheet, section 2
    finland = [r for r in TREATIES["open-skies"].records
               if r.actors == ("FIN",) and r.kind == "accession"]  # fmt: skip
    assert {r.date for r in finland} == {day("2002-12-12"), day("2002-12-13")}


def test_every_record_has_a_source_or_says_that_its_publication_is_unknown() -> None:
    assert all(r.citations for r in RECORDS)
    unknown = [r for r in RECORDS if r.publication == "unknown"]
    assert len(unknown) >= 4, "the article names authors and days without a publication"
    assert all(r.reported for r in unknown)
    assert all("Eurasia Daily Monitor" in str(r.citations[0]) for r in unknown)


def test_the_span_and_the_ontology() -> None:
    assert min(r.earliest for r in RECORDS).year == 1987
    assert max(r.latest for r in RECORDS).year == 2023
    codes = ontology()
    assert {r.kind for r in RECORDS} <= set(codes)
    # the PLOVER manual's own examples: signing is SUPPORT, leaving a group SANCTION withdraw
    assert (codes["signature"].type, codes["withdrawal"].mode) == ("SUPPORT", "withdraw")
    assert codes["elimination"].type == "RETREAT" and codes["elimination"].direction == 1
    assert len({code.type for code in codes.values()}) <= 16
    assert set(EVENT_KINDS) <= {code.kind for code in codes.values() if code.extension}


def test_a_contradiction_is_named_by_both() -> None:
    found = {r.id: r for r in both_ways(load_treaty("cfe").records)}
    assert "edm-abandoned" in found["edm-still-exists"].contradicts
    assert "edm-still-exists" in found["edm-abandoned"].contradicts
