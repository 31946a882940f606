"""Ways back: days from the paragraphs, aircraft and precedents from the data."""

import datetime as dt
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.formats.cost_inputs import read_costs
from overflight.study.membership.case import claims_by_verdict, read_case
from overflight.study.membership.returning import borrowing, depends_on, way_back
from overflight.treaty.loader import load_treaty

TREATY = load_treaty("open-skies")
WANTED = dt.date(2024, 1, 1)
EXAMPLES = Path(__file__).parents[3] / "examples" / "studies"
TREATIES = {name: load_treaty(name) for name in ("open-skies", "cfe", "inf")}


def test_the_days_that_the_treaty_gives() -> None:
    found = way_back(TREATY, "USA", WANTED)
    ways = {way.way.id: way for way in found.ways}
    assert ways["accession"].known_days == 60  # XVII.6
    waiting = next(s for s in ways["accession"].steps if s.step.id == "waiting")
    assert waiting.latest == WANTED - dt.timedelta(days=60)
    assert "decision" in ways["accession"].unknown
    assert ways["own-aircraft"].known_days == 30 + 60 + 7  # V.2, Ann.D.I.3
    assert (found.standing, found.left) == ("departed", dt.date(2020, 11, 22))
    assert found.parties_to_agree == 32


def test_aircraft_of_others_that_are_certified_on_the_day() -> None:
    found = way_back(TREATY, "USA", WANTED)
    assert "saab-340b" in {a.aircraft for a in found.lenders}
    assert "oc-135b" not in {a.aircraft for a in found.lenders}
    assert "tu-214on" not in {a.aircraft for a in found.lenders}, "its State has left"
    flown = {to for a in found.lenders for _, to, _ in a.precedents}
    assert {"NOR", "FIN", "DEU"} <= flown


def test_a_party_does_not_come_back() -> None:
    with pytest.raises(DataError, match="is a State Party"):
        way_back(TREATY, "DEU", WANTED)
    with pytest.raises(DataError, match="states no ways"):
        way_back(load_treaty("cfe"), "RUS", WANTED)


def test_dependence_on_owners() -> None:
    view = TREATY.on(WANTED)
    borrows = borrowing(view, ["DEU", "NOR"], {"SWE": frozenset({"NOR"})})
    assert borrows["NOR"] == {"SWE"}
    assert borrows["DEU"] == {"DEU"}
    found, stranded = depends_on({"DEU": 4, "NOR": 3, "ISL": 2}, borrows)
    assert {d.player: d.exact for d in found} == {"DEU": 4, "SWE": 3}
    assert stranded == 2


def test_costs_have_sources(tmp_path: Path) -> None:
    costs = read_costs(EXAMPLES / "costs.toml")
    assert all(cost.source for cost in costs)
    file = tmp_path / "costs.toml"
    for text, words in (
        ('[[cost]]\nname = "hire"\nlow = 1\ncurrency = "EUR"', "no source"),
        ('[[cost]]\nname = "x"\nlow = 5\nhigh = 2\ncurrency = "EUR"\nsource = "s"', "not between"),
        ('[[cost]]\nname = "x"\nlow = "5"\ncurrency = "EUR"\nsource = "s"', "not numbers"),
        ("x = 1", "no \\[\\[cost\\]\\]"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=words):
            read_costs(file)


def test_the_case_of_the_withdrawals() -> None:
    found = read_case(EXAMPLES / "withdrawals-2020-2021.toml", TREATIES)
    assert not found.wrong
    assert len([c for c in found.claims if c.holds]) == 9
    assert claims_by_verdict(found.claims)["opinion"] == 2
    clocks = {c.state: c for c in found.clocks}
    # fact sheet 1.3: notices, and the windows of XV.3
    assert clocks["USA"].notice == dt.date(2020, 5, 22) and clocks["USA"].given
    assert clocks["USA"].conference == (dt.date(2020, 6, 21), dt.date(2020, 7, 21))
    assert clocks["RUS"].conference == (dt.date(2021, 7, 18), dt.date(2021, 8, 17))


def test_a_claim_that_the_data_do_not_bear_out(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(
        '[case]\ntreaty = "open-skies"\non = 2021-12-18\nacts = ["exit:RUS:2021-12-18"]\n'
        '[[claim]]\ntext = "33 remain."\nverdict = "agrees"\n'
        'check = { treaty = "open-skies", on = 2021-12-18, ask = "parties", equals = 33 }\n',
        encoding="utf-8",
    )
    found = read_case(file, TREATIES)
    assert [claim.number for claim in found.wrong] == [1]
    file.write_text('[case]\ntreaty = "nowhere"\non = 2021-12-18\n', encoding="utf-8")
    with pytest.raises(DataError, match="names no treaty"):
        read_case(file, TREATIES)
