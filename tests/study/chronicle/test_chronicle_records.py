"""The chronicle of the three treaties against the fact sheets, and as the store of the status."""

import datetime as dt
from dataclasses import replace

import pytest

from overflight.study.chronicle.documents import both_ways
from overflight.treaty.chronicle import acts_of, ontology
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


@pytest.mark.parametrize("name", NAMES)
def test_the_status_from_the_chronicle_is_that_of_the_treaty_on_every_day_of_change(
    name: str,
) -> None:
    """Every State, the day before, the day of, and the days after each thing that decides."""
    treaty = TREATIES[name]
    told = replace(treaty, events=acts_of(treaty.records))
    marks = {d for e in treaty.events for d in (e.earliest, e.latest, e.effective) if d}
    force = treaty.on(day("2024-01-01")).entry_into_force
    marks |= {d for d in (force.date,) if d}
    days = {m + dt.timedelta(n) for m in marks for n in (-1, 0, 1, 10, 11, 59, 60, 61, 150)}
    seen = set()
    for on in sorted(days):
        ours, theirs = told.on(on), treaty.on(on)
        for state in treaty.states:
            found, wanted = ours.status(state.code), theirs.status(state.code)
            assert (found.standing, found.since_between) == (wanted.standing, wanted.since_between)
            assert (found.since, found.left) == (wanted.since, wanted.left), (on, state.code)
            assert (found.suspended is None) == (wanted.suspended is None), (on, state.code)
            seen.add(found.standing)
    assert {"party", "departed"} <= seen
    # it can fail: a chronicle that lost the exits tells another status
    lost = [r for r in treaty.records if r.kind not in ("notice-of-withdrawal", "withdrawal")]
    other = replace(treaty, events=acts_of(lost))
    last = max(days)
    assert any(
        other.on(last).status(s.code).standing != treaty.on(last).status(s.code).standing
        for s in treaty.states
    )


@pytest.mark.parametrize(
    ("name", "ident", "first", "last"),
    [
        # fact sheet of the Treaty on Open Skies, sections 6.3, 9.2, 9.3, 10; of the others 1.5, 2
        ("open-skies", "tu-214on-phase-one", "2018-05-21", "2018-05-29"),
        ("open-skies", "tu-214on-certification", "2018-09-02", "2018-09-11"),
        ("open-skies", "oc-135b-672-retired", "2021-05-01", "2021-05-31"),
        ("open-skies", "oc-135b-last-flight", "2021-05-10", "2021-05-10"),
        ("open-skies", "oc-135b-670-stored", "2021-06-09", "2021-06-09"),
        ("open-skies", "decision-16", "1994-10-12", "1994-10-12"),
        ("open-skies", "format-1", "1992-12-10", "1992-12-10"),
        ("open-skies", "conference-due-2020", "2020-06-21", "2020-07-21"),
        ("open-skies", "conference-due-2021", "2021-07-18", "2021-08-17"),
        ("cfe", "jcg-absence-announced", "2015-03-10", "2015-03-10"),
        ("cfe", "denunciation-in-force", "2023-06-09", "2023-06-09"),
        ("inf", "ss-20-eliminated", "1991-05-01", "1991-05-31"),
    ],
)
def test_facts_of_the_sheets_are_there(name: str, ident: str, first: str, last: str) -> None:
    record = next(r for r in TREATIES[name].records if r.id == ident)
    assert (record.earliest, record.latest) == (day(first), day(last))


def test_the_article_speaks_in_its_own_voice_and_the_commission_signs_nothing() -> None:
    own = [r for r in RECORDS if r.actors == ("EDM",)]
    assert len(own) >= 15 and all(r.kind == "statement" for r in own)
    assert all(ontology()[r.kind].direction == 0 for r in own), "an article is no act of States"
    unchecked = {r.id for r in own if r.reported}
    assert {"edm-after-election", "edm-no-money", "edm-congress"} <= unchecked
    assert not any("JCG" in r.actors for r in RECORDS)
