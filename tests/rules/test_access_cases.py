"""Who may have what: cases answered by hand (tests/cases/access.toml); rows that are malformed."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.rules.access import decide, decide_all
from overflight.rules.access_rows import access_rows
from overflight.terms.access import COMMISSION, LEVELS, STATE, Answer, Asker, Flight
from overflight.treaty.loader import available_treaties, load_treaty
from overflight.treaty.model import Right, Treaty

D = dt.date
FILE = Path(__file__).parents[1] / "cases" / "access.toml"
EXAMPLE = Path(__file__).parents[2] / "examples" / "two-neighbours"
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
FLIGHTS = {
    "A": Flight("DEU", "RUBY", D(2019, 5, 1)), "B": Flight("RUBY", "USA", D(2010, 6, 1)),
    "C": Flight("BNX", "UKR", D(2003, 1, 1)), "D": Flight("USA", "RUBY", D(2019, 5, 1)),
    "S": Flight("DEU", "UKR", D(2002, 7, 1)),
}  # fmt: skip
OPEN_SKIES = load_treaty("open-skies")


@pytest.mark.parametrize("case", CASES, ids=[case["why"][:60] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    counted = case.get("counted", True)
    flight = replace(
        FLIGHTS[case["flight"]], kind=case.get("kind", "quota"),
        counted=None if counted == "unknown" else counted,
        otherwise_agreed=case.get("otherwise"),
    )  # fmt: skip
    sort = COMMISSION if case["asker"] == "commission" else STATE
    asker = Asker(case["asker"], sort, case.get("delivered", False), case.get("purpose", "treaty"))
    view = OPEN_SKIES.on(case["on"], case.get("readings", {}))
    found = decide_all(view, flight, asker, case["keeper"])
    said = "".join(
        "p" if d.allowed and d.extent == "delivered" else str(d.answer)[0] for d in found.values()
    )
    assert said == case["answers"]
    for level, decision in found.items():
        assert decision.level == level and decision.message
        assert decision.cite or decision.answer is Answer.DENIED


def test_a_decision_says_paragraph_reading_and_condition() -> None:
    view = OPEN_SKIES.on(D(2019, 6, 1))
    found = decide(view, FLIGHTS["A"], Asker("EST", delivered=True), "DEU", "open")
    assert "IX.IV.1" in found.cite
    assert "EST" in found.message
    assert any("IX.I.4" in condition for condition in found.conditions)
    assert any("first generation" in condition for condition in found.conditions)
    assert found.readings["not-stated"] == "as-the-rule-is"
    document = found.as_dict()
    assert document["answer"] == "allowed" and document["extent"] == "delivered"


def test_what_would_have_to_be_known_is_named() -> None:
    view = OPEN_SKIES.on(D(2019, 6, 1), {"not-stated": "must-be-stated"})
    found = decide(view, FLIGHTS["A"], Asker("DEU"), "DEU", "open")
    assert found.answer is Answer.UNDETERMINED
    assert found.needs == (
        "of which kind the flight was", "whether it was counted against both quotas",
    )  # fmt: skip


def test_a_group_may_what_each_of_its_members_may() -> None:
    """After 2021-12-18 the group of Belarus and Russia is no Party; Belarus still is one."""
    view = OPEN_SKIES.on(D(2022, 1, 1))
    assert decide(view, FLIGHTS["A"], Asker("BLR"), "DEU", "open").allowed
    together = decide(view, FLIGHTS["A"], Asker("RUBY"), "DEU", "open")
    assert together.answer is Answer.DENIED
    assert together.message.startswith("RUS, a member of RUBY: ")


@pytest.mark.parametrize("level", LEVELS)
def test_a_regime_that_says_nothing_gives_nothing(level: str) -> None:
    treaty = load_treaty("cfe")
    state = treaty.states[0].code
    other = treaty.states[1].code
    flight = Flight(state, other, D(2000, 1, 1), "quota", True)
    found = decide(treaty.on(D(2000, 6, 1)), flight, Asker(state), state, level)
    assert found.answer is Answer.DENIED
    assert "what is not given is denied" in found.message


@pytest.mark.parametrize("name", available_treaties())
def test_the_rows_of_every_regime_are_sound(name: str) -> None:
    for row in access_rows(load_treaty(name)):
        assert row.citations and row.sentence


def with_right(**details: Any) -> Treaty:
    row = Right("x", "case", "who", "what", MappingProxyType(details), ())
    return replace(OPEN_SKIES, rights=(row,))


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"answer": "maybe"}, "'maybe'"),
        ({"answer": "allowed", "levels": ["see"]}, "'see'"),
        ({"answer": "allowed", "levels": "open"}, "no list"),
        ({"answer": "allowed", "when": {"moon": ["full"]}}, "'moon'"),
        ({"answer": "allowed", "when": {"role": ["spy"]}}, "'spy'"),
        ({"answer": "allowed", "when": {"role": "observing"}}, "no list"),
        ({"answer": "allowed", "only": "half"}, "'half'"),
        ({"answer": "presumed", "presume": {"kind": "odd"}}, "'odd'"),
    ],
)
def test_a_malformed_row_is_said(details: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match="the right 'x'") as caught:
        access_rows(with_right(**details))
    assert words in caught.value.message
    assert caught.value.remedy


def test_a_sentence_that_cannot_be_filled_in_is_said() -> None:
    row = Right("x", "c", "w", "what {moon}", MappingProxyType({"answer": "allowed"}), ())
    with pytest.raises(DataError, match="cannot be filled in"):
        access_rows(replace(OPEN_SKIES, rights=(row,)))


def test_another_regime_has_rules_of_its_own() -> None:
    """Articles 11.1 and 11.3 of the example: both sides have the files, the commission the list."""
    treaty = load_treaty(EXAMPLE)
    flight = Flight("XAR", "XBE", treaty.signed.replace(year=treaty.signed.year + 2))
    assert flight.flown is not None
    view = treaty.on(flight.flown + dt.timedelta(days=9))
    for asker, answers in (
        (Asker("XAR"), "ada"), (Asker("XBE"), "ada"), (Asker("commission", COMMISSION), "add"),
    ):  # fmt: skip
        found = decide_all(view, flight, asker, "XBE")
        assert "".join(str(d.answer)[0] for d in found.values()) == answers


def test_a_code_that_the_regime_does_not_name_is_said() -> None:
    view = OPEN_SKIES.on(D(2019, 6, 1))
    for asker, keeper in (("XYZ", "DEU"), ("DEU", "XYZ")):
        with pytest.raises(DataError, match="XYZ"):
            decide(view, FLIGHTS["A"], Asker(asker), keeper, "open")


def test_without_a_row_that_entitles_nothing_is_allowed() -> None:
    """Deny by default: each row that entitles or gives can be taken out, and nothing is gained."""
    day, flight = D(2019, 6, 1), FLIGHTS["A"]
    askers = [Asker(code) for code in ("DEU", "RUS", "EST", "USA")] + [Asker("EST", delivered=True)]
    for left_out in OPEN_SKIES.rights:
        if left_out.details.get("answer") not in ("entitled", "allowed"):
            continue
        rights = tuple(right for right in OPEN_SKIES.rights if right is not left_out)
        treaty = replace(OPEN_SKIES, rights=rights)
        for asker in askers:
            for level in LEVELS:
                less = decide(treaty.on(day), flight, asker, "DEU", level)
                more = decide(OPEN_SKIES.on(day), flight, asker, "DEU", level)
                assert not less.allowed or more.allowed
